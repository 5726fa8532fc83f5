"""Refusals of the verifiable log: what is not provable yet, and what would fork it."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields, NotFound, ServiceUnavailable


class LogBehind(Conflict):
    """The database holds fewer leaves than were published or signed: an older one was restored."""

    slug, title = "log-behind", "The log of this database is older than what was published"
    advice = "An older database was restored. Run `omnisonic ledger replay`, then go on; nothing was signed."


class LogForked(Conflict):
    """The tree that should be signed is no continuation of the one signed last."""

    slug, title = "log-forked", "This tree does not continue the signed one"
    advice = "Nothing was signed. Run `omnisonic ledger audit` to find the rows that were changed."


class LogDamaged(Conflict):
    """Bytes of a leaf or a tile do not hash to what the log says."""

    slug, title = "log-damaged", "A part of the log does not match its hash"
    advice = "Nothing was published from it. Run `omnisonic ledger audit` to find the rows that were changed."


class NotSequenced(Conflict):
    """The row is committed and has no place in the log yet."""

    slug, title = "not-sequenced", "This has no place in the log yet"
    advice = "It gets one within seconds, as soon as the relay runs. Try again in a moment."


class NotCovered(NotFound):
    """The leaf is written, and comes after the newest (or the asked) checkpoint."""

    slug, title = "not-covered", "No checkpoint covers this yet"
    advice = "The next closing of a cycle signs a checkpoint that covers it. Ask for the proof after that."


class PastTheEnd(InvalidFields):
    """An index or size beyond the tree that was asked about."""

    slug, title = "past-the-end", "The log is not that long"
    advice = "Ask for an index below the tree size of the checkpoint."


class LedgerKeyUnusable(ServiceUnavailable):
    """A key of the log or the cosigner is missing, malformed or of another log."""

    slug, title = "ledger-key-unusable", "A signing key of the ledger cannot be used"
    advice = "Nothing was signed. `omnisonic ledger keygen` makes keys; the runbook says where they go."


class CosignerUnreachable(ServiceUnavailable):
    """The cosigner did not answer."""

    slug, title = "cosigner-unreachable", "The cosigner does not answer"
    advice = "Start the process `cosigner`, then close again: closing goes on where it stopped."


class CosignerRefused(Conflict):
    """The cosigner will not sign this checkpoint."""

    slug, title = "cosigner-refused", "The cosigner refused this checkpoint"
    advice = "Nothing was published. Its answer says why; the runbook lists the cases."


class ClosingElsewhere(Conflict):
    """Somebody else signs a checkpoint at this moment."""

    slug, title = "closing-elsewhere", "A checkpoint is being signed right now"
    advice = "Wait for it to be done, reload the cycle, and close it then if it is still open."
