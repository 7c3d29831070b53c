"""The words of the mails about accounts."""

from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from jinja2 import UndefinedError

from app.core.mail import Mail
from app.worker import mails
from app.worker.mails import (
    email_changed_mail,
    password_changed_mail,
    password_reset_mail,
    verification_mail,
)

TO = "ada@example.org"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.s3cret_-"
FRONTEND = "https://play.example.org"

Builder = Callable[[str], Mail]
WITH_TOKEN: list[tuple[str, Callable[[str, str, str, str], Mail]]] = [
    ("verify", verification_mail),
    ("reset-password", password_reset_mail),
]
# Each mail, to be built for a name.
ALL: list[Builder] = [
    lambda name: verification_mail(TO, name, TOKEN, FRONTEND),
    lambda name: password_reset_mail(TO, name, TOKEN, FRONTEND),
    lambda name: password_changed_mail(TO, name, FRONTEND),
    lambda name: email_changed_mail(TO, name, "new@example.net", FRONTEND),
]


class Page(HTMLParser):
    """The text, links and tags of an HTML mail; it fails on tags that don't close."""

    VOID = ("meta", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def links(self) -> set[str | None]:
        return {attrs["href"] for tag, attrs in self.tags if tag == "a"}


@pytest.mark.parametrize(("page", "build"), WITH_TOKEN)
@pytest.mark.parametrize("frontend", [FRONTEND, f"{FRONTEND}/"])
def test_the_token_is_in_the_fragment_only(
    page: str, build: Callable[[str, str, str, str], Mail], frontend: str
) -> None:
    mail = build(TO, "Ada", TOKEN, frontend)
    link = f"{FRONTEND}/{page}#token={TOKEN}"
    assert link in mail.text.splitlines()
    assert Page(mail.html).links == {link}
    parts = urlsplit(link)
    assert TOKEN not in parts.path + parts.query
    assert TOKEN not in mail.subject + repr(mail)


@pytest.mark.parametrize(("page", "build"), WITH_TOKEN)
def test_no_token_can_break_out_of_its_link(
    page: str, build: Callable[[str, str, str, str], Mail]
) -> None:
    token = "a\"><script>&b=c d\n#é'"
    mail = build(TO, "Ada", token, FRONTEND)
    [link] = Page(mail.html).links
    assert link is not None
    assert link in mail.text.splitlines()
    assert unquote(urlsplit(link).fragment) == f"token={token}"
    assert "<script>" not in mail.html


@pytest.mark.parametrize("build", ALL)
def test_each_mail_is_whole(build: Builder) -> None:
    mail = build("Ada")
    assert mail.to == TO
    assert mail.subject.isprintable()
    assert mail.text.startswith("Hello Ada,\n\n")
    assert mail.text.endswith("Questboard\n")
    page = Page(mail.html)
    assert ("html", {"lang": "en"}) in page.tags
    assert "Hello Ada," in page.text
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert f"{FRONTEND}" in mail.text
    for body in (mail.text, mail.html):
        assert "{{" not in body
        assert "{%" not in body


@pytest.mark.parametrize("build", ALL)
def test_nothing_is_loaded_from_anywhere(build: Builder) -> None:
    page = Page(build("Ada").html)
    assert not {"img", "link", "script", "style", "iframe"} & {tag for tag, _ in page.tags}
    assert not any("src" in attrs for _, attrs in page.tags)
    assert "url(" not in build("Ada").html


@pytest.mark.parametrize("build", ALL)
def test_a_name_is_text_and_no_markup(build: Builder) -> None:
    name = '<b onclick="x">Ada & {{ 7 }}'
    mail = build(name)
    page = Page(mail.html)
    assert f"Hello {name}," in page.text
    assert "b" not in {tag for tag, _ in page.tags}
    # Plain text needs no escaping.
    assert f"Hello {name}," in mail.text


@pytest.mark.parametrize("build", ALL)
@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Zoë Müller", "Hello Zoë Müller,"),
        ("Dr. Ada", "Hello Dr. Ada,"),
        ("Ada\r\nBcc: eve", "Hello,"),
        ("Ada\n\nYou have won", "Hello Ada You have won,"),
        ("Ada\u202e\u2028\x00Eve\ud800", "Hello Ada Eve,"),
        ("", "Hello,"),
        (" \t", "Hello,"),
        ("x" * 51, "Hello,"),
        ("visit evil.example", "Hello,"),
        ("https://evil", "Hello,"),
        ("evil\uff0eexample", "Hello,"),
        ("evil\u3002example", "Hello,"),
        ("eve@evil", "Hello,"),
    ],
)
def test_a_name_can_not_become_a_message_or_a_link(
    build: Builder, name: str, greeting: str
) -> None:
    mail = build(name)
    assert mail.text.splitlines()[0] == greeting
    assert mail.subject == build("Ada").subject
    mail.html.encode()
    mail.text.encode()


def test_the_old_address_learns_only_a_part_of_the_new_one() -> None:
    mail = email_changed_mail(TO, "Ada", "new@example.net", FRONTEND)
    for body in (mail.text, mail.html):
        assert "n***@example.net" in body
        assert "new@example.net" not in body


def test_the_changed_password_ends_the_other_sessions() -> None:
    mail = password_changed_mail(TO, "Ada", FRONTEND)
    for body in (mail.text, mail.html):
        assert "Your password was changed" in body
        assert "all other sessions were ended" in body


def test_a_value_that_a_template_lacks_is_an_error() -> None:
    render = partial(mails._render, "verification", TO, "Subject", "Ada")
    with pytest.raises(UndefinedError, match="link"):
        render()
