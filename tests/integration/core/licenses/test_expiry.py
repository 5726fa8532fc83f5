"""What has ended becomes expired once, whoever asks how often and how late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from omnisonic.core.licenses import service
from omnisonic.core.licenses.expiry import expire_due_licenses
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.conftest import announced, history_of, make_work
from workers.maintenance import expire_licenses

START = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)


def grant(
    actor: Actor, expires_on: datetime | None, rights_type: str = "MASTER", title: str = "A"
) -> License:
    work = make_work(actor, title)
    draft = LicenseDraft.model_validate(
        {
            "work_id": work.id,
            "licensee": "Acme",
            "rights_type": rights_type,
            "effective_from": START,
            "expires_on": expires_on,
        }
    )
    with unit_of_work() as uow:
        return service.create_license(uow, actor, draft=draft)


def status_of(row: License) -> LicenseStatus:
    with read_session() as session:
        found = session.get(License, row.id)
        assert found is not None
        return found.status


def test_what_ended_expires_once_and_its_work_hears_of_it(mara: Actor) -> None:
    ended, running, endless = grant(mara, END), grant(mara, END + timedelta(days=1)), grant(mara, None)
    heard = len(announced())
    for expected in (1, 0):
        with unit_of_work() as uow:
            assert expire_due_licenses(uow, now=END) == expected
    assert [status_of(row) for row in (ended, running, endless)] == ["expired", "active", "active"]
    [news] = announced()[heard:]
    assert news[:2] == (f"work:{ended.work_id}", "workUpdated")
    assert [entry.action for entry in history_of(ended.id)] == ["created", "expired"]
    last = history_of(ended.id)[-1]
    assert (last.actor_id, last.source) == (None, "system")
    assert last.after == {"status": "expired", "expires_on": END.isoformat()}


def test_the_moment_of_the_end_is_the_first_without_the_license(mara: Actor) -> None:
    row = grant(mara, END)
    with unit_of_work() as uow:
        assert expire_due_licenses(uow, now=END - timedelta(microseconds=1)) == 0
    assert status_of(row) is LicenseStatus.ACTIVE


def test_a_run_leaves_rows_that_another_run_holds(mara: Actor) -> None:
    grant(mara, END)
    with unit_of_work() as one, unit_of_work() as other:
        assert expire_due_licenses(one, now=END) == 1
        assert expire_due_licenses(other, now=END) == 0


def test_the_daily_job_works_through_everything_that_is_late(mara: Actor) -> None:
    rows = [grant(mara, END - timedelta(days=day), title=f"Work {day}") for day in range(3)]
    expire_licenses()
    expire_licenses()
    assert {status_of(row) for row in rows} == {LicenseStatus.EXPIRED}
    assert all(len(history_of(row.id)) == 2 for row in rows)
