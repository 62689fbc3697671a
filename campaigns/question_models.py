"""The question library (题库): an institution's own questions and what was approved of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import (
    Case,
    CheckConstraint,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UniqueConstraint,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from compliance.gate import given
from compliance.models import ArticleVersion, Review, Withdrawal
from kernel.actor import Ref
from kernel.models import NOTHING_PERSONAL, TenantManager, TenantModel, TenantQuerySet
from kernel.timekeeping import local_day
from tenancy.models import Staff


class State(models.TextChoices):
    """Where a question stands. Told by its reviews and by the law library, never written down."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回修改")
    APPROVED = "approved", _("已通过")
    EXPIRED = "expired", _("不在有效期")
    QUARANTINED = "quarantined", _("待复核")
    RETIRED = "retired", _("已停用")


class QuestionVersionQuerySet(TenantQuerySet):
    def approved(self, now: datetime) -> QuestionVersionQuerySet:
        """Versions whose very content an approval names; what the law does to them is told by quarantine."""
        of_content = Review.objects.filter(
            subject_kind="question", subject_id=OuterRef("question_id"), fingerprint=OuterRef("fingerprint")
        )
        return self.filter(Exists(given(of_content, now)))

    def standing(self, now: datetime) -> QuestionVersionQuerySet:
        """The newest approved version of each question: the one that is offered."""
        newest = self.approved(now).order_by("question_id", "-number").distinct("question_id")
        return QuestionVersion.objects.filter(id__in=newest.values("id"))  # type: ignore[no-any-return]

    def told(self, now: datetime) -> QuestionVersionQuerySet:
        """Each with `held` (its article has a newer wording nobody cleared it against) and `in_date`."""
        today = local_day(now)
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
        running = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
        in_date = Case(When(begun & running, then=Value(True)), default=Value(False))
        told: QuestionVersionQuerySet = self.annotate(held=Exists(_uncleared()), in_date=in_date)
        return told


class QuestionQuerySet(TenantQuerySet):
    def in_state(self, state: str, now: datetime) -> QuestionQuerySet:
        """Questions in this state, as `states_of` in the library tells it."""
        if state == State.RETIRED:
            return self.filter(retired_at__isnull=False)
        standing = QuestionVersion.objects.standing(now).told(now)
        reviews = Review.objects.filter(subject_kind="question", subject_id=OuterRef("pk"))
        newest = reviews.order_by("-submitted_at", "-id").values("status")[:1]
        found = self.filter(retired_at__isnull=True)
        held = Q(id__in=standing.filter(held=True).values("question_id"))
        usable = Q(id__in=standing.filter(held=False, in_date=True).values("question_id"))
        if state in (State.QUARANTINED, State.APPROVED):
            return found.filter(held if state == State.QUARANTINED else usable)
        found = found.exclude(held | usable)
        if state == State.IN_REVIEW:
            return found.filter(Exists(reviews.filter(status="open")))
        settled: QuestionQuerySet = found.exclude(Exists(reviews.filter(status="open"))).annotate(
            newest=Subquery(newest)
        )
        ended = Q(newest__in=["approved", "lapsed", "revoked"])
        refused = Q(newest__in=["returned", "rejected"])
        out_of_date = Q(id__in=standing.values("question_id"))
        if state == State.EXPIRED:
            return settled.filter(ended | out_of_date)
        settled = settled.exclude(out_of_date)
        if state == State.RETURNED:
            return settled.filter(refused)
        return settled.filter(Q(newest__isnull=True) | ~(ended | refused))


