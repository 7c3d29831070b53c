import pytest

from app.services.curriculum.gift_html import UnsupportedTagError, read_html
from app.services.curriculum.markdown import render_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("plain", "plain"),
        ('<p dir="ltr">one</p>\n<p>two<br></p><p></p>', "one\n\ntwo"),
        ("one<br/>\n two<BR>", "one\\\n two"),
        ("<b>a</b> <strong>b</strong> <i>c</i> <em>d</em>", "**a** **b** *c* *d*"),
        ("<code>a_b *c* &lt;i&gt; `</code>", "`` a_b *c* <i> ` ``"),
        ("<span style='color:red'>a</span><!-- no --><div>b</div>", "a\n\nb"),
        ("2 * 3 &lt; 7 &amp; a_b", "2 \\* 3 \\< 7 \\& a\\_b"),
        ("<p>1. one</p><p>- two</p><p># three</p>", "1\\. one\n\n\\- two\n\n\\# three"),
        ("a &nbsp; b\n\tc", "a b c"),
        ("it is _____ there", "it is _____ there"),
        ("1 < 2 and <3", "1 \\< 2 and \\<3"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert read_html(html) == markdown


@pytest.mark.parametrize("tag", ["img", "table", "ul", "pre", "script", "svg", "sup", "a"])
def test_tags_that_markdown_would_lose_are_refused(tag: str) -> None:
    with pytest.raises(UnsupportedTagError) as caught:
        read_html(f"<p>a<{tag.upper()} href='x'>")
    assert caught.value.tag == tag


@pytest.mark.parametrize(
    "words",
    [
        *(
            "*a*",
            "_a_",
            "**a**",
            "`a`",
            "[a](http://b)",
            "![a](b)",
            "~~a~~",
            "# a",
            "- a",
            "+ a",
            "1. a",
        ),
        *(
            "1) a",
            "> a",
            "a | b",
            "***",
            "---",
            "===",
            "<b>",
            "&amp;",
            "&lt;",
            "\\",
            "\\*",
            "```",
            "~~~",
        ),
    ],
)
def test_words_of_html_are_no_markup_in_markdown(words: str) -> None:
    written = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = render_markdown(read_html(written)).removeprefix("<p>").removesuffix("</p>\n")
    assert shown == written


def test_numbers_of_characters_that_do_not_exist_are_words() -> None:
    assert read_html(f"&#{'9' * 5000};") == f"\\&\\#{'9' * 5000};"
