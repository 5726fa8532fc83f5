"""Following feeds: every account reads them, analysts edit them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.feeds import lifecycle, repository
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.canonical_url import registrable_domain
from omnisonic.insight.feeds.entries import language_of
from omnisonic.insight.feeds.errors import FeedTaken
from omnisonic.insight.feeds.jobs import LEASE_S
from omnisonic.insight.feeds.models import Feed, FeedStatus
from omnisonic.insight.feeds.repository import FeedFilter
from omnisonic.insight.feeds.schemas import FeedChange, FeedDraft, FeedList, FeedView, view_of
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page

FEEDS_MAX = 50_000
NONE = FeedFilter()


def list_feeds(session: Session, _actor: Actor, *, page: Page, where: FeedFilter = NONE) -> FeedList:
    """Feeds on this page, newest first; every account may read."""
    rows, cursor = repository.list_feeds(session, where=where, page=page)
    rests = repository.list_blocks(session, [row.fetch_domain for row in rows], now=utc_now())
    views = [view_of(row, rests_until=rests.get(row.fetch_domain)) for row in rows]
    return FeedList(feeds=views, next_cursor=cursor)


def get_feed(session: Session, _actor: Actor, *, feed_id: UUID) -> FeedView:
    """One feed. Raises `NotFound`."""
    return _view(session, _existing(session, feed_id))


def add_feed(uow: UnitOfWork, actor: Actor, *, draft: FeedDraft) -> Feed:
    """Follow a feed and have it checked at once; its first delivery is backfill.

    Raises `Forbidden`, `InvalidFields`, and `FeedTaken` with the feed that has the address.
    """
    feed = _add(uow, actor, draft)
    lifecycle.queue_check(uow, feed, now=utc_now())
    return feed


def find_or_add_feed(uow: UnitOfWork, actor: Actor, *, url: str) -> Feed:
    """The feed with this address, followed from now on when nobody did; the caller checks it.

    A new one is put off as if it were queued: should the caller die, it is due later. Raises what `add_feed`
    raises.
    """
    found = repository.find_by_key(uow.session, Address.required(url).key)
    if found is not None:
        return found
    feed = _add(uow, actor, FeedDraft(url=url))
    repository.lease(feed, now=utc_now(), lease_s=LEASE_S)
    return feed


def update_feed(uow: UnitOfWork, actor: Actor, *, feed_id: UUID, change: FeedChange) -> Feed:
    """Change what people choose of a feed. Raises `NotFound`, `Forbidden`, `VersionConflict`, `FeedTaken`."""
    require_editor(actor)
    feed = _existing(uow.session, feed_id, for_update=True)
    if change.version is not None and change.version != feed.version:
        raise VersionConflict(current=_current(uow.session, feed))
    if change.title is not None:
        feed.title, feed.is_title_fixed = change.title, True
    for name in ("source_tier", "genre"):
        value = getattr(change, name)
        if value is not None:
            setattr(feed, name, value)
    if change.language is not None:
        feed.language = language_of(change.language)
    if change.source is not None:
        feed.source = _domain(change.source)
    if change.url is not None:
        _move(uow, feed, Address.required(change.url))
    if change.status is not None:
        _switch(uow, feed, change.status)
    feed.version += 1
    feed.updated_at = utc_now()
    return feed


def remove_feed(uow: UnitOfWork, actor: Actor, *, feed_id: UUID) -> None:
    """Stop following a feed; what it brought stays. Raises `NotFound`, `Forbidden`."""
    require_editor(actor)
    uow.session.delete(_existing(uow.session, feed_id, for_update=True))


def check_now(uow: UnitOfWork, actor: Actor, *, feed_id: UUID) -> Feed:
    """Have a feed checked by the next free worker; one that ended or rests is taken up again.

    Raises `NotFound`, `Forbidden`, and `Conflict` while its domain wants to be left alone.
    """
    require_editor(actor)
    feed = _existing(uow.session, feed_id, for_update=True)
    now = utc_now()
    rest = repository.find_block(uow.session, feed.fetch_domain, now=now)
    if rest is not None:
        raise Conflict(
            f"{feed.fetch_domain} asked to be left alone until {rest.blocked_until:%Y-%m-%d %H:%M} UTC.",
            current=_current(uow.session, feed),
        )
    if feed.status not in repository.CHECKED:
        feed.status = FeedStatus.ACTIVE
    lifecycle.queue_check(uow, feed, now=now)
    return feed


def new_feed(
    actor: Actor, address: Address, draft: FeedDraft, *, next_check_at: datetime | None = None
) -> Feed:
    """The row of a feed that nobody follows yet."""
    return Feed(
        url=address.url,
        url_key=address.key,
        fetch_domain=address.domain,
        title=draft.title or address.domain,
        is_title_fixed=draft.title is not None,
        source=address.domain,
        source_tier=draft.source_tier,
        language=language_of(draft.language),
        genre=draft.genre,
        created_by=actor.user_id,
        next_check_at=next_check_at or utc_now(),
    )


def require_editor(actor: Actor) -> None:
    """Raise `Forbidden` unless the account may edit feeds."""
    actor.require_role(Role.ANALYST)


def _add(uow: UnitOfWork, actor: Actor, draft: FeedDraft) -> Feed:
    require_editor(actor)
    address = Address.required(draft.url)
    taken = repository.find_by_key(uow.session, address.key)
    if taken is not None:
        raise FeedTaken(f"It is followed as {taken.title!r}.", current=_current(uow.session, taken))
    if repository.count_feeds(uow.session) >= FEEDS_MAX:
        raise Conflict(f"At most {FEEDS_MAX:,} feeds can be followed. Remove some first.")
    feed = new_feed(actor, address, draft)
    uow.session.add(feed)
    uow.session.flush()
    return feed


def _existing(session: Session, feed_id: UUID, *, for_update: bool = False) -> Feed:
    found = repository.find_feed(session, feed_id, for_update=for_update)
    if found is None:
        raise NotFound(f"There is no feed with the id {feed_id}.")
    return found


def _move(uow: UnitOfWork, feed: Feed, address: Address) -> None:
    if address.url == feed.url:
        return
    taken = repository.find_by_key(uow.session, address.key)
    if taken is not None and taken.id != feed.id:
        raise FeedTaken(f"It is followed as {taken.title!r}.", current=_current(uow.session, taken))
    feed.url, feed.url_key, feed.fetch_domain = address.url, address.key, address.domain
    feed.etag = feed.last_modified = feed.body_sha256 = feed.redirect_url = None
    feed.redirect_count = feed.failure_count = 0
    if feed.status in (FeedStatus.FAILING, FeedStatus.GONE):
        feed.status = FeedStatus.ACTIVE
    if feed.status is FeedStatus.ACTIVE:
        lifecycle.queue_check(uow, feed, now=utc_now())


def _switch(uow: UnitOfWork, feed: Feed, status: str) -> None:
    if status == FeedStatus.PAUSED:
        feed.status = FeedStatus.PAUSED
    elif feed.status in (FeedStatus.PAUSED, FeedStatus.GONE):
        feed.status, feed.failure_count = FeedStatus.ACTIVE, 0
        lifecycle.queue_check(uow, feed, now=utc_now())


def _domain(text: str) -> str:
    found = registrable_domain(text if "://" in text else f"https://{text}")
    if not found:
        message = "Write the domain of the outlet, as example.org."
        raise InvalidFields(errors=[FieldError("source", "bad-domain", message)])
    return found


def _view(session: Session, feed: Feed) -> FeedView:
    rest = repository.find_block(session, feed.fetch_domain, now=utc_now())
    return view_of(feed, rests_until=rest.blocked_until if rest else None)


def _current(session: Session, feed: Feed) -> dict[str, Any]:
    return _view(session, feed).model_dump(mode="json")
