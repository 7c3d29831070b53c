"""Secrets: demanded in production, made and kept in development."""

import json
import multiprocessing
import secrets
import stat
from pathlib import Path
from typing import Any

import pytest

from app.core.config import Environment, Settings, SettingsError
from app.core.secret_keys import FILE_NAME, SecretKeys, load_secret_keys

NAMES = ["access_secret_key", "reset_password_secret_key", "verification_secret_key"]


def make_settings(folder: Path, keys: dict[str, str], environment: Environment) -> Settings:
    """Settings with these secrets, and none of the machine's."""
    given: dict[str, Any] = {name: keys.get(name) for name in NAMES}
    return Settings(environment=environment, data_dir=folder, **given)


def load_for_production(folder: Path, keys: dict[str, str]) -> SecretKeys:
    return load_secret_keys(make_settings(folder, keys, Environment.PRODUCTION))


def load_for_development(folder: Path, keys: dict[str, str] | None = None) -> SecretKeys:
    return load_secret_keys(make_settings(folder, keys or {}, Environment.DEVELOPMENT))


def good_keys() -> dict[str, str]:
    """What ``openssl rand -hex 32`` gives, three times."""
    return {name: secrets.token_hex(32) for name in NAMES}


def test_production_takes_secrets_of_its_own(tmp_path: Path) -> None:
    keys = good_keys()

    loaded = load_for_production(tmp_path, keys)

    assert (loaded.access, loaded.reset_password, loaded.verification) == tuple(keys.values())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "short",
        "a" * 64,
        "abcdefghi" * 5,
        "change-me-change-me-change-me-0123456789",
        "your-256-bit-key-goes-here-0123456789abc",
        "CHANGEME_b7d1a2c3e4f5061728394a5b6c7d8e9f",
        "password1234567890password1234567890abcd",
    ],
)
def test_production_refuses_a_weak_secret(tmp_path: Path, name: str, value: str | None) -> None:
    keys = good_keys()
    del keys[name]
    if value is not None:
        keys[name] = value

    with pytest.raises(SettingsError) as refusal:
        load_for_production(tmp_path, keys)

    line = str(refusal.value)
    assert line.startswith(f"{name.upper()}: should be a random text of its own")
    assert "\n" not in line
    assert value is None or value not in line


def test_production_refuses_one_secret_for_two_purposes(tmp_path: Path) -> None:
    keys = good_keys()
    keys["verification_secret_key"] = keys["access_secret_key"]

    with pytest.raises(SettingsError, match="two keys are the same") as refusal:
        load_for_production(tmp_path, keys)

    assert keys["access_secret_key"] not in str(refusal.value)


def test_development_makes_secrets_and_keeps_them(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"

    made = load_for_development(folder)

    assert load_for_development(folder) == made
    assert len({made.access, made.reset_password, made.verification}) == 3
    assert min(map(len, (made.access, made.reset_password, made.verification))) >= 32


def test_made_secrets_are_for_the_owner_only(tmp_path: Path) -> None:
    load_for_development(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_given_secret_goes_before_a_made_one(tmp_path: Path) -> None:
    given = secrets.token_hex(32)

    loaded = load_for_development(tmp_path, {"access_secret_key": given})

    assert loaded.access == given
    assert loaded.reset_password != given


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        loaded = pool.map(load_for_development, [tmp_path] * 16, chunksize=1)

    assert len(set(loaded)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", json.dumps({"access_secret_key": "x"}), "\xff"]
)
def test_a_file_without_the_secrets_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(content.encode("latin-1"))

    with pytest.raises(SettingsError, match=r"^DATA_DIR: .* delete it to make new ones$"):
        load_for_development(tmp_path)


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"^DATA_DIR: should be a folder that this user may"):
        load_for_development(tmp_path / "file" / "folder")


def test_secrets_do_not_show(tmp_path: Path) -> None:
    keys = load_for_development(tmp_path)

    assert keys.access not in f"{keys!r} {keys}"
