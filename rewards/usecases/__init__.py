"""Everything that writes about services earned."""

from rewards.usecases.benefits import add_benefit, open_slots, retire_benefit
from rewards.usecases.bookings import (
    book_grant,
    cancel_booking,
    mark_missed,
    reveal_for_appointment,
    take_appointment,
)
from rewards.usecases.ends import release_forgotten, revoke_grant, sweep_expired
from rewards.usecases.grants import grant_benefit
from rewards.usecases.redemption import find_by_code, inspect_code, redeem_code
from rewards.usecases.withdrawals import withdraw_with_bookings

__all__ = [
    "add_benefit",
    "book_grant",
    "cancel_booking",
    "find_by_code",
    "grant_benefit",
    "inspect_code",
    "mark_missed",
    "open_slots",
    "redeem_code",
    "release_forgotten",
    "retire_benefit",
    "reveal_for_appointment",
    "revoke_grant",
    "sweep_expired",
    "take_appointment",
    "withdraw_with_bookings",
]
