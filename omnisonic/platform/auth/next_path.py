"""Where to go after sign-in: a path of ours, never another site."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

MAX_NEXT_CHARS = 1000
SIGN_IN_PATH = "/signin"
HOME_PATH = "/sessions"

# Browsers read `\` as `/` and drop tabs and line ends inside an address (WHATWG URL §4.4).
_REFUSED = re.compile(r"[\\\x00-\x20\x7f-\x9f]")


def is_local_path(value: str) -> bool:
    """Whether a browser that follows `value` stays on this site."""
    if not value.startswith("/") or len(value) > MAX_NEXT_CHARS:
        return False
    for form in (value, unquote(value)):
        if form.startswith("//") or _REFUSED.search(form):
            return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def clean_next(value: str | None) -> str:
    """`value` when it is a local page other than sign-in itself, else the first page after sign-in."""
    if value is None or not is_local_path(value) or urlsplit(value).path.rstrip("/") == SIGN_IN_PATH:
        return HOME_PATH
    return value


def sign_in_path(next_path: str | None = None, *, error: str | None = None) -> str:
    """Address of the sign-in page leading back to `next_path`; `error` is a slug that the page explains."""
    query = []
    if error is not None:
        query.append(f"error={quote(error, safe='')}")
    if next_path is not None and clean_next(next_path) == next_path:
        query.append(f"next={quote(next_path, safe='/')}")
    return SIGN_IN_PATH + ("?" + "&".join(query) if query else "")
