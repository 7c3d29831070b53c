"""What the database keeps of a learner with everything, against what the model measures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.questing import ONCE_ON
from app.db.models import (
    ActivityRow,
    BadgeAward,
    BossBattle,
    ChallengeMember,
    Notification,
    QuestProgress,
    WeeklyScore,
)
from app.game.activity import ActivityKind, Source, SourceType
from app.game.goal import Goal
from app.game.hearts import regrow_hearts
from app.game.rules import RULES
from app.game.streak import show_streak
from app.services.history_mapping import HEARTS
from app.services.turn import source_of_battle
from tests.game.strikes import list_strikes
from tests.services.adventure_table import Expedition


async def check_rows(expedition: Expedition) -> None:
    """Every row that a move may have written."""
    await _check_profile(expedition)
    await _check_counters(expedition)
    await _check_quests(expedition)
    await _check_challenges(expedition)
    await _check_battles(expedition)
    await _check_badges(expedition)
    await _check_scores(expedition)
    await _check_strikes(expedition)


async def _load(expedition: Expedition, model: Any) -> list[Any]:
    async with expedition.table.database.reading() as uow:
        statement = select(model).where(model.user_id == expedition.caller.user_id)
        return list(await uow._session.scalars(statement))


async def _check_profile(expedition: Expedition) -> None:
    profile, model = await expedition.table.profile(), expedition.model
    streak = model.player.streak
    assert (profile.xp, profile.gold) == (model.player.xp, model.player.gold)
    shown = show_streak(streak, expedition.clock.now(), expedition.table.calendar)
    assert (profile.streak, profile.longest_streak) == (shown, streak.longest)
    assert profile.streak_freezes == streak.freezes
    hearts = regrow_hearts(model.player.hearts, expedition.clock.now(), RULES)
    assert (profile.hearts, profile.next_heart_at) == (hearts.count, hearts.next_at)


async def _check_counters(expedition: Expedition) -> None:
    """And as many activities: what was refused, or changes nothing, leaves none."""
    user_id, model = expedition.caller.user_id, expedition.model
    async with expedition.table.database.writing() as transaction:
        last_sequence = await transaction.uow.activities.get_last_sequence(user_id)
        rows = await transaction.uow.players.list_counters(user_id - 1, user_id)
    assert last_sequence == model.sequence
    everywhere = {str(metric): value for metric, value in model.counters.items()}
    scoped = {f"{metric}@{course}": value for (metric, course), value in model.scoped.items()}
    assert {metric: value for _, metric, value in rows if value} == {
        name: value for name, value in (everywhere | scoped).items() if value
    }


async def _check_quests(expedition: Expedition) -> None:
    model, kept = expedition.model, {}
    for row in await _load(expedition, QuestProgress):
        is_finished = row.status == "completed"
        assert (row.finished_at is not None) == (row.finished_sequence is not None) == is_finished
        kept[row.quest_key, row.period_on] = (row.status, row.progress, row.accepted_sequence)
    goals = {**model.taken, **model.list_goals(expedition.table.today)}
    for goal in goals.values():
        if goal.source.type is SourceType.CHALLENGE:
            continue
        place = (goal.key, goal.window.first_on or ONCE_ON)
        expected = _tell_quest(expedition, goal)
        found = kept.pop(place, None)
        assert found == expected or expedition.is_past(goal), (place, found, expected)
    assert not kept


def _tell_quest(expedition: Expedition, goal: Goal) -> tuple[str, int, int] | None:
    """What is kept of a quest; nothing of a daily one that is untouched."""
    model, after = expedition.model, goal.window.after
    if goal.source in model.abandoned:
        return "abandoned", 0, after
    if goal.source in model.payments():
        return "completed", goal.target, after
    progress = model.progress.get(goal.source, 0)
    return ("active", progress, after) if progress or goal.source in model.taken else None


async def _check_challenges(expedition: Expedition) -> None:
    model, payments = expedition.model, expedition.model.payments()
    kept = {
        Source(SourceType.CHALLENGE, str(row.challenge_id)): (
            row.progress,
            row.joined_sequence,
            row.finished_sequence is not None and row.finished_at is not None,
            row.left_at is not None,
        )
        for row in await _load(expedition, ChallengeMember)
    }
    assert kept == {
        source: (
            model.progress[source],
            goal.window.after,
            source in payments,
            source in model.left,
        )
        for source, goal in model.taken.items()
        if source.type is SourceType.CHALLENGE
    }


async def _check_battles(expedition: Expedition) -> None:
    model, payments = expedition.model, expedition.model.payments()
    kept = {
        source_of_battle(row.id, row.week_id): (
            row.damage,
            row.started_sequence,
            row.won_sequence is not None and row.won_at is not None,
        )
        for row in await _load(expedition, BossBattle)
    }
    assert kept == {
        battle.source: (model.damage.get(battle.source, 0), after, battle.source in payments)
        for battle, after in model.list_battles()
        if battle.week is None or model.damage.get(battle.source, 0)
    }


async def _check_badges(expedition: Expedition) -> None:
    payments = expedition.model.payments()
    awards = await _load(expedition, BadgeAward)
    assert {award.badge_key: award.activity_sequence for award in awards} == {
        badge.key: payments[badge.source].mark.sequence
        for badge in expedition.campaign.badges
        if badge.key in expedition.model.badges
    }


async def _check_scores(expedition: Expedition) -> None:
    rows = await _load(expedition, WeeklyScore)
    scores: Mapping[date, int] = expedition.model.scores
    assert {row.week_on: row.xp for row in rows} == {on: xp for on, xp in scores.items() if xp}


async def _check_strikes(expedition: Expedition) -> None:
    """Recorded at their instants, in their order, and told as often."""
    rows = [row for row in await _load(expedition, ActivityRow) if row.kind == ActivityKind.STRUCK]
    rows.sort(key=lambda row: row.sequence)
    wanted = [(act.source.id, act.occurred_at) for act in list_strikes(expedition.model)]
    assert [(row.source_id, row.occurred_at) for row in rows] == wanted
    hearts = [row.facts.get(HEARTS, 0) for row in rows]
    assert set(hearts) <= {0, -1}
    told = [one for one in await _load(expedition, Notification) if one.kind == "boss_struck"]
    told.sort(key=lambda one: one.id)
    assert [one.data for one in told] == [
        {"on": row.source_id, "hearts": taken} for row, taken in zip(rows, hearts, strict=True)
    ]
