"""The evidence package: everything about one subject's reviews in one ZIP, checked without anything of ours.

Every version's content, its pages as HTML and PDF, findings, dismissals, remarks, decisions, certificates,
the ledger's rows with their seals, a manifest of hashes, its signature and a verifier; to read, pages that
any browser opens. The same plan gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance import evidence_pages as pages
from compliance.evidence_ledger import deeds_among, ledger_files
from compliance.evidence_plan import Plan, certificates_of
from compliance.facsimile import facsimile
from compliance.library import articles
from compliance.models import Review
from kernel.actor import Ref
from kernel.desk_keys import written_public_keys
from kernel.fingerprint import canonical_json
from ledger import verify_seals
from ledger.signing import sign, signing_key
from tenancy.models import Institution

HERE = Path(__file__).parent
README = HERE / "evidence_readme.txt"
STYLE = HERE / "evidence.css"
Files = Iterator[tuple[str, bytes]]


def folder_of(place: int) -> str:
    """Where the files of a submission lie; the first is 1."""
    return f"reviews/{place:03}"


def submission_files(plan: Plan, place: int, *, institution: Institution) -> Files:
    """The files of one submission, with every screen drawn. The first is 1. Raises typst.TypstError."""
    told = plan["reviews"][place - 1]
    review = Review.of(told["record"]["id"])
    review.certificate = told["record"]["certificate"]  # as it was when the records were taken down
    folder = folder_of(place)
    yield f"{folder}/review.json", _json(told["record"])
    yield f"{folder}/content.json", canonical_json(review.content)
    found = {"pack_hash": review.pack_hash, "findings": review.findings, "excused": review.excused}
    yield f"{folder}/findings.json", _json(found)
    yield f"{folder}/decisions.json", _json(told["decisions"])
    yield f"{folder}/carried.json", _json(told["carried"])
    yield f"{folder}/page.html", pages.content_page(review, institution)
    for language, name in pages.LANGUAGES:
        yield f"{folder}/record{name}.html", pages.record_page(plan, place, review, institution, language)
    yield f"{folder}/pages.pdf", facsimile(review, institution=institution, number=told["version"])


def closing_files(
    plan: Plan, *, subject: Ref, institution: Institution, asked_at: datetime, as_of: datetime
) -> Files:
    """What stands beside the submissions: remarks, ledger, instructions, the pages to begin reading with."""
    deeds = list(deeds_among(subject, plan["entries"], asked_at=asked_at))
    ledger = ledger_files(iter(deeds))
    yield from ledger.items()
    yield "comments.json", _json(plan["comments"])
    yield "dismissals.json", _json(list(plan["dismissals"].values()))
    yield "halts.json", _json(plan.get("halts", []))  # a package asked for before they were told has none
    yield "certificates.json", _json(certificates_of(plan))
    yield "desk_keys.json", _json(written_public_keys())
    yield "articles.json", _json(_articles(subject))
    yield "verify.py", (HERE / "verify_package.py").read_bytes()
    yield "verify_seals.py", Path(verify_seals.__file__).read_bytes()
    yield "style.css", STYLE.read_bytes()
    yield "README.txt", _readme(plan, institution, ledger, as_of)
    newest = Review.of(plan["reviews"][-1]["record"]["id"])
    for language, name in pages.LANGUAGES:
        yield f"remarks{name}.html", pages.remarks_page(plan, newest, institution, language)
        yield f"index{name}.html", pages.index_page(plan, institution, as_of, language)
        yield f"ledger{name}.html", pages.ledger_page(plan, deeds, institution, language)


def signed_manifest(
    hashes: Mapping[str, str], *, subject: Ref, institution: Institution, as_of: datetime
) -> tuple[dict[str, bytes], str]:
    """The manifest over every file and its signature, and the hash that names the package."""
    name, key = signing_key()
    manifest = canonical_json(
        {
            "made_at": as_of.isoformat(),
            "institution": institution.name,
            "subject": f"{subject.kind}:{subject.id}",
            "files": dict(hashes),
            "key_name": name,
            "key": key,
        }
    )
    _name, signature = sign(manifest)
    told = {"key_name": name, "key": key, "signature": base64.b64encode(signature).decode()}
    root = hashlib.sha256(manifest).hexdigest()
    return {"manifest.json": manifest, "signature.json": _json(told)}, root


def _readme(plan: Plan, institution: Institution, ledger: Mapping[str, bytes], as_of: datetime) -> bytes:
    """For Notepad too: with the mark of its encoding and the line ends of Windows."""
    reviews = plan["reviews"]
    told = README.read_text(encoding="utf-8").format(
        institution=institution.name,
        title=reviews[-1]["record"]["title"],
        at=as_of.isoformat(timespec="seconds"),
        reviews=len(reviews),
        versions=max(each["version"] for each in reviews),
        deeds=ledger["ledger.jsonl"].count(b"\n"),
        waiting=ledger["ledger_proofs.jsonl"].count(b'"seal":null'),
    )
    return told.replace("\n", "\r\n").encode("utf-8-sig")


def _articles(subject: Ref) -> dict[str, dict[str, str]]:
    """Every article that a finding or a content names."""
    known = articles()
    named: set[str] = set()
    read = Review.objects.of_subject(subject.kind, subject.id).values_list("content", "findings")
    for content, findings in read.order_by("submitted_at", "id").iterator(chunk_size=10):
        text = canonical_json([content, findings]).decode()
        named |= {key for key in known if key not in named and f'"{key}"' in text}
    return {
        key: {"law": one.law, "requirement": one.requirement, "certainty": one.certainty}
        for key, one in known.items()
        if key in named
    }


def _json(value: Any) -> bytes:  # Any: what JSON holds
    return canonical_json(value) + b"\n"
