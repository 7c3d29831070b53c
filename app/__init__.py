"""Questboard."""

from importlib import import_module

from app.core.without import without

# These take Redis for a strategy that nobody uses here, and rich to show values that no log may show: 12 MB
# of each process. Whoever needs either of the two imports it later, as ever.
with without("redis", "rich"):
    for _library in ("fastapi_users", "structlog"):
        import_module(_library)
