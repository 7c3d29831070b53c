"""The outbox: put returns at once, tries again, and logs every loss."""

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog

from app.core.mail import Mail, MailError, MailSender
from app.infra import mail_queue as module
from app.infra.mail_queue import DELAYS, InProcessOutbox
from tests.infra.smtp_server import (
    SECRET,
    Mailbox,
    capture_logs,
    find_closed_port,
    make_mail,
    make_sender,
    serve,
)

AT_ONCE = (0.0,) * 4
NEVER = (3600.0,) * 4
TRANSIENT = MailError("later", permanent=False)

Lines = list[MutableMapping[str, Any]]


class ScriptedSender:
    """Answers each try from a list: an error to raise, or None for taken; then always None."""

    def __init__(self, *answers: BaseException | None) -> None:
        self.answers = list(answers)
        self.tried: list[str] = []
        self.sent: list[str] = []

    async def send(self, mail: Mail) -> None:
        self.tried.append(mail.to)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.sent.append(mail.to)


class HangingSender:
    """Never answers."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def send(self, mail: Mail) -> None:
        self.reached.set()
        await asyncio.Event().wait()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    return capture_logs(monkeypatch, module)


def events(lines: Lines) -> list[str]:
    assert SECRET not in str(lines)
    assert "ada@" not in str(lines)
    return [line["event"] for line in lines]


@asynccontextmanager
async def running(sender: MailSender, **options: Any) -> AsyncIterator[InProcessOutbox]:
    """An outbox that has sent, or lost, everything when the block is left."""
    outbox = InProcessOutbox(sender, **options)
    outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop(10)


async def run_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await let_others_run()


async def let_others_run() -> None:
    await asyncio.sleep(0)


async def test_mails_are_sent_over_smtp_in_order(lines: Lines) -> None:
    mailbox = Mailbox()
    async with serve(mailbox) as port, running(make_sender(port)) as outbox:
        for number in range(5):
            outbox.put(make_mail(f"ada{number}@example.org"))
    recipients = [envelope.rcpt_tos for envelope in mailbox.envelopes]
    assert recipients == [[f"ada{number}@example.org"] for number in range(5)]
    assert events(lines) == ["mail_sent"] * 5
    assert lines[0]["to"] == "a***@example.org"


async def test_a_mail_that_is_refused_for_the_moment_is_sent_again(lines: Lines) -> None:
    mailbox = Mailbox(data_answers=["451 4.7.1 Later", "421 Busy"])
    async with serve(mailbox) as port, running(make_sender(port), delays=AT_ONCE) as outbox:
        outbox.put(make_mail())
        await run_until(lambda: mailbox.envelopes)
    assert mailbox.tries == 3
    assert events(lines) == ["mail_delayed", "mail_delayed", "mail_sent"]
    assert lines[0]["reason"] == "the server answered 451 4.7.1 (DataError)"
    assert lines[-1]["tries"] == 3


async def test_a_mail_that_is_refused_for_good_is_dropped_at_once(lines: Lines) -> None:
    mailbox = Mailbox(rcpt_answers=["550 5.1.1 no ada@example.org here"])
    async with serve(mailbox) as port, running(make_sender(port), delays=AT_ONCE) as outbox:
        outbox.put(make_mail())
        outbox.put(make_mail())
    assert mailbox.tries == 2
    assert len(mailbox.envelopes) == 1
    assert events(lines) == ["mail_lost", "mail_sent"]
    assert lines[0]["log_level"] == "error"
    assert lines[0]["to"] == "a***@example.org"
    assert lines[0]["tries"] == 1


async def test_a_dead_server_costs_five_tries(lines: Lines) -> None:
    port = await find_closed_port()
    async with running(make_sender(port), delays=AT_ONCE) as outbox:
        outbox.put(make_mail())
        await run_until(lambda: "mail_lost" in events(lines))
    assert events(lines) == ["mail_delayed"] * 4 + ["mail_lost"]
    assert lines[-1]["tries"] == 5


async def test_put_does_not_wait_for_a_slow_server(lines: Lines) -> None:
    mailbox = Mailbox(gate=asyncio.Event())
    assert mailbox.gate is not None
    async with serve(mailbox) as port, running(make_sender(port)) as outbox:
        outbox.put(make_mail())
        await mailbox.reached.wait()
        # No await: nothing here can wait.
        for _ in range(20):
            outbox.put(make_mail())
        assert events(lines) == []
        mailbox.gate.set()
    assert len(mailbox.envelopes) == 21


async def test_a_waiting_mail_does_not_hold_up_the_others(lines: Lines) -> None:
    sender = ScriptedSender(TRANSIENT)
    async with running(sender, delays=NEVER) as outbox:
        outbox.put(make_mail("first@example.org"))
        outbox.put(make_mail("second@example.org"))
        await run_until(lambda: sender.sent)
        assert sender.sent == ["second@example.org"]
    # The stop gave the waiting one another try.
    assert sender.sent == ["second@example.org", "first@example.org"]


async def test_the_delays_grow_and_have_jitter(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def run_now(delay: float, callback: Any, *args: Any) -> asyncio.TimerHandle:
        if args and isinstance(args[0], module._Letter):
            delays.append(delay)
            delay = 0
        return call_later(delay, callback, *args)

    monkeypatch.setattr(loop, "call_later", run_now)
    sender = ScriptedSender(*[TRANSIENT] * 10)
    async with running(sender) as outbox:
        outbox.put(make_mail())
        outbox.put(make_mail())
        await run_until(lambda: events(lines).count("mail_lost") == 2)
    delays.sort()
    expected = sorted(DELAYS * 2)
    assert all(base <= delay <= base * 1.25 for base, delay in zip(expected, delays, strict=True))
    assert delays != expected


async def test_a_full_outbox_drops_and_logs(lines: Lines) -> None:
    sender = HangingSender()
    outbox = InProcessOutbox(sender, capacity=3)
    outbox.start()
    outbox.put(make_mail())
    await sender.reached.wait()
    for _ in range(4):
        outbox.put(make_mail())
    assert events(lines) == ["mail_lost", "mail_lost"]
    assert lines[0]["reason"] == "the outbox is full"
    await outbox.stop(0)
    assert events(lines) == ["mail_lost"] * 5


async def test_waiting_mails_count_for_the_capacity(lines: Lines) -> None:
    sender = ScriptedSender(TRANSIENT)
    async with running(sender, delays=NEVER, capacity=1) as outbox:
        outbox.put(make_mail())
        await run_until(lambda: "mail_delayed" in events(lines))
        outbox.put(make_mail())
        assert lines[-1]["reason"] == "the outbox is full"


async def test_a_bug_in_the_sender_costs_one_mail_only(lines: Lines) -> None:
    sender = ScriptedSender(RuntimeError(SECRET), asyncio.CancelledError())
    async with running(sender) as outbox:
        for _ in range(3):
            outbox.put(make_mail())
    assert events(lines) == ["mail_lost", "mail_lost", "mail_sent"]
    assert [line.get("reason") for line in lines] == ["RuntimeError", "CancelledError", None]


async def test_stop_sends_what_was_put_before_the_start(lines: Lines) -> None:
    sender = ScriptedSender()
    outbox = InProcessOutbox(sender)
    outbox.put(make_mail())
    assert sender.tried == []
    outbox.start()
    outbox.start()
    await outbox.stop(10)
    assert events(lines) == ["mail_sent"]


async def test_stop_does_not_wait_for_the_next_try(lines: Lines) -> None:
    sender = ScriptedSender(*[TRANSIENT] * 5)
    async with running(sender, delays=NEVER) as outbox:
        outbox.put(make_mail())
        await run_until(lambda: "mail_delayed" in events(lines))
    assert len(sender.tried) == 5
    assert events(lines) == ["mail_delayed", "mail_lost"]


async def test_stop_ends_at_the_deadline_and_logs_what_is_left(lines: Lines) -> None:
    sender = HangingSender()
    outbox = InProcessOutbox(sender)
    outbox.start()
    outbox.put(make_mail())
    outbox.put(make_mail())
    await outbox.stop(0.02)
    assert events(lines) == ["mail_lost", "mail_lost"]
    assert {line["reason"] for line in lines} == {"the service stops"}
    outbox.put(make_mail())
    assert events(lines) == ["mail_lost"] * 3
    await outbox.stop(0)


async def test_stop_without_a_start_loses_nothing_silently(lines: Lines) -> None:
    outbox = InProcessOutbox(ScriptedSender())
    outbox.put(make_mail())
    await outbox.stop(10)
    assert events(lines) == ["mail_lost"]


async def test_a_cancelled_stop_still_ends_the_worker(lines: Lines) -> None:
    sender = HangingSender()
    outbox = InProcessOutbox(sender)
    outbox.start()
    outbox.put(make_mail())
    await sender.reached.wait()
    stopping = asyncio.create_task(outbox.stop(3600))
    await let_others_run()
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert events(lines) == ["mail_lost"]


async def test_log_lines_bear_the_context_of_the_request(lines: Lines) -> None:
    async with running(ScriptedSender()) as outbox:
        with structlog.contextvars.bound_contextvars(request_id="r1"):
            outbox.put(make_mail())
        outbox.put(make_mail())
    assert [line.get("request_id") for line in lines] == ["r1", None]
