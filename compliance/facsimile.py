"""A reviewed content on paper: every screen in a phone's frame, the same bytes whenever it is drawn."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from compliance.models import Review
from compliance.screens import Screen, screens_of
from kernel.paper import printed
from kernel.timekeeping import SHANGHAI
from tenancy.brand import palette
from tenancy.models import Institution

TEMPLATE = Path(__file__).parent / "pages.typ"
LONG_SCREEN = 420  # signs; longer ones may run over to the next column


def facsimile(review: Review, *, institution: Institution, number: int) -> bytes:
    """The PDF of one version, in Chinese. Raises typst.TypstError."""
    colors = palette(str(institution.brand.get("color", "")))
    with override("zh-hans"):
        screens = screens_of(
            review.subject_kind, review.content, institution=institution, at=review.submitted_at
        )
        told = {
            "title": review.title,
            "institution": institution.name,
            "surface": colors.surface,
            "on_surface": colors.on_surface,
            "color": colors.text,
            "soft": colors.soft,
            "version": _("第 %(n)s 版") % {"n": number},
            "submitted": f"{_('送审时间')} {review.submitted_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "certificate": f"{_('审核编号')} {review.certificate or _('未通过,无编号')}",
            "fingerprint": f"{_('内容指纹')} {review.fingerprint}",
            "right": _("正确"),
            "screens": [
                _screen(screen, place, len(screens)) for place, screen in enumerate(screens, start=1)
            ],
        }
    return printed(TEMPLATE, told, at=review.submitted_at)


def _screen(screen: Screen, place: int, count: int) -> dict[str, object]:
    return {
        "name": f"{place} / {count}  {screen.name}",
        "long": sum(len(line.text) for line in screen.lines) > LONG_SCREEN,
        "lines": [{"style": line.style, "text": line.text} for line in screen.lines],
    }
