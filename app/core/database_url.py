"""Database addresses: from the forms that providers give to the one that the drivers take."""

import re

SQLITE_SCHEME = "sqlite+aiosqlite"
POSTGRESQL_SCHEME = "postgresql+asyncpg"

_SCHEMES = {
    "sqlite": SQLITE_SCHEME,
    SQLITE_SCHEME: SQLITE_SCHEME,
    "postgres": POSTGRESQL_SCHEME,
    "postgresql": POSTGRESQL_SCHEME,
    POSTGRESQL_SCHEME: POSTGRESQL_SCHEME,
}
_SQLITE_FILE = re.compile(r"/(?!:memory:)[^?]+(\?.*)?")
_SERVER = re.compile(
    r"(?P<place>(?:[^@]*@)?(?:\[[^\]/?]+\]|[^/:?@]*)(?::\d{1,5})?(?:/[^?]*)?)(?:\?(?P<query>.*))?"
)

_RENAMED = {"sslmode": "ssl"}
"""What libpq and asyncpg call differently."""

_DROPPED = {"channel_binding", "connect_timeout", "connection_limit", "pgbouncer"}
"""What providers add for other drivers, and asyncpg would stumble over."""


def read_database_url(given: str) -> str:
    """The address as SQLAlchemy and our drivers take it.

    Raises:
        ValueError: it is none of ours; says what it should be, and nothing of what it is.
    """
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in _SCHEMES:
        raise ValueError("should begin with sqlite:/// or postgresql://")
    driver = _SCHEMES[scheme]
    if driver == POSTGRESQL_SCHEME:
        return f"{driver}://{_read_server(rest)}"
    if not _SQLITE_FILE.fullmatch(rest):
        raise ValueError("should be sqlite:/// and the path of a file")
    return f"{driver}://{rest}"


def _read_server(rest: str) -> str:
    match = _SERVER.fullmatch(rest)
    if match is None:
        raise ValueError(
            "should be postgresql://user:password@host:port/name, with %40 and the like for @ : / in"
            " the password"
        )
    parameters = []
    for parameter in filter(None, (match["query"] or "").split("&")):
        name, equals, value = parameter.partition("=")
        if name not in _DROPPED:
            parameters.append(f"{_RENAMED.get(name, name)}{equals}{value}")
    return "?".join(filter(None, [match["place"], "&".join(parameters)]))
