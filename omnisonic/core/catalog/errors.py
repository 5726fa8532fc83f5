"""Refusals that only the catalog knows."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields


class InvalidIdentifier(InvalidFields):
    """A text is not an identifier of its scheme."""

    slug, title = "invalid-identifier", "This identifier cannot be right"
    advice = "Compare it with its source: one character is wrong, missing or too much."


class IdentifierTaken(Conflict):
    """The identifier is the preferred one of something else; `current` names it."""

    slug, title = "identifier-taken", "This identifier belongs to something else"
    advice = "Open the one that `current` names. If both are the same thing, merge them."


class ShareTotal(InvalidFields):
    """A share is not between nothing and everything."""

    slug, title = "share-total", "These shares cannot be"
    advice = (
        "A share is 0 to 1,000,000 ppm (0 to 100 %). A set above 100 % is stored and shown as a conflict."
    )


class ContributionEnded(Conflict):
    """The version of a share is not the one in force any more."""

    slug, title = "contribution-ended", "This version of the share has ended"
    advice = "Reload the work and change the share that is valid now."


class MergeRefused(Conflict):
    """Two entries cannot become one as they are; `current` names what clashes."""

    slug, title = "merge-refused", "These two cannot be merged as they are"
    advice = "Resolve what `current` names first, for example by revoking one of the two licenses."
