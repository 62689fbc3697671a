"""Guessing costs time: attempts are counted before they are checked, in Redis, and the count fails closed.

Nobody is locked out for good: each count fades by itself after its window, so a victim gets in again
after the wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from django.core.cache import cache
from redis.exceptions import RedisError

from kernel.errors import TooMany, TooManyHere, Unavailable

WAIT_FOR_A_PLACE = 5  # seconds that whoever finds no place is asked to wait


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` attempts in ``seconds`` by one ``subject`` (kept as a hash).

    A subject that is ``shared`` (a branch's or a carrier's address) is many people: what they do right is
    given back, one by one, so that only what went wrong fills the limit.
    """

    name: str
    subject: str
    most: int
    seconds: int
    shared: bool = False

    @property
    def key(self) -> str:
        return f"throttle:{self.name}:{sha256(self.subject.encode()).hexdigest()[:32]}"


def sign_in_limits(account: str, address: str, device: str | None = None) -> list[Limit]:
    """One person at one place, one account from anywhere, one place on any account.

    What strangers do fills none of the limits of a ``device`` that the account is known on.
    """
    folded = account.strip().casefold()
    if device is not None:
        return _of_device(f"{folded} {device}")
    return [
        Limit("pair", f"{folded} {address}", 5, 5 * 60),
        Limit("account", folded, 20, 15 * 60),
        Limit("address", address, 50, 15 * 60, shared=True),
    ]


def second_factor_limits(staff: str, device: str | None = None) -> list[Limit]:
    """One colleague's codes; apart, those typed on a device they are known on."""
    if device is not None:
        return _of_device(f"{staff} {device} code")
    return [Limit("code", staff, 5, 5 * 60), Limit("code-hour", staff, 20, 60 * 60)]


def _of_device(subject: str) -> list[Limit]:
    return [Limit("device", subject, 5, 5 * 60), Limit("device-hour", subject, 20, 60 * 60)]


def password_limits(staff: str) -> list[Limit]:
    """Asking for the password again before something grave."""
    return [Limit("again", staff, 5, 5 * 60)]


def invitation_limits(address: str) -> list[Limit]:
    return [Limit("invitation", address, 20, 15 * 60, shared=True)]


def count_attempt(limits: Iterable[Limit]) -> None:
    """Count one attempt against every limit. Raises TooMany, TooManyHere, Unavailable."""
    try:
        for limit in limits:
            if _one_more(limit) > limit.most:
                raise (TooManyHere if limit.shared else TooMany)(seconds=limit.seconds)
    except (RedisError, OSError) as silence:
        raise Unavailable from silence


def counted(limits: Iterable[Limit]) -> list[int]:
    """One more for each, refused or not: how many there are now, in the same order. Raises Unavailable."""
    try:
        return [_one_more(limit) for limit in limits]
    except (RedisError, OSError) as silence:
        raise Unavailable from silence


def is_first(limit: Limit) -> bool:
    """Whether this subject has not been seen within the limit's time. Raises Unavailable."""
    try:
        return bool(cache.add(limit.key, 1, limit.seconds))
    except (RedisError, OSError) as silence:
        raise Unavailable from silence


def give_back(limits: Iterable[Limit]) -> None:
    """One less for each: what was counted led somewhere, or did not happen. Raises Unavailable."""
    try:
        for limit in limits:
            _give_back(limit)
    except (RedisError, OSError) as silence:
        raise Unavailable from silence


@contextmanager
def held(name: str, subject: str, *, most: int, seconds: int) -> Iterator[None]:
    """One of ``most`` places for costly work of this name, while the work lasts; a place whose holder died is
    free again after ``seconds``. Raises TooMany where all are taken, Unavailable.
    """
    places = [Limit(f"{name}-{number}", subject, 1, seconds).key for number in range(most)]
    token = str(uuid4())
    try:
        mine = next((place for place in places if cache.add(place, token, seconds)), None)
    except (RedisError, OSError) as silence:
        raise Unavailable from silence
    if mine is None:
        raise TooMany(seconds=WAIT_FOR_A_PLACE)
    try:
        yield
    finally:
        _leave(mine, token)


def _leave(place: str, token: str) -> None:
    try:
        if cache.get(place) == token:
            cache.delete(place)
    except (RedisError, OSError):
        return  # it fades by itself


def forgive(limits: Iterable[Limit]) -> None:
    """The attempt was right: what the person mistyped before no longer counts against them, and this one no
    longer against a shared address. Raises Unavailable.
    """
    limits = list(limits)
    try:
        cache.delete_many([limit.key for limit in limits if not limit.shared])
    except (RedisError, OSError) as silence:
        raise Unavailable from silence
    give_back([limit for limit in limits if limit.shared])


def _one_more(limit: Limit) -> int:
    cache.add(limit.key, 0, limit.seconds)
    try:
        return int(cache.incr(limit.key))
    except ValueError:  # it faded between the two calls
        cache.set(limit.key, 1, limit.seconds)
        return 1


def _give_back(limit: Limit) -> None:
    try:
        if cache.decr(limit.key) < 0:
            cache.incr(limit.key)
    except ValueError:
        return  # it faded: nothing is held against anybody