class Question(TenantModel):  # type: ignore[django-manager-missing]  # its versions have a queryset of their own
    """One question of the institution's own. `draft` is free to change; what may be used are its versions.

    `merged_into` is the other copy of the same words that was kept: this one stays out of use for good.
    """

    PERSONAL = NOTHING_PERSONAL

    code = models.CharField(max_length=16)
    draft = models.JSONField()
    text = models.CharField(max_length=300)
    topic = models.CharField(max_length=20)
    article = models.CharField(max_length=40)
    sectors = models.JSONField()
    wording = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = TenantManager.from_queryset(QuestionQuerySet)()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["institution_id", "code"], name="question_code_once"),
            CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | (Q(retired_at__isnull=False) & ~Q(merged_into=F("id"))),
                name="question_merged_is_retired",
            ),
        ]
        indexes = [
            models.Index(fields=["institution_id", "-saved_at", "-id"], name="question_newest"),
            models.Index(fields=["institution_id", "wording"], name="question_worded"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> Ref:
        return Ref("question", self.id)


class QuestionVersion(TenantModel):
    """A question as it was submitted, with the wording of the article it cites. Never changed.

    `fingerprint` names what was reviewed; `wording` names what a customer reads, wherever it stands.
    """

    PERSONAL = NOTHING_PERSONAL

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    wording = models.CharField(max_length=64)
    article_version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="+")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = TenantManager.from_queryset(QuestionVersionQuerySet)()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["question", "number"], name="question_version_once"),
            UniqueConstraint(fields=["question", "fingerprint"], name="question_fingerprint_once"),
        ]
        indexes = [models.Index(fields=["institution_id", "wording"], name="question_version_worded")]

    def __str__(self) -> str:
        return f"v{self.number}"


class Clearance(TenantModel):
    """That someone read a question against a newer wording of its article and lets it stand. Append-only.

    One decision a wording and article version. Author and last editor of the question are in the row, empty
    for questions of the house, so that "not one's own" is a constraint of this very row.
    """

    PERSONAL = NOTHING_PERSONAL

    code = models.CharField(max_length=16)
    wording = models.CharField(max_length=64)
    article_version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="+")
    author_id = models.UUIDField(null=True)
    last_editor_id = models.UUIDField(null=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    reasons = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["institution_id", "wording", "article_version"], name="clearance_once_a_wording"
            ),
            CheckConstraint(
                condition=(Q(author_id__isnull=True) | ~Q(by=F("author_id")))
                & (Q(last_editor_id__isnull=True) | ~Q(by=F("last_editor_id"))),
                name="clearance_not_by_author",
            ),
            CheckConstraint(condition=~Q(reasons=""), name="clearance_has_reasons"),
        ]

    def __str__(self) -> str:
        return self.code


class QuestionUse(TenantModel):
    """That a submitted version of a campaign contains a question of the library, word for word."""

    PERSONAL = NOTHING_PERSONAL

    version = models.ForeignKey("campaigns.Version", models.PROTECT, related_name="question_uses")
    code = models.CharField(max_length=16)
    wording = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "wording"], name="question_use_once")]
        indexes = [models.Index(fields=["institution_id", "wording"], name="question_use_worded")]

    def __str__(self) -> str:
        return self.code


class Edition(TenantModel):
    """That an edition of a series opened, and the approved version its questions are drawn from."""

    PERSONAL = NOTHING_PERSONAL

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    version = models.ForeignKey("campaigns.Version", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["campaign", "opens_on"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.opens_on}"


def _uncleared() -> QuerySet[ArticleVersion]:
    """Wordings of the article a question version cites that hold it: newer ones that nobody has let it stand
    against, and withdrawn ones, until it stands against one newer still.
    """
    cleared = Clearance.objects.filter(
        wording=OuterRef(OuterRef("wording")),
        article_version__article_id=OuterRef("article_id"),
    )
    withdrawn = Withdrawal.objects.filter(
        kind=Withdrawal.Kind.ARTICLE,
        status=Withdrawal.Status.CONFIRMED,
        key=OuterRef("article_id"),
        version=OuterRef("fingerprint"),
    )
    since = ArticleVersion.objects.filter(
        article_id=OuterRef("article_version__article_id"), number__gte=OuterRef("article_version__number")
    )
    unread = Q(number__gt=OuterRef("article_version__number")) & ~Exists(
        cleared.filter(article_version__number__gte=OuterRef("number"))
    )
    taken_back = Exists(withdrawn) & ~Exists(cleared.filter(article_version__number__gt=OuterRef("number")))
    return since.filter(unread | taken_back)
