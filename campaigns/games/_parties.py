"""What games for two share: who may sit where, and what is said when somebody may not."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.games.base import Json, Member, Refused, Seat, Words

# 《证券经纪业务管理办法》: a broker may not pay anybody for bringing customers.
NOT_FOR_BROKERS = {
    "securities": Words(
        "证券公司不提供邀请他人参与的玩法（《证券经纪业务管理办法》招揽条款）",
        "Securities firms may not have customers invite others (Measures on Brokerage Business)",
    )
}


def seat_of(seats: tuple[Seat, ...], by: Member) -> Seat:
    """The seat the mover takes. Raises Refused when there is none or it is not meant for them."""
    seat = next((seat for seat in seats if seat.key == by.seat), None)
    if seat is None:
        raise Refused("no_seat", "请先从活动页面进入", "Please enter from the campaign page first")
    if seat.standing != "any" and by.standing == "unknown":
        raise Refused("phone_first", "请先验证您本人的手机号", "Please verify your own mobile number first")
    if seat.standing == "new" and by.standing != "new":
        raise Refused(
            "existing_customer",
            "这一份面向新客户。您已是我们的客户，可致电客服热线或到网点预约咨询",
            "This is for new customers. As our customer, please call the hotline or visit a branch to book",
        )
    if seat.standing == "existing" and by.standing != "existing":
        raise Refused(
            "new_customer",
            "发起邀请需为本机构客户。您可以直接参加本机构的其他活动",
            "Only customers of this institution can invite. You are welcome in our other campaigns",
        )
    return seat


def is_over(state: Json, now: datetime, open_for: timedelta) -> bool:
    """Whether the party's time has passed."""
    return now >= datetime.fromisoformat(state["opened"]) + open_for


def until(state: Json, open_for: timedelta) -> str:
    return (datetime.fromisoformat(state["opened"]) + open_for).isoformat()


def expired() -> Refused:
    return Refused(
        "party_expired",
        "这次邀请已到期。您可以重新发起，或单独领取",
        "This invitation has expired. You can start again, or go on your own",
    )


def over() -> Refused:
    return Refused("party_over", "本次活动已完成", "This has already been completed")
