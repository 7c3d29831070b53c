"""What is wrong with the files of a curriculum: by file and line, all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_PROBLEMS = 200
"""More than anybody mends in one sitting."""

_SHOWN_LENGTH = 60


@dataclass(frozen=True, order=True, slots=True)
class FileProblem:
    """One thing that is wrong. Lines are counted from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CurriculumError(Exception):
    """The files are no curriculum. ``omitted`` counts the problems beyond those that are kept."""

    def __init__(self, problems: Iterable[FileProblem], omitted: int = 0) -> None:
        ordered = sorted(set(problems))
        self.problems = tuple(ordered[:MAX_PROBLEMS])
        self.omitted = omitted + len(ordered) - len(self.problems)
        super().__init__(self.problems, self.omitted)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.omitted:
            lines.append(f"... and {self.omitted} more")
        return "\n".join(lines)


class ProblemList:
    """Collects problems. What is beyond the limit is only counted, so that no input can fill the memory."""

    def __init__(self) -> None:
        self._kept: set[FileProblem] = set()
        self._omitted = 0

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def is_full(self) -> bool:
        """Whether no more are kept: then reading on tells nobody anything."""
        return len(self._kept) >= MAX_PROBLEMS

    def add(self, file: str, line: int, message: str) -> None:
        """Note a problem."""
        self._keep(FileProblem(file, line, message))

    def take(self, error: CurriculumError) -> None:
        """Note all that another reader found."""
        for problem in error.problems:
            self._keep(problem)
        self._omitted += error.omitted

    def error(self) -> CurriculumError:
        """All problems so far, to be raised."""
        return CurriculumError(self._kept, self._omitted)

    def raise_any(self) -> None:
        """Stop here if there are problems.

        Raises:
            CurriculumError: there are.
        """
        if self:
            raise self.error()

    def _keep(self, problem: FileProblem) -> None:
        if len(self._kept) < MAX_PROBLEMS:
            self._kept.add(problem)
        elif problem not in self._kept:
            self._omitted += 1


def show_text(text: str) -> str:
    """Somebody's text for a message: quoted, printable and not too long."""
    return repr(text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "...")


def show_name(name: str) -> str:
    """Somebody's name of a file as the place of a problem: printable and not too long."""
    short = name if len(name) <= MAX_PROBLEMS else name[:MAX_PROBLEMS] + "..."
    return short if short.isprintable() else repr(short)[1:-1]
