"""One spelling per page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.canonical_url import canonical_url, feed_key, registrable_domain


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://WWW.Example.ORG:80/A%7eb?b=2&a=1#top", "http://www.example.org/A~b?a=1&b=2"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a?utm_source=rss&id=7&fbclid=x&gclid=y", "https://example.org/a?id=7"),
        ("https://example.org/?ref=rss&p=1", "https://example.org/?p=1"),
        ("https://example.org/?ref=band&p=1", "https://example.org/?p=1&ref=band"),
        ("https://müller.de/ä b", "https://xn--mller-kva.de/%C3%A4%20b"),
        ("https://user:pass@example.org/", "https://example.org/"),
        ("https://example.org/%zz", "https://example.org/%25zz"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("https://exa mple.org/", None),
        ("http://example.org:99999/", None),
        ("https://example.org/" + "a" * 2048, None),
        ("http://[broken", None),
    ],
)
def test_it_has_one_spelling(written: str, canonical: str | None) -> None:
    assert canonical_url(written) == canonical


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_spelling_is_final_and_ascii(path: str, query: str) -> None:
    first = canonical_url(f"https://example.org/{path}?{query}")
    if first is not None:
        assert first.isascii()
        assert canonical_url(first) == first


def test_a_feed_is_the_same_with_and_without_s_and_slash() -> None:
    assert feed_key("http://example.org/feed/") == feed_key("https://example.org/feed") == "example.org/feed"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://feeds.bbc.co.uk/music", "bbc.co.uk"),
        ("https://a.tumblr.com/rss", "tumblr.com"),
        ("https://mara.github.io/feed", "mara.github.io"),
        ("http://localhost:8080/", "localhost:8080"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("https://co.uk/", "co.uk"),
        ("nothing", ""),
    ],
)
def test_the_domain_is_what_somebody_registered(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("example.org/feed", "https://example.org/feed"),
        (" feed://example.org/a ", "http://example.org/a"),
        ("feed:https://example.org/a#x", "https://example.org/a"),
        ("HTTPS://example.org", "https://example.org/"),
    ],
)
def test_addresses_are_taken_as_people_write_them(written: str, url: str) -> None:
    found = Address.of(written)
    assert found is not None
    assert found.url == url


@pytest.mark.parametrize("written", ["", "feed", "not a site", "file:///etc/passwd", "https://"])
def test_what_is_no_address_is_none(written: str) -> None:
    assert Address.of(written) is None
