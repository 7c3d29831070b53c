"""A campaign as rows: what the model has as values."""

from collections.abc import Sequence
from typing import Any

from app.core.definitions import BossKind
from app.db.models import Badge, Boss, Challenge
from app.db.session import Database
from app.game.goal import Reward
from tests.game.campaign import SPOILS, Campaign, strikes_back
from tests.support.clock import START
from tests.support.quests import add_quests, quest_row


async def define(database: Database, plan: Campaign) -> Sequence[Challenge]:
    """Put a campaign in force. Gives the rows of its challenges, in order."""
    await add_quests(
        database,
        *(
            quest_row(
                quest.key,
                quest.cadence,
                metric=quest.metric,
                target=quest.target,
                course_id=quest.course,
                **_pay(quest.reward),
            )
            for quest in plan.quests
        ),
    )
    challenges = [
        Challenge(
            revision=1,
            title=challenge.key,
            description="",
            metric=challenge.metric,
            target=challenge.target,
            starts_at=challenge.starts_at,
            ends_at=challenge.ends_at,
            created_at=START,
            **_pay(challenge.reward),
        )
        for challenge in plan.challenges
    ]
    async with database.writing() as transaction:
        for row in (*challenges, *_list_badges(plan), *_list_bosses(plan)):
            transaction.uow._session.add(row)
            await transaction.uow._session.flush()
        await transaction.commit()
    return challenges


def _list_badges(plan: Campaign) -> Sequence[Badge]:
    return [
        Badge(
            key=badge.key,
            revision=1,
            family=badge.key,
            tier=1,
            title=badge.title,
            description="",
            metric=badge.metric,
            target=badge.target if badge.metric else None,
            course_id=badge.course,
            xp=badge.reward.xp,
            gold=badge.reward.gold,
            freezes=badge.reward.freezes,
            created_at=START,
        )
        for badge in plan.badges
    ]


def _list_bosses(plan: Campaign) -> Sequence[Boss]:
    return [
        Boss(
            key=f"boss-{hp}",
            revision=1,
            kind=BossKind.PERSONAL,
            title=f"boss-{hp}",
            description="",
            hp=hp,
            xp=SPOILS.xp,
            gold=SPOILS.gold,
            strikes_back=strikes_back(hp),
            min_level=1,
            created_at=START,
        )
        for hp in plan.bosses
    ]


def _pay(reward: Reward) -> dict[str, Any]:
    return {
        "xp": reward.xp,
        "gold": reward.gold,
        "freezes": reward.freezes,
        "badge_key": reward.badge,
    }
