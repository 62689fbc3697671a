"""A review laid out for reading: fields with their findings marked, differences and remarks in place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from compliance.carrying import change_at, changed_paths
from compliance.library import articles
from compliance.mentions import Thread, threads_on
from compliance.models import Carried, Decision, Dismissal, Review
from compliance.queries import (
    carried_on,
    decisions_on,
    dismissals_on,
    finding_key,
    history_of,
    last_sent,
    roles_heard,
    roles_open_to,
    stage_in_need,
    standing_dismissals,
    standing_findings,
    writers_of,
    wrote,
)
from compliance.queue import TAKEN_FOR
from compliance.settling import is_asked, is_settled, takes_two
from compliance.subjects import Difference, Halted, Screened, Section, faces, halts_of
from compliance.wording import category_label, finding_words, law_words
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a field's text; `tone` marks a finding."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """A finding with the article's name and what became of it."""

    key: str
    severity: str
    label: str
    matched: str
    why: str
    article: str
    article_key: str
    suggestion: str
    penalty: str
    rule: str
    dismissal: Dismissal | None
    lapsed: Sequence[Dismissal] = ()
    asked: bool = False
    takes_two: bool = False
    settled: bool = False
    alike: int = 0
    disputed: str = ""


@dataclass(frozen=True, slots=True)
class ReadExcuse:
    """What the scan saw and let through: the words, what they would have been, and why they were excused."""

    matched: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadPart:
    """One field in the middle pane."""

    path: str
    label: str
    segments: Sequence[Segment]
    correct: bool
    findings: Sequence[ReadFinding]
    change: Difference | None
    comments: Sequence[Thread]
    excused: Sequence[ReadExcuse] = ()


@dataclass(frozen=True, slots=True)
class ReadSection:
    title: str
    screen: str
    item: int | None
    parts: Sequence[ReadPart]
    changed: bool
    folded: bool
    touched: bool  # since it was last sent


@dataclass(frozen=True, slots=True)
class ReadStage:
    """One stage: its posts, how many of each are asked, who has spoken, and whose opinion is carried."""

    number: int
    current: bool
    done: bool
    posts: Sequence[tuple[str, int, Sequence[Decision], Sequence[Carried]]]


@dataclass(frozen=True)
class Reading:
    """Everything on the review page."""

    review: Review
    sections: Sequence[ReadSection]
    differences: Sequence[Difference]
    sent_before: Review | None
    since_sent: Sequence[Difference]
    loose_findings: Sequence[ReadFinding]
    loose_comments: Sequence[Thread]
    stages: Sequence[ReadStage]
    carried: Sequence[Carried]
    history: Sequence[Review]
    preview: str
    screens: Mapping[str, str | Promise]
    my_roles: Sequence[str]
    may_object: bool
    own_work: bool
    decided: bool
    standing: int
    open_findings: int = 0
    disputed: Sequence[tuple[str, ReadFinding]] = ()
    cited: Mapping[str, str] = field(default_factory=dict)
    halts: Sequence[Halted] = ()


def read_review(review: Review, *, actor: Actor) -> Reading:
    """The page of one review for one colleague. A bounded number of queries."""
    face = faces.of(review.subject_kind)
    differences = face.differences(review.previous.content if review.previous else None, review.content)
    sent = last_sent(review.subject, before=review)
    since_sent = face.differences(sent.content, review.content) if sent else []
    comments = threads_on(review.subject)
    decisions, carried = decisions_on(review), carried_on(review)
    findings = _findings(review)
    sections = face.sections(review.content)
    touched = changed_paths(since_sent)
    fold = stands_for_the_rest(review, carried)
    places = {part.path for section in sections for part in section.parts}
    return Reading(
        review=review,
        sections=_sections(
            sections, findings, _excused(review), differences, comments, fold=fold, touched=touched
        ),
        differences=differences,
        sent_before=sent,
        since_sent=since_sent,
        loose_findings=[one for path, some in findings.items() if path not in places for one, _ in some],
        loose_comments=[comment for comment in comments if comment.path not in places],
        stages=_stages(review, decisions, carried),
        carried=carried,
        history=history_of(review.subject),
        preview=face.preview_url(review.subject_id, review.fingerprint),
        screens=face.screens if isinstance(face, Screened) else {},
        my_roles=roles_open_to(review, actor) if review.status == "open" else [],
        may_object=review.status == "open" and bool(roles_heard(review, actor)),
        own_work=wrote(actor.id, review),
        decided=any(decision.reviewer_id == actor.id for decision in decisions),
        halts=halts_of(review.subject_kind, review.subject_id),
        standing=len(standing_findings(review)),
        disputed=[(path, one) for path, some in findings.items() for one, _ in some if one.disputed],
        open_findings=sum(one.asked and not one.settled for some in findings.values() for one, _ in some),
    )


