"""Fact cards: a short truth with the article it rests on, shared by the games that tell one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.games.base import Cited, Json, Problem, Text, broken


@dataclass(frozen=True)
class Card:
    id: str
    title: str
    text: str
    article: str
    topic: str = ""

    def shown(self) -> Json:
        return {"title": self.title, "text": self.text, "article": self.article, "topic": self.topic}

    def disguised(self) -> Card:
        """Another card in this one's place."""
        return replace(self, title="另一张", text="另一张知识卡", article="OTHER-1")


def card_texts(cards: Sequence[Card]) -> list[Text]:
    """Every text of the cards that a customer may read."""
    found = []
    for number, card in enumerate(cards):
        at = f"cards.{number}"
        found.append(Text(f"{at}.title", "title", card.title, group=at))
        found.append(Text(f"{at}.text", "explanation", card.text, group=at))
    return found


def card_articles(cards: Sequence[Card]) -> list[Cited]:
    """Every article the cards cite."""
    return [Cited(f"cards.{number}.article", card.article) for number, card in enumerate(cards)]


def cards_problems(cards: Sequence[Card]) -> list[Problem]:
    """Everything that is wrong with the cards, each with its place."""
    ids = [card.id for card in cards]
    found = broken(
        (len(ids) >= 1, "cards", "no_card", "至少需要一张知识卡", "At least one fact card is needed"),
        (len(ids) <= 100, "cards", "too_many_cards", "知识卡最多100张", "No more than 100 fact cards"),
        (len(set(ids)) == len(ids), "cards", "card_id_twice", "知识卡编号重复", "Two cards share one id"),
    )
    for number, card in enumerate(cards):
        found += card_problems(f"cards.{number}", card)
    return found


def card_problems(at: str, card: Card) -> list[Problem]:
    return broken(
        (
            bool(card.id) and len(card.id) <= 40,
            f"{at}.id",
            "bad_id",
            "知识卡编号应为1到40个字符",
            "A card id has 1 to 40 characters",
        ),
        (bool(card.title.strip()), f"{at}.title", "empty", "请填写知识卡标题", "The card's title is empty"),
        (
            len(card.title) <= 40,
            f"{at}.title",
            "too_long",
            "知识卡标题最多40字",
            "A card's title has at most 40 characters",
        ),
        (bool(card.text.strip()), f"{at}.text", "empty", "请填写知识卡内容", "The card's text is empty"),
        (
            len(card.text) <= 300,
            f"{at}.text",
            "too_long",
            "知识卡内容最多300字",
            "A card's text has at most 300 characters",
        ),
        (
            bool(card.article.strip()),
            f"{at}.article",
            "empty",
            "每张知识卡都要注明法规依据",
            "Every card must cite an article",
        ),
    )
