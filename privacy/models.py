"""The vault: who a participant is, what they agreed to, and what was done with what they gave."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.key_models import InstitutionKey
from kernel.models import NOTHING_PERSONAL, Personal, TenantModel
from kernel.sealed import BlindIndexField, SealedTextField
from privacy.customer_models import (
    CustomerFault,
    CustomerHash,
    CustomerImport,
    CustomerKey,
    CustomerPiece,
)
from privacy.text_models import OutboundText, SpentProof, TextCeiling, TextPrice, TextScope, TextTally


class Field(models.TextChoices):
    """What may be asked of a customer, and nothing else (F20): who, what for, where and when."""

    NAME = "name", _("姓名")
    PHONE = "phone", _("手机号")
    NEED = "need", _("需求类型")
    BRANCH = "branch", _("网点")
    TIME = "time", _("预约时间")


class Participant(TenantModel):
    """A customer in play: a pseudonym until a phone number is verified.

    Everything personal is sealed under the participant's own key, which an institution key wraps. Forgetting
    destroys that key. `person` is shared by the pseudonyms that verified the same number.
    """

    class State(models.TextChoices):
        PSEUDONYMOUS = "pseudonymous", _("未实名")
        VERIFIED = "verified", _("已验证手机")
        FORGOTTEN = "forgotten", _("已删除")

    created_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.PSEUDONYMOUS)
    person_id = models.UUIDField()
    wrapped_key = SealedTextField(null=True)
    wrapped_under = models.ForeignKey(InstitutionKey, models.PROTECT, null=True, related_name="+")
    name = SealedTextField(null=True)
    phone = SealedTextField(null=True)
    phone_index = BlindIndexField(source="phone", kind="phone", coming="phone_index_coming")
    phone_index_coming = models.BinaryField(null=True)
    verified_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    legal_hold = models.CharField(max_length=80, default="")
    forgotten_at = models.DateTimeField(null=True)

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "name": Personal(what="姓名", why="服务预约", keep="至告知的保存期限", erase="销毁个人密钥"),
        "phone": Personal(what="手机号", why="服务预约与核销", keep="至告知的保存期限", erase="销毁个人密钥"),
        "phone_index": Personal(what="手机号指纹", why="同一人识别", keep="同手机号", erase="清空"),
        "phone_index_coming": Personal(what="手机号指纹", why="密钥轮换", keep="轮换期间", erase="清空"),
    }

    class Meta:
        indexes = [
            Index(fields=["institution_id", "phone_index"], name="participant_phone"),
            Index(fields=["institution_id", "person_id"], name="participant_person"),
            Index(
                fields=["institution_id", "keep_until"],
                condition=Q(wrapped_key__isnull=False),
                name="participant_keep_until",
            ),
            Index(
                fields=["institution_id", "wrapped_under", "id"],
                condition=Q(wrapped_key__isnull=False),
                name="participant_wrapped_under",
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(wrapped_key__isnull=False, wrapped_under__isnull=False)
                | Q(
                    wrapped_key__isnull=True,
                    wrapped_under__isnull=True,
                    name__isnull=True,
                    phone__isnull=True,
                    phone_index__isnull=True,
                    phone_index_coming__isnull=True,
                ),
                name="participant_nothing_personal_without_key",
            ),
            CheckConstraint(
                condition=Q(state="forgotten", forgotten_at__isnull=False, wrapped_key__isnull=True)
                | (~Q(state="forgotten") & Q(forgotten_at__isnull=True)),
                name="participant_forgotten_is_empty",
            ),
            CheckConstraint(
                condition=~Q(state="verified")
                | Q(phone__isnull=False, phone_index__isnull=False, verified_at__isnull=False),
                name="participant_verified_has_phone",
            ),
        ]


class NoticeVersion(TenantModel):
    """One published text of a notice. It never changes; a new text is a new version."""

    PERSONAL = NOTHING_PERSONAL

    key = models.SlugField(max_length=40)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    body = models.TextField()
    purposes = models.JSONField()
    fields = models.JSONField()
    keep_days = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "key", "number"], name="notice_version_once"),
            CheckConstraint(
                condition=Q(fields=[]) | Q(body__regex=r"信息仅用于服务预约[,，]将加密存储"),
                name="notice_says_what_it_must",
            ),
            CheckConstraint(condition=Q(keep_days__gte=1, keep_days__lte=1095), name="notice_keep_days"),
        ]


class Consent(TenantModel):
    """One person's agreement to one purpose of one notice version, and the receipt of its withdrawal."""

    class Outcome(models.TextChoices):
        """What a withdrawal did to what rested on the consent."""

        ENDED = "ended", _("已停止处理")
        KEPT = "kept", _("保留预约")
        CANCELLED = "cancelled", _("取消预约")

    PERSONAL = NOTHING_PERSONAL

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="consents")
    notice = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=32)
    fields = models.JSONField()
    text_fingerprint = models.CharField(max_length=64)
    device_family = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default="", db_default="")
    receipt = models.UUIDField(null=True)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [Index(fields=["participant", "purpose"], name="consent_participant_purpose")]
        constraints = [
            UniqueConstraint(
                fields=["participant", "notice", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_live_once",
            ),
            CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            CheckConstraint(
                condition=Q(outcome="") | Q(withdrawn_at__isnull=False, receipt__isnull=False),
                name="consent_outcome_has_receipt",
            ),
            CheckConstraint(
                condition=~Q(outcome="kept") | Q(kept_until__isnull=False), name="consent_kept_has_term"
            ),
        ]


class PhoneCode(TenantModel):
    """A one-time code sent to a number. Only its keyed hash is kept; ten minutes, five tries, one use."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="phone_codes")
    phone = SealedTextField(null=True)
    phone_index = models.BinaryField(null=True)
    digest = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    PERSONAL: ClassVar[dict[str, Personal]] = {
        "phone": Personal(what="待验证手机号", why="短信验证", keep="验证后即清空", erase="清空"),
        "phone_index": Personal(
            what="手机号指纹", why="限制发送次数", keep="一天", erase="本人的号码立即清空，未验证的满一天清空"
        ),
    }

    class Meta:
        indexes = [
            Index(fields=["institution_id", "phone_index", "created_at"], name="phone_code_by_phone"),
            Index(fields=["participant", "created_at"], name="phone_code_by_participant"),
        ]
        constraints = [
            CheckConstraint(condition=Q(tries__lte=5), name="phone_code_five_tries"),
            CheckConstraint(
                condition=Q(closed_at__isnull=True, digest__isnull=False, phone__isnull=False)
                | Q(closed_at__isnull=False, digest__isnull=True, phone__isnull=True),
                name="phone_code_closed_is_empty",
            ),
        ]


class Reveal(TenantModel):
    """One reading of one field of one person by one member of staff. The person can see it."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("联系客户提供预约服务")
        VERIFY = "verify", _("到店核对身份")
        COMPLAINT = "complaint", _("处理投诉")
        REQUEST = "request", _("办理个人信息请求")
        INSPECTION = "inspection", _("合规检查")

    PERSONAL = NOTHING_PERSONAL

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="reveals")
    staff_id = models.UUIDField()
    field = models.CharField(max_length=8, choices=Field)
    purpose = models.CharField(max_length=12, choices=Purpose)
    booking_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["participant", "at"], name="reveal_participant")]


