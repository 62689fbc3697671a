"""Coming in: password, second factor, its first set-up, an invitation, and leaving again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kernel import qr
from kernel.actor import SYSTEM, Ref
from kernel.errors import DomainError, NotFound, TooMany
from kernel.scope import scope
from tenancy import access, throttle, totp
from tenancy.doors import StaffRequest, halfway_door, public_door, staff_door
from tenancy.forms import CodeForm, EnrolForm, InvitationForm, SignInForm
from tenancy.known_devices import device_known_to, device_of_colleague, remember_device
from tenancy.models import Institution, Staff, TotpDevice
from tenancy.roles import Permission
from tenancy.scope import institution_by_slug, institution_of
from tenancy.sessions import begin_session, complete_session, end_session, keep_only_this_session
from tenancy.visitor import network_of

NEXT = "next"
PROPOSED = "proposed_second_factor"
REPLACING = "may_replace_second_factor"


@public_door(reason="the door itself")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Password first. The same answer, after the same work, whatever was wrong."""
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            staff = _check_password(request, form)
        except TooMany as pause:
            form.add_error(None, pause.message())
            staff, status = None, pause.status
        if staff is not None:
            return _to_second_factor(request, staff)
        status = status if status != 200 else 401
    context = {"form": form, "next": _onward(request), "personas": _demo_door()}
    return render(request, "tenancy/sign_in.html", context, status=status)


@halfway_door
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: StaffRequest) -> HttpResponse:
    """The authenticator's code, or a recovery code."""
    if not TotpDevice.objects.filter(staff_id=request.actor.id, confirmed_at__isnull=False).exists():
        return redirect("tenancy:set_up")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        device = device_of_colleague(request, request.user)
        limits = throttle.second_factor_limits(str(request.actor.id), device)
        try:
            throttle.count_attempt(limits)
            access.pass_second_factor(actor=request.actor, code=form.cleaned_data["code"], now=request.now)
        except (access.WrongCode, TooMany) as refusal:
            status = _refuse(form, refusal)
            _note_refusal(Ref("staff", request.actor.id), "second_factor", request.now)
        else:
            throttle.forgive(limits)
            complete_session(request, now=request.now)
            onward = redirect(request.session.pop(NEXT, "") or "tenancy:home")
            remember_device(request, onward, request.user)
            return onward
    return render(request, "tenancy/second_factor.html", {"form": form}, status=status)


@halfway_door
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: StaffRequest) -> HttpResponse:
    """The first authenticator: obligatory for everybody, before anything else opens."""
    if TotpDevice.objects.filter(staff_id=request.actor.id, confirmed_at__isnull=False).exists():
        return redirect("tenancy:second_factor")
    return enrolment(request, first=True)


@sensitive_variables()
def enrolment(request: StaffRequest, *, first: bool) -> HttpResponse:
    """Show a new secret, take its first code, hand out recovery codes: at sign-in and from the account."""
    form = EnrolForm(request.POST if "code" in request.POST else None)
    sealed = _proposed_secret(request)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            throttle.count_attempt(throttle.second_factor_limits(str(request.actor.id)))
            codes = access.enrol_second_factor(
                actor=request.actor, sealed=sealed, code=form.cleaned_data["code"], now=request.now
            )
        except (access.WrongCode, TooMany) as refusal:
            status = _refuse(form, refusal)
        else:
            for spent in (PROPOSED, REPLACING):
                request.session.pop(spent, None)
            onward = request.session.pop(NEXT, "")
            keep_only_this_session(request, Staff.of(request.actor.id))
            complete_session(request, now=request.now)
            shown = render(request, "tenancy/recovery_codes.html", {"codes": codes, "next": onward})
            remember_device(request, shown, Staff.of(request.actor.id))
            return shown
    return render(
        request, "tenancy/set_up.html", _set_up_context(request, form, sealed, first), status=status
    )


