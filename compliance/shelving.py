"""Putting the shipped library into the database: a changed wording is a new version, nothing is rewritten."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance.library import WORDED, wording_name, wording_of

FILE = Path(__file__).parent / "data" / "regulations.tsv"


def shelve(article_model: Any, version_model: Any, *, now: datetime, using: str) -> int:
    """Load the rows of the file; how many versions are new. Models are handed in, for migrations' sake."""
    fresh = 0
    with FILE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            wording = wording_of(row)
            article, _made = article_model.objects.using(using).update_or_create(
                key=row["id"],
                defaults={
                    "section": row["section"][:80],
                    "law": row["law"][:200],
                    "sectors": row["binds"][:80],
                },
            )
            named = wording_name(wording)
            versions = version_model.objects.using(using).filter(article=article)
            last = versions.order_by("-number").first()
            if last is not None and wording_name({part: getattr(last, part) for part in WORDED}) == named:
                continue
            version_model.objects.using(using).create(
                article=article,
                number=(last.number if last else 0) + 1,
                fingerprint=named,
                published_at=now,
                **wording,
            )
            fresh += 1
    return fresh
