"""Messages stay within each channel's limits and nothing in them becomes markup."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.insight.alerts.forms import to_html, to_slack, to_text, to_webhook
from omnisonic.insight.alerts.message import MAX_ENTRIES, Article, Entry, Message

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = st.text("<>&|*_`\"'\n\r ab!@:/#é…\u202e", max_size=80)
URLS = st.one_of(WORDS, WORDS.map(lambda word: f"https://example.org/{word}"))
ARTICLES = st.builds(
    Article, title=WORDS, url=URLS, source=st.just("example.org"), id=st.none(), published_at=st.none()
)
ENTRIES = st.builds(
    Entry,
    event_id=st.none(),
    id=st.just(UUID(int=1)),
    name=WORDS,
    url=st.just("https://example.org/entities/artist/1"),
    text=WORDS.filter(bool),
    value=st.just(3.0),
    articles=st.lists(ARTICLES, max_size=3),
)
MESSAGES = st.builds(
    Message,
    type=st.just("alert.fired"),
    subject=WORDS,
    at=st.just(AT),
    rule_id=st.just(UUID(int=2)),
    rule_name=WORDS,
    entries=st.lists(ENTRIES, min_size=1, max_size=4),
    more=st.integers(0, 5),
    note=WORDS,
)


def longest() -> Message:
    article = Article(title="&" * 1000, url="https://example.org/" + "y" * 2000, source="s" * 255)
    entry = Entry(
        name="n" * 300, url="https://example.org/e", text="<&>" * 500, articles=[article] * 3, id=UUID(int=1)
    )
    return Message(
        type="alert.fired",
        subject="s" * 250,
        at=AT,
        rule_id=UUID(int=2),
        rule_name="r" * 120,
        entries=[entry] * MAX_ENTRIES,
        more=30,
    )


def test_longest_message_fits_each_channel() -> None:
    message = longest()
    assert len(json.dumps(to_slack(message), ensure_ascii=False)) < 8000
    assert max(len(block["text"]["text"]) for block in to_slack(message)["blocks"]) <= 3000
    body = to_webhook(message)
    assert len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()) < 20_000
    data = body["data"]
    assert len(data["entities"]) + data["more"] == MAX_ENTRIES + 30


def test_one_huge_entity_still_fits() -> None:
    entry = longest().entries[0].model_copy(update={"text": "ä" * 40_000, "articles": []})
    body = to_webhook(longest().model_copy(update={"entries": [entry]}))
    assert len(json.dumps(body, ensure_ascii=False).encode()) < 20_000
    assert len(body["data"]["entities"]) == 1


@given(MESSAGES)
@settings(max_examples=60, deadline=None)
def test_nothing_becomes_markup(message: Message) -> None:
    slack = to_slack(message)
    assert len(json.dumps(slack, ensure_ascii=False)) < 9000
    for block in slack["blocks"]:
        if block["text"]["type"] == "mrkdwn":
            for link in re.findall(r"<[^>]*>", block["text"]["text"]):
                assert re.match(r"<https?://[^|<>]*\|[^|<>]*>", link), link
    tags = _Tags()
    tags.feed(to_html(message))
    assert set(tags.seen) <= {"html", "body", "h1", "p", "a", "ul", "li", "br", "hr"}
    assert all(href.startswith(("http://", "https://")) for href in tags.links)
    assert to_text(message).startswith(message.subject)


def test_html_keeps_the_words() -> None:
    message = Message(type="x", subject="A <b>", at=AT, entries=[Entry(text="one\n<script>two")])
    written = to_html(message, foot="bye")
    assert "one<br>&lt;script&gt;two" in written
    assert html.unescape("A &lt;b&gt;") == "A <b>"
    assert "<h1" in written


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
