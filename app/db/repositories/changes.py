"""What was changed of which answers may be kept."""

from sqlalchemy.ext.asyncio import AsyncSession


def find_changed(session: AsyncSession) -> set[str]:
    """Where the groups of kept answers are collected that are wrong once this session is committed."""
    changed: set[str] = session.info.setdefault("changed", set())
    return changed
