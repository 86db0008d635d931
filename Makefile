# The commands of this checkout; `make help` lists them. Each brings .venv up to date first (requirements/setup.sh).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

PY := .venv/bin/python
# python3 makes .venv; JOBS is how many tests run side by side; ARGS goes to pytest, the benchmarks or the demo.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
CHECK ?=
PORT ?=
FULL ?=
FAULTS ?=
export PYTHON FULL FAULTS

PYTEST := $(PY) -m pytest
CHECKING := $(filter-out 0 no false,$(CHECK))
LOCK := $(CURDIR)/.venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal --python-version 3.11

.PHONY: demo test lint layers types e2e shots bench faults security states cleanroom lock clean help base-needs test-needs

demo: base-needs ## start the trial with its sample data and print address and logins (CHECK=1: walk the main job once and end; PORT=8000)
	$(PY) manage.py demo $(if $(CHECKING),--check) $(if $(PORT),--port $(PORT)) $(ARGS)

test: lint layers types ## everything that must hold before a change lands (ARGS="-k wall" for a part, JOBS=2)
	$(PY) manage.py makemigrations --check --dry-run
	$(PYTEST) -n $(JOBS) -m "not shots" $(ARGS)

lint: test-needs ## is it tidy? ruff's rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

layers: test-needs ## do imports point down only?
	$(PY) .venv/bin/lint-imports --no-cache

types: test-needs ## do the types hold?
	$(PY) -m mypy

e2e: test-needs ## the journeys in a real browser (FAULTS=300: so many rounds of the offline story)
	$(PYTEST) -m e2e $(ARGS)

shots: test-needs ## a picture of every page, desktop and phone, into var/shots
	$(PYTEST) -m shots tests/shots $(ARGS)

bench: test-needs ## the benchmark table, as ratios to peers and floors
	$(PY) -m benchmarks $(ARGS)

faults: FAULTS := $(or $(FAULTS),$(if $(FULL),full,long))
faults: test-needs ## break things on purpose and count what was lost or doubled (FULL=1: the full counts)
	$(PYTEST) -m faults $(ARGS)

security: test-needs ## walls, bad input and attack files
	$(PYTEST) -n $(JOBS) -m security $(ARGS)

states: base-needs ## redraw docs/states.md from the transition tables
	$(PY) manage.py states $(ARGS)

cleanroom: ## prove demo and test on a minimal Debian 12 built for it (root; needs mmdebstrap)
	requirements/cleanroom.sh $(ARGS)

lock: test-needs ## compile requirements/*.in again (ARGS=--upgrade for newer releases)
	cd requirements && $(LOCK) $(ARGS) base.in -o base.txt && $(LOCK) $(ARGS) test.in -o test.txt

clean: ## remove .venv and caches; the trial's data under var stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis static_root
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

help: ## this list
	@awk -F '##' '/^[a-z0-9]+:.*##/ { sub(/:.*/, "", $$1); printf "make %-10s %s\n", $$1, $$2 }' Makefile

base-needs:
	@requirements/setup.sh demo

test-needs:
	@requirements/setup.sh test
