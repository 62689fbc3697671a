"""Short plays with their outcome, replayed by the contract test."""

from __future__ import annotations

from datetime import timedelta

from campaigns.games.base import Json, Member, Move, Sample, Standing

BASE: Json = {
    "service": "由理财经理为您梳理账户用途与风险，不推荐具体产品。",
    "steps": ["预约时间", "一对一梳理账户", "收到书面小结"],
    "cards": [
        {
            "id": "c1",
            "title": "存款有保险",
            "text": "同一家银行本息合计最高偿付限额为50万元。",
            "article": "DEP-5",
        }
    ],
    "open_hours": 48,
}


def join(seat: str, standing: Standing = "new") -> Move:
    return Move("join", by=Member(seat, standing))


def alone(standing: Standing = "new") -> Move:
    return Move("alone", by=Member("first", standing))


LEAVE = Move("leave", by=Member("first", "new"))

SAMPLES = (
    Sample(
        "two new customers earn it together",
        settings=BASE,
        moves=[join("first"), join("second")],
        earns=["diagnosis", "diagnosis"],
        finished=True,
    ),
    Sample("one who waits has nothing yet", settings=BASE, moves=[join("first")]),
    Sample("alone is as good", settings=BASE, moves=[alone()], earns=["diagnosis"], finished=True),
    Sample(
        "one who waited may go alone",
        settings=BASE,
        moves=[join("first"), alone()],
        earns=["diagnosis"],
        finished=True,
    ),
    Sample(
        "who was invited cannot end the group by going alone in it",
        settings=BASE,
        moves=[join("first"), Move("alone", by=Member("second", "new"))],
        refused="begin_your_own",
    ),
    Sample(
        "an existing customer cannot complete a group",
        settings=BASE,
        moves=[join("first"), join("second", "existing")],
        refused="existing_customer",
    ),
    Sample(
        "an existing customer cannot begin one",
        settings=BASE,
        moves=[join("first", "existing")],
        refused="existing_customer",
    ),
    Sample("nor go alone", settings=BASE, moves=[alone("existing")], refused="existing_customer"),
    Sample(
        "nobody sits down without a verified number",
        settings=BASE,
        moves=[join("first"), join("second", "unknown")],
        refused="phone_first",
    ),
    Sample("there is no third seat", settings=BASE, moves=[join("first"), join("third")], refused="no_seat"),
    Sample("the second seat needs a first", settings=BASE, moves=[join("second")], refused="no_party"),
    Sample(
        "sitting down twice changes nothing",
        settings=BASE,
        moves=[join("first"), join("first"), join("second"), join("second")],
        earns=["diagnosis", "diagnosis"],
        finished=True,
    ),
    Sample(
        "after the hours nobody joins",
        settings=BASE,
        moves=[join("first"), timedelta(hours=48), join("second")],
        refused="party_expired",
    ),
    Sample(
        "just within the hours they do",
        settings=BASE,
        moves=[join("first"), timedelta(hours=47, minutes=59, seconds=59), join("second")],
        earns=["diagnosis", "diagnosis"],
        finished=True,
    ),
    Sample(
        "who leaves ends the group, and nobody has anything",
        settings=BASE,
        moves=[join("first"), LEAVE, join("second")],
        refused="party_over",
    ),
)
