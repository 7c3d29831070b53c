"""Migrate, seed and serve: what ``./start.sh`` runs. Obeys HOST, PORT, WORKERS, DATABASE_URL and DATA_DIR."""

import sys
from collections.abc import Sequence

from commands.leaving import leaving_at_once
from commands.serving.building import building


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    # When it has shut down, uvicorn raises the signal again: to be told to leave is no failure.
    with leaving_at_once():
        with building():
            # Almost all of the program. The processes that WORKERS starts import this module as well, and
            # need nothing of it.
            from app.core.config import SettingsError
            from commands.serving.starting import prepare, serve
            from commands.terminal import fail, take_no_options

            take_no_options(__doc__, arguments)
            try:
                settings = prepare()
            except SettingsError as error:
                return fail(str(error))
        serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
