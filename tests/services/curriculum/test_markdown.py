import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import _lru_cache_wrapper
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.curriculum import MAX_LESSON_LENGTH
from app.services.curriculum.markdown import (
    _render_lesson,
    _render_short,
    render_markdown,
)
from tests.services.curriculum.xss_vectors import MARKUP, SCHEMES, VECTORS, WHOLE

VOID = {"br", "hr"}
TAGS = {
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "blockquote",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
    ),
    *("s", "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
VALUES = {
    ("a", "href"): re.compile(r"(?:https?://|mailto:)[\x21-\x7e]*"),
    ("a", "rel"): re.compile("nofollow noopener noreferrer"),
    ("code", "class"): re.compile(r"language-[A-Za-z0-9+#_.-]+"),
    ("ol", "start"): re.compile("[0-9]+"),
}


class Inspector(HTMLParser):
    """Fails at anything that may not stand in a lesson, and at tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert len(dict(attrs)) == len(attrs)
        for name, value in attrs:
            assert value is not None
            assert VALUES[tag, name].fullmatch(value), (tag, name, value)
        assert tag != "a" or ("rel", "nofollow noopener noreferrer") in attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def inspect(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert not inspector.open
    # No bare < is left that a laxer parser could take for a tag, and none of the text was one.
    assert "<" not in re.sub(r"</?[a-z][a-z0-9]*(?: [a-z]+=\"[^\"<>]*\")*>", "", html)
    return inspector


@pytest.mark.parametrize("vector", [*SCHEMES, *MARKUP, *WHOLE], ids=ascii)
def test_nothing_that_was_tried_gets_through(vector: str) -> None:
    for source in VECTORS[vector]:
        inspect(render_markdown(source))


@pytest.mark.parametrize("size", [3, 7, 50])
def test_all_that_was_tried_is_harmless_together_too(size: int) -> None:
    sources = [source for sources in VECTORS.values() for source in sources]
    for begin in range(0, len(sources), size):
        inspect(render_markdown("\n\n".join(sources[begin : begin + size])))
        inspect(render_markdown("".join(sources[begin : begin + size])))


pieces = st.one_of(
    st.sampled_from(
        [
            *(
                "<",
                ">",
                "</",
                "<script>",
                "<svg>",
                "<style>",
                "<math>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
            ),
            *(
                "[",
                "]",
                "(",
                ")",
                "![",
                "](",
                "`",
                "```",
                "~~~",
                "\n",
                "\n\n",
                "    ",
                "|",
                "-|-\n",
                "> ",
            ),
            *(
                "javascript:",
                "data:",
                "http://a",
                "mailto:b@c",
                "&",
                ";",
                "&#",
                "&lt;",
                "\\",
                '"',
                "'",
                "=",
            ),
            *(
                "onerror=",
                " ",
                "*",
                "_",
                "~~",
                "# ",
                "- ",
                "1. ",
                "[a]: ",
                "a",
                "\x00",
                "\t",
                "\ud800",
            ),
        ]
    ),
    st.text(max_size=3),
)


@given(st.lists(pieces, max_size=25).map("".join))
def test_no_text_gets_through(source: str) -> None:
    inspect(render_markdown(source))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# A\n\n###### B", "<h1>A</h1>\n<h6>B</h6>\n"),
        (
            "a *b* **c** ~~d~~ `e`",
            "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n",
        ),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> a\\\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n"),
        ("---", "<hr>\n"),
        (
            "```pycon\n>>> 1 < 2\n```",
            '<pre><code class="language-pycon">&gt;&gt;&gt; 1 &lt; 2\n</code></pre>\n',
        ),
        ("```c++ numbered\nx\n```", '<pre><code class="language-c++">x\n</code></pre>\n'),
        ("    x", "<pre><code>x\n</code></pre>\n"),
        (
            "|a|b|\n|-|:-:|\n|1|2|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
            "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
        ),
        ("<b>&amp;&copy;", "<p>&lt;b&gt;&amp;©</p>\n"),
        ("a _____ b", "<p>a _____ b</p>\n"),
    ],
)
def test_what_lessons_are_made_of(source: str, html: str) -> None:
    assert render_markdown(source) == html


REL = 'rel="nofollow noopener noreferrer"'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            "[a](https://b.example/c?d=e&f#g)",
            f'<a href="https://b.example/c?d=e&amp;f#g" {REL}>a</a>',
        ),
        ("<http://b.example>", f'<a href="http://b.example" {REL}>http://b.example</a>'),
        ("<c@b.example>", f'<a href="mailto:c@b.example" {REL}>c@b.example</a>'),
        ("[a][b]\n\n[b]: http://c.example 'title'", f'<a href="http://c.example" {REL}>a</a>'),
        # Pictures are links, and addresses within this host are none.
        ("![a *b*](http://c.example/d.png)", f'<a href="http://c.example/d.png" {REL}>a b</a>'),
        ("![<b>](http://c.example)", f'<a href="http://c.example" {REL}>&lt;b&gt;</a>'),
        ("![](http://c.example)", f'<a href="http://c.example" {REL}>http://c.example</a>'),
        ("[a](/b) [c](#d) [e](f)", f"<a {REL}>a</a> <a {REL}>c</a> <a {REL}>e</a>"),
    ],
)
def test_links_lead_to_absolute_addresses(source: str, html: str) -> None:
    assert render_markdown(source) == f"<p>{html}</p>\n"


def test_links_by_reference_can_not_blow_up_a_page() -> None:
    source = f"[a]: http://{'b' * 20_000}\n\n" + "[a]" * 9_000
    assert len(render_markdown(source)) < 2 * len(source)
    usual = "".join(f"[a{n}]: https://example.org/{'b' * 80}/{n}\n" for n in range(50))
    assert render_markdown(usual + "\n" + "[a7] " * 20).count("<a ") == 20


def test_tables_can_not_blow_up_a_page() -> None:
    wide = "|" + "a|" * 250 + "\n|" + "-|" * 250 + "\n" + "|\n" * 262 + "\n"
    html = render_markdown(wide * 10)
    assert html.count("<td>") < 10_000
    assert html.count("<table>") == 1
    usual = ("|a|b|c|\n|-|-|-|\n" + "|1|2|3|\n" * 20 + "\n") * 20
    assert render_markdown(usual).count("<td>") == 3 * 20 * 20


def test_usual_quotes_are_quotes_however_many_there_are() -> None:
    quote = "> one\nlazily on\n> > two\n\nand\n\n"
    html = render_markdown(quote * 500)
    assert html.count("<blockquote>") == 2 * 500
    assert "&gt;" not in html


def test_text_that_can_not_be_encoded_is_shown_as_well_as_it_can() -> None:
    assert render_markdown("a\ud800b") == "<p>a?b</p>\n"


@pytest.mark.parametrize(
    ("text", "cache"), [("remembered", _render_short), ("remembered " * 500, _render_lesson)]
)
def test_what_was_rendered_lately_is_remembered(
    text: str, cache: "_lru_cache_wrapper[str]"
) -> None:
    render_markdown(text)
    before = cache.cache_info().hits
    render_markdown(text)
    assert cache.cache_info().hits == before + 1
    assert cache.cache_info().maxsize is not None


def test_lessons_are_rendered_in_several_threads_at_once() -> None:
    texts = [f"# {number}\n\n{'*word* ' * 500}" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        rendered = list(threads.map(render_markdown, texts))
    assert [html.partition("</h1>")[0] for html in rendered] == [
        f"<h1>{number}" for number in range(16)
    ]


HOSTILE = [
    *(
        ">",
        "> ",
        "[",
        "]",
        "![",
        "[^",
        "[a][",
        "[](",
        "[](([]((",
        "[a](b",
        "*",
        "**",
        "_",
        "*_",
        "**a ",
        "*a **b ",
    ),
    *(
        "`",
        "`` ",
        "~",
        "~~",
        "~~a ",
        "<",
        "<a ",
        "<!--",
        "<![CDATA[",
        "\\",
        "&",
        "&#",
        "#",
        "-",
        "- ",
        "1. ",
    ),
    *(
        "|",
        "||\n",
        "|a|b\n|-|-\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        "a\n",
        "a\n\n",
        "a\n===\n",
        "[a]: b\n",
        "[a]:\n",
    ),
    *(
        "- a\n  - b\n",
        "> a\n\n",
        "> - ",
        "```\n",
        "~~~a`b\n",
        "(",
        "*(",
        "&#1",
        "\u00a0*",
        "<http://a",
        "\x00",
    ),
]
LARGE = {
    "10,000 quotes": ">" * 10_000 + "a",
    "ever deeper lists": "".join("  " * depth + "- a\n" for depth in range(220)),
    "ever deeper quotes": "".join(">" * depth + "a\n" for depth in range(310)),
    "runs of ticks": "".join("`" * length + " " for length in range(310)),
    "balanced brackets": "[" * 25_000 + "]" * 25_000,
    "balanced parentheses": "[a](" + "(" * 24_990 + ")" * 24_990,
    "a wide table": "|" + "a|" * 12_000 + "\n|" + "-|" * 12_000,
    "a table with cells left out": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|\n" * 23_000,
    "quotes of fences that look ahead": "> ```\na\n" * 6_000,
    "quotes in quotes that look ahead": "> *a\n> > > > > \n" * 3_000,
    "quotes in lists that look ahead": "- > ```\n  a\n" * 4_000,
    "quotes without end": ">>>>>>>>>>>>>>>>>>>~~~~~~~~~\na\n" * 1_600,
    "many tables with cells left out": (
        ("|" + "a|" * 250 + "\n|" + "-|" * 250 + "\n" + "|\n" * 262 + "\n") * 32
    ),
    "narrow tables": "|a|b|c|d|\n|-|-|-|-|\n|\n|\n\n" * 2_000,
    "many references": "".join(f"[r{n}]: u\n" for n in range(2000)) + "[r1]" * 5000,
    "a long reference": "[a]: " + "b" * 20_000 + "\n\n" + "[a]" * 9_000,
    "nested emphasis": "*a **a " * 3_500 + " a** a*" * 3_500,
}


@pytest.mark.parametrize(
    "source",
    [
        *(piece * (MAX_LESSON_LENGTH // len(piece)) for piece in HOSTILE),
        *(source[:MAX_LESSON_LENGTH] for source in LARGE.values()),
    ],
    ids=[*map(ascii, HOSTILE), *LARGE],
)
def test_no_lesson_takes_long(source: str) -> None:
    begin = time.process_time()
    html = render_markdown(source)
    # The slowest takes about a second; what grows with the square of the length takes minutes.
    assert time.process_time() - begin < 10
    assert len(html) < 1_000_000


@pytest.mark.parametrize(
    ("text", "limit"), [("[a](http://b.c) ", 40), ("[a](http://b.c) " * 200, 2000)]
)
def test_beyond_so_many_brackets_there_are_no_links(text: str, limit: int) -> None:
    few = text + "[" * (limit - text.count("["))
    assert "<a href" in render_markdown(few)
    assert "<a href" not in render_markdown(few + "[")
