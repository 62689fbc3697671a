"""What keeps a simulation from being submitted: every way must end, and the wise one well."""

from __future__ import annotations

from campaigns.games.base import Problem, broken
from campaigns.games.simulation.paths import circles, reachable
from campaigns.games.simulation.settings import (
    CLAIM_SENTENCE,
    MISSED,
    MOST_NODES,
    REACHED,
    Node,
    Option,
    Settings,
)

FEWEST, FEWEST_OF_A_CLAIM = 4, 8
MOST_OPTIONS = 4


def problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, each with its place."""
    found = [*_whole(settings), *_limits(settings)]
    known = {node.id for node in settings.nodes}
    for place, node in enumerate(settings.nodes):
        found += _node(f"nodes.{place}", node)
        for number, option in enumerate(node.options):
            found += _option(f"nodes.{place}.options.{number}", option, known)
    return [*found, *_ways(settings)]


# fmt: off
def _whole(settings: Settings) -> list[Problem]:
    ids = [node.id for node in settings.nodes]
    fewest = FEWEST_OF_A_CLAIM if settings.is_claim else FEWEST
    said = settings.closing.replace(" ", "").replace(",", "，")
    return broken(
        (len(ids) >= fewest, "nodes", "too_few_nodes",
         f"理赔流程模拟至少需要{fewest}个情景" if settings.is_claim else f"至少需要{fewest}个情景",
         f"At least {fewest} scenes are needed"),
        (len(ids) <= MOST_NODES, "nodes", "too_many_nodes", f"情景最多{MOST_NODES}个",
         f"No more than {MOST_NODES} scenes"),
        (len(set(ids)) == len(ids), "nodes", "node_id_twice", "有两个情景使用了同一个编号",
         "Two scenes share one id"),
        (any(node.is_ending and node.outcome == REACHED for node in settings.nodes), "nodes",
         "no_good_ending", "至少需要一个妥善结局", "At least one good ending is needed"),
        (not settings.is_claim or CLAIM_SENTENCE in said, "closing", "claim_sentence_missing",
         f"内容涉及理赔，结束语须包含“{CLAIM_SENTENCE}”",
         f"This walks through a claim: the closing sentence must contain “{CLAIM_SENTENCE}”"),
        (len(settings.closing) <= 120, "closing", "too_long", "结束语最多120字", "At most 120 characters"),
    )


def _limits(settings: Settings) -> list[Problem]:
    return broken(
        (0 <= settings.most_detours <= 20, "most_detours", "out_of_range", "允许不够稳妥的选择次数应为0到20",
         "The number of less sound choices allowed must be between 0 and 20"),
        (1 <= settings.attempts <= 10, "attempts", "out_of_range", "可参与次数应为1到10",
         "Attempts must be between 1 and 10"),
    )


def _node(at: str, node: Node) -> list[Problem]:
    letters = [option.id for option in node.options]
    texts = [option.text.strip() for option in node.options]
    decides = len(letters) > 1
    checks = [
        (0 < len(node.id) <= 40, "id", "bad_id", "情景编号应为1到40个字符",
         "A scene id has 1 to 40 characters"),
        (bool(node.title.strip()), "title", "empty", "请填写情景标题", "The scene's title is empty"),
        (len(node.title) <= 20, "title", "too_long", "情景标题最多20字", "At most 20 characters"),
        (bool(node.text.strip()), "text", "empty", "请写明客户遇到的情况", "Describe the situation"),
        (len(node.text) <= 300, "text", "too_long", "情景描述最多300字", "At most 300 characters"),
        (len(letters) <= MOST_OPTIONS, "options", "option_count", f"每个情景最多{MOST_OPTIONS}个选择",
         f"A scene has at most {MOST_OPTIONS} options"),
        (len(set(letters)) == len(letters) and all(len(letter) == 1 for letter in letters), "options",
         "bad_id", "选择的编号应为互不相同的一个字母", "Option ids are single, different letters"),
        (len(set(texts)) == len(texts), "options", "option_twice", "有两个选择内容相同",
         "Two options say the same"),
        (node.is_ending or _names_some(node.answer, letters), "answer", "no_answer", "请勾选稳妥的选择",
         "Tick the wise option"),
        (not node.is_ending or node.outcome in (REACHED, MISSED), "outcome", "dead_end",
         "没有选择的情景就是结局，请选择结局类型；不是结局的请添加选择",
         "A scene without options is an ending: say which kind, or add options"),
        (not decides or bool(node.explanation.strip()), "explanation", "empty",
         "要客户选择的情景都要有知识讲解", "Every decision needs an explanation"),
        (len(node.explanation) <= 500, "explanation", "too_long", "知识讲解最多500字",
         "At most 500 characters"),
        (not node.explanation.strip() or bool(node.article.strip()), "article", "empty",
         "知识讲解要注明法规依据", "An explanation must cite an article"),
    ]
    return broken(*((holds, f"{at}.{path}", code, zh, en) for holds, path, code, zh, en in checks))


def _names_some(answer: str, letters: list[str]) -> bool:
    return bool(answer) and set(answer) <= set(letters) and len(set(answer)) == len(answer)


def _option(at: str, option: Option, known: set[str]) -> list[Problem]:
    return broken(
        (bool(option.text.strip()), f"{at}.text", "empty", "请填写这个选择", "The option is empty"),
        (len(option.text) <= 80, f"{at}.text", "too_long", "选择最多80字", "At most 80 characters"),
        (option.to in known, f"{at}.to", "no_target", "请选择接下来去哪个情景",
         "Choose the scene it leads to"),
        (bool(option.remark.strip()), f"{at}.remark", "empty", "请写一句即时点评", "Write the remark"),
        (len(option.remark) <= 200, f"{at}.remark", "too_long", "即时点评最多200字",
         "At most 200 characters"),
        (len(option.gains) <= 16, f"{at}.gains", "too_long", "放入案卷的内容最多16字",
         "At most 16 characters"),
    )


def _ways(settings: Settings) -> list[Problem]:
    """About the ways through the case as a whole."""
    met, wisely = reachable(settings), reachable(settings, wisely=True)
    found = broken(*(
        (False, f"nodes.{place}.options.{number}.to", "goes_round",
         "这个选择会绕回走过的情景，客户可能走不完；请改为通向后面的情景",
         "This leads back to where the customer has been; lead on to a later scene")
        for place, number in circles(settings)
    ))
    for place, node in enumerate(settings.nodes):
        found += broken(
            (node.id in met, f"nodes.{place}", "unreachable", "没有任何选择通向这个情景",
             "No option leads to this scene"),
            (not node.is_ending or node.id not in wisely or node.outcome != MISSED, f"nodes.{place}.outcome",
             "wise_way_misses", "一路选择稳妥做法会走到这里，结局应为圆满",
             "Choosing wisely all the way ends here: it must be a good ending"),
        )
    return found
# fmt: on
