"""The receiver of the documentation takes what we send, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from omnisonic.insight.alerts import channels
from omnisonic.insight.alerts.history import deliveries_of
from omnisonic.insight.alerts.models import ChannelType, DeliveryStatus
from omnisonic.insight.alerts.schemas import ChannelConfig, ChannelPatch
from omnisonic.insight.alerts.targets import seal_target, target_of
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work

from .conftest import artist, fire_now, make_channel, make_rule, run_jobs, the_delivery

EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "receive_webhook.py"
SECRET = "whsec_" + "bm90IGEgcmVhbCBzZWNyZXQsIGp1c3QgMzIgYnl0ZXM="


def test_example_verifies_what_we_send(mara: Actor, redis_client: Any, configure: Any) -> None:
    environment = {"PATH": os.environ["PATH"], "PORT": "0", "WEBHOOK_SECRET": SECRET}
    command = [sys.executable, "-I", str(EXAMPLE)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as example:
        try:
            assert example.stdout is not None
            port = int(example.stdout.readline().rpartition(" ")[2])
            configure(FETCH_ALLOWED_PRIVATE_HOSTS=f"127.0.0.1:{port}")
            url = f"http://127.0.0.1:{port}/hook"
            channel = make_channel(mara, ChannelType.WEBHOOK, url=url)
            with unit_of_work() as uow:
                row = channels.get_channel(uow.session, mara, channel_id=channel.id, for_update=True)
                target = target_of(row)
                target.secret = SECRET
                row.config = seal_target(target, channel_id=row.id)
            rule = make_rule(mara, channel, template="{{ value }} stories")
            fire_now(rule, artist())
            run_jobs()
            assert the_delivery().status is DeliveryStatus.DELIVERED
            assert example.stdout.readline() == "alert.fired Mara Lind 12 stories\n"
            forged = httpx.post(url, content=b"{}", headers={"webhook-id": "1", "webhook-timestamp": "1"})
            assert forged.status_code == 401

            with unit_of_work() as uow:  # another URL gets another secret, which the receiver does not know
                patch = ChannelPatch(version=1, config=ChannelConfig(url=f"{url}/2"))
                channels.update_channel(uow, mara, channel_id=channel.id, patch=patch)
            other = fire_now(rule, artist("Teo"))
            run_jobs()
            with unit_of_work() as uow:
                ((refused, _),) = deliveries_of(uow.session, [other.id])[other.id]
            assert (refused.status, refused.error) == (
                DeliveryStatus.RETRYING,
                "The receiver answered 401.",
            )
        finally:
            example.kill()
