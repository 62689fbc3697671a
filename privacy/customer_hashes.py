#!/usr/bin/env python3
"""Turn the institution's customer numbers into keyed hashes, on the institution's own computer.

Needs Python 3.9 or newer and nothing else; nothing leaves the computer but the file it writes. Give it the
key file that the platform showed once, and a table (CSV, text or XLSX) in which one column holds the numbers:

    python3 customer_hashes.py --key key.txt --in customers.csv --out hashes.txt

Encoding (UTF-8, GBK, UTF-16) and separator (comma, tab, semicolon, bar) are found in the file itself. The
column is found by its heading or its content; `--column 手机号` names it. `hashes.txt` can be uploaded;
`hashes.txt.faults.csv` lists the rows without a usable number, by row and reason, never by content. The
hashes are sorted, so that their order says nothing of the order of the customers.

Exit codes: 0 hashes were written; 1 no row held a mobile number, and no file was written; 2 the key, the
file or the column cannot be used, and no file was written.
"""

from __future__ import annotations

import argparse
import base64
import codecs
import csv
import hashlib
import hmac
import itertools
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

HEADER = "# hequ-customer-hashes v1 key="
FIRST_SIGNS = "3456789"
HEADINGS = (
    "手机号", "手机号码", "手机", "移动电话", "联系电话", "客户手机号", "客户手机", "电话", "电话号码",
    "phone", "mobile", "mobilephone", "mobilenumber", "phonenumber", "tel", "cellphone",
)  # fmt: skip
SEPARATORS = ",\t;|"
SAMPLE = 200
FAULTS = {
    "empty": "没有内容 / empty",
    "decimal": "带小数点或科学计数，请把该列设为文本后重新导出 / a decimal number: export the column as text",
    "too_short": "位数不足 11 位 / fewer than eleven digits",
    "too_long": "位数超过 11 位 / more than eleven digits",
    "not_mobile": "不是大陆手机号 / not a mainland mobile number",
}
_DECIMAL = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,4})?\Z")
_GROUPED = re.compile(r"(?:\d{2,4}\.)?\d{3}\.\d{4}\.\d{4}\Z")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Row = tuple[int, list[str]]


class UnusableFile(Exception):
    """The key or the file cannot be used; the message says what to do, in Chinese and English."""


def read_key(text: str) -> bytes:
    """The key in a key file. Raises ValueError."""
    key = base64.urlsafe_b64decode(text.strip())
    if len(key) != 32:
        raise ValueError("the key must have 32 bytes")
    return key


def key_fingerprint(key: bytes) -> str:
    """How a file says which key it was made with, without giving it away."""
    return hashlib.sha256(b"hequ-customer-key|" + key).hexdigest()[:16]


def normal_number(text: str) -> str:
    """A mainland mobile number as +86 and eleven digits, or nothing."""
    digits = _digits(text)
    whole = digits.isascii() and digits.isdigit()
    fits = whole and len(digits) == 11 and digits[0] == "1" and digits[1] in FIRST_SIGNS
    return "+86" + digits if fits else ""


def fault_in(text: str) -> str:
    """Why a text that is no mobile number is none: a key of FAULTS."""
    digits = _digits(text)
    if not digits:
        return "empty"
    if not (digits.isascii() and digits.isdigit()):
        return "decimal" if _DECIMAL.match(digits) else "not_mobile"
    if len(digits) < 11:
        return "too_short"
    return "not_mobile" if len(digits) == 11 else "too_long"


def _digits(text: str) -> str:
    """The text without the marks people group numbers with, and without the country's prefix."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(
        sign for sign in plain if sign not in " ()+\u2212" and unicodedata.category(sign) not in ("Cf", "Pd")
    )
    if _GROUPED.match(digits):
        digits = digits.replace(".", "")
    if not digits.isascii():
        return digits
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            return digits[len(prefix) :]
    return digits


def customer_hash(number: str, key: bytes) -> str:
    """The keyed hash of a normal number."""
    return hmac.new(key, f"phone|{number}".encode(), hashlib.sha256).hexdigest()


# ------------------------------------------------------------------------------------------------ tables


def rows_in(source: Path) -> Iterator[Row]:
    """Each row's number and cells, whatever kind of table it is. Raises UnusableFile."""
    with source.open("rb") as opened:
        start = opened.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _workbook_rows(source)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnusableFile("旧版 .xls 不能读取，请另存为 .xlsx 或 CSV / save the .xls file as .xlsx or CSV")
    return _text_rows(source)


