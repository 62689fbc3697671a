"""What a poster says follows from the game it leads to."""

from __future__ import annotations

import pytest

from campaigns.content import Content, read_content
from campaigns.gallery import presets
from campaigns.posters import poster_of
from tenancy.models import Institution
from tests.cast import NOON


def content_of(preset: str) -> Content:
    return read_content(presets()[preset].draft(sector="bank", today=NOON.date()))


@pytest.mark.parametrize(
    ("preset", "reader"),
    [
        ("existing_helps_new", "用手机相机或浏览器扫码"),
        ("account_check_together", "用手机相机或浏览器扫码"),
        ("anti_fraud_quiz", "微信或手机浏览器扫码"),
    ],
)
def test_a_poster_sends_nobody_into_wechat_where_nobody_can_invite(preset: str, reader: str) -> None:
    bank = Institution(name="和趣示范银行", hotline="400-000-0001", complaint_phone="400-000-0002")

    assert poster_of(content_of(preset), bank, certificate="H-1").scan.startswith(reader)
