"""What a plan of PostgreSQL tells that it did."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.budgets.keys import FIRST_COLUMNS
from tests.budgets.plan_log import Seen, Way

Plan = Mapping[str, Any]
Key = tuple[str, Way, str]
"""A step, a way of planning, and a statement but for its numbers of parameters."""

_REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(frozen=True)
class Cost:
    """``rows``: of tables and indexes that were looked at; ``blocks``: to find them, those of what was
    written left out; ``sorted``: the most rows that one sort was given; ``tables``: how many are looked
    up; ``whole``: those that were read from one end to the other; ``astray``: indexes in which it was
    looked for a later column alone, so that all of the index was read.
    """

    rows: float
    blocks: int
    sorted: float
    tables: int
    whole: frozenset[str]
    astray: frozenset[str]

    @property
    def work(self) -> float:
        """One number: of two plans as good as each other one reads more rows, and one more blocks."""
        return self.rows + self.blocks

    def __str__(self) -> str:
        read = f"{self.rows:.0f} rows in {self.blocks} blocks, {self.sorted:.0f} sorted"
        whole = sorted(self.whole | self.astray)
        return f"{read}, all of {', '.join(whole)}" if whole else read


def collect_costs(seen: Iterable[Seen]) -> dict[Key, Cost]:
    """The costs by step, way and statement; of several times the one of most work."""
    costs: dict[Key, Cost] = {}
    for each in seen:
        key = (each.step, each.way, _normalize(each.sql))
        cost = read_cost(each.plan)
        if key not in costs or cost.work > costs[key].work:
            costs[key] = cost
    return costs


def read_cost(plan: Plan) -> Cost:
    """What one plan did."""
    nodes = list(_walk(plan))
    scans = [node for node in nodes if "Relation Name" in node and not _is_writing(node)]
    return Cost(
        rows=sum(map(_count_rows, scans)),
        blocks=_count_blocks(plan),
        sorted=max((_count_given(node) for node in nodes if "Sort Key" in node), default=0),
        tables=len(scans),
        whole=frozenset(n["Relation Name"] for n in scans if n["Node Type"] == "Seq Scan"),
        astray=frozenset(node["Index Name"] for node in nodes if _is_astray(node)),
    )


def _walk(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _walk(part)


def _is_writing(node: Plan) -> bool:
    return bool(node["Node Type"] in {"ModifyTable", "LockRows"})


def _is_astray(node: Plan) -> bool:
    first = FIRST_COLUMNS.get(node.get("Index Name", ""))
    condition = node.get("Index Cond")
    return bool(first and condition and not re.search(rf"\b{first}\b", condition))


def _count_rows(node: Plan) -> float:
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in _REMOVED)
    return float(rows * node["Actual Loops"])


def _count_given(node: Plan) -> float:
    return float(max(part["Actual Rows"] * part["Actual Loops"] for part in node["Plans"]))


def _count_blocks(node: Plan) -> int:
    # Where there is room for a new row, and which old versions are still in the way, is chance.
    if _is_writing(node):
        return sum(map(_count_blocks, node.get("Plans", ())))
    return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])


def _normalize(sql: str) -> str:
    """Without the numbers of parameters, and lists of any length as one."""
    sql = re.sub(r"\$\d+(::(TIMESTAMP WITH TIME ZONE|\w+))?", "$", sql)
    for several in (r"\(\$(, \$)+\)", r"\(\$\)(, \(\$\))+"):
        sql = re.sub(several, "($)", sql)
    return sql
