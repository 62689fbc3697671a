"""The scanner on single sentences and whole campaigns. F3, F10, F14, F55, F57, S4."""

import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from dataclasses import replace
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from compliance.evaluation import GOLDEN, TRAINING, evaluate, golden
from compliance.library import articles
from compliance.packs import names_of
from compliance.scanner import Text, default_pack, load_pack, pack_hash, scan, verdict
from compliance.scanner.matter import Shape
from compliance.scanner.normalise import normalise
from compliance.scanner.scan import checks
from tests.services import ROOT


def judged(text: str, content_type: str = "title", sector: str = "all") -> str:
    return verdict(scan([Text("x", content_type, text)], sector))


@pytest.mark.parametrize(
    "text",
    [
        "保本理财",
        "保 本 理 财",
        "保😀本理财",
        "保*本*保*息",
        "保、本、保、息",
        "ｂａｏ本保息",
        "bao ben bao xi",
        "保ben保xi",
        "寶本保息",
        "宝本高收益",
        "零风验",
        "0️⃣风险",
        "穩賺不賠",
        "年化收益率高达八个点",
        "收益至少五成",
        "亻呆本高收益",
        "跟存款一样安全",
        "亏了算我的",
        "随时取随时有",
    ],
)
def test_disguises_are_seen_through(text):
    assert judged(text) == "block"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("保本，是不可能的", "pass"),
        ("想保本是做不到的", "pass"),
        ("保本?想都别想", "pass"),
        ("稳赚不赔,根本做不到", "pass"),
        ("谁说不保本", "block"),
        ("保本不是不可能", "block"),
        ("不保本?不可能", "block"),
        ("没有稳赚不赔是不可能的", "block"),
        ("保本,是不可能亏的", "block"),
        ("保本,别家做不到,我们做得到", "block"),
        ("保本是不可能的,除非您选我们", "block"),
    ],
)
def test_a_promise_denied_after_it_is_made_is_none(text, expected):
    """F3: and a denial turned round, or taken back, denies nothing."""
    assert judged(text, sector="wealth") == expected


@pytest.mark.parametrize(
    "text",
    ["保本，是不可能的才怪", "谁说不保本", "难道会不保本?", "保本,不可能的?我们做到了", "保本吗"],
)
def test_no_wording_is_put_where_the_words_around_would_turn_it(text):
    """F3: one tap never makes a sentence say the opposite."""
    assert [one.replacement for one in scan([Text("x", "title", text)], "wealth") if one.replacement] == []


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("8%年化收益", "bank"),
        ("８％年化收益", "wealth"),
        ("4.5%的年化收益率", "wealth"),
        ("存款保险保100万", "bank"),
        ("存款保险能保100万元", "bank"),
        ("月息8厘", "bank"),
        ("月息一分", "bank"),
        ("月息8厘,折算成年化利率约为8%", "bank"),
    ],
)
def test_figures_are_read_in_either_order_and_in_the_old_units(text, sector):
    """F3, S5."""
    assert judged(text, "explanation", sector) == "block"


@pytest.mark.parametrize(
    ("text", "content_type", "sector"),
    [
        ("贷款按24%的年化利率计算", "explanation", "bank"),
        ("存款保险保50万", "explanation", "bank"),
        ("月息8厘,折算成年化利率约为9.6%", "explanation", "bank"),
        ("主办方不保留所谓“最终解释权”", "rule", "all"),
        ("走进国家级证券期货投资者教育基地", "reward", "securities"),
        ("从“业绩冠军”到净值腰斩:追榜单的代价", "title", "wealth"),
        ("听说“马上停售”就想下单?先睡一觉再说", "title", "insurance"),
    ],
)
def test_words_that_only_sound_like_an_offence_pass(text, content_type, sector):
    assert judged(text, content_type, sector) == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "十万元交给“月月牛”,一年后?A.不好说 B.怎么都不少于10万4(得分项)",
        "选择题:放一年能拿多少?A.不确定 B.稳拿 6 . 8 %(✔)",
        "“民警”来电让你把钱挪到核查账户?本题答案:先挪过去配合,查清自会退回",
        "这波行情该上车还是下车?选“上车”的同学加10分",
        "ck和bx没区别,bx的lx还高一截",
    ],
)
def test_what_earns_the_points_is_said_in_its_own_voice(text):
    """F3: whatever mark the question sets beside its right answer; paired initials are heard."""
    assert judged(text, "question", "wealth") != "pass"


