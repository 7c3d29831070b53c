"""The migrations that the code knows: read from their files, without Alembic."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from app.db import schema_version
from app.db.schema_version import MIGRATIONS, is_newer, read_expected_revision, read_revisions

FIRST = 'revision = "first"\ndown_revision = None\n'
SECOND = '"""Second."""\n\nrevision = \'second\'\ndown_revision = \'first\'\nbranch_labels = None\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of migrations of other code, empty yet."""
    monkeypatch.setattr(schema_version, "MIGRATIONS", tmp_path)
    monkeypatch.setattr(schema_version, "read_revisions", read_revisions.__wrapped__)
    versions = tmp_path / "versions"
    versions.mkdir()
    return versions


async def test_they_are_what_alembic_finds() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))

    known = {script.revision: script.down_revision for script in scripts.walk_revisions()}

    assert read_revisions() == known
    assert await read_expected_revision() == scripts.get_current_head()


def test_a_new_one_is_read_as_alembic_writes_it(folder: Path) -> None:
    (folder / "1_second.py").write_text(SECOND)
    (folder / "2_first.py").write_text(FIRST)

    assert schema_version.read_revisions() == {"first": None, "second": "first"}
    assert schema_version._find_newest() == "second"


@pytest.mark.parametrize(
    "text", ["", "revision = 'x'", "revision = 'x'\ndown_revision = ('first', 'other')\n"]
)
def test_one_that_can_not_be_read_is_no_silent_gap(folder: Path, text: str) -> None:
    (folder / "first.py").write_text(FIRST)
    (folder / "odd.py").write_text(text)

    with pytest.raises(ValueError, match=r"odd\.py"):
        schema_version.read_revisions()


async def test_only_a_revision_that_nobody_here_knows_is_newer() -> None:
    assert await is_newer("2999_01_01_later")
    assert not await is_newer(await read_expected_revision())
    assert not await is_newer("2026_11_21_first")
    assert not await is_newer(None)
