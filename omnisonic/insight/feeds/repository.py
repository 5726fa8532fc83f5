"""Every query on feeds. All accounts read the same ones: there is nothing to scope by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from omnisonic.insight.feeds.models import Feed, FeedDomain, FeedStatus
from omnisonic.platform.pagination import Page, fetch_page

CHECKED = (FeedStatus.ACTIVE, FeedStatus.FAILING)
PER_DOMAIN_MAX = 12  # of one poll: what fits into a minute at five seconds each


@dataclass(frozen=True)
class FeedFilter:
    """Which feeds a list shows; None is any. `words` are looked for in titles and addresses."""

    status: FeedStatus | None = None
    source_tier: int | None = None
    words: str | None = None


def find_feed(session: Session, feed_id: UUID, *, for_update: bool = False) -> Feed | None:
    """One feed."""
    return session.get(Feed, feed_id, with_for_update=for_update or None, populate_existing=for_update)


def find_by_key(session: Session, url_key: str) -> Feed | None:
    """The feed with this canonical address."""
    return session.exec(select(Feed).where(Feed.url_key == url_key)).first()


def list_by_keys(session: Session, url_keys: Sequence[str]) -> list[Feed]:
    """The feeds with these canonical addresses."""
    return list(session.exec(select(Feed).where(col(Feed.url_key).in_(url_keys))))


def list_feeds(session: Session, *, where: FeedFilter, page: Page) -> tuple[list[Feed], str | None]:
    """Feeds, newest first, and the cursor of the next page."""
    return fetch_page(session, select(Feed).where(*_conditions(where)), Feed, page=page)


def list_all(session: Session, *, limit: int) -> list[Feed]:
    """Feeds by title, for a file."""
    return list(session.exec(select(Feed).order_by(func.lower(Feed.title), col(Feed.id)).limit(limit)))


def count_by_status(session: Session) -> dict[FeedStatus, int]:
    """How many feeds are in each state."""
    counted = func.count()
    rows = session.exec(select(Feed.status, counted).group_by(col(Feed.status))).all()
    return {FeedStatus(status): int(number) for status, number in rows}


def count_feeds(session: Session) -> int:
    """How many feeds there are."""
    return session.exec(select(func.count()).select_from(Feed)).one()


def lock_due(session: Session, *, now: datetime, limit: int) -> list[Feed]:
    """Feeds to check now, longest due first, locked; at most twelve of one domain, none of a blocked one."""
    due = and_(
        col(Feed.status).in_(CHECKED),
        col(Feed.next_check_at) <= now,
        or_(col(Feed.claimed_until).is_(None), col(Feed.claimed_until) <= now),
    )
    blocked = select(FeedDomain.domain).where(FeedDomain.blocked_until > now)
    order = (col(Feed.next_check_at), col(Feed.id))
    place = func.row_number().over(partition_by=col(Feed.fetch_domain), order_by=order)
    ranked = (
        select(Feed.id, place.label("place")).where(due, col(Feed.fetch_domain).not_in(blocked)).subquery()
    )
    chosen = (
        select(Feed)
        .where(col(Feed.id).in_(select(ranked.c.id).where(ranked.c.place <= PER_DOMAIN_MAX)), due)
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(chosen))


def find_block(session: Session, domain: str, *, now: datetime) -> FeedDomain | None:
    """The rest that a domain asked for, while it lasts."""
    row = session.get(FeedDomain, domain)
    return row if row is not None and row.blocked_until > now else None


def block_domain(session: Session, domain: str, *, until: datetime, reason: str) -> None:
    """Leave a domain alone until then; never shortens a rest that is longer."""
    new = insert(FeedDomain).values(domain=domain, blocked_until=until, reason=reason)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["domain"],
            set_={"blocked_until": until, "reason": reason},
            where=col(FeedDomain.blocked_until) < until,
        )
    )


def list_blocks(session: Session, domains: Sequence[str], *, now: datetime) -> dict[str, datetime]:
    """Until when each of the domains is left alone."""
    statement = select(FeedDomain.domain, FeedDomain.blocked_until).where(
        col(FeedDomain.domain).in_(set(domains)), FeedDomain.blocked_until > now
    )
    return dict(session.exec(statement).all())


def lease(feed: Feed, *, now: datetime, lease_s: float) -> None:
    """Put a queued feed off, so that the next poll does not queue it again."""
    feed.next_check_at = now + timedelta(seconds=lease_s)


def _conditions(where: FeedFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.status is not None:
        conditions.append(col(Feed.status) == where.status)
    if where.source_tier is not None:
        conditions.append(col(Feed.source_tier) == where.source_tier)
    if where.words:
        wanted = where.words.lower().replace("\x00", "\ufffd")  # no text of PostgreSQL's holds U+0000
        conditions.append(
            or_(
                func.strpos(func.lower(Feed.title), wanted) > 0,
                func.strpos(func.lower(Feed.url), wanted) > 0,
            )
        )
    return conditions
