"""A new key for the log or for its cosigner. The old one stays valid for what it signed.

Where keys are settings, nothing is changed here: the new settings are given in the order in which they are
set. Where they are files (development), the files are replaced and the old key is kept beside the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnisonic.core.ledger.cosignature import CosignatureSigner, CosignatureVerifier
from omnisonic.core.ledger.head import ledger_folder, locked_folder, write_durable
from omnisonic.core.ledger.keys import (
    COSIGNER_KEY_FILE,
    COSIGNER_PIN_FILE,
    SIGNING_KEY_FILE,
    cosigner_folder,
    cosigner_signer,
    log_signer,
    log_verifiers,
    pin_log,
)
from omnisonic.core.ledger.signed_note import NoteSigner, NoteVerifier
from omnisonic.platform.settings import get_settings


class KeyRole(StrEnum):
    """Whose key."""

    LOG = "log"
    COSIGNER = "cosigner"


@dataclass(frozen=True)
class Rotation:
    """What was done, or is to be done, step by step."""

    vkey: str
    steps: tuple[str, ...]


def rotate_log_key() -> Rotation:
    """A new key that signs checkpoints from the next one on. Raises `LedgerKeyUnusable`."""
    old = log_signer()
    new = NoteSigner.generate(old.private.name)
    both = ",".join(dict.fromkeys([*_trusted(), old.verifier.vkey, new.verifier.vkey]))
    if get_settings().ledger_signing_key is not None:
        return Rotation(
            new.verifier.vkey,
            (
                f"The cosigner trusts both: COSIGNER_LOG_VKEYS={both}   (restart it)",
                f"Whoever closes cycles signs with the new one: LEDGER_SIGNING_KEY={new.skey}   (restart)",
                "Close the next cycle; `/log/vkeys` then names the new key.",
                f"The cosigner forgets the old one: COSIGNER_LOG_VKEYS={new.verifier.vkey}   (restart it)",
            ),
        )
    with locked_folder(cosigner_folder()):
        if not get_settings().cosigner_log_vkeys and _trusted():
            pin_log(*(NoteVerifier.parse(vkey) for vkey in both.split(",")))
    with locked_folder(ledger_folder()):
        kept = ledger_folder() / f"{SIGNING_KEY_FILE}.{old.verifier.key_id.hex()}"
        write_durable(kept, f"{old.skey}\n".encode())
        write_durable(ledger_folder() / SIGNING_KEY_FILE, f"{new.skey}\n".encode())
    steps = [f"The old key is kept as {kept.name}.", "Close the next cycle."]
    if get_settings().cosigner_log_vkeys:
        steps.insert(0, f"The cosigner trusts both: COSIGNER_LOG_VKEYS={both}   (restart it)")
    return Rotation(new.verifier.vkey, tuple(steps))


def rotate_cosigner_key() -> Rotation:
    """A new key that cosigns from the next checkpoint on; run it where the cosigner runs."""
    settings = get_settings()
    old = cosigner_signer()
    new = CosignatureSigner.generate(old.private.name)
    if settings.ledger_cosigner_key is not None:
        return Rotation(
            new.verifier.vkey,
            (
                f"The cosigner signs with the new one: LEDGER_COSIGNER_KEY={new.skey}   (restart it)",
                f"Whoever closes cycles trusts it: LEDGER_COSIGNER_VKEY={new.verifier.vkey}   (restart)",
                "Close the next cycle; `/log/vkeys` then names the new key.",
            ),
        )
    with locked_folder(cosigner_folder()):
        kept = cosigner_folder() / f"{COSIGNER_KEY_FILE}.{old.verifier.key_id.hex()}"
        write_durable(kept, f"{old.skey}\n".encode())
        write_durable(cosigner_folder() / COSIGNER_KEY_FILE, f"{new.skey}\n".encode())
    pin = ledger_folder() / COSIGNER_PIN_FILE
    if pin.exists() and CosignatureVerifier.parse(pin.read_text().strip()) == old.verifier:
        with locked_folder(ledger_folder()):
            write_durable(pin, f"{new.verifier.vkey}\n".encode())
    steps = (f"The old key is kept as {kept.name}.", "Restart the cosigner, then close the next cycle.")
    return Rotation(new.verifier.vkey, steps)


def _trusted() -> list[str]:
    return [one.vkey for one in log_verifiers()] if get_settings().ledger_signing_key is None else []
