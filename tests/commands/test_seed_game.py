"""``python -m commands.seed_game``, and the seeding of the game on the first start."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest
from pydantic import SecretStr

from app.core.config import Settings
from app.services.default_game import BadGameError
from commands.first_game import seed_game_or_warn
from commands.game_seeding import BUNDLED_GAME, seed_first_game
from commands.seed_game import main
from tests.api.definition_steps import BOSS, admin, delete, list_revisions, patch
from tests.support.databases import SQLITE
from tests.support.logs import listen
from tests.support.service import Service
from tests.support.state import read_state

ALL = "42 badges, 16 bosses, 45 quests added"


@dataclass
class Done:
    """What a call of the command left."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
def run(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Calls the command, which brings an event loop of its own."""
    monkeypatch.setenv("DATABASE_URL", service.parts.settings.resolved_database_url)

    async def call(*arguments: str) -> Done:
        with listen():  # the command sets the log up anew
            status = await asyncio.to_thread(main, arguments)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return call


async def test_the_game_is_seeded_once(service: Service, run: Run) -> None:
    first = await run()
    state = await read_state(service.parts.database)
    second = await run()
    third = await run("--overwrite")

    assert (first.returncode, first.stdout, first.stderr) == (0, f"game: {ALL}\n", "")
    for done in (second, third):
        assert (done.returncode, done.stdout) == (0, "game: nothing to change\n")
    assert await read_state(service.parts.database) == state


async def test_a_dry_run_tells_all_and_changes_nothing(service: Service, run: Run) -> None:
    before = await read_state(service.parts.database)

    done = await run("--dry-run")
    told = json.loads((await run("--dry-run", "--json")).stdout)

    lines = done.stdout.splitlines()
    assert lines[0] == f"game: {ALL}"
    assert "  added boss procrastigoblin" in lines
    assert lines[-1] == "dry run: nothing was changed"
    assert told["dry_run"] is True
    assert {"kind": "quest", "key": "the-blank-page", "action": "added"} in told["definitions"]
    assert await read_state(service.parts.database) == before


async def test_what_admins_did_stays_unless_it_is_overwritten(service: Service, run: Run) -> None:
    await run()
    root = await admin(service)
    await patch(root, "/game/bosses/procrastigoblin", hp=999)
    await patch(root, "/game/quests/daily-warm-up", target=9)
    await delete(root, "/game/badges/doer-1")
    state = await read_state(service.parts.database)

    assert (await run()).stdout == "game: nothing to change\n"
    assert await read_state(service.parts.database) == state

    done = await run("--overwrite")

    assert done.stdout == "game: 1 badge, 1 boss, 1 quest changed\n"
    (boss,) = await list_revisions(root, "bosses", key="procrastigoblin", in_force=True)
    (badge,) = await list_revisions(root, "badges", key="doer-1", in_force=True)
    (quest,) = await list_revisions(root, "quests", key="daily-warm-up", in_force=True)
    assert (boss["revision"], boss["hp"]) == (3, 500)
    assert badge["revision"] == 2
    assert (quest["revision"], quest["target"]) == (3, 2)
    assert quest["pool_from"] > "2000-01-01"


async def test_a_key_that_an_admin_used_first_is_the_admins(service: Service, run: Run) -> None:
    root = await admin(service)
    await root.post("/game/bosses", {**BOSS, "title": "Mine"})

    done = await run()

    assert done.stdout == "game: 42 badges, 15 bosses, 45 quests added\n"
    (boss,) = await list_revisions(root, "bosses", key=BOSS["key"])
    assert boss["title"] == "Mine"


async def test_quests_that_need_what_was_retired_are_left_out(
    service: Service, run: Run, tmp_path: Path
) -> None:
    folder = copytree(BUNDLED_GAME, tmp_path / "game")
    quests = (folder / "quests.toml").read_text().split("[[quest]]")
    (folder / "quests.toml").write_text("")
    settings = service.parts.settings
    await seed_first_game(settings, folder)
    root = await admin(service)
    await delete(root, "/game/badges/first-light")

    done = await run()

    assert len(quests) == 46
    assert done.stdout == "game: 44 quests added; 1 quest left out\n"
    assert await list_revisions(root, "quests", key="the-long-dawn") == []


async def test_two_who_seed_at_once_seed_once(service: Service) -> None:
    settings = service.parts.settings

    done = await asyncio.gather(*(seed_first_game(settings) for _ in range(3)))

    assert sorted(len(seeded) for seeded in done) == [0, 0, 103]


async def test_a_database_with_any_definition_is_left_alone(service: Service) -> None:
    root = await admin(service)
    await root.post("/game/bosses", BOSS)
    await delete(root, f"/game/bosses/{BOSS['key']}")
    state = await read_state(service.parts.database)

    assert await seed_first_game(service.parts.settings) == []

    assert await read_state(service.parts.database) == state


async def test_a_broken_file_seeds_nothing(service: Service, tmp_path: Path) -> None:
    with pytest.raises(BadGameError):
        await seed_first_game(service.parts.settings, tmp_path)

    async with service.parts.database.reading() as uow:
        assert not await uow.definitions.has_any()


async def test_the_first_start_says_what_it_seeded(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    for expected in (f"Seeded the game: {ALL}\n", ""):
        await asyncio.to_thread(seed_game_or_warn, service.parts.settings)
        assert capsys.readouterr().out == expected


def test_without_its_game_the_service_starts_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = Settings(database_url=SecretStr("postgresql://nobody@127.0.0.1:1/questboard"))

    with listen():
        seed_game_or_warn(settings)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("warning: the game was not seeded: The database is out of reach")
    assert "commands.seed_game" in printed.err


def test_a_database_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{SQLITE}:///{tmp_path}/none.sqlite3")

    with listen():
        status = main([])

    assert status == 1
    assert "there is no database at" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
