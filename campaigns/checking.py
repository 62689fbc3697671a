"""All that is wrong or risky in a draft, said where it is: shape, references, and the compliance scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from campaigns.content import Content, Unreadable, articles_of, problems_of, read_content, texts_of
from campaigns.form_fields import form_problems
from campaigns.games.base import Problem, Words
from campaigns.mechanics import STRANGE, lines_crossed, shape_of
from campaigns.models import Campaign
from campaigns.promises import awards_without_service, broken_promises, open_passages
from campaigns.question_checking import library_advice, library_problems
from compliance.disputes import disputes_among
from compliance.models import Dispute
from compliance.queries import article_exists, disclaimer_texts, finding_key, pack_in_force
from compliance.scanner import Excuse, Finding, scan, scan_with_excused
from compliance.scanner.matter import Shape, Text
from compliance.withdrawals import version_of_text, withdrawn_articles, withdrawn_versions
from privacy.queries import notice_in_force
from rewards.queries import benefits_by_id


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of one check. A draft with a problem or a blocking finding cannot be submitted."""

    content: Content | None
    problems: Sequence[Problem]
    findings: Sequence[Finding]
    advice: Sequence[Problem] = ()
    disputed: Mapping[str, Dispute] = field(default_factory=dict)
    excused: Sequence[Excuse] = ()

    @property
    def blocking(self) -> list[Finding]:
        """What must be changed first; not what its author asked reviewers to judge."""
        return [one for one in self.findings if one.severity == "block" and not self.is_disputed(one)]

    def is_disputed(self, finding: Finding) -> bool:
        return finding_key(asdict(finding)) in self.disputed

    @property
    def is_clear(self) -> bool:
        return self.content is not None and not self.problems and not self.blocking


def check(written: Mapping[str, Any], *, sector: str, now: datetime) -> Checked:
    """What keeps this draft from being submitted, and what a reviewer would frown at."""
    problems = problems_of(written)
    try:
        content = read_content(written)
    except Unreadable:
        return _strange(written, problems, sector)
    problems = [*problems, *_sector_problems(content, sector), *_reference_problems(content)]
    problems = [*problems, *open_passages(content, _services(content)), *broken_promises(content)]
    problems = [*problems, *awards_without_service(content, content.frame.awards)]
    problems = [*problems, *_withdrawn_problems(content), *library_problems(content, now=now)]
    advice = [
        Problem(f"settings.{one.path}", one.code, one.words) for one in content.game.advice(content.settings)
    ]
    advice += library_advice(content, now=now)
    lines = lines_crossed(written, problems, sector)
    placed = {line.rule for line in lines}
    read, excused = scan_with_excused(
        texts_read([content])[0], sector, shape=shapes_read([content])[0], pack=pack_in_force()
    )
    found = [*lines, *(one for one in read if one.rule not in placed)]
    return Checked(content, _unexplained(problems, found), found, advice, excused=excused)


def _strange(written: Mapping[str, Any], problems: Sequence[Problem], sector: str) -> Checked:
    found = lines_crossed(written, problems, sector)
    return Checked(None, _unexplained(problems, found), found)


def _unexplained(problems: Sequence[Problem], found: Sequence[Finding]) -> list[Problem]:
    """Without those names that nobody knows for which a rule says what is wrong with them."""
    told = {finding.path for finding in found if finding.rule.startswith("ST-")}
    return [problem for problem in problems if problem.code not in STRANGE or problem.path not in told]


def check_campaign(campaign: Campaign, *, sector: str, now: datetime) -> Checked:
    """As `check`, with what the author has asked reviewers to judge as a false alarm."""
    checked = check(campaign.draft, sector=sector, now=now)
    if checked.content is None or not checked.blocking:
        return checked
    found = [asdict(one) for one in checked.blocking]
    return replace(checked, disputed=disputes_among(campaign.ref, found, texts_by_path(checked.content)))


def texts_by_path(content: Content) -> dict[str, str]:
    """The words of every field that the scan reads."""
    return {text.path: text.text for text in texts_read([content])[0]}


def scan_content(content: Content, *, sector: str) -> list[Finding]:
    """The compliance scan over every text a customer may read, and over the mechanics."""
    return scan(texts_read([content])[0], sector, shape=shapes_read([content])[0], pack=pack_in_force())


