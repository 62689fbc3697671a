"""Excuses that hold for one kind of offence only: a goal, a statutory grade, figures duly shown."""

import re

from compliance.scanner.cues import (
    ADVERSATIVE,
    ANNUAL,
    DISCLOSED_PERIOD,
    EVASIVE,
    GOAL,
    GRADES,
    NO_MATTER_SHARING,
    OWN,
    PERFORMANCE_STATED,
    PROMISED,
    SEEKS,
    SHOWN_RATES,
    SOURCED,
    TRADE_OFF,
)
from compliance.scanner.place import Place, met


def goal(place: Place) -> bool:
    return place.hit.category == "absolute_term" and bool(GOAL.search(place.before))


def investor_wish(place: Place) -> bool:
    """What a kind of investor looks for, not what we promise: 谨慎型投资者注重本金安全."""
    return (
        place.hit.category in EVASIVE
        and bool(SEEKS.search(place.before))
        and bool(re.search(r"型|投资者|客户|人群|偏好", place.before + place.after[:8]))
        and not OWN.search(place.before)
    )


def grade(place: Place) -> bool:
    """The name of a statutory risk grade, among its siblings."""
    sentence = place.before + place.after
    return place.matched == "低风险" and bool(GRADES.search(sentence)) and not OWN.search(place.before[-8:])


def trade_off(place: Place) -> bool:
    """Return and risk named together, as a lesson: 高收益往往伴随高风险."""
    sentence = place.before + place.after
    return (
        place.matched in {"高收益", "高回报", "高息"}
        and bool(TRADE_OFF.search(sentence))
        and not OWN.search(sentence)
    )


def evidence(place: Place) -> bool:
    return place.hit.category == "ranking_claim" and bool(met(SOURCED, place.whole))


def performance_stated(place: Place) -> bool:
    """A warning is answered by the statutory sentence; a block also needs the period, and no promise."""
    if not met(PERFORMANCE_STATED, place.whole):
        return False
    if place.hit.category == "past_performance" and place.hit.severity == "warn":
        return True
    shown = place.hit.category == "past_performance" or place.hit.rule in SHOWN_RATES
    return shown and bool(met(DISCLOSED_PERIOD, place.whole)) and not met(PROMISED, place.whole)


def annual_rate(place: Place) -> bool:
    return place.hit.article == "LOAN-2021-3" and bool(ANNUAL.search(place.before + place.after))


def unlinked(place: Place) -> bool:
    if place.hit.category not in {"induced_sharing", "disguised_rebate", "cash_reward"}:
        return False
    sentence = place.before + place.matched + place.after
    return bool(NO_MATTER_SHARING.search(sentence)) and not ADVERSATIVE.search(place.before)
