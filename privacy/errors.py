"""Refusals that more than one use case of this room speaks."""

from __future__ import annotations

from kernel.errors import DomainError, TooMany


class Forgotten(DomainError):
    """The person asked to be forgotten, or their time was up."""

    code = "forgotten"
    status = 410
    zh = "您的个人信息已按要求删除。如需再次参与，请重新打开活动链接。"
    en = "Your personal data was deleted as asked. To take part again, open the campaign link anew."


class ConsentMissing(DomainError):
    """Something was asked of a person who has not agreed to it."""

    code = "consent_missing"
    status = 409
    zh = "请先阅读并同意个人信息告知。"
    en = "Please read the notice and agree first."


class PhoneNotVerified(DomainError):
    """A booking needs a verified number."""

    code = "phone_not_verified"
    status = 409
    zh = "请先验证手机号。"
    en = "Please verify your mobile number first."


class NumberPaced(TooMany):
    """This number had enough texts for now. Whoever may not learn that the number is known is not told."""
