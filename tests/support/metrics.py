"""Reading metrics in Prometheus's text format."""

from collections.abc import Mapping
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from app.core.metrics_output import render_metrics

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def parse(text: str) -> Samples:
    """All samples, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value_of(samples: Samples, name: str, **labels: str) -> float:
    """The value of one series; 0 while there is none."""
    return samples.get((name, frozenset(labels.items())), 0)


class Watch:
    """How much series of this process have grown since."""

    def __init__(self) -> None:
        self._before = parse(render_metrics().decode())

    def grown(self, name: str, **labels: Any) -> float:
        now = parse(render_metrics().decode())
        return value_of(now, name, **labels) - value_of(self._before, name, **labels)
