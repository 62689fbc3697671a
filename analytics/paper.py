"""A report on paper: the same content gives the same PDF, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from analytics.reports.base import Content, ReportKind, Section, Table
from kernel.paper import printed
from tenancy.brand import palette
from tenancy.models import Institution

PAPER = Path(__file__).parent / "reports" / "paper.typ"


def draw(
    kind: ReportKind,
    content: Content,
    *,
    institution: Institution,
    number: str,
    fingerprint: str,
    until: datetime,
) -> bytes:
    """The PDF in Chinese. Raises typst.TypstError."""
    colors = palette(str(institution.brand.get("color", "")))
    with override("zh-hans"):
        report = {
            "title": str(kind.label),
            "subtitle": content["campaign"]["title"],
            "institution": institution.name,
            "number": number,
            "color": colors.text,
            "soft": colors.soft,
            "watermark": _("{institution} 内部资料").format(institution=institution.name),
            "classification": _("仅供本机构合规与监管报送使用"),
            "fingerprint_label": _("内容指纹（SHA-256）"),
            "fingerprint": fingerprint,
            "sections": [_section(section) for section in kind.sections(content)],
        }
    return printed(PAPER, report, at=until)


def _section(section: Section) -> dict[str, object]:
    return {
        "title": section.title,
        "lead": section.lead,
        "notes": list(section.notes),
        "table": _table(section.table) if section.table else None,
    }


def _table(table: Table) -> dict[str, object]:
    return {
        "head": list(table.head),
        "rows": [list(row) for row in table.rows],
        "numbers": sorted(table.numbers),
        "widths": _widths(table),
    }


def _widths(table: Table) -> Sequence[float]:
    """A share of the width for each column, by its longest words within reason."""
    lengths = [max(_width(cell) for cell in column) for column in zip(table.head, *table.rows, strict=True)]
    return [min(max(length, 4), 18) for length in lengths]


def _width(words: str) -> float:
    return sum(1.0 if ord(sign) > 0x2E80 else 0.55 for sign in words)
