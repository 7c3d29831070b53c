"""Markdown as HTML that can be put into a page as it stands.

Two nets, each of which would do: HTML in the source is shown as text, never passed on; and what the
renderer makes of the rest is cleaned by an allow list.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.services.curriculum.markdown_limits import limit_costs

_SHORT: Final = 2_500
"""Characters. Prompts, choices and explanations are no longer than that; many of them are shown at once."""
_MAX_BRACKETS_IN_SHORT: Final = 40
_MAX_BRACKETS_IN_LESSON: Final = 2_000
"""Each may begin a link, and is looked after to the end of its paragraph: beyond this many there are none."""
_CACHED_SHORT: Final = 8_192
_CACHED_LESSONS: Final = 128

_ALLOWED_TAGS: Final = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "ul", "ol", "li"),
        *("strong", "em", "s", "code", "pre", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
)
# Without "*" the cleaner would keep "title" and "lang" everywhere.
_ALLOWED_ATTRIBUTES: Final = {
    "*": frozenset[str](),
    "a": {"href"},
    "code": {"class"},
    "ol": {"start"},
}
_ALLOWED_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_LANGUAGE: Final = re.compile(r"language-[A-Za-z0-9+#_.-]{1,40}")


def render_markdown(text: str) -> str:
    """CommonMark with tables and strikethrough, as harmless HTML.

    Links lead to absolute addresses (http, https, mailto) only: others stand there without one.
    Pictures become links to them, so that no other host is told who reads a lesson. Source beyond 20
    levels of nesting is left out, and what would cost too much stays as written (`markdown_limits`).
    What was rendered lately is remembered. A whole lesson may take a while the first time: render it in
    a thread.
    """
    return _render_short(text) if len(text) <= _SHORT else _render_lesson(text)


def _render(text: str, max_brackets: int) -> str:
    # Lone surrogates can't be stored, but they can't be encoded either.
    storable = text.encode(errors="replace").decode()
    renderer = _RENDERER if storable.count("[") <= max_brackets else _WITHOUT_LINKS
    return _CLEANER.clean(renderer.render(storable))


@lru_cache(maxsize=_CACHED_SHORT)
def _render_short(text: str) -> str:
    return _render(text, _MAX_BRACKETS_IN_SHORT)


@lru_cache(maxsize=_CACHED_LESSONS)
def _render_lesson(text: str) -> str:
    return _render(text, _MAX_BRACKETS_IN_LESSON)


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Of the classes, only the one that names the language of a piece of code."""
    if (tag, attribute) == ("code", "class") and not _LANGUAGE.fullmatch(value):
        return None
    return value


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children, options, env) or str(token.attrs["src"])
    return f'<a href="{escape(str(token.attrs["src"]))}">{escape(words)}</a>'


def _make_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    renderer.enable(["table", "strikethrough"])
    limit_costs(renderer)
    renderer.add_render_rule("image", _render_image)
    return renderer


def _make_linkless_renderer() -> MarkdownIt:
    return _make_renderer().disable(["link", "image"])


_RENDERER: Final = _make_renderer()
_WITHOUT_LINKS: Final = _make_linkless_renderer()
_CLEANER: Final = nh3.Cleaner(
    tags=_ALLOWED_TAGS,
    attributes=_ALLOWED_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes=_ALLOWED_SCHEMES,
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)
