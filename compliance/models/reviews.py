"""Reviews, what was decided in them, and the remarks on the way."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint, Value
from django.utils.translation import gettext_lazy as _

from kernel.actor import Ref
from kernel.models import NOTHING_PERSONAL, TenantManager, TenantModel, TenantQuerySet
from tenancy.models import Staff


class Verdict(models.TextChoices):
    APPROVE = "approve", _("通过")
    RETURN = "return", _("退回修改")
    REJECT = "reject", _("不予通过")


class ReviewQuerySet(TenantQuerySet):
    def open(self) -> ReviewQuerySet:
        return self.filter(status="open")

    def approved(self) -> ReviewQuerySet:
        return self.filter(status="approved")

    def light(self) -> ReviewQuerySet:
        """Without what weighs: the content, what was found in it and what was let through."""
        return self.defer("content", "findings", "excused")

    def of_subject(self, kind: str, pk: UUID) -> ReviewQuerySet:
        return self.filter(subject_kind=kind, subject_id=pk)


class Review(TenantModel):
    """A request to publish exactly this content. The fingerprint names the content and never changes.

    `excused` keeps what the scan saw and let through, with its reason, as `findings` keeps what it found.
    `stages` says who must agree: ``[{"creative": 1, "legal": 1}, {"consumer_protection": 1}]``. `asked_again`
    names the posts that the changes since `previous` concern: none of theirs may be carried. When it is
    empty everyone is asked, and `asked_because` says why. `batch_id` is shared by what was submitted together
    to be read on one page; each is decided by itself. `scan_signature` is the desk's, under what was scanned.
    """

    PERSONAL = NOTHING_PERSONAL

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()
    findings = models.JSONField(default=list)
    excused = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    pack_hash = models.CharField(max_length=64)
    risk = models.PositiveSmallIntegerField(default=0)
    risk_reasons = models.JSONField(default=list)
    stages = models.JSONField()
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    status = models.CharField(max_length=16, default="open")
    stage = models.PositiveSmallIntegerField(default=0)
    stage_entered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    certificate = models.CharField(max_length=32, null=True)
    ended_because = models.CharField(max_length=40, default="")
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    asked_again = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    asked_because = models.CharField(max_length=16, default="", db_default="")
    looked_at_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    batch_id = models.UUIDField(null=True)
    scan_key = models.CharField(max_length=32, blank=True, default="", db_default="")
    scan_signature = models.BinaryField(default=bytes, db_default=Value(b""))

    objects: ClassVar[Any] = TenantManager.from_queryset(ReviewQuerySet)()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "subject_kind", "subject_id"],
                condition=Q(status="open"),
                name="review_one_open",
            ),
            UniqueConstraint(fields=["institution_id", "certificate"], name="review_certificate_once"),
            UniqueConstraint(fields=["id", "author", "last_editor"], name="review_with_authors"),
            CheckConstraint(
                condition=Q(
                    status__in=["open", "approved", "returned", "rejected", "withdrawn", "lapsed", "revoked"]
                ),
                name="review_status_known",
            ),
            CheckConstraint(
                condition=~Q(status="approved")
                | Q(certificate__isnull=False, decided_at__isnull=False, expires_at__isnull=False),
                name="review_approved_has_certificate",
            ),
        ]
        indexes = [
            models.Index(fields=["institution_id", "subject_id", "fingerprint"], name="review_of_content"),
            models.Index(fields=["institution_id", "status", "submitted_at"], name="review_queue"),
            models.Index(
                fields=["institution_id", "batch_id"],
                condition=Q(batch_id__isnull=False),
                name="review_of_batch",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref("review", self.id)

    @property
    def subject(self) -> Ref:
        return Ref(self.subject_kind, self.subject_id)

    @property
    def asked_roles(self) -> dict[str, int]:
        """Who must speak in the current stage, and how many of each."""
        asked: dict[str, int] = self.stages[self.stage]
        return asked


class Decision(TenantModel):
    """What one reviewer said. Append-only; author and last editor are tied to the review by one key, so that
    "the reviewer is neither" is a constraint of this very row. Signed by the desk: `compliance.signing`.
    """

    PERSONAL = NOTHING_PERSONAL

    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    author_id = models.UUIDField()
    last_editor_id = models.UUIDField()
    reviewer = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32)
    stage = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=16, choices=Verdict)
    reasons = models.TextField(blank=True, default="")
    stands_in_for = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    session = models.CharField(max_length=64, blank=True, default="", db_default="")
    key = models.CharField(max_length=32, blank=True, default="", db_default="")
    signature = models.BinaryField(default=bytes, db_default=Value(b""))

    class Meta:
        constraints = [
            UniqueConstraint(fields=["review", "reviewer"], name="decision_one_per_reviewer"),
            CheckConstraint(
                condition=~Q(reviewer=F("author_id")) & ~Q(reviewer=F("last_editor_id")),
                name="decision_not_by_author",
            ),
            CheckConstraint(
                condition=Q(stands_in_for__isnull=True)
                | (~Q(stands_in_for=F("author_id")) & ~Q(stands_in_for=F("last_editor_id"))),
                name="decision_not_for_author",
            ),
            CheckConstraint(
                condition=Q(verdict="approve") | ~Q(reasons=""), name="decision_refusal_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return self.verdict


class CarriedQuerySet(TenantQuerySet):
    def holding(self) -> CarriedQuerySet:
        """Those that count: as long as the review is open, only while the database finds them to hold."""
        holds = Func(F("id"), function="compliance_carried_holds", output_field=models.BooleanField())
        return self.filter(holds)


class Carried(TenantModel):
    """An approval of the previous review that stands for what nobody touched, with its own name and date.

    Append-only. The database takes it only if it is what it says, and counts it in an open review only while
    its reviewer is still in office and the previous approval still stands: see `compliance.gate_sql`.
    """

    PERSONAL = NOTHING_PERSONAL

    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    previous = models.ForeignKey(Review, models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32)
    stage = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    objects: ClassVar[Any] = TenantManager.from_queryset(CarriedQuerySet)()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["review", "reviewer"], name="carried_one_per_reviewer"),
            CheckConstraint(condition=~Q(review=F("previous")), name="carried_from_another_review"),
        ]

    def __str__(self) -> str:
        return self.role


class Condition(TenantModel):
    """Approved, but not to be published before this is met. Only the machine may say that it is.

    `judged_by` is the hash of the rule pack that last judged a clean scan.
    """

    PERSONAL = NOTHING_PERSONAL

    class Kind(models.TextChoices):
        NOT_BEFORE = "not_before", _("不早于某日发布")
        CLEAN_SCAN = "clean_scan", _("以最新规则包复扫无拦截")
        SERVICE_ON_OFFER = "service_on_offer", _("所送服务已上架且有网点可约")
        FILED = "filed", _("备案编号已由第二人登记")

    review = models.ForeignKey(Review, models.PROTECT, related_name="conditions")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=16, choices=Kind)
    not_before = models.DateField(null=True)
    met_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=64, blank=True, default="", db_default="")
    number = models.CharField(max_length=80, blank=True, default="", db_default="")
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(kind="not_before") | Q(not_before__isnull=False), name="condition_has_its_day"
            ),
            CheckConstraint(
                condition=~Q(kind="filed", met_at__isnull=False)
                | (Q(recorded_by__isnull=False, recorded_at__isnull=False) & ~Q(number="")),
                name="condition_filed_has_its_number",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Comment(TenantModel):
    """A remark on one field of a subject. It hangs on the field's path, so it survives edits."""

    PERSONAL = NOTHING_PERSONAL

    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    review = models.ForeignKey(Review, models.PROTECT, null=True, related_name="comments")
    path = models.CharField(max_length=200, blank=True)
    writer = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    mentions = models.JSONField(default=list)
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    at = models.DateTimeField()
    resolved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "subject_id", "at"], name="comment_of_subject")]

    def __str__(self) -> str:
        return self.path


class Substitute(TenantModel):
    """Who may speak for whom in a post, from a day to a day. Both names stand on the record."""

    PERSONAL = NOTHING_PERSONAL

    role = models.CharField(max_length=32)
    absent = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    substitute = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    named_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(absent=F("substitute")), name="substitute_is_another"),
            CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="substitute_dates_in_order"),
        ]

    def __str__(self) -> str:
        return self.role
