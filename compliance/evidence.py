"""The evidence package: everything about one subject's reviews in one ZIP, checked without anything of ours.

Every version's content, its pages as HTML and PDF, findings, dismissals, remarks, decisions, certificates,
the ledger's rows with their seals, a manifest of hashes, its signature and a verifier. The same state gives
the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from compliance.evidence_ledger import ledger_files
from compliance.facsimile import facsimile
from compliance.library import articles
from compliance.models import Carried, Comment, Decision, Dismissal, Review
from compliance.queries import carried_on, comments_on, conditions_on, decisions_on, dismissals_on
from compliance.subjects import faces
from kernel.actor import Ref
from kernel.archive import zipped
from kernel.fingerprint import canonical_json
from ledger import verify_seals
from ledger.signing import public_key, sign
from tenancy.models import Institution

HERE = Path(__file__).parent
README = HERE / "evidence_readme.txt"
MOST_DRAWN = 40  # a fifty-question version takes a quarter of a second


@dataclass(frozen=True, slots=True)
class Package:
    """The ZIP, and the hash that names its manifest."""

    name: str
    body: bytes
    root: str


def evidence_package(*, institution: Institution, subject: Ref, now: datetime) -> Package:
    """Pack the subject's reviews."""
    reviews = list(
        Review.objects.of_subject(subject.kind, subject.id)
        .select_related("author", "last_editor")
        .order_by("submitted_at", "id")
    )
    versions = _version_numbers(reviews)
    ledger = ledger_files(subject)
    files: dict[str, bytes] = {
        "README.txt": _readme(institution, reviews, len(set(versions.values())), ledger, now),
        "verify.py": (HERE / "verify_package.py").read_bytes(),
        "verify_seals.py": Path(verify_seals.__file__).read_bytes(),
        "comments.json": _json([_comment(one) for one in comments_on(subject)]),
        "dismissals.json": _json([_dismissal(one) for one in dismissals_on(subject).values()]),
        "certificates.json": _json([_certificate(one) for one in reviews if one.certificate]),
        "articles.json": _json(_articles(reviews)),
        **ledger,
    }
    drawn = _drawn(reviews)
    for number, review in enumerate(reviews, start=1):
        for name, body in _review_files(review, institution):
            files[f"reviews/{number:03}/{name}"] = body
        if review in drawn:
            version = versions[review.fingerprint]
            pages = facsimile(review, institution=institution, number=version)
            files[f"reviews/{number:03}/pages.pdf"] = pages
    manifest = canonical_json(
        {
            "made_at": now.isoformat(),
            "institution": institution.name,
            "subject": f"{subject.kind}:{subject.id}",
            "files": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        }
    )
    key, signature = sign(manifest)
    files["manifest.json"] = manifest
    files["signature.json"] = _json(
        {
            "key_name": key,
            "key": base64.b64encode(public_key(key)).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
    )
    root = hashlib.sha256(manifest).hexdigest()
    return Package(f"evidence-{subject.id}-{root[:12]}.zip", zipped(files), root)


def _version_numbers(reviews: Sequence[Review]) -> dict[str, int]:
    """Which version each fingerprint is: the same content submitted again is the same version."""
    numbers: dict[str, int] = {}
    for review in reviews:
        numbers.setdefault(review.fingerprint, len(numbers) + 1)
    return numbers


def _readme(
    institution: Institution,
    reviews: Sequence[Review],
    versions: int,
    ledger: Mapping[str, bytes],
    now: datetime,
) -> bytes:
    words = README.read_text(encoding="utf-8")
    told = words.format(
        institution=institution.name,
        title=reviews[-1].title if reviews else "",
        at=now.isoformat(),
        reviews=len(reviews),
        versions=versions,
        most=MOST_DRAWN,
        deeds=ledger["ledger.jsonl"].count(b"\n"),
        waiting=ledger["ledger_proofs.jsonl"].count(b'"seal":null'),
    )
    return told.encode()


def _drawn(reviews: Sequence[Review]) -> list[Review]:
    """Whose screens are drawn: all, unless there are very many; then what was approved comes first."""
    ranked = sorted(reviews, key=lambda one: (bool(one.certificate), one.submitted_at, one.id), reverse=True)
    return ranked[:MOST_DRAWN]


def _review_files(review: Review, institution: Institution) -> Iterator[tuple[str, bytes]]:
    yield "review.json", _json(_review(review))
    yield "content.json", canonical_json(review.content)
    yield "findings.json", _json({"pack_hash": review.pack_hash, "findings": review.findings})
    yield "decisions.json", _json([_decision(one) for one in decisions_on(review)])
    yield "carried.json", _json([_opinion(one) for one in carried_on(review)])
    with override("zh-hans"):
        sections = faces.of(review.subject_kind).sections(review.content)
        page = {"review": review, "sections": sections, "institution": institution}
        yield "page.html", render_to_string("compliance/evidence_page.html", page).encode()


def _review(review: Review) -> dict[str, Any]:
    return {
        "id": str(review.id),
        "title": review.title,
        "fingerprint": review.fingerprint,
        "author": review.author.display_name,
        "last_editor": review.last_editor.display_name,
        "submitted_at": review.submitted_at.isoformat(),
        "status": review.status,
        "risk": review.risk,
        "risk_reasons": review.risk_reasons,
        "stages": review.stages,
        "asked_again": review.asked_again,
        "asked_because": review.asked_because,
        "decided_at": _time(review.decided_at),
        "expires_at": _time(review.expires_at),
        "certificate": review.certificate,
        "ended_because": review.ended_because,
        "conditions": [
            {
                "kind": one.kind,
                "asked_by": one.decision.reviewer.display_name,
                "not_before": str(one.not_before or ""),
                "met_at": _time(one.met_at),
                "number": one.number,
                "recorded_by": one.recorded_by.display_name if one.recorded_by else "",
                "recorded_at": _time(one.recorded_at),
            }
            for one in conditions_on(review)
        ],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "stage": decision.stage + 1,
        "role": decision.role,
        "reviewer": decision.reviewer.display_name,
        "stands_in_for": decision.stands_in_for.display_name if decision.stands_in_for else "",
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "at": decision.at.isoformat(),
    }


def _opinion(carried: Carried) -> dict[str, Any]:
    """An earlier opinion that stands in this review: whose, of what day, and from which approval."""
    return {
        **_decision(carried.decision),
        "stage": carried.stage + 1,
        "given_in": carried.decision.review.certificate or "",
        "carried_at": carried.at.isoformat(),
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "answers": str(comment.answers_id) if comment.answers_id else None,
        "mentions": comment.mentions,
        "path": comment.path,
        "writer": comment.writer.display_name,
        "text": comment.text,
        "at": comment.at.isoformat(),
        "resolved_at": _time(comment.resolved_at),
    }


def _dismissal(dismissal: Dismissal) -> dict[str, Any]:
    return {
        "rule": dismissal.rule,
        "path": dismissal.path,
        "matched": dismissal.matched,
        "severity": dismissal.severity,
        "reason": dismissal.reason,
        "by": dismissal.by.display_name,
        "at": dismissal.at.isoformat(),
        "seconded_by": dismissal.seconded_by.display_name if dismissal.seconded_by else "",
        "seconded_at": _time(dismissal.seconded_at),
    }


def _articles(reviews: Sequence[Review]) -> dict[str, dict[str, str]]:
    """Every article a finding or the content names."""
    named = " ".join(canonical_json([review.content, review.findings]).decode() for review in reviews)
    return {
        key: {"law": one.law, "requirement": one.requirement, "certainty": one.certainty}
        for key, one in articles().items()
        if f'"{key}"' in named
    }


def _certificate(review: Review) -> dict[str, Any]:
    return {
        "certificate": review.certificate,
        "fingerprint": review.fingerprint,
        "approved_at": _time(review.decided_at),
        "expires_at": _time(review.expires_at),
        "status": review.status,
        "ended_because": review.ended_because,
    }


def _json(value: Any) -> bytes:
    return canonical_json(value) + b"\n"


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
