"""`omnisonic ledger …`: keys, the audit and the replay, for operators."""

from __future__ import annotations

from typing import TextIO

from omnisonic.core.ledger.keys import generate_keys
from omnisonic.platform.settings import get_settings


def keygen(*, output: TextIO) -> int:
    """Print new keys for the log and its cosigner as settings; nothing is stored."""
    log, cosigner = generate_keys(get_settings().ledger_origin)
    output.write(
        "# The process that closes cycles (web, graph, workers):\n"
        f"LEDGER_SIGNING_KEY={log.skey}\n"
        f"LEDGER_COSIGNER_VKEY={cosigner.verifier.vkey}\n"
        "# The process `cosigner`, better on another machine:\n"
        f"LEDGER_COSIGNER_KEY={cosigner.skey}\n"
        f"COSIGNER_LOG_VKEYS={log.verifier.vkey}\n"
    )
    return 0
