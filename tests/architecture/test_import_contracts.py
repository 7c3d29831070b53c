"""Each contract of import-linter is broken on purpose, and has to go red: so it can be trusted."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREAKS = {
    "Rooms lie in layers, and every room is in one": ("app/services/tasks.py", "import app.auth"),
    "The game is pure: values and functions, no input or output": (
        "app/game/levels.py",
        "import random",
    ),
    "The ground floor knows nothing of the app, and little of the world": (
        "app/core/clock.py",
        "import starlette",
    ),
    "SQL stays in db": ("app/services/tasks.py", "import sqlalchemy"),
    "FastAPI stays at the edges and in auth": ("app/services/tasks.py", "import fastapi"),
    "Infrastructure knows no domain": ("app/infra/limits.py", "import app.game.rules"),
    "Schemas know no database": ("app/schemas/tasks.py", "import app.db.base"),
    "Routes go through services: no repository, no session, no rules": (
        "app/api/routes/tasks.py",
        "import app.game.rules",
    ),
    "Services never commit: they can't even open a transaction": (
        "app/services/tasks.py",
        "import app.db.session",
    ),
    "python-dateutil is wrapped in one place": ("app/db/base.py", "import dateutil"),
    "fsrs is wrapped in one place": ("app/services/reviews.py", "import fsrs"),
    "Files of curricula are read in one place": ("app/api/routes/curricula.py", "import zipfile"),
    "Commands use the parts, not the API": ("commands/serve.py", "import app.api.router"),
    "No cycles among siblings": ("app/game/rules.py", "import app.game.play"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code that a test may spoil."""
    for name in ("app", "commands"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache", *options], cwd=tree, capture_output=True, text=True, check=False
    )


def test_every_contract_is_broken_here_once() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == BREAKS.keys()


def test_the_tree_as_it_stands_keeps_them_all(tree: Path) -> None:
    assert "0 broken" in lint_imports(tree).stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_contract_goes_red_when_it_is_broken(tree: Path, contract: str) -> None:
    file, offence = BREAKS[contract]
    with (tree / file).open("a") as source:
        source.write(f"\n{offence}\n")
    assert f"{contract} BROKEN" in lint_imports(tree).stdout
