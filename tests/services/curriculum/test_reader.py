"""A course from files: what is read, and everything that is wrong told with file and line."""

from collections.abc import Callable

import pytest

from app.core.curriculum import MAX_LESSON_LENGTH, MAX_QUESTIONS
from app.game.rules import Difficulty
from app.schemas.curriculum import default_question_key
from app.services.curriculum.problems import CurriculumError
from app.services.curriculum.reader import read_course
from app.services.curriculum.writer import write_course
from tests.services.curriculum.course_files import COURSE, DAY, QUIZ, WEEK, tiny_course

QUIZ_FILE = "week-01/day-1.quiz.yaml"
DAY_FILE = "week-01/day-2.md"


def problems_of(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(CurriculumError) as caught:
        read_course(files)
    return [str(problem) for problem in caught.value.problems]


def test_a_tiny_course_is_read() -> None:
    course = read_course(tiny_course(weeks=2))
    assert (course.slug, course.language, course.summary) == ("tiny", "en", "")
    assert [week.key for week in course.weeks] == ["week-01", "week-02"]
    week = course.weeks[0]
    assert (week.title, week.boss) == ("First", None)
    assert [day.key for day in week.days] == [f"day-{day}" for day in range(1, 8)]
    day = week.days[0]
    assert (day.title, day.difficulty, day.body) == ("A day", Difficulty.EASY, "Read this.")
    assert [question.key for question in day.questions] == [None]
    assert [len(day.questions) for day in week.days] == [1, 0, 0, 0, 0, 0, 0]


def test_keys_may_be_given() -> None:
    files = tiny_course()
    files["week-01/week.yaml"] += b"key: start\n"
    files[DAY_FILE] = DAY.replace(b"title", b"key: second\ntitle")
    files[QUIZ_FILE] += b"    key: sure\n"
    week = read_course(files).weeks[0]
    assert week.key == "start"
    assert week.days[1].key == "second"
    assert week.days[0].questions[0].key == "sure"


def test_a_language_named_no_is_text() -> None:
    files = tiny_course()
    files["course.yaml"] += b"language: no\n"
    assert read_course(files).language == "no"


def test_what_lies_beside_a_course_is_passed_over() -> None:
    beside = {
        "README.md": b"\xff",
        "LICENSE": b"",
        "LICENSE.txt": b"",
        ".gitignore": b"",
        ".git/x": b"",
    }
    assert read_course(tiny_course() | beside) == read_course(tiny_course())


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    files = {
        name: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for name, data in tiny_course().items()
    }
    assert read_course(files) == read_course(tiny_course())
    files[DAY_FILE] = b"---\r\ntitle: A day\r\nminutes: 10\r\n---\r\na\r\n\r\nb\rc\r\n"
    assert read_course(files).weeks[0].days[1].body == "a\n\nb\nc"
    files[DAY_FILE] = files[DAY_FILE].replace(b"10", b"ten")
    assert problems_of(files) == [f"{DAY_FILE}:3: 'minutes' must be a whole number"]


def test_weeks_beyond_the_99th_have_three_digits() -> None:
    course = read_course(tiny_course(weeks=101))
    assert course.weeks[-1].key == "week-101"


def test_a_lesson_may_have_lines_and_characters_of_any_kind() -> None:
    files = tiny_course()
    body = "---\n\ttitle: x\n---\x07\u2028\n\n    code  \nend"
    files[DAY_FILE] = DAY.replace(b"Read this.", body.encode())
    assert read_course(files).weeks[0].days[1].body == body


def test_a_lesson_may_be_missing_its_text() -> None:
    files = tiny_course()
    files[DAY_FILE] = b"---\ntitle: A day\nminutes: 10\n---"
    assert read_course(files).weeks[0].days[1].body == ""


@pytest.mark.parametrize(
    "path",
    [
        *["week-1/week.yaml", "week-001/week.yaml", "week-00/week.yaml", "week-105/week.yaml"],
        *["week-01/day-8.md", "week-01/day-0.md", "week-01/day-01.md", "week-01/day-1.txt"],
        *["week-01/README.md", "week-01/.gitkeep", "notes.md", "Week-01/week.yaml", "COURSE.yaml"],
        *["week-01/x/day-1.md", "week-\u0660\u0661/week.yaml", "week-01/day-1.md\n", "license"],
    ],
)
def test_files_that_belong_nowhere_are_refused(path: str) -> None:
    (problem,) = problems_of(tiny_course() | {path: b""})
    assert "1: is not part of a curriculum" in problem
    assert "\n" not in problem


def test_all_that_is_missing_is_told() -> None:
    files = tiny_course(weeks=4)
    del files["course.yaml"], files["week-01/week.yaml"], files["week-01/day-3.md"]
    files = {name: data for name, data in files.items() if not name.startswith("week-03")}
    assert problems_of(files) == [
        "course.yaml:1: is missing",
        "week-01/day-3.md:1: is missing: a week has seven days",
        "week-01/week.yaml:1: is missing",
        "week-03/week.yaml:1: is missing: weeks are numbered without gaps, from week-01",
    ]


def test_nothing_at_all_is_no_course() -> None:
    assert problems_of({}) == [
        "course.yaml:1: is missing",
        "week-01/week.yaml:1: is missing: weeks are numbered without gaps, from week-01",
    ]


def test_a_day_has_one_quiz_only() -> None:
    files = tiny_course() | {"week-01/day-1.quiz.gift": b"Is it so? {T}\n"}
    (problem,) = problems_of(files)
    assert problem.startswith("week-01/day-1.quiz.yaml:1: the day has another quiz")


def change(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def replace(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return replace


@pytest.mark.parametrize(
    ("path", "edit", "expected"),
    [
        (
            "course.yaml",
            change(b"slug: tiny", b"slug: Ti ny"),
            "1: 'slug' must be lower-case letters",
        ),
        ("course.yaml", change(b"slug: tiny", b"slug: import"), "1: 'slug' is a reserved word"),
        ("course.yaml", change(b"slug: tiny\n", b""), "1: 'slug' is missing"),
        ("course.yaml", change(b"Tiny\n", b"Tiny\ntitel: x\n"), "3: 'titel' is not known here"),
        ("course.yaml", change(b"Tiny\n", b"Tiny\nweeks: []\n"), "3: 'weeks' is not known here"),
        ("course.yaml", change(b"Tiny", b"7"), "2: 'title' must be text (put numbers,"),
        ("course.yaml", change(b"Tiny", b"x" * 201), "2: 'title' must have at most 200 characters"),
        ("course.yaml", change(b"Tiny", b"Tiny\npacing: fast"), "3: 'pacing' must be 'self', "),
        (
            "course.yaml",
            change(b"Tiny", b"Tiny\nlanguage: x"),
            "3: 'language' must be the tag of a",
        ),
        ("course.yaml", change(b"Tiny", b"Tiny\ntags: x"), "3: 'tags' must be a list"),
        (
            "course.yaml",
            change(b"Tiny", b"Tiny\ntags:\n- a\n- 2"),
            "5: 'tags', item 2, must be text",
        ),
        ("course.yaml", change(b"Tiny", b"Tiny\nsummary: {}"), "3: 'summary' must be text"),
        ("course.yaml", lambda _: b"- a\n", "1: must have fields (name: value)"),
        ("course.yaml", lambda _: b"", "1: is empty"),
        ("course.yaml", lambda _: b"slug: x\n\xff\n", "2: is not UTF-8 text"),
        ("course.yaml", change(b"Tiny", b"Ti\0ny"), "2: must not contain NUL characters"),
        ("course.yaml", change(b"title", b"title: [\n"), "3: is not YAML: "),
        ("week-01/week.yaml", change(b"title: First\n", b""), "1: 'title' is missing"),
        ("week-01/week.yaml", change(b"First", b"First\ndays: []"), "2: 'days' is not known here"),
        ("week-01/week.yaml", change(b"First", b"First\nkey: A"), "2: 'key' must be lower-case"),
        ("week-01/week.yaml", change(b"First", b"First\nkey:"), "2: 'key' must be text"),
        ("week-01/week.yaml", change(b"First", b'""'), "1: 'title' must not be empty"),
        (DAY_FILE, change(b"---\ntitle", b"title"), "1: must begin with its fields between two"),
        (DAY_FILE, change(b"10\n---", b"10"), "1: has no line --- that ends the fields"),
        (DAY_FILE, change(b"10", b"10\nday: 3"), "4: 'day' is not known here"),
        (DAY_FILE, change(b"10", b"10\nbody: x"), "4: 'body' is not known here"),
        (DAY_FILE, change(b"10", b"10\nquestions: []"), "4: 'questions' is not known here"),
        (DAY_FILE, change(b"10", b"ten"), "3: 'minutes' must be a whole number"),
        (DAY_FILE, change(b"10", b"0"), "3: 'minutes' must be at least 1"),
        (DAY_FILE, change(b"10", b"601"), "3: 'minutes' must be at most 600"),
        (DAY_FILE, change(b"10", b"true"), "3: 'minutes' must be a whole number"),
        (DAY_FILE, change(b"10", b"10\ndifficulty: no"), "4: 'difficulty' must be 'trivial', "),
        (DAY_FILE, change(b"minutes: 10\n", b""), "2: 'minutes' is missing"),
        (DAY_FILE, lambda _: b"---\n---\nx", "2: is empty"),
        (
            DAY_FILE,
            change(b"title: ", b"title: &x "),
            "2: anchors (&) and aliases (*) are not allowed",
        ),
        (DAY_FILE, change(b"this.", b"\0"), "6: must not contain NUL characters"),
        (DAY_FILE, change(b"this.", b"\xed\xa0\x80"), "6: is not UTF-8 text"),
        (
            DAY_FILE,
            change(b"this.", b"x" * MAX_LESSON_LENGTH),
            "5: the lesson must have at most 50000",
        ),
        (QUIZ_FILE, change(b"questions", b"question"), "1: 'question' is not known here"),
        (QUIZ_FILE, change(b"questions:", b"questions: x\nx:"), "1: 'questions' must be a list"),
        (QUIZ_FILE, lambda _: b"questions: []", "1: has no questions"),
        (QUIZ_FILE, lambda _: b"questions: [a]", "1: question 1 must have fields (name: value)"),
        (QUIZ_FILE, change(b"kind: true_false", b"key: a"), "2: question 1 has no 'kind'"),
        (
            QUIZ_FILE,
            change(b"kind: true", b"key: a\n    kind: yes"),
            "3: question 1 has a kind that is",
        ),
        (QUIZ_FILE, change(b"true\n", b"yes\n"), "4: 'answer' must be true or false"),
        (QUIZ_FILE, change(b"true\n", b"true\n    number: 1"), "5: 'number' is not known here"),
        (QUIZ_FILE, change(b"    prompt: Is it so?\n", b""), "2: 'prompt' is missing"),
        (QUIZ_FILE, change(b"Is it so?", b"' '"), "3: 'prompt' must say something"),
        (
            QUIZ_FILE,
            change(b"Is it so?", b"x" * 2001),
            "3: 'prompt' must have at most 2000 characters",
        ),
        (QUIZ_FILE, change(b"Is it so?", b'"\\0"'), "3: 'prompt' must not contain NUL characters"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    path: str, edit: Callable[[bytes], bytes], expected: str
) -> None:
    files = tiny_course()
    files[path] = edit(files[path])
    problems = problems_of(files)
    assert problems[0].startswith(f"{path}:{expected}")
    assert "Input should" not in problems[0]
    assert len(problems) == 1 or path == QUIZ_FILE


SHAPES = b"""\
questions:
  - kind: single_choice
    prompt: a
    right: 3
    wrong:
      - b
      - 4
  - kind: single_choice
    prompt: b
    right: x
    wrong: []
  - kind: multiple_choice
    prompt: c
    right: [x]
  - kind: number
    prompt: d
    answer: .inf
    tolerance: -1
  - {kind: short_text, prompt: e, accept: [""]}
"""


def test_all_questions_are_looked_at() -> None:
    assert problems_of(tiny_course() | {QUIZ_FILE: SHAPES}) == [
        f"{QUIZ_FILE}:4: 'right' must be text (put numbers, true, false and null in quotes)",
        f"{QUIZ_FILE}:7: 'wrong', item 2, must be text (put numbers, true, false and null in quotes)",
        f"{QUIZ_FILE}:11: 'wrong' must not be empty",
        f"{QUIZ_FILE}:12: question 3: a question has 2 to 10 choices",
        f"{QUIZ_FILE}:17: 'answer' must be a number",
        f"{QUIZ_FILE}:18: 'tolerance' must be at least 0",
        f"{QUIZ_FILE}:19: 'accept', item 1, must not be empty",
    ]


def test_problems_of_all_files_are_told_at_once() -> None:
    files = tiny_course(weeks=2)
    files["course.yaml"] = COURSE.replace(b"tiny", b"T")
    files["week-01/week.yaml"] = WEEK.replace(b"title", b"titel")
    files["week-02/day-1.quiz.yaml"] = QUIZ.replace(b"true_false", b"riddle")
    files["week-02/day-1.md"] = DAY.replace(b"10", b"-1")
    files["week-02/day-7.md"] = b"x"
    assert [problem.rsplit(":", 1)[0] for problem in problems_of(files)] == [
        "course.yaml:1",
        "week-01/week.yaml:1",
        "week-01/week.yaml:1",
        "week-02/day-1.md:3",
        "week-02/day-1.quiz.yaml:2",
        "week-02/day-7.md:1",
    ]


def test_questions_of_one_key_are_told_apart_by_line() -> None:
    again = QUIZ.removeprefix(b"questions:\n")
    keyed = again.replace(b"Is it", b"Was it") + b"    key: one\n"
    other = again.replace(b"Is it", b"Will it be") + b"    key: one\n"
    files = tiny_course() | {QUIZ_FILE: QUIZ + again + keyed + other}
    assert problems_of(files) == [
        f"{QUIZ_FILE}:5: has the key of the question in line 2, or asks the same",
        f"{QUIZ_FILE}:12: has the key of the question in line 8, or asks the same",
    ]


def test_equal_questions_on_one_line_are_found() -> None:
    question = b"{kind: true_false, prompt: a, answer: true}"
    files = tiny_course() | {QUIZ_FILE: b"questions: [%s, %s]" % (question, question)}
    (problem,) = problems_of(files)
    assert problem.startswith(f"{QUIZ_FILE}:1: has the key")


def test_days_of_one_key_are_told_even_beside_other_problems() -> None:
    files = tiny_course()
    files["week-01/day-3.md"] = DAY.replace(b"title", b"key: day-1\ntitle").replace(b"10", b"x")
    assert problems_of(files) == [
        "week-01/day-3.md:2: has the same key as week-01/day-1.md:2: 'day-1'",
        "week-01/day-3.md:4: 'minutes' must be a whole number",
    ]


def test_weeks_of_one_key_are_told() -> None:
    files = tiny_course(weeks=3)
    files["week-03/week.yaml"] = WEEK + b"key: week-02\n"
    assert problems_of(files) == [
        "week-03/week.yaml:3: has the same key as week-02/week.yaml:1: 'week-02'"
    ]


def test_a_quiz_has_a_greatest_length() -> None:
    item = "  - {{kind: true_false, prompt: Is it {}?, answer: true}}\n"
    text = "questions:\n" + "".join(item.format(number) for number in range(MAX_QUESTIONS))
    course = read_course(tiny_course() | {QUIZ_FILE: text.encode()})
    assert len(course.weeks[0].days[0].questions) == MAX_QUESTIONS
    text += item.format("not")
    assert problems_of(tiny_course() | {QUIZ_FILE: text.encode()}) == [
        f"{QUIZ_FILE}:52: a quiz has at most {MAX_QUESTIONS} questions"
    ]


def test_a_lesson_may_have_its_greatest_length() -> None:
    files = tiny_course()
    files[DAY_FILE] = DAY.replace(b"Read this.", b"\n\n" + b"x" * MAX_LESSON_LENGTH + b"\n\n")
    assert len(read_course(files).weeks[0].days[1].body) == MAX_LESSON_LENGTH


def test_a_quiz_in_gift_is_read() -> None:
    files = tiny_course() | {"week-01/day-2.quiz.gift": b"Is it so? {T}\n\nIs it not? {F}\n"}
    questions = read_course(files).weeks[0].days[1].questions
    assert [question.prompt for question in questions] == ["Is it so?", "Is it not?"]


def test_problems_in_gift_have_lines() -> None:
    gift = b"Is it so? {T}\n\nIs it so? {T}\n\nBroken {\n"
    problems = problems_of(tiny_course() | {"week-01/day-2.quiz.gift": gift})
    assert problems[0] == (
        "week-01/day-2.quiz.gift:3: has the key of the question in line 1, or asks the same"
    )
    assert problems[1].startswith("week-01/day-2.quiz.gift:5: ")


def test_hostile_files_give_a_bounded_number_of_problems() -> None:
    files = {f"{number}\x1b[2J.md": b"" for number in range(5000)}
    with pytest.raises(CurriculumError) as caught:
        read_course(files)
    assert len(caught.value.problems) == 200
    assert caught.value.omitted == 4802


def test_a_key_that_a_question_would_have_anyway_is_not_kept() -> None:
    key = default_question_key("true_false", "Is it so?").encode()
    files = {**tiny_course(), QUIZ_FILE: QUIZ + b"    key: " + key + b"\n"}
    (question,) = read_course(files).weeks[0].days[0].questions
    assert question.key is None
    assert write_course(read_course(files))[QUIZ_FILE] == QUIZ
    other = {**tiny_course(), QUIZ_FILE: QUIZ + b"    key: mine\n"}
    assert read_course(other).weeks[0].days[0].questions[0].key == "mine"
