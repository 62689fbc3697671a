"""The ledger's reading room: the trail, one entry with its proof, the check of the seals."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from analytics.queries.trail import Wanted, colleagues, entry_at, seal_under, told, trail, verb_groups
from analytics.usecases.seals import MOST_AT_ONCE, check_ledger, hand_out_proof
from campaigns.models import Campaign
from kernel.enumeration import enumerated
from kernel.errors import NotFound
from kernel.fingerprint import canonical_json
from kernel.typed import typed_day, typed_id
from ledger import verify_seals
from ledger.models import Seal
from ledger.queries import Position
from ledger.sealing import Checked, is_under, public_keys
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission


@require_GET
@staff_door(Permission.VIEW_LEDGER)
def ledger(request: StaffRequest) -> HttpResponse:
    """The trail, newest first, as the reader asked for it."""
    wanted = _wanted(request)
    page = trail(wanted, older_than=_place(request.GET.get("before", "")))
    asked = {name: value for name, value in request.GET.items() if name != "before" and value}
    older = f"{page.older.transaction}-{page.older.id}" if page.older else ""
    context = {
        "page": page,
        "wanted": wanted,
        "actor": request.GET.get("actor", ""),
        "groups": verb_groups(),
        "colleagues": colleagues(),
        "campaigns": list(Campaign.objects.order_by("title", "id").values_list("id", "title")),
        "older": urlencode({**asked, "before": older}) if older else "",
        "newest": urlencode(asked) if "before" in request.GET else None,
        "last_seal": Seal.objects.order_by("-number").first(),
        "now": request.now,
    }
    return render(request, "ledger/trail.html", context)


@require_GET
@staff_door(Permission.VIEW_LEDGER)
def entry(request: StaffRequest, transaction: int, entry_id: int) -> HttpResponse:
    """One entry, and whether it is under its seal as it stands now."""
    found = entry_at(transaction, entry_id)
    if found is None:
        raise NotFound
    seal = seal_under(found)
    context = {
        "line": told([found])[0],
        "seal": seal,
        "root": bytes(seal.root).hex() if seal else "",
        "is_under": is_under(found, seal) if seal else None,
        "keys": public_keys(),
        "now": request.now,
    }
    return render(request, "ledger/entry.html", context)


@require_GET
@staff_door(Permission.VIEW_LEDGER)
def proof(request: StaffRequest, transaction: int, entry_id: int) -> HttpResponse:
    """The entry with all that is needed to verify it offline, as a file."""
    found = entry_at(transaction, entry_id)
    if found is None:
        raise NotFound
    extract = hand_out_proof(actor=request.actor, entry=found, now=request.now)
    name = f"ledger-proof-{transaction}-{entry_id}.json"
    return HttpResponse(
        canonical_json(extract),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@staff_door(Permission.VIEW_LEDGER)
def verifier(request: StaffRequest) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """The program that verifies an extract without anything of ours."""
    program = Path(verify_seals.__file__).read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="verify_seals.py"'}
    return HttpResponse(program, content_type="text/x-python; charset=utf-8", headers=headers)


@require_POST
@staff_door(Permission.VIEW_LEDGER)
def check(request: StaffRequest) -> HttpResponse:
    """Compute the newest seals again and say what came of it."""
    checked = check_ledger(actor=request.actor, now=request.now, newest=MOST_AT_ONCE)
    if checked.is_sound:
        messages.success(request, _sound(checked))
    else:
        seals = enumerated(f"#{number}" for number in sorted({one.number for one in checked.faults}))
        messages.error(
            request,
            _("验证不一致：封签 {seals} 与现有记录不符。请保留现场并联系审计。").format(seals=seals),
        )
    return redirect("analytics:ledger")


def _sound(checked: Checked) -> str:
    words = _(
        "验证一致：最近 {seals} 份封签、{entries} 条记录逐条重算，签名与链都有效；"
        "另有 {unsealed} 条等待封存。"
    )
    return words.format(
        seals=f"{checked.seals:,}", entries=f"{checked.entries:,}", unsealed=f"{checked.unsealed:,}"
    )


def _wanted(request: StaffRequest) -> Wanted:
    """The reader's question; what cannot be read is not asked."""
    asked = request.GET
    actor = asked.get("actor", "")
    return Wanted(
        verb=asked.get("verb", "")[:64],
        actor_kind=actor if actor in ("participant", "system") else "",
        actor_id=typed_id(actor),
        subject_id=typed_id(asked.get("subject", "")),
        campaign_id=typed_id(asked.get("campaign", "")),
        since=typed_day(asked.get("since", "")),
        until=typed_day(asked.get("until", "")),
    )


def _place(text: str) -> Position | None:
    transaction, _dash, entry_id = text.partition("-")
    known = transaction.isascii() and transaction.isdigit() and entry_id.isascii() and entry_id.isdigit()
    if not known or len(transaction) > 18 or len(entry_id) > 18:
        return None
    return Position(int(transaction), int(entry_id))
