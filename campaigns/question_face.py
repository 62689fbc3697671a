"""How a question of the library shows itself to reviewers, and where a campaign's questions come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import QuestionVersion
from campaigns.player.wording import day_typed
from campaigns.question_content import sector_words, texts_of_question
from campaigns.question_library import Source, sources_of
from compliance.library import articles
from compliance.scanner import Text
from compliance.subjects import Content, Difference, Part, Section

_GRAVE = ("answer", "article", "options")


class QuestionFace:
    """Registered for subjects of kind "question"."""

    kind = "question"
    screens: Mapping[str, str | Promise] = {
        "question": gettext_lazy("作答前"),
        "right": gettext_lazy("答对后"),
        "wrong": gettext_lazy("答错后"),
    }

    def preview_url(self, subject_id: UUID, fingerprint: str) -> str:
        versions = QuestionVersion.objects.filter(question_id=subject_id, fingerprint=fingerprint)
        number = versions.values_list("number", flat=True).first()
        if number is None:
            return ""
        return reverse("preview:question", kwargs={"question_id": subject_id, "number": number})

    def sections(self, content: Content) -> list[Section]:
        asked = [Part("text", _("题干"), content["text"]), *_options(content)]
        basis = [
            Part("explanation", _("知识讲解"), content["explanation"]),
            Part("article", _("法规依据"), _article(content)),
        ]
        return [
            Section(_("题目"), asked, "question"),
            Section(_("解读与依据"), basis, "right"),
            Section(_("归类与有效期"), _filing(content)),
        ]

    def texts(self, contents: Sequence[Content]) -> list[list[Text] | None]:
        return [texts_of_question(content) for content in contents]

    def differences(self, before: Content | None, after: Content) -> list[Difference]:
        if before is None:
            return []
        old, new = _fields(before), _fields(after)
        return [
            Difference(
                path=path,
                kind="changed" if path in old and path in new else "added" if path in new else "removed",
                label=(new.get(path) or old[path])[0],
                before=old[path][1] if path in old else "",
                after=new[path][1] if path in new else "",
                grave=path.startswith(_GRAVE),
            )
            for path in [*new, *(path for path in old if path not in new)]
            if old.get(path) != new.get(path)
        ]


def source_parts(questions: list[Mapping[str, Any]]) -> list[Part]:
    """For each question of a campaign: of the library, or written for this campaign alone."""
    return [
        Part(f"settings.questions.{place}.source", _("来源"), _source(source))
        for place, source in enumerate(sources_of(questions))
    ]


def _source(source: Source | None) -> str:
    if source is None:
        return _("本活动自写，未入题库")
    if not source.number:
        return _("平台题库 %(code)s") % {"code": source.code}
    return _("本机构题库 %(code)s，第%(number)s版") % {"code": source.code, "number": source.number}


def _options(content: Content) -> list[Part]:
    return [
        Part(
            f"options.{place}.text",
            _("选项%(id)s") % {"id": option["id"]},
            option["text"],
            correct=option["id"] in content["answer"],
        )
        for place, option in enumerate(content["options"])
    ]


def _filing(content: Content) -> list[Part]:
    begins, ends = day_typed(content["valid_from"]), day_typed(content["valid_until"])
    period = f"{begins or '…'} – {ends or '…'}" if begins or ends else _("长期有效")
    return [
        Part("topic", _("知识点"), content["topic"]),
        Part("sectors", _("适用业态"), sector_words(content["sectors"])),
        Part("valid_from", _("有效期"), period),
    ]


def _article(content: Content) -> str:
    known = articles().get(content["article"])
    law = known.law if known else content["article"]
    return _("%(law)s（%(key)s，第%(number)s版）") % {
        "law": law,
        "key": content["article"],
        "number": content["article_version"],
    }


def _fields(content: Content) -> dict[str, tuple[str, str]]:
    """Every field a reviewer reads, by its path: its label and its words."""
    parts = [*_options(content), *_filing(content)]
    return {
        "text": (_("题干"), content["text"]),
        **{part.path: (part.label, part.text) for part in parts},
        "answer": (_("正确答案"), content["answer"]),
        "explanation": (_("知识讲解"), content["explanation"]),
        "article": (_("法规依据"), _article(content)),
    }
