"""Where the keys of the log and of its cosigner come from: settings, else files made on first use.

In production nothing is made or trusted on first use: every key, private or public, is configured.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx

from omnisonic.core.ledger.cosignature import CosignatureSigner, CosignatureVerifier
from omnisonic.core.ledger.head import ledger_folder, locked_folder, write_durable
from omnisonic.core.ledger.log_errors import CosignerUnreachable, LedgerKeyUnusable
from omnisonic.core.ledger.signed_note import NoteSigner, NoteVerifier
from omnisonic.core.ledger.wire_text import WireTextError
from omnisonic.platform.settings import get_settings
from omnisonic.platform.tls import tls_for

SIGNING_KEY_FILE = "signing.key"
COSIGNER_KEY_FILE = "cosigner.key"
COSIGNER_PIN_FILE = "cosigner.vkey"
LOG_PIN_FILE = "log.vkey"
TIMEOUT_S = 5.0
VKEY_MAX_BYTES = 1000

T = TypeVar("T")


def cosigner_name(origin: str) -> str:
    """How the cosigner of a log is called."""
    return f"{origin}/cosigner"


def generate_keys(origin: str) -> tuple[NoteSigner, CosignatureSigner]:
    """New keys for a log and its cosigner. Raises KeyTextError for an impossible origin."""
    return NoteSigner.generate(origin), CosignatureSigner.generate(cosigner_name(origin))


def log_signer() -> NoteSigner:
    """The key that signs checkpoints. Raises `LedgerKeyUnusable`."""
    settings = get_settings()
    given, origin = settings.ledger_signing_key, settings.ledger_origin
    if given is not None:
        signer = _parsed("LEDGER_SIGNING_KEY", NoteSigner.parse, given.get_secret_value())
    else:
        text = _own_key(
            ledger_folder(), SIGNING_KEY_FILE, "LEDGER_SIGNING_KEY", lambda: NoteSigner.generate(origin).skey
        )
        signer = _parsed(SIGNING_KEY_FILE, NoteSigner.parse, text)
    if signer.private.name != origin:
        raise LedgerKeyUnusable(f"The signing key is of {signer.private.name}, the log is {origin}.")
    return signer


def cosigner_signer() -> CosignatureSigner:
    """The key of the cosigner; for the process `cosigner` only. Raises `LedgerKeyUnusable`."""
    settings = get_settings()
    given = settings.ledger_cosigner_key
    if given is not None:
        return _parsed("LEDGER_COSIGNER_KEY", CosignatureSigner.parse, given.get_secret_value())
    name = cosigner_name(settings.ledger_origin)
    text = _own_key(
        cosigner_folder(),
        COSIGNER_KEY_FILE,
        "LEDGER_COSIGNER_KEY",
        lambda: CosignatureSigner.generate(name).skey,
    )
    return _parsed(COSIGNER_KEY_FILE, CosignatureSigner.parse, text)


def cosigner_folder() -> Path:
    """The cosigner's own folder on its machine."""
    folder = get_settings().omnisonic_data_dir / "cosigner"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def log_verifiers() -> list[NoteVerifier]:
    """The logs' keys that the cosigner accepts by its settings; empty: pin the first one (development)."""
    settings = get_settings()
    if settings.cosigner_log_vkeys:
        return [
            _parsed("COSIGNER_LOG_VKEYS", NoteVerifier.parse, vkey) for vkey in settings.cosigner_log_vkeys
        ]
    pin = cosigner_folder() / LOG_PIN_FILE
    if pin.exists():
        return [_parsed(LOG_PIN_FILE, NoteVerifier.parse, vkey) for vkey in pin.read_text().split()]
    if settings.is_production:
        raise LedgerKeyUnusable("COSIGNER_LOG_VKEYS: set the public key of the log (`/log/vkeys` shows it).")
    return []


def pin_log(*verifiers: NoteVerifier) -> None:
    """Trust these keys of the log from now on; the caller holds the folder's lock."""
    lines = "".join(f"{one.vkey}\n" for one in verifiers)
    write_durable(cosigner_folder() / LOG_PIN_FILE, lines.encode())


def cosigner_verifier() -> CosignatureVerifier:
    """The cosigner's public key as the log knows it; pinned on first use in development.

    Raises `LedgerKeyUnusable`, and `CosignerUnreachable` when it has to be asked and does not answer.
    """
    settings = get_settings()
    if settings.ledger_cosigner_vkey:
        return _parsed("LEDGER_COSIGNER_VKEY", CosignatureVerifier.parse, settings.ledger_cosigner_vkey)
    if settings.ledger_cosigner_key is not None:
        return cosigner_signer().verifier
    if settings.is_production:
        raise LedgerKeyUnusable("LEDGER_COSIGNER_VKEY: set the public key of the cosigner.")
    folder = ledger_folder()
    with locked_folder(folder):
        pin = folder / COSIGNER_PIN_FILE
        if not pin.exists():
            write_durable(pin, _ask_cosigner_key().vkey.encode())
        return _parsed(COSIGNER_PIN_FILE, CosignatureVerifier.parse, pin.read_text().strip())


def cosigner_address() -> str:
    """Where the cosigner listens, without a slash at the end."""
    settings = get_settings()
    return settings.cosigner_url or f"http://127.0.0.1:{settings.cosigner_port}"


def _ask_cosigner_key() -> CosignatureVerifier:
    url = f"{cosigner_address()}/vkey"
    try:
        answer = httpx.get(url, timeout=TIMEOUT_S, trust_env=False, verify=tls_for(url))
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise CosignerUnreachable(f"No answer from the cosigner ({type(error).__name__}).") from error
    return _parsed("the cosigner's answer", CosignatureVerifier.parse, answer.text[:VKEY_MAX_BYTES].strip())


def _own_key(folder: Path, name: str, variable: str, make: Callable[[], str]) -> str:
    file = folder / name
    if not file.exists():
        if get_settings().is_production:
            raise LedgerKeyUnusable(f"{variable}: required in production (`omnisonic ledger keygen`).")
        with locked_folder(folder):
            if not file.exists():
                write_durable(file, f"{make()}\n".encode())
    if os.stat(file).st_mode & 0o077:
        raise LedgerKeyUnusable(f"{name} can be read by others: `chmod 600` it, or make a new key.")
    return file.read_text().strip()


def _parsed(what: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text.strip())
    except WireTextError as error:
        raise LedgerKeyUnusable(f"{what}: {error}.") from error
