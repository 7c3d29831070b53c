"""Mails as files."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.config import Environment, Settings
from app.core.mail import MailError
from app.infra import mail as module
from app.infra.mail import FileSender, create_sender
from tests.infra.smtp_server import SECRET, SENDER, capture_logs, make_mail, parse


class _FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 3, 10, 11, 12, tzinfo=UTC)


def make_sender(folder: Path) -> FileSender:
    return FileSender(folder, SENDER, _FixedClock())


def list_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_the_mail_lies_in_the_folder_for_one_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mails"
    await make_sender(folder).send(make_mail())
    [path] = list_files(folder)
    assert path.name == "20261103T101112Z-1.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = parse(path.read_bytes())
    assert message["To"] == "ada@example.org"
    assert message["Date"] == "Tue, 03 Nov 2026 10:11:12 +0000"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


async def test_a_long_link_can_be_copied_from_the_file(tmp_path: Path) -> None:
    link = "http://localhost:8000/verify#token=" + "a=" * 200
    await make_sender(tmp_path).send(replace(make_mail("jürgen@example.org"), text=f"é {link}\n"))
    [path] = list_files(tmp_path)
    assert link in path.read_text(encoding="utf-8")


async def test_mails_of_one_second_and_of_other_processes_are_kept_apart(tmp_path: Path) -> None:
    for to in ("a@x.de", "b@x.de"):
        await make_sender(tmp_path).send(make_mail(to))
    await make_sender(tmp_path).send(make_mail("c@x.de"))
    recipients = [parse(path.read_bytes())["To"] for path in list_files(tmp_path)]
    assert recipients == ["a@x.de", "b@x.de", "c@x.de"]


async def test_the_log_says_where_the_mail_lies_and_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = capture_logs(monkeypatch, module)
    await make_sender(tmp_path).send(make_mail())
    [path] = list_files(tmp_path)
    [line] = lines
    assert line["event"] == "mail_written"
    assert line["path"] == str(path)
    assert line["to"] == "a***@example.org"
    assert SECRET not in str(line)


async def test_a_folder_that_can_not_be_written_is_transient(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("in the way")
    with pytest.raises(MailError) as caught:
        await make_sender(tmp_path / "mails").send(make_mail())
    assert not caught.value.permanent


async def test_what_is_no_mail_is_permanent_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(MailError) as caught:
        await make_sender(tmp_path).send(make_mail("a@x.de\r\nBcc: b@x.de"))
    assert caught.value.permanent
    assert list_files(tmp_path) == []


async def test_production_without_a_mail_server_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = capture_logs(monkeypatch, module)
    settings = Settings(_env_file=None, data_dir=tmp_path, mail_server=None)
    await create_sender(settings).send(make_mail())
    assert len(list_files(tmp_path / "mails")) == 1
    create_sender(settings.model_copy(update={"environment": Environment.PRODUCTION}))
    assert [line["event"] for line in lines] == ["mail_written", "mail_server_missing"]
