"""Train the second reader again from the labelled sentences, the library and the lexicon."""

from typing import Any

from django.core.management.base import BaseCommand

from compliance.evaluation import GOLDEN, TRAINING, Labelled, golden
from compliance.library import articles, disclaimers
from compliance.scanner import default_pack, kinship
from compliance.scanner.likeness import DATA
from compliance.scanner.normalise import normalise
from compliance.scanner.training import Example, framed, train


class Command(BaseCommand):
    help = "Retrains compliance/data/likeness.tsv and kinship.tsv; the same data give the same files."

    def handle(self, **options: Any) -> None:
        # a wrong figure is for the figures' check: here all numbers look alike
        sentences = [
            one
            for name in TRAINING
            for one in golden(GOLDEN / f"{name}.tsv")
            if one.category != "factual_error"
        ]
        weights = train(_examples(sentences))
        lines = ["gram\tweight", *(f"{gram}\t{weight}" for gram, weight in weights.items())]
        DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")
        kinds = kinship.learned(
            (kinship.pieces_of(normalise(one.text).text), one.category)
            for one in sentences
            if one.offends and one.category in default_pack().categories
        )
        rows = ["category\tpiece\tweight", *("\t".join(map(str, row)) for row in kinds)]
        kinship.DATA.write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(weights)} weights from {len(sentences)} sentences")


def _examples(sentences: list[Labelled]) -> list[Example]:
    labelled = [Example(one.text, one.offends, 3.0) for one in sentences]
    background = [Example(one.text, False, 1.0) for one in disclaimers().values()]
    background += [Example(one.requirement, False, 1.0) for one in articles().values()]
    background += [
        Example(term.term, True, 0.4)
        for term in default_pack().terms
        if term.severity == "block" and len(term.term) >= 4
    ]
    return [*labelled, *framed(labelled), *background]