class RevealRule(TenantModel):
    """What an institution set apart from the default of `reveal_policy`: one post, one field, how far."""

    PERSONAL = NOTHING_PERSONAL

    role = models.CharField(max_length=32)
    field = models.CharField(max_length=8, choices=Field)
    reach = models.CharField(max_length=4)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "role", "field"], name="reveal_rule_once"),
            CheckConstraint(
                condition=Q(role="compliance", reach__in=["none", "any"])
                | Q(role="service", reach__in=["none", "own"]),
                name="reveal_rule_never_widens",
            ),
        ]


class RevealAllowance(TenantModel):
    """How many fields one member of staff has read on one day, and how often a number was guessed."""

    PERSONAL = NOTHING_PERSONAL

    staff_id = models.UUIDField()
    day = models.DateField()
    used = models.PositiveIntegerField()
    guesses = models.PositiveIntegerField(default=0, db_default=0)
    next_guess_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "staff_id", "day"], name="reveal_day_once")]


class Destruction(TenantModel):
    """The certificate that people's data was destroyed: whose pseudonyms, why, when, what is left."""

    class Reason(models.TextChoices):
        REQUEST = "request", _("本人请求")
        RETENTION = "retention", _("保存期限届满")
        WITHDRAWAL = "withdrawal", _("已撤回同意")

    PERSONAL = NOTHING_PERSONAL

    reason = models.CharField(max_length=12, choices=Reason)
    at = models.DateTimeField()
    participants = models.JSONField()
    emptied = models.JSONField()
    fingerprint = models.CharField(max_length=64)


class ListedDestruction(TenantModel):
    """That a certificate stands on the list outside the database, and where: only then is it one."""

    PERSONAL = NOTHING_PERSONAL

    destruction = models.OneToOneField(Destruction, models.PROTECT, related_name="listed")
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "number"], name="listed_destruction_number")
        ]


class KeyRotation(TenantModel):
    """Moving every row from one key version to the next: resumable, with progress and a proof."""

    PERSONAL = NOTHING_PERSONAL

    purpose = models.CharField(max_length=8, choices=InstitutionKey.Purpose)
    old = models.ForeignKey(InstitutionKey, models.PROTECT, related_name="+")
    new = models.ForeignKey(InstitutionKey, models.PROTECT, related_name="+")
    total = models.PositiveIntegerField()
    moved = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    switched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    proof = models.JSONField(null=True)
    walked_table = models.CharField(max_length=80, default="", db_default="")
    walked_to = models.UUIDField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "purpose"],
                condition=Q(finished_at__isnull=True),
                name="key_rotation_one_at_a_time",
            ),
            CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(proof__isnull=False),
                name="key_rotation_finished_has_proof",
            ),
        ]


__all__ = [
    "Consent",
    "CustomerFault",
    "CustomerHash",
    "CustomerImport",
    "CustomerKey",
    "CustomerPiece",
    "Destruction",
    "Field",
    "KeyRotation",
    "ListedDestruction",
    "NoticeVersion",
    "OutboundText",
    "Participant",
    "PhoneCode",
    "Reveal",
    "RevealAllowance",
    "SpentProof",
    "TextCeiling",
    "TextPrice",
    "TextScope",
    "TextTally",
]
