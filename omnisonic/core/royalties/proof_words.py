"""What a proof of the log means, in plain words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from omnisonic.core.ledger.proofs import InclusionProof
from omnisonic.core.royalties.entries import EntryRow
from omnisonic.core.royalties.money_words import exact_amount
from omnisonic.core.royalties.statement_words import InvoiceLine


@dataclass
class ProofWords:
    """One proof as its dialog shows it."""

    title: str = ""
    what: str = ""
    about: str = ""
    place: str = ""
    checkpoint: str = ""
    steps: str = ""
    leaf_hash: str = ""
    root: str = ""
    href: str = ""


def entry_words(entry: EntryRow, proof: InclusionProof) -> ProofWords:
    """The proof of an entry of the ledger."""
    side = "Debit" if entry.amount_nano > 0 else "Credit"
    words = exact_amount(abs(entry.amount_nano), entry.currency)
    return proof_words(f"{side} of {words}", "this entry", proof)


def proof_words(title: str, what: str, proof: InclusionProof) -> ProofWords:
    """A proof of what `what` names, such as "this line"."""
    return ProofWords(
        title=title,
        what=what,
        place=f"{proof.leaf_index + 1:,} of {proof.tree_size:,}",
        checkpoint=str(proof.checkpoint_number),
        steps=str(len(proof.path)),
        leaf_hash=proof.leaf_hash.hex(),
        root=proof.root.hex(),
        href=f"/log/proof/{proof.leaf_hash.hex()}.tlog-proof",
    )


def line_words(line: InvoiceLine, proof: InclusionProof) -> ProofWords:
    """The proof of a line of a statement."""
    words = proof_words(f"{line.title}: {line.exact}", "this line", proof)
    place = f"{line.use}, {line.source}, {line.where}, {line.month}"
    return replace(words, about=f"{place}: {line.quantity} uses in {line.bookings}.")
