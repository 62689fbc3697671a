"""Evidence packages that were asked for, and the pieces of the ZIP."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kernel.actor import Ref
from kernel.models import NOTHING_PERSONAL, Personal, TenantModel
from tenancy.models import Staff


class EvidencePackage(TenantModel):
    """One package: who asked for it, how far it is, until when it can be downloaded, and its hashes.

    `plan` is what the package tells of, fixed when the first piece is made: ``reviews`` as lists of review,
    certificate and version number, ``entries`` the ids of the ledger's rows. The row outlives its pieces.
    """

    PERSONAL = NOTHING_PERSONAL

    class State(models.TextChoices):
        PREPARING = "preparing", _("正在制作")
        READY = "ready", _("可以下载")
        FAILED = "failed", _("未能制作")
        REMOVED = "removed", _("已过期删除")

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    review_id = models.UUIDField()
    title = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.PREPARING)
    plan = models.JSONField(default=dict)
    as_of = models.DateTimeField(null=True)
    pieces = models.PositiveIntegerField(default=0)
    planned = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=64, default="")
    touched_at = models.DateTimeField()
    root = models.CharField(max_length=64, default="")
    sha256 = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "subject_kind", "subject_id", "asked_by"],
                condition=Q(state="preparing"),
                name="evidence_one_at_a_time",
            ),
            CheckConstraint(
                condition=~Q(state="ready")
                | (Q(made_at__isnull=False, keep_until__isnull=False) & ~Q(root="") & ~Q(sha256="")),
                name="evidence_ready_is_whole",
            ),
        ]
        indexes = [
            Index(fields=["institution_id", "asked_by", "-asked_at"], name="evidence_of_mine"),
            Index(
                fields=["institution_id", "touched_at"],
                condition=Q(state__in=["preparing", "ready"]),
                name="evidence_to_look_after",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("evidence", self.id)

    @property
    def subject(self) -> Ref:
        return Ref(self.subject_kind, self.subject_id)

    @property
    def file_name(self) -> str:
        """Plain ASCII, so that it is the same on every computer."""
        return f"evidence-{self.subject_id}-{self.root[:12]}.zip"

    @property
    def percent(self) -> int:
        return int(self.pieces * 100 / self.planned) if self.planned else 0

    def can_be_taken(self, now: datetime) -> bool:
        return self.state == self.State.READY and self.keep_until is not None and now < self.keep_until


class EvidencePiece(TenantModel):
    """A stretch of the ZIP's bytes, and the files in it: name, hash and where they lie."""

    PERSONAL = {
        "body": Personal(
            what="证据包内容：员工姓名、批注与决定", why="供检查下载", keep="做好后 7 日", erase="到期删除行"
        ),
    }

    package = models.ForeignKey(EvidencePackage, models.PROTECT, related_name="kept_pieces")
    number = models.PositiveIntegerField()
    files = models.JSONField()
    body = models.BinaryField()

    class Meta:
        constraints = [UniqueConstraint(fields=["package", "number"], name="evidence_piece_once")]
