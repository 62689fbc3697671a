"""Withdrawing a rule pack, an article, a notice or a sentence: asked for here, confirmed by a colleague."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from compliance.models import Withdrawal
from compliance.queries import pack_in_force
from compliance.scanner import pack_hash
from compliance.usecases import ask_withdrawal, confirm_withdrawal, drop_withdrawal
from compliance.withdrawals import in_use, what_can_be_withdrawn, withdrawals
from kernel.errors import BadRequest, DomainError, NotFound
from privacy.queries import notices_in_force
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission

PER_PAGE = 20
_DEEDS: dict[str, tuple[Callable[..., Withdrawal], str | Promise]] = {
    "confirm": (confirm_withdrawal, gettext_lazy("已撤回。依据它的审核通过已失效，相关活动几秒内下线。")),
    "drop": (drop_withdrawal, gettext_lazy("已放弃这次撤回。")),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One version that may be withdrawn, and how many approvals in force lean on it."""

    kind: str
    key: str
    version: str
    title: str
    leaning: int
    in_force: bool = True

    @property
    def value(self) -> str:
        return f"{self.kind}|{self.key}|{self.version}"


@staff_door(Permission.MANAGE_RULES)
@require_safe
def all_withdrawals(request: StaffRequest) -> HttpResponse:
    """What was withdrawn, what waits for a colleague, and what could be."""
    page = Paginator(withdrawals(), PER_PAGE).get_page(request.GET.get("page"))
    offers, chosen = list(_offers().values()), request.GET.get("article", "")
    context = {
        "page": page,
        "groups": [
            (str(kind.label), [one for one in offers if one.kind == kind and _is_shown(one, chosen)])
            for kind in Withdrawal.Kind
        ],
        "chosen": next((one for one in offers if (one.kind, one.key) == ("article", chosen)), None),
        "own": request.actor.id,
    }
    return render(request, "campaigns/withdrawals.html", context)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """Ask for one of the offered versions to be withdrawn."""

    def asked() -> str:
        offer = _offers().get(request.POST.get("what", ""))
        if offer is None:
            raise BadRequest
        ask_withdrawal(
            actor=request.actor,
            kind=offer.kind,
            key=offer.key,
            version=offer.version,
            title=offer.title,
            reason=request.POST.get("reason", ""),
            now=request.now,
        )
        return _("已提出撤回，请另一位合规同事确认。")

    return _done(request, asked)


@staff_door(Permission.MANAGE_RULES)
@require_POST
def settle(request: StaffRequest, withdrawal_id: UUID, deed: str) -> HttpResponse:
    """Confirm a colleague's withdrawal, or let it be. Raises NotFound."""
    if deed not in _DEEDS:
        raise NotFound
    usecase, said = _DEEDS[deed]

    def settled() -> str:
        one = usecase(actor=request.actor, withdrawal_id=withdrawal_id, now=request.now)
        of_article = (one.kind, one.status) == (Withdrawal.Kind.ARTICLE, Withdrawal.Status.CONFIRMED)
        return _("已撤回。引用它的题目已停用，活动须在期限前重新送审。") if of_article else str(said)

    return _done(request, settled)


def _is_shown(offer: Offer, chosen: str) -> bool:
    """Of the articles those in use, and the one whose page the colleague comes from."""
    return offer.kind != Withdrawal.Kind.ARTICLE or offer.leaning > 0 or offer.key == chosen


def _offers() -> dict[str, Offer]:
    """Everything that may be withdrawn, by its value in the form; what is used most comes first."""
    known = [(*name, title) for name, title in what_can_be_withdrawn().items()]
    known += [
        ("notice", notice.key, notice.fingerprint, f"{notice.title} v{notice.number}")
        for notice in notices_in_force()
    ]
    leaning = in_use()
    current = pack_hash(pack_in_force())
    offers = [
        Offer(kind, key, version, title, leaning.get((kind, key), 0), kind != "pack" or key == current)
        for kind, key, version, title in known
    ]
    offers.sort(key=lambda one: (-one.leaning, one.key))
    return {one.value: one for one in offers}


def _done(request: StaffRequest, deed: Callable[[], str]) -> HttpResponse:
    try:
        said = deed()
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, refusal.message())
    else:
        messages.success(request, said)
    return redirect("campaigns:withdrawals")
