"""An institution's own golden set, and what a draft of its rules would change. F3, F74."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.gallery import presets
from compliance.golden import Sample, golden_set, shipped
from compliance.golden_rows import EXAMPLE, HEADING, read_rows
from compliance.models import GoldenSentence, RulePack, SetAside, Trial
from compliance.packs import built, pack_in_force
from compliance.queries import finding_key
from compliance.scanner import Text, default_pack, scan
from compliance.trials import Touching, standing_trial, try_out
from compliance.trying import left_waiting, past_hope
from compliance.usecases import (
    activate_pack,
    add_sentence,
    add_sentences,
    add_term,
    ask_trial,
    bring_sentence_back,
    decide_review,
    dismiss_finding,
    give_up_trial,
    keep_false_alarm,
    open_review,
    record_trial,
    remove_term,
    set_sentence_aside,
    withdraw_sentence,
)
from compliance.usecases.golden import NotSettled, SentenceContradicted, SentenceKnown
from compliance.usecases.packs import NotAcknowledged, NotTried
from kernel.actor import SYSTEM, Ref
from kernel.errors import BadRequest, Denied, NotFound
from kernel.ids import new_id
from kernel.sheet import rows_of
from kernel.timekeeping import local_day
from ledger.models import Entry
from ledger.record import record
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in
from tests.trials import activated, tried

FINE = Sample("金凤凰读书会每周六下午开放", False, "title", "bank")
BAD = Sample("金凤凰学社本周招新", True, "title", "bank", "exaggeration")


def added(actor, sample=FINE):
    return add_sentence(actor=actor, sample=sample, now=NOON)


def drafted(actor, term="金凤凰", severity="block"):
    return add_term(
        actor=actor, term=term, category="exaggeration", severity=severity, article="AD-28", now=NOON
    )


def approved(marketer, officer, content, kind="leaflet"):
    review = open_review(
        actor=marketer,
        subject=Ref(kind, new_id()),
        title=content.get("title", "活动"),
        fingerprint="a" * 64,
        content=content,
        author_id=marketer.id,
        last_editor_id=marketer.id,
        now=NOON,
    )
    return decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)


def kinds(trial):
    return {one["text"]: one["kind"] for one in trial.sentences}


def test_a_sentence_of_theirs_stands_beside_ours_until_it_is_withdrawn(officer, at_bank):
    row = added(officer)
    before = len(golden_set())

    withdraw_sentence(actor=officer, sentence_id=row.id, now=NOON)

    assert before == len(shipped()) + 1
    assert len(golden_set()) == len(shipped())
    row.refresh_from_db()
    assert (row.ended_by_id, row.text) == (officer.id, FINE.text)
    hashes = [one.data["set_hash"] for one in Entry.objects.filter(verb__startswith="compliance.golden")]
    assert len(set(hashes)) == 2
    with pytest.raises(NotFound):
        withdraw_sentence(actor=officer, sentence_id=row.id, now=NOON)


def test_the_same_words_cannot_be_a_violation_and_fine(officer, at_bank):
    """Whatever their width and spacing; nor against one of ours that still counts."""
    added(officer)
    ours = next(one for one in shipped().values() if one.offends)
    against = Sample(ours.text, False, ours.content_type)

    with pytest.raises(SentenceContradicted):
        added(officer, Sample(" 金凤凰读书会每周六下午开放 ", True, "rule"))
    with pytest.raises(SentenceKnown):
        added(officer)
    with pytest.raises(SentenceContradicted):
        added(officer, against)
    with pytest.raises(IntegrityError, match="golden_words_once"), transaction.atomic():
        GoldenSentence.objects.create(
            text="别的", key=GoldenSentence.objects.get().key, offends=True, sector="all",
            content_type="title", added_by_id=officer.id, added_at=NOON,
        )  # fmt: skip


def test_one_of_ours_is_set_aside_with_a_reason_and_brought_back(officer, at_bank):
    key, ours = next((key, one) for key, one in shipped().items() if one.offends)

    with pytest.raises(BadRequest):
        set_sentence_aside(actor=officer, key=key, reason=" ", now=NOON)
    set_sentence_aside(actor=officer, key=key, reason="我行另有口径", now=NOON)

    assert ours.id not in {one.id for one in golden_set()}
    page = signed_in(officer).get(reverse("compliance:golden"), {"origin": "aside"}).content.decode()
    assert "不采用：我行另有口径" in page
    assert f"平台样本 {len(shipped()) - 1} 句" in page
    row = added(officer, Sample(ours.text, False, ours.content_type))
    with pytest.raises(SentenceContradicted):
        bring_sentence_back(actor=officer, key=key, now=NOON)
    withdraw_sentence(actor=officer, sentence_id=row.id, now=NOON)
    bring_sentence_back(actor=officer, key=key, now=NOON)
    assert ours.id in {one.id for one in golden_set()}


@pytest.mark.parametrize(
    ("model", "column"), [(GoldenSentence, "text"), (SetAside, "reason"), (Trial, "after")]
)
def test_the_database_lets_nobody_rewrite_any_of_it(model, column, officer, at_bank):
    added(officer)
    set_sentence_aside(actor=officer, key=next(iter(shipped())), reason="另有口径", now=NOON)
    tried(officer, drafted(officer))

    for change in (lambda: model.objects.update(**{column: "{}"}), lambda: model.objects.all().delete()):
        with (
            pytest.raises(DatabaseError, match=r"permission denied|immutable|append-only"),
            transaction.atomic(),
        ):
            change()


def test_a_withdrawal_is_not_taken_back(officer, at_bank):
    row = added(officer)
    withdraw_sentence(actor=officer, sentence_id=row.id, now=NOON)

    with pytest.raises(DatabaseError, match="has ended"), transaction.atomic():
        GoldenSentence.objects.filter(id=row.id).update(ended_at=None, ended_by=None)


def test_only_compliance_staff_keep_it_and_for_an_outsider_it_is_not_there(
    officer, marketer, outsider, at_bank
):
    row, trial = added(officer), tried(officer, drafted(officer))
    withdraw = reverse("compliance:golden_withdraw", args=[row.id])
    theirs = signed_in(outsider)

    with pytest.raises(Denied):
        added(marketer, BAD)
    assert signed_in(marketer).get(reverse("compliance:golden")).status_code == 403
    assert theirs.post(withdraw).status_code == 404
    assert theirs.get(reverse("compliance:trial", args=[trial.number])).status_code == 404
    assert FINE.text not in theirs.get(reverse("compliance:golden")).content.decode()
    assert FINE.text in signed_in(officer).get(reverse("compliance:golden")).content.decode()


def test_a_sheet_is_taken_in_row_by_row(officer, at_bank):
    """What is wrong is told with its row and stays; what is right is added, in one go."""
    added(officer)
    sheet = "\n".join(
        [
            "文案,标注,用在哪里,业态,类别,说明",
            "金凤凰学社本周招新,违规,标题,银行,夸大宣传,内部案例",
            f"{FINE.text},违规",
            "没有标注的一句,可能吧",
            ",合规",
            "'=2+2 这样的口号不合规,fine,title",
            "金凤凰学社本周招新,违规",
        ]
    ).encode("gb18030")
    upload = SimpleUploadedFile("samples.csv", sheet)

    page = signed_in(officer).post(reverse("compliance:golden_import"), {"sheet": upload}).content.decode()

    assert set(GoldenSentence.objects.values_list("text", flat=True)) == {
        FINE.text, "金凤凰学社本周招新", "=2+2 这样的口号不合规",
    }  # fmt: skip
    for told in ("标注相反", "标注应为“违规”或“合规”", "没有文案", "标注相同", "4 行没有添加"):
        assert told in page


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_can_be_filled_in_and_taken_in_again(officer, kind):
    browser, address = signed_in(officer), reverse("compliance:golden_template", args=[kind])
    page = browser.get(reverse("compliance:golden_import")).content.decode()

    rows = [row for row in rows_of(browser.get(address).content) if row is not None]

    assert f'href="{address}"' in page
    assert [tuple(row) for row in rows] == [HEADING, EXAMPLE]
    assert read_rows(iter(rows), sector="bank") == ([], []), "the example is skipped"
    (good,), bad = read_rows([HEADING, ("另一句", *EXAMPLE[1:])], sector="bank")
    assert (good.sample.category, bad) == ("principal_protection", []), "it shows what is taken"
    assert browser.get("/desk/rules/golden/import/template.exe").status_code == 404


def test_what_is_exported_runs_nothing_and_can_be_taken_in_again(officer, insurer, at_bank):
    first = Sample("=1+1 不是承诺", False, "title", "bank")
    add_sentences(actor=officer, samples=[first, BAD], now=NOON)

    body = signed_in(officer).get(reverse("compliance:golden_export"), {"origin": "own"}).content
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))

    assert [row[0] for row in rows[1:]] == [BAD.text, "'=1+1 不是承诺"] or len(rows) == 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    stranger = make_staff("xin.lai", "compliance").actor
    for row in GoldenSentence.objects.all():
        withdraw_sentence(actor=stranger, sentence_id=row.id, now=NOON)
    upload = SimpleUploadedFile("golden-set.csv", body)
    signed_in(stranger).post(reverse("compliance:golden_import"), {"sheet": upload})
    live = GoldenSentence.objects.filter(ended_at=None)
    assert {(one.text, one.offends, one.category) for one in live} == {
        (one.text, one.offends, one.category) for one in (first, BAD)
    }


def test_a_file_that_is_no_sheet_adds_nothing(officer, at_bank):
    upload = SimpleUploadedFile("x.csv", bytes(range(256)) * 20)

    page = signed_in(officer).post(reverse("compliance:golden_import"), {"sheet": upload})

    assert page.status_code == 200
    assert not GoldenSentence.objects.exists()


def test_a_trial_names_each_sentence_that_would_be_judged_differently(officer, at_bank):
    other = make_staff("he.gui", "compliance").actor
    added(officer, FINE)
    added(officer, BAD)
    calm = Sample("银河读书会本周停办一次", False, "title", "bank")
    added(officer, calm)
    activated(other, drafted(officer, "银河", "warn"))

    drafted(officer)
    trial = tried(officer, remove_term(actor=officer, term="银河", now=NOON))

    assert kinds(trial) | {FINE.text: "blocked", BAD.text: "caught", calm.text: "cleared"} == kinds(trial)
    assert trial.newly_wrong == 1
    assert trial.after["caught"] == trial.before["caught"] + 1
    assert trial.golden_size == len(shipped()) + 3
    assert {one["text"]: one["own"] for one in trial.sentences}[FINE.text]
    page = signed_in(officer).get(reverse("compliance:trial", args=[trial.number])).content.decode()
    assert "合规句将被拦截" in page
    assert trial.golden_hash in page


def test_a_missed_violation_of_theirs_counts_as_newly_wrong(officer, at_bank):
    other = make_staff("he.gui", "compliance").actor
    activated(other, drafted(officer))
    added(officer, BAD)

    trial = tried(officer, remove_term(actor=officer, term="金凤凰", now=NOON))

    assert kinds(trial)[BAD.text] == "missed"
    assert trial.newly_wrong == 1


def test_what_makes_sentences_wrong_is_put_in_force_only_with_a_reason(officer, at_bank):
    """F50: by the second person, and the reason, the trial and what it was tried on stay with the pack."""
    second = make_staff("he.gui", "compliance").actor
    added(officer)
    draft = drafted(officer)
    trial = tried(officer, draft)
    deed = {"actor": second, "pack_id": draft.id, "trial": trial.number, "now": timezone.now()}
    page = signed_in(second).get(reverse("compliance:rules")).content.decode()

    with pytest.raises(NotAcknowledged):
        activate_pack(acknowledged="  ", **deed)
    pack = activate_pack(acknowledged="该词近期被冒用，先拦后放", **deed)

    assert "为何仍然启用" in page
    assert (pack.trial_id, pack.newly_wrong, pack.acknowledged) == (trial.id, 1, "该词近期被冒用，先拦后放")
    facts = Entry.objects.get(verb="compliance.pack_activated").data
    assert facts["golden_hash"] == trial.golden_hash
    assert facts["pack_hash"] == trial.pack_hash
    assert facts["figures"] == trial.after
    assert facts["acknowledged"] is True
    assert "冒用" not in str(facts)
    assert "仍然启用：该词近期被冒用" in signed_in(second).get(reverse("compliance:rules")).content.decode()


@pytest.mark.parametrize("change", ["draft", "sentences", "tomorrow", "another"])
def test_only_what_was_tried_is_put_in_force(change, officer, at_bank):
    second = make_staff("he.gui", "compliance").actor
    draft = drafted(officer, "银河计划")
    number, now = tried(officer, draft).number, timezone.now()
    if change == "draft":
        drafted(officer, "长虹计划")
    elif change == "sentences":
        added(officer)
    elif change == "tomorrow":
        now += 2 * ONE_DAY
    else:
        number += 1

    with pytest.raises(NotTried):
        activate_pack(actor=second, pack_id=draft.id, trial=number, now=now)
    assert "还没有试运行" not in (page := signed_in(second).get(reverse("compliance:rules")).content.decode())
    assert ("试运行的结果已过时" in page) == (change in {"draft", "sentences"})


def test_the_database_wants_the_reason_and_the_right_trial(officer, at_bank):
    second = make_staff("he.gui", "compliance").actor
    added(officer)
    draft = drafted(officer)
    trial = tried(officer, draft)
    in_force = {"status": "active", "activated_by_id": second.id}

    with pytest.raises(IntegrityError, match="worse_is_acknowledged"), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(trial=trial, newly_wrong=1, **in_force)
    with pytest.raises(IntegrityError, match="no such trial"), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(trial=trial, newly_wrong=0, **in_force)
    drafted(officer, "银河计划")
    with pytest.raises(IntegrityError, match="no such trial"), transaction.atomic():
        RulePack.objects.filter(id=draft.id).update(trial=trial, newly_wrong=1, acknowledged="x", **in_force)


def test_a_trial_reads_every_approved_content_in_bounded_queries(officer, marketer, at_bank):
    """What would be found newly, and what no longer; campaigns by the very texts their own check reads."""
    other = make_staff("he.gui", "compliance").actor
    activated(other, drafted(officer, "银河计划", "warn"))
    found = approved(marketer, officer, {"title": "金凤凰计划读书会"})
    lost = approved(marketer, officer, {"title": "银河计划读书会"})
    approved(marketer, officer, {"title": "社区读书会"})
    preset = next(one for one in presets().values() if "bank" in one.sectors)
    campaign = approved(marketer, officer, preset.draft(sector="bank", today=local_day(NOON)), "campaign")
    drafted(officer)
    draft = remove_term(actor=officer, term="银河计划", now=NOON)
    draft = drafted(officer, campaign.content["title"][:4], "warn")

    with CaptureQueriesContext(connection) as asked:
        trial = tried(officer, draft)

    changed = {one["review"]: one for one in trial.contents}
    assert trial.contents_read == 4
    assert changed[str(found.id)]["fresh"] == [["金凤凰", "block"]]
    assert changed[str(lost.id)]["gone"] == [["银河计划", "warn"]]
    assert changed[str(campaign.id)]["fresh"][0][1] == "warn"
    assert len(changed) == 3
    assert len(asked) < 40
    page = signed_in(officer).get(reverse("compliance:trial", args=[trial.number]), {"show": "contents"})
    assert "银河计划读书会" in page.content.decode()


def test_of_two_readings_of_one_order_the_first_is_written_down(officer, at_bank):
    """The bell and the sweep may both make it; a second order waits for the first."""
    draft = drafted(officer)
    ask_trial(actor=officer, pack_id=draft.id, now=NOON)
    ask_trial(actor=officer, pack_id=draft.id, now=NOON + ONE_DAY)
    draft.refresh_from_db()
    outcome = try_out(draft)

    waiting = left_waiting(now=NOON + timedelta(minutes=15))
    first = record_trial(actor=SYSTEM, read=draft, outcome=outcome, now=NOON)

    assert waiting == [draft.id]
    assert first.by_id == officer.id
    assert record_trial(actor=SYSTEM, read=draft, outcome=outcome, now=NOON) is None
    assert left_waiting(now=NOON + timedelta(minutes=15)) == []


def test_a_trial_that_no_worker_can_make_is_given_up_and_told(officer, at_bank):
    draft = drafted(officer)
    ask_trial(actor=officer, pack_id=draft.id, now=NOON)
    an_hour_on = NOON + timedelta(minutes=61)
    assert left_waiting(now=an_hour_on) == []

    for pack_id in past_hope(now=an_hour_on):
        give_up_trial(actor=SYSTEM, pack_id=pack_id, now=an_hour_on)

    assert past_hope(now=NOON + ONE_DAY) == []
    assert "没有试成" in signed_in(officer).get(reverse("tenancy:notices")).content.decode()


def test_texts_that_no_differing_term_touches_read_alike(at_bank):
    """The shortcut that makes a trial quick changes nothing: over our sentences, one by one."""
    terms = [
        {"term": term, "category": "exaggeration", "sector": "all", "severity": severity, "article": "AD-28",
         "suggestion": "", "unless": ""}
        for term, severity in (("理财", "block"), ("收益", "warn"), ("客户", "block"))
    ]  # fmt: skip
    before, after = default_pack(), built(terms)
    touching = Touching(before, after)
    spared = 0

    for one in list(shipped().values())[:120]:
        text = [Text("x", one.content_type, one.text)]
        if not touching.touches(text, "bank"):
            spared += 1
            packs = (before, after)
            was, would_be = (scan(text, "bank", pack=pack, reword=False) for pack in packs)
            assert was == would_be
    assert 0 < spared < 120


def test_a_false_alarm_of_a_review_is_kept_as_fine(officer, marketer, at_bank):
    """Only once it counts as set aside; then every later draft is tried on it."""
    second = make_staff("he.gui", "compliance", "legal").actor
    finding = {
        "rule": "PP-01", "category": "principal_protection", "severity": "block", "path": "title", "start": 0,
        "end": 4, "matched": "本金安全", "article": "AD-25-1", "why": "", "suggestion": "", "penalty": "",
        "replacement": None,
    }  # fmt: skip
    review = open_review(
        actor=marketer, subject=Ref("leaflet", new_id()), title="课", fingerprint="a" * 64,
        content={"title": "本金安全课：谁在骗您"}, findings=[finding], author_id=marketer.id,
        last_editor_id=marketer.id, now=NOON,
    )  # fmt: skip
    key = finding_key(finding)
    dismissal = dismiss_finding(actor=officer, review_id=review.id, key=key, reason="反诈课名", now=NOON)
    address = reverse("compliance:keep_finding", args=[review.id, key])

    with pytest.raises(NotSettled):
        keep_false_alarm(actor=officer, review_id=review.id, key=key, now=NOON)
    browser = signed_in(second)
    browser.post(reverse("compliance:confirm", args=[review.id, dismissal.id]))
    with transaction.atomic():
        record("leaflet.edited", actor=officer, subject=review.subject, at=NOON)
    with pytest.raises(NotSettled):  # who set it aside has turned author
        keep_false_alarm(actor=second, review_id=review.id, key=key, now=NOON)
    other = make_staff("he.gui.er", "compliance").actor
    anew = dismiss_finding(actor=other, review_id=review.id, key=key, reason="反诈课名", now=NOON)
    browser.post(reverse("compliance:confirm", args=[review.id, anew.id]))
    assert "存为合规样本" in browser.get(reverse("compliance:review", args=[review.id])).content.decode()
    browser.post(address)

    kept = GoldenSentence.objects.get()
    assert (kept.text, kept.offends, kept.why) == ("本金安全课：谁在骗您", False, "反诈课名")


def test_the_page_where_a_text_is_tried_keeps_it(officer, marketer, at_bank):
    typed = {"text": "金凤凰读书会", "content_type": "title"}
    browser = signed_in(officer)

    assert "这句合规" in browser.post(reverse("compliance:try"), typed).content.decode()
    assert "这句合规" not in signed_in(marketer).post(reverse("compliance:try"), typed).content.decode()
    browser.post(reverse("compliance:golden_add"), typed | {"label": "violation"})

    assert GoldenSentence.objects.get().offends


def test_the_set_is_searched_and_filtered_a_page_at_a_time(officer, at_bank):
    samples = [Sample(f"金凤凰读书会第{n}期", False, "title", "bank") for n in range(25)]
    add_sentences(actor=officer, samples=samples, now=NOON)
    browser, address = signed_in(officer), reverse("compliance:golden")

    own = browser.get(address, {"origin": "own"}).content.decode()

    assert own.count("sample__text") == 20
    assert "共 25 条" in own
    wrong = browser.get(address, {"judged": "wrong"}).content.decode()
    assert wrong.count("sample__text") == wrong.count("判错</span>") > 0
    assert "共 1 条" in browser.get(address, {"q": "第7期"}).content.decode()
    assert "没有符合条件的样本" in browser.get(address, {"q": "绝无此句"}).content.decode()
    assert (
        "没有符合条件的样本" in browser.get(address, {"label": "violation", "origin": "own"}).content.decode()
    )


def test_a_trial_stands_only_for_the_rules_it_was_made_against(officer, at_bank):
    draft = drafted(officer)
    tried(officer, draft)

    assert standing_trial(draft, now=timezone.now()) is not None
    RulePack.objects.filter(id=draft.id).update(hash="x" * 64)
    draft.refresh_from_db()

    assert standing_trial(draft, now=timezone.now()) is None
    assert pack_in_force().hash == default_pack().hash


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("一句", "违规", "海报"), ("标题", "分享文案")),
        (("一句", "违规", "标题", "信托"), ("不限业态", "银行")),
        (("一句", "违规", "标题", "银行", "胡写"), ("承诺保本",)),
    ],
)
def test_a_refused_cell_is_told_what_it_may_hold(cells: tuple[str, ...], words: tuple[str, ...]) -> None:
    _good, [row] = read_rows([HEADING, cells], sector="bank")

    assert all(word in str(row.why) for word in words), row.why
