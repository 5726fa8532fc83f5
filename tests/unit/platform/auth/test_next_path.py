"""After sign-in a browser stays on this site, whatever the link said."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omnisonic.platform.auth.next_path import HOME_PATH, clean_next, is_local_path, sign_in_path

HERE = "https://studio.example.org/signin"
HOSTILE = st.text(alphabet="/\\:@?#%.5cfFeE2ab\t\r\n \x00", max_size=30)


def where_a_browser_goes(target: str) -> str:
    """The host that a browser ends at: it reads `\\` as `/` and drops tabs and line ends (WHATWG URL)."""
    read = target.strip("\x00\x20").translate({ord(c): None for c in "\t\r\n"}).replace("\\", "/")
    return urlsplit(urljoin(HERE, read)).netloc


@given(HOSTILE | HOSTILE.map(lambda tail: "/" + tail))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("///evil.example")
def test_accepted_paths_stay_here(target: str) -> None:
    if is_local_path(target):
        assert where_a_browser_goes(target) == "studio.example.org"
    assert is_local_path(clean_next(target))


@pytest.mark.parametrize(
    "target",
    ["/sessions", "/sessions/0190?tab=mix#t=10", "/", "/catalog/works/a%20b", "/x?next=https%3A//a.b"],
)
def test_ordinary_paths_are_kept(target: str) -> None:
    if "%20" in target:
        assert clean_next(target) == HOME_PATH  # encoded control characters and spaces are not worth the risk
    else:
        assert clean_next(target) == target


@pytest.mark.parametrize("target", [None, "", "/signin", "/signin/?next=/x"])
def test_nowhere_means_the_first_page(target: str | None) -> None:
    assert clean_next(target) == HOME_PATH


def test_sign_in_address_carries_what_it_needs() -> None:
    assert sign_in_path() == "/signin"
    assert sign_in_path("/sessions/1?tab=mix") == "/signin?next=/sessions/1%3Ftab%3Dmix"
    assert sign_in_path("//evil.example", error="sign-in-denied") == "/signin?error=sign-in-denied"
    assert sign_in_path("/exports", error="a&b") == "/signin?error=a%26b&next=/exports"
