"""What is free of a work, and what adding a claim makes of its shares."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import WHOLE_PPM, Contribution, ContributionRole, RightsType
from omnisonic.core.catalog.shares import TOLERANCE_PPM
from omnisonic.core.royalties.claims_rules import ALWAYS, free_of, standing_on, with_claim

ANN, BOB, EVE = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def row(
    party: UUID,
    ppm: int,
    *,
    right: RightsType | None = None,
    since: datetime = ALWAYS,
    until: datetime | None = None,
) -> Contribution:
    return Contribution(
        work_id=UUID(int=9),
        contributor_id=party,
        role=ContributionRole.COMPOSER,
        rights_type=right,
        share_ppm=ppm,
        valid_from=since,
        valid_to=until,
    )


def test_free_is_what_nobody_has_of_every_right() -> None:
    assert free_of([row(ANN, 500_000), row(BOB, 300_000)]) == 200_000
    assert free_of([row(ANN, 500_000), row(BOB, 900_000, right=RightsType.MASTER)]) == 500_000
    assert free_of([row(ANN, 999_500)]) == 0  # within the tolerance it is the whole
    assert free_of([row(ANN, WHOLE_PPM), row(BOB, 200_000)]) == 0
    assert free_of([]) == WHOLE_PPM


def test_a_claim_begins_with_the_present_shares_or_on_its_day() -> None:
    versions = [row(ANN, 900_000, until=MARCH), row(ANN, 700_000, since=MARCH)]
    standing = standing_on(versions, None, now=NOW)
    assert (standing.start, standing.free_ppm, standing.blocked) == (MARCH, 300_000, None)
    standing = standing_on(versions, date(2026, 5, 1), now=NOW)
    assert (standing.start.month, standing.free_ppm, standing.blocked) == (5, 300_000, None)
    earlier = standing_on(versions, date(2026, 2, 1), now=NOW)
    assert earlier.blocked is not None
    assert "2026-03-01" in earlier.blocked
    ending = standing_on([row(ANN, 700_000, until=datetime(2027, 1, 1, tzinfo=UTC))], None, now=NOW)
    assert ending.blocked is not None
    assert standing_on([], None, now=NOW).start == ALWAYS


@given(st.integers(0, WHOLE_PPM), st.integers(0, WHOLE_PPM), st.data())
def test_an_accepted_claim_never_makes_a_conflict(ann_ppm: int, bob_ppm: int, data: st.DataObject) -> None:
    standing = standing_on([row(ANN, ann_ppm), row(BOB, bob_ppm)], None, now=NOW)
    if not standing.free_ppm:
        assert ann_ppm + bob_ppm >= WHOLE_PPM - TOLERANCE_PPM
        return
    claimed_ppm = data.draw(st.integers(1, standing.free_ppm))
    party = data.draw(st.sampled_from([ANN, EVE]))
    drafts = with_claim(standing, contributor_id=party, role=ContributionRole.COMPOSER, share_ppm=claimed_ppm)
    total_ppm = sum(one.share_ppm or 0 for one in drafts)
    assert total_ppm == ann_ppm + bob_ppm + claimed_ppm <= WHOLE_PPM
    assert len({(one.contributor_id, one.role) for one in drafts}) == len(drafts)
