"""No page of the back office draws a link that its reader may not follow, whatever post they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone

from config.demo.seed import plant
from kernel.scope import scope
from tenancy.doors import Door
from tenancy.models import Institution
from tenancy.roles import MATRIX, Role
from tests.architecture.test_outsider_sees_404 import everything
from tests.cast import make_staff
from tests.desk import signed_in
from tests.journeys.test_unsaved_forms import pages_of_work_waiting, readable_pages

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')


@pytest.mark.slow
def test_whoever_sees_a_link_may_follow_it(committed_db, tmp_path):
    plant(tmp_path, now=timezone.now())
    ours = Institution.objects.get(sector="bank")
    pages = [*pages_of_work_waiting(ours), *readable_pages(everything(ours), ours)]
    refused: set[str] = set()

    for role in Role:
        with scope(ours.id):
            browser = signed_in(make_staff(f"walks.{role.value}", role.value).actor)
        for path in pages:
            answer = browser.get(path)
            if answer.status_code != 200:
                continue
            refused |= {
                f"{role.value}: {door.permission} for {target} on {path}"
                for target, door in doors_linked(answer.content.decode())
                if door.permission is not None and door.permission not in MATRIX[role]
            }

    assert refused == set()


def doors_linked(page: str) -> Iterator[tuple[str, Door]]:
    """Addresses of ours that a page links to, each with how it is guarded."""
    for found in _LINK.findall(page):
        target = urlsplit(unescape(found)).path
        try:
            door = getattr(resolve(target).func, "door", None) if target.startswith("/desk/") else None
        except Resolver404:
            continue
        if door is not None and door.kind == "staff":
            yield target, door
