"""The operators' queues: a door for admins, and jobs as they really are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rq import SimpleWorker

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.queues import SERIALIZER, enqueue_once, make_queue, queue_connection

MakeUser = Callable[..., tuple[Actor, str]]
ORIGIN = {"Origin": "http://localhost:3000"}
PAGE = {"Accept": "text/html"}


@pytest.fixture
def admin(make_user: MakeUser, browser_of: Callable[[str], TestClient]) -> TestClient:
    return browser_of(make_user("Root", role=Role.ADMIN)[1])


@pytest.fixture
def failed_job(redis_client: Any) -> str:
    """A job that a real worker could not do."""
    payload = {"args": {"export_id": "x<b>y"}, "queue": "mixdown", "timeout_s": 60, "context": {}}
    assert enqueue_once("job-1", "workers.no_such_module.render", payload)
    worker = SimpleWorker([make_queue("mixdown")], connection=queue_connection(), serializer=SERIALIZER)
    worker.work(burst=True, logging_level="CRITICAL")
    return "job-1"


def test_strangers_are_sent_to_sign_in_and_programs_told_so(anyone: TestClient) -> None:
    assert anyone.get("/admin/queues/", headers=PAGE).headers["location"] == "/signin?next=/admin/queues/"
    assert anyone.get("/admin/queues/0/data/queues.json").status_code == 401
    assert anyone.post("/admin/queues/requeue/mixdown").status_code == 401


def test_members_learn_nothing(make_user: MakeUser, browser_of: Callable[[str], TestClient]) -> None:
    member = browser_of(make_user()[1])
    for path in ("/admin/queues/", "/admin/queues/0/data/queues.json", "/admin/queues/static/css/main.css"):
        assert member.get(path).status_code == 404
    assert member.post("/admin/queues/requeue/mixdown", headers=ORIGIN).status_code == 404


def test_an_admin_sees_queues_jobs_and_workers(admin: TestClient, failed_job: str) -> None:
    assert admin.get("/admin/queues").headers["location"].endswith("/admin/queues/")
    page = admin.get("/admin/queues/", headers=PAGE)
    assert page.status_code == 200
    assert 'href="/admin/queues/static/css/main.css"' in page.text
    assert admin.get("/admin/queues/static/css/main.css").status_code == 200
    assert 'href="/admin"' in page.text, "a way back"
    assert "<title>Queues · Omnisonic</title>" in page.text
    queues = admin.get("/admin/queues/0/data/queues.json").json()["queues"]
    assert [(one["name"], one["failed_job_registry_count"]) for one in queues] == [("mixdown", 1)]
    jobs = admin.get("/admin/queues/0/data/jobs/mixdown/failed/8/asc/1.json").json()["jobs"]
    assert [job["id"] for job in jobs] == [failed_job]
    assert admin.get("/admin/queues/0/data/workers.json").json() == {"workers": []}
    assert admin.get(f"/admin/queues/0/view/job/{failed_job}", headers=PAGE).status_code == 200
    job = admin.get(f"/admin/queues/0/data/job/{failed_job}.json").json()
    assert job["status"] == "failed"
    assert "no_such_module" in job["exc_info"]


def test_actions_need_our_own_page(admin: TestClient, failed_job: str) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = admin.post(f"/admin/queues/job/{failed_job}/requeue", headers=headers)
        assert answer.json()["type"] == "/problems/origin-refused"
    assert admin.get("/admin/queues/requeue/mixdown").status_code == 405
    assert admin.post(f"/admin/queues/job/{failed_job}/requeue", headers=ORIGIN).json() == {"status": "OK"}
    assert make_queue("mixdown").job_ids == [failed_job]
    job = make_queue("mixdown").fetch_job(failed_job)
    assert job is not None
    assert job.kwargs == {"export_id": "x<b>y"}


def test_failed_jobs_can_be_removed(admin: TestClient, failed_job: str) -> None:
    assert admin.post("/admin/queues/queue/mixdown/failed/empty", headers=ORIGIN).json() == {"status": "OK"}
    assert make_queue("mixdown").fetch_job(failed_job) is None


def test_only_the_pages_own_scripts_run(admin: TestClient) -> None:
    policy = admin.get("/admin/queues/", headers=PAGE).headers["content-security-policy"]
    script_sources = policy.split("script-src ")[1].split(";")[0]
    assert "sha256-" in script_sources
    assert "unsafe-inline" not in script_sources


def test_an_address_that_does_not_exist_is_missing(admin: TestClient) -> None:
    for path in ("nothing/here", "0/view/job/nobody", "0/data/job/nobody.json"):
        assert admin.get(f"/admin/queues/{path}").status_code == 404, path
