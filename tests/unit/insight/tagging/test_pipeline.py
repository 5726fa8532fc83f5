"""The tagger as a whole: the rules that dominate, and what holds for every text."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.insight.tagging.pipeline import CatalogEntry, Item, StopRule, Tagger

ARTIST, WORK, RECORDING = EntityType.ARTIST, EntityType.WORK, EntityType.RECORDING
CATALOG = [
    CatalogEntry("yes", ARTIST, "Yes"),
    CatalogEntry("radiohead", ARTIST, "Radiohead"),
    CatalogEntry("boston", ARTIST, "Boston"),
    CatalogEntry("the1975", ARTIST, "The 1975"),
    CatalogEntry("1975", ARTIST, "1975"),
    CatalogEntry("chk", ARTIST, "!!!"),
    CatalogEntry("adele", ARTIST, "Adele"),
    CatalogEntry("rem", ARTIST, "R.E.M."),
    CatalogEntry("cooper", ARTIST, "Cooper"),
    CatalogEntry("alice", ARTIST, "Alice Cooper"),
    CatalogEntry("nirvana-a", ARTIST, "Nirvana"),
    CatalogEntry("nirvana-b", ARTIST, "Nirvana"),
    CatalogEntry("bts", ARTIST, "BTS", ("방탄소년단",)),
    CatalogEntry("hello", RECORDING, "Hello", (), ("adele", "nobody-known")),
    CatalogEntry("police", RECORDING, "Karma Police", (), ("radiohead",)),
    CatalogEntry("roundabout", WORK, "Roundabout", (), ("yes",)),
    CatalogEntry("teen", RECORDING, "Smells Like Teen Spirit", (), ("nirvana-a",)),
]
TAGGER = Tagger(CATALOG)


def found(title: str, text: str = "", tagger: Tagger = TAGGER) -> list[tuple[str, str]]:
    return [(link.entity_id, link.matched_text) for link in tagger.tag(Item("1", title, text)).links]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Yes, we can", "Voters say yes to a new concert hall.", []),
        ("Prog band Yes announce tour", "", [("yes", "Yes")]),
        ("Yes bring 'Roundabout' back", "", [("yes", "Yes"), ("roundabout", "Roundabout")]),
        ("Boston Celtics win", "They flew to Boston.", []),
        ("Music festival in Boston", "Concerts, songs, bands and guitars for three days.", []),
        ("Boston's debut album turns 50", "", [("boston", "Boston")]),
        ("The 1975 release a single", "", [("the1975", "The 1975")]),
        ("!!! release an album", "", [("chk", "!!!")]),
        ("Wow!!! What an album!!!", "", []),
        ("R.E.M. play one song", "", [("rem", "R.E.M.")]),
        ("Alice Cooper on tour", "", [("alice", "Alice Cooper")]),
        ("방탄소년단이 새 앨범 발표", "", [("bts", "방탄소년단")]),
        ("Adele Smith elected mayor", "Adele promised lower taxes.", []),
        ("Radiohead is the name of her cat", "", []),
        ("A new album by Yes", "Yes it is a surprise.", [("yes", "Yes")]),
        ("Yes-Sänger im Konzert", "", [("yes", "Yes")]),
        ("Beyoncé's cousin", "Nobody here is in the catalog.", []),
    ],
)
def test_names(title: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ('Adele sings "Hello" again', "", [("adele", "Adele"), ("hello", "Hello")]),
        ("Adele says hello to fans", "The singer waved.", [("adele", "Adele")]),
        ('A stranger said "Hello" to the mayor', "", []),
        ('Who sang the song "Hello"?', "", [("hello", "Hello")]),
        ('Lionel Richie\'s "Hello" is not by Adele', "", [("adele", "Adele")]),
        ("Radiohead's Karma Police", "", [("radiohead", "Radiohead"), ("police", "Karma Police")]),
        ("Karma police at work", "Drivers got what they deserved.", []),
    ],
)
def test_titles_need_their_performer_or_quotes_and_music(
    title: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(title, text) == expected


def test_namesakes_are_told_apart_by_the_graph_and_else_not_linked() -> None:
    assert found("Nirvana album returns") == []
    assert ("nirvana-a", "Nirvana") in found("Nirvana's 'Smells Like Teen Spirit' returns")


def test_a_misspelled_name_is_at_most_medium() -> None:
    links = TAGGER.tag(Item("1", "Radiohaed announce tour", "A new album is due.")).links
    assert [(link.entity_id, link.method) for link in links] == [("radiohead", LinkMethod.FUZZY)]
    assert links[0].confidence < 0.9
    assert links[0].evidence["likeness"]


def test_a_link_tells_what_led_to_it() -> None:
    link = TAGGER.tag(Item("1", "Prog band Yes announce tour")).links[0]
    assert {"alias", "candidates", "features", "rule", "cues", "band"} <= link.evidence.keys()
    assert link.evidence["alias"] == "yes"


def test_names_that_the_catalog_lacks_are_kept() -> None:
    unlinked = TAGGER.tag(Item("1", "Singer Wanda Quill releases album", "")).unlinked
    assert [one.text for one in unlinked] == ["Wanda Quill"]


def test_names_that_the_catalog_has_are_not_among_those_that_it_lacks() -> None:
    namesakes = [CatalogEntry(name, EntityType.ARTIST, "Wanda Quill") for name in ("one", "other")]
    tagged = Tagger(namesakes).tag(Item("1", "Singer Wanda Quill releases album", ""))
    assert (tagged.links, tagged.unlinked) == ((), ())
    title = [CatalogEntry("song", EntityType.WORK, "Wanda Quill")]
    assert Tagger(title).tag(Item("1", "Singer Wanda Quill releases album", "")).unlinked


def test_the_stoplist_works_per_entity_and_source() -> None:
    stopped = Tagger(CATALOG, stoplist=[StopRule("radiohead", source="spam.example")])
    item = Item("1", "Radiohead release album", "", "spam.example")
    assert stopped.tag(item).links == ()
    assert found("Radiohead release album", tagger=stopped) == [("radiohead", "Radiohead")]
    everywhere = Tagger(CATALOG, stoplist=[StopRule("Radiohead", entity_id="radiohead")])
    assert found("Radiohead release album", tagger=everywhere) == []


def test_the_order_of_items_and_of_the_catalog_does_not_matter() -> None:
    items = [
        Item(str(at), title)
        for at, title in enumerate(["Yes announce tour", "Adele sings 'Hello'", "Radiohaed tour"])
    ]
    forward = [TAGGER.tag(item) for item in items]
    shuffled = list(CATALOG)
    random.Random(3).shuffle(shuffled)
    other = Tagger(shuffled)
    assert [other.tag(item).links for item in reversed(items)][::-1] == [one.links for one in forward]


@settings(deadline=None, max_examples=150)
@given(
    st.text(alphabet=st.characters(codec=None), max_size=80),
    st.lists(
        st.sampled_from(
            [
                "Radiohead",
                "Yes",
                "!!!",
                "Adele's",
                '"Hello"',
                "방탄소년단",
                "R.E.M.",
                "album",
                "İ",
                "ﬁ",
                "\ud83c",
                "e\u0301",
            ]
        ),
        max_size=8,
    ),
)
def test_offsets_point_at_the_matched_text_in_any_unicode(noise: str, words: list[str]) -> None:
    item = Item("1", noise, " ".join([*words, noise, *words]))
    tagged = TAGGER.tag(item)
    for link in tagged.links:
        assert item.body[link.start : link.end] == link.matched_text
        assert link.matched_text
    spans = [(link.start, link.end) for link in tagged.links]
    assert spans == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert TAGGER.tag(item) == tagged


@settings(deadline=None, max_examples=30)
@given(st.text(alphabet="qxzvwkj", min_size=4, max_size=12))
def test_an_alias_of_something_else_removes_no_link(name: str) -> None:
    more = Tagger([*CATALOG, CatalogEntry("other", ARTIST, name.title())])
    for title in ("Yes announce tour", "Adele sings 'Hello' again", "Radiohead's Karma Police"):
        assert set(found(title)) <= set(found(title, tagger=more))
