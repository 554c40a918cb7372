# One front door. `make` lists what there is; every target does its own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup run test check dev torture bench types docs lock
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n auto
KILLS ?= 200
STEPS ?= 1000000

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything for development into .venv
	@scripts/setup dev

run: ## Install what is needed and serve on http://127.0.0.1:8000
	@scripts/setup run
	@.venv/bin/pointwork serve

test: check ## Check, then run all tests; the engine's own tests must cover every branch of it
	$(PYTEST) tests/engine --cov=pointwork.engine --cov-branch --cov-fail-under=100 --cov-report=term:skip-covered
	$(PYTEST) tests --ignore=tests/engine
	npm run --prefix frontend --silent budget
	CHROMIUM=$$(scripts/browser) npm run --prefix frontend --silent e2e

check: setup ## Format, lint, types, layers, tests of the web app; without changing anything
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/pyright
	.venv/bin/lint-imports
	npm run --prefix frontend --silent check

dev: setup ## Serve on port 8000, the web app on 3000; both follow changes of the code
	@scripts/dev

torture: setup ## Long tests: make torture KILLS=200 STEPS=1000000
	KILLS=$(KILLS) STEPS=$(STEPS) $(PY) -m pytest torture -q -p no:xdist --timeout=0

bench: ## Measure against the limit and other engines, in .venv-bench (ARGS="…" goes to benchmarks)
	@scripts/setup bench
	.venv-bench/bin/python -m benchmarks $(ARGS)

types: setup ## Write openapi.json and the types of the web app anew
	.venv/bin/pointwork openapi --out frontend/openapi.json
	npm run --prefix frontend --silent types

docs: setup ## Write the generated reference pages anew
	$(PY) scripts/generate_docs.py

lock: setup ## Write all lock files anew from pyproject.toml, with the newest versions
	scripts/lock
