"""What holds for any text: disguises, spans, one-tap wordings, figures. F3, F10, F55, F57, W1, W2, S5."""

import re
from functools import lru_cache
from itertools import permutations

import pytest
from django.utils.translation import override

from compliance.evaluation import GOLDEN, Labelled, golden
from compliance.scanner import SECTORS, Finding, Text, default_pack, scan, verdict
from compliance.scanner.rewording import applied
from compliance.wording import finding_words
from tests.compliance.disguises import DISGUISES

EVERY = 40
SURROUNDINGS = ("{}", "🎉👨‍👩‍👧 {}", "\r\n\t{}\r\n", "𠮷\u200b{}\ufe0f", "e\u0301{}🧧")


def found_in(text: str, one: Labelled, *, reword: bool = False) -> list[Finding]:
    sector = one.sector if one.sector in SECTORS else "all"
    return scan([Text("x", one.content_type, text)], sector, reword=reword)


@lru_cache(maxsize=1)
def known() -> tuple[tuple[Labelled, list[Finding]], ...]:
    """Every fortieth labelled sentence with what is found in it."""
    sentences = [one for name in ("train", "dev", "test", "check") for one in golden(GOLDEN / f"{name}.tsv")]
    offending = [one for one in sentences if one.offends][::EVERY]
    honest = [one for one in sentences if not one.offends][::EVERY]
    return tuple((one, found_in(one.text, one, reword=True)) for one in (*offending, *honest))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hides_no_violation_and_raises_no_alarm(disguise):
    """W1. What is found in plain words is found in at least 99 of 100 disguised; honest text stays honest."""
    caught = [one for one, findings in known() if one.offends and verdict(findings) != "pass"]
    passed = [one for one, findings in known() if not one.offends and verdict(findings) == "pass"]

    hidden = [one.text for one in caught if not found_in(DISGUISES[disguise](one.text), one)]
    alarmed = [one.text for one in passed if found_in(DISGUISES[disguise](one.text), one)]

    assert len(hidden) <= len(caught) * 0.01, hidden
    assert len(alarmed) <= len(passed) * 0.01, alarmed


@pytest.mark.parametrize(
    "text",
    [
        "baoben baoxi", "bbbx的来", "wenzhuan不赔", "收益guaranteed return", "risk free理财", "年化捌个点",
        "收益八成", "bao本高xi", "零feng险", "宝本宝息", "保夲保息", "稳賺卟赔", "零风验理财", "𝟎风险",
        "⓪风险",
        "保̶本̶保̶息̶", "ＢＡＯＢＥＮ", "剛性兌付",
        "Principal guaranteed", "领hong包", "荐gu老师带你飞",
        "“保”“本”“保”“息”", "(稳)(赚)不赔", "零x风x险", "零…风…险", "bǎoběn理财", "本 金 l i n g 风 险",
        "零风x", "只赚不p", "lfx高回报", "年化收溢捌个点", "攸益保証",
        "零风阝佥", "gang1xing4dui4fu4", "零⻛险",
    ],
)  # fmt: skip
def test_letters_sounds_and_lookalikes_are_read(text):
    """W1, S4."""
    assert verdict(scan([Text("x", "title", text)], "all")) != "pass"


@pytest.mark.parametrize(
    "text",
    [
        "主讲人包本善：怎样读懂基金合同", "投保本人须亲自签名", "为确保本场秩序，请提前到场",
        "受益人请写明姓名",
        "保利广场A座11层", "A款、B款、C款三种讲义任选", "请记下编号 BB-2046", "打开APP第1、2、3步",
        "甲、乙、丙三人一组", "（一）报名（二）到店（三）听讲", "请在ETF、LOF、FOF里选出一个",
    ],
)  # fmt: skip
def test_words_that_only_sound_alike_are_left_alone(text):
    """W1. Hearing initials and homophones everywhere must not turn names and places into promises."""
    assert verdict(scan([Text("x", "rule", text)], "all")) == "pass"


@pytest.mark.parametrize("surrounding", SURROUNDINGS)
def test_every_span_points_at_what_was_matched_and_says_what_to_do(surrounding):
    """S4. Spans are code points of the field as written, whatever stands around the passage."""
    for one, _ in known():
        text = surrounding.format(one.text)
        for finding in found_in(text, one):
            assert finding.matched == text[finding.start : finding.end]
            assert 0 <= finding.start < finding.end <= len(text)
            assert finding.article
            assert finding.suggestion
            assert finding.why


