"""Doing without packages that are there."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from app.core.without import without


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that is there, and was not imported yet."""
    name = "rarely_wanted"
    (tmp_path / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return name


def test_it_is_not_found_in_the_block_and_found_afterwards(package: str) -> None:
    with without(package), pytest.raises(ModuleNotFoundError, match=package):
        import_module(package)

    assert import_module(package).__name__ == package


def test_others_are_found(package: str) -> None:
    with without("something_else"):
        assert import_module(package).__name__ == package


def test_what_is_loaded_already_stays(package: str) -> None:
    import_module(package)

    with without(package):
        assert import_module(package).__name__ == package


def test_it_is_found_again_after_a_failure(package: str) -> None:
    with pytest.raises(ZeroDivisionError), without(package):
        _ = 1 / 0

    assert import_module(package).__name__ == package
