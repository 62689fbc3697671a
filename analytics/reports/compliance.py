"""活动合规报告: who took part, what they learnt, how their data was kept, who approved it (F58)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.queries.board import channel_names, share, texts_of_questions
from analytics.queries.counts import Answers, Count, Counted, counted, deed_counts
from analytics.reports.base import (
    EXACT_STAGES,
    Basis,
    Content,
    ReportKind,
    Section,
    Table,
    accuracy_words,
    number,
    percent,
)
from analytics.stages import FUNNEL, STAGE_LABELS, STAGE_MEANINGS, Stage
from analytics.suppression import K, accuracy_cell, suppress
from campaigns.models import Campaign, Version
from compliance.models import Review
from kernel.enumeration import enumerated
from kernel.timekeeping import SHANGHAI, is_midnight, last_whole_day, start_of_day

CONSENTED, WITHDRAWN = "privacy.consented", "privacy.withdrawn"
REVEALED, FORGOTTEN = "privacy.revealed", "privacy.forgotten"
PROTECTION = (CONSENTED, WITHDRAWN, REVEALED, FORGOTTEN)
CHANNEL_STAGES = (Stage.STARTED, Stage.FINISHED, Stage.BOOKED)


class ComplianceReport(ReportKind):
    key = "compliance"
    label = gettext_lazy("活动合规报告")

    def compute(self, campaign: Campaign, basis: Basis, earlier: Sequence[Content]) -> Content:
        told = counted(campaign.id, basis)
        deeds = deed_counts(campaign.id, basis, PROTECTION, told.since) if told.since else {}
        versions = _versions(campaign.id, basis.until)
        return {
            "campaign": _campaign(campaign, versions),
            "period": {
                "from": _first_moment(campaign).isoformat(),
                "until": basis.until.astimezone(SHANGHAI).isoformat(),
            },
            "basis": {
                "transaction": basis.position.transaction,
                "entry": basis.position.id,
                "entries": told.entries,
                **({} if basis.rules == EXACT_STAGES else {"rules": basis.rules}),
            },
            "versions": versions,
            "approvals": _approvals(campaign.id, basis.until),
            "stages": {
                stage.value: {"people": count.people, "events": count.events}
                for stage, count in told.stages.items()
            },
            "knowledge": _knowledge(told.answers, campaign.id, earlier),
            "channels": _channels(campaign.id, told, earlier),
            "protection": {
                verb: {"people": count.people, "events": count.events}
                for verb, count in (dict.fromkeys(PROTECTION, Count(0, 0)) | deeds).items()
            },
        }

    def sections(self, content: Content) -> list[Section]:
        return [
            self._summary(content),
            self._approvals(content),
            self._participation(content),
            self._knowledge(content),
            self._channels(content),
            self._protection(content),
            self._method(content),
        ]

    def _summary(self, content: Content) -> Section:
        campaign, period = content["campaign"], content["period"]
        knowledge, protection = content["knowledge"], content["protection"]
        rows = [
            (_("活动"), campaign["title"]),
            (
                _("统计期间"),
                _("{start} 至 {end}").format(start=day(period["from"]), end=moment(period["until"])),
            ),
            (_("审核编号"), enumerated(one["certificate"] for one in content["approvals"]) or _("无")),
            (_("参与人数"), number(content["stages"]["started"]["people"])),
            (_("知识传递准确率"), percent(share(knowledge["correct"], knowledge["answered"]))),
            (_("预约服务人数"), number(content["stages"]["booked"]["people"])),
            (_("查看个人信息明文次数"), number(protection[REVEALED]["events"])),
        ]
        return Section(_("一、概要"), table=Table((_("项目"), _("内容")), rows))

    def _approvals(self, content: Content) -> Section:
        approvals = Table(
            (_("审核编号"), _("通过时间"), _("有效期至"), _("通过人数"), _("内容指纹")),
            [
                (
                    one["certificate"],
                    moment(one["approved_at"]),
                    last_day(one["expires_at"]),
                    number(one["reviewers"]),
                    one["fingerprint"][:16],
                )
                for one in content["approvals"]
            ],
            numbers=frozenset({3}),
        )
        lead = _(
            "期间共提交 {versions} 个版本，{approved} 次审核通过。"
            "客户看到的每一版都与通过审核的内容指纹一致。"
        )
        return Section(
            _("二、内容与审核"),
            lead.format(versions=len(content["versions"]), approved=len(content["approvals"])),
            approvals if content["approvals"] else None,
        )

    def _participation(self, content: Content) -> Section:
        table = Table(
            (_("阶段"), _("人数"), _("次数"), _("口径")),
            [
                (
                    str(STAGE_LABELS[stage]),
                    number(content["stages"][stage]["people"]),
                    number(content["stages"][stage]["events"]),
                    str(STAGE_MEANINGS[stage]),
                )
                for stage in FUNNEL
            ],
            numbers=frozenset({1, 2}),
        )
        note = _("以上是整个活动的规模，按实数列示；下文按题目和渠道的分项按统计脱敏规则列示。")
        return Section(_("三、参与情况"), _("同一人在每个阶段只计一次，次数按事件计。"), table, (note,))

    def _knowledge(self, content: Content) -> Section:
        knowledge = content["knowledge"]
        rows = [
            (one["text"], number(one["answered"]), accuracy_words(one["accuracy"]))
            for one in knowledge["questions"]
        ]
        lead = _("共作答 {answered} 题次，答对 {correct} 题次，知识传递准确率 {accuracy}。").format(
            answered=number(knowledge["answered"]),
            correct=number(knowledge["correct"]),
            accuracy=percent(share(knowledge["correct"], knowledge["answered"])),
        )
        table = Table((_("题目内容"), _("作答题次"), _("准确率")), rows, numbers=frozenset({1, 2}))
        notes = (_("准确率 = 答对题次 ÷ 作答题次；同一人多次作答都计入。"), _small_cells())
        return Section(_("四、知识传递"), lead, table if rows else None, notes if rows else ())

    def _channels(self, content: Content) -> Section:
        head = (_("渠道"), *(str(STAGE_LABELS[stage]) for stage in CHANNEL_STAGES))
        rows = [
            (
                one["name"] or (_("其他渠道") if one["key"] else _("直接打开")),
                *(number(one["people"][stage]) for stage in CHANNEL_STAGES),
            )
            for one in content["channels"]
        ]
        table = Table(head, rows, numbers=frozenset({1, 2, 3}))
        notes = (_("每人归到第一次进入的渠道。"), _small_cells())
        return Section(_("五、渠道"), "", table if rows else None, notes if rows else ())

    def _protection(self, content: Content) -> Section:
        words = {
            CONSENTED: (_("同意处理个人信息"), _("勾选同意并提交的次数与人数")),
            WITHDRAWN: (_("客户撤回同意"), _("在“隐私中心”撤回的次数与人数")),
            REVEALED: (_("查看明文"), _("工作人员说明用途后查看姓名或手机号，逐次留痕")),
            FORGOTTEN: (_("删除个人信息"), _("销毁个人密钥，登记到数据库之外的销毁清单")),
        }
        rows = [
            (
                words[verb][0],
                number(content["protection"][verb]["people"]),
                number(content["protection"][verb]["events"]),
                words[verb][1],
            )
            for verb in PROTECTION
        ]
        table = Table((_("事项"), _("人数"), _("次数"), _("口径")), rows, numbers=frozenset({1, 2}))
        lead = _(
            "个人信息以机构密钥逐字段加密存储，默认脱敏显示；台账和本报告只含匿名编号的统计，不含姓名和手机号。"
        )
        return Section(_("六、用户信息保护"), lead, table)

    def _method(self, content: Content) -> Section:
        basis = content["basis"]
        counted = _("本报告由台账直接计算，共 {entries} 条记录，截至台账位置 {transaction}-{entry}。")
        notes = (
            counted.format(
                entries=number(basis["entries"]), transaction=basis["transaction"], entry=basis["entry"]
            ),
            _("用同一位置重新计算，内容逐字节一致；系统中可随时“核对”。"),
            _("人数按匿名参与者编号去重：同一人换设备且未验证手机号时可能计为两人。"),
            _("本报告不评价个人，也不用于营销名单。"),
        )
        return Section(_("七、方法与局限"), notes=notes)


def _small_cells() -> str:
    return _("＊ 小于 {k} 的分项不单列，也不能由合计或前后两期相减得到（统计脱敏）。").format(k=K)


def _campaign(campaign: Campaign, versions: Sequence[Content]) -> Content:
    """What may change later is taken from what was submitted."""
    return {
        "id": str(campaign.id),
        "code": campaign.code,
        "title": versions[-1]["title"] if versions else campaign.title,
        "game": campaign.game,
    }


def _first_moment(campaign: Campaign) -> datetime:
    opened = campaign.published_at or campaign.created_at
    return start_of_day(opened.astimezone(SHANGHAI).date())


def _versions(campaign_id: UUID, until: datetime) -> list[Content]:
    versions = Version.objects.filter(campaign_id=campaign_id, created_at__lt=until).order_by("number")
    return [
        {
            "number": version.number,
            "title": version.content.get("title", ""),
            "fingerprint": version.fingerprint,
            "submitted_at": version.created_at.astimezone(SHANGHAI).isoformat(),
        }
        for version in versions
    ]


def _approvals(campaign_id: UUID, until: datetime) -> list[Content]:
    approved = (
        Review.objects.filter(subject_kind="campaign", subject_id=campaign_id)
        .filter(certificate__isnull=False, decided_at__lt=until)
        .prefetch_related("decisions")
        .order_by("decided_at", "id")
    )
    return [
        {
            "certificate": review.certificate,
            "approved_at": review.decided_at.astimezone(SHANGHAI).isoformat(),
            "expires_at": review.expires_at.astimezone(SHANGHAI).isoformat(),
            "fingerprint": review.fingerprint,
            "reviewers": sum(decision.verdict == "approve" for decision in review.decisions.all()),
        }
        for review in approved
    ]


def _knowledge(answers: Mapping[str, Answers], campaign_id: UUID, earlier: Sequence[Content]) -> Content:
    shown = suppress(
        {question: one.answered for question, one in answers.items()},
        [{one["id"]: one["answered"] for one in before["knowledge"]["questions"]} for before in earlier],
    )
    texts = texts_of_questions(campaign_id)
    order = {question: place for place, question in enumerate(texts)}
    return {
        "answered": sum(one.answered for one in answers.values()),
        "correct": sum(one.correct for one in answers.values()),
        "questions": [
            {
                "id": question,
                "text": texts.get(question, (question, {}))[0],
                "answered": shown[question],
                "accuracy": accuracy_cell(shown[question], answers[question].correct),
            }
            for question in sorted(answers, key=lambda one: (order.get(one, len(order)), one))
        ],
    }


def _channels(campaign_id: UUID, told: Counted, earlier: Sequence[Content]) -> list[Content]:
    names = channel_names(campaign_id)
    by_stage = {stage: told.channels[stage] for stage in CHANNEL_STAGES}
    keys = sorted({key for counts in by_stage.values() for key in counts})
    shown = {
        stage: suppress(
            {key: counts.get(key, 0) for key in keys},
            [{one["key"]: one["people"][stage] for one in before["channels"]} for before in earlier],
        )
        for stage, counts in by_stage.items()
    }
    return [
        {
            "key": key,
            "name": names.get(key, ""),
            "people": {stage.value: shown[stage][key] for stage in CHANNEL_STAGES},
        }
        for key in keys
    ]


def moment(text: str) -> str:
    """An instant of the content for people, in Shanghai time."""
    value = parse_datetime(text)
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else ""


def last_day(text: str) -> str:
    """The last whole day before an end for people; an end within a day as the instant it is."""
    end = parse_datetime(text)
    return f"{last_whole_day(end):%Y-%m-%d}" if end and is_midnight(end) else moment(text)


def day(text: str) -> str:
    return moment(text)[:10]
