"""A small course as files, for tests to break."""

COURSE = b"slug: tiny\ntitle: Tiny\n"
WEEK = b"title: First\nmilestone: You can\n"
DAY = b"---\ntitle: A day\nminutes: 10\n---\n\nRead this.\n"
QUIZ = b"questions:\n  - kind: true_false\n    prompt: Is it so?\n    answer: true\n"


def tiny_course(weeks: int = 1) -> dict[str, bytes]:
    """A course that is right: each week's first day has a quiz."""
    files = {"course.yaml": COURSE}
    for number in range(1, weeks + 1):
        folder = f"week-{number:02d}"
        files[f"{folder}/week.yaml"] = WEEK
        files[f"{folder}/day-1.quiz.yaml"] = QUIZ
        for day in range(1, 8):
            files[f"{folder}/day-{day}.md"] = DAY
    return files
