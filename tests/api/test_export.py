"""``GET /users/me/export``: all that is kept of the caller, and nothing else."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, or_, select
from sqlalchemy.sql.visitors import iterate

from app.core.audit import AuditEvent
from app.db.base import Base
from app.db.models import User, UserSession
from app.db.repositories.export import (
    EXPORT_TABLES,
    LEFT_OUT_COLUMNS,
    LEFT_OUT_TABLES,
    ExportTable,
)
from app.services.audit import write_down
from tests.api.account_steps import WRONG_PASSWORD, log_in, open_tokens
from tests.api.export_steps import PATH, export, fetch, read_rows, unzip
from tests.api.test_me_erased import live
from tests.auth.external_steps import run_with_issuers
from tests.support.contract import check_problem
from tests.support.game import CONTENT
from tests.support.service import PASSWORD, Learner, Service

OWNERS = {"user_id", "created_by", "actor_id", "subject_id"}
"""Columns that say whose a row is: each row of an export is the caller's."""

OF_NOBODY = {"parties", "party_battles", "league_groups", "score_buckets", "revisions"}
"""What belongs to no single learner. Who fights or leads has rows of their own."""

CALLER = "/users/me"


def list_columns(table: ExportTable) -> list[set[Column[Any]]]:
    """The columns of the database that each field is made of."""
    return [
        {part for part in iterate(selected) if isinstance(part, Column)}
        for selected in table.statement.selected_columns
    ]


def find_main(table: ExportTable) -> Table:
    """The table whose rows these are: that of the first field."""
    (column,) = list_columns(table)[0]
    return Base.metadata.tables[column.table.name]


MAIN = {table.name: find_main(table) for table in EXPORT_TABLES}


