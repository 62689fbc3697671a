"""Services that can be earned, who earned them, and the visits at which they are given.

There is no column for money, goods, yield or a number of people invited: a benefit is one of the typed
services.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, Personal, TenantModel
from kernel.sealed import BlindIndexField, SealedTextField
from privacy.models import Participant
from rewards.point_models import Account, PointBalance, PointMovement
from tenancy.models import Branch, Sector


class Service(models.TextChoices):
    """Every kind of service a campaign may grant. A new kind is a new line here, reviewed like code."""

    WEALTH_CONSULT = "wealth_consult", _("银行理财经理1对1咨询")
    ACCOUNT_CHECK = "account_check", _("账户诊断")
    COVER_CHECK = "cover_check", _("保险保障缺口评估")
    CLAUSE_READING = "clause_reading", _("保险条款解读")
    CLAIM_GUIDE = "claim_guide", _("理赔流程咨询")
    CREDIT_REPORT_READING = "credit_report_reading", _("征信报告解读")
    PLANNING_CONSULT = "planning_consult", _("财富规划咨询")
    RISK_REVIEW = "risk_review", _("账户风险重评估")
    ENTRY_CONSULT = "entry_consult", _("金融产品入门咨询")
    PORTFOLIO_CONSULT = "portfolio_consult", _("理财组合优化咨询")
    LOAN_POLICY = "loan_policy", _("小微企业贷款政策解读")
    DEPOSIT_CONSULT = "deposit_consult", _("新市民存款产品咨询")
    ANTI_FRAUD_CLINIC = "anti_fraud_clinic", _("反诈防骗咨询")
    PRIORITY_SERVICE = "priority_service", _("服务优先响应")
    HANDBOOK = "handbook", _("金融知识手册")


class RevokeReason(models.TextChoices):
    """Why the institution takes a service back; told to the customer in these words."""

    MISTAKE = "mistake", _("发放有误")
    DUPLICATE = "duplicate", _("重复发放")
    MISUSE = "misuse", _("不符合活动规则")
    NOT_PROVIDED = "not_provided", _("该服务暂时无法提供")
    CUSTOMER_ASKED = "customer_asked", _("应客户要求")


class Need(models.TextChoices):
    """What a customer says they want to talk about (F20)."""

    WEALTH = "wealth", _("理财")
    INSURANCE = "insurance", _("保险")
    DEPOSIT = "deposit", _("存款")
    LOAN = "loan", _("贷款政策")
    SAFETY = "safety", _("账户安全")


# What a licence of the sector lets its staff talk about: only a bank takes deposits and lends.
NEEDS_OF: dict[str, tuple[Need, ...]] = {
    Sector.BANK: tuple(Need),
    Sector.INSURANCE: (Need.INSURANCE, Need.SAFETY),
    Sector.SECURITIES: (Need.WEALTH, Need.SAFETY),
    Sector.WEALTH: (Need.WEALTH, Need.SAFETY),
}


class Deliverer(models.TextChoices):
    """The post that gives the service."""

    WEALTH_MANAGER = "wealth_manager", _("理财经理")
    CUSTOMER_MANAGER = "customer_manager", _("客户经理")
    INSURANCE_ADVISER = "insurance_adviser", _("保险服务专员")
    CREDIT_ADVISER = "credit_adviser", _("征信服务专员")
    COUNTER = "counter", _("网点服务人员")


class Benefit(TenantModel):
    """One service in the institution's catalogue."""

    PERSONAL = NOTHING_PERSONAL

    service = models.CharField(max_length=24, choices=Service)
    title = models.CharField(max_length=40)
    summary = models.CharField(max_length=200)
    delivered_by = models.CharField(max_length=20, choices=Deliverer)
    branch_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    book_within_days = models.PositiveSmallIntegerField(default=30)
    valid_days = models.PositiveSmallIntegerField(default=60)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "title"], name="benefit_title_once"),
            CheckConstraint(condition=Q(service__in=Service.values), name="benefit_is_a_service"),
            CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=366, book_within_days__gte=1)
                & Q(book_within_days__lte=366),
                name="benefit_validity",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Grant(TenantModel):
    """One service earned by one participant on one occasion."""

    class State(models.TextChoices):
        GRANTED = "granted", _("待预约")
        BOOKED = "booked", _("已预约")
        REDEEMED = "redeemed", _("已使用")
        EXPIRED = "expired", _("已过期")
        REVOKED = "revoked", _("已撤销")

    PERSONAL = NOTHING_PERSONAL

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="grants")
    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="grants")
    occasion = models.CharField(max_length=80)
    campaign_id = models.UUIDField(null=True)
    version_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=32, default="")
    variant = models.CharField(max_length=32, default="")
    person_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.GRANTED)
    granted_at = models.DateTimeField()
    book_before = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            Index(fields=["participant", "granted_at"], name="grant_participant"),
            Index(fields=["institution_id", "id"], name="grant_newest"),
            Index(
                fields=["institution_id", "book_before"],
                condition=Q(state="granted"),
                name="grant_to_expire",
            ),
        ]
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "participant", "campaign_id", "occasion"],
                nulls_distinct=False,
                name="grant_once_an_occasion",
            ),
            UniqueConstraint(
                fields=["institution_id", "person_id", "campaign_id", "occasion"],
                condition=Q(person_id__isnull=False),
                nulls_distinct=False,
                name="grant_once_a_person",
            ),
            CheckConstraint(
                condition=Q(state__in=["granted", "booked"], ended_at__isnull=True)
                | Q(state__in=["redeemed", "expired", "revoked"], ended_at__isnull=False),
                name="grant_ended_has_time",
            ),
        ]


