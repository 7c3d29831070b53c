"""Migrate and serve: what ``./start.sh`` runs. Obeys HOST, PORT, WORKERS, DATABASE_URL and DATA_DIR."""

import sys

import uvicorn

from app.core.config import Settings, SettingsError, load_settings
from app.core.logging import configure_logging
from app.core.secret_keys import load_secret_keys
from commands.migrate import migrate
from commands.terminal import fail

SHUTDOWN_SECONDS = 20
"""How long requests under way may take to finish when the service is told to leave."""


def main() -> int:
    """Run the command."""
    try:
        settings = load_settings()
        load_secret_keys(settings)  # so that a weak secret stops the start, not each worker
    except SettingsError as error:
        return fail(str(error))
    configure_logging(settings.log_level)
    migrate(settings)
    _print_addresses(settings)
    uvicorn.run(
        "app.main:app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return 0


def _print_addresses(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    print(
        f"Questboard\n"
        f"  page       {base}/\n"
        f"  API docs   {base}/docs\n"
        f"  superuser  .venv/bin/python -m commands.create_superuser",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