def _findings(review: Review) -> dict[str, list[tuple[ReadFinding, tuple[int, int]]]]:
    aside, lapsed = standing_dismissals(review), _lapsed_dismissals(review)
    laws = articles()
    kinds = Counter(
        (category, severity)
        for category, severity, key in {
            (one["category"], one["severity"], finding_key(one)) for one in review.findings
        }
        if key not in aside
    )
    found: dict[str, list[tuple[ReadFinding, tuple[int, int]]]] = defaultdict(list)
    for finding in review.findings:
        key = finding_key(finding)
        law = laws.get(finding["article"])
        words = finding_words(
            rule=finding["rule"],
            category=finding["category"],
            why=finding["why"],
            suggestion=finding["suggestion"],
            penalty=finding.get("penalty", ""),
        )
        found[finding["path"]].append(
            (
                ReadFinding(
                    key=key,
                    severity="hint" if finding["severity"] == "info" else finding["severity"],
                    label=category_label(finding["category"]),
                    matched=finding["matched"],
                    why=words.why,
                    article=law_words(law.law) if law else finding["article"],
                    article_key=law.id if law else "",
                    suggestion=words.suggestion,
                    penalty=words.penalty,
                    rule=finding["rule"],
                    dismissal=aside.get(key),
                    lapsed=lapsed.get(key, ()),
                    disputed=finding.get("disputed", ""),
                    asked=is_asked(finding),
                    takes_two=takes_two(finding),
                    settled=aside.get(key) is not None and is_settled(finding, aside.get(key)),
                    alike=kinds[finding["category"], finding["severity"]] - (key not in aside),
                ),
                (finding["start"], finding["end"]),
            )
        )
    return found


def _excused(review: Review) -> dict[str, list[ReadExcuse]]:
    """What was seen and excused, by field."""
    at: dict[str, list[ReadExcuse]] = defaultdict(list)
    for one in review.excused:
        at[one["path"]].append(ReadExcuse(one["matched"], category_label(one["category"]), one["reason"]))
    return at


def _lapsed_dismissals(review: Review) -> dict[str, list[Dismissal]]:
    """What was set aside by somebody who has written of the content since, by finding key."""
    writers = writers_of(review)
    lapsed: dict[str, list[Dismissal]] = defaultdict(list)
    for one in dismissals_on(review.subject).values():
        if {one.by_id, one.seconded_by_id} & writers:
            lapsed[one.finding_key].append(one)
    return lapsed


