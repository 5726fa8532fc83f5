"""Works and recordings as schema.org JSON-LD, for search engines and other catalogs. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from omnisonic.core.catalog.models import (
    Contribution,
    ContributionRole,
    Contributor,
    Recording,
    RecordingCredit,
    Work,
)
from omnisonic.core.identifiers import format_isni, format_isrc, format_iswc

CONTEXT = "https://schema.org"
_PROPERTIES = {
    ContributionRole.COMPOSER: ("composer",),
    ContributionRole.LYRICIST: ("lyricist",),
    ContributionRole.COMPOSER_LYRICIST: ("composer", "lyricist"),
    ContributionRole.PUBLISHER: ("publisher",),
    ContributionRole.SUB_PUBLISHER: ("publisher",),
    ContributionRole.TRANSLATOR: ("translator",),
}
# These close the script element or a string of its text early (HTML, JSON-LD 1.1 §7.2).
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def describe_work(
    work: Work,
    *,
    base_url: str,
    shares: Sequence[Contribution] = (),
    contributors: Mapping[UUID, Contributor] | None = None,
    recordings: Sequence[Recording] = (),
) -> dict[str, Any]:
    """A schema.org `MusicComposition`; `base_url` is the site's public address."""
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "MusicComposition",
        "@id": _work_url(base_url, work.id),
        "url": _work_url(base_url, work.id),
        "name": work.title,
        "description": work.description,
        "iswcCode": format_iswc(work.iswc) if work.iswc else None,
        "genre": work.genres,
        "recordedAs": [
            {"@type": "MusicRecording", "@id": _recording_url(base_url, one.id), "name": one.title}
            for one in recordings
        ],
        "dateModified": work.updated_at.isoformat(),
    }
    for name, people in _people_by_property(shares, contributors or {}).items():
        described[name] = [_person(one) for one in people]
    return _without_blanks(described)


def describe_recording(
    recording: Recording,
    *,
    base_url: str,
    credited: Sequence[RecordingCredit] = (),
    contributors: Mapping[UUID, Contributor] | None = None,
    work: Work | None = None,
) -> dict[str, Any]:
    """A schema.org `MusicRecording`; `base_url` is the site's public address."""
    known = contributors or {}
    artists = [
        {**_person(known[one.contributor_id], "MusicGroup"), "name": one.credited_as}
        for one in credited
        if one.contributor_id in known
    ]
    return _without_blanks(
        {
            "@context": CONTEXT,
            "@type": "MusicRecording",
            "@id": _recording_url(base_url, recording.id),
            "url": _recording_url(base_url, recording.id),
            "name": recording.title,
            "isrcCode": format_isrc(recording.isrc) if recording.isrc else None,
            "duration": iso_duration(recording.duration_ms),
            "datePublished": recording.released_on.isoformat() if recording.released_on else None,
            "genre": recording.genres,
            "byArtist": artists or {"@type": "MusicGroup", "name": recording.primary_artist},
            "recordingOf": {
                "@type": "MusicComposition",
                "@id": _work_url(base_url, work.id),
                "name": work.title,
            }
            if work
            else None,
            "dateModified": recording.updated_at.isoformat(),
        }
    )


def as_script_text(described: Mapping[str, Any]) -> str:
    """The JSON for `<script type="application/ld+json">`: nothing in it can end the element."""
    written = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    return "".join(_UNSAFE.get(mark, mark) for mark in written)


def iso_duration(duration_ms: int | None) -> str | None:
    """ISO 8601 duration such as `PT3M35S`; None for an unknown one."""
    if duration_ms is None:
        return None
    minutes, milliseconds = divmod(duration_ms, 60_000)
    return f"PT{minutes}M{milliseconds / 1000:g}S" if minutes else f"PT{milliseconds / 1000:g}S"


def _people_by_property(
    shares: Sequence[Contribution], contributors: Mapping[UUID, Contributor]
) -> dict[str, list[Contributor]]:
    found: dict[str, dict[UUID, Contributor]] = {}
    for share in shares:
        person = contributors.get(share.contributor_id)
        for name in _PROPERTIES.get(share.role, ("contributor",)):
            if person is not None:
                found.setdefault(name, {})[person.id] = person
    return {name: list(people.values()) for name, people in found.items()}


def _person(contributor: Contributor, kind: str = "Person") -> dict[str, Any]:
    isni = contributor.isni
    return _without_blanks(
        {
            "@type": kind,
            "name": contributor.name,
            "sameAs": f"https://isni.org/isni/{isni}" if isni else None,
            "identifier": {"@type": "PropertyValue", "propertyID": "ISNI", "value": format_isni(isni)}
            if isni
            else None,
        }
    )


def _work_url(base_url: str, work_id: UUID) -> str:
    return f"{base_url.rstrip('/')}/catalog/works/{work_id}"


def _recording_url(base_url: str, recording_id: UUID) -> str:
    return f"{base_url.rstrip('/')}/catalog/recordings/{recording_id}"


def _without_blanks(described: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if value not in (None, [], "")}
