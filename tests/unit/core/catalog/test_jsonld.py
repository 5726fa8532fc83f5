"""JSON-LD of works and recordings."""

from __future__ import annotations

import json
from datetime import date

from omnisonic.core.catalog.jsonld import as_script_text, describe_recording, describe_work, iso_duration
from omnisonic.core.catalog.models import (
    Contribution,
    ContributionRole,
    Contributor,
    Recording,
    RecordingCredit,
    Work,
)

BASE = "https://music.example/"
BENNY = Contributor(name="Benny", name_key="benny", isni="000000012146438X")
WORK = Work(title="Dancing Queen", iswc="T0000000010", genres=["Pop"])
RECORDING = Recording(
    title="Dancing Queen",
    isrc="GBAYC1700598",
    primary_artist="ABBA",
    duration_ms=230_500,
    released_on=date(1976, 8, 15),
)


def test_a_work_names_its_writers_by_what_they_did() -> None:
    shares = [
        Contribution(work_id=WORK.id, contributor_id=BENNY.id, role=role, share_ppm=500_000)
        for role in (ContributionRole.COMPOSER_LYRICIST, ContributionRole.PRODUCER)
    ]
    described = describe_work(
        WORK, base_url=BASE, shares=shares, contributors={BENNY.id: BENNY}, recordings=[RECORDING]
    )
    assert described["@type"] == "MusicComposition"
    assert described["@id"] == f"https://music.example/catalog/works/{WORK.id}"
    assert described["iswcCode"] == "T-000.000.001-0"
    for role in ("composer", "lyricist", "contributor"):
        assert [one["sameAs"] for one in described[role]] == ["https://isni.org/isni/000000012146438X"]
    assert described["recordedAs"][0]["name"] == "Dancing Queen"
    assert "description" not in described


def test_a_recording_has_its_artists_length_and_work() -> None:
    credit = RecordingCredit(
        recording_id=RECORDING.id, position=0, contributor_id=BENNY.id, credited_as="B. Andersson"
    )
    described = describe_recording(
        RECORDING, base_url=BASE, credited=[credit], contributors={BENNY.id: BENNY}, work=WORK
    )
    assert described["byArtist"][0]["name"] == "B. Andersson"
    assert (described["duration"], described["isrcCode"]) == ("PT3M50.5S", "GB-AYC-17-00598")
    assert described["recordingOf"]["name"] == "Dancing Queen"
    assert describe_recording(RECORDING, base_url=BASE)["byArtist"]["name"] == "ABBA"


def test_a_duration_is_iso_8601() -> None:
    assert [iso_duration(one) for one in (None, 1500, 60_000, 3_600_000)] == [
        None,
        "PT1.5S",
        "PT1M0S",
        "PT60M0S",
    ]


def test_no_title_ends_the_script() -> None:
    written = as_script_text(describe_work(Work(title="</script><b>&\u2028"), base_url=BASE))
    assert "<" not in written
    assert json.loads(written)["name"] == "</script><b>&\u2028"
