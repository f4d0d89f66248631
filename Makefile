# Two commands set everything up on a machine that has git, make and python3:
#   make install    and then    make demo
# `make help` lists the rest. CI runs `make test` and nothing else.

PYTHON ?= python3
# For example: make demo DEMO_OPTIONS='--port 8400'
DEMO_OPTIONS ?=
BENCH_OPTIONS ?=
# For example: make fuzz FUZZ='--seconds 10 trivy cel'
FUZZ ?=
BIN := .venv/bin
# Left to `make test`: whole processes that are killed, long random histories, the demo built again and again.
SLOW := storage/test_many_processes.py storage/test_past.py flows/test_past.py flows/demo/test_build_demo.py \
  cli/test_demo.py cli/lists/test_past.py cli/intake/test_watch.py formats/test_any_shape.py formats/test_any_xml.py \
  flows/test_lifecycle_episodes.py \
  fuzz/test_atheris.py fuzz/test_any_input.py
# Real inputs for the conformance tests; without the folder those tests say so and pass.
export TESURI_CORPUS ?= $(abspath ../shared/data)

PYTEST := $(BIN)/pytest -n 2
UV_PINS := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command "make pins"

.DEFAULT_GOAL := help
.PHONY: bench help python install demo check test lint pins golden browser postgres conformance fuzz clean

help: ## list what make can do here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 22

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Tesuri needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>/dev/null || echo missing)." \
	    "Name a newer one: make install PYTHON=/path/to/python3.11" >&2; exit 1; }

install: python ## make .venv with everything pinned by hash, and fetch the browser files
	@$(PYTHON) -m tools.install dev
	@$(BIN)/python -m tools.catalogue
	@$(PYTHON) -m tools.assets

demo: python ## load the demo company, print its week and serve http://127.0.0.1:8300 until stopped
	@$(PYTHON) -m tools.install runtime
	@$(BIN)/python -m tools.catalogue
	@$(PYTHON) -m tools.assets
	@$(BIN)/tesuri demo $(DEMO_OPTIONS)

lint: install
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint ## what to run before each commit: format, lint, types, import contracts, fast tests
	@$(PYTEST) -m "not browser and not corpus" -k "not postgresql" $(SLOW:%=--ignore=tests/%)

test: lint ## everything that CI checks, the browser and the real inputs included
	@TESURI_CHROMIUM="$$($(PYTHON) -m tools.browser)" && export TESURI_CHROMIUM && \
	  TESURI_TEST_PG_BIN="$$($(PYTHON) -m tools.postgres)" && export TESURI_TEST_PG_BIN && \
	  TESURI_TEST_FUZZ=bring $(PYTEST)

conformance: install ## read every real input under TESURI_CORPUS and print the figures of each format
	@$(BIN)/pytest -n 0 -s -m corpus

bench: install ## measure whole runs of the command and write docs/benchmarks.md; BENCH_OPTIONS=--quick is short
	@$(BIN)/python -m benchmarks.run $(BENCH_OPTIONS)

fuzz: install ## give each reader of foreign bytes 60 s of atheris; FUZZ=--list names them, FUZZ='--seconds 9 cel' is short
	@$(BIN)/python -m tools.fuzz $(FUZZ)

golden: install ## write the golden files anew; review them with git diff
	@TESURI_GOLDEN=write $(PYTEST)

browser: python ## bring a Chromium for the browser tests and print its path
	@$(PYTHON) -m tools.browser

postgres: python ## bring a PostgreSQL for the tests and print the folder of its programs
	@$(PYTHON) -m tools.postgres

pins: install ## resolve requirements/ anew from pyproject.toml
	@$(UV_PINS) --upgrade pyproject.toml --extra aws --extra bulk --extra postgres --extra rego --extra server --extra signed --extra terraform --group dev \
	  -o requirements/dev.txt
	@$(UV_PINS) --upgrade pyproject.toml --extra server --group build -c requirements/dev.txt \
	  -o requirements/runtime.txt
	@$(UV_PINS) --upgrade --group assets -o requirements/assets.txt
	@$(UV_PINS) --upgrade --group postgres-server -o requirements/postgres.txt
	@$(UV_PINS) --upgrade --group fuzz -o requirements/fuzz.txt

clean: ## remove everything that make brought or built
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  assets/node_modules src/tesuri/web/static/vendor src/tesuri/controls/compiled.json build dist
