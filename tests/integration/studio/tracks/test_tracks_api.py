"""Tracks over REST: added, changed, checked, turned into a manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.studio.conftest import (
    Person,
    announced_events,
    create_session,
    invite,
    sine_wav,
    upload,
)

AddTake = Callable[..., dict[str, Any]]


@pytest.fixture
def session_id(mara: Person) -> str:
    """A session of Mara's."""
    return str(create_session(mara)["id"])


def test_a_track_may_name_an_upload_that_is_still_processing(mara: Person, session_id: str) -> None:
    sent = upload(mara, session_id, sine_wav(), name="Lead_vocal take 3.wav").json()["upload"]
    track = mara.post(f"/api/sessions/{session_id}/tracks", {"uploadId": sent["id"]}).json()["track"]
    assert track["name"] == "Lead vocal take 3"
    assert track["color"] == "track-1"
    assert len(track["clips"]) == 1
    manifest = mara.get(f"/api/sessions/{session_id}/manifest").json()
    assert manifest["tracks"] == []


def test_the_flat_fields_describe_the_first_clip(mara: Person, session_id: str, add_take: AddTake) -> None:
    track = add_take(mara, session_id, gainDb=-3, pan=0.25, offsetSamples=4800, fadeInSamples=480)
    clip = track["clips"][0]
    assert (clip["offsetSamples"], clip["fadeInSamples"], clip["fadeCurve"]) == (4800, 480, "linear")
    manifest = mara.get(f"/api/sessions/{session_id}/manifest").json()
    assert manifest["panLaw"] == "webaudio-1"
    assert manifest["lengthSamples"] == 4800 + 48_000
    assert manifest["tracks"][0]["gainDb"] == -3
    assert manifest["tracks"][0]["channels"] == 1
    assert manifest["tracks"][0]["clips"][0]["offsetSamples"] == 4800


def test_a_change_counts_up_and_is_announced(mara: Person, session_id: str, add_take: AddTake) -> None:
    track = add_take(mara, session_id)
    path = f"/api/sessions/{session_id}/tracks/{track['id']}"
    changed = mara.patch(path, {"version": 1, "gainDb": -6.5, "muted": True, "offsetSamples": 96}).json()[
        "track"
    ]
    assert (changed["version"], changed["gainDb"], changed["muted"]) == (2, -6.5, True)
    assert changed["clips"][0]["offsetSamples"] == 96
    assert changed["clips"][0]["id"] == track["clips"][0]["id"]
    assert (f"room:{session_id}", "track.changed") in announced_events()


def test_a_stale_change_answers_with_the_track_as_it_is(
    mara: Person, session_id: str, add_take: AddTake
) -> None:
    track = add_take(mara, session_id)
    path = f"/api/sessions/{session_id}/tracks/{track['id']}"
    mara.patch(path, {"version": 1, "pan": -1})
    stale = mara.patch(path, {"version": 1, "pan": 1})
    assert stale.status_code == 409
    assert stale.json()["current"]["pan"] == -1
    assert stale.json()["current"]["version"] == 2


