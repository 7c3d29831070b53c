"""Bodies: strict JSON, and honest content types."""

import pytest

from tests.support.contract import check_problem
from tests.support.service import Service

JSON = {"Content-Type": "application/json"}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"title": "a", "title": "b"}', 400, "bad_request"),
        (b'{"title": "a", "checklist": [{"text": "b", "text": "c"}]}', 400, "bad_request"),
        (b'{"title": NaN}', 400, "bad_request"),
        (b'{"title": -Infinity}', 400, "bad_request"),
        (b'{"title": 1e400}', 400, "bad_request"),
        (b'{"title": ' + b"9" * 5000 + b"}", 400, "bad_request"),
        (b'{"title": "\xff\xfe"}', 400, "bad_request"),
        (b'{"title": "\xed\xa0\x80"}', 400, "bad_request"),
        (b"[" * 100_000, 400, "bad_request"),
        (b'{"title":' * 50_000, 400, "bad_request"),
        (b"\x1f\x8b\x08\x00\x00\x00", 400, "bad_request"),
        ('{"title": "a"}'.encode("utf-16"), 400, "bad_request"),
        (b'{"title": "a"', 422, "validation_error"),
        (b'{"title": "a"} {}', 422, "validation_error"),
        (b"\xef\xbb\xbf{}", 422, "validation_error"),
        (b'{"title": "a\nb"}', 422, "validation_error"),
        (b'{"title": "\\ud800"}', 422, "validation_error"),
        (b'{"title": "\\u0000"}', 422, "validation_error"),
        (b'"title"', 422, "validation_error"),
        (b"null", 422, "validation_error"),
        (b"[{}]", 422, "validation_error"),
        (b"", 422, "validation_error"),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else None,
)
async def test_what_is_no_strict_json_is_refused(
    service: Service, body: bytes, status: int, code: str
) -> None:
    learner = await service.learner()

    answer = await learner.client.post("/tasks", content=body, headers=JSON)

    assert (answer.status_code, check_problem(answer)["code"]) == (status, code)
    assert (await learner.get("/tasks"))["items"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "json",
        "text/plain",
        "text/json",
        "application/xml",
        "application/octet-stream",
        "multipart/form-data",
        FORM,
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "application/json; charset=klingon",
        "application/json; charset*=utf-7''x",
        "\xe4pplication/json",
    ],
)
async def test_a_body_of_another_type_or_charset_is_refused(
    service: Service, content_type: str | None
) -> None:
    headers = {} if content_type is None else {b"Content-Type": content_type.encode("latin-1")}
    learner = await service.learner()

    answer = await learner.client.post("/tasks", content=b'{"title": "a"}', headers=headers)

    assert (answer.status_code, check_problem(answer)["code"]) == (415, "unsupported_media_type")
    assert (await learner.get("/tasks"))["items"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "Application/JSON; charset=utf8",
        "application/vnd.questboard+json",
    ],
)
async def test_every_spelling_of_json_is_taken(service: Service, content_type: str) -> None:
    learner = await service.learner()

    answer = await learner.client.post(
        "/tasks", content=b'{"title": "a"}', headers={"Content-Type": content_type}
    )

    assert answer.status_code == 201


async def test_no_body_needs_no_type(service: Service) -> None:
    learner = await service.learner()
    task = await learner.create_task()

    answer = await learner.client.post(f"/tasks/{task['id']}/complete")

    assert answer.status_code == 200


LOGIN = b"username=ada%40example.org&password=correct+horse+battery"


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8"])
async def test_a_login_is_a_form(service: Service, content_type: str) -> None:
    await service.add_user()

    answer = await service.client().post(
        "/auth/login", content=LOGIN, headers={"Content-Type": content_type}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 415),
        ("application/json", 415),
        ("text/plain", 415),
        (f"{FORM}; charset=utf-7", 415),
        ("multipart/form-data; charset=utf-7; boundary=x", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
    ],
)
async def test_a_login_of_another_type_is_refused(
    service: Service, content_type: str | None, status: int
) -> None:
    await service.add_user()
    headers = {} if content_type is None else {"Content-Type": content_type}

    answer = await service.client().post("/auth/login", content=LOGIN, headers=headers)

    assert answer.status_code == status
    check_problem(answer)


@pytest.mark.parametrize(
    "form", [b"&" * 2000 + LOGIN, b"&".join(b"f%d=1" % n for n in range(2000)), b"username=%00%ff"]
)
async def test_an_absurd_form_is_refused(service: Service, form: bytes) -> None:
    answer = await service.client().post(
        "/auth/login", content=form, headers={"Content-Type": FORM}
    )

    assert answer.status_code in {400, 422}
    check_problem(answer)
