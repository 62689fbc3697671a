"""活动合规效果报告: whether people knew more afterwards (F70), with its limits said. Trust is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.estimation import FEWEST, paired_change
from analytics.queries.counts import ask
from analytics.reports.base import Basis, Content, ReportKind, Section, Table, number
from campaigns.models import Campaign
from kernel.timekeeping import SHANGHAI

# First and last finished score of whoever finished more than once.
_SCORES = """
, finished AS (
    SELECT participant, (data->>'score')::numeric AS value, transaction, id FROM told
     WHERE participant IS NOT NULL AND jsonb_typeof(data->'score') = 'number'
), pairs AS (
    SELECT (array_agg(value ORDER BY transaction, id))[1] AS before,
           (array_agg(value ORDER BY transaction DESC, id DESC))[1] AS after
      FROM finished GROUP BY participant HAVING count(*) > 1
)
"""
_MEASURE = """
SELECT count(*), avg(before), avg(after), avg(after - before), coalesce(stddev_samp(after - before), 0)
  FROM pairs WHERE before IS NOT NULL AND after IS NOT NULL
"""
FINISHED = "play.finished"
NOT_ASKED: Content = {"pairs": 0, "change": None}


class EffectReport(ReportKind):
    key = "effect"
    label = gettext_lazy("活动合规效果报告")
    rhythm = "at_end"

    def compute(self, campaign: Campaign, basis: Basis, earlier: Sequence[Content]) -> Content:
        return {
            "campaign": {"id": str(campaign.id), "code": campaign.code, "title": campaign.title},
            "until": basis.until.astimezone(SHANGHAI).isoformat(),
            "knowledge": _measured(ask(_SCORES + _MEASURE, campaign.id, basis, [FINISHED])),
            "trust": NOT_ASKED,
        }

    def sections(self, content: Content) -> list[Section]:
        knowledge = self._section(
            _("一、知识水平变化"),
            _("比较同一人第一次与最后一次完成时的得分（0–100）。"),
            content["knowledge"],
        )
        trust = Section(
            _("二、信任度变化"),
            notes=(_("本活动没有询问客户的信任度，本报告不给出信任度的变化。"),),
        )
        return [knowledge, trust, self._limits()]

    def _section(self, title: str, lead: str, measured: Content) -> Section:
        if not measured["pairs"]:
            return Section(title, lead, notes=(_("期间没有可以配对的数据。"),))
        if measured.get("change") is None:
            few = _("可配对的人数少于 {fewest}，不给出结果：样本太小，区间没有意义。")
            return Section(title, lead, notes=(few.format(fewest=FEWEST),))
        change = measured["change"]
        rows = [
            (_("配对人数"), number(measured["pairs"])),
            (_("之前平均"), f"{measured['before']:.2f}"),
            (_("之后平均"), f"{measured['after']:.2f}"),
            (_("平均变化"), f"{change['mean']:+.2f}"),
            (
                _("95% 置信区间"),
                _("{low} 至 {high}").format(low=f"{change['low']:+.2f}", high=f"{change['high']:+.2f}"),
            ),
        ]
        verdict = (
            _("区间不含 0：变化不太可能只是偶然。")
            if change["low"] > 0 or change["high"] < 0
            else _("区间含 0：不能排除只是偶然。")
        )
        table = Table((_("指标"), _("数值")), rows, numbers=frozenset({1}))
        return Section(title, lead, table, (verdict,))

    def _limits(self) -> Section:
        notes = (
            _("只统计前后都有数据的人；他们可能比其他人更积极，结果不代表全部参与者。"),
            _("没有对照组：变化可能来自熟悉题目、时间推移或其他宣传，不能单独归因于本活动。"),
            _("第一次得分低的人更可能再做一次，得分自然回升也会计入变化。"),
            _("不满 {fewest} 对不给出结果。").format(fewest=FEWEST),
        )
        return Section(_("三、样本规则与局限"), notes=notes)


def _measured(rows: Sequence[tuple[Any, ...]]) -> Content:
    """What may be told of the pairs: below thirty, not even the means."""
    pairs, before, after, mean, deviation = rows[0]
    change = paired_change(pairs=pairs, mean=float(mean or 0), deviation=float(deviation or 0))
    if change is None:
        return {"pairs": min(pairs, 1), "change": None}
    return {
        "pairs": pairs,
        "before": round(float(before), 4),
        "after": round(float(after), 4),
        "change": {
            "mean": round(change.mean, 4),
            "low": round(change.low, 4),
            "high": round(change.high, 4),
        },
    }
