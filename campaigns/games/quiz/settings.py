"""What a quiz is made of, and what keeps one from being submitted."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.games.base import Problem, Words


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


@dataclass(frozen=True)
class Settings:
    questions: tuple[Question, ...]
    pass_mark: int = 80  # percent
    attempts: int = 3
    per_play: int = 0  # 0: all of them
    time_limit_minutes: int = 0  # 0: no limit
    shuffle: bool = True

    def question(self, key: str) -> Question:
        return next(question for question in self.questions if question.id == key)


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    found = number_problems(settings)
    for number, question in enumerate(settings.questions):
        found += question_problems(number, question)
    ids = [question.id for question in settings.questions]
    if len(set(ids)) != len(ids):
        found.append(
            problem(
                "questions", "question_id_twice", "有两道题使用了同一个编号", "Two questions share one id"
            )
        )
    return found


def problem(path: str, code: str, zh: str, en: str) -> Problem:
    return Problem(path, code, Words(zh, en))


def number_problems(settings: Settings) -> list[Problem]:
    count = len(settings.questions)
    checks = [
        (count >= 1, "questions", "no_question", "至少需要一道题", "At least one question is needed"),
        (count <= 100, "questions", "too_many_questions", "题目最多100道", "No more than 100 questions"),
        (
            1 <= settings.pass_mark <= 100,
            "pass_mark",
            "out_of_range",
            "达标正确率应为1到100",
            "The pass mark must be between 1 and 100",
        ),
        (
            1 <= settings.attempts <= 10,
            "attempts",
            "out_of_range",
            "可参与次数应为1到10",
            "Attempts must be between 1 and 10",
        ),
        (
            0 <= settings.per_play <= count,
            "per_play",
            "more_than_there_are",
            "每次抽题数不能超过题目总数",
            "More questions per play than there are",
        ),
        (
            0 <= settings.time_limit_minutes <= 120,
            "time_limit_minutes",
            "out_of_range",
            "限时应为0到120分钟",
            "The time limit must be between 0 and 120 minutes",
        ),
    ]
    return [problem(path, code, zh, en) for holds, path, code, zh, en in checks if not holds]


def question_problems(number: int, question: Question) -> list[Problem]:
    at = f"questions.{number}"
    letters = [option.id for option in question.options]
    texts = [option.text.strip() for option in question.options]
    checks = [
        (
            bool(question.id) and len(question.id) <= 40,
            "id",
            "bad_id",
            "题目编号应为1到40个字符",
            "A question id has 1 to 40 characters",
        ),
        (bool(question.text.strip()), "text", "empty", "请填写题干", "The question text is empty"),
        (
            len(question.text) <= 300,
            "text",
            "too_long",
            "题干最多300字",
            "The question text has at most 300 characters",
        ),
        (
            2 <= len(letters) <= 6,
            "options",
            "option_count",
            "每题应有2到6个选项",
            "A question has 2 to 6 options",
        ),
        (
            len(set(letters)) == len(letters),
            "options",
            "option_id_twice",
            "选项编号重复",
            "Two options share one letter",
        ),
        (
            all(len(letter) == 1 for letter in letters),
            "options",
            "bad_id",
            "选项编号应为一个字母",
            "An option id is one letter",
        ),
        (all(texts), "options", "empty", "有选项没有填写", "An option is empty"),
        (
            len(set(texts)) == len(texts),
            "options",
            "option_twice",
            "有两个选项内容相同",
            "Two options say the same",
        ),
        (
            max(map(len, texts), default=0) <= 120,
            "options",
            "too_long",
            "选项最多120字",
            "An option has at most 120 characters",
        ),
        (
            bool(question.answer)
            and set(question.answer) <= set(letters)
            and len(set(question.answer)) == len(question.answer),
            "answer",
            "no_answer",
            "请标出正确答案",
            "Mark the right answer",
        ),
        (
            bool(question.explanation.strip()),
            "explanation",
            "empty",
            "每道题都要有合规解读",
            "Every question needs an explanation",
        ),
        (
            len(question.explanation) <= 500,
            "explanation",
            "too_long",
            "合规解读最多500字",
            "An explanation has at most 500 characters",
        ),
        (
            bool(question.article.strip()),
            "article",
            "empty",
            "每道题都要注明法规依据",
            "Every question must cite an article",
        ),
    ]
    return [problem(f"{at}.{path}", code, zh, en) for holds, path, code, zh, en in checks if not holds]
