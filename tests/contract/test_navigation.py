"""Every line of the navigation leads to a page, once, in a group that the frame shows."""

from __future__ import annotations

from omnisonic.pages import NAVIGATION, PAGES
from omnisonic.platform.page_gate import PROTECTED, is_below
from omnisonic.platform.ui.navigation import ADMIN, GROUPS, SETTINGS, declare, declared, grouped

PHONE_PLACES = 4  # beside "More", each at least 75 px wide on the narrowest phone


def test_every_entry_leads_to_a_page_behind_sign_in() -> None:
    routes = {page.route for page in PAGES}
    for entry in (*NAVIGATION, SETTINGS, ADMIN):
        assert entry.href in routes, entry
        assert is_below(entry.href, PROTECTED), entry


def test_keys_and_addresses_are_used_once() -> None:
    entries = (*NAVIGATION, SETTINGS, ADMIN)
    assert len({entry.key for entry in entries}) == len(entries)
    assert len({entry.href for entry in entries}) == len(entries)


def test_the_bottom_bar_has_room_for_what_it_shows() -> None:
    assert 1 <= sum(entry.is_on_phone for entry in NAVIGATION) <= PHONE_PLACES


def test_no_entry_is_lost_between_the_groups() -> None:
    before = declared()
    declare(NAVIGATION)
    try:
        shown = [entry for _, entries in grouped() for entry in entries]
    finally:
        declare(before)
    assert sorted(entry.key for entry in shown) == sorted(entry.key for entry in NAVIGATION)
    assert {entry.group for entry in NAVIGATION} <= set(GROUPS)
