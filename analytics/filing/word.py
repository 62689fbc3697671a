"""A Word document (.docx) of headings, paragraphs and tables, by hand: the same blocks, the same bytes.

Only what every word processor has understood since 2007 (ECMA-376): paragraphs, runs, tables, one style
sheet. Words are escaped; what XML cannot hold is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from kernel.archive import zipped

_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TEXT_WIDTH = 9070  # twentieths of a point between the margins of A4


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1  # 0 is the title of the document


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; columns named in `numbers` stand to the right, a `tall` one leaves room in its rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    tall: bool = False


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Grid | PageBreak


def word_document(blocks: Iterable[Block], *, title: str, author: str, at: datetime) -> bytes:
    """The file. `at` stands in its properties."""
    body = "".join(piece for block in blocks for piece in _written(block))
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES.encode(),
            "_rels/.rels": _RELATIONS.encode(),
            "docProps/core.xml": _properties(title, author, at).encode(),
            "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS.encode(),
            "word/styles.xml": _STYLES.encode(),
            "word/document.xml": (
                f"{_HEAD}<w:document {_NAMESPACE}><w:body>{body}{_PAGE}</w:body></w:document>"
            ).encode(),
        }
    )


def _written(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        style = "Title" if block.level == 0 else f"Heading{block.level}"
        yield _paragraph(block.text, style)
    elif isinstance(block, Paragraph):
        for line in block.text.splitlines() or [""]:
            yield _paragraph(line, "Small" if block.small else "")
    elif isinstance(block, PageBreak):
        yield '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    else:
        yield from _grid(block)


def _grid(grid: Grid) -> Iterator[str]:
    columns = max([len(grid.head), *(len(row) for row in grid.rows)])
    width = _TEXT_WIDTH // max(columns, 1)
    yield f'<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="{width * columns}" w:type="dxa"/>'
    yield '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
    yield f'<w:gridCol w:w="{width}"/>' * columns
    yield "</w:tblGrid>"
    if grid.head:
        cells = "".join(
            _cell(words, width, right=place in grid.numbers, bold=True)
            for place, words in enumerate(grid.head)
        )
        yield f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cells}</w:tr>"
    for row in grid.rows:
        cells = "".join(_cell(words, width, right=place in grid.numbers) for place, words in enumerate(row))
        height = '<w:trPr><w:trHeight w:val="1700" w:hRule="atLeast"/></w:trPr>' if grid.tall else ""
        yield f"<w:tr>{height}{cells}</w:tr>"
    yield "</w:tbl>"
    yield _paragraph("", "Small")


def _cell(words: str, width: int, *, right: bool = False, bold: bool = False) -> str:
    lines = "".join(_paragraph(line, "Cell", right=right, bold=bold) for line in words.splitlines() or [""])
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{lines}</w:tc>'


def _paragraph(text: str, style: str, *, right: bool = False, bold: bool = False) -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    turned = '<w:jc w:val="right"/>' if right else ""
    about = f"<w:pPr>{named}{turned}</w:pPr>" if named or turned else ""
    thick = "<w:rPr><w:b/></w:rPr>" if bold else ""
    words = escape(_UNWRITABLE.sub("", text))
    run = f'<w:r>{thick}<w:t xml:space="preserve">{words}</w:t></w:r>' if words else ""
    return f"<w:p>{about}{run}</w:p>"


def _properties(title: str, author: str, at: datetime) -> str:
    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_UNWRITABLE.sub('', title))}</dc:title>"
        f"<dc:creator>{escape(_UNWRITABLE.sub('', author))}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created></cp:coreProperties>'
    )


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_PART}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_PART}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1418" w:bottom="1300" w:left="1418" w:header="708" w:footer="708" '
    'w:gutter="0"/></w:sectPr>'
)


def _style(
    key: str, name: str, size: int, *, bold: bool = False, before: int = 0, level: int | None = None
) -> str:
    outline = "" if level is None else f'<w:keepNext/><w:outlineLvl w:val="{level}"/>'
    thick = "<w:b/>" if bold else ""
    order = outline.replace("<w:outlineLvl", f'<w:spacing w:before="{before}" w:after="80"/><w:outlineLvl')
    spacing = order or f'<w:spacing w:before="{before}" w:after="80"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr>{spacing}</w:pPr><w:rPr>{thick}<w:sz w:val="{size}"/></w:rPr></w:style>'
    )


_EDGE = 'w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"'
_STYLES = (
    f"{_HEAD}<w:styles {_NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="宋体" w:cs="Arial"/><w:sz w:val="21"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
    '<w:spacing w:after="80" w:line="320" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    + _style("Title", "Title", 40, bold=True, before=600)
    + _style("Heading1", "heading 1", 28, bold=True, before=320, level=0)
    + _style("Heading2", "heading 2", 24, bold=True, before=240, level=1)
    + _style("Small", "Small", 18)
    + _style("Cell", "Cell", 19)
    + '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>'
    + "".join(f"<w:{edge} {_EDGE}/>" for edge in ("top", "left", "bottom", "right", "insideH", "insideV"))
    + '</w:tblBorders><w:tblCellMar><w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style></w:styles>"
)
