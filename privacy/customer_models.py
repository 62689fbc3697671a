"""The institution's own customers as keyed hashes: enough to tell new from existing, nothing to read back."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.models import NOTHING_PERSONAL, Personal, TenantModel


class CustomerKey(TenantModel):
    """The key under which the institution hashes its customers' numbers, wrapped by the key provider.

    The plain key is shown once, to the administrator who made it. A new key needs a new list.
    """

    PERSONAL = NOTHING_PERSONAL

    wrapped = models.BinaryField()
    fingerprint = models.CharField(max_length=16)
    made_by = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "fingerprint"], name="customer_key_fingerprint_once")
        ]


class CustomerImport(TenantModel):
    """One upload of the list: kept in pieces, loaded piece by piece, then current as a whole.

    A list in which not one line could be read is abandoned: it must not make everyone a new customer.
    """

    class State(models.TextChoices):
        LOADING = "loading", _("导入中")
        CURRENT = "current", _("使用中")
        REPLACED = "replaced", _("已被替换")
        ABANDONED = "abandoned", _("未完成")

    PERSONAL = NOTHING_PERSONAL

    key = models.ForeignKey(CustomerKey, models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=State, default=State.LOADING)
    pieces = models.PositiveIntegerField(default=0)
    next_piece = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    loaded = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    rows_taken = models.PositiveIntegerField(default=0)
    rows_twice = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    uploaded_by = models.UUIDField()
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id"], condition=Q(state="current"), name="customer_import_one_current"
            ),
            UniqueConstraint(
                fields=["institution_id"], condition=Q(state="loading"), name="customer_import_one_loading"
            ),
            CheckConstraint(
                condition=Q(rows=F("rows_taken") + F("rows_twice") + F("rows_bad")),
                name="customer_import_rows_add_up",
            ),
            CheckConstraint(
                condition=~Q(state__in=["current", "replaced"])
                | Q(finished_at__isnull=False, next_piece=F("pieces")),
                name="customer_import_whole",
            ),
        ]

    @property
    def percent(self) -> int:
        return 100 if not self.size else int(self.loaded * 100 / self.size)


class CustomerPiece(TenantModel):
    """Some whole lines of an upload, kept until they are loaded: what a restart goes on from."""

    PERSONAL = {
        "body": Personal(what="手机号密钥散列", why="导入名单", keep="导入完成即删除", erase="删除行"),
    }

    customer_import = models.ForeignKey(CustomerImport, models.PROTECT, related_name="kept_pieces")
    number = models.PositiveIntegerField()
    first_row = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [UniqueConstraint(fields=["customer_import", "number"], name="customer_piece_once")]


class CustomerFault(TenantModel):
    """A line that could not be read: its number and why, never its content."""

    PERSONAL = NOTHING_PERSONAL

    customer_import = models.ForeignKey(CustomerImport, models.PROTECT, related_name="faults")
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=16)

    class Meta:
        constraints = [UniqueConstraint(fields=["customer_import", "row"], name="customer_fault_once")]


class CustomerHash(TenantModel):
    """One existing customer of one import."""

    PERSONAL = {
        "digest": Personal(what="手机号密钥散列", why="区分新老客户", keep="至下次导入", erase="删除行"),
    }

    customer_import = models.ForeignKey(CustomerImport, models.PROTECT, related_name="hashes")
    digest = models.BinaryField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["customer_import", "digest"], name="customer_hash_once"),
        ]
