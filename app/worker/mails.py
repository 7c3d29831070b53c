"""The mails that are sent. Their words are in ``templates/``, each as text and as HTML."""

import re
import unicodedata
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from app.core.mail import Mail, mask_address
from app.db.models import User
from app.services.mails import Reminder, Report

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_NAME_LENGTH = 50
# What mail programs turn into a link: evil.example, http://..., a@b.
_LINK = re.compile(r"[/\\:@]|[.\u3002]\w")


def verification_mail(to: str, display_name: str, token: str, frontend_url: str) -> Mail:
    """Ask whoever reads the address to confirm it."""
    link = _make_link(frontend_url, "verify", token)
    return _render("verification", to, "Confirm your email address", display_name, link=link)


def password_reset_mail(to: str, display_name: str, token: str, frontend_url: str) -> Mail:
    """Let the owner of the address choose a new password."""
    link = _make_link(frontend_url, "reset-password", token)
    return _render("password_reset", to, "Choose a new password", display_name, link=link)


def password_changed_mail(to: str, display_name: str, frontend_url: str) -> Mail:
    """Tell the owner that the password was changed and all other sessions were ended."""
    return _render(
        "password_changed", to, "Your password was changed", display_name, link=frontend_url
    )


def email_changed_mail(to: str, display_name: str, new_email: str, frontend_url: str) -> Mail:
    """Tell the old address that the account has another one now, which is shown in part."""
    return _render(
        "email_changed",
        to,
        "Your email address was changed",
        display_name,
        link=frontend_url,
        new_email=mask_address(new_email),
    )


def reminder_mail(user: User, reminder: Reminder, frontend_url: str) -> Mail:
    """Remind a learner of what is due."""
    values = asdict(reminder)
    return _render("reminder", user.email, "Today", user.display_name, link=frontend_url, **values)


def report_mail(user: User, report: Report, frontend_url: str) -> Mail:
    """Report a learner's week."""
    counted = {
        "Tasks completed": report.counts.tasks,
        "Days of courses completed": report.counts.course_tasks,
        "Quizzes passed": report.counts.quizzes,
        "Cards reviewed": report.counts.reviews,
        "XP earned": report.counts.xp,
    }
    return _render(
        "report",
        user.email,
        "Your week",
        user.display_name,
        link=frontend_url,
        first_on=f"{report.first_on:%-d %B}",
        last_on=f"{report.last_on:%-d %B}",
        counts=[(name, count) for name, count in counted.items() if count],
        streak=report.streak,
        level=report.level,
    )


def _make_link(frontend_url: str, page: str, token: str) -> str:
    # In the fragment, which browsers keep to themselves: so the token reaches no server's log and
    # no Referer header. The page reads it and posts it.
    return f"{frontend_url.rstrip('/')}/{page}#token={quote(token, safe='')}"


def _render(template: str, to: str, subject: str, display_name: str, **values: Any) -> Mail:
    context = {"subject": subject, "name": _clean_name(display_name), **values}
    environment = _make_environment()
    return Mail(
        to=to,
        subject=f"{subject} - Questboard",
        text=environment.get_template(f"{template}.txt.jinja").render(context),
        html=environment.get_template(f"{template}.html.jinja").render(context),
    )


def _clean_name(display_name: str) -> str:
    """The name to greet with, on one line; empty for one that isn't a name.

    Whoever registers somebody else's address chooses the name: it must not become an advertisement
    with a link, or paragraphs that seem to be ours.
    """
    printable = "".join(char if char.isprintable() else " " for char in display_name)
    name = " ".join(unicodedata.normalize("NFKC", printable).split())
    return "" if len(name) > _NAME_LENGTH or _LINK.search(name) else name


@cache
def _make_environment() -> "Environment":
    # Heavy, and a server without learners' mails needs none.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(
            enabled_extensions=("html.jinja",), disabled_extensions=("txt.jinja",), default=True
        ),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
