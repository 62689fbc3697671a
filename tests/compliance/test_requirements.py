"""What an institution requires beyond the shipped rules: sentences, ceilings, lower limits. F74, F3."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from campaigns.checking import check
from campaigns.gallery import presets
from compliance.models import RulePack
from compliance.packs import built, pack_in_force
from compliance.scanner import Text, default_pack, pack_hash, scan
from compliance.scanner.matter import Shape
from compliance.usecases import (
    add_term,
    decide_review,
    open_review,
    remove_requirement,
    require_ceiling,
    require_limit,
    require_sentence,
)
from compliance.usecases.packs import OwnDraft, RequirementOffends
from compliance.usecases.requirements import (
    MOST_REQUIREMENTS,
    NotStricter,
    RequirementKnown,
    RequirementsFull,
)
from compliance.wording import finding_words
from kernel.actor import Ref
from kernel.errors import BadRequest, Denied, NotFound
from kernel.ids import new_id
from kernel.timekeeping import local_day
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.trials import activated, tried

SAID = "客服热线以总行官网公布的为准。"


def sentence(actor, when="理财|基金", said=SAID, severity="block"):
    return require_sentence(
        actor=actor, when=when, sentence=said, severity=severity, article="AD-28", why="总行要求", now=NOON
    )


def ceiling(actor, most="3.5", measure="yield", severity="block"):
    return require_ceiling(
        actor=actor, measure=measure, most=most, severity=severity, article="AD-28", why="收益从严", now=NOON
    )


def limit(actor, most=4, measure="contact_fields", severity="block"):
    return require_limit(
        actor=actor, measure=measure, most=most, severity=severity, article="PIPL-6", why="少收信息", now=NOON
    )


def own(text, draft, shape=None, content_type="rule", **of):
    """What the draft's own requirements find in one text."""
    texts = [Text("rules.0", content_type, text, **of)]
    found = scan(texts, "bank", pack=built(draft.terms, draft.requirements), shape=shape, reword=False)
    return [one for one in found if one.rule.startswith("OWN-")]


def test_without_requirements_the_pack_is_exactly_the_shipped_one(at_bank):
    """Stored results of before can be run again and come out the same."""
    terms = [{"term": "金凤凰", "category": "exaggeration", "sector": "all", "severity": "block"}]
    terms[0] |= {"article": "AD-28", "suggestion": "", "unless": ""}

    assert built([], []) is default_pack()
    assert pack_hash(built(terms)) == pack_hash(built(terms, []))
    assert pack_hash(built(terms)) != pack_hash()


def test_a_required_sentence_is_missed_where_it_does_not_stand(officer, at_bank):
    draft = sentence(officer)

    for text in ("一起了解理财产品", "一起了解 理-财 产品"):
        (found,) = own(text, draft, Shape())
        assert (found.why, found.suggestion, found.path) == ("总行要求", f"加入：{SAID}", "rules")
    assert not own("一起了解存款", draft, Shape())
    assert not own(f"一起了解理财产品。{SAID}", draft, Shape())
    assert not own("一起了解理财产品", draft)  # a single sentence is not blamed for what stands elsewhere
    assert own("一起了解存款", sentence(officer, when="", said="每个活动都要有这句话。"), Shape())


def test_an_attached_notice_is_the_sentence_too(officer, at_bank):
    known = next(one for one in default_pack().disclaimers if one.key == "D-BANK-01")
    draft = sentence(officer, "理财", known.text)

    assert own("一起了解理财产品", draft, Shape())
    assert not own("一起了解理财产品", draft, Shape(disclaimers=("D-BANK-01",)))


SHOWN = {
    "yield": {
        "业绩比较基准3.6%,不代表实际收益",
        "业绩比较基准 ３.６％",
        "业绩比较基准2.5%-3.8%",
        "业绩比较基准2.5-3.8%",
        "业绩比较基准为百分之四",
    },
    "loan": {"贷款年化利率(单利)7.2%", "消费贷年化3.6%起"},
    "": {
        "业绩比较基准3.5%",
        "业绩比较基准2.5%-3.5%",
        "骗子谎称年化收益率20%",
        "存款年利率3.6%",
        "90%的人答对了这道题",
    },
}


@pytest.mark.parametrize("measure", ["yield", "loan"])
def test_a_figure_above_the_ceiling_is_found_and_no_other(measure, officer, at_bank):
    draft = ceiling(officer, measure=measure)

    found = {text: own(text, draft) for texts in SHOWN.values() for text in texts}

    assert {text for text, hits in found.items() if hits} == SHOWN[measure]
    assert {one.suggestion for hits in found.values() for one in hits} == {"不超过：3.5%"}


def test_a_wrong_answer_may_name_a_wrong_figure(officer, at_bank):
    draft = ceiling(officer)

    assert not own("业绩比较基准8%", draft, content_type="option", correct=False)
    assert own("业绩比较基准8%", draft, content_type="option", correct=True)


def test_what_the_platform_allows_an_institution_may_not(officer, at_bank):
    for most, measure in ((4, "contact_fields"), (2, "steps"), (4, "group_size")):
        draft = limit(officer, most, measure)

    found = own("学知识", draft, Shape(("name", "phone", "need", "branch", "time"), steps=3, group_size=5))

    assert {(one.path, one.suggestion) for one in found} == {
        ("contact_fields", "不超过：4"),
        ("steps", "不超过：2"),
        ("settings", "不超过：4"),
    }
    assert not own("学知识", draft, Shape(("name", "phone", "need"), steps=2, group_size=4))


