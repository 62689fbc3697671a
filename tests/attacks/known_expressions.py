"""Every regular expression that meets what somebody typed: of modules, functions and the tables of rules."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from campaigns.catalogue import games
from campaigns.promises import _NUMBER
from compliance.scanner import default_pack
from compliance.scanner.claimant import _follows, _subjects
from compliance.scanner.frames import _lexicon
from compliance.scanner.normalise import _disguises
from compliance.scanner.rewording import offered_words, rewordings

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "kernel",
    "ledger",
    "tenancy",
    "privacy",
    "compliance",
    "campaigns",
    "rewards",
    "analytics",
    "integrations",
    "config",
)
OWN_SOURCES = {  # read our own repository and servers, never what somebody sends
    "config/punctuation": "formats the marks in our own source files",
    "config/reference.py": "reads our own verbs for the reference pages",
    "compliance/measured.py": "writes the figures into our own page",
    "config/demo": "the demo's own customers read their own texts",
    "integrations/simulators": "stands in for a provider, in demo and tests",
}
# Functions that build an expression when called, and what `_of_functions` calls instead of guessing.
BUILT_IN_FUNCTIONS = {
    "compliance/scanner/claimant.py",
    "compliance/scanner/frames.py",
    "compliance/scanner/normalise.py",
    "compliance/scanner/pack.py",
    "compliance/scanner/rewording.py",
    "campaigns/promises.py",
}
CALLS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"})
NAMES = ("示例银行", "示例银行股份有限公司")

Known = Mapping[str, re.Pattern[Any]]


@lru_cache(maxsize=1)
def known_expressions() -> Known:
    return {**dict(_of_modules()), **dict(_in_place()), **dict(_of_functions())}


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if "migrations" not in path.parts and not name.startswith(tuple(OWN_SOURCES)):
                yield path


def _of_modules() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for path in sources():
        if "re.compile(" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            for number, pattern in enumerate(_within(value, 0)):
                yield f"{path.relative_to(ROOT)}:{name}[{number}]", pattern


def _within(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth > 3:
        return
    elif isinstance(value, dict):
        for part in value.values():
            yield from _within(part, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _within(part, depth + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _within(getattr(value, one.name, None), depth + 1)


def _in_place() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Expressions written where they are used: re.search(r"…", text)."""
    for path in sources():
        for call in _calls(path):
            if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
                flags = re.DOTALL | re.IGNORECASE
                yield f"{path.relative_to(ROOT)}:{call.lineno}", re.compile(call.args[0].value, flags)


def _calls(path: Path) -> Iterator[ast.Call]:
    yield from _calls_in(ast.parse(path.read_text(encoding="utf-8")))


def _calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.args:
                yield node


def built_in_functions() -> Iterator[str]:
    """Files in which a function builds an expression out of parts."""
    for path in sources():
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                not isinstance(call.args[0], ast.Constant) and not _is_constant(call.args[0])
                for call in _calls_in(function)
            ):
                yield str(path.relative_to(ROOT))


def _is_constant(node: ast.expr) -> bool:
    """A name in capitals: an expression of a module, or the text of one."""
    return isinstance(node, ast.Name) and node.id.isupper()


def _of_functions() -> Iterator[tuple[str, re.Pattern[Any]]]:
    pack = default_pack()
    for rule in pack.patterns:
        yield f"patterns.tsv:{rule.rule}", rule.expression
        if rule.unless is not None:
            yield f"patterns.tsv:{rule.rule} unless", rule.unless
    for number, row in enumerate(rewordings(pack)):
        yield f"rewordings.tsv:{number} matched", row.matched
        yield f"rewordings.tsv:{number} before", row.before
        yield f"rewordings.tsv:{number} after", row.after
    yield "rewordings.tsv:all", offered_words(pack)
    for frame, pattern in _lexicon().patterns:
        yield f"frames.tsv:{frame}", pattern
    found, _, unless = _disguises()
    yield "disguises.tsv", found
    for written, guard in unless.items():
        yield f"disguises.tsv:{written}", guard
    yield "claimant:subjects", _subjects(NAMES)
    yield "claimant:follows", _follows(NAMES)
    for key, game in games().items():
        for sample in game.samples:
            settings = msgspec.convert(sample.settings, game.settings)
            for fact in game.stated(settings):
                yield f"{key}:stated {fact.pattern}", re.compile(fact.pattern.replace("N", _NUMBER))
