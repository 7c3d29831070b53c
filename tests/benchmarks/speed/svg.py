"""Line plots as SVG: small, self-contained, and the same for the same figures."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 46
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Those that people who see few colours can tell apart (Okabe and Ito)."""
_DASHES = ("none", "6 3", "2 3", "8 3 2 3")
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """Points from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: a vertical axis from 0, and a logarithmic horizontal one with a tick at each point."""

    title: str
    x_label: str
    lines: Sequence[Line]


def draw(panels: Sequence[Panel]) -> str:
    """Panels side by side."""
    width = _WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}"'
        f' viewBox="0 0 {width} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{_HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({_WIDTH * number} 0)">')
        parts += _Frame(panel).draw()
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def find_step(most: float) -> float:
    """The distance of ticks: 1, 2 or 5 times a power of ten, so that about five lead up to ``most``."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most / _TICKS))
    return next(power * n for n in (1, 2, 5, 10) if power * n * _TICKS >= most)


def shorten(value: float) -> str:
    """A number as ticks have it: 128, 1.5k, 5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


class _Frame:
    """Where things lie in a panel."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        points = [point for line in panel.lines for point in line.points]
        self._ticks = sorted({x for x, _ in points})
        self._step = find_step(max(y for _, y in points))
        self._top = self._step * math.ceil(max(y for _, y in points) / self._step)

    def draw(self) -> Iterator[str]:
        yield _text(_WIDTH / 2, 18, self._panel.title, "middle", "bold")
        yield from self._draw_axes()
        for number, line in enumerate(self._panel.lines):
            yield from self._draw_line(number, line)

    def _draw_axes(self) -> Iterator[str]:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        for number in range(round(self._top / self._step) + 1):
            y = self._y(number * self._step)
            yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
            yield _text(_LEFT - 6, y + 4, shorten(number * self._step), "end")
        for tick in self._ticks:
            x = self._x(tick)
            yield f'<path d="M{x:.1f} {bottom}v4" stroke="#666"/>'
            yield _text(x, bottom + 17, shorten(tick), "middle")
        yield f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#666"/>'
        yield _text((_LEFT + right) / 2, _HEIGHT - 8, self._panel.x_label, "middle")

    def _draw_line(self, number: int, line: Line) -> Iterator[str]:
        colour, dashes = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        places = [(self._x(x), self._y(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        yield f'<polyline points="{path}" {stroke}/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        y = _TOP - 8
        x = _LEFT + 130.0 * number
        yield f'<path d="M{x:.1f} {y}h22" {stroke}/>'
        yield _text(x + 28, y + 4, line.name, "start")

    def _x(self, value: float) -> float:
        first, last = math.log(self._ticks[0]), math.log(self._ticks[-1])
        share = 0.5 if first == last else (math.log(value) - first) / (last - first)
        inner = _WIDTH - _LEFT - _RIGHT - 40
        return _LEFT + 20 + share * inner

    def _y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self._top * (_HEIGHT - _TOP - _BOTTOM)


def _text(x: float, y: float, content: str, anchor: str, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" fill="#222">'
        f"{escape(content)}</text>"
    )
