# Laurels: everything that is run on it. `make` alone lists the targets.
#
# A machine with git, make and Python 3.11 or newer is enough: each target makes
# what it needs first, and a stamp file makes that quick the second time.

PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 4
LAURELS_API ?= http://127.0.0.1:8000

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-config
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup demo streamlit test prove coverage check format bench bench-loyalty bench-progress bench-pot bench-study lock diagrams migration clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Laurels needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# What running needs. The build tool is in the lock too, so that nothing is installed unhashed.
$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/.made
	$(PIP_INSTALL) --require-hashes -r requirements/runtime.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# What tests and checks need as well.
$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## Make .venv with everything in it, at the pinned versions

demo: $(VENV)/.runtime ## Start Laurels with a seeded community: make demo PORT=8000
	$(BIN)/laurels demo --host $(HOST) --port $(PORT)

streamlit: $(VENV)/.runtime ## Start the pot's Streamlit client: make streamlit LAURELS_API=http://127.0.0.1:8000
	$(PIP_INSTALL) --require-hashes -r requirements/streamlit.txt
	LAURELS_API=$(LAURELS_API) $(BIN)/streamlit run clients/streamlit/app.py

test: setup ## Run all tests on SQLite and PostgreSQL, with coverage and its limits
	$(BIN)/python tests/run_all.py -n $(WORKERS) -m "not slow" $(ARGS)

prove: setup ## Run the long proofs that `make test` leaves out
	$(BIN)/pytest -m slow $(ARGS)
	$(BIN)/pytest -m "any_database and not slow" --databases postgresql -n $(WORKERS)

coverage: setup ## Write what the last `make test` covered to build/coverage/html
	$(BIN)/coverage html --skip-covered -d build/coverage/html

check: setup ## Lint, format, types, room contracts, tidiness
	@failed=; for step in "ruff check ." "ruff format --check ." mypy "mypy clients/streamlit" "lint-imports --no-logo" "pytest tests/tidy -q"; do \
		echo "--- $$step"; $(BIN)/$$step || failed="$$failed  $$step\n"; \
	done; \
	if [ -n "$$failed" ]; then printf "these checks failed:\n$$failed"; exit 1; fi

format: setup ## Let ruff format and sort imports
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

bench: setup ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

bench-loyalty: setup ## The same for loyalty, beside django-hordak: docs/benchmarks-loyalty.md
	$(PIP_INSTALL) --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks.loyalty $(ARGS)

bench-progress: setup ## The same for progress: docs/benchmarks-progress.md
	$(BIN)/python -m benchmarks.progress $(ARGS)

bench-pot: setup ## The same for the pot: docs/benchmarks-pot.md
	$(BIN)/python -m benchmarks.pot $(ARGS)

bench-study: setup ## The same for study: docs/benchmarks-study.md
	$(BIN)/python -m benchmarks.study $(ARGS)

lock: $(VENV)/.made ## Pin the newest allowed versions, with hashes; needs the network
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lock/bin/uv pip compile $(LOCK) --extra build pyproject.toml -o requirements/runtime.txt $(ARGS)
	build/lock/bin/uv pip compile $(LOCK) --extra build --extra dev --extra streamlit -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt $(ARGS)
	build/lock/bin/uv pip compile $(LOCK) --extra build --extra streamlit -c requirements/dev.txt pyproject.toml -o requirements/streamlit.txt $(ARGS)
	build/lock/bin/uv pip compile $(LOCK) --extra build --extra dev --extra bench -c requirements/dev.txt pyproject.toml -o requirements/bench.txt $(ARGS)

diagrams: setup ## Draw docs/diagrams anew from their PlantUML; needs npm and Chromium
	$(BIN)/python docs/draw_diagrams.py

migration: setup ## Draw a migration from the models: make migration ABOUT="what changes"
	$(BIN)/python -m laurels.migrations "$(ABOUT)"
	$(BIN)/ruff format --quiet src/laurels/migrations/versions

clean: ## Remove what was built; laurels-data stays
	rm -rf $(VENV) build test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
