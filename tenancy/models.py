"""Institutions, their branches, their staff and the second factor."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor
from kernel.ids import new_id
from kernel.models import NOTHING_PERSONAL, Personal, TenantModel
from kernel.timekeeping import last_whole_day
from tenancy.roles import ROLE_LABELS, Permission, Role, allows


class Sector(models.TextChoices):
    """A property of the tenant; it selects rule pack, presets and disclaimers (F74)."""

    BANK = "bank", _("银行")
    INSURANCE = "insurance", _("保险")
    SECURITIES = "securities", _("证券")
    WEALTH = "wealth", _("理财平台")


class Institution(models.Model):
    """A licensed institution: the tenant. Global, because a request must find it before a scope can open."""

    PERSONAL: ClassVar[dict[str, Personal]] = NOTHING_PERSONAL

    class Container(models.TextChoices):
        SERVICE = "service", _("共享平台")
        OPERATED = "operated", _("机构自营部署")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    sector = models.CharField(max_length=16, choices=Sector)
    licence = models.CharField(max_length=120, default="")
    brand = models.JSONField(default=dict)
    hotline = models.CharField(max_length=32)
    complaint_phone = models.CharField(max_length=32)
    embed_hosts = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    deployment = models.CharField(max_length=16, choices=Container, default=Container.SERVICE)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(sector__in=Sector.values), name="institution_sector_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Branch(TenantModel):
    """A place where services are given and codes redeemed."""

    PERSONAL = NOTHING_PERSONAL

    name = models.CharField(max_length=80)
    city = models.CharField(max_length=40)
    address = models.CharField(max_length=160)
    hours = models.CharField(max_length=80, default="工作日 9:00–17:00")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "name"], name="branch_name_once")]

    def __str__(self) -> str:
        return self.name


class Staff(TenantModel, AbstractBaseUser):
    """A person who works for an institution. Signs in as ``username@slug``."""

    PERSONAL = {
        "display_name": Personal(
            what="员工姓名",
            why="审核与操作留痕须实名",
            keep="在职及离职后按档案期限",
            erase="离职满期后改为工号",
        ),
        "username": Personal(what="员工账号", why="登录", keep="在职期间", erase="停用后保留账号供追溯"),
    }

    username = models.CharField(max_length=40)
    display_name = models.CharField(max_length=40)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="staff")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    access_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "username"], name="staff_username_once"),
            CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]), name="staff_roles_known"
            ),
            CheckConstraint(
                condition=~Q(roles__contains=[Role.AUDITOR.value]) | Q(access_until__isnull=False),
                name="staff_auditor_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def actor(self) -> Actor:
        return Actor(kind="staff", id=self.id, roles=frozenset(self.roles))

    @property
    def role_labels(self) -> list[str]:
        return [str(ROLE_LABELS[Role(role)]) for role in self.roles]

    @property
    def last_day(self) -> date | None:
        """The last day on which a time-boxed colleague can sign in."""
        return last_whole_day(self.access_until) if self.access_until else None

    @property
    def is_auditor_seat(self) -> bool:
        """Read-only and time-boxed, or waiting to be."""
        return self.access_until is not None and set(self.roles) <= {Role.AUDITOR.value}

    def may(self, permission: Permission) -> bool:
        return allows(self.roles, permission)

    # What Django's admin asks of a user: reading only, decided by the one matrix.
    is_superuser = False

    @property
    def is_staff(self) -> bool:
        return self.is_active

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return True


class TotpDevice(TenantModel):
    """Second factor: a time-based one-time password (RFC 6238). ``last_step`` makes each code work once."""

    PERSONAL = NOTHING_PERSONAL

    staff = models.OneToOneField(Staff, models.PROTECT, related_name="totp")
    sealed_secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=-1)


class RecoveryCode(TenantModel):
    """A static code for a lost phone; kept as a keyed hash, works once."""

    PERSONAL = NOTHING_PERSONAL

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="recovery_codes")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "digest"], name="recovery_code_once")]


class Invitation(TenantModel):
    """A single-use link by which a new colleague sets a password; the token is kept as a hash."""

    PERSONAL = NOTHING_PERSONAL

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="invitations")
    digest = models.BinaryField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["institution_id", "digest"], name="invitation_once")]


class AccessRequest(TenantModel):
    """That a colleague should get posts which decide, or one who decides a new sign-in: waits for a second
    administrator or the operator.
    """

    PERSONAL = NOTHING_PERSONAL

    class What(models.TextChoices):
        ROLES = "roles", _("授予岗位")
        PASSWORD = "password", _("重置密码邀请")
        SECOND_FACTOR = "second_factor", _("解除验证器")

    class Status(models.TextChoices):
        ASKED = "asked", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        DROPPED = "dropped", _("已放弃")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="access_requests")
    what = models.CharField(max_length=16, choices=What)
    roles = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    by_operator = models.BooleanField(default=False)
    session = models.CharField(max_length=64, blank=True, default="", db_default="")
    key = models.CharField(max_length=32, blank=True, default="", db_default="")
    signature = models.BinaryField(default=bytes, db_default=models.Value(b""))

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "staff", "what"],
                condition=Q(status="asked"),
                name="access_request_one_waits",
            ),
            CheckConstraint(
                condition=~Q(status="confirmed")
                | Q(by_operator=True)
                | (Q(settled_by__isnull=False) & ~Q(settled_by=F("asked_by")) & ~Q(settled_by=F("staff"))),
                name="access_request_second_person",
            ),
            CheckConstraint(condition=~Q(asked_by=F("staff")), name="access_request_not_for_oneself"),
            CheckConstraint(
                condition=~Q(status="confirmed")
                | (Q(settled_at__isnull=False) & Q(settled_at__lt=F("expires_at"))),
                name="access_request_in_time",
            ),
            CheckConstraint(
                condition=Q(what="roles", roles__len__gt=0) | (~Q(what="roles") & Q(roles__len=0)),
                name="access_request_names_roles",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def role_labels(self) -> list[str]:
        return [str(ROLE_LABELS[Role(role)]) for role in self.roles]


class StaffNotice(TenantModel):
    """That a colleague should know something: what kind of thing, about what, and whether they read it.

    No words are kept, only ids and codes; the sentence is made when it is read (``tenancy.notices``).
    ``read_at``: opened, or what it asked for was done; the ledger tells which were opened.
    """

    PERSONAL = NOTHING_PERSONAL

    recipient = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    source_id = models.UUIDField()
    place = models.CharField(max_length=200, default="")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "recipient", "kind", "subject_id", "source_id"],
                name="staff_notice_once",
            ),
        ]
        indexes = [
            models.Index(fields=["institution_id", "recipient", "at"], name="staff_notice_list"),
            models.Index(
                fields=["institution_id", "recipient"],
                condition=Q(read_at__isnull=True),
                name="staff_notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