@pytest.mark.parametrize("text", ["国家级反诈知识闯关", "最佳反诈知识平台,学了就会"])
def test_a_headline_may_not_boast_however_much_it_is_about_knowledge(text):
    """F3, S4: the second reader vouches for teaching, and a title teaches nothing."""
    assert judged(text) == "block"


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("理财产品不保本", "explanation"),
        ("不得承诺保本、保收益", "explanation"),
        ("骗子常以“稳赚不赔”为诱饵", "explanation"),
        ("“本理财保本保收益”的宣传是否合规?", "question"),
        ("最新通知", "title"),
        ("第一步,拨打96110", "rule"),
        ("国家级贫困县", "explanation"),
        ("环保本身就是责任", "explanation"),
        ("以下正确的是?A.保本保息 B.可能亏损 答案:B", "question"),
    ],
)
def test_honest_teaching_passes(text, content_type):
    assert judged(text, content_type) == "pass"


@pytest.mark.parametrize("content_type", ["title", "question", "explanation", "rule", "share_copy", "notice"])
@pytest.mark.parametrize(
    "text",
    [
        "我行新理财稳赚不赔,快来答题识别骗局",
        "本行理财零风险稳赚,请警惕骗局",
        "警惕骗局,本行新理财保本保息",
        "依据《广告法》,本行理财产品保本保收益,不得虚假宣传",
        "稳赚不赔尽在我行,请警惕骗局",
        "“安心盈”1号稳赚不赔,谨防假冒",
    ],
)
def test_a_warning_about_others_excuses_no_promise_of_ours(text, content_type):
    """F3. An excuse must be about the same subject. More of the kind: data/golden/claimant.tsv."""
    assert judged(text, content_type) == "block"


def test_what_others_say_of_us_is_theirs():
    """F3. And what we deny of ourselves is no promise."""
    assert judged("骗子谎称我行新理财稳赚不赔,请立即挂断", "notice") == "pass"
    assert judged("我行提醒您:凡是宣称稳赚不赔的理财都是骗局", "notice") == "pass"
    assert judged("“我行理财稳赚不赔”属于违规宣传用语。", "explanation") == "pass"
    assert judged("我行从不承诺稳赚不赔,请警惕骗局", "notice") == "pass"


def test_the_institution_is_known_by_its_name():
    """F3. A warning that follows excuses nothing said of an institution by its own name either."""
    text = Text("title", "title", "海川银行的定期理财稳赚不赔,快来答题识别骗局")
    ours = replace(default_pack(), own_names=names_of("海川银行股份有限公司"))

    assert verdict(scan([text], "bank", pack=ours)) == "block"
    assert pack_hash(ours) == pack_hash()


def test_a_promise_followed_by_a_disclaimer_is_still_a_promise():
    assert judged("本理财保本保息。投资有风险,入市需谨慎。") == "block"


def test_a_denial_turned_round_is_a_promise():
    assert judged("谁说理财不保本?我们就能") != "pass"
    assert judged("我们不承诺收益,但客户年年稳赚") == "block"


def test_spans_are_code_points_of_the_text_as_written():
    written = "🎉新品:保 ❤ 本保息!"
    (finding,) = [one for one in scan([Text("x", "title", written)], "bank") if one.severity == "block"][:1]

    assert written[finding.start : finding.end] == finding.matched
    assert finding.matched.startswith("保")
    assert finding.matched.endswith("息")


def test_every_place_of_a_view_points_into_the_original():
    text = "A①保🧧本　繁體字…０风险\u200b！"
    view = normalise(text)

    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))


def test_a_wrong_option_may_be_wrong_and_a_right_one_may_not():
    wrong = Text("o", "option", "保本保息", group="q", correct=False)
    right = Text("o", "option", "保本保息", group="q", correct=True)
    asks = Text("q", "question", "下列说法正确的是?", group="q")

    assert not scan([asks, wrong], "bank")
    assert scan([asks, right], "bank")


def test_the_right_answer_to_which_is_wrong_may_be_wrong():
    asks = Text("q", "question", "以下哪种基金销售方式违规?", group="q")
    right = Text("o", "option", "申购即送实物礼品", group="q", correct=True)

    assert not scan([asks, right], "securities")


def test_a_term_split_over_two_fields_is_found():
    fields = [Text("a", "title", "只赚"), Text("b", "title", "不赔的理财")]

    assert [one.path for one in scan(fields, "all") if one.severity == "block"]


def test_the_sector_changes_what_is_blocked():
    """F55, F74."""
    assert judged("七日年化3.2%", sector="bank") == "block"
    assert judged("零佣金开户", sector="securities") == "block"


def test_a_required_sentence_is_missed_when_it_is_taken_away():
    """F10."""
    texts = [Text("title", "title", "认识净值型理财产品")]

    assert [one.rule for one in scan(texts, "bank", shape=Shape())] == ["PR-WMP"]
    assert not scan(texts, "bank", shape=Shape(disclaimers=("D-BANK-01",)))


