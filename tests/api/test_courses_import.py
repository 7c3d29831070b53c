"""``POST /courses/import``: a course from an archive, whole or not at all."""

import asyncio
import re
import stat
import threading
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import pytest

from app.api import uploads
from app.core.limits import MAX_BODY_BYTES, MAX_IMPORT_BYTES
from app.services.curriculum.archive import write_archive
from app.services.curriculum.writer import write_course
from tests.services.curriculum.course_files import DAY, QUIZ, WEEK, tiny_course
from tests.services.curriculum.zips import CENTRAL, make_zip, patch
from tests.support.contract import check_problem
from tests.support.courses import small_course
from tests.support.curricula import change_day, list_parts, pack
from tests.support.logs import listen
from tests.support.service import Learner, Service
from tests.support.state import read_state

ZIP = {"Content-Type": "application/zip"}
TYPE = {"content-type": "application/zip"}
PATHS = ("/api/v1/courses/import", "/api/courses/import")
CHUNK = 65536
COURSE = small_course(weeks=2)


@pytest.fixture
async def author(service: Service) -> Learner:
    return await service.learner("author@example.org", role="author")


async def send(author: Learner, body: bytes, **query: Any) -> dict[str, Any]:
    """The answer to an import that has to succeed."""
    answer = await author.client.post("/courses/import", content=body, headers=ZIP, params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def call(
    service: Service,
    path: str,
    headers: dict[str, str],
    *,
    token: str | None = None,
    method: str = "POST",
    ends: bool = False,
) -> tuple[int, int]:
    """Send a request at the ASGI interface, with a body that never ends, or whose sender leaves.

    Gives the status and how many messages of the body were asked for.
    """
    asked = 0
    statuses: list[int] = []
    if token:
        headers = {**headers, "authorization": f"Bearer {token}"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }  # fmt: skip

    async def receive() -> Any:
        nonlocal asked
        asked += 1
        if ends and asked > 1:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b" " * CHUNK, "more_body": True}

    async def answer(message: Any) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    await service.app(scope, receive, answer)
    return statuses[0], asked


async def test_a_course_is_made_of_an_archive(service: Service, author: Learner) -> None:
    told = await send(author, pack(COURSE))

    assert (told["slug"], told["created"], told["dry_run"]) == ("python", True, False)
    assert told["revision"] == 1
    assert told["counts"] == {"added": 45, "changed": 0, "restored": 0, "archived": 0}
    assert told["changes"][0] == {"kind": "added", "part": "course", "what": "python", "fields": []}
    parts = await list_parts(service.parts.database)
    assert len(parts) == 45
    assert {part["status"] for part in parts.values()} == {"published"}
    assert parts["python"]["created_at"] == service.clock.now()


async def test_an_edited_archive_changes_what_was_edited(author: Learner) -> None:
    await send(author, pack(COURSE))

    told = await send(author, pack(change_day(COURSE, 1, 2, title="New", questions=())))

    assert (told["created"], told["revision"]) == (False, 2)
    assert told["counts"] == {"added": 0, "changed": 1, "restored": 0, "archived": 2}
    assert told["changes"] == [
        {"kind": "changed", "part": "task", "what": "week-1/day-2", "fields": ["title"]},
        {"kind": "archived", "part": "question", "what": "week-1/day-2/quiz/q-1", "fields": []},
        {"kind": "archived", "part": "question", "what": "week-1/day-2/quiz/q-2", "fields": []},
    ]


async def test_the_same_again_changes_nothing(service: Service, author: Learner) -> None:
    await send(author, pack(COURSE))
    state = await read_state(service.parts.database)
    service.clock.advance(minutes=1)

    told = await send(author, pack(COURSE))

    assert (told["created"], told["revision"], told["changes"]) == (False, 1, [])
    assert await read_state(service.parts.database) == state


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_dry_run_tells_what_would_change_and_changes_nothing(
    service: Service, author: Learner, is_there: bool
) -> None:
    if is_there:
        await send(author, pack(COURSE.model_copy(update={"title": "Old"})))
    state = await read_state(service.parts.database)

    told = await send(author, pack(COURSE), dry_run="true")
    assert await read_state(service.parts.database) == state
    done = await send(author, pack(COURSE))

    assert told == {**done, "dry_run": True}
    assert told["created"] == (not is_there)
    assert told["changes"]


