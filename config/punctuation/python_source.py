"""Words in Python: string literals, but no docstring, no pattern and no sample the scanner is tried on."""

from __future__ import annotations

import ast
import io
import token
import tokenize
from collections.abc import Iterator
from itertools import accumulate

from config.punctuation.literals import edits_within
from kernel.punctuation import Edit, Span

# What is given to these stays as it was written: patterns, and what a writer typed.
AS_TYPED = frozenset({"compile", "match", "search", "sub", "findall", "finditer", "Sample", "Text"})
_SKIPPED = {token.NL, token.COMMENT}


def python_edits(source: str) -> list[Edit]:
    """Changes to the sentences of a module."""
    starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    as_typed = list(_as_typed(source, starts))
    return [
        change
        for bodies in _sentences(source, starts)
        if not any(begin <= bodies[0][0] < end for begin, end in as_typed)
        for change in edits_within(source, bodies)
    ]


def _sentences(source: str, starts: list[int]) -> Iterator[list[Span]]:
    """Literals that stand side by side are one sentence."""
    bodies: list[Span] = []
    for piece in tokenize.generate_tokens(io.StringIO(source).readline):
        if piece.type == token.STRING:
            body = _body(piece.string)
            if body is None:  # a raw string is a pattern
                continue
            begin = starts[piece.start[0] - 1] + piece.start[1]
            bodies.append((begin + body[0], begin + body[1]))
        elif piece.type not in _SKIPPED and bodies:
            yield bodies
            bodies = []


def _body(literal: str) -> Span | None:
    prefix = literal[: min(literal.find(sign) for sign in "\"'" if sign in literal)]
    if "r" in prefix.lower() or "b" in prefix.lower():
        return None
    quotes = 3 if literal[len(prefix) :][:3] in ('"""', "'''") else 1
    return len(prefix) + quotes, len(literal) - quotes


def _as_typed(source: str, starts: list[int]) -> Iterator[Span]:
    """Docstrings and what is given to a function of `AS_TYPED`."""
    lines = source.splitlines(keepends=True)

    def place(line: int, column: int) -> int:
        """Columns are counted in bytes."""
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    for node in ast.walk(ast.parse(source)):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_given = isinstance(node, ast.Call) and _name(node.func) in AS_TYPED
        if isinstance(node, ast.stmt | ast.expr) and (is_docstring or is_given):
            end = node.end_lineno or node.lineno
            yield place(node.lineno, node.col_offset), place(end, node.end_col_offset or 0)


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""
