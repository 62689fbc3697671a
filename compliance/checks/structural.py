"""The mechanics of a campaign: what is collected, what is earned, for what, by how many."""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import FORBIDDEN_CONDITIONS, FORBIDDEN_REWARDS, Shape

MOST_FIELDS = 5
MOST_STEPS = 3
LARGEST_GROUP = 5
ALLOWED_FIELDS = frozenset({"name", "phone", "need", "branch", "time"})
WECHAT = frozenset({"wechat", "official_account", "mini_program", "wechat_menu"})


@dataclass(frozen=True)
class RedLine:
    """A line no campaign crosses."""

    rule: str
    article: str
    path: str
    why: str
    advice: str


FIELDS = RedLine("ST-FIELDS", "PIPL-6", "contact_fields", "收集的信息超过5项", "最多收集5项")
STRANGE_FIELD = RedLine(
    "ST-FIELD",
    "PIPL-6",
    "contact_fields",
    "收集了服务不需要的信息",
    "仅收集姓名、手机号、需求类型、网点、时间",
)
STEPS = RedLine("ST-STEPS", "PROJ-STEPS", "steps", "办理步骤超过3步", "压缩到3步以内")
REWARD = RedLine("ST-REWARD", "PROJ-REWARD", "awards", "奖励含现金、实物或卡券", "改为咨询、知识类服务权益")
TIED = RedLine(
    "ST-CONDITION", "PROJ-NOLINK", "awards", "权益与购买、存款、交易等挂钩", "条件仅限完成知识学习"
)
TIERS = RedLine("ST-TIERS", "PROJ-REFER", "awards", "按邀请人数设置奖励阶梯或榜单", "取消人数阶梯与榜单")
GROUP = RedLine("ST-GROUP", "WX-GROUP", "settings", "拼团人数过多，形成拉人压力", "每团不超过5人")
SHARING = RedLine("ST-SHARE", "WX-212", "awards", "以分享或邀请换取奖励", "奖励与分享、邀请完全脱钩")
LINES = (FIELDS, STRANGE_FIELD, STEPS, REWARD, TIED, TIERS, GROUP, SHARING)


class Structural(Check):
    key = "structural"
    label = "活动机制"
    samples = (
        CheckSample("as it should be", (), frozenset(), shape=Shape(("name", "phone", "need"), 3)),
        CheckSample(
            "six fields",
            (),
            frozenset({"campaign_structure"}),
            shape=Shape(("name", "phone", "need", "branch", "time", "income")),
        ),
        CheckSample("cash", (), frozenset({"campaign_structure"}), shape=Shape(reward_kinds=("cash",))),
        CheckSample(
            "paid by deposit", (), frozenset({"campaign_structure"}), shape=Shape(conditions=("deposit",))
        ),
        CheckSample(
            "tiers of invitations", (), frozenset({"campaign_structure"}), shape=Shape(invite_tiers=2)
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        shape = matter.shape
        if shape is None:
            return
        found = (
            (len(shape.contact_fields) > MOST_FIELDS, FIELDS),
            (bool(set(shape.contact_fields) - ALLOWED_FIELDS), STRANGE_FIELD),
            (shape.steps > MOST_STEPS, STEPS),
            (bool(set(shape.reward_kinds) & FORBIDDEN_REWARDS), REWARD),
            (bool(set(shape.conditions) & FORBIDDEN_CONDITIONS), TIED),
            (shape.invite_tiers > 0, TIERS),
            (shape.group_size > LARGEST_GROUP, GROUP),
            (shape.earns_by_sharing and (bool(WECHAT & set(shape.channels)) or not shape.channels), SHARING),
        )
        for offends, line in found:
            if offends:
                yield Hit(
                    index=-1,
                    begin=0,
                    end=0,
                    rule=line.rule,
                    category="campaign_structure",
                    severity="block",
                    article=line.article,
                    why=line.why,
                    suggestion=line.advice,
                    path=line.path,
                )


CHECK = Structural()
