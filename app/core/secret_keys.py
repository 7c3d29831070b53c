"""The keys that tokens are signed with: given by settings, or made once and kept in the data folder."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.core.config import Settings, SettingsError

MINIMUM_LENGTH = 32
"""HMAC-SHA256 keys should be at least as long as the hash (RFC 7518, section 3.2): 32 bytes."""

FILE_NAME = "development-secrets.json"

_PLACEHOLDERS = ("change", "secret", "example", "placeholder", "password", "your-", "xxxx", "test")
_NAMES = ("access_secret_key", "reset_password_secret_key", "verification_secret_key")


@dataclass(frozen=True, slots=True, repr=False)
class SecretKeys:
    """One key for each purpose, so that no token of one kind can be forged with another's key."""

    access: str
    reset_password: str
    verification: str


def load_secret_keys(settings: Settings) -> SecretKeys:
    """The keys from the settings; in development a missing one is made and kept beside the database.

    Raises:
        SettingsError: in production, when a key is missing, short, a placeholder or used twice; in
            development, when none can be kept.
    """
    given = {name: getattr(settings, name) for name in _NAMES}
    values = {name: key.get_secret_value() for name, key in given.items() if key is not None}
    if settings.is_production:
        _refuse_weak(values)
    missing = [name for name in _NAMES if name not in values]
    if missing:
        kept = _keep_made_keys(settings.data_dir)
        values.update({name: kept[name] for name in missing})
    return SecretKeys(*(values[name] for name in _NAMES))


def _refuse_weak(values: dict[str, str]) -> None:
    advice = (
        f"should be a random text of its own, of at least {MINIMUM_LENGTH} characters"
        " (openssl rand -hex 32)"
    )
    for name in _NAMES:
        value = values.get(name, "")
        too_plain = len(set(value)) < 10 or any(word in value.lower() for word in _PLACEHOLDERS)
        if len(value) < MINIMUM_LENGTH or too_plain:
            raise SettingsError(f"{name.upper()}: {advice}")
    if len(set(values.values())) < len(_NAMES):
        raise SettingsError(f"{_NAMES[0].upper()}: {advice}; two keys are the same")


def _keep_made_keys(data_dir: Path) -> dict[str, str]:
    """Read the made keys, making the file first where there is none; two processes agree on one."""
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            _make_keys(path)
        kept: dict[str, str] = json.loads(path.read_text())
        return {name: str(kept[name]) for name in _NAMES}
    except OSError:
        raise SettingsError(
            f"DATA_DIR: should be a folder that this user may write to, for {FILE_NAME}"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SettingsError(
            f"DATA_DIR: {path} should hold the made keys; delete it to make new ones"
        ) from None


def _make_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}.tmp")
    temporary.touch(mode=0o600, exist_ok=False)
    try:
        temporary.write_text(json.dumps({name: secrets.token_urlsafe(48) for name in _NAMES}))
        os.link(temporary, path)  # fails where another process was first; a rename would not
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
