"""What was said is shown, and does nothing else."""

from __future__ import annotations

import html
import re

import pytest

from ui.widgets import plain

HOSTILE = (
    "# big",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "![x](http://example.org/pixel.png)",
    "[here](javascript:alert(1))",
    "$x^2$ and $$y$$",
    ":material/delete: :red[stop] :smile:",
    "- one\n- two\n\n> three\n\n---",
    "`code` *soft* **loud** ~gone~ __under__",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "http://example.org and www.example.org",
    '"><mark onclick=x>',
)


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_holds_no_tag_and_reads_the_same(text: str) -> None:
    escaped = plain.escape(text)
    assert not re.search(r"[<>\"']", escaped)
    assert html.unescape(escaped) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_holds_nothing_that_markdown_reads(text: str) -> None:
    label = plain.label(text)
    # What is left are letters, digits, blanks and character references.
    assert not re.search(r"[\\`*_{}\[\]()<>+\-.!|~$:^=@/\"'\n]", label)
    assert not re.search(r"(?<!&)#", label)
    assert html.unescape(label) == " ".join(text.split())


def test_lines_are_kept_and_what_is_unseen_is_dropped() -> None:
    assert plain.escape("one\n\ttwo\x00\x1b[31m\u202eevil\u2066x") == "one\n\ttwo[31mevilx"
    family = "\U0001f468\u200d\U0001f469"  # joined by U+200D, which is part of what was written
    assert plain.escape(f"{family} é 日本") == f"{family} é 日本"
    assert plain.escape("half a pair \ud800 gone") == "half a pair  gone"


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], "a &lt;b&gt; c d"),
        ([(2, 5)], "a <mark>&lt;b&gt;</mark> c d"),
        ([(6, 7), (0, 1)], "<mark>a</mark> &lt;b&gt; <mark>c</mark> d"),
        ([(0, 3), (2, 5)], "<mark>a &lt;b&gt;</mark> c d"),
        ([(8, 90), (-4, 0), (5, 5)], "a &lt;b&gt; c <mark>d</mark>"),
    ],
)
def test_spans_are_marked_in_the_text_as_it_was(spans: list[tuple[int, int]], marked: str) -> None:
    assert plain.marked("a <b> c d", spans) == marked
