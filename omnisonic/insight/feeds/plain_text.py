"""From HTML, however often escaped, to the text that a reader would see. Linear in its input. Pure."""

from __future__ import annotations

import html
import re

MAX_MARKUP_CHARS = 200_000  # of one entry: beyond it nothing is read
INVISIBLE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|svg|math|iframe|object)\b[^<>]*+>.*?(?:</\1\s*+>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# The rest of a tag, with `>` in quotes. Possessive: nothing is tried twice, so that no input makes it slow.
REST = r"(?:(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+>|[^<>]*+>)"
BREAKING = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|blockquote|pre|section|article|header|footer"
    r"|figure|figcaption|img|main|aside|nav|form|option|select)\b" + REST,
    re.IGNORECASE,
)
TAG = re.compile(r"</?[a-zA-Z]" + REST + "|<[!?][^<>]*+>")
CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
# Tags of HTML only: `<3` and `<Artist Name>` in a headline are words.
ESCAPED_MARKUP = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|a|b|i|em|strong|span|img|h[1-6]|blockquote|table|tr|td|figure|iframe|script"
    r"|style|small|sup|sub|u|s|strike|del|ins|code|font|center|cite|q|mark|wbr)(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
SPACES = re.compile(r"[^\S\n]+")
UNPRINTABLE: dict[int, str | None] = {
    **dict.fromkeys((*range(0x09), *range(0x0E, 0x20), 0x7F, 0x200B, 0xFEFF, 0xFFFE, 0xFFFF)),
    0x0B: " ",
    0x0C: " ",
    0x2028: "\n",
    0x2029: "\n",
}
SURROGATE = re.compile("[\ud800-\udfff]")


def text_of_html(markup: str, *, max_chars: int) -> str:
    """The text of a piece of HTML, a line per block, at most `max_chars` long.

    What was escaped twice, as many feeds do, is unpacked once more.
    """
    text = _visible(markup[:MAX_MARKUP_CHARS])
    if ESCAPED_MARKUP.search(text) or ENTITY.search(text):
        text = _visible(text)
    return cut(clean_lines(text), max_chars)


def line_of(text: str, *, max_chars: int) -> str:
    """A headline on one line: no markup, nothing escaped, no control characters."""
    line = text[:MAX_MARKUP_CHARS]
    for _ in range(2):
        if ESCAPED_MARKUP.search(line) or "<!" in line:
            line = _visible(line)
        elif ENTITY.search(line):
            line = html.unescape(line)
    return cut(" ".join(clean_lines(line).split()), max_chars)


def clean_lines(text: str) -> str:
    """Text without control characters, half characters and empty lines, with single spaces."""
    if not text.isprintable():
        text = SURROGATE.sub("\ufffd", text.translate(UNPRINTABLE).replace("\r", "\n"))
    text = SPACES.sub(" ", text)
    if "\n" not in text:
        return text.strip()
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)


def cut(text: str, max_chars: int) -> str:
    """At most `max_chars` characters, ending with an ellipsis where something is missing."""
    return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"


def _visible(markup: str) -> str:
    if "<" in markup:
        markup = CDATA.sub(r"\1", markup) if "<![CDATA[" in markup else markup
        markup = INVISIBLE.sub(" ", markup)
        markup = TAG.sub("", BREAKING.sub("\n", markup))
    return html.unescape(markup) if "&" in markup else markup
