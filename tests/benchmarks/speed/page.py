"""The page that keeps the figures: tables between marks, plots beside it.

``python -m tests.benchmarks.speed.page FIGURES.json PAGE`` writes it anew from figures that ``--json`` kept.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.speed.svg import Line, Panel, draw


class NoMarkError(Exception):
    """The page has no place for what should be on it."""


def write_page(figures: Mapping[str, Any], page: Path) -> None:
    """Put the tables into the page, and the plots into the folder of its name.

    Raises:
        NoMarkError: the page lacks a mark ``<!-- begin: NAME -->`` or its end.
    """
    text = page.read_text()
    sections = {"machine": describe(figures["machine"]), **figures["tables"]}
    for name, lines in sections.items():
        text = replace_section(text, name, lines)
    page.write_text(text)
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    for curve in figures["curves"]:
        (folder / f"{curve['name']}.svg").write_text(plot(curve))


def replace_section(text: str, name: str, lines: list[str]) -> str:
    """The text with other lines between the marks of that name.

    Raises:
        NoMarkError: there are no such marks.
    """
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    content = "\n".join([begin, *lines, end])
    replaced, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: content, text, flags=re.DOTALL
    )
    if not count:
        raise NoMarkError(f"no {begin} ... {end}")
    return replaced


def describe(machine: Mapping[str, Any]) -> list[str]:
    """What was measured on, in a sentence."""
    return [
        f"Measured on {machine['date']} at commit {machine['commit']}: {machine['processors']} processors"
        f" ({machine['processor']}), Python {machine['python']}, {machine['system']}, load average"
        f" {machine['load_before']:.1f} before it began; {machine['rounds']} rounds of"
        f" {machine['seconds']:g} s each, medians."
    ]


def plot(curve: Mapping[str, Any]) -> str:
    """Requests a second and the p99 along the curve's axis."""
    panels = [
        Panel(
            f"{curve['title']}: {name}",
            curve["axis"],
            [
                Line(service, [(point["x"], point[value]) for point in points])
                for service, points in curve["points"].items()
            ],
        )
        for name, value in (("requests/s", "rate"), ("p99, ms", "p99_ms"))
    ]
    return draw(panels)


def main(arguments: list[str]) -> int:
    """Write the page."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, page = map(Path, arguments)
    write_page(json.loads(source.read_text()), page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
