"""Tell whether the models and the migrations say the same: ``python -m commands.check_drift``.

Migrates an empty SQLite file and compares it with the models; the tests do the same on PostgreSQL.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.util.exc import CommandError

from app.core.database_url import SQLITE_SCHEME
from commands.migrate import alembic_config
from commands.terminal import fail, take_no_options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    take_no_options(__doc__, arguments)
    with tempfile.TemporaryDirectory() as folder:
        config = alembic_config(f"{SQLITE_SCHEME}:///{Path(folder, 'drift.sqlite3')}")
        command.upgrade(config, "head")
        try:
            command.check(config)
        except CommandError as error:
            return fail(f"models and migrations differ: {error}")
    print("models and migrations agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
