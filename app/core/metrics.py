"""What is counted and measured, by Prometheus's client; ``metrics_output`` makes the text of it.

Every set of labels is bounded: route templates, kinds, outcomes; never an id, an address or a path as it
was asked for. Times are in seconds. A gauge is the sum over the processes that are alive.
"""

import os
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

from app.core.jobs import JobStatus
from app.core.version import VERSION

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The client library's own: where several processes keep their numbers, in files of their own."""

if folder := os.environ.get(FOLDER_VARIABLE):
    # The first metric would fail on a folder that an operator named but did not make.
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

leave_out_created: Callable[[], None] = disable_created_metrics  # the library gives no types
leave_out_created()  # a series beside each counter that nobody asks for

REGISTRY = CollectorRegistry()
"""Ours alone: what libraries register by themselves does not go out."""

UNMATCHED = "unmatched"
"""The route of a request that no route takes."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER_METHOD = "other"

_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_STATEMENT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15)
_JOB_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900)
_LIVE: Literal["livesum"] = "livesum"

BUILD_INFO = Gauge(
    "questboard_build_info",
    "Always 1; the labels say what runs.",
    ["version", "python"],
    registry=REGISTRY,
    multiprocess_mode="livemax",
)

REQUESTS = Counter(
    "questboard_http_requests_total",
    "Requests answered, by method, route template and class of status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "questboard_http_request_seconds",
    "Time from a request's arrival to the end of its answer.",
    ["method", "route"],
    buckets=_REQUEST_BUCKETS,
    registry=REGISTRY,
)
REQUESTS_IN_FLIGHT = Gauge(
    "questboard_http_requests_in_flight",
    "Requests under way, event streams among them.",
    registry=REGISTRY,
    multiprocess_mode=_LIVE,
)
EVENT_STREAMS = Gauge(
    "questboard_event_streams",
    "Event streams that are open.",
    registry=REGISTRY,
    multiprocess_mode=_LIVE,
)

DB_CONNECTIONS_MAX = Gauge(
    "questboard_db_connections_max",
    "Units of work that may hold a connection at a time, by pool.",
    ["pool"],
    registry=REGISTRY,
    multiprocess_mode=_LIVE,
)
DB_CONNECTIONS_IN_USE = Gauge(
    "questboard_db_connections_in_use",
    "Units of work that hold a connection, by pool.",
    ["pool"],
    registry=REGISTRY,
    multiprocess_mode=_LIVE,
)
DB_WAITING = Gauge(
    "questboard_db_waiting",
    "Units of work that wait for a connection, by pool.",
    ["pool"],
    registry=REGISTRY,
    multiprocess_mode=_LIVE,
)
DB_STATEMENT_SECONDS = Histogram(
    "questboard_db_statement_seconds",
    "Time that SQL statements took which did not fail, waits for locks included, by kind.",
    ["kind"],
    buckets=_STATEMENT_BUCKETS,
    registry=REGISTRY,
)
DB_REFUSALS = Counter(
    "questboard_db_refusals_total",
    "Units of work refused because the database was busy or out of reach, by code.",
    ["code"],
    registry=REGISTRY,
)

REWARDS_PAID = Counter(
    "questboard_rewards_paid_total",
    "XP and gold paid, by reason, once committed.",
    ["currency", "reason"],
    registry=REGISTRY,
)
REWARDS_TAKEN = Counter(
    "questboard_rewards_taken_total",
    "XP and gold taken back by undoing or spent, by reason, once committed.",
    ["currency", "reason"],
    registry=REGISTRY,
)

LOGINS = Counter(
    "questboard_logins_total",
    "Logins, by outcome: ok, failed or throttled.",
    ["outcome"],
    registry=REGISTRY,
)
REFRESHES = Counter(
    "questboard_refreshes_total",
    "Refreshes of sessions, by outcome: ok, refused or replayed.",
    ["outcome"],
    registry=REGISTRY,
)
MAILS = Counter(
    "questboard_mails_total",
    "Mails, by outcome: sent, delayed (it is tried again) or lost.",
    ["outcome"],
    registry=REGISTRY,
)

JOBS = Counter(
    "questboard_jobs_total",
    "Background jobs that were tried, by kind and outcome: done, retried (later on) or dead.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
JOB_SECONDS = Histogram(
    "questboard_job_seconds",
    "Time that background jobs took, by kind.",
    ["kind"],
    buckets=_JOB_BUCKETS,
    registry=REGISTRY,
)
JOBS_DUE = Gauge(
    "questboard_jobs_due",
    "Background jobs that are due and wait, as last counted by any process.",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)

BUILD_INFO.labels(VERSION, platform.python_version()).set(1)


def show_from_the_start(counter: Counter, *outcomes: str) -> None:
    """Have outcomes at 0 before the first: an alert on a counter's growth misses one that begins at 1."""
    for outcome in outcomes:
        counter.labels(outcome)


show_from_the_start(LOGINS, "ok", "failed", "throttled")
show_from_the_start(REFRESHES, "ok", "refused", "replayed")
show_from_the_start(MAILS, "sent", "delayed", "lost")


def record_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count a request that was answered. ``route`` is its template, None where no route took it."""
    verb = method if method in _METHODS else _OTHER_METHOD
    count, duration = _series_of(verb, route or UNMATCHED, status // 100)
    count.inc()
    duration.observe(seconds)


@cache
def _series_of(verb: str, route: str, status_class: int) -> tuple[Counter, Histogram]:
    """Looked up once: the client library would look for the labels at every request."""
    return REQUESTS.labels(verb, route, f"{status_class}xx"), REQUEST_SECONDS.labels(verb, route)


def record_job(kind: str, status: JobStatus, seconds: float) -> None:
    """Count that a job was tried. ``status`` is what it has become."""
    JOBS.labels(kind, "retried" if status is JobStatus.QUEUED else status.value).inc()
    JOB_SECONDS.labels(kind).observe(seconds)


def record_reward(reason: str, *, xp: int, gold: int) -> None:
    """Count an entry of the ledger that was committed: above zero it was paid, below it was taken."""
    for currency, amount in (("xp", xp), ("gold", gold)):
        if amount > 0:
            REWARDS_PAID.labels(currency, reason).inc(amount)
        elif amount < 0:
            REWARDS_TAKEN.labels(currency, reason).inc(-amount)
