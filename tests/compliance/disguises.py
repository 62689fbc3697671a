"""The ways people hide words from a scanner, as functions over a text."""

import csv
from collections.abc import Callable
from functools import lru_cache

from compliance.scanner.normalise import DATA

Disguise = Callable[[str], str]


@lru_cache(maxsize=1)
def _traditional() -> dict[str, str]:
    with (DATA / "traditional.tsv").open(encoding="utf-8", newline="") as rows:
        table: dict[str, str] = {}
        for row in csv.DictReader(rows, delimiter="\t"):
            table.setdefault(row["simplified"], row["traditional"])
        return table


def _between(mark: str) -> Disguise:
    def spread(text: str) -> str:
        out = []
        for here, following in zip(text, text[1:] + " ", strict=True):
            out.append(here)
            if "一" <= here <= "鿿" and "一" <= following <= "鿿":
                out.append(mark)
        return "".join(out)

    return spread


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _circled(text: str) -> str:
    digits = {str(number): chr(0x2460 + number - 1) for number in range(1, 10)} | {"0": "⓪"}
    return "".join(digits.get(sign, sign) for sign in text)


def _bold(text: str) -> str:
    def of(sign: str) -> str:
        if "0" <= sign <= "9":
            return chr(0x1D7CE + int(sign))
        if "a" <= sign <= "z":
            return chr(0x1D41A + ord(sign) - ord("a"))
        return sign

    return "".join(of(sign) for sign in text)


def _around(opening: str, closing: str) -> Disguise:
    return lambda text: "".join(
        f"{opening}{sign}{closing}" if "一" <= sign <= "鿿" else sign for sign in text
    )


DISGUISES: dict[str, Disguise] = {
    "traditional": lambda text: "".join(_traditional().get(sign, sign) for sign in text),
    "full width": _full_width,
    "spaces": _between(" "),
    "ideographic spaces": _between("\u3000"),
    "emoji": _between("😀"),
    "joined emoji": _between("👨\u200d👩\u200d👧"),
    "stars": _between("*"),
    "underscores": _between("_"),
    "zero width": _between("\u200b"),
    "soft hyphens": _between("\u00ad"),
    "variation selectors": _between("\ufe0f"),
    "combining marks": _between("\u0336"),
    "right to left marks": _between("\u200f"),
    "circled digits": _circled,
    "bold digits": _bold,
    "tabs": _between("\t"),
    "ellipses": _between("…"),
    "enumeration marks": _between("、"),
    "kana": _between("の"),
    "black brackets": _around("【", "】"),
}
