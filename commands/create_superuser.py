"""Make a superuser, or make one of an account: ``python -m commands.create_superuser``.

Asks on a terminal for what is not given. The password is never an option, because options are seen by
everybody on the machine (``ps``): it is typed, read from standard input, or from SUPERUSER_PASSWORD.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.auth.administration import ALL_RIGHTS
from app.auth.errors import RegisterInvalidPasswordError
from app.core.config import Settings, load_settings
from app.core.logging import configure_logging
from app.db.models import User
from app.db.session import Database
from app.parts import Parts, open_parts
from app.schemas.users import AdminUserCreate, Email
from commands.readiness import find_hindrance
from commands.terminal import fail, report, run

EMAIL_VARIABLE, PASSWORD_VARIABLE = "SUPERUSER_EMAIL", "SUPERUSER_PASSWORD"


class RefusedError(Exception):
    """What was given won't do. The message is one line that says why."""


async def create_superuser(options: argparse.Namespace) -> int:
    """Make the superuser and say what was done; the status to exit with."""
    settings = load_settings()
    configure_logging("warning")  # Alembic tells of its plugins
    try:
        email = _read_email(options.email)
        await _refuse_unready(settings)
        async with open_parts(settings) as parts:
            user, result, sentence = await _appoint(parts, email, options)
    except RefusedError as error:
        return fail(str(error))
    facts = {"id": user.id, "email": user.email, "result": result}
    report(sentence, facts, as_json=options.json)
    return 0


async def _refuse_unready(settings: Settings) -> None:
    # Before the parts are opened: that makes the data folder and keys.
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        hindrance = await find_hindrance(database, settings)
    finally:
        await database.dispose()
    if hindrance is not None:
        raise RefusedError(hindrance)


async def _appoint(parts: Parts, email: str, options: argparse.Namespace) -> tuple[User, str, str]:
    """The account, what was done in a word, and in a sentence."""
    user = await parts.administration.find_by_email(email)
    if user is None:
        given = _describe(email, _read_password(from_stdin=options.password_stdin), options)
        return await _create(parts, given), "created", f"{email} was created as a superuser."
    promoted = await parts.administration.promote(user)
    if promoted is None:
        return user, "unchanged", f"{email} is a superuser already; nothing was changed."
    sentence = f"{email} was promoted to a superuser; the password stays as it was."
    return promoted, "promoted", sentence


async def _create(parts: Parts, given: AdminUserCreate) -> User:
    try:
        prepared = await parts.administration.prepare(given)
    except RegisterInvalidPasswordError as error:
        raise RefusedError(error.reason) from None
    async with parts.database.writing() as transaction:
        user = await parts.administration.create(transaction.uow, prepared)
        await transaction.commit()
    return user


def _read_email(given: str | None) -> str:
    text = given or os.environ.get(EMAIL_VARIABLE)
    if not text:
        text = _ask(f"no email address: give --email or {EMAIL_VARIABLE}", "Email address: ")
    return str(_check(TypeAdapter(Email).validate_python, text, "email"))


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    _require_terminal(f"no password: use --password-stdin or {PASSWORD_VARIABLE}")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise RefusedError("the passwords are not the same")
    return password


def _describe(email: str, password: str, options: argparse.Namespace) -> AdminUserCreate:
    values: dict[str, Any] = {"email": email, "password": password, **ALL_RIGHTS}
    if options.display_name is not None:
        values["display_name"] = options.display_name
    given: AdminUserCreate = _check(AdminUserCreate.model_validate, values, "")
    return given


def _check(validate: Any, value: Any, name: str) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or name
        raise RefusedError(f"{field}: {first['msg']}") from None


def _ask(advice: str, prompt: str) -> str:
    _require_terminal(advice)
    return input(prompt)


def _require_terminal(advice: str) -> None:
    if not sys.stdin.isatty():
        raise RefusedError(advice)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.create_superuser",
        description="Make a superuser, or make one of an account that is there already.",
        epilog=f"{EMAIL_VARIABLE} and {PASSWORD_VARIABLE} are obeyed as well.",
    )
    parser.add_argument("--email", help="the address to log in with")
    parser.add_argument("--display-name", help="the name that others see")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(create_superuser(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