def test_one_tap_leaves_nothing_to_find_at_its_place():
    """F3, S4. A wording is offered only when the field, read again, is clean there and no worse."""
    offers = 0
    for one, findings in known():
        for finding in findings:
            if finding.replacement is None:
                continue
            offers += 1
            after = found_in(applied(one.text, finding), one)
            assert len(after) < len(findings), (one.text, finding.replacement)
            assert {other.matched for other in after} <= {other.matched for other in findings}

    assert offers >= 5


@pytest.mark.parametrize(
    ("text", "sector", "becomes"),
    [
        ("保本理财", "bank", "净值型理财"),
        ("本产品稳赚不赔", "wealth", "本产品收益不确定，可能亏损"),
        ("存款保险最高偿付限额为80万元", "bank", "存款保险最高偿付限额为50万元"),
        ("最懂您的银行", "bank", "懂您的银行"),
        ("必赔", "insurance", "赔付以保险合同约定为准"),
        ("仅剩10个名额", "securities", "名额以活动公示为准"),
        ("2024年净值增长率6.2%", "securities", "2024年净值增长率6.2%（过往业绩不预示其未来表现）"),
    ],
)
def test_the_wording_offered_reads_well(text, sector, becomes):
    """F3, W2."""
    finding = next(one for one in scan([Text("x", "title", text)], sector) if one.replacement)

    assert applied(text, finding) == becomes


def test_figures_and_rates_are_checked_with_an_error_of_at_most_half_a_percent():
    """S5. Limits, periods, yields, and yearly rates that must follow from daily and monthly ones."""
    figures = golden(GOLDEN / "figures.tsv")

    wrong = [one.text for one in figures if (verdict(found_in(one.text, one)) != "pass") != one.offends]

    assert len(figures) >= 300
    assert len(wrong) <= len(figures) * 0.005, wrong


def test_past_performance_needs_the_statutory_sentence_and_its_period():
    """W2. Without 过往业绩不预示未来表现 it is found; with it, the period and the source, it may stand."""
    shown = "本基金2024年净值增长率6.2%,同期业绩比较基准5.1%(来源:基金年报)。"

    assert scan([Text("x", "explanation", shown)], "securities")
    assert not scan([Text("x", "explanation", shown + "过往业绩不预示其未来表现。")], "securities")
    assert scan([Text("x", "title", "年化6%,还在等什么?过往业绩不预示其未来表现")], "wealth")


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("预期收益4.5%,稳健增值", "bank"),
        ("开户即送投资顾问服务", "securities"),
        ("完成三笔交易领取奖励", "securities"),
        ("包赔,出险就给钱", "insurance"),
    ],
)
def test_a_sector_blocks_what_it_must(text, sector):
    """F55, F56, F57."""
    assert verdict(scan([Text("x", "reward", text)], sector)) == "block"


@pytest.mark.parametrize(
    "text",
    [
        "如果有人保证您一定赚钱,请立即停止联系并报警。",
        "每天三分钟,学懂一个金融名词",
        "选项C(错误):理财产品由银行兜底,不会亏损",
        "B. 征信可以花钱洗白 ×",
        "下列哪一句宣传违反了规定?A. 本产品保本保息 B. 理财非存款 C. 投资须谨慎",
        "误区一:定投一定赚钱。实际上也可能亏损。",
        "政府性融资担保机构坚持保本微利原则",
        "老师带你炒股赚大钱?先去证券业协会网站查查他的执业编号。",
    ],
)
def test_warning_judging_and_history_are_let_through(text):
    """F10, F57. Who speaks, and in what mood, decides."""
    assert verdict(scan([Text("x", "explanation", text)], "all")) == "pass"


def test_a_suspicion_names_the_way_out_of_what_it_most_resembles():
    """F3. What only resembles known offences still says what would help, and offers no fix."""
    (finding,) = scan([Text("x", "share_copy", "黑白户头都能周转,从来没被拒过")], "bank")

    assert finding.rule == "LK-01"
    assert "较像“贷款误导”" in finding.suggestion
    assert "年化利率" in finding.suggestion
    assert finding.replacement is None


def suspicions():
    for name in ("train", "kinds", "everyday", "aside"):
        for one in golden(GOLDEN / f"{name}.tsv")[::4]:
            for found in scan([Text("x", one.content_type, one.text)], "all", reword=False):
                if found.rule == "LK-01":
                    yield one.text, found


