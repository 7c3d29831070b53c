"""Which quests a learner has today, and which week a local date belongs to."""

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256


def choose_daily(user_id: int, on: date, keys: Iterable[str], count: int) -> tuple[str, ...]:
    """The daily quests of a learner on a local date: at most `count` of the pool's keys, in order.

    The keys with the lowest hashes of learner, date and key win. So nothing is stored, the choice
    does not change when it is made again, and a quest that is added displaces at most one.
    """

    def draw(key: str) -> str:
        return sha256(f"{user_id}|{on.isoformat()}|{key}".encode()).hexdigest()

    return tuple(sorted(keys, key=draw)[:count])


def week_of(on: date) -> date:
    """The Monday of the week of a local date."""
    return on - timedelta(days=on.weekday())
