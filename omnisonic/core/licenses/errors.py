"""Refusals that only licenses know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields


class UnknownTerritory(InvalidFields):
    """A part of a territory expression names no country or group; the message names near spellings."""

    slug, title = "unknown-territory", "This territory is not known"
    advice = "Write countries by name or ISO 3166 code and groups by name: `EUROPE - CH`, `US, CA`, `WORLD`."


class LicenseConflict(Conflict):
    """An active license already grants what this one would; `current` names the ones in the way."""

    slug, title = "license-conflict", "An active license already covers this"
    advice = "Shorten the window, take out the shared territory, or revoke the license that `current` names."


class LicenseEnded(Conflict):
    """The license is over: it was revoked or its window has passed."""

    slug, title = "license-ended", "This license has ended"
    advice = "Make a new license; what has ended stays as it was."
