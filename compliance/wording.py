"""Findings and laws in the reader's language.

The scanner speaks Chinese, which is what is stored and proved. In English the explanation, the advice and
the penalty come from `data/words_en.tsv`; a law keeps its Chinese title, which is its name, and gets a gloss.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from compliance.library import DATA
from compliance.scanner import default_pack
from compliance.scanner.requirements import PREFIX
from kernel.punctuation import folded, formatted

HOUSE_RULE = "本平台规范"
_QUOTED = re.compile(r"“(.{1,200}?)”")
_ALIKE = re.compile(r"较像“(.{1,60}?)”[,，]请人工判断")
_RESEMBLES = re.compile(r"“(?P<said>[^“”]{1,200})”这句话的写法与“(?P<kind>[^“”]{1,60})”类表述相近", re.DOTALL)
# How suspicions explained themselves until they named a sentence and a kind; reviews of that time keep it.
_FRAGMENTS = "与以往被认定违规的表述相近"
_ARTICLE = re.compile(r"第([一二三四五六七八九十百]{1,12})条")
_ADD = re.compile(r"加入[:：]")
_AT_MOST = re.compile(r"不超过[:：]")
_COLON = re.compile(r"[:：]")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a finding."""

    why: str
    suggestion: str
    penalty: str


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def finding_words(*, rule: str, category: str, why: str, suggestion: str, penalty: str = "") -> Words:
    """A finding's words in the reader's language. What an institution typed itself stays as it is."""
    why = "" if why.startswith(_FRAGMENTS) else why
    if not is_english():
        known = default_pack().categories.get(category)
        why = why or (known.why if known else "")
        return Words(formatted(why), formatted(suggestion), formatted(penalty))
    of_rule, of_category = _words().get(f"rule:{rule}"), _words().get(f"category:{category}")
    if of_category is None:
        return Words(why, suggestion, penalty)
    own = why if rule.startswith(PREFIX) else ""
    return Words(
        why=own or (of_rule and of_rule.why) or _special(why) or of_category.why,
        suggestion=_advice(suggestion, category, of_rule, of_category),
        penalty=of_category.penalty if penalty else "",
    )


def law_words(law: str) -> str:
    """A law's title; in English with its gloss and the number of the article. A house rule is translated."""
    gloss = _gloss(law) if is_english() else ""
    if not gloss:
        return law
    if law.startswith(HOUSE_RULE):
        return gloss
    number = _ARTICLE.search(law)
    return f"{law} · {gloss}{f', Art. {_number(number.group(1))}' if number else ''}"


def laws_glossed(words: str) -> list[str]:
    """Chinese names of the laws whose English gloss holds these words."""
    return [name for name, english in _laws().items() if words.lower() in english.lower()]


def category_label(key: str) -> str:
    """A category by its name, or by its key when the pack does not know it."""
    category = default_pack().categories.get(key)
    if category is None:
        return key
    return category.label_en if is_english() else category.label


def _advice(suggestion: str, category: str, of_rule: Words | None, of_category: Words) -> str:
    if of_rule is not None and of_rule.suggestion:
        return of_rule.suggestion
    if added := _ADD.match(suggestion):
        return _words()["suggestion:add"].suggestion.format(rest=suggestion[added.end() :])
    if alike := _ALIKE.match(suggestion):
        return _like(alike.group(1))
    if limited := _AT_MOST.match(suggestion):
        return _words()["suggestion:most"].suggestion.format(rest=suggestion[limited.end() :])
    known = default_pack().categories.get(category)
    said = folded(suggestion)
    shipped = known is not None and said == folded(known.suggestion)
    return of_category.suggestion if shipped or said in _shipped_advice() else suggestion


def _like(label: str) -> str:
    """What a suspicion most resembles, and what would help there."""
    known = next((one for one in default_pack().categories.values() if one.label == label), None)
    if known is None:
        return label
    rest = _words()[f"category:{known.key}"].suggestion
    return _words()["suggestion:alike"].suggestion.format(quoted=known.label_en, rest=rest)


def _special(why: str) -> str:
    """Explanations that quote the text: told apart by how the scanner begins them."""
    if alike := _RESEMBLES.match(why):
        known = [one for one in default_pack().categories.values() if one.label == alike["kind"]]
        label = known[0].label_en if known else alike["kind"]
        return _words()["why:alike"].why.format(quoted=alike["said"], kind=label)
    quoted = _QUOTED.search(why)
    rest = _COLON.split(why, maxsplit=1)[-1] if _COLON.search(why) else ""
    for opening, key in (("内容涉及", "required"), ("与下一栏连读", "joined")):
        if why.startswith(opening):
            return _words()[f"why:{key}"].why.format(quoted=quoted.group(1) if quoted else "", rest=rest)
    return ""


def _gloss(law: str) -> str:
    return next((english for name, english in _laws().items() if name in law), "")


def _number(written: str) -> int:
    """二百一十三 as 213."""
    total = unit = 0
    for sign in written:
        if sign in "十百":
            total += (unit or 1) * (10 if sign == "十" else 100)
            unit = 0
        else:
            unit = _DIGITS[sign]
    return total + unit


@lru_cache(maxsize=1)
def _words() -> dict[str, Words]:
    return {row["key"]: Words(row["why"], row["suggestion"], row["penalty"]) for row in _rows("words_en.tsv")}


@lru_cache(maxsize=1)
def _laws() -> dict[str, str]:
    return {row["law"]: row["english"] for row in _rows("laws_en.tsv")}


@lru_cache(maxsize=1)
def _shipped_advice() -> frozenset[str]:
    """Advice of single shipped rules; in English the category's stands for it."""
    pack = default_pack()
    told = [*(term.suggestion for term in pack.terms), *(pattern.suggestion for pattern in pack.patterns)]
    return frozenset(folded(advice) for advice in told if advice)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
