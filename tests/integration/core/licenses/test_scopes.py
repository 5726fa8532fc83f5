"""Which rights go by recording, and that each right is for itself."""

from __future__ import annotations

import pytest

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses.errors import LicenseConflict
from omnisonic.platform.actor import Actor
from tests.integration.core.conftest import make_recording, make_work
from tests.integration.core.licenses.test_licenses import change, grant, preview


def test_master_licenses_of_different_recordings_stand_side_by_side(mara: Actor) -> None:
    work = make_work(mara)
    one = make_recording(mara, "One", work_id=work.id)
    other = make_recording(mara, "Other", work_id=work.id)
    grant(mara, work.id, recording_id=one.id)
    assert preview(mara, work.id, recording_id=other.id).conflicts == []
    grant(mara, work.id, recording_id=other.id)
    with pytest.raises(LicenseConflict):
        grant(mara, work.id, recording_id=one.id)
    assert len(preview(mara, work.id).conflicts) == 2
    with pytest.raises(LicenseConflict):
        grant(mara, work.id)


@pytest.mark.parametrize("right", [right for right in RightsType if right is not RightsType.MASTER])
def test_rights_in_the_work_are_for_every_recording_whichever_is_named(
    mara: Actor, right: RightsType
) -> None:
    work = make_work(mara)
    one = make_recording(mara, "One", work_id=work.id)
    other = make_recording(mara, "Other", work_id=work.id)
    named = grant(mara, work.id, recording_id=one.id, rights_type=right)
    assert named.recording_id == one.id
    for recording_id in (one.id, other.id, None):
        assert len(preview(mara, work.id, recording_id=recording_id, rights_type=right).conflicts) == 1
        with pytest.raises(LicenseConflict):
            grant(mara, work.id, recording_id=recording_id, rights_type=right)


@pytest.mark.parametrize("other", list(RightsType))
@pytest.mark.parametrize("right", list(RightsType))
def test_each_right_is_for_itself(mara: Actor, right: RightsType, other: RightsType) -> None:
    work = make_work(mara)
    grant(mara, work.id, rights_type=right)
    assert len(preview(mara, work.id, rights_type=other).conflicts) == (right is other)
    if right is not other:
        grant(mara, work.id, rights_type=other)


def test_a_change_of_right_or_recording_moves_the_scope(mara: Actor) -> None:
    work = make_work(mara)
    one = make_recording(mara, "One", work_id=work.id)
    other = make_recording(mara, "Other", work_id=work.id)
    grant(mara, work.id, recording_id=one.id)
    row = grant(mara, work.id, recording_id=other.id)
    with pytest.raises(LicenseConflict):
        change(mara, row, recording_id=one.id)
    with pytest.raises(LicenseConflict):
        change(mara, row)
    mechanical = change(mara, row, recording_id=one.id, rights_type="MECHANICAL")
    with pytest.raises(LicenseConflict):
        change(mara, mechanical, recording_id=one.id)
