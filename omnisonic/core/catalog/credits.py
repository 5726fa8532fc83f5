"""Reads an artist line as credited performers. Pure.

Only words that mean "with a guest" divide a line. `&`, `,`, `/`, `x` and `vs.` are parts of too many names
(Earth, Wind & Fire; Tyler, The Creator; AC/DC) to be taken apart without knowing the acts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

MAX_CREDITS = 50

# A marker stands between spaces (or opens a bracket) and is followed by a name. "50 Ft Wave" is a length:
# after a digit `ft` needs its dot to make a guest. "Little Feat" is a band.
_MARKER = re.compile(
    r"""
    (?<=\S)
    (?:\s+(?P<open>[(\[]\s*)? | \s*(?P<tight>[(\[]\s*))
    (?:(?<!\blittle\s)(?:feat(?:\.\s*|\s+) | ft\.\s* | (?<!\d\s)ft\s+) | featuring\s+)
    (?=[^\s)\].,;&/+-])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = {"(": ")", "[": "]"}


class CreditedName(NamedTuple):
    """A performer as spelled on the recording, and the text up to the next name (or the end)."""

    credited_as: str
    joined_by: str = ""


def normalize_line(line: str) -> str:
    """The line in composed characters, with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", line).split())


def split_artist_line(line: str) -> list[CreditedName]:
    """The credited performers of a line, in order; empty for an empty line.

    `join_credits` of the result is `normalize_line(line)`, whatever the line is.
    """
    text = normalize_line(line)
    if not text:
        return []
    markers = list(_MARKER.finditer(text))[: MAX_CREDITS - 1]
    starts = [0, *(marker.end() for marker in markers)]
    ends = [*(marker.start() for marker in markers), len(text)]
    brackets = ["", *(text[marker.start() : marker.end()].strip()[:1] for marker in markers)]
    parts: list[CreditedName] = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        name_end = _without_closing(text, start, end, brackets[index])
        following = starts[index + 1] if index + 1 < len(starts) else len(text)
        parts.append(CreditedName(text[start:name_end], text[name_end:following]))
    return parts


def join_credits(parts: Sequence[CreditedName]) -> str:
    """How the credits read together."""
    return "".join(part.credited_as + part.joined_by for part in parts)


def _without_closing(text: str, start: int, end: int, bracket: str) -> int:
    closing = _CLOSING.get(bracket)
    if closing is None:
        return end
    place = text.rfind(closing, start + 1, end)
    # Text behind the bracket belongs to no guest: "A (feat. B) Live" credits A and B.
    return len(text[:place].rstrip()) if place > start else end
