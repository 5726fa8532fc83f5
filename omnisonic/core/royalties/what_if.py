"""What if a cycle, or one work in it, were divided by other shares or another policy: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.repository import contributors_by_ids, find_entity
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.cycle_service import get_cycle
from omnisonic.core.royalties.errors import WhatIfTooLarge
from omnisonic.core.royalties.policy import RIGHT_OF_USAGE, plan_shares
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.suspense import Standing, chunks_of, read_standings
from omnisonic.core.royalties.usage_catalog import ValidShare, end_of_day
from omnisonic.core.royalties.usage_events import events_by_ids
from omnisonic.core.royalties.usage_plans import Planned, plan_events
from omnisonic.core.royalties.what_if_rules import POLICIES, Booked, Change, Holder, Policy, compare
from omnisonic.core.royalties.what_if_schemas import Difference, WhatIfAnswer, WhatIfRequest
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound
from omnisonic.platform.ids import utc_now

EVENTS_MAX = 20_000
SHOWN_MAX = 1000

_OF_CYCLE = text("""
    SELECT id FROM royalty_events WHERE cycle_id = :cycle_id AND amount_nano <> 0 LIMIT :limit
""")
_OF_WORK = text("""
    SELECT e.id FROM royalty_events e
    LEFT JOIN unmatched_usage u ON u.id = e.unmatched_id AND u.status = 'matched'
    JOIN recordings first ON first.id = coalesce(u.recording_id, e.recording_id)
    JOIN recordings r ON r.id = coalesce(first.merged_into, first.id)
    JOIN works w ON w.id = r.work_id
    WHERE e.cycle_id = :cycle_id AND e.amount_nano <> 0 AND coalesce(w.merged_into, w.id) = :work_id
    LIMIT :limit
""")


def what_if(session: Session, actor: Actor, *, request: WhatIfRequest) -> WhatIfAnswer:
    """Compare what stands in the ledger for a cycle's usage with another division of it.

    Raises `Forbidden` unless a curator, `NotFound` for an unknown cycle or work, `InvalidFields`,
    `WhatIfTooLarge` for more than 20,000 events.
    """
    get_cycle(session, actor, cycle_id=request.cycle_id)
    policy = _policy(request.policy_version)
    work_id = _work_id(session, request)
    shares = _shares(session, request)
    event_ids = _event_ids(session, request.cycle_id, work_id)
    taken_back: list[UUID] = []
    uses = chain.from_iterable(_booked(session, part, shares, taken_back) for part in chunks_of(event_ids))
    changes = compare(uses, policy.divide)
    changed = {key: one for key, one in changes.items() if one.difference_nano}
    shown = sorted(changed, key=lambda key: (key[0], -abs(changed[key].difference_nano), str(key[1])))
    return WhatIfAnswer(
        events=len(event_ids) - len(taken_back),
        taken_back=len(taken_back),
        unchanged=len(changes) - len(changed),
        others=max(0, len(shown) - SHOWN_MAX),
        policy_version=request.policy_version,
        policy_digest=policy.digest,
        differences=_differences(session, changed, shown[:SHOWN_MAX]),
    )


def _policy(version: int) -> Policy:
    if version not in POLICIES:
        known = ", ".join(map(str, sorted(POLICIES)))
        message = f"There is no policy version {version}. Known: {known}."
        raise InvalidFields(message, errors=[FieldError("policyVersion", "unknown", message)])
    return POLICIES[version]


def _work_id(session: Session, request: WhatIfRequest) -> UUID | None:
    if request.work_id is None:
        if request.shares is not None:
            message = "Name the work whose shares these are."
            raise InvalidFields(message, errors=[FieldError("workId", "required", message)])
        return None
    work = find_entity(session, Work, request.work_id)
    if work is None:
        raise NotFound(f"There is no work with the id {request.work_id}.")
    return work.id


def _shares(session: Session, request: WhatIfRequest) -> list[ValidShare] | None:
    if request.shares is None:
        return None
    known = contributors_by_ids(session, [one.contributor_id for one in request.shares])
    errors = [
        FieldError(f"shares.{at}.contributorId", "unknown", f"There is no contributor {one.contributor_id}.")
        for at, one in enumerate(request.shares)
        if one.contributor_id not in known
    ]
    if errors:
        raise InvalidFields(errors=errors)
    since = end_of_day(utc_now().date())  # a share needs a time; here it counts on every day
    return [
        ValidShare(known[one.contributor_id].id, one.rights_type, one.share_ppm, since, None)
        for one in request.shares
    ]


def _event_ids(session: Session, cycle_id: UUID, work_id: UUID | None) -> list[UUID]:
    asked = {"cycle_id": cycle_id, "limit": EVENTS_MAX + 1}
    statement = _OF_CYCLE
    if work_id is not None:
        statement, asked = _OF_WORK, asked | {"work_id": work_id}
    found = list(session.scalars(statement, asked))
    if len(found) > EVENTS_MAX:
        raise WhatIfTooLarge(f"There are more than {EVENTS_MAX:,} events. {WhatIfTooLarge.advice}")
    return found


def _booked(
    session: Session,
    event_ids: Sequence[UUID],
    shares: Sequence[ValidShare] | None,
    taken_back: list[UUID],
) -> Iterator[Booked]:
    standings = read_standings(session, event_ids)
    for planned in plan_events(session, list(events_by_ids(session, event_ids).values())):
        event = planned.event
        standing = standings.get(event.id, Standing())
        if standing.total != event.amount_nano:
            taken_back.append(event.id)
            continue
        yield _with_shares(planned, standing, shares)


def _with_shares(planned: Planned, standing: Standing, shares: Sequence[ValidShare] | None) -> Booked:
    event = planned.event
    right = RIGHT_OF_USAGE[event.usage_type]
    held: dict[Holder, int] = {}
    held.update(standing.payees.items())
    held.update(standing.suspense.items())
    plan = planned.plan if shares is None else plan_shares(shares, right)
    return Booked(event.currency, event.amount_nano, held, plan, right)


def _differences(
    session: Session, changed: Mapping[tuple[str, Holder], Change], shown: Sequence[tuple[str, Holder]]
) -> list[Difference]:
    known = contributors_by_ids(session, [one for _, one in shown if isinstance(one, UUID)])
    names: dict[Holder, str] = {party: one.name for party, one in known.items()}
    return [
        Difference(
            contributor_id=holder if isinstance(holder, UUID) else None,
            reason=holder if isinstance(holder, SuspenseReason) else None,
            name=names.get(holder, str(holder)),
            before=money_view(changed[currency, holder].before_nano, currency),
            after=money_view(changed[currency, holder].after_nano, currency),
            difference=money_view(changed[currency, holder].difference_nano, currency),
        )
        for currency, holder in shown
    ]
