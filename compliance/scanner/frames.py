"""What a sentence is about: who acts, what is gained, how surely, who warns. Words become frames of meaning.

`frames_of(text)` promises, for a normalised text, the frames met in it, the ordered pairs of frames inside
one sentence and the frames that stand next to each other, each a short name. The second reader weighs these
beside the letters: a promise in new words still looks like a promise.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import ahocorasick_rs

DATA = Path(__file__).resolve().parent.parent / "data" / "frames.tsv"
SENTENCE_END = re.compile(r"[。!?;\n]")
REACH = 14


@dataclass(frozen=True)
class _Lexicon:
    words: ahocorasick_rs.AhoCorasick
    frames: tuple[tuple[str, ...], ...]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    by_word: dict[str, list[str]] = {}
    patterns: list[tuple[str, re.Pattern[str]]] = []
    with DATA.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] == "pattern":
                patterns.append((row["frame"], re.compile(row["words"])))
                continue
            for word in row["words"].split("|"):
                by_word.setdefault(word, []).append(row["frame"])
    return _Lexicon(
        words=ahocorasick_rs.AhoCorasick(list(by_word)),
        frames=tuple(map(tuple, by_word.values())),
        patterns=tuple(patterns),
    )


def _met(sentence: str) -> list[str]:
    """The frames of one sentence in the order of their words; the longest word of a frame wins its place."""
    lexicon = _lexicon()
    found = [
        (begin, -end, frame)
        for number, begin, end in lexicon.words.find_matches_as_indexes(sentence, overlapping=True)
        for frame in lexicon.frames[number]
    ]
    found += [
        (hit.start(), -hit.end(), frame)
        for frame, pattern in lexicon.patterns
        for hit in pattern.finditer(sentence)
    ]
    taken: dict[str, int] = {}
    kept = []
    for begin, minus_end, frame in sorted(found):
        if taken.get(frame, 0) <= begin:
            taken[frame] = -minus_end
            kept.append(frame)
    return kept


def frames_of(text: str) -> list[str]:
    """Distinct frame features of a normalised text, in order of appearance."""
    features: dict[str, None] = {}
    for sentence in _sentences(text):
        names = _met(sentence)
        for place, name in enumerate(names):
            features[f"«{name}»"] = None
            if place + 1 < len(names):
                features[f"«{name}»«{names[place + 1]}»"] = None
            for later in names[place + 1 : place + REACH]:
                features[f"«{name}»…«{later}»"] = None
    return list(features)


def names_in(text: str) -> frozenset[str]:
    """The frames met anywhere in a normalised text."""
    return frozenset(name for sentence in _sentences(text) for name in _met(sentence))


def _sentences(text: str) -> list[str]:
    stops = [0, *(mark.end() for mark in SENTENCE_END.finditer(text)), len(text)]
    return [text[begin:end] for begin, end in pairwise(stops) if end > begin]