def test_the_same_words_give_the_same_findings():
    texts = [Text("x", "title", "稳赚不赔,错过不再有")]

    assert scan(texts, "bank") == scan(texts, "bank")
    assert pack_hash() == pack_hash(load_pack())
    added = {
        "term": "新词",
        "category": "exaggeration",
        "sector": "all",
        "severity": "warn",
        "article": "AD-28",
    }
    assert pack_hash() != pack_hash(load_pack([added]))


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.key)
def test_each_check_honours_its_samples(check):
    assert check.samples
    for sample in check.samples:
        findings = scan(sample.texts, sample.sector, shape=sample.shape)
        assert {one.category for one in findings if one.severity == "block"} == sample.expect, sample.name


def test_the_labelled_sentences_are_apart():
    names = (*TRAINING, "test", "check", "unseen", "aside", "claimant", "blind")
    sets = [[normalise(one.text).text for one in golden(GOLDEN / f"{name}.tsv")] for name in names]

    assert sum(map(len, sets)) >= 3000
    for one, other in combinations(map(frozenset, sets), 2):
        assert not one & other


@pytest.mark.parametrize(
    ("name", "recall"),
    [
        ("train", 0.98),
        ("dev", 0.98),
        ("test", 0.96),
        ("check", 0.98),
        ("met", 0.98),
        ("kinds", 0.98),
        ("writers", 0.98),
        ("turns", 0.98),
        ("everyday", 0.95),
        ("unseen", 0.96),
        ("claimant", 1.0),
        ("blind", 0.97),
    ],
)
def test_recall_and_false_alarms_do_not_fall_back(name, recall):
    """F3. Nothing was tuned to test or blind, no reader learned from unseen; the figures: docs/scanner.md."""
    every = 3 if name in {"train", "met", "kinds", "writers", "turns", "everyday"} else 1
    result = evaluate(golden(GOLDEN / f"{name}.tsv")[::every])

    assert result.whole.recall >= recall, [one.text for one in result.missed]
    allowed = {"blind": 0.04, "claimant": 0.05}.get(name, 0.03)
    assert result.whole.false_alarms <= allowed, [one.text for one in result.alarmed]


def test_no_sector_falls_behind_on_sentences_that_no_reader_learned_from():
    """F3. The figures: docs/scanner.md."""
    names = ("test", "check", "unseen", "blind")
    result = evaluate(one for name in names for one in golden(GOLDEN / f"{name}.tsv"))

    for sector, score in result.by_sector.items():
        assert score.recall >= 0.96, sector
        assert score.precision >= 0.95, sector


@pytest.mark.parametrize(
    "text",
    [
        "第二天您发现后杠开裂,这才想起什么都没有留下。",
        "请看下面的意见,修改后重新提交。",
        "补齐之后,案件继续往下走。",
    ],
)
def test_words_that_sell_nothing_are_left_alone(text):
    """F3. What a page or a story says is no advertisement."""
    assert {judged(text, kind) for kind in ("title", "rule", "question", "explanation")} == {"pass"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("为什么说年金险就是换个地方存钱?A.随时取 B.利息高 C.以上全对 答案:C", "block"),
        ("哪款产品稳赚不赔?正确答案:我司鑫享系列", "block"),
        ("基金受存款保险保障吗?正确答案:受,最高五十万", "block"),
        ("下面哪款适合您?A.月月盈,保本保息 B.季季盈,零风险高回报", "block"),
        ("下面哪句话错了?A.月月盈,保本保息 B.理财非存款", "pass"),
        ("“什么病都赔”,这种说法对吗?A.对 B.不对(正确答案B)", "pass"),
        ("下列哪一句违规?A.稳赚不赔 B.投资有风险(答案:A)", "pass"),
        ("宣传“稳赚不赔”,可信吗?正确答案:不可信", "pass"),
        ("听到风声该怎么办?A.立即满仓买入(正确答案) B.不理会", "block"),
        ("R3产品一定不会亏本金。(√)", "block"),
        ("R3产品一定不会亏本金。(×)", "pass"),
        ("存款保险最高偿付限额为100万元。本题正确答案:A.对", "block"),
        ("存款保险最高偿付限额为100万元,对吗?A.对 B.不对", "pass"),
    ],
)
def test_what_a_question_calls_right_is_said_in_its_own_voice(text, expected):
    """F3. A claim asked about is innocent; a claim given as the answer is ours."""
    assert judged(text, "question", "wealth") == expected


@pytest.mark.parametrize(
    ("promise", "honest"),
    [
        ("登记须填姓名、手机号和身份证号,缺一项视为报名无效", "不填身份证号,报名一样有效"),
        ("请在下方输入六位银行卡密码后继续", "任何人索要银行卡密码,请一律拒绝"),
        ("交点钱找中介就能把逾期记录抹掉", "交钱就能把逾期记录抹掉?骗局,别信"),
        ("完整解析转发至朋友圈后再看", "转发与否,都能看到完整解析"),
        ("投保客户日后理赔一律无条件通过", "理赔不会无条件通过,以条款为准"),
    ],
)
@pytest.mark.parametrize("content_type", ["title", "rule", "explanation", "reward", "share_copy"])
def test_a_promise_is_one_wherever_it_stands(promise, honest, content_type):
    """F3. No kind of field buys a promise free, none makes a warning suspect."""
    assert judged(promise, content_type) != "pass"
    assert judged(honest, content_type) == "pass"


