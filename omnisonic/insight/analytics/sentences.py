"""What charts say in one sentence, for those who do not see them, and what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries, SourceTable
from omnisonic.insight.store.buckets import BucketSize
from omnisonic.insight.store.filters import MentionFilter

NOTHING = "Nothing in this range. Choose a longer one, or fewer filters."


def describe_filter(chosen: MentionFilter, *, names: Sequence[str] = ()) -> list[str]:
    """The range and each filter that is set, a line each."""
    lines = [f"From {chosen.since:%Y-%m-%d %H:%M} to before {chosen.until:%Y-%m-%d %H:%M} UTC"]
    set_filters = (
        ("Entity", ", ".join(names)),
        ("Entity type", chosen.entity_type if chosen.entity_type and not names else ""),
        ("Genre", None if chosen.genre is None else chosen.genre or "unknown"),
        ("Source", chosen.source),
        ("Confidence", f"at least {chosen.min_confidence:g}" if chosen.min_confidence else ""),
    )
    return lines + [f"{label}: {value}" for label, value in set_filters if value]


def describe_series(found: MentionSeries) -> str:
    """How many there were, when most, and who had the most."""
    whole = sum(found.all)
    if not whole:
        return NOTHING
    peak = max(range(len(found.all)), key=lambda place: found.all[place])
    when = found.starts[peak]
    moments = {
        BucketSize.HOUR: f"at {when:%H:%M} on {when:%-d %B %Y}",
        BucketSize.DAY: f"on {when:%-d %B %Y}",
        BucketSize.WEEK: f"in the week of {when:%-d %B %Y}",
    }
    leader = ""
    if len(found.series) > 1:
        first = found.series[0]
        leader = f" Most are about {first.name} ({first.total:,})."
    return (
        f"{whole:,} {found.count.value} in {len(found.starts)} {found.bucket.value}s, "
        f"most {moments[found.bucket]} ({found.all[peak]:,}).{leader}"
    )


def describe_genres(found: GenreShares) -> str:
    """The genre with the most and its share."""
    if not found.genres:
        return NOTHING
    first = found.genres[0]
    name = first.genre or "unknown genre"
    return f"{len(found.genres)} genres; the largest is {name} with {first.share:.0%} of {found.count.value}."


def describe_sources(found: SourceTable) -> str:
    """The outlet with the most and its share."""
    if not found.sources:
        return NOTHING
    first = found.sources[0]
    whole = found.totals.sources
    return f"{whole} sources; {first.source} leads, with {first.share:.0%} of {found.count.value}."
