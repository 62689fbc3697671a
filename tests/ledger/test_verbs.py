"""Every verb the code can record has words in both languages, and every listed verb is recorded somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ledger.verbs import FACTS, FAMILIES, KINDS, VERBS, kind_words, verb_words

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "kernel",
    "ledger",
    "tenancy",
    "compliance",
    "privacy",
    "rewards",
    "campaigns",
    "analytics",
    "integrations",
)
VERB = re.compile(rf"({'|'.join(FAMILIES)})\.[a-z_]*[a-z]")
PREFIX = re.compile(rf"({'|'.join(FAMILIES)})\.[a-z_]*")

# Words of the same shape that are none: why.
NO_VERBS = {
    "ledger.jsonl": "a file in the evidence pack",
    "play.js": "a game's script",
    "play.css": "a game's sheet",
}

# Verbs whose names are put together from a state, with where.
COMPOSED = {
    "rewards.expired": "rewards/usecases/ends.py",
    "rewards.revoked": "rewards/usecases/ends.py",
    "privacy.text_sent": "privacy/usecases/texts.py",
    "privacy.text_refused": "privacy/usecases/texts.py",
    "privacy.text_lapsed": "privacy/usecases/texts.py",
}


def sources() -> Iterator[tuple[str, ast.AST]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts and file.name != "verbs.py":
                yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def spoken() -> dict[str, str]:
    """Every verb in the code, with one place where it stands."""
    found = {}
    for file, tree in sources():
        for node in ast.walk(tree):
            words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if VERB.fullmatch(words) and words not in NO_VERBS and not _is_module(words):
                found[words] = file
    return found


def composed() -> dict[str, str]:
    """The beginnings of verbs that are put together, with one place each."""
    found = {}
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                start = node.values[0].value
                if isinstance(start, str) and PREFIX.fullmatch(start) and "." in start:
                    found[start] = file
    return found


def test_every_verb_in_the_code_has_words() -> None:
    missing = {verb: file for verb, file in spoken().items() if verb not in VERBS}

    assert not missing


def test_every_beginning_of_a_verb_leads_to_known_ones() -> None:
    lost = {
        start: file for start, file in composed().items() if not any(verb.startswith(start) for verb in VERBS)
    }

    assert not lost


def test_no_words_stand_for_a_verb_that_nobody_says() -> None:
    known = set(spoken()) | set(COMPOSED)

    assert set(VERBS) - known == set()


def test_every_kind_of_subject_has_words() -> None:
    kinds = {
        node.args[0].value
        for _file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Ref"
        if node.args and isinstance(node.args[0], ast.Constant)
    }

    assert kinds - set(KINDS) == set()


def test_every_word_is_there_in_both_languages() -> None:
    for words in (*VERBS.values(), *FAMILIES.values(), *KINDS.values(), *FACTS.values()):
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert not re.search(r"[\u4e00-\u9fff]", words.en)
        assert words.en


def test_an_unknown_verb_is_still_no_code_on_the_page() -> None:
    assert verb_words("play.danced", english=False) == "客户参与（其他）"
    assert verb_words("dance.danced", english=True) == "other"
    assert kind_words("dance", english=True) == "Other"


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
