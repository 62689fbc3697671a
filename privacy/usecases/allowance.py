"""A colleague's day with personal data: readings and guesses are counted together, guesses slow down, and
colleagues are told before it is spent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.timekeeping import local_day
from ledger.record import record
from privacy.models import RevealAllowance
from tenancy.notices import notify
from tenancy.queries import colleagues_who_may
from tenancy.roles import Permission

FREE_GUESSES = 5
"""So many searches by a number follow one another at once; each further one waits twice as long."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=10)
TOLD_AT = 10
"""The guess of a day at which colleagues are told."""
ALERT = "privacy.allowance_alert"


class RevealQuotaSpent(DomainError):
    """Today's number of readings and look-ups is used up; whoever may read the ledger is told."""

    code = "reveal_quota_spent"
    status = 429
    zh = "您今天查看、查找和核对个人信息的次数（{quota} 次）已用完，请联系合规岗。"
    en = "You have used today's {quota} readings and look-ups of personal data. Please contact compliance."


class LookupTooSoon(DomainError):
    """Look-ups by number come faster than anybody needs them who is not guessing."""

    code = "lookup_too_soon"
    status = 429
    zh = "按手机号查找或核对过于频繁，请 {seconds} 秒后再试。"
    en = "Too many look-ups by number. Please try again in {seconds} seconds."


def locked_allowance(staff_id: UUID, *, is_guess: bool, now: datetime) -> RevealAllowance:
    """The colleague's day, held until the running use case ends, with something left in it.

    Raises RevealQuotaSpent; LookupTooSoon for a guess.
    """
    day = local_day(now)
    RevealAllowance.objects.bulk_create(
        [RevealAllowance(staff_id=staff_id, day=day, used=0)], ignore_conflicts=True
    )
    allowance: RevealAllowance = RevealAllowance.objects.select_for_update().get(staff_id=staff_id, day=day)
    if allowance.used >= settings.REVEALS_PER_DAY:
        raise RevealQuotaSpent(quota=settings.REVEALS_PER_DAY)
    if is_guess and allowance.next_guess_at is not None and allowance.next_guess_at > now:
        raise LookupTooSoon(seconds=int((allowance.next_guess_at - now).total_seconds()) + 1)
    return allowance


def charge(allowance: RevealAllowance, *, actor: Actor, is_guess: bool, now: datetime) -> None:
    """Count one reading or guess, within the running use case; tell colleagues of many."""
    allowance.used += 1
    if is_guess:
        allowance.guesses += 1
        allowance.next_guess_at = now + pause_after(allowance.guesses)
    allowance.save(update_fields=["used", "guesses", "next_guess_at"])
    if (is_guess and allowance.guesses == TOLD_AT) or allowance.used == settings.REVEALS_PER_DAY:
        subject = Ref("reveal_allowance", allowance.id)
        record(ALERT, actor=actor, subject=subject, at=now, used=allowance.used, guesses=allowance.guesses)
        readers = colleagues_who_may(Permission.VIEW_LEDGER, now=now).values_list("id", flat=True)
        notify(readers, kind=ALERT, subject=subject, source=allowance.id, by=actor.id, now=now)


def pause_after(guesses: int) -> timedelta:
    """How long nobody guesses again after so many guesses on one day."""
    if guesses < FREE_GUESSES:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(guesses - FREE_GUESSES, 10)
    return min(doubled, LONGEST_WAIT)
