"""Serves the yardstick as ``commands.serve`` serves the service: the same loop, protocol and settings."""

import sys

from app.core.config import load_settings
from commands.serving.running import (
    SHUTDOWN_SECONDS,
    WORKER_START_SECONDS,
    ServerConfig,
    run_server,
)


def main() -> int:
    """Serve until told to leave. Obeys HOST, PORT, WORKERS, DATABASE_URL and ACCESS_SECRET_KEY."""
    settings = load_settings()
    config = ServerConfig(
        "tests.benchmarks.yardstick.app:create_from_settings",
        drain_seconds=settings.shutdown_drain_seconds,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_worker_healthcheck=WORKER_START_SECONDS,
    )
    run_server(config)
    return 0


if __name__ == "__main__":
    sys.exit(main())
