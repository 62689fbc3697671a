"""Presets (活动模板): campaigns to start from. One file in `presets/` each; adding one edits nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from campaigns.bank import question_bank
from campaigns.games.base import Json, Words
from kernel.errors import NotFound
from kernel.fingerprint import fingerprint

_FOLDER = Path(__file__).parent / "presets"

SCENES = {
    "knowledge": Words("知识科普", "Education"),
    "acquire": Words("获客", "New customers"),
    "retain": Words("留存", "Loyalty"),
    "refer": Words("老客推荐", "Referral"),
}

# What every campaign of a sector says, whatever it is about.
_ALWAYS = ("D-ALL-01", "D-ALL-05", "D-ALL-09", "D-ALL-10", "D-ALL-16")
_OF_SECTOR = {
    "bank": ("D-BANK-11",),
    "insurance": ("D-INS-01", "D-INS-09"),
    "securities": ("D-SEC-01", "D-SEC-09", "D-SEC-10"),
    "wealth": ("D-BANK-01", "D-BANK-11"),
}


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Compliance looked at exactly this preset: its fingerprint, the rule pack, and how long that holds."""

    fingerprint: str
    pack: str
    on: date
    until: date


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certified starting point. `services` names the kind of free service each award stands for."""

    label: str
    label_en: str
    scene: str
    sectors: tuple[str, ...]
    teaches: str
    teaches_en: str
    content: Json
    services: dict[str, str] = {}
    questions: tuple[str, ...] = ()
    days: int = 30  # how long a campaign runs unless its maker says otherwise
    certificate: Certificate | None = None
    key: str = ""

    @property
    def fingerprint(self) -> str:
        """Names everything a customer could read or earn through this preset, its questions included."""
        questions = [question_bank()[key].as_setting() for key in self.questions]
        return fingerprint(
            {
                "content": self.content,
                "questions": questions,
                "services": self.services,
                "sectors": list(self.sectors),
            }
        )

    def is_certified(self, today: date) -> bool:
        """Whether the certificate names what the preset says now and is in force."""
        given = self.certificate
        return given is not None and given.fingerprint == self.fingerprint and today <= given.until

    def draft(self, *, sector: str, today: date) -> Json:
        """A draft for an institution of this sector, complete but for the benefit and the channels."""
        content: Json = msgspec.json.decode(msgspec.json.encode(self.content))
        if self.questions:
            content["settings"]["questions"] = [question_bank()[key].as_setting() for key in self.questions]
        wanted = [*_OF_SECTOR[sector], *content.get("disclaimers", ()), *_ALWAYS]
        return {
            **content,
            "disclaimers": list(dict.fromkeys(wanted)),
            "notice": "service_booking",
            "awards": {},
            "channels": [],
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=self.days)).isoformat(),
        }


@cache
def presets() -> dict[str, Preset]:
    """Every preset by its key."""
    files = sorted(_FOLDER.glob("*.json"))
    read = (msgspec.json.decode(file.read_bytes(), type=Preset) for file in files)
    return {
        file.stem: msgspec.structs.replace(preset, key=file.stem)
        for file, preset in zip(files, read, strict=True)
    }


def presets_for(sector: str, today: date) -> list[Preset]:
    """The presets offered to an institution of this sector: certified ones only (F60)."""
    return [
        preset for preset in presets().values() if sector in preset.sectors and preset.is_certified(today)
    ]


def preset_called(key: str) -> Preset:
    """Raises NotFound."""
    try:
        return presets()[key]
    except KeyError:
        raise NotFound from None
