"""Receives alerts on PORT and checks that we sent them: WEBHOOK_SECRET is what the channel showed once."""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300
SECRET = os.environ["WEBHOOK_SECRET"]
seen: set[str] = set()  # keep these where a restart does not lose them, for a day at least


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, *, now_s: float) -> bool:
    """Whether the holder of the secret signed exactly these bytes within the last five minutes."""
    try:
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        if abs(now_s - int(timestamp)) > TOLERANCE_S:
            return False
        signatures = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted.encode(), given.encode()) for given in signatures)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not is_genuine(headers, body, SECRET, now_s=time.time()):
            self.answer(401)
            return
        if headers["webhook-id"] not in seen:  # the same message may come again: count it once
            seen.add(headers["webhook-id"])
            alert = json.loads(body)
            for entity in alert["data"]["entities"]:
                print(alert["type"], entity["name"], entity["text"], flush=True)
        self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8099"))), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
