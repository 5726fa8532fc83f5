"""Page state stays small: it is resent as a whole with every change and kept for every open tab."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.studio.exports.models import Export, ExportStatus
from omnisonic.studio.sessions.models import MemberRole, SessionMember, StudioSession
from omnisonic.studio.tracks.models import Track
from omnisonic.studio.uploads.models import Upload, UploadStatus

EMPTY_BYTES_MAX = 8_000
FULL_BYTES_MAX = 250_000
STATES_MAX = 60
LONG_NAME = "Длинное имя для сессии " * 5


@pytest.fixture(scope="module", autouse=True)
def _pages() -> None:
    import_module("omnisonic.pages")


def product_states() -> list[type[Any]]:
    """Every State of the product."""
    states = RegistrationContext.ensure_context().base_states.values()
    return [state for state in states if state.__module__.startswith("omnisonic.")]


def test_there_are_few_states_and_each_begins_small() -> None:
    states = product_states()
    assert 3 < len(states) < STATES_MAX
    for state in states:
        fresh = {
            name: field.default_value()
            for name, field in state.get_fields().items()
            if name in state.base_vars
        }
        assert len(json_dumps(fresh)) < EMPTY_BYTES_MAX, state.__name__


def test_the_fullest_lists_stay_below_the_limit(db: None, storage: object) -> None:
    from omnisonic.studio.exports.state import LIST_ROWS, _list_rows
    from omnisonic.studio.sessions.state import MAX_ROWS, PAGE_ROWS, _fetch

    actor = _crowded_account()
    cards: list[Any] = []
    cursor = ""
    while len(cards) < MAX_ROWS:
        page, cursor = _fetch(actor, cursor)
        cards += page
    assert len(cards) == MAX_ROWS
    assert MAX_ROWS % PAGE_ROWS == 0
    assert len(json_dumps(cards)) < FULL_BYTES_MAX
    rows = _list_rows(actor)
    assert len(rows) == LIST_ROWS
    assert len(json_dumps(rows)) < FULL_BYTES_MAX


def _crowded_account() -> Actor:
    with unit_of_work() as uow:
        user = User(email="crowd@example.org", display_name="Crowd")
        uow.session.add(user)
        uow.session.flush()
        sessions = [StudioSession(user_id=user.id, name=LONG_NAME[:120]) for _ in range(200)]
        uow.session.add_all(sessions)
        uow.session.flush()
        for studio_session in sessions:
            uow.session.add(
                SessionMember(session_id=studio_session.id, user_id=user.id, role=MemberRole.OWNER)
            )
        upload = Upload(
            user_id=user.id,
            session_id=sessions[0].id,
            file_name="take.wav",
            file_size=1,
            mime_type="audio/wav",
            status=UploadStatus.READY,
            duration_samples=48_000,
            channels=2,
        )
        uow.session.add(upload)
        uow.session.flush()
        uow.session.add_all(
            Track(session_id=one.id, upload_id=upload.id, name=LONG_NAME[:120], color="track-1", position=n)
            for one in sessions
            for n in range(8)
        )
        uow.session.add_all(
            Export(
                session_id=sessions[0].id,
                user_id=user.id,
                status=ExportStatus.FAILED,
                error_message="x" * 500,
                loudness_target={"target": "as-mixed"},
                manifest={},
                manifest_sha256="0" * 64,
                inputs={},
            )
            for _ in range(220)
        )
    return Actor(user_id=user.id, display_name=user.display_name, email=user.email)
