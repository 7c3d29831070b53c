"""``.env.example`` and the settings are the same."""

import re
from pathlib import Path

import pytest

from app.core.config import Settings, load_settings

LINES = (Path(__file__).parents[2] / ".env.example").read_text().splitlines()
SETTING = re.compile(r"# ([A-Z_]+)=(.*)")
SHOWN = {match[1]: match[2] for match in map(SETTING.fullmatch, LINES) if match}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_every_setting_is_shown_and_no_other() -> None:
    assert sorted(SHOWN) == sorted(name.upper() for name in Settings.model_fields)


def test_none_is_shown_twice() -> None:
    names = [match[1] for match in map(SETTING.fullmatch, LINES) if match]

    assert len(names) == len(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_a_setting_is_shown_with_its_default(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, SHOWN[name])

    shown = load_settings(_env_file=None)

    assert getattr(shown, name.lower()) == Settings.model_fields[name.lower()].get_default()


@pytest.mark.parametrize("name", SHOWN)
def test_a_setting_is_explained_in_the_lines_before_it(name: str) -> None:
    before = LINES[LINES.index(f"# {name}={SHOWN[name]}") - 1]

    assert before.startswith("# ")
    assert not SETTING.fullmatch(before)
    assert len(before) > 12


def test_the_file_as_it_stands_changes_nothing() -> None:
    example = Path(__file__).parents[2] / ".env.example"

    assert load_settings(_env_file=example) == load_settings(_env_file=None)


def test_the_file_with_everything_uncommented_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("\n".join(f'{name}="{value}"' for name, value in SHOWN.items()))

    assert load_settings(_env_file=file) == load_settings(_env_file=None)
