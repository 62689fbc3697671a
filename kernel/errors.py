"""Errors that a person can act on, with a code that a machine can act on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import get_language


class DomainError(Exception):
    """Base of every refusal of ours.

    A child names what went wrong, says it in Chinese and English (``zh``, ``en``; ``{name}`` is filled
    from the details) and carries a stable ``code`` and an HTTP ``status``. Doors never catch it:
    ``kernel.problem`` renders it as RFC 9457 problem+json or as a friendly page.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    zh: ClassVar[str] = "现在不能这样做。"
    en: ClassVar[str] = "This cannot be done now."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    def message(self, language: str | None = None) -> str:
        """The sentence for people in the asked (or the active) language."""
        chosen = language or get_language() or "zh-hans"
        sentence = self.en if chosen.startswith("en") else self.zh
        return sentence.format(**self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


class BadRequest(DomainError):
    """The request cannot be read."""

    code = "bad_request"
    status = 400
    zh = "提交的内容无法识别，请检查后重试。"
    en = "The request could not be read. Please check it and try again."


class NotFound(DomainError):
    """Nothing of that name here — also what an outsider is told."""

    code = "not_found"
    status = 404
    zh = "没有找到您要的内容。"
    en = "What you asked for was not found."


class Denied(DomainError):
    """The actor's role does not allow the deed; ``reason`` says which permission is missing."""

    code = "denied"
    status = 403
    zh = "您的岗位没有这项权限（{permission}）。如需办理，请联系机构管理员。"
    en = "Your role does not include this permission ({permission}). Please ask your administrator."

    def __init__(self, *, permission: str, **details: Any) -> None:
        super().__init__(permission=permission, **details)


class TooMany(DomainError):
    """A rate limit was hit; ``seconds`` says how long to wait."""

    code = "too_many_requests"
    status = 429
    zh = "操作过于频繁，请在 {wait}后再试。"
    en = "Too many requests. Please try again in {wait}."

    def __init__(self, *, seconds: int, **details: Any) -> None:
        super().__init__(seconds=seconds, **details)

    def message(self, language: str | None = None) -> str:
        """The sentence, with the wait in a unit that people use."""
        chosen = language or get_language() or "zh-hans"
        english = chosen.startswith("en")
        count, unit = _spoken_wait(int(self.details["seconds"]))
        wait = f"{count} {unit[1] if count == 1 else unit[1] + 's'}" if english else f"{count} {unit[0]}"
        return (self.en if english else self.zh).format(**self.details, wait=wait)


class TooManyHere(TooMany):
    """Many people share one network, and its limit was hit: nobody's own fault, so nobody is blamed."""

    zh = "同一网络下操作的人较多，请等 {wait}再试，或换一个网络。"
    en = "Many people are here from one network. Please try again in {wait}, or use another network."


def _spoken_wait(seconds: int) -> tuple[int, tuple[str, str]]:
    """90 seconds as they are, longer waits in minutes and hours, rounded up."""
    if seconds <= 90:
        return seconds, ("秒", "second")
    minutes = -(-seconds // 60)
    return (minutes, ("分钟", "minute")) if minutes <= 90 else (-(-minutes // 60), ("小时", "hour"))


class Unavailable(DomainError):
    """Something we depend on does not answer; nothing was changed."""

    code = "unavailable"
    status = 503
    zh = "服务暂时不可用，您的内容没有丢失，请稍后再试。"
    en = "The service is briefly unavailable. Nothing was lost; please try again soon."
