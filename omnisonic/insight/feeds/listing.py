"""Whole lists of feeds, brought in and taken out as OPML."""

from __future__ import annotations

from sqlmodel import Session

from omnisonic.insight.feeds import repository, service
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.opml import read_opml, write_opml
from omnisonic.insight.feeds.schemas import FeedDraft, OpmlRefusal, OpmlResult
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict
from omnisonic.platform.ids import utc_now

REFUSALS_MAX = 100
SHOWN_URL_CHARS = 300


def import_opml(uow: UnitOfWork, actor: Actor, *, body: bytes) -> OpmlResult:
    """Follow every feed of an OPML file that is not followed yet. Checks begin with the next polls.

    Raises `Forbidden`, `OpmlUnreadable`, and `Conflict` when there would be too many.
    """
    service.require_editor(actor)
    outlines = read_opml(body)
    refused: list[OpmlRefusal] = []
    wanted: dict[str, tuple[Address, FeedDraft]] = {}
    for outline in outlines:
        address = Address.of(outline.url)
        if address is None:
            refused.append(OpmlRefusal(url=outline.url[:SHOWN_URL_CHARS], message="This is no web address."))
            continue
        wanted.setdefault(address.key, (address, FeedDraft(url=address.url, title=outline.title or None)))
    taken = {feed.url_key for feed in repository.list_by_keys(uow.session, list(wanted))}
    if repository.count_feeds(uow.session) + len(wanted) - len(taken) > service.FEEDS_MAX:
        raise Conflict(f"At most {service.FEEDS_MAX:,} feeds can be followed. Remove some first.")
    now = utc_now()
    for key, (address, draft) in wanted.items():
        if key not in taken:
            uow.session.add(service.new_feed(actor, address, draft, next_check_at=now))
    return OpmlResult(
        added=len(wanted) - len(taken),
        already_followed=len(outlines) - len(refused) - (len(wanted) - len(taken)),
        refused=refused[:REFUSALS_MAX],
    )


def export_opml(session: Session, _actor: Actor) -> bytes:
    """Every feed as OPML 2.0; every account may read."""
    return write_opml(repository.list_all(session, limit=service.FEEDS_MAX))
