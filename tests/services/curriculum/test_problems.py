"""Problems are told all at once, in order, and never without bound."""

from app.services.curriculum.problems import (
    MAX_PROBLEMS,
    CurriculumError,
    FileProblem,
    ProblemList,
    show_name,
    show_text,
)


def test_a_problem_reads_as_compilers_write_it() -> None:
    assert str(FileProblem("week-01/week.yaml", 3, "'title' is missing")) == (
        "week-01/week.yaml:3: 'title' is missing"
    )


def test_problems_are_sorted_by_file_and_line_and_told_once() -> None:
    late, early, other = (
        FileProblem("a", 10, "x"),
        FileProblem("a", 9, "y"),
        FileProblem("b", 1, "x"),
    )
    error = CurriculumError([other, late, early, late])
    assert error.problems == (early, late, other)
    assert error.omitted == 0
    assert str(error) == "a:9: y\na:10: x\nb:1: x"


def test_problems_beyond_the_limit_are_counted() -> None:
    problems = ProblemList()
    for line in range(1, MAX_PROBLEMS + 31):
        problems.add("a", line, "x")
    outer = ProblemList()
    outer.add("b", 1, "x")
    outer.take(problems.error())
    error = outer.error()
    assert len(error.problems) == MAX_PROBLEMS
    assert error.omitted == 31
    assert str(error).endswith("\n... and 31 more")


def test_an_error_made_of_too_many_problems_keeps_the_first() -> None:
    error = CurriculumError(FileProblem("a", line, "x") for line in range(MAX_PROBLEMS + 5))
    assert error.problems[-1].line == MAX_PROBLEMS - 1
    assert error.omitted == 5


def test_foreign_text_is_shown_printable_and_short() -> None:
    assert show_text("a\n\x1b[31m\ud800") == r"'a\n\x1b[31m\ud800'"
    assert len(show_text("x" * 1000)) < 70
    assert show_name("week-01/day-1.md") == "week-01/day-1.md"
    assert show_name("a\n\u202e") == r"a\n\u202e"
    assert len(show_name("x" * 1000)) < 250
