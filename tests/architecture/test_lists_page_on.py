"""No list is cut in silence: whoever reads it gets to the rest, or is told how much more there is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.services import ROOT
from tests.walk import APPS, only_excused, python_files, short, tree

# Queries that are cut, and why nobody misses what is beyond.
PORTIONS = "work taken in portions until none is left; nobody reads it as a list"
TOLD = "the page says how many more there are, or leads to all of them"
NEWEST = "the newest few by their nature, and the whole is a page of its own"
CUT: dict[str, str] = {
    "ledger/queries.py:entries_after": PORTIONS,
    "ledger/sealing.py:_chosen": "the check says how much it looked at; the patrol looks at all",
    "tenancy/notices.py:unread_count": "a number that reads 99+",
    "tenancy/notices.py:sweep_notices": PORTIONS,
    "privacy/customers.py:drop_replaced_customers": PORTIONS,
    "privacy/queries.py:due_texts": PORTIONS,
    "campaigns/player/text_risk.py:_free_of_campaign": "counted as far as it matters; no list",
    "privacy/queries.py:heavy_readers": "the five who read most today, called so",
    "privacy/usecases/forgetting.py:sweep_retention": PORTIONS,
    "privacy/usecases/rotations.py:_batch": PORTIONS,
    "compliance/batches.py:read_batch": "no more are ever submitted together",
    "compliance/citing.py:_contents": TOLD,
    "compliance/golden.py:listed": "no institution's own set is larger",
    "compliance/mentions.py:_authors_of": "one subject's authors are one or two",
    "compliance/packing.py:packages_left": PORTIONS,
    "compliance/trials.py:_approved": PORTIONS,
    "compliance/usecases/batches.py:approve_plain_reviews": PORTIONS,
    "compliance/usecases/clocks.py:remind_reviewers": PORTIONS,
    "compliance/usecases/reviews.py:lapse_reviews": PORTIONS,
    "compliance/views_evidence.py:progress": "asked for by a page of as many lines",
    "rewards/desk.py:todays_visits": TOLD,
    "rewards/points.py:lapse_points": PORTIONS,
    "rewards/free_times.py:_window": "a page of free times; its form says so, and leads to all the others",
    "rewards/queries.py:last_redemptions": NEWEST,
    "rewards/usecases/ends.py:sweep_expired": PORTIONS,
    "rewards/usecases/ends.py:release_forgotten": PORTIONS,
    "campaigns/desk.py:questions_citing": TOLD,
    "campaigns/question_quarantine.py:own_held": "as many as a library may hold",
    "campaigns/question_twins.py:twins_of": "the first of those that say the same, found again once merged",
    "campaigns/question_twins.py:told_twice": "the first of those that stand twice, found again once merged",
    "campaigns/usecases/parties.py:expire_parties": PORTIONS,
    "analytics/queries/leads.py:page_of_leads": TOLD,
    "analytics/queries/reports.py:reports_of_campaign": NEWEST,
    "analytics/queries/reports.py:orders_due": PORTIONS,
    "analytics/queries/trail.py:_newest": TOLD,
    "analytics/queries/trail.py:_newest_of": TOLD,
}
QUERY = {
    "objects", "order_by", "filter", "exclude", "values_list", "values", "select_related", "distinct",
    "defer", "only", "annotate", "select_for_update",
}  # fmt: skip


def test_a_query_that_is_cut_says_why_nobody_misses_the_rest():
    found = {
        f"{short(path)}:{function.name}": ast.unparse(cut)[-60:]
        for path in python_files(*APPS)
        if "demo" not in path.parts
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for cut in _cuts(function)
    }

    only_excused(found, CUT)


def test_a_template_cuts_no_list():
    """What is sliced in a template is a fingerprint's first letters or a list's tail, never its lines."""
    cut = {
        str(path.relative_to(ROOT))
        for path in Path(ROOT / "templates").rglob("*.html")
        if "{% for" in path.read_text() and _sliced_loops(path.read_text())
    }

    assert cut == set()


def _cuts(function: ast.FunctionDef) -> Iterator[ast.Subscript]:
    """Slices from the start of a query, or of a name that holds one; the first row alone is no list."""
    queries = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and _names(node.value) & QUERY
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
            continue
        upper = node.slice.upper
        if upper is None or (isinstance(upper, ast.Constant) and upper.value == 1):
            continue
        if _names(node.value) & QUERY or _begins_with(node.value) in queries:
            yield node


def _names(node: ast.AST) -> set[str]:
    """The attributes along a chain of calls."""
    found: set[str] = set()
    while True:
        match node:
            case ast.Call():
                node = node.func
            case ast.Attribute():
                found.add(node.attr)
                node = node.value
            case ast.Subscript():
                node = node.value
            case _:
                return found


def _begins_with(node: ast.AST) -> str:
    """The name a chain of calls begins with."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _sliced_loops(text: str) -> bool:
    loops = [part.partition("%}")[0] for part in text.split("{% for ")[1:]]
    return any('|slice:":' in loop for loop in loops)
