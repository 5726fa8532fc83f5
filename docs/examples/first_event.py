"""From OMNISONIC_TOKEN (graph:read, graph:write) to the first event, with httpx and websockets only."""

import json
import os

import httpx
from websockets.sync.client import connect

GRAPH = os.environ.get("OMNISONIC_GRAPH_URL", "http://localhost:4000/graphql")
SOCKETS = os.environ.get("OMNISONIC_GRAPH_WS_URL", "ws://localhost:4001/graphql")
BEARER = f"Bearer {os.environ['OMNISONIC_TOKEN']}"


def ask(query: str, **variables: str) -> dict[str, dict[str, str]]:
    body = {"query": query, "variables": variables}
    return httpx.post(GRAPH, json=body, headers={"Authorization": BEARER}).json()["data"]


work = ask('mutation { createWork(input: {title: "First light"}) { id } }')["createWork"]["id"]
with connect(SOCKETS, subprotocols=["graphql-transport-ws"]) as socket:
    socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": BEARER}}))
    print(json.loads(socket.recv())["type"])
    query = "subscription ($id: ID!) { workUpdated(workId: $id) { title } }"
    payload = {"query": query, "variables": {"id": work}}
    socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    ask('mutation ($id: ID!) { updateWork(id: $id, input: {title: "Second light"}) { id } }', id=work)
    for message in socket:  # the news of the creation may still be on its way when we subscribe
        print(title := json.loads(message)["payload"]["data"]["workUpdated"]["title"])
        if title == "Second light":
            break