def test_a_field_and_a_campaign_are_scanned_in_time():
    field = Text("x", "explanation", "购买前应仔细阅读产品说明书和风险揭示书,任何承诺保本的都要警惕。" * 3)
    scan([field], "bank")
    started = time.process_time()
    scan([Text("y", "explanation", field.text + "。")], "bank")
    one = time.process_time() - started
    fields = [
        Text(f"{n}", "explanation", f"第{n}题:正规机构不会承诺收益,请勿相信稳赚不赔的宣传{n}。")
        for n in range(300)
    ]
    started = time.process_time()
    scan(fields, "bank")
    whole = time.process_time() - started

    assert one < 0.05
    assert whole < 1.5  # half a second on a quiet machine; the suite shares two cores


def test_the_command_reports_bad_rows_and_goes_on(tmp_path, capsys):
    source, target = tmp_path / "cases.tsv", tmp_path / "verdicts.jsonl"
    source.write_text(
        "id\tsector\tcontent_type\ttext\n"
        "a\tbank\ttitle\t保本保息\n"
        "b\tmoon\ttitle\t随便\n"
        "c\tbank\ttitle\t\n"
        "d\tbank\texplanation\t理财不保本\n"
        "e\tall\tshare_copy\t“引号 不成对\n"
        "f\tbank\ttitle\tx\ty\n"
        'g\tall\ttitle\t"他说""保本保息"""\n'
    )

    call_command("scan", input=source, output=target)

    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["a", "d", "e", "g"]
    assert lines[0]["verdict"] == "block"
    assert lines[0]["findings"][0].keys() == {
        "rule", "category", "severity", "start", "end", "matched", "article", "suggestion",
    }  # fmt: skip
    assert lines[1] == {"id": "d", "verdict": "pass", "findings": []}
    assert lines[3]["findings"][0]["start"] == 3
    complaints = capsys.readouterr().err
    assert "line 3" in complaints
    assert "line 4" in complaints
    assert "line 7" in complaints


def test_a_table_without_texts_is_refused(tmp_path):
    source = tmp_path / "cases.tsv"
    source.write_text("id\tsector\n")

    with pytest.raises(CommandError):
        call_command("scan", input=source, output=tmp_path / "out")


def test_every_rule_cites_an_article_of_the_library():

    pack = default_pack()
    cited = {rule.article for rule in (*pack.terms, *pack.patterns)}

    assert not sorted(article for article in cited if article not in articles())


def test_a_pattern_is_skipped_only_where_it_cannot_match():
    views = [normalise(one.text).text for name in ("train", "test") for one in golden(GOLDEN / f"{name}.tsv")]

    for pattern in default_pack().patterns:
        for view in views:
            assert not pattern.expression.search(view) or pattern.may_match(frozenset(view))


@pytest.mark.parametrize(
    "words",
    [
        "我行",
        "骗子说我行",
        "新理财",
        "我们",
        "稳赚我行,",
        "“本行",
        "1",
        "一",
        "10万",
        "邀请",
        "的",
        "填写您的",
        "身份证号",
        "稳",
        "每天",
        "、",
        "\u202e",
        "𠮷",
        "(",
    ],
)
def test_no_text_makes_the_scanner_hang(words):
    started = time.process_time()

    scan([Text("x", "title", words * (3000 // len(words)))], "all")

    assert time.process_time() - started < 5


def test_a_long_field_costs_no_more_a_character_than_a_short_one():
    """F3. Counted in steps, not in seconds: twelve times the text, at most some fifteen times the work."""

    def steps(text: str) -> int:
        counter = cProfile.Profile()
        counter.runcall(scan, [Text("x", "explanation", text)], "all", reword=False)
        return pstats.Stats(counter).total_calls

    sentence = "稳赚不赔,保本保息!年化8%。"
    scan([Text("x", "explanation", sentence)], "all")

    assert steps(sentence * 360) < 15 * steps(sentence * 30)


def test_the_command_needs_no_installation(tmp_path):
    source, target = tmp_path / "cases.tsv", tmp_path / "verdicts.jsonl"
    source.write_text("text\n稳赚不赔\n", encoding="utf-8")

    subprocess.run(
        [sys.executable, "manage.py", "scan", "--input", source, "--output", target],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=True,
    )

    assert json.loads(target.read_text())["verdict"] == "block"
