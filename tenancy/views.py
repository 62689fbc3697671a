"""Home, one's own account, and the institution's colours."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import NotFound, TooMany
from kernel.timekeeping import SHANGHAI
from tenancy import access, throttle
from tenancy.brand import palette
from tenancy.doors import StaffRequest, public_door, staff_door
from tenancy.forms import ChangePasswordForm, ConfirmPasswordForm
from tenancy.home import cards_for, deed_for
from tenancy.models import RecoveryCode, TotpDevice
from tenancy.roles import Permission
from tenancy.scope import institution_by_slug
from tenancy.sessions import keep_only_this_session
from tenancy.views_access import REPLACING, enrolment

_FIVE_MINUTES = 5 * 60


@staff_door(Permission.VIEW_HOME)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """What waits for me."""
    context = {
        "cards": cards_for(actor=request.actor, now=request.now),
        "deed": deed_for(request.actor.roles),
        "greeting": _greeting(request.now.astimezone(SHANGHAI).hour),
        "now": request.now,
    }
    return render(request, "tenancy/home.html", context)


@public_door(reason="colours only; the sign-in page wears them too")
@require_safe
def brand(_request: HttpRequest, slug: str) -> HttpResponse:
    """The institution's colours as a style sheet, contrast checked."""
    try:
        color = str(institution_by_slug(slug).brand.get("color", ""))
    except NotFound:
        color = ""
    family = palette(color)
    sheet = (
        f":root{{--brand:{family.surface};--on-brand:{family.on_surface};"
        f"--brand-text:{family.text};--brand-soft:{family.soft}}}\n"
    )
    return HttpResponse(sheet, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


@staff_door(Permission.VIEW_HOME)
@require_safe
def account(request: StaffRequest) -> HttpResponse:
    device = TotpDevice.objects.filter(staff_id=request.actor.id).first()
    context = {
        "device": device,
        "codes_left": RecoveryCode.objects.filter(staff_id=request.actor.id, used_at=None).count(),
    }
    return render(request, "tenancy/account.html", context)


@staff_door(Permission.VIEW_HOME)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            throttle.count_attempt(throttle.password_limits(str(request.actor.id)))
            staff = access.change_password(
                actor=request.actor, current=typed["current"], new=typed["new"], now=request.now
            )
        except (access.WrongPassword, TooMany) as refusal:
            form.add_error("current", refusal.message())
            status = refusal.status
        except access.WeakPassword as weak:
            form.add_error("new", weak.message())
            status = weak.status
        else:
            keep_only_this_session(request, staff)
            messages.success(request, _("密码已更换，其他设备上的登录已全部退出。"))
            return redirect("tenancy:account")
    return render(request, "tenancy/password.html", {"form": form}, status=status)


@staff_door(Permission.VIEW_HOME)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def replace_second_factor(request: StaffRequest) -> HttpResponse:
    """A new authenticator, once the password was proven again; the old one counts until the new works."""
    now = request.now.timestamp()
    if now - request.session.get(REPLACING, 0) < _FIVE_MINUTES:
        return enrolment(request, first=False)
    form = ConfirmPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            throttle.count_attempt(throttle.password_limits(str(request.actor.id)))
        except TooMany as pause:
            form.add_error("current", pause.message())
            status = pause.status
        else:
            if request.user.check_password(form.cleaned_data["current"]):
                request.session[REPLACING] = now
                return redirect("tenancy:replace_second_factor")
            form.add_error("current", access.WrongPassword().message())
            status = access.WrongPassword.status
    return render(request, "tenancy/confirm_password.html", {"form": form}, status=status)


def _greeting(hour: int) -> str:
    if 6 <= hour < 12:
        return _("上午好")
    return _("下午好") if 12 <= hour < 18 else _("晚上好")
