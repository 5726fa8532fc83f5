"""The demo session: made once, heard by whoever opens it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.studio.demo import service
from tests.integration.studio.conftest import Person


def test_everyone_opens_a_copy_of_one_song(mara: Person, teo: Person, run_jobs: Callable[[], int]) -> None:
    with pytest.raises(NotFound), unit_of_work() as uow:
        service.open_demo(uow, mara.actor)
    demo = service.make_demo()
    assert service.make_demo().id == demo.id
    with read_session() as session:
        assert service.count_waiting(session, demo) == 4
    run_jobs()
    with read_session() as session:
        assert service.count_waiting(session, demo) == 0
    with unit_of_work() as uow:
        own = service.open_demo(uow, mara.actor)
    assert (own.name, own.role, own.track_count) == ("Northern Lights", "owner", 4)
    manifest = mara.get(f"/api/sessions/{own.id}/manifest").json()
    assert 55 * 48_000 < manifest["lengthSamples"] < 70 * 48_000
    upload_id = mara.get(f"/api/sessions/{own.id}/tracks").json()["tracks"][0]["uploadId"]
    assert mara.get(f"/api/upload/{upload_id}/audio").status_code == 200
    assert teo.get(f"/api/upload/{upload_id}/audio").status_code == 404
    assert mara.get(f"/api/sessions/{demo.id}").status_code == 404
    assert service.give_to_everyone() == 1
    assert len(teo.get("/api/sessions").json()["sessions"]) == 1
    assert service.give_to_everyone() == 0
