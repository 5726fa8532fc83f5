# Two commands for a fresh machine with Python >= 3.11 and pip: `make run` and `make test`.
PYTHON ?= python3
PY := .venv/bin/python
TESTS ?=
WORKERS ?= 2
# Each worker has servers of its own. A file stays on one of them, files keep the order of conftest.py, and
# a worker that crashes is not replaced: it would meet the same test again.
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.PHONY: help run demo build migrate test test-full lint types format reference bench requirements clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

app: ; @$(PYTHON) scripts/bootstrap.py requirements.txt
dev: ; @$(PYTHON) scripts/bootstrap.py requirements-dev.txt
.PHONY: app dev

run: app ## install, build, start everything, print the address (Ctrl-C stops)
	@$(PY) -m omnisonic up --stop-with-parent

demo: app ## fill the running instance with a song to hear
	@$(PY) -m omnisonic demo

build: app ## build the front end if it changed
	@$(PY) -m omnisonic build

migrate: app ## bring the database of the running instance up to date
	@$(PY) -m omnisonic migrate

test: dev ## the suite, about 20 minutes on 2 cores (one after another: WORKERS=0)
	@$(PY) -m scripts.browser >/dev/null
	@$(PYTEST) -m "not slow" $(TESTS)

test-full: dev ## everything, also the slow suites
	@$(PY) -m scripts.browser >/dev/null
	@$(PYTEST) $(TESTS)

lint: dev ## format, lint, types and import rules
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

types: dev ## mypy alone
	@$(PY) -m mypy

format: dev ## rewrite the code in the house format
	@$(PY) -m ruff check --fix-only -q .
	@$(PY) -m ruff format .

reference: dev ## write the settings, error and API references again from the code
	@OMNISONIC_ENV=test $(PY) -m scripts.reference

bench: dev ## every benchmark (one: make bench BENCH=mixdown)
	@$(PY) -m bench $(or $(BENCH),all)

requirements: dev ## compile the pins again from pyproject.toml
	@.venv/bin/uv pip compile -q --universal --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --extra embedded pyproject.toml -o requirements.txt
	@.venv/bin/uv pip compile -q --universal --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --extra embedded --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove what is built and installed (not the data in .omnisonic)
	rm -rf .venv .web .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
