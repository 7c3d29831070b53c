"""Logs: one form for all, readable or JSON, with the request's id and without secrets."""

import logging

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.request_id import NO_REQUEST, begin_request, current_request_id, name_caller
from app.db.session import Database
from tests.support.logs import listen

ours = structlog.get_logger("tests.ours")
theirs = logging.getLogger("tests.theirs")


@pytest.fixture(autouse=True)
def no_request() -> None:
    structlog.contextvars.clear_contextvars()


def test_lines_are_json_where_nobody_reads_along() -> None:
    with listen() as log:
        ours.info("it_happened", count=3)

    (line,) = log.lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "it_happened", "count": 3, "level": "info"}


def test_lines_are_readable_on_a_terminal() -> None:
    with listen(is_terminal=True) as log:
        ours.info("it_happened", count=3)

    assert "it_happened" in log.getvalue()
    assert not log.getvalue().startswith("{")


def test_other_peoples_lines_have_the_same_form() -> None:
    with listen() as log:
        theirs.warning("disk %s is full", "A")

    (line,) = log.lines
    assert (line["event"], line["level"]) == ("disk A is full", "warning")


@pytest.mark.parametrize("logger", [ours, theirs], ids=["ours", "theirs"])
def test_every_line_of_a_request_has_its_id_and_user(logger: logging.Logger) -> None:
    with listen() as log:
        request_id = begin_request()
        name_caller(42)
        logger.warning("it_happened")

    (line,) = log.lines
    assert (line["request_id"], line["user_id"]) == (request_id, 42)


def test_a_new_request_forgets_the_user_of_the_last() -> None:
    begin_request()
    name_caller(42)

    with listen() as log:
        begin_request()
        ours.info("it_happened")

    assert "user_id" not in log.lines[0]


def test_outside_of_a_request_there_is_no_id() -> None:
    assert current_request_id() == NO_REQUEST
    assert begin_request() == current_request_id()


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "access_token",
        "ACCESS_SECRET_KEY",
        "Authorization",
        "set-cookie",
    ],
)
def test_what_is_named_like_a_secret_is_hidden(name: str) -> None:
    with listen() as log:
        ours.info("it_happened", **{name: "hunter2"})
        ours.info(
            "it_happened", headers={name: "hunter2", "accept": "*/*", "more": {name: "hunter2"}}
        )

    assert "hunter2" not in log.getvalue()
    assert log.lines[1]["headers"]["accept"] == "*/*"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_failure_is_logged_without_the_values_of_variables(*, is_terminal: bool) -> None:
    def fail(given: list[str]) -> None:
        entered = "".join(given)
        raise ValueError(len(entered))

    with listen(is_terminal=is_terminal) as log:
        try:
            fail(["hunter", "2"])
        except ValueError:
            ours.exception("it_failed")
            theirs.exception("it failed")

    assert log.getvalue().count("ValueError") >= 2
    assert "hunter2" not in log.getvalue()


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["fine", "plain", "grave"]),
        ("info", ["plain", "grave"]),
        ("error", ["grave"]),
    ],
)
def test_the_level_says_what_is_written(level: str, events: list[str]) -> None:
    with listen(level=level) as log:
        for logger in (ours, theirs):
            logger.debug("fine")
            logger.info("plain")
            logger.error("grave")

    assert [line["event"] for line in log.lines] == events * 2


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpcore.http11", "aiosqlite"])
def test_libraries_do_not_tell_each_step(name: str) -> None:
    with listen(level="debug") as log:
        logging.getLogger(name).info("HTTP Request: GET https://example.org/?token=hunter2")
        logging.getLogger(name).warning("something is wrong")

    assert [line["event"] for line in log.lines] == ["something is wrong"]


def test_uvicorn_writes_no_second_line_for_a_request() -> None:
    with listen(level="debug") as log:
        logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /?token=hunter2"')
        logging.getLogger("uvicorn.error").info("Started server process")

    assert [line["event"] for line in log.lines] == ["Started server process"]


async def test_a_failing_statement_does_not_tell_its_values(shared_database: Database) -> None:
    for engine in (shared_database.engines.reading, shared_database.engines.writing):
        with pytest.raises(DBAPIError) as failure:
            async with engine.connect() as connection:
                await connection.execute(
                    text("SELECT * FROM no_such_table WHERE name = :name"), {"name": "hunter2"}
                )

        assert "no_such_table" in str(failure.value)
        assert "hunter2" not in str(failure.value)
