"""Feeds of many dialects: each gives its titles, addresses, texts and dates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.feeds.errors import FeedUnsafe, NotAFeed
from omnisonic.insight.feeds.mapping import ParsedFeed, read_feed
from omnisonic.platform.errors import OmnisonicError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHERE = "https://news.example/music/feed.xml"
ITEM = "<item><title>Björk returns</title><link>/a?x=1&amp;y=2</link><pubDate>{date}</pubDate></item>"


def read(text: str | bytes, content_type: str = "application/xml") -> ParsedFeed:
    body = text.encode() if isinstance(text, str) else text
    return read_feed(body, content_type=content_type, url=WHERE, now=NOW)


def rss(inside: str, head: str = "<rss version='2.0'>", prolog: str = "") -> str:
    return f"{prolog}{head}<channel><title>News</title><link>https://news.example/</link>{inside}</channel></rss>"


DIALECTS = {
    "rss 0.91 with its DTD": rss(
        ITEM.format(date="Fri, 01 May 2026 10:00:00 GMT"),
        "<rss version='0.91'>",
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd">',
    ),
    "rss 0.92": rss(ITEM.format(date="Fri, 01 May 2026 12:00:00 +0200"), "<rss version='0.92'>"),
    "rss 1.0": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>News</title>'
        "<link>https://news.example/</link></channel><item rdf:about='https://news.example/a?x=1&amp;y=2'>"
        "<title>Björk returns</title><link>https://news.example/a?x=1&amp;y=2</link>"
        "<dc:date>2026-05-01T10:00:00Z</dc:date></item></rdf:RDF>"
    ),
    "atom 0.3": (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title>'
        '<link rel="alternate" href="https://news.example/"/>'
        '<entry><title mode="escaped">Bj&amp;ouml;rk returns</title>'
        '<link rel="alternate" href="/a?x=1&amp;y=2"/><issued>2026-05-01T10:00:00Z</issued>'
        "<modified>2026-05-02T10:00:00Z</modified></entry></feed>"
    ),
    "atom 1.0": (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/">'
        '<title type="html">News</title>'
        '<link href="https://news.example/"/><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        '<b>Björk</b> returns</div></title><id>tag:x</id><link href="a?x=1&amp;y=2"/>'
        "<updated>2026-05-01T12:00:00.5+02:00</updated></entry></feed>"
    ),
    "cdf": (
        '<CHANNEL HREF="https://news.example/"><TITLE>News</TITLE>'
        '<ITEM HREF="https://news.example/a?x=1&amp;y=2" LASTMOD="2026-05-01T10:00:00Z">'
        "<TITLE>Björk returns</TITLE></ITEM></CHANNEL>"
    ),
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "News",
            "home_page_url": "https://news.example/",
            "items": [
                {
                    "id": 7,
                    "title": "Björk returns",
                    "url": "/a?x=1&y=2",
                    "date_published": "2026-05-01T10:00:00Z",
                }
            ],
        }
    ),
    "damaged": rss(ITEM.format(date="Fri, 01 May 2026 10:00:00 GMT") + "<item><title>A & B <br>")[:-30],
}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_entry(name: str) -> None:
    parsed = read(DIALECTS[name])
    assert (parsed.title, parsed.site_url) == ("News", "https://news.example/")
    entry = parsed.entries[0]
    assert (entry["title"], entry["url"]) == ("Björk returns", "https://news.example/a?x=1&y=2")
    if name != "cdf":
        assert (entry["publishedAt"], entry["dateQuality"]) == ("2026-05-01T10:00:00Z", "stated")


def one(inside: str, namespaces: str = "") -> dict[str, Any]:
    head = f"<rss version='2.0' {namespaces}>"
    return read(rss(f"<item>{inside}</item>", head)).entries[0]


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("Rock &amp; Roll", "Rock & Roll"),
        ("Rock &amp;amp; Roll", "Rock & Roll"),
        ("<![CDATA[<b>Sigur Rós</b> live]]>", "Sigur Rós live"),
        ("&lt;i&gt;Yes&lt;/i&gt; &#8211; Roundabout", "Yes – Roundabout"),
        ("I &lt;3 Radiohead", "I <3 Radiohead"),
        ("  Two\n  lines ", "Two lines"),
    ],
)
def test_titles_are_plain_however_they_are_escaped(markup: str, title: str) -> None:
    assert one(f"<title>{markup}</title>")["title"] == title


def test_the_fullest_text_wins_and_is_plain() -> None:
    entry = one(
        "<title>T</title><description>Short</description><content:encoded>"
        "<![CDATA[<p>Long <a href='x'>text</a></p><script>alert(1)</script><p>Second&nbsp;part</p>]]>"
        "</content:encoded>",
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    assert entry["text"] == "Long text\nSecond part"


def test_a_podcast_keeps_its_sound_and_its_people() -> None:
    entry = one(
        "<itunes:title>Episode</itunes:title><title>Episode 1</title><itunes:author>Mara</itunes:author>"
        "<enclosure url='https://cdn.example/1.mp3' type='audio/mpeg' length='1'/><category>Jazz</category>"
        "<guid isPermaLink='false'>ep-1</guid><itunes:summary>About jazz</itunes:summary>",
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    )
    assert entry["raw"]["enclosure"] == "https://cdn.example/1.mp3"
    assert (entry["raw"]["author"], entry["raw"]["tags"], entry["guid"]) == ("Mara", ["Jazz"], "ep-1")
    assert (entry["title"], entry["text"]) == ("Episode 1", "About jazz")


def test_an_entry_without_a_title_is_named_by_its_text() -> None:
    assert (
        one("<description>Just a thought about drums</description>")["title"] == "Just a thought about drums"
    )


def test_base64_content_is_unpacked() -> None:
    feed = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title><entry><title>T</title>'
        '<content type="text/html" mode="base64">PHA+SGVsbG88L3A+</content></entry></feed>'
    )
    assert read(feed).entries[0]["text"] == "Hello"


def test_addresses_of_scripts_and_files_are_dropped() -> None:
    for link in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"):
        assert one(f"<title>T</title><link>{link}</link>")["url"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><p>Hi</p></body></html>",
        "",
        "   ",
        "hello",
        "{}",
        "[1]",
        '{"version": 1, "items": 2}',
        "%PDF-1.4",
    ],
)
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(NotAFeed):
        read(text)


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">',
        f'<!ENTITY big "{"x" * 300}">',
        "".join(f'<!ENTITY e{number} "x">' for number in range(301)),
        "<!ENTITY broken>",
    ],
)
def test_documents_that_swell_are_refused_before_parsing(declarations: str) -> None:
    with pytest.raises(FeedUnsafe):
        read(rss("<item><title>T</title></item>", prolog=f"<!DOCTYPE rss [{declarations}]>"))


def test_declared_letters_are_honest() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY eacute "&#233;">]>'
    assert (
        read(rss("<item><title>Beyonc&eacute;</title></item>", prolog=prolog)).entries[0]["title"]
        == "Beyoncé"
    )


@pytest.mark.parametrize(
    ("declared", "header", "real"),
    [
        ("utf-8", "text/xml; charset=iso-8859-1", "utf-8"),
        ("utf-8", "text/xml; charset=utf-8", "latin-1"),
        ("iso-8859-1", "text/xml", "iso-8859-1"),
        ("utf-16", "", "utf-16"),
        ("windows-1251", "application/xml; charset=windows-1251", "utf-8"),
        ("punycode", "text/xml; charset=zip", "utf-8"),
    ],
)
def test_the_letters_are_right_whoever_lies(declared: str, header: str, real: str) -> None:
    text = rss(
        "<item><title>Motörhead spielt größer</title></item>",
        prolog=f'<?xml version="1.0" encoding="{declared}"?>',
    )
    assert read(text.encode(real), header).entries[0]["title"] == "Motörhead spielt größer"


def test_japanese_without_a_word_about_its_encoding_is_read() -> None:
    text = rss("<item><title>日本の音楽ニュース、新しいアルバムが発売されます。</title></item>")
    assert read(text.encode("shift_jis"), "").entries[0]["title"].startswith("日本の音楽")


@given(st.binary(max_size=400))
def test_no_bytes_make_it_crash(noise: bytes) -> None:
    for body in (noise, b"<rss><channel><item><title>" + noise, b"<?xml version='1.0'?><feed>" + noise):
        try:
            read(body)
        except OmnisonicError:
            continue
