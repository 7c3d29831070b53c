"""Courses in folders, for commands: all of them read and checked before anything is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import RuleViolationError
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.folder import find_courses, read_folder
from app.services.curriculum.layout import COURSE_FILE
from app.services.curriculum.problems import CurriculumError
from app.services.curriculum.reader import read_course

BUNDLED = Path(__file__).parents[1] / "app" / "content"
"""The courses that come with the program."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file, whose path begins as it was given. Lines are counted from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BadCoursesError(RuleViolationError):
    """Some of the folders hold no course, or a bad one: all that is wrong with all of them."""

    code = "bad_courses"

    def __init__(self, problems: Sequence[Problem], omitted: int = 0) -> None:
        self.problems = problems
        self.omitted = omitted
        others = f" (and {self.count - 1} more)" if self.count > 1 else ""
        super().__init__(f"{problems[0]}{others}")

    @property
    def count(self) -> int:
        """How many problems there are, those included that are only counted."""
        return len(self.problems) + self.omitted


def list_folders(paths: Iterable[Path]) -> Sequence[Path]:
    """The folders of the courses at these paths, each once.

    Raises:
        BadCoursesError: there is none at one of them.
    """
    folders: dict[Path, Path] = {}
    problems = []
    for path in paths:
        found = find_courses(path)
        if not found:
            message = f"is missing: no course lies in {path}, nor in a folder of it"
            problems.append(Problem(str(path / COURSE_FILE), 1, message))
        for folder in found:
            folders.setdefault(folder.resolve(), folder)
    if problems:
        raise BadCoursesError(problems)
    return list(folders.values())


class CourseReading:
    """Reads one folder after the other, and remembers what is wrong."""

    def __init__(self) -> None:
        self._courses: dict[str, tuple[Path, CourseDefinition]] = {}
        self._problems: list[Problem] = []
        self._omitted = 0

    def read(self, folder: Path) -> None:
        """Read the course in a folder."""
        try:
            course = read_course(read_folder(folder))
        except CurriculumError as error:
            self._omitted += error.omitted
            self._problems += [
                Problem(str(folder / found.file), found.line, found.message)
                for found in error.problems
            ]
            return
        other, _ = self._courses.setdefault(course.slug, (folder, course))
        if other != folder:
            message = f"has the same slug as {other / COURSE_FILE}: {course.slug!r}"
            self._problems.append(Problem(str(folder / COURSE_FILE), 1, message))

    def finish(self) -> Sequence[CourseDefinition]:
        """All courses, by slug: whoever changes several locks them in this order.

        Raises:
            BadCoursesError: something was wrong with any of them.
        """
        if self._problems:
            raise BadCoursesError(self._problems, self._omitted)
        return [course for _, (_, course) in sorted(self._courses.items())]
