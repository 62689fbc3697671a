"""Passages that a writer meant to fill in and did not: ××, XX银行, {name}, 【】, TODO, ____.

`unfilled(text)` names the first one. Everything a customer may read is asked before it is submitted, approved
and shown, so that nobody reads "有效期：××". The same pattern stands in the database (migration 0005 of the
kernel), which is why it uses nothing that Python alone understands.
"""

from __future__ import annotations

import re

PATTERN = "|".join(
    (
        r"×{2,}|×[ ]{0,8}[%％]|[RC]×",  # ××, and a figure or risk level left open
        r"[一-鿿：（“][ ]{0,8}[Xx]{2,}",  # 尾号XX
        r"(^|[^A-Za-z0-9])[Xx]{2,60}[ ]{0,8}[一-鿿]",  # XX银行
        r"[{][^{}]{0,200}[}]|[%][(][A-Za-z_]{1,60}[)]s",  # {name}, %(name)s
        r"【[ ]{0,20}】|〔[ ]{0,20}〕",
        r"[【〔（([][^】〕）)]{0,12}(待填|待补|待定|此处填|请填|自动填写)[^】〕）)]{0,12}[]】〕）)]",
        r"TODO|TBD|FIXME|待补充|待完善|占位文字|示例文字|[Ll]orem ipsum",
        r"_{3,}|＿{2,}|[?？]{3,}",
    )
)
_UNFILLED = re.compile(PATTERN)


def unfilled(text: str) -> str:
    """The first passage that still waits to be filled in, or nothing."""
    found = _UNFILLED.search(text)
    return found.group().strip() if found else ""
