"""Reminders at the learner's hour, reports on Mondays: to whoever wished them, and only with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.jobs import JobKind
from app.core.mail import MailError
from app.services.mail_times import find_next_hour, find_next_report, is_timely
from tests.api.task_steps import check_refusal
from tests.support.service import Learner, Service
from tests.worker.job_steps import list_jobs, want

PATH = "/users/me/mail-preferences"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"]


async def wish(who: Learner, **fields: Any) -> dict[str, Any]:
    answer = await who.client.patch(PATH, json=fields)
    assert answer.status_code == 200, answer.text
    wishes: dict[str, Any] = answer.json()
    return wishes


async def pass_time(service: Service, to: str) -> list[str]:
    """Go to this instant, make a round there, and send what is due: the subjects of the new mails."""
    service.mailbox.mails.clear()
    service.clock.set(datetime.fromisoformat(to).replace(tzinfo=UTC))
    await want(service, kind=JobKind.WANT_MAILS)
    await service.settle()
    return [mail.subject.partition(" - ")[0] for mail in service.mailbox.mails]


@pytest.fixture
async def ada(service: Service) -> Learner:
    """Somebody in Berlin with a task that is due each day. It is Monday, noon in UTC."""
    ada = await service.learner(is_verified=True, timezone="Europe/Berlin")
    await ada.create_task(title="Water the plants", due_on="2026-03-02", recurrence="FREQ=DAILY")
    return ada


@given(
    now=st.timedeltas(timedelta(0), timedelta(days=3650)).map(FIRST.__add__),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    hour=st.integers(0, 23),
)
def test_the_next_time_is_at_the_hour(now: datetime, zone: ZoneInfo, hour: int) -> None:
    due = find_next_hour(now, zone, hour)
    assert now < due <= now + timedelta(hours=26)
    wall = due.astimezone(zone)
    skipped = (wall - timedelta(hours=1)).replace(tzinfo=None) != (
        due - timedelta(hours=1)
    ).astimezone(zone).replace(tzinfo=None)
    assert wall.hour == hour or skipped  # the clock jumped over it
    assert is_timely(due, due, zone, hour)
    report = find_next_report(now, zone, hour)
    assert now < report <= now + timedelta(days=7, hours=2)
    assert report.astimezone(zone).weekday() == 0


def test_what_is_late_or_of_another_zone_is_left_out() -> None:
    berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
    due = datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert is_timely(due, due + timedelta(hours=2), berlin, 18)
    assert not is_timely(due, due + timedelta(hours=2, seconds=1), berlin, 18)
    assert not is_timely(due, due, tokyo, 18)


async def test_nobody_gets_mails_unless_they_wish(service: Service, ada: Learner) -> None:
    assert await ada.get(PATH) == {"reminder_hour": None, "weekly_report": False}
    assert await pass_time(service, "2026-03-09T18:00:00") == []


async def test_a_reminder_comes_once_a_day_at_the_hour(service: Service, ada: Learner) -> None:
    assert await wish(ada, reminder_hour=18) == {"reminder_hour": 18, "weekly_report": False}
    assert await pass_time(service, "2026-03-02T16:59:59") == []
    assert await pass_time(service, "2026-03-02T17:00:00") == ["Today"]
    assert "- Water the plants" in service.mailbox.mails[0].text
    assert "1 task is due" in service.mailbox.mails[0].text
    assert await pass_time(service, "2026-03-02T17:05:00") == []
    assert await pass_time(service, "2026-03-03T17:04:00") == ["Today"]
    # In Berlin the clock goes forward on 29 March.
    assert await pass_time(service, "2026-03-30T15:59:59") == []
    assert await pass_time(service, "2026-03-30T16:00:00") == ["Today"]


async def test_with_nothing_to_do_there_is_no_reminder(service: Service, ada: Learner) -> None:
    await wish(ada, reminder_hour=18)
    (task,) = (await ada.get("/tasks"))["items"]
    await ada.client.delete(f"/tasks/{task['id']}")
    assert await pass_time(service, "2026-03-02T17:00:00") == []
    (result,) = [job.result for job in await list_jobs(service) if job.kind == "send_reminder"]
    assert result == {"sent": False}


async def test_a_streak_at_risk_is_a_reason(service: Service) -> None:
    ada = await service.learner(is_verified=True)
    task = await ada.create_task()
    await ada.post(f"/tasks/{task['id']}/complete")
    await wish(ada, reminder_hour=18)
    assert await pass_time(service, "2026-03-02T18:00:00") == []
    assert await pass_time(service, "2026-03-03T18:00:00") == ["Today"]
    assert "Your streak is at 1 day" in service.mailbox.mails[0].text


async def test_who_has_paused_is_left_alone(service: Service, ada: Learner) -> None:
    await wish(ada, reminder_hour=18)
    assert (await ada.client.put("/game/pause", json={"days": 1})).status_code == 200
    assert await pass_time(service, "2026-03-02T17:00:00") == []


@pytest.mark.parametrize("fields", [{"is_verified": False}, {"is_active": False}])
async def test_only_a_verified_address_gets_any(
    service: Service, ada: Learner, fields: dict[str, bool]
) -> None:
    await wish(ada, reminder_hour=18, weekly_report=True)
    user = await service.parts.manager.user_db.get(ada.id)
    assert user is not None
    await service.parts.manager.user_db.update(user, fields)
    assert await pass_time(service, "2026-03-09T17:00:00") == []


async def test_hours_after_an_outage_nobody_is_woken(service: Service, ada: Learner) -> None:
    await wish(ada, reminder_hour=18)
    assert await pass_time(service, "2026-03-02T23:00:00") == []
    assert await pass_time(service, "2026-03-03T17:00:00") == ["Today"]


async def test_whoever_travels_is_reminded_at_the_hour_there(
    service: Service, ada: Learner
) -> None:
    await wish(ada, reminder_hour=18)
    await ada.client.patch("/users/me", json={"timezone": "America/New_York"})
    assert await pass_time(service, "2026-03-02T17:00:00") == []  # noon there
    assert await pass_time(service, "2026-03-02T23:00:00") == ["Today"]


async def test_wishes_can_be_taken_back(service: Service, ada: Learner) -> None:
    await wish(ada, reminder_hour=18, weekly_report=True)
    assert await wish(ada, reminder_hour=None) == {"reminder_hour": None, "weekly_report": True}
    assert await wish(ada, weekly_report=False) == {"reminder_hour": None, "weekly_report": False}
    assert await pass_time(service, "2026-03-09T18:00:00") == []


async def test_a_report_sums_the_week_up_on_monday(service: Service, ada: Learner) -> None:
    await wish(ada, weekly_report=True)
    tasks = [(await ada.create_task())["id"] for _ in range(3)]
    for task in tasks:
        await ada.post(f"/tasks/{task}/complete")
    await ada.post(f"/tasks/{tasks[0]}/undo")
    assert await pass_time(service, "2026-03-09T06:59:59") == []
    assert await pass_time(service, "2026-03-09T07:00:00") == ["Your week"]
    text = service.mailbox.mails[0].text
    assert "2 March to 8 March" in text
    assert "Tasks completed: 2\nXP earned: 20\n" in text
    assert await pass_time(service, "2026-03-16T07:00:00") == []  # nothing was done since


async def test_a_mail_that_fails_is_sent_later_and_is_the_same(
    service: Service, ada: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wish(ada, reminder_hour=18)
    keys = []

    async def refuse(mail: Any) -> None:
        keys.append(mail.key)
        raise MailError("421 come again", permanent=False)

    with monkeypatch.context() as patched:
        patched.setattr(service.mailbox, "send", refuse)
        assert await pass_time(service, "2026-03-02T17:00:00") == []
    (job,) = [job for job in await list_jobs(service) if job.kind == "send_reminder"]
    assert (job.status, job.error) == ("queued", "421 come again")
    service.clock.set(job.due_at)
    await service.settle()
    assert [mail.key for mail in service.mailbox.mails] == keys


@pytest.mark.parametrize(
    "body",
    [
        {"reminder_hour": 24},
        {"reminder_hour": -1},
        {"reminder_hour": "8"},
        {"weekly_report": None},
        {"x": 1},
    ],
)
async def test_what_is_no_wish_is_refused(ada: Learner, body: dict[str, Any]) -> None:
    check_refusal(await ada.client.patch(PATH, json=body), 422, "validation_error")