def _sections(
    sections: Sequence[Section],
    findings: Mapping[str, list[tuple[ReadFinding, tuple[int, int]]]],
    excused: Mapping[str, Sequence[ReadExcuse]],
    differences: Sequence[Difference],
    comments: Sequence[Thread],
    *,
    fold: bool,
    touched: Mapping[str, Difference],
) -> list[ReadSection]:
    """With `fold`, what nobody touched is folded away, unless something in it is still to be settled."""
    changes = changed_paths(differences)
    remarks: dict[str, list[Thread]] = defaultdict(list)
    for comment in comments:
        remarks[comment.path].append(comment)
    read = []
    for section in sections:
        parts = [
            ReadPart(
                path=part.path,
                label=part.label,
                segments=marked(part.text, findings.get(part.path, [])),
                correct=part.correct,
                findings=[one for one, _ in findings.get(part.path, [])],
                change=change_at(changes, part.path),
                comments=remarks.get(part.path, []),
                excused=excused.get(part.path, ()),
            )
            for part in section.parts
        ]
        changed = any(part.change for part in parts)
        folded = fold and not changed and not any(_unsettled(part) for part in parts)
        fresh = any(change_at(touched, part.path) for part in parts)
        read.append(ReadSection(section.title, section.screen, section.item, parts, changed, folded, fresh))
    return read


def stands_for_the_rest(review: Review, carried: Sequence[Carried]) -> bool:
    """Whether what nobody touched is answered for by the approval before: every post that no change concerns
    is carried still, or the changes happen to concern all of them. A post that is asked in another's place
    must read everything.
    """
    if not review.asked_again:
        return review.asked_because == "everyone"
    demands = (demand for stage in review.stages for demand in stage.items())
    others = sum(people for role, people in demands if role not in review.asked_again)
    return bool(len(carried) >= others)


def _unsettled(part: ReadPart) -> bool:
    return any(not one.settled for one in part.findings) or any(
        one.resolved_at is None for one in part.comments
    )


def marked(text: str, findings: Sequence[tuple[Any, tuple[int, int]]]) -> list[Segment]:
    """The text cut at the findings' edges. Overlapping ones show the graver tone."""
    tones = [""] * len(text)
    for finding, (start, end) in findings:
        tone = "danger" if finding.severity == "block" else "caution"
        for place in range(start, min(end, len(text))):
            tones[place] = "danger" if "danger" in (tone, tones[place]) else tone
    segments: list[Segment] = []
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or tones[place] != tones[begin]:
            segments.append(Segment(text[begin:place], tones[begin]))
            begin = place
    return segments


def _stages(review: Review, decisions: Sequence[Decision], carried: Sequence[Carried]) -> list[ReadStage]:
    need = stage_in_need(review) if review.status == "open" else None
    stages = []
    for number, posts in enumerate(review.stages):
        spoken = [decision for decision in decisions if decision.stage == number]
        stands = [opinion for opinion in carried if opinion.stage == number]
        current = review.status == "open" and number == review.stage
        heard = bool(spoken or stands) and (review.status != "open" or number < (need or 0))
        stages.append(
            ReadStage(
                number=number + 1,
                current=current,
                done=heard and not current,
                posts=[
                    (
                        role,
                        needed,
                        [decision for decision in spoken if decision.role == role],
                        [opinion for opinion in stands if opinion.role == role],
                    )
                    for role, needed in posts.items()
                ],
            )
        )
    return stages


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One review in the queue."""

    review: Review
    findings: int
    blocking: int
    changed: bool
    again: bool
    looking: str
    late: bool
    taken: str
    taken_by_me: bool


def queue_lines(reviews: Sequence[Any], *, actor: Actor, now: datetime) -> list[QueueLine]:
    """The lines of one page, without a query. Any: a Review, counted by `compliance.queue.shown_lines`."""
    lines = []
    for review in reviews:
        fresh = review.looked_at is not None and (now - review.looked_at).total_seconds() < 600
        taken = review.taken_by if review.taken_at and now - review.taken_at < TAKEN_FOR else None
        looker = review.looked_at_by if fresh and review.looked_at_by_id != actor.id else None
        lines.append(
            QueueLine(
                review=review,
                findings=review.found,
                blocking=review.blocking,
                changed=review.previous_id is not None,
                again=review.sent_before,
                looking=looker.display_name if looker else "",
                late=review.status == "open" and review.due_at <= now,
                taken=taken.display_name if taken else "",
                taken_by_me=taken is not None and taken.id == actor.id,
            )
        )
    return lines
