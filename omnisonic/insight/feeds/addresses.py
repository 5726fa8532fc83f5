"""The address of a feed as it is stored, compared and asked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from omnisonic.insight.feeds.canonical_url import canonical_url, feed_key, registrable_domain
from omnisonic.insight.feeds.models import MAX_URL_CHARS
from omnisonic.platform.errors import FieldError, InvalidFields


@dataclass(frozen=True)
class Address:
    """`url` is asked as it was written, `key` makes two of them the same feed, `domain` is asked politely."""

    url: str
    key: str
    domain: str

    @classmethod
    def of(cls, text: str) -> Address | None:
        """The address that somebody wrote, also without `https://`; None when it is none."""
        url = _completed(text.strip())
        key, canonical = feed_key(url), canonical_url(url)
        if key is None or canonical is None or len(url) > MAX_URL_CHARS:
            return None
        return cls(_without_fragment(url), key, registrable_domain(url))

    @classmethod
    def required(cls, text: str, *, field: str = "url") -> Address:
        """The address. Raises `InvalidFields` that names the field."""
        found = cls.of(text)
        if found is None:
            message = "Write a web address of at most 2,048 characters, as https://example.org/feed.xml."
            raise InvalidFields(errors=[FieldError(field, "bad-url", message)])
        return found


def _completed(text: str) -> str:
    lowered = text.lower()
    if lowered.startswith(("feed:https://", "feed:http://")):
        return text[len("feed:") :]
    if lowered.startswith("feed://"):
        return "http://" + text[len("feed://") :]
    if "://" not in text.partition("?")[0] and "." in text.partition("/")[0] and " " not in text:
        return f"https://{text}"
    return text


def _without_fragment(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))
