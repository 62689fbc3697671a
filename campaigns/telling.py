"""Problems, findings and articles as the builder and the question editor show them under their fields."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campaigns.games.base import Json, Problem
from campaigns.wording import spoken
from compliance.library import articles, disclaimers
from compliance.scanner import Finding
from compliance.wording import finding_words, law_words

_SHORT = 30


def problem_told(problem: Problem, *, severity: str = "block") -> Json:
    """A problem, or with "warn" an advice, at its field."""
    return {"path": problem.path, "severity": severity, "why": spoken(problem.words)}


def finding_told(finding: Finding) -> Json:
    """A finding at its field, with its rule, article, penalty and what one tap would do about it."""
    known = articles().get(finding.article.split(";")[0])
    words = finding_words(
        rule=finding.rule,
        category=finding.category,
        why=finding.why,
        suggestion=finding.suggestion,
        penalty=finding.penalty,
    )
    wording = finding.replacement or ""  # only what the scanner has read again and passed
    return {
        "path": finding.path,
        "severity": "hint" if finding.severity == "info" else finding.severity,
        "rule": finding.rule,
        "category": finding.category,
        "matched": finding.matched if len(finding.matched) <= _SHORT else "",
        "start": finding.start,
        "end": finding.end,
        "why": words.why,
        "article": law_words(known.law) if known else finding.article,
        "penalty": words.penalty,
        "wording": wording,
        "suggestion": _offer(finding, wording),
        "advice": words.suggestion,
    }


def article_names() -> list[tuple[str, str]]:
    """Every article by its id, as the fields for one suggest and name it."""
    return [(article.id, law_words(article.law)) for article in articles().values()]


def _offer(finding: Finding, wording: str) -> str:
    """What one tap would do, in words; empty when there is nothing safe to do at once."""
    missing = disclaimers().get(wording)
    if missing is not None:
        return missing.text
    if wording or finding.replacement is None or not 0 < len(finding.matched) <= _SHORT:
        return wording
    return _("删去“%(words)s”") % {"words": finding.matched}
