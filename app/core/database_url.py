"""Database addresses: from the forms that providers give to the one that the drivers take."""

import re
from typing import Literal

SQLITE_SCHEME = "sqlite+aiosqlite"
POSTGRESQL_SCHEME = "postgresql+asyncpg"

Pooler = Literal["auto", "none", "transaction"]
"""What stands between us and PostgreSQL: ``transaction`` gives each transaction another connection."""

UNPREPARED = "statement_cache_size=0"
"""What an address ends with where no statement may be prepared, as behind a pooler of transactions."""

_SCHEMES = {
    "sqlite": SQLITE_SCHEME,
    SQLITE_SCHEME: SQLITE_SCHEME,
    "postgres": POSTGRESQL_SCHEME,
    "postgresql": POSTGRESQL_SCHEME,
    POSTGRESQL_SCHEME: POSTGRESQL_SCHEME,
}
_SQLITE_FILE = re.compile(r"/(?!:memory:)[^?]+(\?.*)?")
_HOST = r"(?:\[[^\]/?,]+\]|[^/:?@,\[\]]*)(?::\d{1,5})?"
_SERVER = re.compile(
    rf"(?P<user>[^@]*@)?(?P<hosts>{_HOST}(?:,{_HOST})*)(?P<path>/[^?]*)?(?:\?(?P<query>.*))?"
)
_LISTED_HOST = re.compile(r"(?:\[(?P<ipv6>[^\]]+)\]|(?P<name>[^:/\[\]]+))(?::(?P<port>\d{1,5}))?")
_DEFAULT_PORT = "5432"
_LAST_PORT = 65535

_RENAMED = {"sslmode": "ssl"}
"""What libpq and asyncpg call differently."""

_DROPPED = {"channel_binding", "connect_timeout", "connection_limit", "pgbouncer"}
"""What providers add for other drivers, and asyncpg would stumble over."""

_WRITABLE = {"any", "primary", "read-write"}

_KNOWN_POOLER = re.compile(
    r"[^/?]*@[^/?@:]+-pooler\.[^/?@:]+\.neon\.tech(?::\d+)?(?:[/?].*)?"
    r"|[^/?]*@[^/?@:]+\.supabase\.(?:com|co):6543(?:[/?].*)?"
)


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


def pass_pooler(url: str, pooler: Pooler) -> str:
    """The address as read, marked where a pooler of transactions is in front of the server.

    Neon's and Supabase's are known by their addresses.
    """
    scheme, _, rest = url.partition("://")
    if scheme != POSTGRESQL_SCHEME or pooler == "none" or UNPREPARED in rest:
        return url
    if pooler == "auto" and not _KNOWN_POOLER.fullmatch(rest):
        return url
    return f"{url}{'&' if '?' in rest else '?'}{UNPREPARED}"


def _read_server(rest: str) -> str:
    match = _SERVER.fullmatch(rest)
    if match is None:
        raise ValueError(
            "should be postgresql://user:password@host:port/name, with %40 and the like for @ : / in"
            " the password; several hosts are separated by commas"
        )
    parameters = _read_parameters(match["query"] or "")
    place, hosts = match["hosts"], match["hosts"].split(",")
    if len(hosts) == 1:
        hosts = _take_hosts(parameters)
    else:
        place = ""
    if len(hosts) > 1:
        parameters = [*_list_hosts(hosts), *parameters]
    address = "".join([match["user"] or "", place, match["path"] or ""])
    query = "&".join(f"{name}={value}" for name, value in parameters)
    return "?".join(filter(None, [address, query]))


def _read_parameters(query: str) -> list[tuple[str, str]]:
    parameters = []
    for parameter in filter(None, query.split("&")):
        name, _, value = parameter.partition("=")
        if name == "target_session_attrs" and value not in _WRITABLE:
            raise ValueError("target_session_attrs should be primary or read-write")
        if name not in _DROPPED:
            parameters.append((_RENAMED.get(name, name), value))
    return parameters


def _take_hosts(parameters: list[tuple[str, str]]) -> list[str]:
    """The hosts of ``?host=a:5432&host=b:5433`` or ``?host=a,b&port=5432,5433``, if they are several.

    They are taken out of the parameters.
    """
    hosts = [host for name, value in parameters if name == "host" for host in value.split(",")]
    ports = [port for name, value in parameters if name == "port" for port in value.split(",")]
    if len(hosts) < 2:
        return hosts
    parameters[:] = [(name, value) for name, value in parameters if name not in {"host", "port"}]
    if not ports:
        return hosts
    if len(ports) not in {1, len(hosts)}:
        raise ValueError("should have one port, or a port for each host")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return [
        f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        for host, port in zip(hosts, ports, strict=True)
    ]


def _list_hosts(hosts: list[str]) -> list[tuple[str, str]]:
    """Several hosts, each with its port, as SQLAlchemy takes them."""
    names, ports = [], []
    for host in hosts:
        match = _LISTED_HOST.fullmatch(host)
        port = (match and match["port"]) or _DEFAULT_PORT
        if match is None or not 0 < int(port) <= _LAST_PORT:
            raise ValueError("should name each host as host:port, separated by commas")
        names.append(match["ipv6"] or match["name"])
        ports.append(port)
    if any(":" in name for name in names):  # of IPv6, which its other form can't hold
        return [("host", ",".join(names)), ("port", ",".join(ports))]
    return [("host", f"{name}:{port}") for name, port in zip(names, ports, strict=True)]
