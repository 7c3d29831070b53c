"""What ``commands.serve`` does: before serving, and then."""

import asyncio

from app.core.config import Settings, load_settings
from app.core.logging import configure_logging
from app.core.metrics_output import share_metrics
from app.core.secret_keys import load_secret_keys
from app.infra.mail import create_sender
from commands.first_courses import seed_or_warn
from commands.first_game import seed_game_or_warn
from commands.migrate import migrate
from commands.serving.running import (
    SHUTDOWN_SECONDS,
    WORKER_START_SECONDS,
    ServerConfig,
    run_server,
)
from commands.waiting import wait_for_server


def prepare() -> Settings:
    """Make the database fit to be served, and say where it will be.

    Raises:
        SettingsError: with these settings it can't be.
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    # What the parts would refuse stops the start here, in one line, and not each worker.
    load_secret_keys(settings)
    create_sender(settings)
    asyncio.run(wait_for_server(settings))
    migrate(settings)
    seed_or_warn(settings)
    seed_game_or_warn(settings)
    _print_addresses(settings)
    return settings


def serve(settings: Settings) -> None:
    """Serve until told to leave."""
    with share_metrics(settings.workers):
        run_server(_configure_server(settings))


def _configure_server(settings: Settings) -> ServerConfig:
    return ServerConfig(
        "app.main:app",
        drain_seconds=settings.shutdown_drain_seconds,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_worker_healthcheck=WORKER_START_SECONDS,
    )


def _print_addresses(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{settings.port}"
    print(
        f"Questboard\n"
        f"  page       {base}/\n"
        f"  API docs   {base}/docs\n"
        f"  superuser  .venv/bin/python -m commands.create_superuser",
        flush=True,
    )