async def test_many_changes_are_counted_and_the_first_are_listed(author: Learner) -> None:
    told = await send(author, pack(small_course(weeks=5)))

    assert told["counts"]["added"] == 1 + 5 + 35 + 70
    assert len(told["changes"]) == 100


async def test_imports_at_once_make_one_course(service: Service, author: Learner) -> None:
    told = await asyncio.gather(*(send(author, pack(COURSE)) for _ in range(5)))

    assert sorted(answer["created"] for answer in told) == [False] * 4 + [True]
    assert {answer["revision"] for answer in told} == {1}
    assert len(await list_parts(service.parts.database)) == 45


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ({"role": "learner"}, 403),
        ({"role": "author"}, 200),
        ({"role": "admin"}, 200),
        ({"is_superuser": True}, 200),
    ],
)
async def test_authors_and_admins_import(
    service: Service, rights: dict[str, Any], status: int
) -> None:
    caller = await service.learner(**rights)

    answer = await caller.client.post("/courses/import", content=pack(COURSE), headers=ZIP)

    assert answer.status_code == status
    if status == 403:
        assert check_problem(answer)["code"] == "author_required"
        assert not await list_parts(service.parts.database)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("content_type", ["application/zip", "text/plain"])
async def test_the_body_of_a_stranger_or_learner_is_not_read(
    service: Service, path: str, content_type: str
) -> None:
    learner = await service.open_session(await service.add_user())
    headers = {"content-length": str(MAX_IMPORT_BYTES), "content-type": content_type}

    assert await call(service, path, headers) == (401, 0)
    assert await call(service, path, headers, token="x.y.z") == (401, 0)
    assert await call(service, path, headers, token=learner) == (403, 0)


@pytest.mark.parametrize(
    "content_type", [None, "", "application/json", "application/zipx", "multipart/form-data; boundary=x"]
)  # fmt: skip
async def test_another_type_is_refused_unread(
    service: Service, author: Learner, content_type: str | None
) -> None:
    token = await service.open_session(author.id)
    headers = {} if content_type is None else {"content-type": content_type}

    assert await call(service, PATHS[0], headers, token=token) == (415, 0)


@pytest.mark.parametrize(
    "content_type",
    ["Application/ZIP", "application/zip; name=a.zip", "application/x-zip-compressed"],
)
async def test_the_type_may_be_written_otherwise(author: Learner, content_type: str) -> None:
    headers = {"Content-Type": content_type}

    answer = await author.client.post("/courses/import", content=pack(COURSE), headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_that_says_to_be_too_large_is_refused_unread(
    service: Service, author: Learner, path: str
) -> None:
    token = await service.open_session(author.id)
    headers = {"content-length": str(MAX_IMPORT_BYTES + 1), "content-type": "application/zip"}

    assert await call(service, path, headers, token=token) == (413, 0)
    assert await call(service, path, headers) == (413, 0)


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(
    service: Service, author: Learner, path: str
) -> None:
    token = await service.open_session(author.id)

    status, asked = await call(service, path, TYPE, token=token)

    assert (status, asked) == (413, MAX_IMPORT_BYTES // CHUNK + 1)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v1/courses/import"),
        ("GET", "/api/v1/courses/import"),
        ("POST", "/api/v1/courses/import/"),
        ("POST", "/api/v1/courses/imports"),
        ("POST", "/api/v1/courses"),
    ],
)
async def test_everything_else_keeps_the_general_limit(
    service: Service, author: Learner, method: str, path: str
) -> None:
    token = await service.open_session(author.id)
    headers = {**TYPE, "content-length": str(MAX_BODY_BYTES + 1)}

    status, asked = await call(service, path, headers, token=token, method=method)

    assert (status, asked) == (413, 0)


