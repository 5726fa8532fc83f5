"""Which entries are the same article, whatever a feed does to its identifiers."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.archive.identity import (
    Keys,
    Named,
    Outlet,
    digest_id,
    keys_of,
    names_an_article,
    shared_keys,
)

HERE = Outlet(feed_id=UUID(int=1), source="pitch.example")
words = st.sampled_from(
    ["", "a", "b", "https://pitch.example/1", "https://pitch.example/2", "https://pitch.example/"]
)
entries = st.builds(Named, guid=words, url=words, title=words, text=st.sampled_from(["", "x"]))


def named(guid: str = "", url: str = "", title: str = "", text: str = "") -> Named:
    return Named(guid=guid, url=url, title=title, text=text)


def decide(document: list[Named]) -> list[UUID]:
    """The ids that the entries of a document get in an empty archive."""
    keys = [keys_of(entry, HERE) for entry in document]
    shared = shared_keys(document, keys)
    return [its.primary(shared) for its in keys]


def test_an_id_is_half_of_a_sha256() -> None:
    assert digest_id("guid", "x").bytes == hashlib.sha256(b"guid\x1fx").digest()[:16]


@given(st.lists(entries, max_size=6))
def test_different_entries_of_a_document_never_share_an_id(document: list[Named]) -> None:
    by_id: dict[UUID, tuple[str, ...]] = {}
    for entry, item_id in zip(document, decide(document), strict=True):
        texts = () if entry.guid or names_an_article(entry.url) else (entry.text,)
        is_itself = (entry.guid, entry.url, entry.title, *texts)
        assert by_id.setdefault(item_id, is_itself) == is_itself


@given(st.lists(entries, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_a_document_decides_nothing(document: list[Named], random: object) -> None:
    shuffled = document[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dict(zip(document, decide(document), strict=True)) == dict(
        zip(shuffled, decide(shuffled), strict=True)
    )


@given(entries, st.frozensets(st.integers(0, 3)))
def test_what_was_remembered_is_found_again_however_little_is_believed(
    entry: Named, lost: frozenset[int]
) -> None:
    keys = keys_of(entry, HERE)
    shared = frozenset(key for at, key in enumerate(keys.all) if at in lost) - {keys.primaries[-1]}
    assert keys.primaries[-1] in keys.lookups(shared)
    assert keys.primary(shared) in keys.lookups(shared)
    assert not shared & set(keys.lookups(shared))


def test_a_guid_for_all_gives_every_entry_its_own_id() -> None:
    document = [named("same", f"https://pitch.example/{n}", f"Title {n}") for n in range(10)]
    assert len(set(decide(document))) == 10
    assert len(set(decide([named("same", "", f"Title {n}") for n in range(10)]))) == 10


def test_a_guid_is_believed_before_an_address() -> None:
    keys = keys_of(named("urn:x:1", "https://pitch.example/a"), HERE)
    other = keys_of(named("urn:x:1", "https://pitch.example/b"), HERE)
    assert keys.primary(frozenset()) == other.primary(frozenset())
    assert keys.by_url != other.by_url


def test_a_headline_in_the_guid_meets_its_address() -> None:
    first = keys_of(named("old-headline", "https://pitch.example/a", "Old"), HERE)
    edited = keys_of(named("new-headline", "https://pitch.example/a", "New"), HERE)
    assert first.primary(frozenset()) != edited.primary(frozenset())
    assert set(first.all) & set(edited.lookups(frozenset())) == {first.by_url}


@pytest.mark.parametrize(
    ("guid", "is_same"), [("17", False), ("https://x.example/?p=17", True), ("tag:x,2026:17", True)]
)
def test_a_bare_number_counts_within_its_feed(guid: str, is_same: bool) -> None:
    there = Outlet(feed_id=UUID(int=2), source=HERE.source)
    keys: list[Keys] = [keys_of(named(guid), outlet) for outlet in (HERE, there)]
    assert (keys[0].primaries[0] == keys[1].primaries[0]) is is_same


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://x.example/a", True),
        ("https://x.example/?p=1", True),
        ("https://x.example/", False),
        ("https://x.example", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_a_home_page_names_no_article(url: str, is_one: bool) -> None:
    assert names_an_article(url) is is_one
