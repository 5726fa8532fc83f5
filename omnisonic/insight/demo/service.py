"""Brings the demo's feeds in: they take the way of every feed from the bytes on, only nobody is asked.

Their deliveries are marked `isBackdated`: each article counts as seen when it was published, as if the feeds
had been followed for sixty days. The feeds rest (`paused`), because their address is our own and outgoing
requests never reach private addresses.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlmodel import Session

from omnisonic.insight.archive.jobs import ARCHIVE_DELIVERIES
from omnisonic.insight.demo.documents import CONTENT_TYPE, write_document
from omnisonic.insight.demo.outlets import BY_SLUG, OUTLETS, Outlet
from omnisonic.insight.feeds import repository
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.checking import Outcome, Result
from omnisonic.insight.feeds.lifecycle import feed_facts
from omnisonic.insight.feeds.mapping import read_feed
from omnisonic.insight.feeds.models import Feed, FeedDelivery, FeedStatus
from omnisonic.insight.feeds.schemas import FeedDraft
from omnisonic.insight.feeds.service import new_feed
from omnisonic.insight.feeds.settling import settle
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import get_settings


def load_news(host: Actor) -> int:
    """Follow the demo's outlets and deliver what they wrote, once; how many articles. None in production."""
    if get_settings().is_production:
        return 0
    with unit_of_work() as uow:
        moment = _begun_at(uow.session) or utc_now().replace(minute=0, second=0, microsecond=0)
        delivered = sum(_deliver(uow, host, outlet, moment) for outlet in OUTLETS)
        if delivered:
            uow.enqueue(ARCHIVE_DELIVERIES)
    return delivered


def read_document(session: Session, slug: str) -> bytes:
    """A demo feed as it was delivered. Raises `NotFound` where the demo was not loaded."""
    outlet, moment = BY_SLUG.get(slug), _begun_at(session)
    if outlet is None or moment is None or get_settings().is_production:
        raise NotFound("There is no such feed. `make demo` brings the feeds of the demo.")
    return write_document(outlet, now=moment)


def _deliver(uow: UnitOfWork, host: Actor, outlet: Outlet, moment: datetime) -> int:
    address, body, now = _address(outlet), write_document(outlet, now=moment), utc_now()
    digest = hashlib.sha256(body).hexdigest()
    feed = repository.find_by_key(uow.session, address.key) or _follow(uow, host, outlet, moment)
    if feed.body_sha256 == digest:
        return 0
    parsed = read_feed(body, content_type=CONTENT_TYPE, url=address.url, now=now)
    settle(feed, Outcome(result=Result.NEW, parsed=parsed, body_sha256=digest), now=now, jitter=0)
    facts = {**feed_facts(feed), "isBackdated": True}
    uow.session.add(FeedDelivery(feed_id=feed.id, fetched_at=now, feed=facts, items=parsed.entries))
    return len(parsed.entries)


def _follow(uow: UnitOfWork, host: Actor, outlet: Outlet, moment: datetime) -> Feed:
    draft = FeedDraft(url=_address(outlet).url, source_tier=outlet.tier, genre=outlet.genre)
    feed = new_feed(host, _address(outlet), draft)
    feed.created_at, feed.status = moment, FeedStatus.PAUSED
    uow.session.add(feed)
    uow.session.flush()
    return feed


def _address(outlet: Outlet) -> Address:
    return Address.required(f"{get_settings().public_url}/demo/feeds/{outlet.slug}.xml")


def _begun_at(session: Session) -> datetime | None:
    """The moment up to which the outlets have written: when the demo was loaded first."""
    feed = repository.find_by_key(session, _address(OUTLETS[0]).key)
    return feed.created_at.astimezone(UTC) if feed else None
