"""What has to change for a course to become what its definition says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.curriculum import ContentStatus
from app.services.curriculum.parts import (
    CourseParts,
    Fields,
    PartKind,
    PartPath,
    StoredCourse,
    StoredPart,
)

_ASKED = frozenset({"kind", "prompt", "body", "explanation"})
"""What makes a question another one; its place does not."""
_OF_QUIZ = frozenset({"pass_percent"})
"""What of a task belongs to its quiz."""


class ChangeKind(StrEnum):
    """What happens to a part."""

    ADDED = "added"
    CHANGED = "changed"
    RESTORED = "restored"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Change:
    """One part that changes. ``fields`` names what differs (for those changed and restored)."""

    kind: ChangeKind
    part: PartKind
    what: str
    """The keys that lead to it, such as ``week-01/day-2/quiz/q-0123456789ab``; the slug of a course."""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes, and the parts to be written, as they are to be."""

    changes: tuple[Change, ...]
    weeks: Mapping[PartPath, StoredPart]
    tasks: Mapping[PartPath, StoredPart]
    questions: Mapping[PartPath, StoredPart]


@dataclass(frozen=True, slots=True)
class _Difference:
    """How one part differs. ``fields`` is None for one that is no longer wanted."""

    path: PartPath
    change: Change
    fields: Fields | None


def plan_changes(slug: str, wanted: CourseParts, stored: StoredCourse) -> Plan:
    """Compare by keys. All that is wanted becomes published; what was published and is no longer wanted
    is archived. Drafts that the definition does not name stay as they are, since an export leaves them
    out; but for days of a week that it does name, which has all its days by that.
    """
    course: dict[PartPath, StoredPart] = {}
    if stored.course is not None:
        course[slug,] = stored.course
    courses = list(_compare(PartKind.COURSE, {(slug,): wanted.course}, course))
    weeks = list(_compare(PartKind.WEEK, wanted.weeks, stored.weeks))
    tasks = list(_compare(PartKind.TASK, wanted.tasks, stored.tasks, frozenset(wanted.weeks)))
    questions = list(_compare(PartKind.QUESTION, wanted.questions, stored.questions))
    return Plan(
        tuple(found.change for found in (*courses, *weeks, *tasks, *questions)),
        {found.path: _store(found, stored.weeks) for found in weeks},
        _store_tasks(tasks, questions, stored.tasks),
        {found.path: _store(found, stored.questions, _ASKED) for found in questions},
    )


def _compare(
    part: PartKind,
    wanted: Mapping[PartPath, Fields],
    stored: Mapping[PartPath, StoredPart],
    complete: frozenset[PartPath] = frozenset(),
) -> Iterator[_Difference]:
    """Parts of one kind. In what lies at the ``complete`` paths drafts don't stay either."""
    for path, fields in wanted.items():
        change = _change_of(part, path, fields, stored.get(path))
        if change is not None:
            yield _Difference(path, change, fields)
    for path, old in stored.items():
        stays = old.is_archived or (old.status == ContentStatus.DRAFT and path[:-1] not in complete)
        if path not in wanted and not stays:
            yield _Difference(path, Change(ChangeKind.ARCHIVED, part, _name(path)), None)


def _change_of(
    part: PartKind, path: PartPath, fields: Fields, old: StoredPart | None
) -> Change | None:
    if old is None:
        return Change(ChangeKind.ADDED, part, _name(path))
    differing = [name for name, value in fields.items() if old.fields[name] != value]
    if old.status != ContentStatus.PUBLISHED:
        differing.append("status")
    if not differing:
        return None
    kind = ChangeKind.RESTORED if old.is_archived else ChangeKind.CHANGED
    return Change(kind, part, _name(path), tuple(differing))


def _name(path: PartPath) -> str:
    return "/".join(path) if len(path) < 3 else f"{path[0]}/{path[1]}/quiz/{path[2]}"


def _store(
    found: _Difference,
    stored: Mapping[PartPath, StoredPart],
    revised_by: frozenset[str] = frozenset(),
) -> StoredPart:
    """The part as it is to be; its revision goes up if one of these fields differs."""
    old = stored.get(found.path)
    revision = 1 if old is None else old.revision
    if not revised_by.isdisjoint(found.change.fields):
        revision += 1
    if found.fields is not None:
        return StoredPart(found.fields, ContentStatus.PUBLISHED, revision)
    return StoredPart(stored[found.path].fields, ContentStatus.ARCHIVED, revision)


def _store_tasks(
    tasks: list[_Difference], questions: list[_Difference], stored: Mapping[PartPath, StoredPart]
) -> Mapping[PartPath, StoredPart]:
    """The tasks that change, and those whose quiz does: its revision goes up once."""
    parts = {found.path: _store(found, stored) for found in tasks}
    quizzes = {found.path[:2] for found in questions}
    quizzes |= {found.path for found in tasks if not _OF_QUIZ.isdisjoint(found.change.fields)}
    for path in quizzes & stored.keys():
        old = stored[path]
        parts[path] = replace(parts.get(path, old), revision=old.revision + 1)
    return parts
