"""The ways in which people type or paste a one-time code; every one of them is the same code."""

from __future__ import annotations

from collections.abc import Callable

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

SPELLINGS: dict[str, Callable[[str], str]] = {
    "full-width": lambda code: code.translate(_WIDE),
    "in two groups": lambda code: f"{code[:3]} {code[3:]}",
    "in full-width groups": lambda code: f"{code[:3]}\u3000{code[3:]}".translate(_WIDE),
    "with a dash": lambda code: f"{code[:3]}-{code[3:]}",
    "with an en dash": lambda code: f"{code[:3]}–{code[3:]}",
    "one by one": lambda code: " ".join(code),
    "pasted with a line's end": lambda code: f"\t{code}\r\n",
    "with marks nobody sees": lambda code: f"\u202d{code[:3]}\u200b{code[3:]}\u202c\ufeff",
}