def texts_read(contents: Sequence[Content]) -> list[list[Text]]:
    """What the scan of each reads: its own texts, and the words of the services it promises. One query."""
    known = _promised(contents)
    return [[*scannable(content), *_benefit_texts(content, known)] for content in contents]


def shapes_read(contents: Sequence[Content]) -> list[Shape]:
    """The mechanics of each, as the scan reads them. One query."""
    known = _promised(contents)
    return [
        shape_of(
            content,
            services=[
                known[reward.benefit].service
                for reward in content.frame.awards.values()
                if reward.benefit in known
            ],
        )
        for content in contents
    ]


def scannable(content: Content) -> list[Text]:
    """Every text a customer may read, as the scanner takes it."""
    return [
        Text(text.path, text.content_type, text.text, group=text.group, correct=text.correct)
        for text in texts_of(content)
    ]


def _promised(contents: Sequence[Content]) -> Mapping[UUID, Any]:
    promised = {reward.benefit for content in contents for reward in content.frame.awards.values()}
    return benefits_by_id(sorted(promised)) if promised else {}


def _benefits(content: Content) -> dict[UUID, Any]:
    return benefits_by_id([reward.benefit for reward in content.frame.awards.values()])


def _benefit_texts(content: Content, known: Mapping[UUID, Any]) -> list[Text]:
    return [
        Text(f"awards.{award}", "reward", f"{known[reward.benefit].title}。{known[reward.benefit].summary}")
        for award, reward in content.frame.awards.items()
        if reward.benefit in known
    ]


def _services(content: Content) -> list[tuple[str, Any]]:
    known = _benefits(content)
    return [
        (award, known[reward.benefit])
        for award, reward in content.frame.awards.items()
        if reward.benefit in known
    ]


def _sector_problems(content: Content, sector: str) -> list[Problem]:
    refusal = content.game.not_for.get(sector)
    return [Problem("game", "game_not_for_sector", refusal)] if refusal else []


def _reference_problems(content: Content) -> list[Problem]:
    """What the content leans on must exist: articles, services, disclaimers, the notice."""
    frame, known = content.frame, _benefits(content)
    gone = Words(
        "没有这个法规编号，请从法规库中选择", "There is no such article; choose one from the law library"
    )
    retired = Words("这项服务已停止提供，请另选", "This service is no longer offered; choose another")
    unknown = Words("没有这条风险提示", "There is no such disclaimer")
    found = [
        Problem(cited.path, "no_such_article", gone)
        for cited in articles_of(content)
        if cited.article and not article_exists(cited.article)
    ]
    found += [
        Problem(f"awards.{award}", "no_such_benefit", retired)
        for award, reward in frame.awards.items()
        if reward.benefit not in known or not known[reward.benefit].is_active
    ]
    sentences = disclaimer_texts(frame.disclaimers)
    found += [
        Problem("disclaimers", "no_such_disclaimer", unknown)
        for key in frame.disclaimers
        if key not in sentences
    ]
    notice = notice_in_force(frame.notice) if frame.notice else None
    if frame.contact_fields and notice is None:
        words = Words("收集信息前必须有个人信息告知", "Collecting personal data needs a privacy notice")
        found.append(Problem("contact_fields", "no_notice", words))
    return [*found, *form_problems(content, notice)]


def _withdrawn_problems(content: Content) -> list[Problem]:
    """Articles, sentences and notices that two colleagues withdrew, until their text is another."""
    withdrawn = withdrawn_versions()
    if not withdrawn:
        return []
    words = Words("这条提示语已撤回，请更换", "This sentence was withdrawn; choose another")
    found = [
        Problem("disclaimers", "disclaimer_withdrawn", words)
        for key, sentence in disclaimer_texts(content.frame.disclaimers).items()
        if ("disclaimer", key, version_of_text(sentence)) in withdrawn
    ]
    notice = notice_in_force(content.frame.notice) if content.frame.notice else None
    if notice is not None and ("notice", notice.key, notice.fingerprint) in withdrawn:
        words = Words("个人信息告知已撤回，请先发布新版本", "The privacy notice was withdrawn; publish anew")
        found.append(Problem("notice", "notice_withdrawn", words))
    cited = [one for one in articles_of(content) if one.article]
    gone = withdrawn_articles(one.article for one in cited)
    words = Words("这一条法规已由本机构撤回，请改引", "Your institution withdrew this article; cite another")
    return [*found, *(Problem(one.path, "article_withdrawn", words) for one in cited if one.article in gone)]
