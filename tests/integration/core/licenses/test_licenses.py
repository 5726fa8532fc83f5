"""Granting, changing, revoking: by the rules, by whom, and in the words of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses import queries, service
from omnisonic.core.licenses.errors import LicenseConflict, LicenseEnded, UnknownTerritory
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.core.licenses.repository import LicenseFilter
from omnisonic.core.licenses.schemas import ConflictPreview, LicenseDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.pagination import Page
from tests.integration.core.conftest import announced, history_of, make_recording, make_work

YEAR = {"effective_from": datetime(2030, 1, 1, tzinfo=UTC), "expires_on": datetime(2031, 1, 1, tzinfo=UTC)}


def draft_of(work_id: UUID, **fields: Any) -> LicenseDraft:
    values = {"licensee": "Acme", "rights_type": "MASTER", **YEAR, **fields}
    return LicenseDraft(work_id=work_id, **values)


def grant(actor: Actor, work_id: UUID, **fields: Any) -> License:
    with unit_of_work() as uow:
        return service.create_license(uow, actor, draft=draft_of(work_id, **fields))


def change(actor: Actor, row: License, *, version: int | None = None, **fields: Any) -> License:
    with unit_of_work() as uow:
        draft = draft_of(row.work_id, **fields)
        return service.update_license(uow, actor, license_id=row.id, draft=draft, version=version)


def revoke(actor: Actor, row: License) -> License:
    with unit_of_work() as uow:
        return service.revoke_license(uow, actor, license_id=row.id)


def activate(actor: Actor, row: License) -> License:
    with unit_of_work() as uow:
        return service.activate_license(uow, actor, license_id=row.id)


def preview(actor: Actor, work_id: UUID, *, license_id: UUID | None = None, **fields: Any) -> ConflictPreview:
    with read_session() as session:
        return service.preview_conflicts(
            session, actor, draft=draft_of(work_id, **fields), license_id=license_id
        )


def test_a_license_is_granted_with_history_and_news(mara: Actor) -> None:
    work = make_work(mara)
    row = grant(mara, work.id, territory="europe minus switzerland", terms={"fee": "100.00 EUR"})
    assert (row.territory, row.status, row.version) == ("EUROPE - CH", LicenseStatus.ACTIVE, 1)
    with read_session() as session:
        view = queries.view_of(session, service.get_license(session, mara, license_id=row.id))
    assert (view.work_title, view.territory_name) == ("Northern Lights", "Europe except Switzerland")
    [created] = history_of(row.id)
    assert (created.action, created.actor_id, created.source) == ("created", mara.user_id, "web")
    assert created.after is not None
    assert created.after["territory"] == "EUROPE - CH"
    assert announced()[-1] == (
        f"work:{work.id}",
        "workUpdated",
        {"id": str(work.id), "version": work.version},
    )


def test_the_refusal_names_the_license_in_the_way(mara: Actor) -> None:
    work = make_work(mara)
    first = grant(mara, work.id, licensee="First & Co", territory="EUROPE - CH")
    with pytest.raises(LicenseConflict) as refused:
        grant(mara, work.id, territory="FR, CH, US", effective_from=datetime(2030, 7, 1, tzinfo=UTC))
    assert refused.value.detail == (
        "The exclusive license of First & Co covers France from 1 Jul 2030 until 31 Dec 2030 too."
    )
    [named] = refused.value.current["licenses"]
    assert (named["id"], named["sharedTerritory"]) == (str(first.id), "France")
    assert named["sharedFrom"] == "2030-07-01T00:00:00Z"
    with read_session() as session:
        assert queries.count_licenses(session, mara) == 1


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({}, True),
        ({"territory": "US"}, True),
        ({"exclusive": False}, True),
        ({"effective_from": datetime(2030, 12, 31, tzinfo=UTC), "expires_on": None}, True),
        ({"effective_from": datetime(2031, 1, 1, tzinfo=UTC), "expires_on": None}, False),
        ({"effective_from": datetime(2020, 1, 1, tzinfo=UTC), "expires_on": YEAR["effective_from"]}, False),
        ({"rights_type": "SYNCHRONIZATION"}, False),
        ({"status": "draft"}, False),
    ],
)
def test_against_an_exclusive_world_license(mara: Actor, fields: dict[str, Any], is_refused: bool) -> None:
    work = make_work(mara)
    grant(mara, work.id)
    met = preview(mara, work.id, **fields)
    if is_refused:
        assert len(met.conflicts) == 1
        with pytest.raises(LicenseConflict):
            grant(mara, work.id, **fields)
    else:
        assert met.conflicts == [] or fields.get("status") == "draft"
        grant(mara, work.id, **fields)


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_exclusive_and_other_licenses(mara: Actor, first: bool, second: bool, is_refused: bool) -> None:
    work = make_work(mara)
    grant(mara, work.id, exclusive=first)
    if is_refused:
        with pytest.raises(LicenseConflict, match="license of Acme covers Worldwide"):
            grant(mara, work.id, exclusive=second)
    else:
        assert grant(mara, work.id, exclusive=second).status is LicenseStatus.ACTIVE


def test_world_without_a_country_leaves_room_for_it(mara: Actor) -> None:
    work = make_work(mara)
    grant(mara, work.id, territory="world except US")
    assert grant(mara, work.id, territory="US").territory == "US"


def test_a_recording_of_another_work_is_refused(mara: Actor) -> None:
    work, elsewhere = make_work(mara), make_work(mara, "Elsewhere")
    recording = make_recording(mara, "Elsewhere", work_id=elsewhere.id)
    with pytest.raises(InvalidFields, match="no recording of the work"):
        grant(mara, work.id, recording_id=recording.id)


def test_strangers_read_but_change_nothing(mara: Actor, teo: Actor, curator: Actor) -> None:
    work = make_work(mara)
    row = grant(mara, work.id)
    with pytest.raises(Forbidden):
        grant(teo, work.id, rights_type="MECHANICAL")
    with pytest.raises(Forbidden):
        change(teo, row, licensee="Mine")
    with pytest.raises(Forbidden):
        revoke(teo, row)
    with pytest.raises(Forbidden):
        activate(teo, row)
    with read_session() as session:
        assert service.get_license(session, teo, license_id=row.id).licensee == "Acme"
    assert change(curator, row, licensee="Corrected").licensee == "Corrected"


def test_what_is_not_there(mara: Actor) -> None:
    with pytest.raises(NotFound):
        grant(mara, new_id())
    with unit_of_work() as uow, pytest.raises(NotFound):
        service.revoke_license(uow, mara, license_id=new_id())


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_on": YEAR["effective_from"]},
        {"expires_on": datetime(2029, 1, 1, tzinfo=UTC)},
        {"effective_from": datetime(1, 1, 1, tzinfo=UTC)},
        {"licensee": ""},
        {"licensee": "x" * 301},
        {"licensee": "a\x00b"},
        {"territory": "x" * 1001},
        {"status": "revoked"},
        {"rights_type": "LYRIC"},
        {"terms": {"big": "x" * 17_000}},
        {"terms": {"null": "a\x00b"}},
        {"terms": {"half": "\ud800"}},
        {"terms": {"deep": [[[[[[[[[[[[[1]]]]]]]]]]]]]}},
    ],
)
def test_bad_input_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draft_of(new_id(), **fields)


def test_unknown_territories_are_refused(mara: Actor) -> None:
    work = make_work(mara)
    with pytest.raises(UnknownTerritory, match="Germny"):
        grant(mara, work.id, territory="FR, Germny")


def test_a_change_counts_and_keeps_history(mara: Actor) -> None:
    work = make_work(mara)
    row = grant(mara, work.id, territory="FR", exclusive=False)
    changed = change(mara, row, territory="FR, DE", version=1)
    assert (changed.territory, changed.exclusive, changed.version) == ("DE, FR", True, 2)
    assert change(mara, row, territory="DE, FR").version == 2
    last = history_of(row.id)[-1]
    assert last.before == {"territory": "FR", "exclusive": False}
    assert last.after == {"territory": "DE, FR", "exclusive": True}
    with pytest.raises(VersionConflict) as refused:
        change(mara, row, licensee="Late", version=1)
    assert refused.value.current["version"] == 2
    draft = draft_of(make_work(mara, "Another").id)
    with unit_of_work() as uow, pytest.raises(InvalidFields, match="stays with its work"):
        service.update_license(uow, mara, license_id=row.id, draft=draft)


def test_a_change_into_a_conflict_is_refused_and_changes_nothing(mara: Actor) -> None:
    work = make_work(mara)
    grant(mara, work.id, territory="FR")
    row = grant(mara, work.id, territory="DE")
    assert preview(mara, work.id, territory="DE", license_id=row.id).conflicts == []
    with pytest.raises(LicenseConflict):
        change(mara, row, territory="DE, FR")
    with read_session() as session:
        kept = service.get_license(session, mara, license_id=row.id)
        assert (kept.territory, kept.version) == ("DE", 1)


def test_revoking_makes_room_and_can_be_taken_back(mara: Actor) -> None:
    work = make_work(mara)
    row = grant(mara, work.id)
    assert revoke(mara, row).status is LicenseStatus.REVOKED
    assert revoke(mara, row).version == 2
    assert activate(mara, row).status is LicenseStatus.ACTIVE
    revoke(mara, row)
    grant(mara, work.id, licensee="Next")
    with pytest.raises(LicenseConflict, match="Next"):
        activate(mara, row)
    with pytest.raises(LicenseEnded):
        change(mara, row, licensee="Too late")
    assert [entry.action for entry in history_of(row.id)] == ["created", "revoked", "restored", "revoked"]


def test_a_draft_excludes_nobody_until_it_is_active(mara: Actor) -> None:
    work = make_work(mara)
    draft = grant(mara, work.id, status="draft")
    met = preview(mara, work.id, territory="US")
    assert (met.conflicts, [overlap.id for overlap in met.drafts]) == ([], [draft.id])
    grant(mara, work.id, territory="US")
    with pytest.raises(LicenseConflict, match="United States"):
        activate(mara, draft)
    change(mara, draft, territory="world - US", status="draft")
    assert activate(mara, draft).status is LicenseStatus.ACTIVE


def test_a_license_whose_window_is_over_is_not_put_in_force(mara: Actor) -> None:
    work = make_work(mara)
    past = {
        "effective_from": datetime(2020, 1, 1, tzinfo=UTC),
        "expires_on": datetime(2021, 1, 1, tzinfo=UTC),
    }
    row = grant(mara, work.id, status="draft", **past)
    with pytest.raises(LicenseEnded):
        activate(mara, row)


def test_what_is_in_force(mara: Actor) -> None:
    work = make_work(mara)
    world = grant(mara, work.id, rights_type="PERFORMANCE")
    french = grant(mara, work.id, territory="FR", exclusive=False)
    grant(mara, work.id, territory="FR", exclusive=False, status="draft")
    american = grant(mara, work.id, territory="US", exclusive=False)

    def found(at: datetime = datetime(2030, 6, 1, tzinfo=UTC), **asked: Any) -> set[UUID]:
        with read_session() as session:
            return {row.id for row in queries.active_licenses(session, mara, at=at, **asked)}

    assert found() == {world.id, french.id, american.id}
    assert found(territory="France") == {world.id, french.id}
    assert found(territory="EUROPE", rights_type=RightsType.MASTER) == {french.id}
    assert found(territory="JP") == {world.id}
    assert found(work_id=new_id()) == set()
    assert found(at=datetime(2029, 12, 31, 23, 59, tzinfo=UTC)) == set()
    assert found(at=datetime(2030, 1, 1, tzinfo=UTC)) != set()
    assert found(at=datetime(2031, 1, 1, tzinfo=UTC)) == set()


def test_lists_by_work_status_and_what_ends_next(mara: Actor) -> None:
    work, other = make_work(mara), make_work(mara, "Other")
    soon, later = utc_now() + timedelta(days=2), utc_now() + timedelta(days=200)
    start = {"effective_from": datetime(2026, 1, 1, tzinfo=UTC)}
    second = grant(mara, work.id, expires_on=later, **start)
    first = grant(mara, other.id, expires_on=soon, licensee="Édition Été", **start)
    grant(mara, other.id, rights_type="MECHANICAL", expires_on=None, status="draft", **start)
    with read_session() as session:
        assert [row.id for row in queries.expiring_licenses(session, mara)] == [first.id, second.id]
        rows, _ = queries.list_licenses(session, mara, page=Page(), where=LicenseFilter(work_id=work.id))
        assert [row.id for row in rows] == [second.id]
        by_status = LicenseFilter(status=LicenseStatus.DRAFT)
        assert queries.count_licenses(session, mara, where=by_status) == 1
        assert queries.count_licenses(session, mara, where=LicenseFilter(licensee="edition ete")) == 1
        rows, cursor = queries.list_licenses(session, mara, page=Page(limit=2))
        assert (len(rows), cursor is not None) == (2, True)
        assert len(queries.licenses_of_work(session, mara, work_id=other.id)) == 2
