"""The plots and the page that keeps the figures."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.speed.page import NoMarkError, replace_section, write_page
from tests.benchmarks.speed.svg import Line, Panel, draw, find_step, shorten
from tests.support.process import ROOT

SVG = "{http://www.w3.org/2000/svg}"
PAGE = ROOT / "docs" / "performance.md"


def make_figures() -> dict[str, Any]:
    points = [{"x": x, "rate": 100.0 * x, "p99_ms": 2.0 * x} for x in (1, 8, 128)]
    return {
        "machine": {
            "date": "2026-11-21T12:00+00:00",
            "commit": "abc",
            "processors": 2,
            "processor": "A processor",
            "python": "3.11",
            "system": "Linux",
            "load_before": 0.25,
            "rounds": 3,
            "seconds": 5.0,
        },
        "tables": {"works": ["| a work |"], "findings": ["| a finding |"]},
        "curves": [
            {
                "name": "connections-list",
                "title": "GET <tasks>",
                "axis": "connections",
                "points": {"questboard": points, "yardstick": points},
            }
        ],
    }


def test_a_plot_shows_every_point_within_its_frame() -> None:
    lines = [Line("ours", [(1, 10), (4, 950), (128, 0)]), Line("theirs", [(1, 20), (4, 30)])]
    drawn = ET.fromstring(draw([Panel("A & B", "connections", lines)]))

    width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
    circles = drawn.findall(f".//{SVG}circle")
    places = [(float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in circles]
    assert len(places) == 5
    assert all(0 < x < width and 0 < y < height for x, y in places)
    # To the right with the axis, and upwards with the value.
    (x1, y1), (x2, y2), (x3, y3) = places[:3]
    assert x1 < x2 < x3
    assert y2 < y1 < y3
    assert x3 - x2 > x2 - x1  # from 4 to 128 is farther than from 1 to 4


def test_a_plot_tells_what_it_shows() -> None:
    panel = Panel("A & B", "connections", [Line("ours", [(1, 10), (128, 1500)])])
    drawn = ET.fromstring(draw([panel]))
    texts = [text.text for text in drawn.findall(f".//{SVG}text")]

    assert {"A & B", "connections", "ours", "1", "128", "0", "1.5k"} <= set(texts)


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (4.9, 1), (9, 2), (950, 200), (1500, 500), (7e6, 2e6)]
)
def test_ticks_are_round(most: float, step: float) -> None:
    assert find_step(most) == step


def test_large_numbers_are_short_on_ticks() -> None:
    assert [shorten(n) for n in (0, 0.5, 128, 1500, 240_200, 5_000_000)] == [
        "0", "0.5", "128", "1.5k", "240.2k", "5M",
    ]  # fmt: skip


def test_the_page_gets_tables_and_plots(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(PAGE.read_text())
    write_page(make_figures(), page)
    once = page.read_text()
    write_page(make_figures(), page)

    assert page.read_text() == once
    assert "| a work |\n<!-- end: works -->" in once
    assert "| a finding |" in once
    assert "at commit abc" in once
    plot = ET.parse(tmp_path / "performance" / "connections-list.svg")
    assert len(plot.findall(f".//{SVG}polyline")) == 4


def test_a_page_without_a_mark_is_refused() -> None:
    with pytest.raises(NoMarkError, match="begin: works"):
        replace_section("nothing", "works", ["a line"])


def test_every_plot_of_the_page_is_one_that_is_drawn() -> None:
    drawn = {"connections-list", "connections-complete", "rows", "processes"}
    text = PAGE.read_text()

    assert {name for name in drawn if f"](performance/{name}.svg)" in text} == drawn
    assert text.count(".svg)") == len(drawn)
