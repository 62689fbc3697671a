"""What a change concerns, held by the database too: as a lower bound, with no word of Python. F71, 0032."""

import copy

import pytest
from django.db import connection, transaction

from campaigns.gallery import presets
from campaigns.review_face import _CONCERNS, _CONCERNS_INSIDE, CampaignFace
from compliance.carrying import CONCERNS, EVERYTHING, concerned
from compliance.concern_sql import POSTS
from compliance.models import Carried, Decision, Review
from kernel.ids import new_id
from tests.compliance.test_carrying import CONTENT, LATER, approved, posts, subject  # noqa: F401 - fixtures
from tests.reviewing import scanned


def at_least(before, after, kind="campaign"):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT compliance_asked_at_least(%s, %s::jsonb, %s::jsonb)", [kind, jsonb(before), jsonb(after)]
        )
        return {role for (role,) in cursor.fetchall()}


def jsonb(content):
    return Review._meta.get_field("content").get_db_prep_value(content, connection)


def test_the_two_tables_of_posts_say_the_same():
    assert {matter: frozenset(POSTS[matter]) for matter in CONCERNS} == dict(CONCERNS)
    assert set(POSTS["everything"]) | {EVERYTHING} == concerned([]) | frozenset().union(*CONCERNS.values())


def test_every_plain_field_asks_the_same_posts_in_both(at_bank):
    fields = [{name: 1} for name in (*_CONCERNS, "game", "surprise")]
    fields += [{"settings": {name: 1}} for name in (*_CONCERNS_INSIDE, "surprise")]
    for before in fields:
        after = {name: dict.fromkeys(value, 2) if value != 1 else 2 for name, value in before.items()}
        if "settings" in before and before["settings"].keys() & {"cards", "options"}:
            continue  # lists of things: told apart below
        told = concerned(CampaignFace().differences(before, after)) - {EVERYTHING}
        assert at_least(before, after) == told, before


def leaves(value, path=()):
    """Where something stands that can be changed by itself."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield path
        for place, inner in enumerate(value[:2]):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def changed_at(content, path):
    """Another value there; a list of things is turned round, and loses its first."""
    for deed in (lambda value: value[::-1], lambda value: value[1:]):
        changed = copy.deepcopy(content)
        holder = changed
        for name in path[:-1]:
            holder = holder[name]
        value = holder[path[-1]]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            holder[path[-1]] = deed(value)
        elif path[-1] in ("id", "game"):
            return
        else:
            holder[path[-1]] = [*value, "x"] if isinstance(value, list) else f"{value}x"
        yield changed


def test_the_database_never_asks_for_more_than_was_found_and_always_for_the_plain_fields(db):
    """One template of every game, each single change: a carried opinion is never refused for no reason."""
    by_game = {}
    for preset in presets().values():
        by_game.setdefault(preset.content["game"], preset.content)
    assert len(by_game) > 3

    for content in by_game.values():
        for path in leaves(content):
            for changed in changed_at(content, path):
                found = concerned(CampaignFace().differences(content, changed))
                least = at_least(content, changed)
                assert least <= found, path
                assert least or changed == content, path


def test_plain_sql_carries_no_opinion_over_a_change_that_concerns_the_post(approved, posts, marketer):  # noqa: F811
    """Promise 2: a review opened by plain SQL that says nobody need be asked carries nothing all the same."""
    changed = {**CONTENT, "disclaimers": ["none"]}
    review = open_by_sql(approved, changed, marketer)

    for post, may in {"legal": False, "consumer_protection": False, "operations": True}.items():
        decision = Decision.objects.get(review=approved, role=post)
        row = Carried(
            review=review,
            previous=approved,
            decision=decision,
            reviewer_id=decision.reviewer_id,
            role=post,
            stage=decision.stage,
            at=LATER,
        )
        if may:
            row.save(force_insert=True)
            continue
        with pytest.raises(Exception, match="concerns the post"), transaction.atomic():
            row.save(force_insert=True)


def open_by_sql(previous, content, author):
    """As if nobody but the officer were concerned."""
    review = scanned(
        Review(
            id=new_id(),
            subject_kind=previous.subject_kind,
            subject_id=previous.subject_id,
            title="活动",
            fingerprint="f" * 64,
            content=content,
            pack_hash="",
            stages=previous.stages,
            author_id=author.id,
            last_editor_id=author.id,
            submitted_at=LATER,
            stage_entered_at=LATER,
            due_at=LATER,
            previous=previous,
            asked_again=["compliance"],
        )
    )
    review.save(force_insert=True)
    return review
