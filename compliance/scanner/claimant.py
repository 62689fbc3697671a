"""Whose claim it is: ours, or one we only report.

An excuse must be about the same subject. `ours(place)` promises True where the nearest subject of the passage
is the institution or something it sells, and nobody else is said to say it; what follows about swindlers then
excuses nothing, unless it speaks of the very claim (`said_of_the_claim`). Every expression is bounded, so a
field costs the time its length takes.
"""

import re
from functools import lru_cache

from compliance.scanner.cues import AFFIRMS, OFFERS, REFUTES
from compliance.scanner.place import WITHIN, Place

_GOODS = (
    r"(?:理财|产品|基金|保险|存款|存单|贷款|保单|年金|信托|计划|投资|收益"
    r"|债券|黄金|贵金属|股票|组合|方案|新品|额度|险)"
)
_WE = (
    r"(?:我行|本行|我司|本司|本公司|我公司|本机构|咱行|咱们行|我们行|我们公司"
    r"|本产品|这款|该产品|本基金|本理财|本计划|本平台|本保险|本险|我家|咱家)"
)
_US = r"(?:我们|咱们|咱)"
# Something on sale: 新理财, 本期产品, “安心盈”1号.
_ON_SALE = (
    rf"(?:新(?:发|品|上|推出)?的?|本期|这期|此款|这只|当期|专属|热销|爆款|明星|新客|在售|首发|主打|旗舰|银行|正规|国有大?行|大行)的?{_GOODS}"
    r"|新品(?=上[市线架新]|[^,。!?;]{0,6}(?:发售|发布))"
    r"|[\u4e00-\u9fff]{2,4}(?:宝|盈|添利|(?<![返红获复暴本福高让权有薄年月])利|鑫|丰|享|惠|金)[”\"」]?(?:\d{1,3}号|第?[一二三四五六七八九十]{1,3}期|系列|[a-z](?![a-z]))"
    r"|[“\"「《][\u4e00-\u9fff]{1,5}(?:宝|盈|添利|(?<![返红获复暴本福高让权有薄年月])利|鑫|丰|享|惠|通)(?:\d{1,3}号?)?[”\"」》]"
)
_NOT_GOODS = rf"(?:(?!{_GOODS})[^,。!?;:])"
# Where we only host, teach or warn, or somebody uses our name.
_HOSTS = (
    r"(?:活动|答题|课堂|测验|闯关|反诈|防诈|防骗|投教|科普|游戏|讲座|网点|客服|客户经理|经理|官方|渠道|员工|销售|人员|名义|旗号|公章|招牌|品牌|标志|合作"
    r"|公众号|小程序|app|热线|主办|承办|举办|一起|身份|消保|宣教|网站|工作人员|理赔员"
    r"|提醒|提示|声明|警示|请您|请你|学到|学会|学防|学习|牢记|记住|得知|认清|拆穿|揭秘|禁止|严禁|呼吁|倡议|告知|建议|郑重|未授权|未开设)"
)
_REPORTS = (
    r"(?:谎称|声称|宣称|自称|号称|诈称|冒充|假冒|仿冒|伪造|盗用|打着|假借|借用?|冒用|网传|网上说|传言|谣言|谣传|误传|听说|遇到|碰到|看到|接到|收到|凡称|但凡|凡是|任何|所谓的?|以为|误认为|说成|当成|把|若|如果?|有人|谁"
    r"|劝|推销|(?:骗子|对方|经理|人员|陌生人|分子|群主|网友|员工|老师|他|她|其|案例)[^,。!?;]{0,6}(?:说|称|讲|推|卖|荐|承诺|保证|告诉))"
)
_BOUGHT = r"[^,。!?;:]{0,8}(?:买|购|认购|申购|投保)"
_PRAISED = r"(?:客户|大家|同事|朋友|家人|邻居|用户|街坊)们?(?:都|也|常|纷纷)?(?:说|夸|称赞|推荐)[:“\"「]{0,4}"
_TAUGHT = (
    r"(?:(?:要|应|都|一起|可以|需|得|能|会|该|来|共同)|提醒|记住|知道|明白|学|看|认|识|如何"
    r"|身边|生活|每|国|的(?:生活|身边|钱|本金|积蓄|父母|家人))"
)

