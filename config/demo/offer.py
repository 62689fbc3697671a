"""What the demo's institutions offer: services, times at their branches, and the notice before any form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from compliance.clock import is_working_day
from kernel.actor import Actor
from kernel.timekeeping import SHANGHAI, local_day
from privacy.models import Field, NoticeVersion
from privacy.usecases import publish_notice
from rewards.models import Deliverer, Service
from rewards.usecases import add_benefit, open_slots
from tenancy.models import Branch

HOURS = (time(9, 30), time(10, 30), time(14, 0), time(15, 0), time(16, 0))
DAYS_OPEN = 15
NOTICE_KEY = "service_booking"


@dataclass(frozen=True, slots=True)
class Offered:
    service: Service
    summary: str
    delivered_by: Deliverer


CATALOGUE: dict[str, tuple[Offered, ...]] = {
    "bank": (
        Offered(
            Service.WEALTH_CONSULT,
            "由理财经理面对面解答账户与理财知识问题，30 分钟，免费，不推荐具体产品。",
            Deliverer.WEALTH_MANAGER,
        ),
        Offered(
            Service.CREDIT_REPORT_READING,
            "由专员逐项讲解个人信用报告的含义与异议办理方法，免费。",
            Deliverer.CREDIT_ADVISER,
        ),
        Offered(
            Service.DEPOSIT_CONSULT,
            "讲解存款产品、存款保险与网点办理流程，免费。",
            Deliverer.COUNTER,
        ),
        Offered(
            Service.ANTI_FRAUD_CLINIC,
            "由网点人员帮您识别可疑来电、短信与应用，免费。",
            Deliverer.COUNTER,
        ),
        Offered(
            Service.LOAN_POLICY,
            "讲解小微企业贷款政策与材料准备，免费，不作授信承诺。",
            Deliverer.CUSTOMER_MANAGER,
        ),
    ),
    "insurance": (
        Offered(
            Service.CLAUSE_READING,
            "由保险服务专员逐条讲解您手中保单的责任与免责条款，免费。",
            Deliverer.INSURANCE_ADVISER,
        ),
        Offered(
            Service.CLAIM_GUIDE,
            "讲解理赔材料、时限与进度查询方法，免费。",
            Deliverer.INSURANCE_ADVISER,
        ),
        Offered(
            Service.COVER_CHECK,
            "一起梳理家庭已有保障，说明缺口评估方法，免费，不推荐具体产品。",
            Deliverer.INSURANCE_ADVISER,
        ),
        Offered(
            Service.ANTI_FRAUD_CLINIC,
            "帮您识别冒充保险公司的来电、短信与退保骗局，免费。",
            Deliverer.COUNTER,
        ),
    ),
}


def fill_catalogue(*, actor: Actor, sector: str, now: datetime) -> None:
    """The services of the sector, under their own names."""
    for offered in CATALOGUE[sector]:
        add_benefit(
            actor=actor,
            service=offered.service,
            title=str(offered.service.label),
            summary=offered.summary,
            delivered_by=offered.delivered_by,
            now=now,
        )


def open_times(*, actor: Actor, branches: Iterable[Branch], now: datetime) -> None:
    """Half-hours at every branch on the coming working days."""
    starts = [
        datetime.combine(day, hour, tzinfo=SHANGHAI)
        for day in working_days(local_day(now) + timedelta(days=1), DAYS_OPEN)
        for hour in HOURS
    ]
    for branch in branches:
        open_slots(actor=actor, branch_id=branch.id, starts=starts, minutes=30, capacity=4, now=now)


def working_days(first: date, count: int) -> Sequence[date]:
    """The next working days; a year whose holidays are not announced yet goes by its weekdays."""
    found: list[date] = []
    day = first
    while len(found) < count:
        if is_working_day(day):
            found.append(day)
        day += timedelta(days=1)
    return found


def publish_booking_notice(*, actor: Actor, name: str, complaint_phone: str, now: datetime) -> NoticeVersion:
    """The notice a customer reads before giving a name and a number."""
    body = "\n".join(
        [
            "信息仅用于服务预约，将加密存储。",
            f"处理者：{name}。联系与投诉：{complaint_phone}。",
            "以上信息用于安排预约、核验到场本人与通知时间变更。",
            "保存期限：服务完成后 90 天，到期自动删除；您也可以随时在“隐私”页面撤回同意、查询、更正或删除。",
            "我们不向任何第三方提供您的信息，不用于营销，不用于自动化决策。",
        ]
    )
    return publish_notice(
        actor=actor,
        key=NOTICE_KEY,
        title="个人信息处理告知",
        body=body,
        purposes=[
            {"code": "booking", "sentence": "用于预约并提供您选择的服务"},
            {"code": "follow_up", "sentence": "服务结束后，就服务质量回访一次"},
        ],
        fields=list(Field.values),
        keep_days=90,
        now=now,
    )
