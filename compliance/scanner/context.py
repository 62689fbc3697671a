"""Honest teaching is let through: negation, prohibition, citation, quotation that is refuted, wrong options.

`excuse(…)` names the reason a hit is innocent, or None. The default is guilt: an excuse must be visible in
the same sentence or the next, must not be undone by "但", by our own product, or by a rhetorical question.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from compliance.scanner.check import Hit, Matter

STOPS = re.compile(r"[。!?;\n]")
ADVERSATIVE = re.compile(
    r"但(?:是|我们|本|其实|实际|历史|懂)?|然而|不过(?=,|我|本|这|其|历|懂|您|实)|而我们|而本行|而我行|而这款|而本|我们才|我们(?:就|却)"
    r"|我行(?:才|就|却)|本行(?:才|就|却)|才是真|只有(?:我们|本行|我行|这款|这里)|唯有(?:我们|本|我行)|除了(?:我们|本行|我行|这款)"
    r"|选(?:我们|这款|对)|(?:快)?来(?:我们|本行|我行)|就(?:选|买|来)|认准|实际上(?!是)|私下|悄悄|懂的都懂|你懂的|您懂的"
    r"|不如(?:来|买|选|试)|反正|其实(?:就|是|我们|本)|放心(?:,|吧)|可以肯定|而是(?!诈|骗|违|虚|一种|误|不)"
)
NOT_NEGATION = re.compile(
    r"不(?:仅|但|只是|光|止|得不|错|同于|管|论|断|限|愁|怕|用(?:担心|愁|怕|操心|等|费|管)|必(?:担心|操心|忧)|少|看|查|花|到|惜|妨|求|负|凡"
    r"|要(?:错过|犹豫|再犹豫|等|再等|小看|担心)|可(?:错过|多得|思议)|容(?:错过|小觑)|再(?:犹豫|担心|怕|纠结|发愁|焦虑|等)|想(?:错过|亏|赔)|费力|操心|知道|了解|懂|会理财|出门"
    r"|是(?:吗|么)|信(?:你|您)?(?:看|试|来)|买|投|来|抢|参与|参加|动)"
    r"|无(?:论|需(?:担心|操心|等|任何)|惧|忧|所不|数)|没(?:错|有什么比|有比|有哪[^,。]{0,6}比|想到)|别(?:错过|犹豫|等|再等|再犹豫|担心|怕|人|家|墅|的|具|看)"
    r"|(?:未来|非常|非凡|除非|莫非|无非|莫大|未婚|特别|级别|识别|分别|区别|性别|类别|差别|个别|辨别|判别|鉴别)|切勿错过|勿失|莫失|绝不错过|千万别错过|拒绝(?:等待|平庸|套路|低息|焦虑|亏损|风险)"
    r"|杜绝(?:亏损|风险|踩雷|套路|损失)|告别(?!保本|刚)|远离(?:亏损|风险|波动|焦虑|烦恼)|防范(?:亏损|通胀)"
)
RHETORICAL = re.compile(
    r"谁(?:说|敢说|不想)|难道|岂|怎么(?:可能|会)不|哪(?:能|会|有)不|何愁|还怕|还愁|没有不(?!透风)|无不|不可能不|不会不"
    r"|(?:不是|并非|绝非|不代表|不等于|不存在)(?:不|没有?|无法|不能)|没理由不|没道理不|不得不(?:说|承认)|何必担心|有什么(?:理由|道理)不"
)
STRONG_NO = (
    r"不得|禁止|严禁|不准|不许|不允许|不应当?|不能|不可以?|不要|请勿|切勿|勿|别|莫|切莫|切忌|杜绝|避免|防止|拒绝|抵制|远离|反对|谨防|严防|防范|警惕|当心|小心|提防|打击|整治|查处|清理|严查|制止"
    r"|不(?:再|曾|予|会|构成|代表|等于|等同于?|意味着?|承诺|保证|确保|担保|保障|涉及|提供|设置?|支持|包含|包括|存在|属于|具有|具备|接受|进行|开展|从事|参与|使用|宣传|宣称|是|算|以|因|与|向|对|收取|索取|索要|要求|含|作|做|搞|鼓励|诱导|开放|派发|发放|赠送|推荐|预测|可能|一定|必然|必|并非|轻信|信|听信|相信|应|组织|实行|附带|附加|安排|适用|随|主张|主动|享有|享受|受)"
    r"|并不|并非|绝非|绝不|决不|从不|从未|概不|均不|都不|也不|未必|未(?:曾|经|能|有|来得及|承诺|保证|设|予|获|取得|作|做|收到|提供|披露)|没有|没(?:能|法|办法|人能|人可以|哪)|无法|无权|无人能|无(?:任何|承诺|保本|保底)?|难以|非|不同于|有别于|不宜|不该|不再|不断提醒|不随|不因|毋|不"
    r"|打破|破除|取消|废止|终结|告别|退出|纠正|澄清|揭穿|识破|揭露|戳穿|举报|识别|辨别|抵御|认清|看清|看穿"
)
NO_BEFORE = re.compile(rf"(?:{STRONG_NO})(?P<gap>[^,。!?;:\n]{{0,18}})$")
NO_AT_ONCE = re.compile(
    r"(?:不|未|没|没有|无|非|别|勿|莫)(?:再|能|会|敢|可|是|曾|有|直接|单纯|真正|一味|盲目|轻易|随意|随便)?$"
)
FAR_NO = re.compile(
    r"(?:不得|禁止|严禁|不准|不允许|请勿|切勿|切莫|不应当?|不要|杜绝|警惕|谨防|当心|提防|防范|抵制|整治|打击|查处|严查|避免|远离|不轻信|不相信|切忌|拒绝|举报|识别|识破|认清|辨别|看清|揭秘|揭露|曝光|起底|提醒)"
    r"(?P<gap>[^。!?;\n]*)$"
)
SPOILS_FAR_NO = re.compile(
    r"亏|低收益|低息|忽悠|犹豫|等待|错过|平庸|焦虑|烦恼|(?<!防|控|识)风险(?!提示)?(?=,)|担心|波动|麻烦|贬值|通胀|我们|本行|我行|本产品|这款|立即|赶快|快来|点击|扫码|领取"
)
BOILERPLATE = re.compile(
    r"投资有风险[,、]?(?:入市|投资)?[需须]?谨慎|(?:产品|基金|市场|理财|贷款)有风险[,、]?(?:投资|借款|选择|入市)?[需须]?谨慎|理财非存款|本?活动?不构成[^,。!?;]{0,10}(?:建议|承诺|要约)"
    r"|请?(?:理性|谨慎)(?:投资|选择|借贷|消费)|详情?(?:请)?(?:咨询|见)[^,。!?;]{0,10}|具体以[^,。!?;]{0,12}为准"
)
FRAUD_FRAME = re.compile(
    r"骗子|诈骗|行骗|骗局|骗术|骗取|被骗|受骗|上当|不法分子|犯罪(?:分子|嫌疑)|犯罪团伙|团伙|谎称|声称|宣称|号称|自称|以为|误认为|鼓吹|吹嘘|标榜|打着|假冒|冒充|仿冒|诱骗|诱导(?!性)|诱饵|引诱|利诱|幌子|为名|为由"
    r"|所谓的?|虚假|夸大|误导|陷阱|套路|圈套|猫腻|噱头|误区|误解|误以为|误认为|误认|谣言|谬误|错误(?:认识|观念|说法|做法|选项|的是)|违规|违法|非法|无牌|无资质|黑中介|黑产|传销|集资|杀猪盘|乱象|话术|警示|案例|案情|通报|被罚|罚款|处罚|典型|反面|反例|禁用语|违禁|敏感词|红线|负面清单|若有人|如果?有人|有人(?:向|对|跟|和|说|告诉|承诺|推荐|以|称|打|加)|如遇|遇到|碰到|凡是?|但凡|任何(?:人|机构|单位|个人|平台|以|承诺|声称|宣称|要求|理财|投资|产品)?"
    r"|陌生|不明|对方(?:说|称|以|承诺|要求)|自(?:称|己称)|网友|假(?:客服|平台|专家|网站|app)|“客服”|\"客服\"|以[^。]{0,16}(?:为诱饵|为名|为幌子|为由|吸引|诱导|诱骗|引诱)|听到|看到|收到"
)
REFUTES = re.compile(
    r"(?:是|属于?|均为|均属|都是|就是|往往是|多(?:半|数)?是|通常是|一般是|很可能是|可能是|疑似|涉嫌|构成|系|乃|为|可能涉及)[^,。!?;\n]{0,10}(?:错误|错的|不对|违规|违法|违反|不合规|不正确|不可信|不真实|虚假|骗局|骗术|骗人|骗子|诈骗|误导|误区|误解|陷阱|套路|非法|谎言|谣言|忽悠|话术|夸大|不当|不实|禁用|违禁|被禁|禁止|不允许|骗|圈套|幌子|犯罪|传销|集资|诱导)"
    r"|不(?:可|足|能|要|应|宜)(?:轻)?(?:信|取|采信|当真)|不靠谱|不可靠|不合规|不合法|不正确|不允许|不成立|不真实|不科学|不存在(?=[,。!?;]|$|的可能|这)|不现实|勿(?:轻)?信|切勿|请勿|不得(?!不|了)|不(?:应当?|能|可以?|会|要|宜)(?:使用|出现|写入?|宣传|发布|作出|作为|承诺|理解|简单|等同|参与|转账|点击|付款|相信|轻信|购买|提供|影响|用|说|是)"
    r"|(?:已|已经|均已|正式|全面|被)(?:被)?(?:禁止|取消|退出|打破|终结|叫停|清零|下架|废止|取缔|明令禁止|查处|处罚|责令)|被(?:罚|处罚|处以|查|查处|立案|约谈|责令|通报|认定|监管|禁止|叫停|吊销)|违反(?:了)?|违规|违法|非法|触犯|踩(?:了)?红线|涉嫌"
    r"|(?:请|要|需|应当?|须|务必|一定要|时刻|都要|就要|多|提高|保持|立即|及时|马上)(?:[^,。!?;\n]{0,4})(?:警惕|小心|当心|举报|报警|拒绝|抵制|远离|核实|挂断|警觉|提防|防范|打问号|怀疑|质疑|拨打96110)|打(?:个)?问号|就(?:很)?危险|准备损失|要(?:当心|留神)|谨防|上当|受骗|骗(?:人|钱|局|子)|陷阱|误区|谎言|话术|套路(?!深的)|杀猪盘|圈套|不可取|有误|是错|❌|×|错误(?!率)|\(错\)|假的|幌子|诱饵|虚假宣传|说辞|无资质|无牌照?|并非(?:如此|事实)|没有(?:依据|根据|法律依据)|于法无据|无效|站不住脚|不攻自破|退出(?:历史)?舞台|成为?(?:历史|过去)|已成|违背(?:常识|规律)|一去不复返|并不(?:成立|可信|存在|合规|正确|准确|等于|意味|代表)|不等于|不意味|不代表|是不存在的|天上不会掉馅饼|不会(?:主动)?(?:要求|索要|索取|承诺)|远离|投诉|保留证据|千万别(?!错过|犹豫|等)|别碰|勿碰|绕道走?|不能免除|不再(?:发行|存在|提供|允许|销售)|有权解除|拒绝赔付|会被拒赔|血本无归|后果自负|严重(?:后果|违规)|追究|承担(?:法律|刑事|相应)?责任|将面临|处(?:以)?[^,。]{0,8}罚款|罚款"
)
REFUTE_UNDONE = re.compile(
    r"(?:不是|绝不是|绝非|并非|不会是|没有|零|无|拒绝|告别|远离|不怕|不用怕|不存在|不含|绝无|从无|毫无|不玩|不搞|别以为|不要以为|别当成|谁说|哪里|怎么会|才不|识破|不再|少走)[^,。!?;]{0,4}$"
)
CITES = re.compile(
    r"《[^》]{2,40}》|第[\d一二三四五六七八九十百零]+条|法律|法规|条例|办法|规定|监管(?:要求|部门|机构|规则|政策|规则)|通知|新规|指导意见|准则|司法解释|依法|条款规定|广告法|证券法|保险法"
)
FORBIDS = re.compile(
    r"不得|禁止|严禁|不能|不应|不允许|不可|违反|处罚|罚款|追究|取缔|打破|不准|应当?(?:提示|告知|说明|披露|标明|明示|显著|注明|载明|核实|履行|向)|须|必须|不予|限制|整治|叫停|明令|责令|有权拒绝|最高偿付|限额"
)
ANAPHORA = re.compile(
    r"^[\s“\"]*(?:,)?(?:这|此|该|上述|以上|前述|其|均|都|类似|凡|那|它|如此|听到|遇到|看到|面对|请|切勿|不要|勿|谨防|警惕|小心|当心|别信|错|假|骗|违规|属于|解析|答案|答:|实际上是|事实上|真相|正确|其实(?:不|并|都是|这)|不|非|根据|依据|按照|广告法|监管|我国|法律|正规|任何|没有|天上|世上|一旦|及时|立即|多)"
)
JUDGES = re.compile(
    r"是否|是不是|能否|可否|正确的?是|错误的?是|不正确|说法(?!:)|表述|做法|哪(?:项|些|个|种|一|句|类|款)|下列|以下|对吗|对不对|对还是错|判断|属于(?:什么|哪|下列|以下)|您?(?:应|该)(?:当|该|如何|怎么|怎样)?|会?(?:怎么|如何|怎样)(?:办|做|看|回应|理解|应对|处理|看待|辨别|判断|选择|回答|识别)"
    r"|可信吗|可信\?|合规吗|合规\?|合法吗|靠谱吗|可靠吗|为什么|为何|意味着|说明(?:了)?什么|真假|真的吗|骗局吗|诈骗吗|违规吗|违法吗|什么(?:行为|风险|问题|套路|骗局|陷阱|意思|性质)|这(?:种|是|一|样|句|话|可能|属于|说明|最可能|通电话|位|则|条)|涉嫌|触犯|违反|如何|怎么|最可能|对错"
)
OFFERS = re.compile(
    r"想(?:要|不想)?|立即|马上|快来|快速|点击|领取|加入|扫码|抢|报名|敢不敢|心动|要不要|还不|何不|为何不|为什么不|你还在|您还在|还在等|还等|何必|速|准备好|试试|不来|求"
)
EPISTEMIC = re.compile(
    r"一定|真的?|真能|都|是否|是不是|会不会|能不能|可不可以|等于|就是|就能|就会|能(?!让|帮)|可以|是|吗|会|有没有|算|到底|究竟|难道(?!不)|难免|意味着|等同|代表|当真|确实"
)
OWN = re.compile(
    r"我行|本行|我司|本公司|我们|咱们|本产品|这款|该产品|本基金|本理财|本计划|本平台|小编|我家|咱家"
)
AFFIRMS = re.compile(
    r"^[\s,]*(?:我们|本行|我行|当然|没错|是的|对|答案是(?:可以|能|会|肯定|是)|来|选|就|快|这款|点击|马上|立即|可以|能!|行!|有!|包|必|不用|我们能|本公司|有我们|试试|跟|加入|现在|看这|扫)"
)
QUOTES = (("“", "”"), ('"', '"'), ("「", "」"), ("‘", "’"), ("『", "』"), ("《", "》"), ("【", "】"))
GOAL = re.compile(
    r"力争|努力|致力(?:于)?|追求|目标(?:是)?|愿景|争取|期待成为|希望(?:成为|做)|朝着|打造|立志|为目标|奋斗|自勉|企业文化|精神"
)
SEEKS = re.compile(
    r"(?:注重|追求|看重|希望|偏好|首要目标|首先考虑|要求|重视|以|渴望|期望|关注|厌恶)[^,。!?;]{0,8}$"
)
SOURCED = re.compile(
    r"(?:数据)?来源[::]|据[^,。]{2,16}(?:统计|发布|数据|报告|排名|公布)|截至(?:\d{4}|二〇|20)|统计(?:区间|期间|时点|口径)"
)
PERFORMANCE_STATED = re.compile(
    r"过往业绩(?:并)?不(?:预示|代表)|不(?:预示|代表)(?:其)?未来(?:表现|收益)|不等于(?:理财产品)?实际收益|不构成[^,。]{0,8}承诺|历史业绩不"
)
ANNUAL = re.compile(r"年化(?:利率|综合|融资|费率)?|apr|irr")
BAD_END = re.compile(
    r"(?:往往|可能|通常|常常|一般|多半?|容易|会|将)(?:会|还)?[^,。!?;\n]{0,8}(?:隐藏|暗藏|泄露|收取|导致|造成|面临|损失|伴随|落入|陷入)|背后|隐藏着?|暗藏|要看清|请看清"
)
WANTS_WRONG = re.compile(
    r"(?:错误|不正确|不当|不合规|误导|违规|违法|虚假|诈骗|骗局|不恰当|有误|不符合|不属于|不应|不能|不得|不可信|陷阱|夸大|不真实|非法|禁止|禁用|警惕)"
)
TRADE_OFF = re.compile(r"高风险|风险越|越高|成正比|相匹配|伴随|承担[^,。]{0,6}风险|背后")
GRADES = re.compile(r"r\d|等级|五级|中风险|中低风险|中高风险|评级|分级|一级|级别|测评|承受能力")
EVASIVE = frozenset(
    {"principal_protection", "guaranteed_return", "risk_downplay", "insurance_misleading", "past_performance"}
)
NO_MATTER_SHARING = re.compile(
    r"(?:分享|转发|邀请)(?:与否|或不)|是否(?:分享|转发|邀请)|(?:不以|不因|无需|不需要?|不必|无须)[^,。]{0,6}(?:分享|转发|邀请|关注|下载)|(?:与|和)(?:分享|转发|邀请|存款|购买|投保|开户|交易|资产)[^。]{0,10}(?:无关|脱钩|不挂钩|没有关系)|均?不(?:影响|挂钩)|不作为"
)
INNER_NO = re.compile(r"不|没|无|零|0|未|难|别|非|拒")


@dataclass(frozen=True)
class Place:
    """A hit in its surroundings: its sentence cut into before and after, and the neighbours."""

    hit: Hit
    content_type: str
    whole: str
    matched: str
    before: str
    after: str
    previous: str
    following: str

    @property
    def near_before(self) -> str:
        """What governs the hit: the sentence up to it, from the last turn of argument on."""
        last = 0
        for turn in ADVERSATIVE.finditer(self.before):
            last = turn.end()
        return self.before[last:]

    @property
    def turned(self) -> bool:
        return ADVERSATIVE.search(self.before) is not None


def place_of(matter: Matter, hit: Hit) -> Place:
    text = matter.views[hit.index].text
    stops = [mark.end() for mark in STOPS.finditer(text)]
    begin = max((stop for stop in stops if stop <= hit.begin), default=0)
    end = min((stop for stop in stops if stop > hit.end), default=len(text))
    bounds = [0, *stops, len(text)]
    following = next((text[a:b] for a, b in pairwise(bounds) if a >= end and b > a), "")
    previous = next((text[a:b] for a, b in reversed(list(pairwise(bounds))) if b <= begin and b > a), "")
    return Place(
        hit=hit,
        content_type=matter.texts[hit.index].content_type,
        whole=text,
        matched=text[hit.begin : hit.end],
        before=text[begin : hit.begin],
        after=text[hit.end : end],
        previous=previous,
        following=following,
    )


def _refutes(text: str) -> bool:
    return any(not REFUTE_UNDONE.search(text[: hit.start()]) for hit in REFUTES.finditer(text))


def _plain_negation(place: Place) -> bool:
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), place.near_before)
    if RHETORICAL.search(place.near_before) or (
        NO_AT_ONCE.search(before) and place.after[:3] in {"才怪。", "才怪!"}
    ):
        return False
    if NO_AT_ONCE.search(before):
        return True
    near = NO_BEFORE.search(before)
    return near is not None and not OWN.search(near["gap"])


def _prohibition(place: Place) -> bool:
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), place.near_before)
    far = FAR_NO.search(before)
    return far is not None and not SPOILS_FAR_NO.search(far["gap"])


def _refuted(place: Place) -> bool:
    """The sentence goes on to call it wrong, or the next one does."""
    after, following = place.after, place.following
    if place.hit.category != "past_performance":
        after, following = BOILERPLATE.sub("", after), BOILERPLATE.sub("", following)
    if place.content_type == "explanation" and BAD_END.search(after):
        return True
    if _refutes(after):
        return True
    return bool(ANAPHORA.search(following)) and _refutes(following)


def _fraud_frame(place: Place) -> bool:
    """Someone else is said to say it: a swindler, an advertisement, a mistaken belief."""
    before = NOT_NEGATION.sub(lambda hit: "□" * len(hit.group()), place.near_before)
    frames = list(FRAUD_FRAME.finditer(before))
    frame = frames[-1] if frames else None
    if frame is None or REFUTE_UNDONE.search(before[: frame.start()]):
        return False
    gap = before[frame.end() :]
    if OWN.search(gap):
        return False
    telling = frame.group() in {
        "遇到",
        "碰到",
        "看到",
        "听到",
        "收到",
        "任何",
        "网友",
        "陌生",
        "不明",
    } or frame.group().startswith(("有人", "若有人", "如", "对方", "凡", "但凡", "任何"))
    if not telling:
        return True
    rest = place.after + place.following
    return _refutes(rest) or bool(JUDGES.search(rest)) or _refutes(place.previous)


def _citation(place: Place) -> bool:
    governed = place.near_before + place.matched + ADVERSATIVE.split(place.after)[0]
    return (
        bool(CITES.search(governed))
        and bool(FORBIDS.search(governed))
        and not OWN.search(place.near_before[-8:])
    )


def _quoted(place: Place) -> bool:
    for opening, closing in QUOTES:
        left = place.before + place.matched[:1]
        opened = left.rfind(opening)
        if (
            opened >= 0
            and (closing == opening or left.rfind(closing) < opened)
            and (closing in place.after or closing in place.matched)
        ):
            if closing == opening and left.count(opening) % 2 == 0:
                continue
            return True
    return False


def _quotation(place: Place) -> bool:
    """In quotation marks, and the text at large judges or refutes it."""
    if not _quoted(place):
        return False
    rest = place.after + place.following
    if place.content_type in {"question", "explanation"} and (
        JUDGES.search(place.whole) or _refutes(place.whole)
    ):
        return True
    return (
        _refutes(rest)
        or bool(BAD_END.search(rest))
        or _refutes(place.previous)
        or bool(FRAUD_FRAME.search(place.before))
        or bool(
            re.search(
                r"对吗|可信吗|合规吗|真的吗|靠谱吗|正确吗|是真是假|是不是真的|(?:为什么|为何)(?:是|属于|违规)",
                rest,
            )
        )
    )


def _judged_question(place: Place) -> bool:
    """A quiz question asks the player to judge the passage."""
    if place.content_type not in {"question", "title"} or not re.search(r"[?？]|$", place.whole):
        return False
    if place.content_type == "title" and "?" not in place.after:
        return False
    around = place.before + place.after
    owned = OWN.search(place.before[-14:])
    asked = JUDGES.search(place.after) or JUDGES.search(place.before)
    if not asked:
        return False
    if OFFERS.search(around) and not FRAUD_FRAME.search(place.whole) and not _quoted(place):
        return False
    if place.content_type == "title":
        return bool(JUDGES.search(place.after) or EPISTEMIC.search(place.before[-8:])) and not owned
    if re.search(r"(?:哪|几)(?:款|个|只|家|种)(?:产品|理财|基金|保险|银行)?[^,。]{0,2}$", place.before):
        return False
    return (
        not owned
        or bool(EPISTEMIC.search(place.before[-4:]))
        or bool(re.search(r"^[^,。]{0,12}(?:合规|正确|对吗|可信|说法|违)", place.after))
    )


def _honest_question(place: Place) -> bool:
    """ "基金定投一定赚钱吗?" asks; "想稳赚吗?" offers."""
    if not re.search(
        r"^[^,。!;]{0,10}(?:(?:吗|么|呢|嘛|吧)?\?|(?:吗|么)$)", place.after
    ) or RHETORICAL.search(place.before):
        return False
    clause = re.split(r"[,:]", place.before)[-1]
    if OFFERS.search(place.before) or OWN.search(place.before):
        return False
    asks = (
        EPISTEMIC.search(clause)
        or EPISTEMIC.search(place.matched)
        or re.search(r"^[^,。!;]{0,10}(?:吗|么)(?:\?|$)", place.after)
    )
    return bool(asks) and not AFFIRMS.search(place.following)


def _taught(place: Place) -> bool:
    """An explanation of a refuted claim, stated in the sentence before: "错误。…" """
    if place.content_type != "explanation":
        return False
    return bool(
        re.match(r"^(?:错误|错|不正确|不对|不可信|假|否|骗局|违规|不合规)[。,!:;]", place.whole)
    ) and not OWN.search(place.before[-10:])


def _goal(place: Place) -> bool:
    return place.hit.category == "absolute_term" and bool(GOAL.search(place.before))


def _investor_wish(place: Place) -> bool:
    """What a kind of investor looks for, not what we promise: 谨慎型投资者注重本金安全."""
    return (
        place.hit.category in EVASIVE
        and bool(SEEKS.search(place.before))
        and bool(re.search(r"型|投资者|客户|人群|偏好", place.before + place.after[:8]))
        and not OWN.search(place.before)
    )


def _grade(place: Place) -> bool:
    """The name of a statutory risk grade, among its siblings."""
    sentence = place.before + place.after
    return place.matched == "低风险" and bool(GRADES.search(sentence)) and not OWN.search(place.before[-8:])


def _trade_off(place: Place) -> bool:
    """Return and risk named together, as a lesson: 高收益往往伴随高风险."""
    sentence = place.before + place.after
    return (
        place.matched in {"高收益", "高回报", "高息"}
        and bool(TRADE_OFF.search(sentence))
        and not OWN.search(sentence)
    )


def _evidence(place: Place) -> bool:
    return place.hit.category == "ranking_claim" and bool(SOURCED.search(place.whole))


def _performance_stated(place: Place) -> bool:
    return (
        place.hit.category == "past_performance"
        and place.hit.severity == "warn"
        and bool(PERFORMANCE_STATED.search(place.whole))
    )


def _annual_rate(place: Place) -> bool:
    return place.hit.article == "LOAN-2021-3" and bool(ANNUAL.search(place.before + place.after))


def _unlinked(place: Place) -> bool:
    if place.hit.category not in {"induced_sharing", "disguised_rebate", "cash_reward"}:
        return False
    sentence = place.before + place.matched + place.after
    return bool(NO_MATTER_SHARING.search(sentence)) and not ADVERSATIVE.search(place.before)


EXCUSES: tuple[tuple[str, Callable[[Place], bool]], ...] = (
    ("negation", _plain_negation),
    ("prohibition", _prohibition),
    ("refuted", _refuted),
    ("fraud_frame", _fraud_frame),
    ("citation", _citation),
    ("quotation", _quotation),
    ("judged_question", _judged_question),
    ("honest_question", _honest_question),
    ("taught", _taught),
    ("goal", _goal),
    ("investor_wish", _investor_wish),
    ("grade", _grade),
    ("trade_off", _trade_off),
    ("evidence", _evidence),
    ("performance_stated", _performance_stated),
    ("annual_rate", _annual_rate),
    ("unlinked", _unlinked),
)


def excuse(matter: Matter, hit: Hit) -> str | None:
    """The name of the reason this hit is innocent, or None."""
    if not hit.excusable:
        return None
    text = matter.texts[hit.index]
    if text.content_type == "option" and (text.correct is False or _asked_for_wrong(matter, hit)):
        return "wrong_option"
    place = place_of(matter, hit)
    for reason, holds in EXCUSES:
        if holds(place):
            return reason
    return _group_refutes(matter, hit, place)


def _asked_for_wrong(matter: Matter, hit: Hit) -> bool:
    """The question asks which statement is wrong: then the right answer is a wrong statement."""
    group = matter.texts[hit.index].group
    return bool(group) and any(
        other.group == group and other.content_type == "question" and WANTS_WRONG.search(other.text)
        for other in matter.texts
    )


def _group_refutes(matter: Matter, hit: Hit, place: Place) -> str | None:
    """A question quoting a claim that its own explanation refutes."""
    text = matter.texts[hit.index]
    if not text.group or text.content_type not in {"question", "title"}:
        return None
    for other, view in zip(matter.texts, matter.views, strict=True):
        explains = other.group == text.group and other.content_type == "explanation"
        if explains and _refutes(view.text) and (_quoted(place) or JUDGES.search(place.whole)):
            return "explained"
    return None
