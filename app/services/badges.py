"""Badges as learners see them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.definitions import MAX_TIER
from app.core.listing import Page
from app.db.repositories.badge_pages import BadgePosition
from app.db.repositories.counter_names import name_counter
from app.db.repositories.definition_rows import BadgeOfLearner
from app.db.unit_of_work import ReadUnitOfWork
from app.services.errors import BadCursorError
from app.services.paging import Position, cut_page, decode_cursor, encode_cursor
from app.services.principal import Principal

_BADGES = "badges"
_KEY = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BadgeProgress:
    """A badge, and how far the learner is: at most at the target. A prize has neither."""

    key: str
    family: str
    tier: int
    title: str
    description: str
    metric: str | None
    course_slug: str | None
    target: int | None
    progress: int | None
    xp: int
    gold: int
    freezes: int
    awarded_at: datetime | None


class BadgeService:
    """Shows badges."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> Page[BadgeProgress]:
        """A page of the badges that can be won and those that the caller has, by family and tier.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        after = BadgePosition() if cursor is None else _read(decode_cursor(_BADGES, cursor))
        rows = await self._uow.badge_pages.list_page(principal.user_id, after, limit + 1)
        counters = {_counter_of(row) for row in rows if row.metric is not None}
        values = await self._uow.badge_pages.read_values(principal.user_id, counters)
        return cut_page(
            rows,
            limit,
            lambda row: _show(row, values),
            lambda row: encode_cursor(_BADGES, [row.family, row.tier, row.key]),
        )


def _read(position: Position) -> BadgePosition:
    match position:
        case [str(family), int(tier), str(key)] if 0 <= tier <= MAX_TIER and _are_keys(family, key):
            return BadgePosition(family, tier, key)
    raise BadCursorError


def _are_keys(*texts: str) -> bool:
    return all(_KEY.fullmatch(text) for text in texts)


def _counter_of(row: BadgeOfLearner) -> str:
    return name_counter(row.metric or "", row.course_id)


def _show(row: BadgeOfLearner, values: Mapping[str, int]) -> BadgeProgress:
    progress = None if row.target is None else min(values.get(_counter_of(row), 0), row.target)
    return BadgeProgress(
        key=row.key,
        family=row.family,
        tier=row.tier,
        title=row.title,
        description=row.description,
        metric=row.metric,
        course_slug=row.course_slug,
        target=row.target,
        progress=progress,
        xp=row.xp,
        gold=row.gold,
        freezes=row.freezes,
        awarded_at=row.awarded_at,
    )
