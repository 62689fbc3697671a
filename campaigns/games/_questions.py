"""Questions with one or several right answers, each explained by an article: shared by the games that ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.games.base import Cited, Json, Problem, Refused, Text, broken


@dataclass(frozen=True)
class Option:
    id: str
    text: str


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    options: tuple[Option, ...]
    answer: str  # ids of the right options, one letter each: "B", or "ACD" where several must be chosen
    explanation: str
    article: str
    topic: str = ""

    @property
    def multiple(self) -> bool:
        return len(self.answer) > 1

    def is_right(self, chosen: str) -> bool:
        return chosen == "".join(sorted(self.answer))

    def chosen(self, given: object) -> str:
        """The options chosen, in order. Raises Refused for anything that cannot be chosen."""
        known = {option.id for option in self.options}
        if (
            not isinstance(given, str)
            or not given
            or not set(given) <= known
            or len(set(given)) != len(given)
        ):
            raise Refused("no_such_option", "请选择一个选项", "Please choose one of the options")
        if len(given) > 1 and not self.multiple:
            raise Refused("one_option_only", "本题为单选题", "Only one option can be chosen here")
        return "".join(sorted(given))

    def explained(self, chosen: str) -> Json:
        """What may be told once it is answered."""
        return {
            "question": self.id,
            "option": chosen,
            "correct": self.is_right(chosen),
            "answer": self.answer,
            "explanation": self.explanation,
            "article": self.article,
        }

    def asked(self, letters: Sequence[str]) -> Json:
        """What may be told before, with the options in this order."""
        texts = {option.id: option.text for option in self.options}
        return {
            "id": self.id,
            "text": self.text,
            "topic": self.topic,
            "multiple": self.multiple,
            "options": [{"id": letter, "text": texts[letter]} for letter in letters],
        }

    def disguised(self) -> Question:
        """The same to a player who has not answered yet, with another answer."""
        letters = [option.id for option in self.options]
        turned = "".join(letters[(letters.index(letter) + 1) % len(letters)] for letter in self.answer)
        return replace(self, answer=turned, explanation="另一种解读", article="OTHER-1")


def question_texts(questions: Sequence[Question]) -> list[Text]:
    """Every text of the questions that a customer may read."""
    found = []
    for number, question in enumerate(questions):
        at = f"questions.{number}"
        found.append(Text(f"{at}.text", "question", question.text, group=at))
        found += [
            Text(f"{at}.options.{place}.text", "option", option.text, at, option.id in question.answer)
            for place, option in enumerate(question.options)
        ]
        found.append(Text(f"{at}.explanation", "explanation", question.explanation, group=at))
    return found


def question_articles(questions: Sequence[Question]) -> list[Cited]:
    """Every article the questions cite."""
    return [
        Cited(f"questions.{number}.article", question.article) for number, question in enumerate(questions)
    ]


def questions_problems(questions: Sequence[Question]) -> list[Problem]:
    """Everything that is wrong with the questions, each with its place."""
    ids = [question.id for question in questions]
    found = broken(
        (len(ids) >= 1, "questions", "no_question", "至少需要一道题", "At least one question is needed"),
        (len(ids) <= 100, "questions", "too_many_questions", "题目最多100道", "No more than 100 questions"),
        (
            len(set(ids)) == len(ids),
            "questions",
            "question_id_twice",
            "有两道题使用了同一个编号",
            "Two questions share one id",
        ),
    )
    for number, question in enumerate(questions):
        found += question_problems(number, question)
    return found


# fmt: off
def question_problems(number: int, question: Question) -> list[Problem]:
    said = question.explanation
    checks = [
        (0 < len(question.id) <= 40, "id", "bad_id", "题目编号应为1到40个字符",
         "A question id has 1 to 40 characters"),
        (bool(question.text.strip()), "text", "empty", "请填写题干", "The question text is empty"),
        (len(question.text) <= 300, "text", "too_long", "题干最多300字",
         "The text has at most 300 characters"),
        (bool(said.strip()), "explanation", "empty", "每道题都要有知识讲解",
         "Every question needs an explanation"),
        (len(said) <= 500, "explanation", "too_long", "知识讲解最多500字", "At most 500 characters"),
        (bool(question.article.strip()), "article", "empty", "每道题都要注明法规依据",
         "Every question must cite an article"),
        (bool(question.topic.strip()), "topic", "empty", "每道题都要注明知识点",
         "Every question needs its knowledge point"),
        (len(question.topic) <= 20, "topic", "too_long", "知识点最多20字", "At most 20 characters"),
        *_option_checks(question),
    ]
    at = f"questions.{number}"
    return broken(*((holds, f"{at}.{path}", code, zh, en) for holds, path, code, zh, en in checks))


def _option_checks(question: Question) -> list[tuple[bool, str, str, str, str]]:
    letters = [option.id for option in question.options]
    texts = [option.text.strip() for option in question.options]
    answer = set(question.answer)
    return [
        (2 <= len(letters) <= 6, "options", "option_count", "每题应有2到6个选项",
         "A question has 2 to 6 options"),
        (len(set(letters)) == len(letters), "options", "option_id_twice", "选项编号重复",
         "Two options share a letter"),
        (all(len(letter) == 1 for letter in letters), "options", "bad_id", "选项编号应为一个字母",
         "An option id is one letter"),
        (all(texts), "options", "empty", "有选项没有填写", "An option is empty"),
        (len(set(texts)) == len(texts), "options", "option_twice", "有两个选项内容相同",
         "Two options say the same"),
        (max(map(len, texts), default=0) <= 120, "options", "too_long", "选项最多120字",
         "An option has at most 120 characters"),
        (bool(answer) and answer <= set(letters) and len(answer) == len(question.answer), "answer",
         "no_answer",
         "请标出正确答案", "Mark the right answer"),
    ]
# fmt: on
