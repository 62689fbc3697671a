"""The evidence package: everything about one subject's reviews in one ZIP, checked without anything of ours.

Every version's content, its pages, findings, dismissals, remarks, decisions, certificates, the ledger's rows,
a manifest of hashes, its signature and a verifier. The same state gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from compliance.library import articles
from compliance.models import Carried, Comment, Condition, Decision, Dismissal, Review
from compliance.queries import carried_on, comments_on, decisions_on, dismissals_on
from compliance.subjects import faces
from kernel.actor import Ref
from kernel.fingerprint import canonical_json
from ledger import verify_seals
from ledger.models import Entry
from ledger.queries import campaign_history
from ledger.signing import public_key, sign
from tenancy.models import Institution

HERE = Path(__file__).parent
EPOCH = (2026, 1, 1, 0, 0, 0)
STAFF_VERBS = ("campaigns.", "compliance.")

README = """合趣 活动合规证据包
====================
{institution} · {title}
制作时间 {at}

怎样核对(不需要本系统,任何装有 Python 3 的电脑即可):

    python3 verify.py

它检查:每个文件与 manifest.json 中的 SHA-256 一致且没有多余文件;每次送审的 content.json 的指纹与审核所记一致;
manifest.json 的签名有效。请把 signature.json 里的公钥与机构公布的公钥比对。

目录
  reviews/<序号>/review.json      送审、风险、结论、审核编号、有效期
  reviews/<序号>/content.json     送审的完整内容(指纹 = 其规范 JSON 的 SHA-256)
  reviews/<序号>/page.html        按客户所见顺序排列的内容,可打印
  reviews/<序号>/findings.json    机器检测结果与规则包哈希
  reviews/<序号>/decisions.json   各岗位决定、理由、署名
  comments.json dismissals.json   批注;被搁置的提示及理由、复核人
  articles.json                   所引法规条款
  ledger.jsonl                    员工操作台账(不含客户个人信息)

Hequ evidence package. Run `python3 verify.py`: it checks every file against manifest.json, each content
against the fingerprint its review names, and the signature. Compare the key in signature.json with the
published one.
"""


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
    title = reviews[-1].title if reviews else ""
    files: dict[str, bytes] = {
        "README.txt": README.format(institution=institution.name, title=title, at=now.isoformat()).encode(),
        "verify.py": (HERE / "verify_package.py").read_bytes(),
        "verify_seals.py": Path(verify_seals.__file__).read_bytes(),
        "comments.json": _json([_comment(one) for one in comments_on(subject)]),
        "dismissals.json": _json([_dismissal(one) for one in dismissals_on(subject).values()]),
        "articles.json": _json(_articles(reviews)),
        "ledger.jsonl": b"".join(canonical_json(_entry(one)) + b"\n" for one in _deeds(subject)),
    }
    for number, review in enumerate(reviews, start=1):
        for name, body in _review_files(review, institution):
            files[f"reviews/{number:03}/{name}"] = body
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
    return Package(f"evidence-{subject.id}-{root[:12]}.zip", _zipped(files), root)


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
        "decided_at": _time(review.decided_at),
        "expires_at": _time(review.expires_at),
        "certificate": review.certificate,
        "ended_because": review.ended_because,
        "conditions": [
            {"kind": one.kind, "not_before": str(one.not_before or ""), "met_at": _time(one.met_at)}
            for one in Condition.objects.filter(review=review).order_by("id")
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


def _deeds(subject: Ref) -> list[Entry]:
    """What staff and the machine did; what customers did is counted elsewhere."""
    return [one for one in campaign_history(subject.id) if one.verb.startswith(STAFF_VERBS)]


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "verb": entry.verb,
        "actor": f"{entry.actor_kind}:{entry.actor_id}",
        "subject": f"{entry.subject_kind}:{entry.subject_id}",
        "data": entry.data,
    }


def _json(value: Any) -> bytes:
    return canonical_json(value) + b"\n"


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return sink.getvalue()
