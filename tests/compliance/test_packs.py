"""An institution's own rules: a draft, a trial, a second person. F74."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import RulePack
from compliance.packs import pack_in_force
from compliance.scanner import Text, pack_hash, scan
from compliance.usecases import activate_pack, add_term, remove_term
from compliance.usecases.packs import OwnDraft, TermKnown
from kernel.errors import BadRequest, Denied
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.trials import activated, tried


def drafted(actor, term="金凤凰计划"):
    return add_term(
        actor=actor, term=term, category="exaggeration", severity="block", article="AD-28", now=NOON
    )


def test_a_colleague_puts_a_draft_in_force(officer, at_bank):
    other = make_staff("he.gui", "compliance").actor
    before = pack_hash(pack_in_force())
    draft = drafted(officer)

    assert not scan([Text("x", "title", "金凤凰计划第三期读书会预告")], "bank", pack=pack_in_force())
    with pytest.raises(OwnDraft):
        activated(officer, draft)
    activated(other, draft)

    found = scan([Text("x", "title", "金凤凰计划第三期读书会预告")], "bank", pack=pack_in_force())
    assert [one.severity for one in found] == ["block"]
    assert pack_hash(pack_in_force()) != before


def test_the_database_keeps_the_second_person_too(officer, at_bank):
    draft = drafted(officer)

    with pytest.raises(IntegrityError, match="rule_pack_"), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(status="active", activated_by_id=officer.id)


def test_whoever_wrote_on_a_draft_at_any_time_does_not_put_it_in_force(officer, at_bank):
    """F50: not only its latest editor; a third person must look."""
    second = make_staff("he.gui", "compliance").actor
    third = make_staff("san.gui", "compliance").actor
    draft = drafted(officer)
    drafted(second, "银河计划")

    for writer in (officer, second):
        with pytest.raises(OwnDraft):
            activate_pack(actor=writer, pack_id=draft.id, trial=1, now=NOON)

    assert "林悦" not in (page := signed_in(officer).get(reverse("compliance:rules")).content.decode())
    assert "周衡、he.gui" in page or "he.gui、周衡" in page
    assert "请没有改动过它的同事启用" in page
    assert activated(third, draft).status == "active"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": "active", "activated_by": "first"}, "rule_pack_not_by_contributor"),
        ({"contributors": ["second"]}, "can only grow"),
        ({"author": "third", "status": "active", "activated_by": "third"}, "rule_pack_"),
    ],
)
def test_the_database_keeps_every_contributor_out(change, refusal, officer, at_bank):
    """F50: not even past the use case."""
    second, third = (make_staff(name, "compliance").actor for name in ("he.gui", "san.gui"))
    people = {"first": officer.id, "second": second.id, "third": third.id}
    draft = drafted(officer)
    drafted(second, "银河计划")
    written = {
        f"{name}_id" if name in {"author", "activated_by"} else name: [people[each] for each in value]
        if isinstance(value, list)
        else people.get(value, value)
        for name, value in change.items()
    }

    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(**written)


def test_an_author_becomes_a_contributor_by_the_database_itself(officer, at_bank):
    """A process of the release before knows no contributors; what it writes is held to the promise too."""
    second = make_staff("he.gui", "compliance").actor
    draft = RulePack.objects.create(
        number=1, hash="x", author_id=officer.id, contributors=[], created_at=NOON
    )

    RulePack.objects.filter(id=draft.id).update(author_id=second.id, terms=[])

    draft.refresh_from_db()
    assert draft.contributors == [officer.id, second.id]


def test_what_is_in_force_is_not_rewritten(officer, at_bank):
    other = make_staff("he.gui", "compliance").actor
    pack = activated(other, drafted(officer))

    with pytest.raises(IntegrityError, match="only a draft"), transaction.atomic():
        RulePack.objects.filter(id=pack.id).update(terms=[])


def test_a_draft_begins_as_what_is_in_force(officer, at_bank):
    other = make_staff("he.gui", "compliance").actor
    activated(other, drafted(officer))

    second = drafted(officer, "银河计划")

    assert [row["term"] for row in second.terms] == ["金凤凰计划", "银河计划"]
    assert second.number == 2
    assert [row["term"] for row in remove_term(actor=officer, term="金凤凰计划", now=NOON).terms] == [
        "银河计划"
    ]


def test_a_bad_term_is_refused(officer, marketer, at_bank):
    with pytest.raises(BadRequest):
        drafted(officer, "一")
    with pytest.raises(Denied):
        drafted(marketer)
    drafted(officer)
    with pytest.raises(TermKnown):
        drafted(officer)


def test_the_page_shows_what_a_draft_would_do(officer, at_bank):
    browser = signed_in(officer)

    typed = {"term": "理财产品", "category": "exaggeration", "severity": "warn", "article": "AD-28"}
    browser.post(reverse("compliance:rule_add"), typed)
    assert "还没有试运行" in browser.get(reverse("compliance:rules")).content.decode()
    draft = RulePack.objects.get()
    browser.post(reverse("compliance:rule_try", args=[draft.id]))
    assert "正在试运行" in browser.get(reverse("compliance:rules")).content.decode()
    tried(officer, draft)
    page = browser.get(reverse("compliance:rules")).content.decode()

    assert "启用后会怎样" in page
    assert "合规句将被提醒" in page
    assert "您参与了起草" in page


def test_the_page_reads_no_terms_of_what_is_past(officer, at_bank):
    """However many versions there were: the words of two packs at most are loaded."""
    other = make_staff("he.gui", "compliance").actor
    for term in ("金凤凰计划", "银河计划", "长虹计划"):
        activated(other, drafted(officer, term))

    with CaptureQueriesContext(connection) as asked:
        page = signed_in(officer).get(reverse("compliance:rules")).content.decode()

    assert "历史版本" in page
    packs = [one["sql"] for one in asked if 'FROM "compliance_rulepack"' in one["sql"]]
    assert all("LIMIT" in sql for sql in packs if '"terms"' in sql)
    assert any('"terms"' not in sql and "'retired'" in sql for sql in packs)
