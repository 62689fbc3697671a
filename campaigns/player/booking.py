"""Booking an earned service in three steps: notice and form, one-time code, done. Works without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.form_fields import require_approved_form
from campaigns.live import live_campaign
from campaigns.parties import is_proven
from campaigns.player.booking_form import Form, check_form, form_parts, needs_offered, typed_form
from campaigns.player.booking_times import times_offered, turns_page
from campaigns.player.consenting import consent_given
from campaigns.player.doors import Visit, page, player_door
from campaigns.player.one_time_code import (
    REFUSALS,
    RESEND_AFTER,
    is_proven_by,
    is_waiting,
    masked_number,
    prove_code,
    send_code,
)
from campaigns.player.texts import notice_read
from campaigns.player.tickets import Ticket, points_shown, ticket_of, tickets_of
from kernel.addresses import public_address
from kernel.crypto import CryptoFailure, normal_phone
from kernel.errors import DomainError, TooMany, Unavailable
from kernel.lifecycle import IllegalTransition
from kernel.sealed import mask_phone
from kernel.typed import typed_id
from privacy.models import Participant
from privacy.queries import MaskedPerson, masked, notice_in_force
from privacy.usecases.consents import NoticeOutdated
from privacy.usecases.participants import NotAName
from privacy.usecases.phones import PhoneCodeSpent
from rewards.models import Grant
from rewards.usecases import book_grant, cancel_booking
from rewards.usecases.bookings import SlotGone


@sensitive_post_parameters("name", "phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@player_door
def book(request: HttpRequest, visit: Visit, grant_id: UUID) -> HttpResponse:
    """Form, one-time code, booking. A booked service leads to its code. Raises FormNotApproved."""
    ticket = ticket_of(visit, grant_id)
    if ticket.benefit.state != "granted":
        return _to_ticket(visit, grant_id)
    frame = live_campaign(visit.code).content.frame
    form = typed_form(request, require_approved_form(frame, notice_in_force(frame.notice)))
    if request.method != "POST":
        return _details_page(request, visit, ticket, form)
    if form.values["step"] == "code":
        return _code_step(request, visit, ticket, form)
    return _details_step(request, visit, ticket, form)


@require_GET
@player_door
def ticket(request: HttpRequest, visit: Visit, grant_id: UUID) -> HttpResponse:
    """One service with its code."""
    shown = ticket_of(visit, grant_id)
    cancel_link = f"{visit.links['home']}ticket/{grant_id}/cancel/"
    return page(
        request,
        visit,
        "player/ticket.html",
        ticket=shown,
        fresh="done" in request.GET,
        cancel_link=cancel_link,
    )


@require_POST
@player_door
def cancel(_request: HttpRequest, visit: Visit, grant_id: UUID) -> HttpResponse:
    """Give the time back."""
    cancel_booking(actor=visit.actor, grant_id=grant_id, now=visit.now)
    return HttpResponseRedirect(visit.links["mine"])


@require_GET
@player_door
def mine(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything this person has earned here."""
    proven = visit.participant_id is not None and is_proven(visit.participant_id)
    return page(
        request,
        visit,
        "player/mine.html",
        tickets=tickets_of(visit),
        points=points_shown(visit),
        recoverable=not proven,
        found="found" in request.GET,
    )


def _details_step(request: HttpRequest, visit: Visit, ticket: Ticket, form: Form) -> HttpResponse:
    if turns_page(form):
        return _details_page(request, visit, ticket, form)
    known = _verified(visit)
    check_form(form, phone_needed=known is None, sector=visit.institution.sector)
    if form.faults:
        form.fault = _("请检查下面标出的内容。")
        return _details_page(request, visit, ticket, form)
    try:
        consent_given(request, visit)
        if known is not None:
            return _book(request, visit, ticket, form)
        _send_code(request, visit, form)
    except (NoticeOutdated, TooMany, Unavailable) as refusal:
        form.fault = refusal.message()
        if isinstance(refusal, TooMany) and is_waiting(visit, form.values["phone"]):
            return _code_page(request, visit, ticket, form, status=refusal.status)
        return _details_page(request, visit, ticket, form, status=refusal.status)
    return _code_page(request, visit, ticket, form)


