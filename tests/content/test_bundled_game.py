"""The quests, bosses and badges that come with the program."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from app.core.definitions import BossKind, Cadence
from app.db.session import Transaction
from app.game.metrics import Metric
from app.services.default_game import BadGameError, read_game
from app.services.game_seeding import GameSeeding, SeedAction
from commands.game_seeding import BUNDLED_GAME
from tests.support.clock import FakeClock

GAME = read_game(BUNDLED_GAME)
WITHOUT_COURSE = {
    Metric.TASKS_COMPLETED, Metric.XP_EARNED, Metric.STREAK_DAYS, Metric.QUESTS_COMPLETED,
}  # fmt: skip
_BADGE = "[[badge]]\nkey = 'a'\nfamily = 'a'\ntitle = 'A'\ndescription = 'A'\n"


async def test_an_empty_database_gets_all_of_it(transaction: Transaction, clock: FakeClock) -> None:
    done = await GameSeeding(transaction.uow, clock).apply(GAME)

    assert {seeded.action for seeded in done} == {SeedAction.ADDED}
    assert len(done) == len(GAME.quests) + len(GAME.bosses) + len(GAME.badges)
    pool = await transaction.uow.definitions.list_pool(clock.now().date())
    assert len(pool) == sum(quest.cadence is Cadence.DAILY for quest in GAME.quests)


def test_most_daily_quests_need_no_course() -> None:
    daily = [quest for quest in GAME.quests if quest.cadence is Cadence.DAILY]

    assert len(daily) >= 20
    assert 2 * sum(quest.metric in WITHOUT_COURSE for quest in daily) >= len(daily)
    assert len({quest.metric for quest in daily}) >= 6


def test_there_is_something_of_every_cadence_and_kind() -> None:
    assert sum(quest.cadence is Cadence.WEEKLY for quest in GAME.quests) >= 8
    assert sum(quest.cadence is Cadence.ONCE for quest in GAME.quests) >= 15
    assert sum(boss.kind is BossKind.PERSONAL for boss in GAME.bosses) >= 10
    assert sum(boss.kind is BossKind.PARTY for boss in GAME.bosses) >= 6
    assert sum(boss.strikes_back for boss in GAME.bosses) >= 4


def test_every_metric_has_a_family_of_badges_whose_tiers_grow() -> None:
    families = defaultdict(list)
    for badge in GAME.badges:
        families[badge.family].append(badge)
    prizes = families.pop("prizes")

    assert {badge.metric for badges in families.values() for badge in badges} == set(Metric)
    assert all(badge.metric is None for badge in prizes)
    for badges in families.values():
        assert len({badge.metric for badge in badges}) == 1
        assert [badge.tier for badge in badges] == list(range(1, len(badges) + 1))
        targets = [badge.target or 0 for badge in badges]
        assert targets == sorted(set(targets))
        worth = [badge.xp for badge in badges]
        assert worth == sorted(worth)


@pytest.mark.parametrize("kind", BossKind)
def test_harder_bosses_pay_more(kind: BossKind) -> None:
    bosses = sorted((boss for boss in GAME.bosses if boss.kind is kind), key=lambda boss: boss.hp)

    for easier, harder in pairwise(bosses):
        assert easier.xp < harder.xp
        assert easier.hp < harder.hp


def test_there_is_the_usual_boss_for_who_begins() -> None:
    usual = {(boss.hp, boss.xp, boss.gold, boss.min_level) for boss in GAME.bosses}

    assert (500, 150, 40, 1) in usual


def test_no_two_texts_are_the_same() -> None:
    everything = [*GAME.quests, *GAME.bosses, *GAME.badges]

    assert len({one.title for one in everything}) == len(everything)
    assert len({one.description for one in everything}) == len(everything)
    assert all(one.description.endswith(".") for one in everything)


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("bosses.toml", None, "No such file"),
        ("bosses.toml", "[[boss", "Expected"),
        ("bosses.toml", "x = 1", "holds something else"),
        ("bosses.toml", "[boss]\nkey = 'a'", "holds something else"),
        ("bosses.toml", "[[boss]]\nkey = 'a'\n", "boss 1: title: Field required"),
        ("bosses.toml", "boss = [7]\n", "boss 1: "),
        ("badges.toml", _BADGE * 2, "two of a key: a"),
    ],
)  # fmt: skip
def test_files_that_are_wrong_are_refused(
    tmp_path: Path, file: str, text: str | None, reason: str
) -> None:
    for name in ("quests.toml", "bosses.toml", "badges.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / file).unlink()
    if text is not None:
        (tmp_path / file).write_text(text)

    with pytest.raises(BadGameError) as refused:
        read_game(tmp_path)

    assert str(tmp_path / file) in str(refused.value)
    assert reason in str(refused.value)