@public_door(reason="a new colleague has no session yet; the single-use token is the key")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Take up an invitation: choose a password. The token stands behind the ``#``: no log ever holds it."""
    institution = institution_by_slug(slug)
    form = InvitationForm(request.POST or None)
    limits = throttle.invitation_limits(network_of(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            throttle.count_attempt(limits)
            _accept(institution, form)
        except access.WeakPassword as weak:
            form.add_error("new", weak.message())
            status = weak.status
        except (access.InvitationSpent, TooMany) as refusal:
            status = _refuse(form, refusal)
        else:
            throttle.forgive(limits)
            return render(request, "tenancy/welcome_done.html", {"institution": institution})
    return render(request, "tenancy/welcome.html", {"form": form, "institution": institution}, status=status)


@staff_door(Permission.VIEW_HOME)
@require_POST
def sign_out(request: StaffRequest) -> HttpResponse:
    access.note_sign_out(actor=request.actor, now=request.now)
    end_session(request)
    return redirect("tenancy:sign_in")


def _check_password(request: HttpRequest, form: SignInForm) -> Staff | None:
    if not form.is_valid():
        return None
    now, username = timezone.now(), form.cleaned_data["username"]
    device = device_known_to(request, username)
    limits = throttle.sign_in_limits(username, network_of(request), device)
    throttle.count_attempt(limits)
    staff: Any = authenticate(request, username=username, password=form.cleaned_data["password"])
    if staff is None or (staff.access_until is not None and staff.access_until <= now):
        _note_wrong_password(username, now)
        form.add_error(None, _("账号或密码不正确。请检查账号中的机构简称，再试一次。"))
        return None
    throttle.forgive(limits)
    found: Staff = staff
    return found


def _to_second_factor(request: HttpRequest, staff: Staff) -> HttpResponse:
    with scope(staff.institution_id):
        begin_session(request, staff, now=timezone.now())
        request.session[NEXT] = _onward(request)
        ready = TotpDevice.objects.filter(staff_id=staff.id, confirmed_at__isnull=False).exists()
    return redirect("tenancy:second_factor" if ready else "tenancy:set_up")


def _accept(institution: Institution, form: InvitationForm) -> None:
    now = timezone.now()
    with scope(institution.id):
        try:
            access.accept_invitation(
                actor=SYSTEM, token=form.cleaned_data["token"], password=form.cleaned_data["new"], now=now
            )
        except access.InvitationSpent:
            _note_refusal(Ref("institution", institution.id), "invitation", now)
            raise


def _note_wrong_password(username: str, now: datetime) -> None:
    """A refused sign-in is a ledger row of the institution it was meant for; the typed name is not kept."""
    name, _at, slug = username.strip().rpartition("@")
    try:
        institution = institution_by_slug(slug)
    except NotFound:
        return
    with scope(institution.id):
        staff_id = Staff.objects.filter(username=name).values_list("id", flat=True).first()
        subject = Ref("staff", staff_id) if staff_id else Ref("institution", institution.id)
        _note_refusal(subject, "password", now)


def _note_refusal(subject: Ref, step: str, now: datetime) -> None:
    access.note_refused_sign_in(actor=SYSTEM, subject=subject, step=step, now=now)


def _proposed_secret(request: StaffRequest) -> bytes:
    """The sealed secret being set up: kept in the session until its first code proves it arrived."""
    if PROPOSED not in request.session:
        request.session[PROPOSED] = access.propose_secret(request.user, now=request.now).hex()
    return bytes.fromhex(request.session[PROPOSED])


def _set_up_context(request: StaffRequest, form: Form, sealed: bytes, first: bool) -> dict[str, Any]:
    secret = access.secret_of(request.actor.id, sealed)
    slug = institution_of(request.user.institution_id).slug
    uri = totp.provisioning_uri(secret, account=f"{request.user.username}@{slug}")
    return {"form": form, "qr": qr.svg_address(uri), "secret": totp.secret_text(secret), "first": first}


def _demo_door() -> str:
    """Where the demo lets one in with a tap; nowhere outside it."""
    return reverse("demo:personas") if settings.DEMO and settings.DEMO_DOORS else ""


def _refuse(form: Form, refusal: DomainError) -> int:
    form.add_error("code" if "code" in form.fields else None, refusal.message())
    return refusal.status


def _onward(request: HttpRequest) -> str:
    """Where the visitor was going: a page of the back office on this host, or nowhere."""
    wanted = str(request.POST.get(NEXT) or request.GET.get(NEXT) or "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/desk/") else ""
