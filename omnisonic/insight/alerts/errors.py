"""Refusals that only alerts know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields


class InvalidTemplate(InvalidFields):
    """A template that does not parse, names what does not exist, or does more than insert values."""

    slug, title = "invalid-template", "This template cannot be used"
    advice = (
        "Insert values such as {{ entity.name }}; the API description lists the names. Loops are not taken."
    )


class TooManyOfThem(Conflict):
    """The account has as many rules or channels as it may have."""

    slug, title = "too-many-of-them", "You have as many as an account may have"
    advice = "Remove one that you do not need any more."


class ChannelUnusable(Conflict):
    """The channel cannot take a message now: not confirmed, or turned off."""

    slug, title = "channel-unusable", "This channel takes no messages now"
    advice = "Confirm its address with the link that was mailed, or turn it on again."


class NotRepeatable(Conflict):
    """The message is still on its way, or nothing of it was ever to be sent."""

    slug, title = "not-repeatable", "This message cannot be sent again"
    advice = "Wait until it has arrived or failed; what was suppressed is not sent later."
