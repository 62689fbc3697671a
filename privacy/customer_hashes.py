#!/usr/bin/env python3
"""Turn the institution's customer numbers into keyed hashes, on the institution's own computer.

Needs Python 3.9 or newer and nothing else; nothing leaves the computer but the file it writes. Give it the
key file that the platform showed once, and any CSV or text file in which each line holds one mobile number:

    python3 customer_hashes.py --key key.txt --in customers.csv --column 手机号 --out hashes.txt

`hashes.txt` can be uploaded; `hashes.txt.faults.csv` lists the lines that hold no mobile number, by line
number only. The hashes are sorted, so that their order says nothing of the order of the customers.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import hmac
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

HEADER = "# hequ-customer-hashes v1 key="
FIRST_SIGNS = "3456789"


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
    digits = "".join(
        sign for sign in unicodedata.normalize("NFKC", text).strip() if sign not in " -()+.\u00a0"
    )
    if not (digits.isascii() and digits.isdigit()):
        return ""
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            digits = digits[len(prefix) :]
    fits = len(digits) == 11 and digits[0] == "1" and digits[1] in FIRST_SIGNS
    return "+86" + digits if fits else ""


def customer_hash(number: str, key: bytes) -> str:
    """The keyed hash of a normal number."""
    return hmac.new(key, f"phone|{number}".encode(), hashlib.sha256).hexdigest()


def numbers_in(source: Path, column: str) -> Iterator[tuple[int, str]]:
    """Each line's number and the text in the column (or the whole line)."""
    with source.open(encoding="utf-8-sig", newline="") as lines:
        if not column:
            yield from ((place, line.strip()) for place, line in enumerate(lines, 1))
            return
        for row in (reader := csv.DictReader(lines)):
            yield reader.line_num, row.get(column) or ""


def write_hashes(source: Path, target: Path, key: bytes, column: str) -> tuple[int, int]:
    """Write the hashes and the faults; how many of each."""
    hashes, faults = set(), []
    for place, text in numbers_in(source, column):
        number = normal_number(text)
        if number:
            hashes.add(customer_hash(number, key))
        else:
            faults.append(place)
    target.write_text("\n".join([HEADER + key_fingerprint(key), *sorted(hashes), ""]), encoding="ascii")
    beside = target.with_name(target.name + ".faults.csv")
    beside.write_text("line\n" + "".join(f"{place}\n" for place in faults), encoding="ascii")
    return len(hashes), len(faults)


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--key", required=True, type=Path, help="the key file")
    parser.add_argument("--in", required=True, type=Path, dest="source", help="the customers")
    parser.add_argument("--out", required=True, type=Path, dest="target", help="where the hashes go")
    parser.add_argument(
        "--column", default="", help="the CSV column with the number; the whole line without it"
    )
    chosen = parser.parse_args(arguments)
    try:
        key = read_key(chosen.key.read_text(encoding="utf-8"))
    except ValueError as error:
        sys.stderr.write(f"{chosen.key}: {error}\n")
        return 2
    taken, faults = write_hashes(chosen.source, chosen.target, key, chosen.column)
    sys.stderr.write(f"{taken} hashes written, {faults} lines without a mobile number\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
