# `make` lists the tasks. Python is all that `make demo` needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-engines promises check fix record bench chaos crash storm fuzz fuzz-life lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/run ## the whole round trip, shown step by step; ARGS=--exit ends it
	@$(BIN)/openparticipant demo $(ARGS)

serve: $(VENV)/run ## run the server in the foreground
	@$(BIN)/openparticipant serve $(ARGS)

# Most tests wait more than they compute, so there are more processes than cores.
test: $(VENV)/dev ## run all tests; what is absent is skipped and named; ARGS=--find-leaks searches for secrets
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(ARGS)

# What users run against one server, here against three nodes that share everything.
CLIENTS := $(addprefix tests/clients/,chatjs test_aws_cli.py test_boto3.py test_boto3_chat.py \
  test_javascript.py test_own_commands.py test_own_journey.py)

test-engines: $(VENV)/dev ## engines that go away; three nodes on all of them behind nginx; some minutes
	$(BIN)/python -m pytest tests/cluster tests/outages $(ARGS)
	$(BIN)/python -m pytest --behind-nginx $(CLIENTS) $(ARGS)

promises: $(VENV)/dev ## what docs/promises.md promises about a file, shown one by one
	$(BIN)/python -m tests.promises $(ARGS)

check: $(VENV)/dev ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: $(VENV)/dev ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

record: $(VENV)/dev ## write down what aws does; ARGS=--check compares instead
	$(BIN)/python -m tests.cli.against_aws.record $(ARGS)

chaos: $(VENV)/dev ## three nodes under load, of which each minute a part dies; ARGS="--minutes 60 --seed N"
	$(BIN)/python -m tests.chaos $(ARGS)

crash: $(VENV)/dev ## kill -9 under load, 100 rounds
	$(BIN)/python -m tests.crash --rounds 100 $(ARGS)

storm: $(VENV)/dev ## 1,000 sockets dropped at once, a restart under them, 10,000 messages
	$(BIN)/python -m tests.storm $(ARGS)

fuzz: $(VENV)/dev ## bytes that reach new lines, into all that reads strangers' bytes; ARGS="--minutes 60 --seed N"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	$(BIN)/python -m tests.fuzzers $(ARGS)

fuzz-life: $(VENV)/dev ## the life of attachments in any order; ARGS="--minutes 60 --seed N"
	$(BIN)/python -m tests.stores $(ARGS)

bench: $(VENV)/dev ## measure against peers; see docs/performance.md
	$(BIN)/python -m bench $(ARGS)

lock: ## pin the newest versions that pyproject.toml admits (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --extra tls \
	  --upgrade -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --all-extras --group dev \
	  --constraint requirements.lock --upgrade -o requirements-dev.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --extra all \
	  --constraint requirements-dev.lock -o requirements-all.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --group fuzz \
	  --upgrade -o requirements-fuzz.lock

clean: ## remove what make made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "openparticipant needs Python 3.11 or newer; name one with PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
