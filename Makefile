PYTHON ?= python3
BIN := .venv/bin
NPM := --silent --no-package-lock --ignore-scripts --no-audit --no-fund

.PHONY: help run test check format migrate seed fuzz openapi lock audit licences sbom bench bench-size soak screenshots clients
.PHONY: node export clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

.venv/serve: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/develop: requirements-dev.txt .venv/serve
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: seed ## Migrate, seed and serve on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL)
	$(BIN)/python -m app

migrate: .venv/serve ## Bring the tables up to date
	$(BIN)/alembic --raiseerr upgrade head

seed: .venv/serve ## Check the list and put it into the database
	$(BIN)/python -m seed

clients: .venv/develop node ## Write the Python and the TypeScript client from openapi.json
	$(BIN)/python -m clients

node: clients/typescript/package.json ## Install what the TypeScript client and the linters of openapi.json need
	@if command -v npm >/dev/null; then cd clients/typescript && npm install $(NPM); else echo "npm is missing"; fi

export: migrate seed ## Write the read-only API as files into site/
	$(BIN)/python -m export site

test: .venv/develop node ## Run every test on SQLite and PostgreSQL
	$(BIN)/python -m pytest

fuzz: .venv/develop ## Look for hostile input that the tests did not think of: thousands of examples each, another seed
	HYPOTHESIS_PROFILE=fuzz HOSTILE_REQUESTS=50000 SEGMENTED_REQUESTS=100000 HOSTILE_SEED=$$$$ $(BIN)/python -m pytest tests/unit/test_fuzz_*.py tests/data/test_fuzz_*.py tests/http/test_hostile_*.py tests/process/test_hostile_*.py tests/http/test_schemathesis.py

check: .venv/develop ## Format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	! test -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile

format: .venv/develop ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/develop ## Measure against a bare server and peers, side by side
	$(BIN)/python -m bench

bench-size: .venv/develop ## Measure lists of 29 to a million regions (SIZES="29 10000")
	$(BIN)/python -m bench.size $(SIZES)

soak: .venv/develop ## Ask a hundred thousand mixed requests and look at what the process keeps (REQUESTS, DATABASE)
	$(BIN)/python -m bench.soak $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(DATABASE),--database $(DATABASE))

screenshots: .venv/develop ## Make the pictures of the page anew (needs chromium and fonts-noto-cjk)
	$(BIN)/python -m tests.support.screenshots

openapi: .venv/serve ## Write openapi.json
	$(BIN)/python -m app --openapi > openapi.json

lock: .venv/develop ## Pin the newest dependencies, with hashes
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export --quiet --no-emit-project --no-header --no-dev --format requirements.txt -o requirements.txt
	$(BIN)/uv export --quiet --no-emit-project --no-header --no-dev --extra tracing --format requirements.txt -o requirements-tracing.txt
	$(BIN)/uv export --quiet --no-emit-project --no-header --extra tracing --format requirements.txt -o requirements-dev.txt
	rm uv.lock

audit: .venv/develop ## Look for known vulnerabilities in what is locked (error 69: the data is out of reach)
	$(BIN)/python -m supply audit

licences: .venv/develop ## Write LICENCES.md
	$(BIN)/python -m supply licences

sbom: .venv/develop ## Write the bill of materials, bill.cdx.json
	$(BIN)/python -m supply bill

clean: ## Remove what the commands above made
	rm -rf site clients/python/cluster_regions clients/typescript/node_modules clients/typescript/built clients/typescript/schema.d.ts
	rm -rf .venv .bench bill.cdx.json *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis regions.sqlite*