def as_json(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value.isoformat()


async def read_table(service: Service, table: Table, user_id: int) -> list[dict[str, Any]]:
    """The user's rows of a table as JSON has them, but for what is left out."""
    owners = [column for column in table.columns if column.name in OWNERS] or [table.c.id]
    columns = [
        column
        for column in table.columns
        if column not in owners or table.name == "users"
        if str(column) not in LEFT_OUT_COLUMNS
    ]
    async with service.parts.database.engines.reading.connect() as connection:
        found = await connection.execute(
            select(*columns).where(or_(*(owner == user_id for owner in owners)))
        )
        rows = [row._asdict() for row in found]
    decoded: list[dict[str, Any]] = json.loads(json.dumps(rows, default=as_json))
    return decoded


def sort_rows(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


@pytest.mark.parametrize("table", EXPORT_TABLES, ids=lambda table: table.name)
def test_every_column_is_given_out_or_left_out_for_a_reason(table: ExportTable) -> None:
    given = {str(column) for columns in list_columns(table) for column in columns}
    main = find_main(table)
    owed = {str(column) for column in main.columns if column.name not in OWNERS}
    assert owed - given == {name for name in LEFT_OUT_COLUMNS if name.startswith(f"{main.name}.")}


def test_every_table_is_given_out_or_left_out_for_a_reason() -> None:
    given = {table.name for table in MAIN.values()}
    assert given.isdisjoint(LEFT_OUT_TABLES)
    assert given | LEFT_OUT_TABLES.keys() | CONTENT | OF_NOBODY == Base.metadata.tables.keys()
    for table in Base.metadata.sorted_tables:
        if OWNERS & {column.name for column in table.columns}:
            assert table.name in given | LEFT_OUT_TABLES.keys()


def test_what_is_left_out_is_there() -> None:
    known = {str(column) for table in Base.metadata.sorted_tables for column in table.columns}
    assert LEFT_OUT_COLUMNS.keys() <= known
    assert all([*LEFT_OUT_COLUMNS.values(), *LEFT_OUT_TABLES.values()])


async def test_every_row_of_every_table_is_in_it(service: Service, learner: Learner) -> None:
    await live(service, learner)
    await service.settle()
    found = await export(service, learner)
    assert list(found) == [table.name for table in EXPORT_TABLES]
    for name, main in MAIN.items():
        kept = await read_table(service, main, learner.id)
        if name == "audit":  # of which others' data are not shown: see below
            assert len(found[name]) == len(kept)
            continue
        assert kept, f"the learner has no {name}"
        fields = kept[0].keys() & found[name][0].keys()
        assert fields == kept[0].keys()
        assert sort_rows([{field: row[field] for field in fields} for row in found[name]]) == (
            sort_rows(kept)
        )


async def test_rows_say_what_they_are_about(service: Service, learner: Learner) -> None:
    await live(service, learner)
    found = await export(service, learner)
    assert found["account"][0]["email"] == learner.email
    assert found["enrollments"][0]["course_title"] == "Python"
    assert found["quiz_attempts"][0]["answers"][0]["prompt"] == "Question 1?"
    assert found["review_cards"][0]["prompt"] == "Question 1?"
    assert found["parties"][0]["name"] == "Fellowship"
    assert found["parties"][0]["led_by_you"] is True
    assert {"title", "target"} <= found["quests"][0].keys()
    assert found["activities"][0]["occurred_at"] == "2026-03-02T12:00:00Z"
    assert found["activities"][0]["local_on"] == "2026-03-02"
    xp = sum(entry["xp"] for entry in found["ledger"])
    assert xp == found["player"][0]["xp"] > 0


async def test_it_explains_itself(service: Service, learner: Learner) -> None:
    await learner.create_task(title="Größe \N{DRAGON}", due_time="08:30", due_on="2026-03-03")
    answer = await learner.client.get(PATH)
    archive = answer.content
    assert answer.headers["content-disposition"] == (
        'attachment; filename="questboard-export-2026-03-02.zip"'
    )
    assert answer.headers["cache-control"] == "no-store"
    files, rows = unzip(archive), read_rows(archive)
    assert (next(iter(files)), list(files)[-1]) == ("README.txt", "contents.json")
    assert all(f"  {name}.json  " in files["README.txt"].decode() for name in rows)
    contents = json.loads(files["contents.json"])
    assert contents["exported_at"] == "2026-03-02T12:00:00Z"
    assert contents["user_id"] == learner.id
    assert contents["files"] == [
        {"name": f"{name}.json", "rows": len(items)} for name, items in rows.items()
    ]
    assert "Größe \N{DRAGON}" in files["tasks.json"].decode()
    assert rows["tasks"][0]["due_time"] == time(8, 30).isoformat()
    assert rows["tasks"][0]["due_on"] == date(2026, 3, 3).isoformat()


async def test_the_same_rows_give_the_same_bytes(service: Service, learner: Learner) -> None:
    await live(service, learner)
    await service.settle()
    assert await fetch(service, learner) == await fetch(service, learner)


async def test_no_hash_and_no_token_is_in_it(service: Service, learner: Learner) -> None:
    await live(service, learner)
    tokens = await open_tokens(service)
    party = (await learner.get("/game/parties"))["items"][0]
    key = {"Idempotency-Key": "kept"}
    link = await learner.post(f"/game/parties/{party['id']}/invitations", **key)
    async with service.parts.database.engines.reading.connect() as connection:
        password = await connection.scalar(select(User.hashed_password))
        hashes = [
            value
            for row in await connection.execute(
                select(UserSession.family_hash, UserSession.token_hash, UserSession.parent_hash)
            )
            for value in row
            if value is not None
        ]
    assert len(hashes) >= 4
    files = unzip(await fetch(service, learner))
    secrets = [
        str(password),
        link["token"],
        tokens["access_token"],
        tokens["refresh_token"],
        PASSWORD,
    ]
    everything = b"\n".join(files.values())
    for secret in [*(text.encode() for text in secrets), *hashes]:
        assert secret not in everything
        assert secret.hex().encode() not in everything
    assert b"argon2" not in everything


async def test_nothing_of_a_neighbour_is_in_it(service: Service, learner: Learner) -> None:
    neighbour = await service.learner("neighbour@example.org", display_name="Neighbour")
    for each in (learner, neighbour):
        await live(service, each)
    await neighbour.create_task(title="Neighbour's own")
    party = (await learner.get("/game/parties"))["items"][0]
    link = await learner.post(f"/game/parties/{party['id']}/invitations")
    await neighbour.post(f"/game/party-invitations/{link['token']}/accept")
    found = await fetch(service, learner)
    assert b"eighbour" not in b"".join(unzip(found).values())
    rows = read_rows(found)
    for name, main in MAIN.items():
        assert len(rows[name]) == len(await read_table(service, main, learner.id)), name
    theirs = await export(service, neighbour)
    assert [row["led_by_you"] for row in theirs["parties"]] == [False, True]


async def test_the_audit_log_shows_nobody_else(service: Service, learner: Learner) -> None:
    other = await service.learner("root@example.org", is_superuser=True)
    await open_tokens(service)
    await log_in(service.client(), password=WRONG_PASSWORD)
    await other.client.patch(f"/users/{learner.id}", json={"role": "author"})
    async with service.parts.database.writing() as transaction:
        await write_down(
            transaction.uow,
            AuditEvent.ROLE_CHANGED,
            service.clock.now(),
            subject_id=other.id,
            actor_id=learner.id,
            details={"from": "theirs"},
        )
        await transaction.commit()
    await service.settle()
    entries = {
        (entry["event"], entry["by_you"], entry["about_you"]): entry
        for entry in (await export(service, learner))["audit"]
    }
    assert entries["login_succeeded", True, True]["address"] == "127.0.0.1"
    assert entries["login_failed", False, True]["address"] is None
    assert entries["login_failed", False, True]["details"]["attempts"] == 1
    assert entries["role_changed", False, True]["address"] is None
    assert entries["role_changed", False, True]["details"] == {"from": "learner", "to": "author"}
    assert entries["role_changed", True, False]["details"] is None


async def test_who_has_done_nothing_gets_empty_lists(service: Service, learner: Learner) -> None:
    found = await export(service, learner)
    filled = {name for name, rows in found.items() if rows}
    assert {"account", "sessions", "player"} <= filled
    assert filled <= {"account", "sessions", "player", "audit", "weekly_scores"}


async def test_who_comes_from_another_issuer_has_it_as_well(
    database_url: str, tmp_path: Path
) -> None:
    async with run_with_issuers(database_url, tmp_path) as issuers:
        client = issuers.service.client(issuers.better_auth_token())
        me = (await client.get(CALLER)).json()
        learner = Learner(me["id"], me["email"], client)
        await learner.create_task(title="From elsewhere")
        found = await export(issuers.service, learner)
    assert [row["title"] for row in found["tasks"]] == ["From elsewhere"]
    assert [row["issuer"] for row in found["external_identities"]] == [issuers.better_auth_url]
    assert found["sessions"] == []


async def test_a_statement_for_each_file(service: Service, learner: Learner) -> None:
    await live(service, learner)
    await service.parts.counters.reset()
    with service.statements.count() as statements:
        assert (await learner.client.get(PATH)).status_code == 200
    who_it_is = 1
    assert len(statements) == who_it_is + len(EXPORT_TABLES)


async def test_a_stranger_gets_nothing(service: Service) -> None:
    answer = await service.client().get(PATH)
    assert (answer.status_code, check_problem(answer)["code"]) == (401, "invalid_token")


async def test_an_erased_user_gets_nothing(service: Service, learner: Learner) -> None:
    await learner.client.request("DELETE", CALLER, json={"password": PASSWORD})
    answer = await learner.client.get(PATH)
    assert (answer.status_code, check_problem(answer)["code"]) == (401, "invalid_token")
