"""Refusals of cycles, statements, payouts, exchange rates, disputes and claims."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, OmnisonicError, ServiceUnavailable, TooLarge


class ClosingGoesOn(Conflict):
    """Closing takes longer than its caller can wait; it goes on without them."""

    slug, title = "closing-goes-on", "The cycle is still being closed"
    advice = (
        "It goes on by itself. Follow `cycleCheckpointClosed`, or ask for the newest checkpoint in a while; "
        "if there is none, close the cycle again: it goes on where it stopped, or says why it cannot."
    )


class CycleClosing(Conflict):
    """Somebody else is closing a cycle at this moment; only one is closed at a time."""

    slug, title = "cycle-closing", "A cycle is being closed"
    advice = "Wait until it is closed: its page shows when. Nothing was changed by this request."


class CycleClosed(Conflict):
    """The cycle was closed before; its checkpoint stands."""

    slug, title = "cycle-closed", "This cycle is closed"
    advice = "What comes later belongs to the next open cycle. Look at the checkpoint of this one."


class CycleNotEnded(Conflict):
    """The period of the cycle is not over, so usage may still come for it."""

    slug, title = "cycle-not-ended", "The period of this cycle has not ended"
    advice = "Wait for its last day, or close it early on purpose: send `early: true`."


class CycleOverlap(Conflict):
    """Another cycle for the same currencies holds some of these days."""

    slug, title = "cycle-overlap", "Another cycle holds some of these days"
    advice = "Choose other days, or name the currencies of this cycle so that each event has one place."


class StatementMismatch(OmnisonicError):
    """Statements, their lines and the ledger do not add up to the same amounts: nothing was signed."""

    slug, title = "statement-mismatch", "Statements and ledger differ"
    advice = "Nothing was closed or signed. Run `omnisonic ledger audit` and look at the entries it names."


class LogNotComplete(Conflict):
    """Entries of the cycle have no place in the log yet."""

    slug, title = "log-not-complete", "Some entries are not in the log yet"
    advice = "Close the cycle again in a moment; it goes on where it stopped."


class AuditPending(ServiceUnavailable):
    """The log is too large to be hashed while somebody waits, and no audit covers this checkpoint yet."""

    slug, title = "audit-pending", "An audit of the ledger has been asked for"
    advice = "The log is hashed anew in the background. Ask again in a few minutes."


class PayoutState(Conflict):
    """The payout is not in a state for this."""

    slug, title = "payout-state", "The payout is not in that state"
    advice = "Only a proposed payout can be paid or canceled. Reload the list."


class PayoutTooSmall(Conflict):
    """The balance is below the smallest payout, or below one minor unit."""

    slug, title = "payout-too-small", "There is too little to pay out"
    advice = "The balance stays and is carried forward until it reaches the minimum."


class NoExchangeRate(Conflict):
    """No rate for this pair of currencies is known on or before the day."""

    slug, title = "no-exchange-rate", "There is no exchange rate for this"
    advice = "Add a rate for these two currencies with its day and source, then try again."


class CaseDecided(Conflict):
    """The dispute or claim was answered or withdrawn before."""

    slug, title = "case-decided", "This was decided already"
    advice = "Reload it to see the answer. A new one can be opened for what is still wrong."


class CaseOpenAlready(Conflict):
    """The same line is disputed, or the same share claimed, and not answered yet."""

    slug, title = "case-open", "This is being looked at already"
    advice = "Wait for the answer, or withdraw the first one and write a new one."


class CorrectionTooLarge(TooLarge):
    """More events stand behind a line than are corrected while somebody waits."""

    slug, title = "correction-too-large", "Too many events stand behind this line"
    advice = "Correct the catalog or reverse the usage statement, then accept it without a correction."


class NothingUnclaimed(Conflict):
    """The work has no such part that belongs to nobody."""

    slug, title = "nothing-unclaimed", "This part of the work is not free"
    advice = "Claim at most what nobody has on that day. If others have too much, ask a curator to look."


class WhatIfTooLarge(TooLarge):
    """More events than a what-if recomputes while somebody waits."""

    slug, title = "what-if-too-large", "There are too many events for this question"
    advice = "Ask about one work, or about a cycle with fewer events."


class RatesFileRefused(Conflict):
    """A file of exchange rates that could not be taken as a whole."""

    slug, title, status = "rates-file", "These exchange rates could not be read", 422
    advice = "Send CSV with the columns base, quote, day, rate, source. Nothing of the file was saved."
