"""The mix manifest: its JSON, its hash, its length and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.studio.audio.canonical_json import canonical_bytes
from omnisonic.studio.audio.manifest import (
    ManifestClip,
    ManifestError,
    MixManifest,
    TrackMix,
    build_manifest,
    check_durations,
    heard_tracks,
    parse_manifest,
)

SHA = "a" * 64


def track(track_id: str = "t1", **values: Any) -> TrackMix:
    return TrackMix(
        **{"id": track_id, "channels": 2, "audio_sha256": SHA, "duration_samples": 1000, **values}
    )


def test_json_has_exactly_the_public_names() -> None:
    manifest = build_manifest([track(gain_db=-3.0, pan=0.25)], master_gain_db=1.5)
    assert manifest.to_json() == {
        "version": 1,
        "panLaw": "webaudio-1",
        "sampleRate": 48000,
        "lengthSamples": 1000,
        "masterGainDb": 1.5,
        "tracks": [
            {
                "id": "t1",
                "channels": 2,
                "audioSha256": SHA,
                "gainDb": -3.0,
                "pan": 0.25,
                "muted": False,
                "soloed": False,
                "clips": [
                    {
                        "offsetSamples": 0,
                        "trimStartSamples": 0,
                        "trimEndSamples": 0,
                        "fadeInSamples": 0,
                        "fadeOutSamples": 0,
                        "fadeCurve": "linear",
                    }
                ],
            }
        ],
    }


def test_reading_back_keeps_the_hash() -> None:
    manifest = build_manifest([track(gain_db=-0.0)])
    assert parse_manifest(json.loads(json.dumps(manifest.to_json()))).sha256() == manifest.sha256()
    assert manifest.sha256() == build_manifest([track(gain_db=0)]).sha256()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-3.0, "-3"),
        (0.25, "0.25"),
        (-0.0, "0"),
        (1e-7, "1e-7"),
        (0.00001, "0.00001"),
        (1e21, "1e+21"),
        (333333333.33333329, "333333333.3333333"),
        (4.5e-320, "4.5e-320"),
    ],
)
def test_numbers_are_spelled_as_in_ecmascript(value: float, text: str) -> None:
    assert canonical_bytes(value) == text.encode()


def test_keys_are_sorted_and_text_is_not_escaped() -> None:
    assert canonical_bytes({"b": [True, None], "a": "é"}) == '{"a":"é","b":[true,null]}'.encode()


def test_length_counts_muted_tracks() -> None:
    muted = track("long", duration_samples=5000, muted=True, clips=[ManifestClip(offset_samples=7)])
    assert build_manifest([track(), muted]).length_samples == 5007


def test_length_of_nothing_is_zero() -> None:
    assert build_manifest([]).length_samples == 0


def test_trims_and_several_clips_decide_the_length() -> None:
    clips = [
        ManifestClip(offset_samples=10, trim_start_samples=100, trim_end_samples=200),
        ManifestClip(offset_samples=3000, trim_end_samples=999),
    ]
    assert build_manifest([track(clips=clips)]).length_samples == 3001


@pytest.mark.parametrize(
    ("states", "heard"),
    [
        ([(False, False), (False, False)], ["0", "1"]),
        ([(True, False), (False, False)], ["1"]),
        ([(False, True), (False, False)], ["0"]),
        ([(True, True), (False, False)], []),
        ([(True, True), (False, True)], ["1"]),
    ],
)
def test_solo_and_mute(states: list[tuple[bool, bool]], heard: list[str]) -> None:
    tracks = [track(str(n), muted=muted, soloed=soloed) for n, (muted, soloed) in enumerate(states)]
    assert [found.id for found in heard_tracks(build_manifest(tracks))] == heard


def test_fades_longer_than_the_clip_become_as_long_as_it() -> None:
    clip = ManifestClip(trim_start_samples=600, fade_in_samples=5000, fade_out_samples=399)
    [built] = build_manifest([track(clips=[clip])]).tracks[0].clips
    assert (built.fade_in_samples, built.fade_out_samples) == (400, 399)


@pytest.mark.parametrize(
    "values",
    [
        {"gain_db": 12.1},
        {"gain_db": float("nan")},
        {"pan": -1.01},
        {"channels": 3},
        {"audio_sha256": "x"},
        {"clips": []},
        {"clips": [ManifestClip(trim_start_samples=600, trim_end_samples=400)]},
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ManifestError):
        build_manifest([track(**values)])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("lengthSamples",), 1.5),
        (("lengthSamples",), "1000"),
        (("panLaw",), "webaudio-2"),
        (("tracks", 0, "clips", 0, "offsetSamples"), -1),
        (("tracks", 0, "clips", 0, "offsetSamples"), 0.5),
        (("tracks", 0, "surprise"), 1),
    ],
)
def test_documents_that_are_not_version_1_are_refused(path: tuple[Any, ...], value: Any) -> None:
    document: Any = build_manifest([track()]).to_json()
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(ManifestError):
        parse_manifest(document)


def test_two_tracks_with_one_id_are_refused() -> None:
    with pytest.raises(ManifestError, match="same id"):
        build_manifest([track(), track()])


def test_audio_of_another_length_is_refused() -> None:
    manifest = build_manifest([track()])
    check_durations(manifest, {"t1": 1000})
    for durations in ({"t1": 999}, {"t1": 1001}, {}):
        with pytest.raises(ManifestError):
            check_durations(manifest, durations)


@given(st.floats(-60, 12), st.floats(-1, 1))
def test_any_level_survives_the_canonical_form(gain_db: float, pan: float) -> None:
    manifest = build_manifest([track(gain_db=gain_db, pan=pan)])
    assert MixManifest.model_validate(json.loads(manifest.canonical_bytes())) == manifest
