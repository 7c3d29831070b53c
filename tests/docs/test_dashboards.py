"""The dashboard and the alert rules speak of metrics that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from app.core import metrics

FOLDER = Path(__file__).parents[2] / "docs" / "operations"
METRICS = [thing for thing in vars(metrics).values() if isinstance(thing, MetricWrapperBase)]


def list_series(metric: MetricWrapperBase) -> list[str]:
    """The names under which Prometheus has a metric."""
    name = next(iter(metric.describe())).name
    if isinstance(metric, Histogram):
        return [f"{name}_{suffix}" for suffix in ("bucket", "sum", "count")]
    return [f"{name}_total"] if isinstance(metric, Counter) else [name]


LABELS = {
    name: {*metric._labelnames, "le", "job", "instance"}
    for metric in METRICS
    for name in list_series(metric)
}


def read_dashboard() -> Any:
    return json.loads((FOLDER / "grafana-dashboard.json").read_text())


def read_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def list_expressions() -> Iterator[str]:
    for panel in read_dashboard()["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for rule in read_rules():
        yield rule["expr"]


EXPRESSIONS = list(list_expressions())


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_that_is_asked_for_exists(expression: str) -> None:
    names = re.findall(r"questboard_\w+", expression)

    assert names
    assert [name for name in names if name not in LABELS] == []


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_label_that_is_asked_for_exists(expression: str) -> None:
    for name, chosen in re.findall(r"(questboard_\w+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)[=!]", chosen)) <= LABELS[name]
    known = set().union(*(LABELS[name] for name in re.findall(r"questboard_\w+", expression)))
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        assert {label.strip() for label in grouped.split(",")} <= known


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_brackets_are_closed(expression: str) -> None:
    for opening, closing in ("()", "[]", "{}"):
        assert expression.count(opening) == expression.count(closing)


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(EXPRESSIONS)
    missing = [
        list_series(metric)[0]
        for metric in METRICS
        if not any(re.search(rf"\b{name}\b", shown) for name in list_series(metric))
    ]

    assert missing == []


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    panels = read_dashboard()["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    rules = read_rules()

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"].keys() == {"summary", "description"}


def test_names_follow_one_pattern() -> None:
    for name in LABELS:
        assert name.startswith("questboard_")
        assert name == name.lower()