# What the wording after the passage says of the passage itself.
_FALSE = (
    r"(?:骗局|诈骗|骗人|骗术|谎言|谣言|陷阱|套路|圈套|诱饵|幌子|噱头|话术|误区|误导|违规|违法|违反"
    r"|非法|虚假|不实|假的|错误|错的|不对|夸大|禁用|禁止|忽悠|犯罪|不可能|反面示例)"
)
_SAYING = (
    r"(?:说法|宣传|承诺|广告|表述|言论|消息|信息|短信|话|字样|字眼|用语"
    r"|情况|群|链接|电话|邮件|传言|宣称|推销|推荐|行为|情形|示例|保证)"
)
_SAID_OF_IT = re.compile(
    rf"^[”\"」』’)]{{0,16}}(?:的|等|之类的?|类)?[^,。!?;:我本]{{0,6}}(?:的|等|类)?(?:骗局|谎言|谣言|陷阱|套路|圈套|骗术|话术|幌子|诱饵|假象|噱头)(?![^,。!?;:]{{0,10}}(?:才|怕|休想|学不会|不如))"
    rf"|^[”\"」』’)]{{0,16}}[^,。!?;:我本]{{0,10}}?(?:都|均|全|皆|一律|往往|多|其实|实际上|纯|也|一定|必){{0,8}}(?:是|属于?|系|为|涉嫌|构成|疑似)[^,。!?;:]{{0,8}}?{_FALSE}(?:宣传|用语|行为|信息|表述|说法|分子|表现|手法|特征|{_FALSE}|的){{0,8}}(?=[,。!?;:)]|$)"
    rf"|^[”\"」』’)]{{0,16}}[^,。!?;:我本]{{0,10}}?(?:违反|违规|违法|涉嫌|不(?:合规|真实|可信|成立|正确|准确|属实|存在|现实|实|可能)|错在|错误|\(错|×)"
)
_REPORTED = re.compile(
    rf"^[”\"」』’)]{{0,16}}(?:的|等|之类的?|类|这(?:种|类|样)的?)[^,。!?;:]{{0,6}}{_SAYING}"
)
_POINTS_BACK = re.compile(
    r"^[^,。!?;:]{0,6}[,。!?;:—…]{1,3}(?:这|此|该|上述|以上|前述|类似|如此|其)(?:种|类|样|些|条|个|句|则|一)?(?:说法|宣传|承诺|话|消息|信息|表述|言论|短信|广告|话术|情况|行为|是(?!我|本|最|真)|属|均|都|就|纯|系|不)"
)
_ASKED = re.compile(r"^[”\"」』’]{0,16}[^,。!?;:]{0,8}?(?:吗|么)(?:[?]|$)")
_TAKEN = re.compile(
    r"^[^,。!?;]{0,10}?(?:等(?:您|你|着)|任(?:您|你)|领取|来袭|上线|上市|发售|开售|开抢|火热|限量|在这里|放心(?:买|选|购)|可(?:买|购|领))"
)
_TAKING = re.compile(r"(?:拥抱|认准|选购|抢购|乐享|畅享|尊享|放心[买选购])[^,。!?;]{0,4}$")
_WITHHELD = re.compile(r"^[”\"」]{0,16}[^,。!?;]{0,4}(?:从)?(?:不|未|没|绝|严禁|禁止|拒绝|提醒|反对)")

OFFERING = frozenset({"offered", "bought", "praised"})


