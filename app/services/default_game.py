"""The quests, bosses and badges that come with the program, as files."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from app.core.errors import RuleViolationError
from app.schemas.definitions import BadgeCreate, BossCreate, QuestCreate

Created = TypeVar("Created", QuestCreate, BossCreate, BadgeCreate)


@dataclass(frozen=True, slots=True)
class GameDefinitions:
    """What a folder defines, in the order of its files."""

    quests: Sequence[QuestCreate]
    bosses: Sequence[BossCreate]
    badges: Sequence[BadgeCreate]


class BadGameError(RuleViolationError):
    """A file is missing, or can't be used as it is."""

    code = "bad_game"


def read_game(folder: Path) -> GameDefinitions:
    """Read ``quests.toml``, ``bosses.toml`` and ``badges.toml``.

    Raises:
        BadGameError: one of them can't be read, or something in it is wrong; it says which and what.
    """
    return GameDefinitions(
        _read(folder / "quests.toml", "quest", QuestCreate),
        _read(folder / "bosses.toml", "boss", BossCreate),
        _read(folder / "badges.toml", "badge", BadgeCreate),
    )


def _read(file: Path, kind: str, schema: type[Created]) -> Sequence[Created]:
    """The tables ``[[kind]]`` of a file, each key once."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadGameError(f"{file}: {error}") from None
    tables = content.pop(kind, [])
    if content or not isinstance(tables, list):
        raise BadGameError(f"{file}: holds something else than [[{kind}]] tables")
    read = [_validate(f"{file}: {kind} {n}", table, schema) for n, table in enumerate(tables, 1)]
    keys = [definition.key for definition in read]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise BadGameError(f"{file}: has two of a key: {', '.join(repeated)}")
    return read


def _validate(where: str, table: Any, schema: type[Created]) -> Created:
    try:
        return schema.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadGameError(f"{where}: {place}: {first['msg']}") from None
