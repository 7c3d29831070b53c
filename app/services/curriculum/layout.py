"""Which file stands where: ``course.yaml``, and weeks in folders with seven days each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.core.curriculum import DAYS_IN_WEEK, MAX_WEEKS
from app.services.curriculum.problems import ProblemList, show_name

COURSE_FILE: Final = "course.yaml"
WEEK_FILE: Final = "week.yaml"
FENCE: Final = "---"
"""The line before the front matter of a lesson, and the line after it."""

_PATH = re.compile(
    rf"week-(?P<week>[0-9]{{2,3}})/"
    rf"(?:{re.escape(WEEK_FILE)}|day-(?P<day>[1-{DAYS_IN_WEEK}])\.(?P<kind>md|quiz\.yaml|quiz\.gift))"
)
_FORMS: Final = (
    f"the files are {COURSE_FILE}, week-01/{WEEK_FILE}, week-01/day-1.md, "
    "week-01/day-1.quiz.yaml or .quiz.gift, ..."
)


@dataclass(slots=True)
class WeekFiles:
    """What there is of a week: the paths of its files, by day."""

    header: str | None = None
    lessons: dict[int, str] = field(default_factory=dict)
    quizzes: dict[int, str] = field(default_factory=dict)


def week_folder(number: int) -> str:
    """The folder of a week, numbered from 1. Its name is the week's key unless it is given another."""
    return f"week-{number:02d}"


def day_name(day: int) -> str:
    """How a day's files begin, and its key unless it is given another."""
    return f"day-{day}"


def sort_files(paths: Iterable[str], problems: ProblemList) -> dict[int, WeekFiles]:
    """The files of each week, by its number, without gaps; whatever doesn't fit is noted."""
    weeks: dict[int, WeekFiles] = {}
    has_course = False
    for path in sorted(paths):
        if path == COURSE_FILE:
            has_course = True
        elif not _is_beside(path) and not _place(path, weeks, problems):
            problems.add(show_name(path), 1, f"is not part of a curriculum: {_FORMS}")
    if not has_course:
        problems.add(COURSE_FILE, 1, "is missing")
    for number in range(1, max(weeks, default=1) + 1):
        _check_week(number, weeks.setdefault(number, WeekFiles()), problems)
    return dict(sorted(weeks.items()))


def _is_beside(path: str) -> bool:
    """Whether a file may lie beside the course at its root."""
    if path.startswith("."):
        return True
    return "/" not in path and (path == "README.md" or path.startswith("LICENSE"))


def _place(path: str, weeks: dict[int, WeekFiles], problems: ProblemList) -> bool:
    found = _PATH.fullmatch(path)
    number = int(found["week"]) if found else 0
    if not found or not 1 <= number <= MAX_WEEKS or not path.startswith(week_folder(number) + "/"):
        return False
    week = weeks.setdefault(number, WeekFiles())
    if not found["day"]:
        week.header = path
    elif found["kind"] == "md":
        week.lessons[int(found["day"])] = path
    elif int(found["day"]) in week.quizzes:
        first = week.quizzes[int(found["day"])]
        problems.add(path, 1, f"the day has another quiz, {first}: keep one of them")
    else:
        week.quizzes[int(found["day"])] = path
    return True


def _check_week(number: int, week: WeekFiles, problems: ProblemList) -> None:
    folder = week_folder(number)
    if not week.header and not week.lessons and not week.quizzes:
        problems.add(
            f"{folder}/{WEEK_FILE}", 1, "is missing: weeks are numbered without gaps, from week-01"
        )
        return
    if week.header is None:
        problems.add(f"{folder}/{WEEK_FILE}", 1, "is missing")
    for day in range(1, DAYS_IN_WEEK + 1):
        if day not in week.lessons:
            problems.add(f"{folder}/{day_name(day)}.md", 1, "is missing: a week has seven days")