def _text_rows(source: Path) -> Iterator[Row]:
    encoding = encoding_of(source)
    try:
        with source.open(encoding=encoding, newline="") as lines:
            sample = [line for line in itertools.islice(lines, SAMPLE) if line.strip()]
        separator = separator_of(sample)
        with source.open(encoding=encoding, newline="") as lines:
            rows = csv.reader(lines, delimiter=separator)
            for cells in rows:
                yield rows.line_num, [cell.strip("\ufeff\0") for cell in cells]
    except (csv.Error, UnicodeError) as error:
        raise UnusableFile(f"文件内容无法按表格读取（{error}）/ the file cannot be read as a table") from None


def encoding_of(source: Path) -> str:
    """The encoding that the whole file can be read in. Raises UnusableFile."""
    with source.open("rb") as opened:
        start = opened.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = [start[place::2].count(0) for place in (0, 1)]
    if len(start) > 3 and max(zeros) > len(start) / 8:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with source.open("rb") as opened:
                for piece in iter(lambda: opened.read(1 << 20), b""):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnusableFile(
        "无法识别文件编码，请另存为 UTF-8 的 CSV 或 .xlsx / unknown encoding: save as UTF-8 CSV or .xlsx"
    )


def separator_of(sample: list[str]) -> str:
    """The sign that cuts most rows of the sample into the same number of cells; a comma where none does."""

    def agreement(sign: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=sign)]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) if common > 1 else 0, common)

    best = max(SEPARATORS, key=agreement)
    return best if agreement(best)[0] else ","


def _workbook_rows(source: Path) -> Iterator[Row]:
    """The rows of a workbook's first sheet."""
    try:
        with zipfile.ZipFile(source) as archive:
            shared = _shared_texts(archive)
            with archive.open(_first_sheet(archive)) as sheet:
                number, table = 0, None
                for event, element in ElementTree.iterparse(sheet, events=("start", "end")):
                    if event == "start" and element.tag == _SHEET + "sheetData":
                        table = element
                    if event == "end" and element.tag == _SHEET + "row" and table is not None:
                        number = int(element.get("r") or number + 1)
                        yield number, _cells(element, shared)
                        table.clear()
    except (KeyError, IndexError, StopIteration, zipfile.BadZipFile, ElementTree.ParseError):
        raise UnusableFile(
            "这不是可读取的 .xlsx 工作簿，请另存为 .xlsx 或 CSV / not a readable .xlsx workbook"
        ) from None


def _first_sheet(archive: zipfile.ZipFile) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    wanted = next(book.iter(_SHEET + "sheet")).get(_RELATION)
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if relation.get("Id") == wanted:
            target = relation.get("Target") or ""
            return target.lstrip("/") if target.startswith("/") else "xl/" + target
    raise KeyError(wanted)


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    texts = []
    with archive.open("xl/sharedStrings.xml") as opened:
        for _event, element in ElementTree.iterparse(opened):
            if element.tag == _SHEET + "si":
                texts.append("".join(part.text or "" for part in element.iter(_SHEET + "t")))
                element.clear()
    return texts


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(_SHEET + "c"):
        letters = re.match("[A-Z]*", cell.get("r") or "")
        place = 0
        for letter in letters[0] if letters else "":
            place = place * 26 + ord(letter) - 64
        cells += [""] * (place - 1 - len(cells))
        cells.append(_cell_text(cell, shared))
    return cells


def _cell_text(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(_SHEET + "t"))
    text = cell.findtext(_SHEET + "v") or ""
    if kind == "s":
        return shared[int(text)]
    if kind == "n" and text:
        return _whole(text)
    return text


