PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL ?= $(BIN)/pip install --quiet --disable-pip-version-check
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
TSC := clients/typescript/node_modules/.bin/tsc
NPM := --silent --no-package-lock --ignore-scripts --no-audit --no-fund

# Over so many processes, file by file; a single file is run in one.
SPREAD = $(if $(findstring .py,$(T)),,-n $(1) --dist loadfile --no-loadscope-reorder)

unexport PYTHONDONTWRITEBYTECODE # pytest compiles its plugins and the tests, and keeps what it compiled

.PHONY: help run quick test check format migrate seed fuzz openapi docs lock audit licences sbom bench bench-cost bench-size soak faults screenshots clients
.PHONY: node export clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(VENV)/serve: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/develop: requirements-dev.txt $(VENV)/serve
	$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

run: seed ## Migrate, seed and serve on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL)
	$(BIN)/python -m app

migrate: $(VENV)/serve ## Bring the tables up to date
	$(BIN)/alembic --raiseerr upgrade head

seed: $(VENV)/serve ## Check the list and put it into the database
	$(BIN)/python -m seed

clients: $(VENV)/develop node ## Write the Python and the TypeScript client from openapi.json
	$(BIN)/python -m tools.clients

node: clients/typescript/package.json clients/tools/package.json ## Install what the TypeScript client and the tools for openapi.json need
	@if command -v npm >/dev/null; then for each in $^; do npm install $(NPM) --prefix $$(dirname $$each) || exit; done; else echo "npm is missing"; fi

export: migrate seed ## Write the read-only API as files into site/
	$(BIN)/python -m tools.static_site site

quick: $(VENV)/develop ## Run tests/unit, api and http on SQLite, but for what is slow, or one place (T=path)
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest --only sqlite -m "not slow" $(call SPREAD,auto) $(or $(T),tests/unit tests/api tests/http)

test: $(VENV)/develop node ## Run every test on SQLite and PostgreSQL, or those of one place (T=path) or database (ONLY=sqlite)
	$(BIN)/python -m pytest $(if $(ONLY),--only $(ONLY)) $(call SPREAD,3) $(T)

fuzz: $(VENV)/develop ## Look for hostile input that the tests did not think of: thousands of examples each, another seed
	HYPOTHESIS_PROFILE=fuzz HOSTILE_REQUESTS=50000 SEGMENTED_REQUESTS=100000 KILLS=25 HOSTILE_SEED=$$$$ $(BIN)/python -m pytest tests/unit/test_fuzz_*.py tests/data/test_fuzz_*.py tests/data/test_seed_store.py tests/http/test_hostile_*.py tests/process/test_hostile_*.py tests/release/test_schemathesis.py

check: $(VENV)/develop node ## Format, lint, types of Python and, where node is installed, of the page's JavaScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	! test -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile
	! test -x $(TSC) || $(TSC) --project clients/typescript/tsconfig.explorer.json

format: $(VENV)/develop ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/develop ## Measure against a bare server and peers, side by side (PUBLISH=1: replace the report that docs/benchmarks.md quotes)
	$(BIN)/python -m tools.bench $(if $(PUBLISH),--publish)

bench-cost: $(VENV)/develop ## Measure what hostile requests cost, and write docs/benchmarks.md
	$(BIN)/python -m tools.bench.cost $(if $(CHECKOUT),--checkout $(CHECKOUT))

bench-size: $(VENV)/develop ## Measure lists of 29 to a million regions (SIZES="29 10000", PUBLISH=1)
	$(BIN)/python -m tools.bench.size $(if $(PUBLISH),--publish) $(SIZES)

soak: $(VENV)/develop ## Ask a hundred thousand mixed requests and look at what the process keeps (REQUESTS, DATABASE)
	$(BIN)/python -m tools.bench.soak $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(DATABASE),--database $(DATABASE))

faults: $(VENV)/develop ## Plant random faults and print those that no test finds (NUMBER, PATHS="app/http seed")
	$(BIN)/python -m tools.mutants $(if $(NUMBER),--number $(NUMBER)) $(PATHS)

screenshots: $(VENV)/develop ## Make the pictures of the page anew (needs chromium-headless-shell and fonts-noto-cjk)
	$(BIN)/python -m tests.support.screenshots

openapi: $(VENV)/serve ## Write openapi.json and the examples in it, which the service is asked for
	$(BIN)/python -m tools.examples
	$(BIN)/python -m app --openapi > openapi.json

docs: $(VENV)/serve ## Write docs/configuration.md
	$(BIN)/python -m tools.configuration

lock: $(VENV)/develop ## Write the lock files; the pins stay unless UPGRADE=1 asks for the newest versions
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra tracing --extra mcp --group dev --output-file requirements-dev.txt
	cp requirements-dev.txt requirements-tracing.txt # what a file pins is preferred, so all three agree
	cp requirements-dev.txt requirements.txt
	$(LOCK) --extra tracing --output-file requirements-tracing.txt
	$(LOCK) --output-file requirements.txt

audit: $(VENV)/develop ## Look for known vulnerabilities in what is locked (error 69: the data is out of reach)
	$(BIN)/python -m tools.supply audit

licences: $(VENV)/develop ## Write LICENCES.md
	$(BIN)/python -m tools.supply licences

sbom: $(VENV)/develop ## Write the bill of materials, bill.cdx.json
	$(BIN)/python -m tools.supply bill

clean: ## Remove what the commands above made
	rm -rf site clients/python/cluster_regions clients/typescript/node_modules clients/tools/node_modules clients/typescript/built clients/typescript/schema.d.ts
	rm -rf .venv .venv-* .bench bill.cdx.json *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis regions.sqlite*
