"""Jobs are enqueued by name: every name leads to a function that takes ids."""

from __future__ import annotations

import inspect
from importlib import import_module

from omnisonic.platform.jobs import Queue, declared_jobs
from scripts.reference import import_everything


def test_every_declared_job_is_a_function_of_a_worker() -> None:
    import_everything()
    jobs = [job for job in declared_jobs() if not job.function.startswith("tests.")]
    assert {job.queue for job in jobs} == set(Queue)
    for job in jobs:
        module, _, name = job.function.rpartition(".")
        function = getattr(import_module(module), name)
        assert module.startswith("workers."), job.function
        assert inspect.isfunction(function), job.function
        assert 0 < job.timeout_s <= 3600, job.function
        for parameter in inspect.signature(function).parameters.values():
            if parameter.default is not inspect.Parameter.empty:
                continue  # for people on the command line; the payload is ids only
            assert parameter.annotation in {"str", str}, (job.function, parameter.name)