def _whole(text: str) -> str:
    """A workbook's number as it is shown: 1.3812345678E10 is the whole number 13812345678."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    small = number.is_finite() and abs(number.adjusted()) < 20
    return str(int(number)) if small and number == int(number) else text


# ------------------------------------------------------------------------------------------------ columns


def column_in(first: list[Row], named: str) -> tuple[int, bool]:
    """The place of the column with the numbers, and whether the first row is a heading.

    A name must be one of the headings. Without a name a known heading decides, then the content: the only
    column in which mobile numbers stand. Raises UnusableFile.
    """
    headings = [_plain(cell) for cell in first[0][1]] if first else []
    if named:
        if _plain(named) in headings:
            return headings.index(_plain(named)), True
        told = "、".join(cell for cell in (first[0][1] if first else []) if not normal_number(cell)) or "—"
        raise UnusableFile(
            f"没有名为“{named}”的列，文件中的列：{told} / no such column; the file has：{told}"
        )
    known = [place for place, heading in enumerate(headings) if heading in HEADINGS]
    if len(known) == 1:
        return known[0], True
    hits = [
        sum(bool(normal_number(cells[place])) for _number, cells in first if place < len(cells))
        for place in range(max((len(cells) for _number, cells in first), default=0))
    ]
    columns = [place for place, count in enumerate(hits) if count]
    if len(columns) > 1 or len(known) > 1:
        raise UnusableFile(
            "有不止一列手机号，请用 --column 指定列名 / more than one column with numbers: use --column"
        )
    place = columns[0] if columns else 0
    heading = headings[place] if place < len(headings) else ""
    return place, bool(heading) and not any(sign.isdigit() for sign in heading)


def _plain(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def write_hashes(source: Path, target: Path, key: bytes, column: str) -> tuple[int, int]:
    """Write the hashes and the faults; how many of each. Without a single hash nothing is written.

    Raises UnusableFile.
    """
    rows = (row for row in rows_in(source) if any(cell.strip() for cell in row[1]))
    first = list(itertools.islice(rows, SAMPLE))
    place, headed = column_in(first, column)
    hashes, faults = set(), []
    for number, cells in itertools.chain(first[headed:], rows):
        text = cells[place] if place < len(cells) else ""
        normal = normal_number(text)
        if normal:
            hashes.add(bytes.fromhex(customer_hash(normal, key)))
        else:
            faults.append((number, fault_in(text)))
    if hashes:
        _replace(
            target, itertools.chain([HEADER + key_fingerprint(key)], (one.hex() for one in sorted(hashes)))
        )
    if hashes or faults:
        told = (f"{number},{reason},{FAULTS[reason]}" for number, reason in faults)
        _replace(
            target.with_name(target.name + ".faults.csv"), itertools.chain(["\ufeffline,code,reason"], told)
        )
    return len(hashes), len(faults)


def _replace(target: Path, lines: Iterator[str]) -> None:
    """Write beside and move into place, so that an interrupted run leaves no half file."""
    beside = target.with_name(target.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as opened:
        opened.writelines(line + "\n" for line in lines)
    beside.replace(target)


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--key", required=True, type=Path, help="the key file")
    parser.add_argument(
        "--in", required=True, type=Path, dest="source", help="the customers: CSV, text or XLSX"
    )
    parser.add_argument("--out", required=True, type=Path, dest="target", help="where the hashes go")
    parser.add_argument("--column", default="", help="the heading of the column with the numbers")
    chosen = parser.parse_args(arguments)
    try:
        key = read_key(chosen.key.read_text(encoding="utf-8-sig"))
        taken, faults = write_hashes(chosen.source, chosen.target, key, chosen.column)
    except ValueError as error:
        sys.stderr.write(f"{chosen.key}：密钥文件不完整，请重新复制 / {error}\n")
        return 2
    except (UnusableFile, OSError) as error:
        sys.stderr.write(f"{chosen.source}: {error}\n")
        return 2
    sys.stderr.write(f"{taken} hashes written, {faults} rows without a mobile number\n")
    if not taken:
        sys.stderr.write("没有可用的手机号，未写出散列文件 / no mobile number found: no file was written\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
