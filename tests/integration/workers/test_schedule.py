"""What is scheduled can be run."""

from __future__ import annotations

from importlib import import_module

from workers.schedule import JOBS


def test_every_scheduled_job_resolves_to_a_function() -> None:
    for job in JOBS:
        module, name = job.spec.function.rsplit(".", 1)
        assert callable(getattr(import_module(module), name))


def test_names_are_unique() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
