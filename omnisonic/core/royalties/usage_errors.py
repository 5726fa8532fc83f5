"""What can be wrong with reported usage, its files and the matching queue."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, IdempotencyConflict, InvalidFields, OmnisonicError, TooLarge


class UsageInvalid(InvalidFields):
    """One or more events of a batch are refused, so none of it was booked."""

    slug, title = "usage-invalid", "Some of this usage cannot be booked"
    advice = (
        "Nothing was booked. Each entry of `errors` names an event and a field; correct it and send it again."
    )


class UsageKeyConflict(IdempotencyConflict):
    """An event with this source and key was booked with another content."""

    slug, title = "usage-key-conflict", "This key was used for other usage"
    advice = "Nothing was booked. What is booked never changes: reverse it and report it under a new key."


class UsageBatchTooLarge(TooLarge):
    """More events in one call than are taken."""

    slug, title = "usage-batch-too-large", "These are too many events at once"
    advice = "Send at most 1,000 events in a call, or a CSV file to /api/usage."


class UsageFileTooLarge(TooLarge):
    """A usage statement beyond the limit."""

    slug, title = "usage-file-too-large", "This usage statement is too large"
    advice = "Split it into several files; each is a statement of its own."


class UsageColumnsMissing(InvalidFields):
    """Columns that every usage statement needs were not recognized."""

    slug, title = "usage-columns", "Some columns of this usage statement could not be recognized"
    advice = "Name the columns isrc, quantity, amount, currency and period (or start and end)."


class UsageStatementState(Conflict):
    """The statement is not in a state for this."""

    slug, title = "usage-statement-state", "The statement is not in that state"
    advice = "Look at its status: only a completed statement can be reversed, and only once."


class MatchState(Conflict):
    """The reported recording is not in a state for this."""

    slug, title = "match-state", "This was decided already"
    advice = "Reload the queue. A wrong match is taken back first, then another recording can be confirmed."


class UsageInterrupted(OmnisonicError):
    """Stored on a statement that a fault of ours ended."""

    slug, title, status = "usage-interrupted", "Booking this statement was interrupted", 500
    advice = "What was booked stays. Send the same file again: it goes on where it stopped."


class UsageStatementDisowned(Conflict):
    """Another attempt has the statement: what this one did not commit yet is dropped."""

    slug, title = "usage-disowned", "Another worker has this statement"
