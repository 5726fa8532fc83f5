"""From the address of a site to the feeds that it offers."""

from __future__ import annotations

import time
from datetime import datetime

from sqlmodel import Session

from omnisonic.insight.feeds import repository, service
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.canonical_url import feed_key
from omnisonic.insight.feeds.checking import FEED_MAX_BYTES, Known, request_headers
from omnisonic.insight.feeds.decoding import decode_document
from omnisonic.insight.feeds.errors import FeedUnreadable, FeedUnsafe, NotAFeed
from omnisonic.insight.feeds.mapping import read_feed
from omnisonic.insight.feeds.schemas import Candidate
from omnisonic.insight.feeds.site_links import feed_links, guessed_addresses
from omnisonic.platform.actor import Actor
from omnisonic.platform.http_client import Fetched, FetchFailed, FetchRefused, fetch
from omnisonic.platform.ids import utc_now
from omnisonic.platform.rate_limit import check_rate

PAGE_S = 10.0
GUESSES_S = 10.0
DISCOVERIES_PER_MINUTE = 20
FORMAT_NAMES = {"atom": "Atom", "rss": "RSS", "cdf": "CDF", "json": "JSON"}


def find_candidates(actor: Actor, *, url: str) -> list[Candidate]:
    """Feeds of a site, best first: the address itself when it is one, what its page names, usual places.

    Takes at most 20 seconds. Raises `Forbidden`, `InvalidFields`, `FetchRefused`, `FetchFailed`, and
    `NotAFeed` when there is none.
    """
    service.require_editor(actor)
    address = Address.required(url)
    check_rate("feed-discovery", str(actor.user_id), DISCOVERIES_PER_MINUTE, 60)
    page = _get(address.url, PAGE_S)
    now = utc_now()
    itself = _as_feed(page, now=now)
    if itself is not None:
        return [itself]
    html, _remark = decode_document(page.content, page.headers.get("content-type", ""))
    named = [
        Candidate(url=link.url, title=link.title, format=link.format)
        for link in feed_links(html, url=page.url)
    ]
    found = named or _guess(page.url, now=now)
    if not found:
        raise NotAFeed(
            "Neither the page nor the usual places of its site hold one. Paste the feed's address."
        )
    return found


def mark_followed(session: Session, candidates: list[Candidate]) -> list[Candidate]:
    """The same, with the id of those that are followed already."""
    keys = {candidate.url: feed_key(candidate.url) or "" for candidate in candidates}
    followed = {feed.url_key: feed.id for feed in repository.list_by_keys(session, list(keys.values()))}
    return [
        candidate.model_copy(update={"feed_id": followed.get(keys[candidate.url])})
        for candidate in candidates
    ]


def _guess(url: str, *, now: datetime) -> list[Candidate]:
    ends_s = time.monotonic() + GUESSES_S
    for address in guessed_addresses(url):
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            break
        try:
            candidate = _as_feed(_get(address, left_s), now=now)
        except (FetchFailed, FetchRefused):
            continue
        if candidate is not None:
            return [candidate]
    return []


def _get(url: str, total_s: float) -> Fetched:
    return fetch(url, headers=request_headers(Known(url=url)), max_bytes=FEED_MAX_BYTES, total_s=total_s)


def _as_feed(page: Fetched, *, now: datetime) -> Candidate | None:
    if not 200 <= page.status < 300:
        return None
    try:
        parsed = read_feed(
            page.content, content_type=page.headers.get("content-type", ""), url=page.url, now=now
        )
    except (NotAFeed, FeedUnreadable, FeedUnsafe):
        return None
    kind = next((name for start, name in FORMAT_NAMES.items() if parsed.format.startswith(start)), "RSS")
    return Candidate(url=page.url, title=parsed.title, format=kind, entries=parsed.entry_count)