def test_a_suspicion_explains_itself_in_a_whole_sentence_or_not_at_all():
    """F3. Which sentence resembles which known kind. Pieces of words stand in no signed evidence."""
    pack = default_pack()
    general = pack.categories["likely_misleading"].why
    labels = {category.label for category in pack.categories.values()}
    told = list(suspicions())

    assert len(told) >= 30
    assert any(found.why != general for _, found in told)
    for text, found in told:
        if found.why == general:
            assert not found.suggestion.startswith("较像")
            continue
        said, kind = re.fullmatch(
            r"“(.+)”这句话的写法与“(.+)”类表述相近，请人工判断是否属于此类。", found.why, re.DOTALL
        ).groups()
        assert said.rstrip("…") in text.translate(str.maketrans("“”", "‘’"))
        assert kind in labels


def test_what_was_explained_in_pieces_is_shown_without_them():
    """F3. Reviews of that time keep their findings; pages and evidence say the whole sentence instead."""
    old = {"why": "与以往被认定违规的表述相近：催促…催促、链接链接、就", "suggestion": "", "penalty": ""}
    for language, said in (("zh-hans", "请人工判断"), ("en", "a person must judge")):
        with override(language):
            words = finding_words(rule="LK-01", category="likely_misleading", **old)

        assert said in words.why
        assert "链接" not in words.why


def test_a_suspicion_is_explained_in_english_by_sentence_and_kind():
    """S4."""
    (finding,) = scan([Text("x", "share_copy", "黑白户头都能周转,从来没被拒过")], "bank")

    with override("en"):
        words = finding_words(
            rule=finding.rule, category=finding.category, why=finding.why, suggestion=finding.suggestion
        )

    assert "黑白户头都能周转" in words.why
    assert "is put much like" in words.why


OFFENCES = (
    "最后三天", "零风险", "稳赚不赔", "保本保息", "送现金红包", "行业第一", "名额有限,先到先得",
    "错过再等一年", "仅剩3天", "秒批秒到账", "不看征信", "分享给好友领奖励",
)  # fmt: skip
CARRIERS = ("{},{}", "{}!{}", "参加活动,{},{}", "本行理财{},{}", "{}，{}，快来", "只要答题,{},又能{}")
MARKS = ",，.。!！?？;；:：、…~—"


def bare(one: Finding) -> tuple[str, str]:
    return one.category, one.matched.strip(MARKS)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_two_wordings_in_one_field_compose_and_hide_nothing(carrier):
    """F3. Whichever is taken first: what stands is still found, nothing is said twice, no mark is doubled."""
    taken = 0
    for first, second in permutations(OFFENCES, 2):
        field = carrier.format(first, second)
        findings = scan([Text("x", "title", field)], "bank")
        for one in (one for one in findings if one.replacement is not None):
            after, left = applied(field, one), [other for other in findings if other.start >= one.end]
            again = scan([Text("x", "title", after)], "bank")
            taken += 1

            assert {bare(other) for other in left} <= {bare(other) for other in again}, (field, after)
            for other in (other for other in again if other.replacement is not None):
                both = applied(after, other)
                assert not re.search(rf"[{MARKS}][{MARKS}]|^[{MARKS}]", both), (field, both)
                clauses = [clause for clause in re.split(rf"[{MARKS}]", both) if len(clause) > 5]
                assert len(clauses) == len(set(clauses)), (field, both)
    assert taken >= 5


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("稳赚不赔,又能随取随用", "稳赚不赔"),
        ("只要答题,稳赚不赔", "稳赚不赔"),
        ("我行推出的产品,保本保息", "保本保息"),
    ],
)
def test_no_wording_is_put_where_the_field_would_not_read_as_chinese(text, matched):
    """F3. A clause stands for a clause; its neighbours must not hang in the air."""
    found = next(one for one in scan([Text("x", "title", text)], "bank") if one.matched == matched)

    assert found.replacement is None


def test_our_own_small_print_buys_no_promise_free():
    """F3. 活动时间以公示为准 beside 最后三天 made it vanish while it stood there."""
    for text, words in (("最后三天,活动时间以公示为准", "最后三天"), ("零风险,活动时间以公示为准", "零风险")):
        assert [one.matched.strip(MARKS) for one in scan([Text("x", "title", text)], "bank")] == [words]
