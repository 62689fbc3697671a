"""What a simulation is made of.

A case is a list of nodes; the first one opens it. A node has options, each leading on to another node, or
none: then it is an ending. Wise options are named in `answer`, as a question names its right ones.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

REACHED, MISSED = "reached", "missed"
MOST_NODES = 40
CLAIM_WORD = "理赔"
CLAIM_SENTENCE = (
    "保险产品不保证收益，理赔需符合条款约定"  # F56: stands at every ending of a claim's walk-through
)


@dataclass(frozen=True)
class Option:
    id: str
    text: str = ""
    to: str = ""  # the id of the node it leads to
    remark: str = ""  # said as soon as it is chosen
    gains: str = ""  # what it adds to the case file, in a word or two


@dataclass(frozen=True)
class Node:
    id: str
    title: str = ""
    text: str = ""
    options: tuple[Option, ...] = ()
    answer: str = ""  # ids of the wise options, one letter each
    explanation: str = ""
    article: str = ""
    topic: str = ""
    outcome: str = ""  # of an ending: "reached" or "missed"

    @property
    def is_ending(self) -> bool:
        return not self.options

    def option(self, key: str) -> Option:
        return next(option for option in self.options if option.id == key)

    def disguised(self, *, unseen: bool) -> Node:
        """The same to a player who has not chosen here yet, with other consequences; another if unseen."""
        letters = [option.id for option in self.options]
        turned = [option.to for option in (*self.options[1:], *self.options[:1])]
        options = tuple(
            replace(
                option,
                to=to,
                remark="另一种点评",
                gains="另一份材料",
                text="另一种做法" if unseen else option.text,
            )
            for option, to in zip(self.options, turned, strict=True)
        )
        wise = "".join(letters[(letters.index(letter) + 1) % len(letters)] for letter in self.answer)
        node = replace(self, options=options, answer=wise, explanation="另一种解读", article="OTHER-1")
        if not unseen:
            return node
        outcome = {REACHED: MISSED, MISSED: REACHED}.get(self.outcome, "")
        return replace(node, title="另一个情景", text="另一段经过", topic="", outcome=outcome)


@dataclass(frozen=True)
class Settings:
    nodes: tuple[Node, ...] = ()
    closing: str = ""  # said at every ending
    most_detours: int = 2
    attempts: int = 3
    shuffle: bool = True

    def node(self, key: str) -> Node:
        return next(node for node in self.nodes if node.id == key)

    @property
    def is_claim(self) -> bool:
        """Whether it walks through a claim: decided by what it says, not by a switch."""
        return any(
            CLAIM_WORD in _plainly(text)
            for node in self.nodes
            for text in (
                node.title,
                node.text,
                *(said for option in node.options for said in (option.text, option.remark)),
            )
        )


def _plainly(text: str) -> str:
    """Without blanks and signs nobody sees, in ordinary width and simplified: 理 賠 is 理赔."""
    shown = (
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign)[0] not in "ZC"
    )
    return "".join(shown).replace("賠", "赔")
