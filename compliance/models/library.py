"""The law library: articles, their wordings over time, who leans on them, what must be seen again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from compliance.library import WORDED, wording_name
from compliance.models.reviews import Review
from kernel.ids import new_id
from kernel.models import NOTHING_PERSONAL, Personal, TenantModel


class Article(models.Model):
    """One article of law or one house rule, by its key. Global: the law is the same for everyone."""

    PERSONAL: ClassVar[dict[str, Personal]] = NOTHING_PERSONAL

    key = models.CharField(primary_key=True, max_length=40)
    section = models.CharField(max_length=80)
    law = models.CharField(max_length=200)
    sectors = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.law


class ArticleVersionQuerySet(models.QuerySet["ArticleVersion"]):
    def newest(self, keys: Iterable[str]) -> dict[str, ArticleVersion]:
        """The newest version of each article, by its key, in one query."""
        return {
            version.article_id: version
            for version in self.filter(article_id__in=set(keys)).order_by("article_id", "number")
        }


class ArticleVersion(models.Model):
    """What an article says from a day on. Never changed: a new wording is a new version."""

    PERSONAL: ClassVar[dict[str, Personal]] = NOTHING_PERSONAL

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    requirement = models.TextField()
    how_checked = models.TextField(default="")
    severity = models.CharField(max_length=8, default="info")
    certainty = models.CharField(max_length=120, default="")
    sources = models.TextField(default="")
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    withdrawn = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    objects = ArticleVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["article", "number"], name="article_version_once"),
            CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_to__gte=F("effective_from")),
                name="article_version_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"

    @property
    def wording(self) -> str:
        """Names its words, whatever the width of their marks."""
        return wording_name({part: getattr(self, part) for part in WORDED})


class Citation(TenantModel):
    """That a reviewed content leans on an article, in which version. Read when the article changes."""

    PERSONAL = NOTHING_PERSONAL

    review = models.ForeignKey(Review, models.PROTECT, related_name="citations")
    article = models.ForeignKey(Article, models.PROTECT, related_name="+")
    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="+")
    path = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "article"], name="citation_of_article")]

    def __str__(self) -> str:
        return self.path


class Recheck(TenantModel):
    """An approved content must be reviewed again by a day, because what it leans on changed."""

    PERSONAL = NOTHING_PERSONAL

    review = models.ForeignKey(Review, models.PROTECT, related_name="rechecks")
    article = models.ForeignKey(Article, models.PROTECT, related_name="+")
    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["review", "version"], name="recheck_once")]

    def __str__(self) -> str:
        return self.article_id