def test_what_is_looser_twice_or_against_itself_is_refused(officer, marketer, at_bank):
    for most, measure in ((5, "contact_fields"), (3, "contact_fields"), (3, "steps"), (0, "steps")):
        with pytest.raises(NotStricter):
            limit(officer, most, measure)
    for most in ("0", "101", "-3", "NaN", "Infinity", "3.555", "三", ""):
        with pytest.raises(BadRequest):
            ceiling(officer, most)
    with pytest.raises(Denied):
        ceiling(marketer)
    ceiling(officer, "3.5", severity="block")
    for most, severity in (("3.2", "block"), ("3.5", "warn"), ("4", "warn")):
        with pytest.raises(RequirementKnown):
            ceiling(officer, most, severity=severity)
    with pytest.raises(RequirementOffends):
        sentence(officer, said="本产品保本保息,稳赚不赔。")
    draft = ceiling(officer, "3", severity="warn")
    assert [one["most"] for one in draft.requirements] == ["3.5", "3"]


def test_no_term_may_refuse_a_sentence_that_is_required(officer, at_bank):
    sentence(officer)

    with pytest.raises(RequirementOffends):
        add_term(
            actor=officer,
            term="客服热线",
            category="exaggeration",
            severity="block",
            article="AD-28",
            now=NOON,
        )


def test_there_is_a_bound_and_a_requirement_can_be_taken_out(officer, at_bank):
    draft = ceiling(officer)
    rows = [
        {**draft.requirements[0], "kind": "sentence", "when": f"第{n}期", "sentence": SAID}
        for n in range(MOST_REQUIREMENTS)
    ]
    RulePack.objects.filter(id=draft.id).update(requirements=rows)

    with pytest.raises(RequirementsFull):
        sentence(officer)
    rule = built([], rows).requirements[0].rule
    assert len(remove_requirement(actor=officer, rule=rule, now=NOON).requirements) == MOST_REQUIREMENTS - 1
    with pytest.raises(NotFound):
        remove_requirement(actor=officer, rule=rule, now=NOON)


def test_requirements_are_tried_and_put_in_force_by_a_second_person(officer, marketer, at_bank):
    """F50: as with terms. What would change on every approved campaign is seen before."""
    second = make_staff("he.gui", "compliance").actor
    preset = next(
        one for one in presets().values() if "bank" in one.sectors and one.content["contact_fields"]
    )
    content = preset.draft(sector="bank", today=local_day(NOON))
    review = open_review(
        actor=marketer, subject=Ref("campaign", new_id()), title="活动", fingerprint="a" * 64,
        content=content, author_id=marketer.id, last_editor_id=marketer.id, now=NOON,
    )  # fmt: skip
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    sentence(officer, when="")
    draft = limit(officer, 4)
    before = pack_hash(pack_in_force())

    trial = tried(officer, draft)

    assert {word for word, _ in trial.contents[0]["fresh"]} == {"总行要求", "少收信息"}
    assert trial.contents[0]["gone"] == []
    with pytest.raises(OwnDraft):
        activated(officer, draft)
    activated(second, draft)
    assert pack_hash(pack_in_force()) != before
    found = check(content, sector="bank", now=NOON).findings
    assert {one.why for one in found if one.rule.startswith("OWN-")} == {"总行要求", "少收信息"}
    with pytest.raises(IntegrityError, match="only a draft"), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(requirements=[])
    assert len(ceiling(officer).requirements) == 3  # a draft begins as what is in force


def test_a_ceiling_is_tried_on_the_labelled_sentences(officer, at_bank):
    trial = tried(officer, ceiling(officer, "0.01"))

    assert any("%" in one["text"] and one["before"] != one["after"] for one in trial.sentences)


def test_the_page_takes_the_three_forms_and_lists_them(officer, at_bank):
    browser, shared = signed_in(officer), {"severity": "block", "article": "AD-28", "why": "总行要求"}
    typed = [
        {"kind": "sentence", "sentence": SAID, "when": "理财|基金"},
        {"kind": "ceiling", "measure": "yield", "most": "3.50"},
        {"kind": "limit", "measure": "steps", "most": "2"},
        {"kind": "limit", "measure": "steps", "most": "many"},
    ]
    for one in typed:
        browser.post(reverse("compliance:requirement_add"), one | shared)
    page = browser.get(reverse("compliance:rules")).content.decode()

    for words in (
        f"必须写明：{SAID}",
        "提到：理财、基金",
        "不得高于 3.5%",
        "办理步骤（步） 最多 2",
        "新加的要求",
    ):
        assert words in page
    rule = RulePack.objects.get().requirements
    browser.post(reverse("compliance:requirement_remove"), {"rule": built([], rule).requirements[1].rule})
    assert "不得高于" not in browser.get(reverse("compliance:rules")).content.decode().split("新加的要求")[1]


def test_in_english_the_institution_keeps_its_own_words(officer, at_bank):
    found = own("业绩比较基准8%", ceiling(officer))[0]
    with override("en"):
        words = finding_words(
            rule=found.rule, category=found.category, why=found.why, suggestion=found.suggestion
        )

    assert (words.why, words.suggestion) == ("收益从严", "At most 3.5%")
