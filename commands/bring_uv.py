"""Brings uv without pip, venv or root: ``python3 -I commands/bring_uv.py .tools/bin/uv``.

Standard library only, since it runs before anything is installed. The wheel comes from the index
that the environment or pip's configuration names (PEP 503), and its hash is checked. ``--index``
in place of the path prints the address of that index.
"""

import configparser
import hashlib
import html
import io
import os
import platform
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import HTTPBasicAuthHandler, HTTPPasswordMgrWithPriorAuth, build_opener

PYPI = "https://pypi.org/simple"
PIP_FOLDERS = (
    "~/.config/pip",
    "~/Library/Application Support/pip",
    "~/.pip",
    "/etc/xdg/pip",
    "/etc",
)
OLDEST, BELOW = (0, 9, 0), (0, 14, 0)  # uv breaks things when the second number changes
TIMEOUT_SECONDS = 60


class BringError(Exception):
    """uv cannot be had from this index. The message says why."""


def find_index(environ: Mapping[str, str], pip_files: Iterable[Path]) -> str:
    """Return the first index named in uv's variables, pip's variable and pip's files, else PyPI."""
    variables = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    named = [environ.get(variable, "") for variable in variables]
    for file in pip_files:
        parser = configparser.RawConfigParser(strict=False)
        parser.read(file, encoding="utf-8")
        named += [parser.get(name, "index-url", fallback="") for name in ("install", "global")]
    first = next(filter(None, named), PYPI).strip().rstrip("/")
    return re.sub(r"^[\w.-]+=(?=\w+://)", "", first)  # uv allows "name=https://..."


def find_platform() -> tuple[str, str]:
    """Return the family of platform tags and the machine, as wheels name them."""
    linux = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return ("macosx" if sys.platform == "darwin" else linux), platform.machine()


def read_page(page: str, base: str) -> list[str]:
    """Return the absolute addresses on a project's page, with their hashes, without the yanked."""
    anchors = [a for a in re.findall(r"<a\s.*?</a>", page, re.DOTALL) if "data-yanked" not in a]
    links = [re.search(r"""href\s*=\s*["']([^"']+)""", anchor) for anchor in anchors]
    return [urljoin(base, html.unescape(link[1])) for link in links if link]


def choose(links: Iterable[str], family: str, machine: str) -> str:
    """Return the link to the newest final release in the range whose platform tags fit."""
    tag = rf"{family}_\d+_\d+_{machine}"
    pattern = re.compile(rf"/uv-(\d+)\.(\d+)\.(\d+)-py3-none-([^-]+\.)?{tag}(\.[^-]+)?\.whl(#|$)")
    found = [
        (tuple(map(int, m.groups()[:3])), link) for link in links if (m := pattern.search(link))
    ]
    fitting = [(version, link) for version, link in found if OLDEST <= version < BELOW]
    if not fitting:
        raise BringError(f"the index has no uv for {family} on {machine}")
    return max(fitting)[1]


def fetch(url: str, index: str) -> bytes:
    """Return what is at the address. The index's credentials go to its own host alone."""
    if not url.startswith(("https://", "http://")):
        raise BringError("the index and its links should begin with https:// or http://")
    login, _, host = urlsplit(index).netloc.rpartition("@")
    user, _, password = map(unquote, login.partition(":"))
    keys = HTTPPasswordMgrWithPriorAuth()
    if user:
        origin = f"{urlsplit(index).scheme}://{host}/"
        keys.add_password(None, origin, user, password, is_authenticated=True)
    opener = build_opener(HTTPBasicAuthHandler(keys))
    opener.addheaders = [("Accept", "text/html, */*;q=0.5")]
    with opener.open(url, timeout=TIMEOUT_SECONDS) as reply:
        return bytes(reply.read())


def unpack(content: bytes, promised: str, target: Path) -> None:
    """Check the wheel, then put its program in place in one step: no half of it is ever run."""
    if promised != f"sha256={hashlib.sha256(content).hexdigest()}":
        raise BringError("the wheel is not the one that the index promised: its SHA-256 differs")
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        program = wheel.read(next(n for n in wheel.namelist() if n.endswith(".data/scripts/uv")))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(program)
    Path(temporary).chmod(0o755)
    Path(temporary).replace(target)


def bring(index: str, family: str, machine: str, target: Path) -> None:
    """Fetch the newest suitable uv from the index and put it at the target."""
    bare = urlsplit(index)._replace(netloc=urlsplit(index).netloc.rpartition("@")[2]).geturl()
    page = fetch(f"{bare}/uv/", index).decode()
    url, promised = urldefrag(choose(read_page(page, f"{bare}/uv/"), family, machine))
    unpack(fetch(url, index), promised, target)


def main(argument: str) -> int:
    """Bring uv to the path, or print the index, and return the exit status."""
    files = [Path(folder, "pip.conf").expanduser() for folder in PIP_FOLDERS]
    index = find_index(os.environ, [Path(os.environ.get("PIP_CONFIG_FILE", "")), *files])
    if argument == "--index":
        print(index)
        return 0
    try:
        bring(index, *find_platform(), Path(argument))
    except (BringError, OSError) as error:
        print(f"uv could not be brought: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