def _code_step(request: HttpRequest, visit: Visit, ticket: Ticket, form: Form) -> HttpResponse:
    try:
        proven = is_proven_by(
            form.values["code"],
            again=bool(form.values["again"]),
            prove=lambda: _prove(request, visit, form),
            send=lambda: _send_code(request, visit, form),
        )
    except REFUSALS as refusal:
        form.faults["code"] = refusal.message()
        return _code_page(request, visit, ticket, form, status=refusal.status, wait=0)
    if proven:
        return _book(request, visit, ticket, form)
    return _code_page(request, visit, ticket, form)


def _prove(request: HttpRequest, visit: Visit, form: Form) -> None:
    """The number is this person's own. A second tap finds it proven already, and goes on."""
    try:
        prove_code(request, visit, form.values["code"])
    except PhoneCodeSpent:
        known = _verified(visit)
        if known is None or known.phone != mask_phone(normal_phone(form.values["phone"])):
            raise


def _book(request: HttpRequest, visit: Visit, ticket: Ticket, form: Form) -> HttpResponse:
    slot_id = typed_id(form.values["slot"])
    try:
        if slot_id is None:
            raise SlotGone
        book_grant(
            actor=visit.actor,
            grant_id=ticket.grant_id,
            name=form.values["name"],
            need=form.values.get("need", ""),
            slot_id=slot_id,
            link=public_address(visit.links["mine"]),
            now=visit.now,
        )
    except IllegalTransition:  # a second tap: booked a moment ago
        return _to_ticket(visit, ticket.grant_id)
    except SlotGone as refusal:
        form.faults["slot"] = refusal.message()
        return _details_page(request, visit, ticket, form, status=refusal.status)
    except NotAName as refusal:
        form.faults["name"] = refusal.message()
        return _details_page(request, visit, ticket, form, status=refusal.status)
    except DomainError as refusal:
        form.fault = refusal.message()
        return _details_page(request, visit, ticket, form, status=refusal.status)
    return _to_ticket(visit, ticket.grant_id, fresh=True)


def _send_code(request: HttpRequest, visit: Visit, form: Form) -> None:
    send_code(request, visit, form.values["phone"], purpose="book")


def _details_page(
    request: HttpRequest, visit: Visit, ticket: Ticket, form: Form, status: int = 0
) -> HttpResponse:
    benefit_id = Grant.of(ticket.grant_id).benefit_id
    notice = notice_read(live_campaign(visit.code).content)
    return page(
        request,
        visit,
        "player/book.html",
        status or (400 if form.faults else 200),
        **_around(visit, ticket, form, "details"),
        asked=form_parts(form.asked),
        needs=needs_offered(visit.institution.sector),
        **(times_offered(benefit_id, form, now=visit.now) if "time" in form.asked else {}),
        notice=notice,
        agreed=form.values["consent"] == "yes" and form.values["notice"] == str(notice.id),
        agreed_too=[each.code for each in notice.optional if request.POST.get(f"also_{each.code}") == "yes"],
        known=_verified(visit),
    )


def _code_page(
    request: HttpRequest,
    visit: Visit,
    ticket: Ticket,
    form: Form,
    status: int = 200,
    wait: int = RESEND_AFTER,
) -> HttpResponse:
    return page(
        request,
        visit,
        "player/book.html",
        status,
        **_around(visit, ticket, form, "code"),
        kept={name: form.values[name] for name in (*form.entries, "shown")},
        masked_phone=masked_number(form.values["phone"]),
        kept_code=form.values["code"] if status == Unavailable.status else "",
        wait_seconds=wait,
    )


def _around(visit: Visit, ticket: Ticket, form: Form, step: str) -> dict[str, Any]:
    return {
        "step": step,
        "service": ticket,
        "values": form.values,
        "faults": form.faults,
        "fault": form.fault,
        "book_link": f"{visit.links['home']}book/{ticket.grant_id}/",
    }


def _verified(visit: Visit) -> MaskedPerson | None:
    """The person, when their number is proven already."""
    participant = Participant.objects.filter(pk=visit.actor.id, state=Participant.State.VERIFIED).first()
    person = masked(participant) if participant else None
    if person is not None and person.unreadable:
        raise CryptoFailure  # nothing is booked for somebody who cannot be told of it
    return person


def _to_ticket(visit: Visit, grant_id: UUID, *, fresh: bool = False) -> HttpResponse:
    done = "?done=1" if fresh else ""
    return HttpResponseRedirect(f"{visit.links['home']}ticket/{grant_id}/{done}")
