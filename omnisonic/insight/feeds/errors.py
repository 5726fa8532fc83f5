"""Refusals that only feeds know. The ones of fetching are of the platform's HTTP client."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields, OmnisonicError


class NotAFeed(OmnisonicError):
    """What was found at the address is no feed."""

    slug, title, status = "not-a-feed", "There is no feed at this address", 422
    advice = "Paste the address of the site itself: its feeds are then looked for."


class FeedUnsafe(OmnisonicError):
    """The document holds declarations that make readers swell up or read other files."""

    slug, title, status = "feed-unsafe", "This document was not opened", 422
    advice = "It declares entities that an honest feed has no use for. Nothing of it was read."


class FeedUnreadable(OmnisonicError):
    """The document is so damaged that its reader gave up."""

    slug, title, status = "feed-unreadable", "This feed cannot be read", 422
    advice = "Its publisher has to mend it. It is tried again, less and less often."


class FeedGone(OmnisonicError):
    """The publisher says that the feed has ended (HTTP 410)."""

    slug, title, status = "feed-gone", "This feed has ended", 410
    advice = "Its publisher took it down for good. Look for a new one on the site, or remove it."


class FeedAnswered(OmnisonicError):
    """The server answered with a status that brings no feed."""

    slug, title, status = "feed-answered", "The feed's server refused", 502
    advice = "It is tried again, less and less often. Check the address if this stays."


class FeedThrottled(OmnisonicError):
    """The server asked to be left alone for a while."""

    slug, title, status = "feed-throttled", "The feed's server asks for patience", 503
    advice = "All feeds of that domain wait until the time it named."


class FeedStopped(OmnisonicError):
    """A check ended without a result: its worker was killed, or the document took too long to read."""

    slug, title, status = "feed-stopped", "The last check did not come to an end", 500
    advice = "It is tried again, less and less often."


class FeedTaken(Conflict):
    """Another feed has this address; `current` is that feed."""

    slug, title = "feed-taken", "This feed is followed already"
    advice = "`current` is the feed that has this address."


class OpmlUnreadable(InvalidFields):
    """The file is no OPML, or too large."""

    slug, title = "opml-unreadable", "This is no list of feeds"
    advice = "Export the subscriptions of your feed reader as OPML and send that file."
