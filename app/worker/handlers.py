"""What does which kind of job. Every one of them may be done twice without harm."""

from collections.abc import Awaitable, Callable
from types import MappingProxyType

from app.core.jobs import JobKind
from app.db.repositories.background_tasks import JobRow
from app.parts import Parts
from app.worker.challenge_closing import close_challenges
from app.worker.housekeeping import clear_away
from app.worker.jobs import Handle, Handlers
from app.worker.mailing import (
    send_reminder,
    send_report,
    send_reset_link,
    send_verification,
    tell_account_changed,
    want_mails,
)
from app.worker.standings import close_leagues, refresh_histograms


def _plain(work: Callable[[Parts], Awaitable[None]]) -> Handle:
    """A job that needs to know nothing and tells nothing."""

    async def handle(parts: Parts, _job: JobRow) -> None:
        await work(parts)

    return handle


HANDLERS: Handlers = MappingProxyType(
    {
        JobKind.CLEAR_AWAY: _plain(clear_away),
        JobKind.CLOSE_CHALLENGES: _plain(close_challenges),
        JobKind.CLOSE_LEAGUES: _plain(close_leagues),
        JobKind.MEASURE_TABLES: _plain(refresh_histograms),
        JobKind.WANT_MAILS: want_mails,
        JobKind.SEND_VERIFICATION: send_verification,
        JobKind.SEND_RESET_LINK: send_reset_link,
        JobKind.TELL_ACCOUNT_CHANGED: tell_account_changed,
        JobKind.SEND_REMINDER: send_reminder,
        JobKind.SEND_REPORT: send_report,
    }
)