def test_clips_are_replaced_as_a_whole(mara: Person, session_id: str, add_take: AddTake) -> None:
    track = add_take(mara, session_id)
    path = f"/api/sessions/{session_id}/tracks/{track['id']}"
    kept = track["clips"][0]["id"]
    clips = [{"id": kept, "trimEndSamples": 24_000}, {"offsetSamples": 60_000, "trimStartSamples": 24_000}]
    changed = mara.patch(path, {"version": 1, "clips": clips}).json()["track"]
    assert [clip["offsetSamples"] for clip in changed["clips"]] == [0, 60_000]
    assert changed["clips"][0]["id"] == kept
    assert mara.get(f"/api/sessions/{session_id}/manifest").json()["lengthSamples"] == 84_000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"gainDb": 12.1}, "gainDb"),
        ({"gainDb": -60.1}, "gainDb"),
        ({"pan": 1.01}, "pan"),
        ({"color": "javascript:alert(1)"}, "color"),
        ({"name": ""}, "name"),
        ({"offsetSamples": -1}, "offsetSamples"),
        ({"offsetSamples": 1.5}, "offsetSamples"),
        ({"trimStartSamples": 30_000, "trimEndSamples": 30_000}, "trimEndSamples"),
        ({"fadeInSamples": 30_000, "fadeOutSamples": 30_000}, "fadeOutSamples"),
        ({"fadeCurve": "exponential"}, "fadeCurve"),
        ({"gain": 1}, "gain"),
    ],
)
def test_values_out_of_bounds_are_refused_by_name(
    mara: Person, session_id: str, add_take: AddTake, body: dict[str, Any], field: str
) -> None:
    track = add_take(mara, session_id)
    answer = mara.patch(f"/api/sessions/{session_id}/tracks/{track['id']}", {"version": 1, **body})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    unchanged = mara.get(f"/api/sessions/{session_id}/tracks/{track['id']}").json()["track"]
    assert unchanged["version"] == 1


def test_not_a_number_is_no_level(mara: Person, session_id: str, add_take: AddTake) -> None:
    track = add_take(mara, session_id)
    for literal in ("NaN", "Infinity", "1e999"):
        answer = mara.client.patch(
            f"/api/sessions/{session_id}/tracks/{track['id']}",
            content=f'{{"version":1,"gainDb":{literal}}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (400, 422), literal


def test_someone_elses_upload_cannot_be_put_on_a_track(mara: Person, teo: Person, session_id: str) -> None:
    theirs = upload(teo, None, sine_wav()).json()["upload"]
    answer = mara.post(f"/api/sessions/{session_id}/tracks", {"uploadId": theirs["id"]})
    assert answer.status_code == 404


def test_a_session_takes_thirty_two_tracks(mara: Person, session_id: str) -> None:
    sent = upload(mara, session_id, sine_wav(seconds=0.1)).json()["upload"]
    for _ in range(32):
        assert mara.post(f"/api/sessions/{session_id}/tracks", {"uploadId": sent["id"]}).status_code == 201
    refused = mara.post(f"/api/sessions/{session_id}/tracks", {"uploadId": sent["id"]})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/too-many-tracks"


def test_a_removed_track_leaves_the_mix(mara: Person, session_id: str, add_take: AddTake) -> None:
    track = add_take(mara, session_id)
    path = f"/api/sessions/{session_id}/tracks/{track['id']}"
    assert mara.delete(path).status_code == 200
    assert mara.get(path).status_code == 404
    assert (f"room:{session_id}", "track.removed") in announced_events()
    assert mara.get(f"/api/sessions/{session_id}/manifest").json()["lengthSamples"] == 0


def test_a_viewer_listens_and_changes_nothing(
    mara: Person, teo: Person, session_id: str, add_take: AddTake
) -> None:
    track = add_take(mara, session_id)
    invite(mara, teo, session_id, role="viewer")
    path = f"/api/sessions/{session_id}/tracks"
    assert len(teo.get(path).json()["tracks"]) == 1
    assert teo.patch(f"{path}/{track['id']}", {"version": 1, "pan": 1}).status_code == 403
    assert teo.delete(f"{path}/{track['id']}").status_code == 403
    assert teo.post(path, {"uploadId": track["uploadId"]}).status_code == 403
    assert upload(teo, session_id, sine_wav()).status_code == 403


def test_a_copy_has_the_same_mix_and_its_own_tracks(mara: Person, session_id: str, add_take: AddTake) -> None:
    add_take(mara, session_id, gainDb=-4, offsetSamples=100)
    before = mara.get(f"/api/sessions/{session_id}/manifest").json()
    copy = mara.post(f"/api/sessions/{session_id}/duplicate").json()["session"]
    after = mara.get(f"/api/sessions/{copy['id']}/manifest").json()
    assert before["tracks"][0].pop("id") != after["tracks"][0].pop("id")
    assert before == after
