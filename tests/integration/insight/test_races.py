"""Two at once: what one of them does is never lost, doubled, or half done."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import SQLModel, func, select

from omnisonic.insight.alerts import channels, rules
from omnisonic.insight.alerts.delivery.claims import claim, settle
from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.events import fire
from omnisonic.insight.alerts.models import AlertAttempt, AlertDelivery, AlertEvent, ChannelType
from omnisonic.insight.feeds import lifecycle
from omnisonic.insight.feeds import service as feeds
from omnisonic.insight.feeds.checking import Outcome as Checked
from omnisonic.insight.feeds.checking import Result
from omnisonic.insight.feeds.models import Feed, FeedDelivery
from omnisonic.insight.feeds.schemas import FeedDraft
from omnisonic.insight.follows import service as follows
from omnisonic.insight.follows.models import Follow
from omnisonic.insight.follows.schemas import FollowDraft
from omnisonic.insight.news import EntityType, NewsItem
from omnisonic.insight.saved_views import service as views
from omnisonic.insight.saved_views.models import SavedView
from omnisonic.insight.saved_views.schemas import SavedViewDraft
from omnisonic.insight.tagging import corrections
from omnisonic.insight.tagging.models import CorrectionScope, EntityTag, TagCorrection, TagStatus, Verdict
from omnisonic.insight.tagging.partners import TagDraft, record_entity_tags
from omnisonic.insight.tagging.schemas import CorrectionDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from tests.integration.core.conftest import make_contributor
from tests.integration.insight.alerts.conftest import artist, facts_at, make_channel, make_rule
from tests.integration.insight.conftest import make_item
from tests.integration.meanwhile import meanwhile

HOOK = "https://hooks.example.org/alerts-of-mara"


def count_of(table: type[SQLModel]) -> int:
    with read_session() as session:
        return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def singer(mara: Actor) -> UUID:
    return make_contributor(mara, "Mara Lind").id


@pytest.fixture
def article(db: None) -> NewsItem:
    return make_item("Mara Lind sings")


def test_following_twice_at_once_is_following(singer: UUID, mara: Actor) -> None:
    draft = FollowDraft(entity_type=EntityType.ARTIST, entity_id=singer)

    def follow(uow: UnitOfWork) -> UUID:
        return follows.follow(uow, mara, draft=draft).id

    with meanwhile(follow, follow) as second:
        assert second.result()
    assert count_of(Follow) == 1


def test_saving_a_view_twice_at_once_keeps_the_later(mara: Actor) -> None:
    def save(query: str) -> Callable[[UnitOfWork], object]:
        draft = SavedViewDraft(page="trends", name="Mine", query=query)
        return lambda uow: views.save_view(uow, mara, draft=draft)

    with meanwhile(save("a=1"), save("a=2")) as second:
        assert second.result().query == "a=2"
    assert count_of(SavedView) == 1


def test_a_rejection_sees_the_links_of_a_tagging_that_runs(
    singer: UUID, article: NewsItem, analyst: Actor
) -> None:
    with meanwhile(
        lambda uow: record(uow, analyst, article, singer),
        lambda uow: correct(uow, analyst, article, singer, Verdict.REJECT),
    ) as rejection:
        assert rejection.result() == 1
    assert the_tag().status is TagStatus.REJECTED
    with unit_of_work() as uow:
        record(uow, analyst, article, singer)
    assert the_tag().status is TagStatus.REJECTED


def test_of_two_corrections_at_once_the_later_counts(singer: UUID, article: NewsItem, analyst: Actor) -> None:
    with unit_of_work() as uow:
        record(uow, analyst, article, singer)
    before = the_tag().version
    with meanwhile(
        lambda uow: correct(uow, analyst, article, singer, Verdict.REJECT),
        lambda uow: correct(uow, analyst, article, singer, Verdict.CONFIRM),
    ) as confirmation:
        assert confirmation.result() == 1
    assert count_of(TagCorrection) == 1
    tag = the_tag()
    assert (tag.status, tag.confidence) == (TagStatus.LINKED, 1.0)
    assert tag.version > before


def test_a_feed_removed_while_it_is_fetched_brings_nothing(analyst: Actor) -> None:
    with unit_of_work() as uow:
        feed_id = feeds.add_feed(uow, analyst, draft=FeedDraft(url="https://feeds.example.org/rss")).id
    taken = lifecycle.claim_feed(feed_id)
    assert taken is not None
    with unit_of_work() as uow:
        feeds.remove_feed(uow, analyst, feed_id=feed_id)
    assert lifecycle.settle_check(taken, Checked(result=Result.UNCHANGED)) is None
    lifecycle.put_back(taken, wait_s=1)
    assert lifecycle.claim_feed(feed_id) is None
    assert (count_of(Feed), count_of(FeedDelivery)) == (0, 0)


def test_a_rule_removed_while_it_fires(mara: Actor) -> None:
    kept = make_channel(mara, ChannelType.WEBHOOK, url=HOOK)
    rule, other = make_rule(mara, kept), make_rule(mara, kept)
    with meanwhile(
        lambda uow: fire(uow, rule=rule, entity=artist(), facts=facts_at()),
        lambda uow: rules.delete_rule(uow, mara, rule_id=rule.id),
    ) as removal:
        removal.result()
    with read_session() as session:
        event, message = session.exec(select(AlertEvent)).one(), session.exec(select(AlertDelivery)).one()
    assert (event.rule_id, event.rule_name, message.rule_id) == (None, rule.name, None)
    with unit_of_work() as uow:  # what it found is still told
        assert claim(uow, message.id, now=utc_now()) is not None

    with meanwhile(
        lambda uow: rules.delete_rule(uow, mara, rule_id=other.id),
        lambda uow: fire(uow, rule=other, entity=artist(), facts=facts_at()),
    ) as firing:
        assert isinstance(firing.exception(), NotFound)
    assert count_of(AlertEvent) == 1


def test_a_channel_removed_while_its_message_is_sent(mara: Actor) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=HOOK)
    rule = make_rule(mara, channel)
    with unit_of_work() as uow:
        fire(uow, rule=rule, entity=artist(), facts=facts_at())
    with unit_of_work() as uow:
        claimed = claim(uow, uow.session.exec(select(AlertDelivery.id)).one(), now=utc_now())
    assert claimed is not None
    with unit_of_work() as uow:
        channels.delete_channel(uow, mara, channel_id=channel.id)
    with unit_of_work() as uow:
        settle(uow, claimed, Sent(Outcome.DELIVERED), latency_ms=1, now=utc_now())
    assert (count_of(AlertDelivery), count_of(AlertAttempt), count_of(AlertEvent)) == (0, 0, 1)


def record(uow: UnitOfWork, actor: Actor, article: NewsItem, singer: UUID) -> object:
    """A link that a tagging finds."""
    found = TagDraft(entity_type=EntityType.ARTIST, entity_id=singer, confidence=0.9)
    return record_entity_tags(uow, actor, item=article, drafts=[found])


def correct(uow: UnitOfWork, actor: Actor, article: NewsItem, singer: UUID, verdict: Verdict) -> int:
    """A person's opinion on it; how many links it changed."""
    draft = CorrectionDraft(
        verdict=verdict,
        scope=CorrectionScope.ITEM,
        news_item_id=article.item_id,
        entity_type=EntityType.ARTIST,
        entity_id=singer,
    )
    return corrections.create_correction(uow, actor, draft=draft, item=article)[1]


def the_tag() -> EntityTag:
    """The only one."""
    with read_session() as session:
        return session.exec(select(EntityTag)).one()
