"""A learner's way through a small course, played through the one door."""

from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Attempt, Source, SourceType
from app.game.rules import Difficulty
from app.game.world import Stage
from app.services.history_mapping import read_entry
from app.services.play import PlayService
from app.services.turn import NOWHERE, Turn
from tests.support.clock import FakeClock
from tests.support.game import principal

_STAGES = (Source(SourceType.WEEK, "21"), Source(SourceType.COURSE, "31"))


def _day(number: int) -> Source:
    return Source(SourceType.COURSE_TASK, f"{10 + number}")


def _attempt(wrong: int, *, first: bool) -> Attempt:
    return Attempt(5, wrong, graded=True, first=first, pass_percent=80)


class CourseGame:
    """The moves, each in a transaction of its own, a minute after the last one."""

    def __init__(self, database: Database, clock: FakeClock, user_id: int) -> None:
        self._database = database
        self._clock = clock
        self._principal = principal(user_id)

    async def play(self) -> None:
        """A course of one week with two days, and quizzes.

        Activities: 1 quiz failed with 2 wrong, 2 quiz passed with 1 wrong, 3 day 1, 4 day 2, which
        finishes the week and the course, 5 day 1 undone, 6 day 1 again, which finishes both again,
        7-16 ten reviews, the last of which gives a heart, 17 an unpaid one of the same card,
        18 day 1 undone where it had been archived, so that week and course are done all the same,
        19 another quiz passed without a fault at once.
        """
        quiz = Source(SourceType.QUIZ, "11")
        await self.attempt(quiz, _attempt(2, first=True))
        await self.attempt(quiz, _attempt(1, first=False))
        await self.complete(1, finishes=False)
        await self.complete(2, finishes=True)
        await self.undo(1, still_done=False)
        await self.complete(1, finishes=True)
        await self.review(*range(10), 9)
        await self.undo(1, still_done=True)
        await self.attempt(Source(SourceType.QUIZ, "12"), _attempt(0, first=True))

    async def attempt(self, quiz: Source, attempt: Attempt) -> None:
        async with self._database.writing() as transaction:
            play, turn = await self._begin(transaction.uow)
            await play.attempt(turn, quiz, attempt, revision=1, place=NOWHERE)
            await transaction.commit()

    async def complete(self, day: int, *, finishes: bool) -> None:
        async with self._database.writing() as transaction:
            play, turn = await self._begin(transaction.uow)
            await play.complete(
                turn,
                _day(day),
                Difficulty.EASY,
                kind=ActivityKind.COURSE_TASK_COMPLETED,
                stages=await _list_stages(transaction.uow, turn, is_met=finishes),
            )
            await transaction.commit()

    async def undo(self, day: int, *, still_done: bool) -> None:
        async with self._database.writing() as transaction:
            play, turn = await self._begin(transaction.uow)
            stages = await _list_stages(transaction.uow, turn, is_met=still_done)
            await play.undo(turn, _day(day), stages)
            await transaction.commit()

    async def review(self, *cards: int) -> None:
        async with self._database.writing() as transaction:
            play, turn = await self._begin(transaction.uow)
            for card in cards:
                source = Source(SourceType.CARD_DAY, f"{card}:{turn.today}")
                await play.review(turn, source, course_id=31)
            await transaction.commit()

    async def _begin(self, uow: UnitOfWork) -> tuple[PlayService, Turn]:
        self._clock.advance(minutes=1)
        play = PlayService(uow, self._clock)
        return play, await play.begin(self._principal)


async def _list_stages(uow: UnitOfWork, turn: Turn, *, is_met: bool) -> list[Stage]:
    entries = await uow.ledger.list_page(turn.user_id, 2**63 - 1, 100)
    reversed_ids = {entry.reverses_id for entry in entries}
    stages = []
    for source in _STAGES:
        own = [entry for entry in entries if entry.source_type == source.type]
        standing = [
            read_entry(await uow.ledger.get(turn.user_id, entry.id))
            for entry in own
            if entry.reverses_id is None and entry.id not in reversed_ids
        ]
        reversals = sum(entry.reverses_id is not None for entry in own)
        stages.append(Stage(source, is_met, reversals, standing[0] if standing else None))
    return stages
