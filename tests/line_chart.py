"""Curves over whole numbers as SVG: panels side by side, one legend each, shares in per cent. No library is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

COLOURS = ("#b2182b", "#ef8a62", "#4d4d4d", "#2166ac", "#1a7f37")
WIDTH, HEIGHT = 470, 330
_LEFT, _TOP, _BOTTOM, _RIGHT = 46, 34, 46, 14


@dataclass(frozen=True)
class Line:
    """One curve."""

    name: str
    shares: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """Curves on one scale."""

    title: str
    lines: tuple[Line, ...]

    @property
    def top(self) -> float:
        """The end of the scale: a whole number of steps above the highest value."""
        highest = max(share for line in self.lines for share in line.shares)
        step = self.step
        return ceil(highest / step - 1e-9) * step

    @property
    def step(self) -> float:
        """Distance of the grid lines."""
        highest = max(share for line in self.lines for share in line.shares)
        return next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if highest / step <= 8)


def chart(panels: Sequence[Panel], numbers: Sequence[int], *, marked: int, below: str) -> str:
    """The panels from left to right; the marked number has a vertical line."""
    drawn = [
        line for place, panel in enumerate(panels) for line in _panel(panel, numbers, marked, below, place * WIDTH)
    ]
    size = f'width="{WIDTH * len(panels)}" height="{HEIGHT}" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}"'
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
    return "\n".join([begin, '<rect width="100%" height="100%" fill="#ffffff"/>', *drawn, "</svg>"]) + "\n"


def _panel(panel: Panel, numbers: Sequence[int], marked: int, below: str, left: int) -> Iterator[str]:
    first, last = min(numbers), max(numbers)

    def x(number: float) -> float:
        return left + _LEFT + (number - first) / (last - first) * (WIDTH - _LEFT - _RIGHT)

    def y(share: float) -> float:
        return HEIGHT - _BOTTOM - share / panel.top * (HEIGHT - _TOP - _BOTTOM)

    yield _text(x(first), 20, panel.title, weight="bold")
    for tick in range(round(panel.top / panel.step) + 1):
        share = tick * panel.step
        yield f'<path d="M{x(first):.1f} {y(share):.1f}H{x(last):.1f}" stroke="#dddddd"/>'
        yield _text(x(first) - 6, y(share) + 4, f"{share:.0%}", anchor="end")
    for number in numbers:
        if number == first or number % 4 == 0:
            yield _text(x(number), HEIGHT - _BOTTOM + 16, str(number), anchor="middle")
    yield _text((x(first) + x(last)) / 2, HEIGHT - 10, below, anchor="middle")
    yield f'<path d="M{x(marked):.1f} {_TOP}V{HEIGHT - _BOTTOM}" stroke="#888888" stroke-dasharray="4 3"/>'
    yield _text(x(marked) + 4, _TOP + 12, f"default: {marked}")
    for place, (line, colour) in enumerate(zip(panel.lines, COLOURS, strict=False)):
        points = " ".join(f"{x(n):.1f},{y(share):.1f}" for n, share in zip(numbers, line.shares, strict=True))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        at = _TOP + 12 + 16 * place
        yield f'<path d="M{x(last) - 230:.1f} {at - 4}h18" stroke="{colour}" stroke-width="2"/>'
        yield _text(x(last) - 206, at, line.name)


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
