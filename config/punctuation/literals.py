"""String literals as they stand in a source: quotation marks and escapes are not part of the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kernel.punctuation import Edit, Span, edits

_ESCAPE = re.compile(r"\\.", re.DOTALL)


def edits_within(source: str, bodies: Sequence[Span]) -> Iterator[Edit]:
    """Changes to one sentence, maybe in several pieces; what lies between them is looked through."""
    if not bodies:
        return
    first, last = bodies[0][0], bodies[-1][1]
    # An escaped line break ends a line of the text; two real ones are as long.
    text = source[first:last].replace("\\n", "\n\n")
    hidden = [(hit.start(), hit.end()) for hit in _ESCAPE.finditer(text)]
    hidden += [(end - first, begin - first) for (_, end), (begin, _) in pairwise(bodies)]
    for change in edits(text, hidden):
        yield Edit(change.begin + first, change.end + first, change.new)