@lru_cache(maxsize=64)
def _subjects(names: tuple[str, ...]) -> re.Pattern[str]:
    """Every subject a passage may have, told apart by the name of the group."""
    we = _we(names)
    return re.compile(
        rf"(?P<goes_on>,(?:并|还|又|再|就|便)?(?:说|称|推荐|推销|承诺|保证|声称|宣称)[^,。!?;]{{0,6}}?(?:{we}|{_US}|{_ON_SALE}))"
        rf"|(?P<praised>{_PRAISED}{we})"
        rf"|(?P<reported>{_REPORTS}[^,。!?;]{{0,12}}?(?:{we}|{_US}|{_ON_SALE})(?:[^,。!?;:]{{0,6}}?{_GOODS})?)"
        rf"|(?P<bought>(?:{we}|{_US}){_BOUGHT})"
        rf"|(?P<hosted>{we}{_NOT_GOODS}{{0,6}}?{_HOSTS})"
        rf"|(?P<offered>{we}[^,。!?;:]{{0,6}}?{_GOODS}|{_US}(?:的|家)?[^,。!?;:]{{0,4}}?{_GOODS}|{_ON_SALE})"
        rf"|(?P<taught>{_US}(?={_TAUGHT}))"
        rf"|(?P<own>{we}|{_US})"
        rf"|(?P<other>{_REPORTS}|骗子|(?:不法|诈骗|犯罪|违法)分子|对方)"
    )


@lru_cache(maxsize=64)
def _follows(names: tuple[str, ...]) -> re.Pattern[str]:
    """We stand right behind the passage and take it up: 尽在我行, 就选本行理财, 的我行新品."""
    we = _we(names)
    return re.compile(
        rf"^[”\"」』’]{{0,16}}[,:—]?(?:的好?|(?:就|只|尽|都|当然|认准|首选|优选|请|快|全|便){{0,8}}(?:在|选|来|找|买|看|是|有|到)|认准|首选|锁定)(?:{we}|{_ON_SALE})(?!{_NOT_GOODS}{{0,4}}{_HOSTS})"
        rf"|^(?:{we}|{_US})[^,。!?;:]{{0,4}}?{_GOODS}"
    )


def _we(names: tuple[str, ...]) -> str:
    return "(?:" + "|".join([_WE, *(re.escape(name) for name in names)]) + ")"


def ours(place: Place) -> bool:
    """Whether the passage is claimed of the institution or of what it sells."""
    return _ours(place.names, place.previous[-WITHIN:], place.before, place.after)


@lru_cache(maxsize=1024)
def _ours(names: tuple[str, ...], previous: str, before: str, after: str) -> bool:
    behind = _follows(names).search(after)
    if behind and not _WITHHELD.search(after[behind.end() :]):
        return True
    here = _kinds(names, before)[-1:]
    if not here and (_TAKEN.search(after) or _TAKING.search(before)):
        return True  # held out to the reader, and nobody else is said to hold it out
    # a sentence without a subject takes over that of the one before, where that offers something
    return bool(OFFERING.intersection(here or _kinds(names, previous)[-1:])) or here == ["own"]


def _kinds(names: tuple[str, ...], text: str) -> list[str]:
    kinds: list[str] = []
    for hit in _subjects(names).finditer(text):
        kind = str(hit.lastgroup)
        if kind == "goes_on":  # he pretended to be …, and said …: whoever spoke speaks on
            kind = kinds[-1] if kinds else "offered"
        kinds.append(kind)
    return kinds


def told_of_us(place: Place) -> bool:
    """Whether somebody else is said to say it of us: 骗子谎称我行新理财稳赚不赔."""
    return _kinds(place.names, place.before)[-1:] == ["reported"]


def said_of_the_claim(place: Place) -> bool:
    """Whether what follows speaks of the claim itself: …的说法是错误的; …,这种宣传违规."""
    if _SAID_OF_IT.search(place.after):
        return True
    if _ASKED.search(place.after):
        return not (OFFERS.search(place.before) or AFFIRMS.search(place.following))
    rest = place.after + place.following[:WITHIN]
    reported = _REPORTED.search(rest)
    if reported:
        return bool(REFUTES.search(rest, reported.end()))
    back = _POINTS_BACK.search(rest)
    return bool(back and REFUTES.search(rest, back.start()))


def offered_for_taking(place: Place) -> bool:
    """Whether the clause holds out what it promises: 零风险理财等您领取."""
    return bool(_TAKEN.search(place.after) or _TAKING.search(place.before))


def quoted_whole(place: Place, opened: int) -> bool:
    """Whether we stand inside the quotation that opens there: then the whole claim is quoted."""
    return not _subjects(place.names).search(place.before[:opened]) or bool(
        _subjects(place.names).search(place.before[opened:])
    )
