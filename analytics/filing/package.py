"""The filing of one report: PDF, Word and JSON with an index and a place for the seal, in one ZIP (F59).

What it tells follows from rows that never change; only the house's names and colour are those of the day of
packing. So a submission is bound to the package that was taken out (``analytics.usecases.filing``), not to a
new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from analytics.filing.parts import Material, Part, hashes, material_of, parts_of
from analytics.filing.word import Block, Grid, Heading, PageBreak, Paragraph, word_document
from analytics.models import Report
from analytics.registry import report_kinds
from analytics.reports.base import Section
from kernel.archive import zipped
from kernel.fingerprint import canonical_json
from kernel.paper import printed
from kernel.timekeeping import SHANGHAI
from tenancy.brand import palette
from tenancy.models import Institution

COVER = Path(__file__).parent / "cover.typ"
REPORT_FILES = ("02-report.pdf", "02-report.docx", "02-report.json")


@dataclass(frozen=True, slots=True)
class Filing:
    """A package ready to be handed in: its parts, every file's hash, and the hash of the whole."""

    name: str
    parts: Sequence[Part]
    files: dict[str, bytes]
    hashes: dict[str, str]
    body: bytes
    sha256: str

    @property
    def is_complete(self) -> bool:
        return all(part.is_there for part in self.parts)


def filing_of(report: Report, institution: Institution) -> Filing:
    """Pack what belongs to a report. Raises typst.TypstError."""
    material = material_of(report, institution)
    parts = parts_of(material, REPORT_FILES)
    with override("zh-hans"):
        sections = report_kinds()[report.kind].sections(report.content)
        files = {
            "01-cover.pdf": _cover(report, institution, material, parts),
            "02-report.pdf": bytes(report.pdf),
            "02-report.docx": _word(report, institution, material, parts, sections),
            "02-report.json": canonical_json(_json(report, institution)),
            **material.files,
        }
    named = hashes(files)
    files["index.json"] = canonical_json(
        {
            "number": report.number,
            "institution": institution.name,
            "parts": [
                {"key": part.demand.key, "present": part.is_there, "files": list(part.files)}
                for part in parts
            ],
            "files": named,
        }
    )
    body = zipped(files)
    return Filing(
        name=f"{report.number}.zip",
        parts=parts,
        files=files,
        hashes=hashes(files),
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _json(report: Report, institution: Institution) -> dict[str, object]:
    return {
        "number": report.number,
        "kind": report.kind,
        "institution": institution.name,
        "licence": institution.licence,
        "until": report.until.isoformat(),
        "fingerprint": report.fingerprint,
        "content": report.content,
    }


def _facts(report: Report, institution: Institution, material: Material) -> list[tuple[str, str]]:
    certificate = (material.review.certificate or "") if material.review else ""
    return [
        (_("机构"), institution.name),
        (_("活动"), str(report.content["campaign"]["title"])),
        (_("报告编号"), report.number),
        (_("统计截至"), f"{report.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        (_("审核编号"), certificate or "—"),
        (_("内容指纹"), report.fingerprint),
    ]


def _index(parts: Sequence[Part]) -> list[list[str]]:
    return [
        [
            str(place),
            str(part.demand.label),
            str(part.demand.why),
            "\n".join(part.files) if part.is_there else _("缺少"),
        ]
        for place, part in enumerate(parts, start=1)
    ]


def _cover(report: Report, institution: Institution, material: Material, parts: Sequence[Part]) -> bytes:
    told = {
        "title": _("活动合规备案材料"),
        "color": palette(str(institution.brand.get("color", ""))).text,
        "institution": institution.name,
        "facts": _facts(report, institution, material),
        "index_title": _("材料目录"),
        "head": _index_head(),
        "rows": _index(parts),
        "missing": _("缺少"),
        "seal": _("（盖章处）"),
        "signatures": _signatures(),
    }
    return printed(COVER, told, at=report.until)


def _index_head() -> list[str]:
    return [_("序号"), _("材料"), _("内容"), _("文件")]


def _signatures() -> list[str]:
    return [
        _("报送单位（盖章）："),
        _("合规负责人（签字）："),
        _("经办人（签字）："),
        _("日期：    年  月  日"),
    ]


def _word(
    report: Report,
    institution: Institution,
    material: Material,
    parts: Sequence[Part],
    sections: Sequence[Section],
) -> bytes:
    blocks: list[Block] = [
        Heading(_("活动合规备案材料"), 0),
        Grid((), [list(fact) for fact in _facts(report, institution, material)]),
        Heading(_("材料目录")),
        Grid(_index_head(), _index(parts)),
        Grid((), [[_("（盖章处）"), "\n".join(_signatures())]], tall=True),
        PageBreak(),
        Heading(str(report_kinds()[report.kind].label), 0),
    ]
    for section in sections:
        blocks.append(Heading(section.title))
        if section.lead:
            blocks.append(Paragraph(section.lead))
        if section.table is not None:
            blocks.append(Grid(section.table.head, section.table.rows, section.table.numbers))
        blocks += [Paragraph(note, small=True) for note in section.notes]
    return word_document(
        blocks,
        title=f"{institution.name} {report.number}",
        author=institution.name,
        at=report.until,
    )
