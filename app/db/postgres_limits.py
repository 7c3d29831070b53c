"""How long PostgreSQL, and the way to it, may take."""

from collections.abc import Mapping
from dataclasses import dataclass

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """All in seconds. What takes longer is given up, and its request told to come again."""

    connect: float = 5.0
    """Until a server has let us in; the driver's own default is a minute."""
    statement: float = 15.0
    lock: float = 5.0
    """How long a request waits for another's lock; also what a second request with one key waits."""
    idle_in_transaction: float = 60.0
    """After which the server ends a transaction of a process that hangs, and frees its locks."""
    silence: float = 18.0
    """After which a server that should have ended the statement itself is taken for gone."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The server's settings that hold them there, in milliseconds."""
        seconds = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle_in_transaction,
        }
        return {name: str(round(value * _MILLISECONDS)) for name, value in seconds.items()}

    @property
    def local_settings(self) -> str:
        """The same as statements that hold until the end of the transaction."""
        return " ".join(f"SET LOCAL {name} = {value};" for name, value in self.settings.items())


DEFAULT_LIMITS = TimeLimits()
