# Huikuan 回款. `make run` serves it, `make test` proves it; both install what they need into .venv first.
# Needed beforehand: Python 3.11, 3.12 or 3.13 with venv. Choose one with `make run PYTHON=python3.12`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
HUIKUAN := $(BIN)/huikuan
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
PYTEST_ARGS ?=
BENCH_ARGS ?=
# a file's tests stay together; files as collected, the long ones first, so that no process works alone at the end
SHARED_OUT := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help install dev run test test-fast test-deep test-crash screens check bench format lock clean

help:
	@echo "make run | test | test-fast | check | bench | test-deep | test-crash | screens | install | format | lock | clean"

install: $(RUN)

dev: $(DEV)

run: $(RUN)
	@$(HUIKUAN) run

test: $(DEV)
	@$(BIN)/pytest $(SHARED_OUT) $(PYTEST_ARGS)

# for every change: nothing that needs a browser, kills processes, or lives through a whole book
test-fast: $(DEV)
	@$(BIN)/pytest $(SHARED_OUT) -m 'not browser and not crash and not bench and not screens and not long' $(PYTEST_ARGS)

# every law in ten times as many invented cases
test-deep: $(DEV)
	@HUIKUAN_DEEP=1 $(BIN)/pytest $(SHARED_OUT) $(PYTEST_ARGS)

# 50 seeded kills of database, worker and command; `make test` has the first five
test-crash: $(DEV)
	@$(BIN)/pytest -m crash $(PYTEST_ARGS)

# every page into docs/screens, zh and en, desk and phone; needs Chromium and a Chinese font
screens: $(DEV)
	@$(BIN)/pytest -m screens tests/test_screens.py --need-browser $(PYTEST_ARGS)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/style.py
	$(BIN)/python tests/circles.py
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings huikuan.ops.settings
	$(HUIKUAN) messages --check
	$(HUIKUAN) check

bench: $(DEV)
	@$(HUIKUAN) bench $(BENCH_ARGS)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# For maintainers: needs uv. One resolution for every supported Python and platform.
UV ?= uv
LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet $(LOCK_ARGS) --extra build
lock:
	$(LOCK) -o requirements/run.txt
	$(LOCK) --extra bench --extra dev -c requirements/run.txt -o requirements/dev.txt
	@for file in run dev; do printf '%s\n%s\n' \
		'# Every package with its hashes, for Python 3.11-3.13 on Linux and macOS. Made by `make lock` from pyproject.toml.' \
		"$$(cat requirements/$$file.txt)" > requirements/$$file.txt; done

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@.ci/venv $(VENV) $(PYTHON)

$(RUN): $(BIN)/python requirements/run.txt pyproject.toml
	@echo "Installing into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	@echo "Installing the tools for tests and checks …"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
