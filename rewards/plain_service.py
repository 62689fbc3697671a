"""The wording of a benefit: a service, in plain words, without money, goods or yield (F14, F29, F38).
Pure.
"""

from __future__ import annotations

import re
import unicodedata

from kernel.errors import DomainError

_MONEY = re.compile(
    r"(\d[\d,.]{0,16}\s{0,4}(元|块钱|万|¥|rmb|cny|%|%|个点|折))|[¥¥$€]|(价值|满减|立减|返)\s{0,4}\d",
    re.IGNORECASE,
)
_WORDS = (
    "现金", "红包", "返现", "返利", "回扣", "礼品", "礼金", "礼券", "礼包", "实物", "话费", "购物卡",
    "京东卡", "油卡", "代金券",
    "抵用券", "优惠券", "提现", "收益", "利息", "利率", "年化", "保本", "加息",
    "体验金", "奖金", "积分兑现", "抽奖", "中奖",
    "拉新", "邀请人数", "每邀请", "开户奖励", "交易奖励", "手续费减免", "佣金",
    "手机壳", "鸡蛋", "大米", "食用油",
)  # fmt: skip


class NotAService(DomainError):
    """The wording promises something other than a service; `word` is what was found."""

    code = "not_a_service"
    status = 400
    zh = "权益只能是合规服务，不能出现“{word}”。"
    en = "A benefit can only be a service; “{word}” cannot appear."


def refuse_money(text: str) -> None:
    """Raises NotAService for wording of money, goods, yield or invitations counted."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    found = _MONEY.search(plain)
    if found:
        raise NotAService(word=found.group(0))
    for word in _WORDS:
        if word in plain:
            raise NotAService(word=word)
