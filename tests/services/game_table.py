"""A player at the table: the real services over a real database, one transaction for each move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.rules import RULES, Difficulty, ShopItem
from app.services.completions import CompletionService, TaskCompletion
from app.services.differences import Difference
from app.services.game import GameService, ProfileView
from app.services.outcome_view import EntryView
from app.services.pause import PauseService, PauseView
from app.services.principal import Principal
from app.services.shop import PurchaseView, ShopService
from app.services.tasks import TaskService
from app.services.verification import VerificationService
from tests.support.clock import FakeClock
from tests.support.game import activity_row, add_player, principal

FREEZES = Source(SourceType.TASK, "freezes")


@dataclass
class Table:
    """One player, who may change the calendar, and the moves that clients have."""

    database: Database
    clock: FakeClock
    caller: Principal

    @property
    def calendar(self) -> Calendar:
        return self.caller.calendar

    @property
    def today(self) -> date:
        return self.calendar.day_of(self.clock.now())

    def travel(self, zone: str, day_starts_at: int = 0) -> None:
        self.caller = principal(self.caller.user_id, zone, day_starts_at)

    async def create(self, difficulty: Difficulty = Difficulty.EASY, **fields: Any) -> int:
        given = {
            "title": "A task",
            "description": "",
            "difficulty": difficulty,
            "tags": [],
            "checklist": [],
            **fields,
        }
        async with self.writing() as uow:
            return (await TaskService(uow, self.clock).create(self.caller, given)).id

    async def complete(self, task_id: int) -> TaskCompletion:
        async with self.writing() as uow:
            return await CompletionService(uow, self.clock).complete(self.caller, task_id, None)

    async def undo(self, task_id: int) -> TaskCompletion:
        async with self.writing() as uow:
            return await CompletionService(uow, self.clock).undo(self.caller, task_id, None)

    async def toggle(self, task_id: int) -> TaskCompletion:
        async with self.writing() as uow:
            return await CompletionService(uow, self.clock).toggle(self.caller, task_id, None)

    async def buy(self, item: ShopItem) -> PurchaseView:
        async with self.writing() as uow:
            return await ShopService(uow, self.clock).buy(self.caller, item)

    async def pause(self, days: int) -> PauseView:
        async with self.writing() as uow:
            return await PauseService(uow, self.clock).set(self.caller, days)

    async def resume(self) -> PauseView:
        async with self.writing() as uow:
            return await PauseService(uow, self.clock).end(self.caller)

    async def delete(self, task_id: int) -> None:
        async with self.writing() as uow:
            await TaskService(uow, self.clock).delete(self.caller, task_id)

    async def complete_new(self, count: int = 1) -> list[TaskCompletion]:
        """Complete so many new tasks."""
        return [await self.complete(await self.create()) for _ in range(count)]

    async def grant_freezes(self, count: int) -> None:
        """Freezes without a price: an activity that says so, and the player that has them."""
        async with self.writing() as uow:
            player = await uow.players.lock(self.caller.user_id)
            assert player is not None
            facts = await uow.activities.get_facts(
                player.user_id, FREEZES, ActivityKind.UNDONE, self.clock.now().date()
            )
            row = activity_row(player.user_id, facts.last_sequence + 1, self.clock.now())
            row.kind, row.source_id, row.paid = "adjustment", FREEZES.id, False
            row.freezes_gained = count
            await uow.activities.add(row)
            player.streak_freezes = min(player.streak_freezes + count, RULES.max_freezes)
            await uow.players.save(player)

    async def profile(self) -> ProfileView:
        async with self.database.reading() as uow:
            return await GameService(uow, self.clock).get_profile(self.caller)

    async def ledger(self) -> list[EntryView]:
        async with self.database.reading() as uow:
            page = await GameService(uow, self.clock).list_ledger(self.caller, 100, None)
        return list(page.items)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        async with self.database.writing() as transaction:
            yield transaction.uow
            await transaction.commit()


async def sit_down(database: Database, clock: FakeClock, email: str = "ada@example.org") -> Table:
    """A new player."""
    async with database.writing() as transaction:
        user_id = await add_player(transaction.uow, email)
        await transaction.commit()
    return Table(database, clock, principal(user_id))


async def find_differences(database: Database) -> list[Difference]:
    """What ``verify_ledger`` finds."""
    parts = [part async for part in VerificationService(database).check()]
    return [difference for part in parts for difference in part.differences]
