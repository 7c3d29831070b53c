"""Bounds on what a page of Markdown may cost, where the renderer itself has none (markdown-it-py 4.3).

Three things grow with the square of the source: cells that are left out of tables (its own limit is for
each table), links by reference to long addresses, and quotes that look ahead over lines which in the end
are not theirs. Each has a budget for the whole page; what is beyond it stays as written.
"""

from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, table
from markdown_it.rules_core import StateCore

_MAX_REFERENCE_COST: Final = 250_000
"""Characters that links by reference may add to a page."""
_MAX_TABLE_CELLS: Final = 10_000
_MAX_QUOTE_LINES: Final = 50_000
"""Lines that all quotes of a page together may look at: about a quarter of a second."""


def limit_costs(renderer: MarkdownIt) -> None:
    """Put the bounds around the rules of a renderer that knows tables."""
    renderer.block.ruler.at("table", _read_table, {"alt": ["paragraph", "reference"]})
    renderer.block.ruler.at(
        "blockquote", _read_quote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    renderer.core.ruler.before("inline", "limit_references", _limit_references)


def _read_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 1 >= end:
        return False
    columns = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]].count("|") + 1
    left: int = state.env.setdefault("table_cells", _MAX_TABLE_CELLS)
    rows = left // columns
    if not rows or not table(state, start, min(end, start + 2 + rows), silent):
        return False
    if not silent:
        state.env["table_cells"] = left - (state.line - start) * columns
    return True


def _read_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not state.src.startswith(">", state.bMarks[start] + state.tShift[start]):
        return False
    ends: Sequence[int] = state.env.get("next_blank_lines") or _find_blank_lines(state)
    left: int = state.env.setdefault("quote_lines", _MAX_QUOTE_LINES)
    reach = min(ends[start], end) - start
    if reach > left:
        return False
    if not silent:
        state.env["quote_lines"] = left - reach
    return blockquote(state, start, end, silent)


def _find_blank_lines(state: StateBlock) -> Sequence[int]:
    """For each line the next one that is blank: no quote looks beyond it. Kept for the whole page."""
    lines = state.src.split("\n")
    ends = [len(lines)] * (len(lines) + 1)
    for number in range(len(lines) - 1, -1, -1):
        ends[number] = ends[number + 1] if lines[number].strip(" \t") else number
    state.env["next_blank_lines"] = ends
    return ends


def _limit_references(state: StateCore) -> None:
    """Forget the references of a text in which a long address would be repeated very often."""
    references = state.env.get("references", {})
    longest = max(
        (len(link["href"]) + len(link["title"]) for link in references.values()), default=0
    )
    if longest * state.src.count("]") > _MAX_REFERENCE_COST:
        references.clear()
