"""Roles and rights in the words of the pages."""

from __future__ import annotations

from omnisonic.core.catalog.models import ContributionRole, RightsType

ROLE_WORDS = {
    ContributionRole.COMPOSER: "Composer",
    ContributionRole.LYRICIST: "Lyricist",
    ContributionRole.COMPOSER_LYRICIST: "Composer and lyricist",
    ContributionRole.ARRANGER: "Arranger",
    ContributionRole.ADAPTER: "Adapter",
    ContributionRole.TRANSLATOR: "Translator",
    ContributionRole.PUBLISHER: "Publisher",
    ContributionRole.SUB_PUBLISHER: "Sub-publisher",
    ContributionRole.ADMINISTRATOR: "Administrator",
    ContributionRole.PERFORMER: "Performer",
    ContributionRole.PRODUCER: "Producer",
    ContributionRole.MIXER: "Mixer",
    ContributionRole.LABEL: "Label",
}
RIGHT_WORDS = {
    RightsType.MECHANICAL: "Mechanical",
    RightsType.PERFORMANCE: "Performance",
    RightsType.SYNCHRONIZATION: "Synchronization",
    RightsType.MASTER: "Master",
}
EVERY_RIGHT = "Every right"
OTHER_RIGHTS = "All other rights"


def role_words(role: str) -> str:
    """A role as people say it; unknown ones as they are."""
    return ROLE_WORDS[ContributionRole(role)] if role in set(ContributionRole) else role


def right_words(right: str | None) -> str:
    """A right as people say it; none is every right."""
    return RIGHT_WORDS[RightsType(right)] if right else EVERY_RIGHT


def percent_words(share_ppm: int) -> str:
    """A share as a percentage with up to four digits behind the point: `33.3333 %`."""
    whole, rest = divmod(share_ppm, 10_000)
    digits = f"{rest:04}".rstrip("0")
    return f"{whole}.{digits} %" if digits else f"{whole} %"
