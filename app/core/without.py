"""Doing without packages that a library takes only because they are there."""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Hider(MetaPathFinder):
    """Finds these as if they were not installed."""

    def __init__(self, packages: Collection[str]) -> None:
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse what is hidden, and leave all else to others."""
        if fullname in self._packages:
            raise ModuleNotFoundError(f"{fullname} is hidden", name=fullname)
        return None


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Let what is imported in the block go without these, unless they are loaded already."""
    hider = _Hider(packages)
    sys.meta_path.insert(0, hider)
    try:
        yield
    finally:
        sys.meta_path.remove(hider)
