"""Every limit of the graph service, in one place."""

from __future__ import annotations

from dataclasses import dataclass

BODY_MAX_BYTES = 256 * 1024
QUERY_MAX_CHARS = 100_000
TOKENS_MAX = 1_000  # validation grows with the square of repeated fields: this keeps it below 0.3 s
VALIDATION_ERRORS_MAX = 20
DEPTH_MAX = 14
ALIASES_MAX = 60
FIELDS_MAX = 2_000  # of one operation, with every fragment written out
COST_MAX = 200_000  # objects that an operation may ask for: the sum of first x what each one costs
LIST_ESTIMATE = 3  # objects assumed in a list that takes no `first`
PAGE_MAX = 100
OPERATION_TIMEOUT_S = 10.0
STRANGER_OPERATIONS = 300  # of one network address, over HTTP and sockets together; accounts: a setting
BUDGET_WINDOW_S = 60
DOCUMENTS_CACHED = 1_000
CACHED_QUERY_MAX_CHARS = 16_000

SOCKET_FRAME_MAX_BYTES = 256 * 1024
SOCKETS_PER_PROCESS = 10_000
SOCKETS_PER_USER = 2_000  # in one process; strangers count together as one user
OPERATIONS_PER_SOCKET = 50
OPERATIONS_PER_USER = 10_000  # in one process
SUBSCRIPTION_QUEUE_MAX = 100  # results of one subscription that its client has not taken yet
SOCKET_QUEUE_MAX_BYTES = 4 * 1024 * 1024
SOCKET_FRAMES_PER_SECOND = 100.0
SOCKET_FRAMES_BURST = 400.0
ID_MAX_CHARS = 200


@dataclass(frozen=True)
class Pace:
    """How often the socket server does what. Seconds; tests shorten them."""

    init_s: float = 5.0  # for `connection_init` to come
    ping_s: float = 20.0
    dead_s: float = 20.0  # after a ping without an answer
    recheck_s: float = 30.0  # tokens and sessions may have been revoked or have expired
    close_s: float = 5.0
    reconnect_s: float = 0.5
    beat_s: float = 10.0
