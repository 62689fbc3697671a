"""Short plays with their outcome, replayed by the contract test."""

from __future__ import annotations

from datetime import timedelta

from campaigns.games.base import Json, Member, Move, Sample, Standing


def example_question(key: str, answer: str = "A") -> Json:
    """A question for samples and tests."""
    return {
        "id": key,
        "text": f"存款保险的最高偿付限额是多少（{key}）",
        "options": [{"id": letter, "text": f"说法{letter}"} for letter in "ABC"],
        "answer": answer,
        "explanation": f"同一存款人在同一家银行本息合计最高偿付50万元（{key}）。",
        "article": "DEP-5",
        "topic": "存款保险",
    }


BASE: Json = {
    "questions": [example_question("q1"), example_question("q2")],
    "invitation": "邀请您用两分钟了解存款保险",
    "attempts": 2,
}


def helper(standing: Standing = "existing") -> Move:
    return Move("join", by=Member("helper", standing))


def newcomer(standing: Standing = "new") -> Move:
    return Move("join", by=Member("newcomer", standing))


def answer(question: str, chosen: str, seat: str = "newcomer") -> Move:
    standing: Standing = "new" if seat == "newcomer" else "existing"
    return Move("answer", {"question": question, "option": chosen}, Member(seat, standing))


AGAIN = Move("again", by=Member("newcomer", "new"))
SEATED = [helper(), newcomer()]

SAMPLES = (
    Sample(
        "the new customer's right answers earn each side its own service",
        settings=BASE,
        moves=[*SEATED, answer("q1", "A"), answer("q2", "A")],
        earns=["helper_service", "newcomer_service"],
        finished=True,
    ),
    Sample("an invitation earns nothing", settings=BASE, moves=[helper()]),
    Sample("joining earns nothing", settings=BASE, moves=SEATED),
    Sample(
        "half right is no pass at 60 percent, and may be tried again",
        settings=BASE,
        moves=[*SEATED, answer("q1", "A"), answer("q2", "B"), AGAIN, answer("q1", "A"), answer("q2", "A")],
        earns=["helper_service", "newcomer_service"],
        finished=True,
    ),
    Sample(
        "after the last try it ends without a service",
        settings={**BASE, "attempts": 1},
        moves=[*SEATED, answer("q1", "B"), answer("q2", "B")],
        finished=True,
    ),
    Sample(
        "the helper cannot answer for the new customer",
        settings=BASE,
        moves=[*SEATED, answer("q1", "A", seat="helper")],
        refused="not_your_turn",
    ),
    Sample(
        "two existing customers are refused",
        settings=BASE,
        moves=[helper(), newcomer("existing")],
        refused="existing_customer",
    ),
    Sample("two new customers are refused", settings=BASE, moves=[helper("new")], refused="new_customer"),
    Sample(
        "nobody sits down without a verified number",
        settings=BASE,
        moves=[helper(), newcomer("unknown")],
        refused="phone_first",
    ),
    Sample("no newcomer without a helper", settings=BASE, moves=[newcomer()], refused="no_party"),
    Sample(
        "an answer stands",
        settings=BASE,
        moves=[*SEATED, answer("q1", "B"), answer("q1", "A")],
        refused="already_answered",
    ),
    Sample(
        "no looking ahead", settings=BASE, moves=[*SEATED, answer("q2", "A")], refused="not_this_question"
    ),
    Sample(
        "the same answer again is told the same",
        settings=BASE,
        moves=[*SEATED, answer("q1", "A"), answer("q1", "A"), answer("q2", "A"), answer("q2", "A")],
        earns=["helper_service", "newcomer_service"],
        finished=True,
    ),
    Sample(
        "a new customer who leaves makes room for another",
        settings=BASE,
        moves=[
            *SEATED,
            answer("q1", "B"),
            Move("leave", by=Member("newcomer", "new")),
            newcomer(),
            answer("q1", "A"),
            answer("q2", "A"),
        ],
        earns=["helper_service", "newcomer_service"],
        finished=True,
    ),
    Sample(
        "a helper who leaves ends it",
        settings=BASE,
        moves=[helper(), Move("leave", by=Member("helper", "existing")), newcomer()],
        refused="party_over",
    ),
    Sample(
        "after its days the invitation is over",
        settings=BASE,
        moves=[helper(), timedelta(days=7), newcomer()],
        refused="party_expired",
    ),
    Sample(
        "who began in time and answers too late has nothing",
        settings=BASE,
        moves=[*SEATED, answer("q1", "A"), timedelta(days=7), answer("q2", "A")],
        refused="party_expired",
    ),
)