class Slot(TenantModel):
    """A time at a branch at which so many people can be served, never more."""

    PERSONAL = NOTHING_PERSONAL

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [Index(fields=["institution_id", "starts_at"], name="slot_by_time")]
        constraints = [
            UniqueConstraint(fields=["branch", "starts_at"], name="slot_once"),
            CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_holds_its_capacity"),
            CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
        ]


class Appointment(TenantModel):
    """One visit for one grant."""

    class State(models.TextChoices):
        BOOKED = "booked", _("待到访")
        KEPT = "kept", _("已到访")
        EARLY = "early", _("已提前办理")
        MISSED = "missed", _("未到访")
        CANCELLED = "cancelled", _("已取消")

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "need": Personal(what="需求类型", why="安排服务人员", keep="服务后九十天", erase="匿名保留"),
        "slot": Personal(what="网点与预约时间", why="安排到访", keep="服务后九十天", erase="匿名保留"),
    }

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="appointments")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments")
    need = models.CharField(max_length=12, choices=Need)
    staff_id = models.UUIDField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.BOOKED)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["grant"], condition=Q(state="booked"), name="appointment_one_open_a_grant"
            ),
            CheckConstraint(
                condition=Q(state="booked", ended_at__isnull=True)
                | (~Q(state="booked") & Q(ended_at__isnull=False)),
                name="appointment_ended_has_time",
            ),
        ]


class RedemptionCode(TenantModel):
    """The code of one booked grant. Sealed for its owner, found by its fingerprint, redeemed once."""

    class State(models.TextChoices):
        LIVE = "live", _("可使用")
        UNBOOKED = "unbooked", _("未预约")
        REDEEMED = "redeemed", _("已使用")
        EXPIRED = "expired", _("已过期")
        REVOKED = "revoked", _("已撤销")

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "sealed": Personal(what="核销码", why="到店核销", keep="核销后九十天", erase="随个人密钥销毁"),
        "fingerprint": Personal(what="核销码指纹", why="核销查找", keep="同核销码", erase="不可还原"),
        "fingerprint_coming": Personal(what="核销码指纹", why="密钥轮换", keep="轮换期间", erase="清空"),
    }

    grant = models.OneToOneField(Grant, models.PROTECT, related_name="code")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    sealed = SealedTextField()
    fingerprint = BlindIndexField(
        source="sealed", kind="code", coming="fingerprint_coming", holder="participant"
    )
    fingerprint_coming = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.UUIDField(null=True)
    redeemed_branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            Index(fields=["institution_id", "fingerprint_coming"], name="code_fingerprint_coming"),
            Index(fields=["institution_id", "redeemed_at"], name="code_redeemed_at"),
            Index(
                fields=["institution_id", "expires_at"],
                condition=Q(state__in=["live", "unbooked"]),
                name="code_to_expire",
            ),
        ]
        constraints = [
            UniqueConstraint(fields=["institution_id", "fingerprint"], name="code_unique_in_institution"),
            CheckConstraint(
                condition=Q(state="redeemed", redeemed_at__isnull=False, redeemed_by__isnull=False)
                | (~Q(state="redeemed") & Q(redeemed_at__isnull=True)),
                name="code_redeemed_has_time",
            ),
        ]


__all__ = [
    "NEEDS_OF",
    "Account",
    "Appointment",
    "Benefit",
    "Deliverer",
    "Grant",
    "Need",
    "PointBalance",
    "PointMovement",
    "RedemptionCode",
    "RevokeReason",
    "Service",
    "Slot",
]
