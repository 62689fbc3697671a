"""A small computation asked of a browser before something costly is done for it. Pure; nothing is kept.

A challenge names a salt, a bound and the hash of the salt followed by a secret number below the bound; the
number is found by trying. So the work is bounded: nobody is unlucky for minutes. Bound, time and hash are
signed together with what the challenge is for and for whom, so none of them can be exchanged.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from kernel.errors import DomainError

VALID = timedelta(minutes=10)
_LONGEST = 400
_MOST_DIGITS = 8


class ProofNeeded(DomainError):
    """Many ask at this moment: a small computation comes first; ``token`` and ``bound`` say which.

    ``wait`` is for those whose browser runs no scripts, ``full`` when no more of them can be let through now.
    """

    code = "proof_needed"
    status = 428
    zh = "同一时间索取验证码的请求较多，请先让手机完成一小段计算，再继续。"
    en = "Many codes are being asked for. Please let the phone finish a small computation, then continue."


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge whose signature holds."""

    bound: int
    issued_at: int
    salt: str
    target: str
    digest: bytes

    @property
    def expires_at(self) -> int:
        return self.issued_at + int(VALID.total_seconds())

    def is_solved_by(self, answer: str) -> bool:
        """Whether the number is the secret one."""
        plain = answer.isascii() and answer.isdigit() and len(answer) <= _MOST_DIGITS
        return (
            plain
            and int(answer) < self.bound
            and hmac.compare_digest(_hash(self.salt, int(answer)), self.target)
        )


def issue(*, bound: int, purpose: str, key: bytes, now: datetime) -> str:
    """A fresh challenge for one purpose, which names what it is for and for whom."""
    salt = secrets.token_hex(8)
    told = f"{bound}.{int(now.timestamp())}.{salt}.{_hash(salt, secrets.randbelow(bound))}"
    return f"{told}.{_signature(told, purpose, key)}"


def read(token: str, *, purpose: str, key: bytes, now: datetime) -> Challenge | None:
    """The challenge, if it is ours, for this purpose, and neither too old nor from the future."""
    told, _, signature = token.rpartition(".")
    if len(token) > _LONGEST or not token.isascii():
        return None
    if not hmac.compare_digest(_signature(told, purpose, key), signature):
        return None
    bound, issued_at, salt, target = told.split(".")
    challenge = Challenge(int(bound), int(issued_at), salt, target, sha256(token.encode()).digest())
    return challenge if challenge.issued_at - 5 <= now.timestamp() < challenge.expires_at else None


def _hash(salt: str, number: int) -> str:
    return sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(told: str, purpose: str, key: bytes) -> str:
    return hmac.new(key, f"{told}|{purpose}".encode(), sha256).hexdigest()
