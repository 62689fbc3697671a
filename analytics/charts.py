"""The geometry of a line chart: numbers in, SVG coordinates out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 30


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: the line, the area under it, and its dots while they are few."""

    name: str
    path: str
    area: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class TimeChart:
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def time_chart(days: Sequence[date], series: Sequence[tuple[str, Sequence[int]]]) -> TimeChart:
    """A chart of one or more series over consecutive days."""
    top = nice_top(max((value for _name, values in series for value in values), default=0))
    spread = max(len(days) - 1, 1)

    def x_of(place: int) -> float:
        middle = (WIDTH - RIGHT + LEFT) / 2
        return round(LEFT + (WIDTH - RIGHT - LEFT) * place / spread, 1) if len(days) > 1 else middle

    def y_of(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)

    lines = []
    for name, values in series:
        points = [(x_of(place), y_of(value)) for place, value in enumerate(values)]
        path = "M" + " L".join(f"{x} {y}" for x, y in points) if points else ""
        area = f"{path} L{points[-1][0]} {y_of(0)} L{points[0][0]} {y_of(0)} Z" if points else ""
        dots = tuple(Dot(x, y, str(value)) for (x, y), value in zip(points, values, strict=True))
        lines.append(Line(name, path, area, dots if len(dots) <= 31 else ()))
    step = max(1, -(-len(days) // 8))
    across = tuple(
        Tick(x_of(place), HEIGHT - BOTTOM + 18, f"{day.month}/{day.day}")
        for place, day in enumerate(days)
        if place % step == 0
    )
    up = tuple(Tick(LEFT - 8, y_of(value), f"{value:,}") for value in _marks(top))
    return TimeChart(tuple(lines), across, up)


def nice_top(highest: int) -> int:
    """The round number an axis ends at: 4, 8, 20, 40, 80, 200 …, never below the highest value."""
    top, steps = 4, (2, 2.5, 2)
    turn = 0
    while top < highest:
        top = int(top * steps[turn % 3])
        turn += 1
    return top


def _marks(top: int) -> list[int]:
    return [0, top // 4, top // 2, top * 3 // 4, top]