@pytest.mark.parametrize(("more", "status"), [(0, 422), (1, 413)])
async def test_the_limit_is_exact(author: Learner, more: int, status: int) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(MAX_IMPORT_BYTES // 2**20):
            yield b"\0" * 2**20
        yield b"\0" * more

    answer = await author.client.post("/courses/import", content=stream(), headers=ZIP)

    assert answer.status_code == status


async def test_a_large_archive_is_read(author: Learner) -> None:
    course = small_course(weeks=6, questions=0)
    for week in range(1, 7):
        for day in range(1, 8):
            course = change_day(course, week, day, body="word " * 8000)
    archive = make_zip([*write_course(course).items()], zipfile.ZIP_STORED)
    assert len(archive) > MAX_BODY_BYTES

    told = await send(author, archive)

    assert told["counts"]["added"] == 49


async def test_nobody_waits_for_an_upload(author: Learner) -> None:
    statuses = []

    async def stream() -> AsyncIterator[bytes]:
        archive = pack(COURSE)
        yield archive[:100]
        # On SQLite there is one writer: an import that held it would wait for itself here.
        statuses.append((await author.client.post("/tasks", json={"title": "A"})).status_code)
        yield archive[100:]

    answer = await author.client.post("/courses/import", content=stream(), headers=ZIP)

    assert (statuses, answer.status_code) == ([201], 200)


async def test_a_sender_who_leaves_is_no_defect(service: Service, author: Learner) -> None:
    token = await service.open_session(author.id)
    state = await read_state(service.parts.database)

    with listen(level="error") as log:
        status, _ = await call(service, PATHS[0], TYPE, token=token, ends=True)

    assert (status, log.getvalue()) == (400, "")
    assert await read_state(service.parts.database) == state


async def test_what_is_wrong_is_told_by_file_and_line(author: Learner) -> None:
    files = tiny_course()
    files["week-01/day-2.md"] = DAY.replace(b"minutes: 10", b"minutes: 0")
    files["week-01/day-1.quiz.yaml"] = QUIZ.replace(b"true\n", b"maybe\n")
    archive = write_archive(files, "tiny")

    answer = await author.client.post("/courses/import", content=archive, headers=ZIP)

    body = check_problem(answer)
    assert (answer.status_code, body["code"]) == (422, "bad_curriculum")
    assert body["detail"] == "The curriculum has 2 errors; nothing was changed."
    assert body["problems"] == [
        "week-01/day-1.quiz.yaml:4: 'answer' must be true or false",
        "week-01/day-2.md:3: 'minutes' must be at least 1",
    ]


@pytest.mark.parametrize("letter", ["x", "\N{DRAGON}", '"', "\\", "\u0416"])
async def test_a_refusal_stays_small_whatever_is_wrong(author: Learner, letter: str) -> None:
    files = {f"week-01/{letter * 50}{number}": b"" for number in range(300)}
    archive = make_zip([("course.yaml", b""), *files.items()])

    answer = await author.client.post("/courses/import", content=archive, headers=ZIP)

    body = check_problem(answer)
    assert len(answer.content) < 4096
    assert 2 <= len(body["problems"]) <= 20
    assert all(len(line) <= 150 for line in body["problems"])
    count = int(body["detail"].split()[3])
    assert count >= 300
    assert f"The first {len(body['problems'])} are shown." in body["detail"]


async def test_at_most_twenty_problems_are_shown(author: Learner) -> None:
    archive = make_zip([(f"x{number}", b"") for number in range(40)])

    answer = await author.client.post("/courses/import", content=archive, headers=ZIP)

    assert len(check_problem(answer)["problems"]) == 20


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("week-01/day-7.md")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


GOOD = write_archive(tiny_course(), "tiny")
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no archive": b"PK" + b"\0" * 1000,
    "json": b'{"slug": "tiny"}',
    "cut off": GOOD[:-30],
    "no files": make_zip([]),
    "a bomb": make_zip([*tiny_course().items(), ("week-01/x", b"\0" * 2**25)]),
    "bombs": make_zip([(f"{number}", b"\0" * 2**18) for number in range(400)]),
    "out of the folder": make_zip([*tiny_course().items(), ("../../etc/cron.d/x", b"")]),
    "absolute": make_zip([*tiny_course().items(), ("/etc/passwd", b"")]),
    "a link": make_zip([*tiny_course().items(), (link(), b"/etc/passwd")]),
    "a name twice": make_zip([*tiny_course().items(), ("COURSE.yaml", b"")]),
    "encrypted": patch(GOOD, CENTRAL, 8, b"\1\0"),
    "a course in a course": make_zip([("a.zip", GOOD)]),
    "too many files": make_zip([(f"week-01/{number}", b"") for number in range(5000)]),
    "billion laughs": make_zip(
        [*{**tiny_course(), "week-01/week.yaml": WEEK + b"a: &a [x, x]\nb: &b [*a, *a]\n"}.items()]
    ),
    "deep": make_zip([*{**tiny_course(), "course.yaml": b"slug: " + b"[" * 100_000}.items()]),
    "a tag": make_zip(
        [*{**tiny_course(), "course.yaml": b"slug: !!python/object/apply:os.system [id]"}.items()]
    ),
    "another's path for a slug": make_zip(
        [*{**tiny_course(), "course.yaml": b"slug: import\ntitle: X\n"}.items()]
    ),
    "a NUL": make_zip([*{**tiny_course(), "week-01/day-1.md": DAY + b"\0"}.items()]),
    "no UTF-8": make_zip([*{**tiny_course(), "week-01/day-1.md": DAY + b"\xff"}.items()]),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_archive_is_refused_whole(
    service: Service, author: Learner, name: str
) -> None:
    await send(author, GOOD)
    state = await read_state(service.parts.database)

    with listen(level="error") as log:
        answer = await author.client.post("/courses/import", content=HOSTILE[name], headers=ZIP)

    assert (answer.status_code, check_problem(answer)["code"]) == (422, "bad_curriculum")
    assert check_problem(answer)["problems"]
    assert await read_state(service.parts.database) == state
    assert not log.getvalue()


async def test_who_comes_when_many_wait_is_told_to_come_again(author: Learner) -> None:
    leave = threading.Event()
    uploads._curricula.submit(leave.wait)  # somebody whose course takes its time
    body = pack(COURSE)
    imports = [
        asyncio.create_task(author.client.post("/courses/import", content=body, headers=ZIP))
        for _ in range(12)
    ]
    try:
        refused = [await done for done in islice(asyncio.as_completed(imports), 4)]
    finally:
        leave.set()
    assert {check_problem(answer)["code"] for answer in refused} == {"curricula_busy"}
    assert {answer.headers["Retry-After"] for answer in refused} == {"5"}
    answers = await asyncio.gather(*imports)
    assert Counter(answer.status_code for answer in answers) == {200: 8, 503: 4}


async def test_reading_ends_when_no_more_problems_are_kept(author: Learner) -> None:
    bad = b"questions:\n" + b"  - []\n" * 9_000
    files = {
        name: bad if name.endswith(".quiz.yaml") else data
        for name, data in write_course(small_course(weeks=3)).items()
    }
    answer = await author.client.post(
        "/courses/import", content=write_archive(files, "python"), headers=ZIP
    )
    assert answer.status_code == 422
    found = re.match(r"The curriculum has (\d+) errors", answer.json()["detail"])
    assert found is not None
    assert 200 <= int(found.group(1)) < 300  # of the 189,000 that there are
