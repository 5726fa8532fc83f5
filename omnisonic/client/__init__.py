"""The Python client for partners: query the graph, follow its changes, import a catalog.

    from omnisonic.client import Omnisonic

    with Omnisonic("http://localhost:3000", token="omni_…") as omni:
        for work in omni.works(search="dancing"):
            print(work.title, work.iswc)

Needs `httpx` and `websockets`, and nothing of the server.
"""

from omnisonic.client.connection import Omnisonic
from omnisonic.client.errors import ConnectionLost, GraphQLFailed, ImportFailed, OmnisonicProblem
from omnisonic.client.models import Identifier, ImportIssue, ImportJob, Recording, Work

__all__ = [
    "ConnectionLost",
    "GraphQLFailed",
    "Identifier",
    "ImportFailed",
    "ImportIssue",
    "ImportJob",
    "Omnisonic",
    "OmnisonicProblem",
    "Recording",
    "Work",
]
