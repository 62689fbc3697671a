"""The ways through a case: what can be reached, what goes round in circles, how far it is at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaigns.games.simulation.settings import MOST_NODES, Node, Settings


def reachable(settings: Settings, *, wisely: bool = False) -> set[str]:
    """Every node that some way leads to; `wisely`: choosing wise options only."""
    nodes = {node.id: node for node in settings.nodes}
    found: set[str] = set()
    waiting = [node.id for node in settings.nodes[:1]]
    while waiting:
        here = waiting.pop()
        if here in found or here not in nodes:
            continue
        found.add(here)
        node = nodes[here]
        waiting += [option.to for option in node.options if not wisely or option.id in node.answer]
    return found


def circles(settings: Settings) -> Iterator[tuple[int, int]]:
    """The options (node, option) that lead back to where their own way has passed."""
    places = {node.id: place for place, node in enumerate(settings.nodes)}
    done: set[int] = set()
    for start in range(len(settings.nodes)):
        on_the_way: list[int] = []
        steps = [(start, 0)] if start not in done else []
        while steps:
            place, number = steps.pop()
            if number == 0:
                on_the_way.append(place)
            options = settings.nodes[place].options
            if number == len(options):
                on_the_way.pop()
                done.add(place)
                continue
            steps.append((place, number + 1))
            onward = places.get(options[number].to)
            if onward is None or onward in done:
                continue
            if onward in on_the_way:
                yield place, number
            else:
                steps.append((onward, 0))


def most_steps(settings: Settings, start: str) -> int:
    """How many choices lie ahead at most. A draft that goes in circles counts each node once; one that is too
    long is not measured.
    """
    if len(settings.nodes) > MOST_NODES:
        return 0
    return _most_steps({node.id: node for node in settings.nodes}, start, {})


def _most_steps(nodes: Mapping[str, Node], here: str, known: dict[str, int]) -> int:
    if here not in nodes:
        return 0
    if here not in known:
        known[here] = 0
        onward = [_most_steps(nodes, option.to, known) for option in nodes[here].options]
        known[here] = 1 + max(onward) if onward else 0
    return known[here]
