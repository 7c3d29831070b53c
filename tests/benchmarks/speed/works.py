"""The works that are compared: what is asked for, and what the issue wants of it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from tests.benchmarks.speed.shape import PASSWORD

COURSE = "python-from-zero"
COURSE_TAG = '"1-1"'
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_TASK = (
    '{"title": "Write the report", "description": "With the figures of last week.", "difficulty": "medium",'
    ' "due_on": "2030-01-02", "due_time": "09:30", "tags": ["work", "reports"]}'
)


@dataclass(frozen=True)
class Work:
    """A kind of request; ``{task}`` in the path stands for an open task of whoever asks."""

    name: str
    title: str
    path: str
    method: str = "GET"
    status: int = 200
    body: str | None = None
    tag: str | None = None
    target: float = 0
    """The least ratio to the yardstick."""
    writes: bool = False
    hot: bool = False
    """Whether the hot learner alone asks."""
    form: bool = False
    """Whether the body is a form, sent without a token."""

    @property
    def completes(self) -> bool:
        return "{task}" in self.path

    def list_options(self) -> dict[str, str]:
        """The arguments of ``load.lua`` that follow from it."""
        options = {"method": self.method, "path": self.path}
        if self.body is not None:
            options |= {"body": self.body, "type": _FORM if self.form else _JSON}
        if self.form:
            options["anonymous"] = "yes"
        if self.tag is not None:
            options["tag"] = self.tag
        return options


WORKS = (
    Work("list", "GET /tasks?limit=20", "/api/v1/tasks?limit=20", target=0.45),
    Work("profile", "GET /game/profile", "/api/v1/game/profile", target=0.45),
    Work(
        "unchanged",
        "GET /courses/{slug}, 304",
        f"/api/v1/courses/{COURSE}",
        status=304,
        tag=COURSE_TAG,
        target=0.45,
    ),
    Work("course", "GET /courses/{slug}, whole", f"/api/v1/courses/{COURSE}", target=0.45),
    Work(
        "create",
        "POST /tasks",
        "/api/v1/tasks",
        "POST",
        201,
        body=_TASK,
        target=0.4,
        writes=True,
    ),
    Work(
        "complete",
        "POST /tasks/{id}/complete, 1,000 users",
        "/api/v1/tasks/{task}/complete",
        "POST",
        target=0.4,
        writes=True,
    ),
    Work(
        "complete-one",
        "POST /tasks/{id}/complete, one user",
        "/api/v1/tasks/{task}/complete",
        "POST",
        target=0.5,
        writes=True,
        hot=True,
    ),
)

LOGIN = Work(
    "login",
    "POST /auth/login",
    "/api/v1/auth/login",
    "POST",
    body=urlencode({"username": "learner{user}@example.org", "password": PASSWORD}, safe="{}@"),
    form=True,
)


def work_named(name: str) -> Work:
    """One of the works."""
    return next(work for work in WORKS if work.name == name)
