"""No text reaches a view or a table with marks nobody sees: every door goes through `kernel.visible`."""

import ast

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.problem import PASSWORDS
from tenancy.middleware import VisibleTextMiddleware
from tests.services import ROOT

READS_BODIES = {"kernel/wire.py"}
NO_TEXT_IN_UPLOADS = {
    "privacy/views_customers.py",  # fingerprints: sixty-four hex digits a line, nothing else is taken
    "kernel/problem.py",  # asks only whether there are any
}


def sources():
    for path in sorted(ROOT.glob("*/**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("tests/", ".")) and "/migrations/" not in name:
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def reads(tree, attributes):
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in attributes
        and isinstance(node.value, ast.Name)
        and node.value.id.endswith("request")
    }


def endpoints(resolver=None, prefix=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from endpoints(one, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield prefix + str(one.pattern), one.callback


def test_only_one_place_reads_a_body():
    found = {name for name, tree in sources() if reads(tree, {"body", "read", "readline", "readlines"})}

    assert found == READS_BODIES


def test_every_upload_of_text_is_read_as_it_is_seen():
    opened = {name: tree for name, tree in sources() if reads(tree, {"FILES"})}
    seen = {
        name
        for name, tree in opened.items()
        if any(
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "seen_rows"
            for node in ast.walk(tree)
        )
    }

    assert set(opened) - seen == NO_TEXT_IN_UPLOADS


def test_no_form_field_escapes_at_any_endpoint():
    """Whatever the field is called and wherever it is sent, but for passwords, which stay as typed."""
    assert "tenancy.middleware.VisibleTextMiddleware" in settings.MIDDLEWARE
    walked = list(endpoints())
    assert len(walked) > 150
    middleware = VisibleTextMiddleware(lambda request: None)
    for route, view in walked:
        request = RequestFactory().post("/" + route, {"anything": "保\u202e本\u2069", "password": "a\u200bb"})
        assert middleware.process_view(request, view, (), {}) is None

        assert isinstance(request.POST, QueryDict), route
        assert request.POST.dict() == {"anything": "保本", "password": "a\u200bb"}, route


@pytest.mark.parametrize("name", sorted(PASSWORDS))
def test_what_stays_as_typed_is_a_password_everywhere(name):
    """A text field that took one of these names would escape: only password fields may have them."""
    lines = [
        line
        for form in ROOT.glob("*/forms.py")
        for line in form.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(f"{name} = ")
    ]

    assert lines
    assert all("_Password(" in line for line in lines)
