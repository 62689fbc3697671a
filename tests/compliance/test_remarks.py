"""A remark answers a remark on the same subject, or it is refused before anything is written."""

import pytest

from compliance.usecases import write_comment
from kernel.actor import Ref
from kernel.errors import NotFound
from kernel.ids import new_id
from tests.cast import NOON
from tests.privacy.people import refused


def remark(actor, subject, **more):
    return write_comment(actor=actor, subject=subject, text="改一下", now=NOON, **more)


@pytest.fixture
def subject():
    return Ref("campaign", new_id())


def test_an_answer_to_a_remark_that_is_not_there_is_refused(officer, subject):
    """A tie to nothing would only be noticed at the commit, as a fault of ours."""
    with refused(NotFound):
        remark(officer, subject, answers_id=new_id())


def test_an_answer_stays_with_its_subject(officer, subject):
    elsewhere = remark(officer, Ref("campaign", new_id()))
    here = remark(officer, subject)

    with refused(NotFound):
        remark(officer, subject, answers_id=elsewhere.id)

    assert remark(officer, subject, answers_id=here.id).answers_id == here.id
