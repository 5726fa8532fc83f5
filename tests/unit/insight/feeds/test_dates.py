"""What the dates of feeds mean."""

from __future__ import annotations

from datetime import UTC, datetime

import feedparser
import pytest

from omnisonic.insight.feeds.dates import date_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "utc", "quality"),
    [
        ("Fri, 01 May 2026 10:00:00 GMT", "2026-05-01T10:00:00", "stated"),
        ("Fri, 1 May 26 10:00 EST", "2026-05-01T15:00:00", "stated"),
        ("Fri, 01 May 2026 10:00:00 CEST", "2026-05-01T08:00:00", "stated"),
        ("Fri May  1 10:00:00 BST 2026", "2026-05-01T09:00:00", "stated"),
        ("Fri May  1 10:00:00 2026", "2026-05-01T10:00:00", "no_zone"),
        ("2026-05-01T10:00:00+05:30", "2026-05-01T04:30:00", "stated"),
        ("2026-05-01T10:00:00.123456789Z", "2026-05-01T10:00:00", "stated"),
        ("20260501T100000Z", "2026-05-01T10:00:00", "stated"),
        ("2026-05-01 10:00:00", "2026-05-01T10:00:00", "no_zone"),
        ("2026-05-01", "2026-05-01T00:00:00", "no_zone"),
        ("2026", "2026-01-01T00:00:00", "no_zone"),
        ("Fr, 01 Mai 2026 10:00:00 +0200", None, "missing"),
        ("Do, 01 Jan 2026 10:00:00 +0100", "2026-01-01T09:00:00", "stated"),
        ("Friday, May 1, 2026", "2026-05-01T00:00:00", "no_zone"),
        ("1777629600", "2026-05-01T10:00:00", "stated"),
        ("Tue, 02 Jun 2026 12:00:00 GMT", None, "clamped"),
        ("1970-01-01T00:00:00Z", None, "clamped"),
        ("9999-12-31T23:59:59Z", None, "clamped"),
        ("next Tuesday", None, "missing"),
        ("0000-00-00 00:00:00", None, "missing"),
    ],
)
def test_a_date_says_when_and_how_sure(raw: str, utc: str | None, quality: str) -> None:
    found = date_of(raw, feedparser.datetimes._parse_date(raw), now=NOW)
    when = found.at.replace(microsecond=0, tzinfo=None).isoformat() if found.at else None
    assert (when, str(found.quality)) == (utc, quality)
