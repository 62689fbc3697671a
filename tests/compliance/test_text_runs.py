"""What changed inside a sentence is told word by word (issue 8, 17)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compliance.text_runs import Run, runs_between, shortened

TEXTS = st.text(alphabet="本金不保收益的客户可以。！，abc12.5% \n", max_size=60)


def told(before: str, after: str) -> str:
    marks = {"gone": "[-{}-]", "new": "[+{}+]", "": "{}"}
    return "".join(marks[run.tone].format(run.text) for run in runs_between(before, after))


def test_one_word_of_a_sentence_is_marked_and_not_the_sentence() -> None:
    before = "遇到可疑电话，请立即挂断。官方客服不会索要验证码。"
    after = "遇到可疑电话，请马上挂断。官方客服不会索要验证码。"

    assert told(before, after) == "遇到可疑电话，请[-立即-][+马上+]挂断。官方客服不会索要验证码。"


def test_a_figure_is_one_word() -> None:
    assert told("最高偿付限额为50万元。", "最高偿付限额为55万元。") == "最高偿付限额为[-50-][+55+]万元。"


def test_a_single_sign_between_two_changes_goes_along() -> None:
    assert told("请先登录后查看", "请您注册后查看").startswith("请[-")
    assert told("甲的乙", "丙的丁") == "[-甲的乙-][+丙的丁+]"


def test_a_new_sentence_leaves_its_neighbours_alone() -> None:
    assert told("甲乙丙。丁戊己。", "甲乙丙。新的一句。丁戊己。") == "甲乙丙。[+新的一句。+]丁戊己。"


def test_what_is_not_changed_is_shortened_only_far_from_a_change() -> None:
    long = "很长的一段没有改动的文字，" * 10

    runs = shortened(runs_between(f"{long}旧{long}", f"{long}新{long}"))

    assert [run.tone for run in runs] == ["", "gone", "new", ""]
    assert len(runs[0].text) < 30 > len(runs[3].text)
    assert runs[0].text.endswith("没有改动的文字，")
    assert runs[3].text.startswith("很长的一段")


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_runs(before: str, after: str) -> None:
    runs = runs_between(before, after)

    assert "".join(run.text for run in runs if run.tone != "gone") == after
    assert "".join(run.text for run in runs if run.tone != "new") == before


def test_a_very_long_text_is_told_as_a_whole() -> None:
    before, after = "甲乙" * 5000, "丙丁" * 5000

    assert runs_between(before, after) == [Run(before, "gone"), Run(after, "new")]


def test_so_many_sentences_are_not_compared_each_with_each() -> None:
    """Comparing them costs the product of both numbers: forty thousand signs took a page half a minute."""
    before, after = "好。" * 3000, "好。" * 1500 + "坏。" + "好。" * 1499

    runs = runs_between(before, after)

    assert [run.tone for run in runs] == ["gone", "new", ""]
    assert "".join(run.text for run in runs if run.tone != "gone") == after
