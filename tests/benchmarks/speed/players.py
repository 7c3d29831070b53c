"""The players of the benchmark's learners: balances, counters, and what they have won already."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.live_settings import CONFIG_REVISION
from app.db.models import (
    AppSetting,
    Badge,
    BadgeAward,
    Course,
    Enrollment,
    LeagueGroup,
    LeagueMember,
    Player,
    PlayerCounter,
    Quest,
    QuestProgress,
    Revision,
    WeeklyScore,
)
from app.game.daily import choose_daily
from app.game.rules import RULES
from app.game.week import week_of
from tests.benchmarks.speed.shape import HISTORY_DIFFICULTY, Shape
from tests.benchmarks.yardstick.duties import USER_QUOTA

LOGINS_PER_QUARTER_HOUR = 100_000
_HOT = 5_000_000
"""What the hot learner has of everything: no level and no badge is near, whatever it completes."""
_WEEKS_XP = 40


async def add_players(connection: AsyncConnection, shape: Shape) -> None:
    """The players of all learners, and the rates that are in force."""
    users = range(1, shape.hot_user + 1)
    xp = {user_id: _count_xp(shape, user_id) for user_id in users}
    await connection.execute(insert(Player), [_describe(shape, *each) for each in xp.items()])
    counters = {user_id: _list_counters(shape, user_id) for user_id in users}
    rows = [
        {"user_id": user_id, "metric": metric, "value": value}
        for user_id, values in counters.items()
        for metric, value in values.items()
    ]
    await connection.execute(insert(PlayerCounter), rows)
    await _award_badges(connection, shape, counters)
    await _finish_quests(connection, shape)
    await _join_league(connection, shape)
    await _enroll(connection, shape)
    await _raise_rates(connection, shape)


def _count_xp(shape: Shape, user_id: int) -> int:
    if user_id == shape.hot_user:
        return _HOT
    return sum(map(shape.xp_of_day, range(1, shape.days + 1)))


def _describe(shape: Shape, user_id: int, xp: int) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "xp": xp,
        "gold": shape.days * RULES.prices[HISTORY_DIFFICULTY].gold,
        "streak": shape.days,
        "longest_streak": shape.days,
        "last_at": shape.at_of_day(shape.days),
        "last_on": shape.today,
        "streak_freezes": 0,
        "hearts": RULES.max_hearts,
        "hearts_since": None,
        "pauses": None,
        "visibility": "shown",
        "last_notification": 0,
    }


def _list_counters(shape: Shape, user_id: int) -> dict[str, int]:
    is_hot = user_id == shape.hot_user
    return {
        "tasks_completed": _HOT if is_hot else shape.days,
        "xp_earned": _count_xp(shape, user_id),
        "quests_completed": RULES.daily_quests,
    }


async def _award_badges(
    connection: AsyncConnection, shape: Shape, counters: dict[int, dict[str, int]]
) -> None:
    """All badges that the counters have reached."""
    found = await connection.execute(select(Badge.id, Badge.key, Badge.metric, Badge.target))
    badges = found.all()
    rows = [
        {
            "user_id": user_id,
            "badge_key": badge.key,
            "badge_id": badge.id,
            "awarded_at": shape.at_of_day(shape.days),
            "activity_sequence": shape.days,
        }
        for user_id, values in counters.items()
        for badge in badges
        if badge.metric is not None
        and {**values, "streak_days": shape.days}.get(badge.metric, 0) >= badge.target
    ]
    await connection.execute(insert(BadgeAward), rows)


async def _finish_quests(connection: AsyncConnection, shape: Shape) -> None:
    """The three of today and of tomorrow, of each learner: nothing moves them, over midnight neither."""
    found = await connection.execute(
        select(Quest.key, Quest.id, Quest.target).where(Quest.cadence == "daily")
    )
    pool = {row.key: row for row in found}
    rows = [
        {
            "user_id": user_id,
            "quest_key": key,
            "period_on": day,
            "last_on": day,
            "quest_id": pool[key].id,
            "status": "completed",
            "progress": pool[key].target,
            "accepted_at": None,
            "accepted_sequence": 0,
            "finished_at": shape.at_of_day(shape.days),
            "finished_sequence": shape.days,
        }
        for user_id in range(1, shape.hot_user + 1)
        for day in (shape.today, shape.today + timedelta(days=1))
        for key in choose_daily(user_id, day, pool, RULES.daily_quests)
    ]
    await connection.execute(insert(QuestProgress), rows)


async def _join_league(connection: AsyncConnection, shape: Shape) -> None:
    """A score of the week for everybody, and a place in a group of its league."""
    week_on, size = week_of(shape.now), RULES.league.group_size
    users = range(1, shape.hot_user + 1)
    groups = range(1, -(-len(users) // size) + 1)
    await connection.execute(
        insert(LeagueGroup),
        [
            {
                "id": group,
                "week_on": week_on,
                "tier": 1,
                "size": min(size, len(users) - (group - 1) * size),
                "closed_at": None,
            }
            for group in groups
        ],
    )
    owned = [{"user_id": user_id, "week_on": week_on} for user_id in users]
    scores = [{**row, "xp": _WEEKS_XP, "shown": True, "awaits_group": False} for row in owned]
    members = [
        {**row, "group_id": place // size + 1, "tier": 1, "final_rank": None, "move": None}
        for place, row in enumerate(owned)
    ]
    await connection.execute(insert(WeeklyScore), scores)
    await connection.execute(insert(LeagueMember), members)


async def _enroll(connection: AsyncConnection, shape: Shape) -> None:
    """Everybody takes every course."""
    courses = (await connection.scalars(select(Course.id))).all()
    rows = [
        {
            "user_id": user_id,
            "course_id": course_id,
            "enrolled_at": shape.now - timedelta(days=1),
            "enrolled_on": shape.today - timedelta(days=1),
            "left_at": None,
            "review": "missed",
        }
        for user_id in range(1, shape.hot_user + 1)
        for course_id in courses
    ]
    await connection.execute(insert(Enrollment), rows)


async def _raise_rates(connection: AsyncConnection, shape: Shape) -> None:
    """As an admin would: the requests are counted as ever, and none is refused."""
    values = {
        "user_requests_per_minute": USER_QUOTA,
        "logins_per_quarter_hour": LOGINS_PER_QUARTER_HOUR,
    }
    rows = [
        {"name": name, "value": value, "updated_at": shape.now, "updated_by": None}
        for name, value in values.items()
    ]
    await connection.execute(insert(AppSetting), rows)
    await connection.execute(insert(Revision), [{"name": CONFIG_REVISION, "number": 1}])
