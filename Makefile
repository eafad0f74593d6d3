# `make run` and `make test` need Python 3.11+ and a package index, nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
SOURCES := digitd tests samples benchmarks

.DELETE_ON_ERROR:
.PHONY: run test lint bench accuracy faults lock clean

run: .venv/.run ## start the daemon on the shipped model, with sample digits in inbox/
	@$(BIN)/python -m samples.drop inbox
	@echo "Rows will be in outbox/predictions.csv, pictures in outbox/annotated/. Drop images in inbox/; Ctrl-C stops."
	@exec $(BIN)/digitd watch --config config/digitd.toml

test: .venv/.test lint ## every test, lint and type check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=95

lint: .venv/.test
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.run ## speed as ratios side by side, latency, growth, memory, and which goals are met
	$(BIN)/python -m benchmarks

accuracy: .venv/.run ## what is read right, beside what a person would do without digitd; needs the real data sets
	$(BIN)/python -m benchmarks.accuracy

faults: .venv/.test ## provoke every fault that delivery is promised through, and print what came of each
	DIGITD_SOAK=50000 $(BIN)/python -m pytest tests/faults --fault-table --timeout 1800

lock: ## resolve the newest versions that pyproject.toml allows, with hashes
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install -q uv
	.venv/lock/bin/uv pip compile pyproject.toml $(RESOLVE) --extra train -o requirements/run.txt
	.venv/lock/bin/uv pip compile pyproject.toml $(RESOLVE) --extra train --group test -c requirements/run.txt -o requirements/test.txt
RESOLVE := -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean: ## remove the environment and what the tools left behind
	rm -rf .venv dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digitd needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python requirements/run.txt pyproject.toml
	@echo "Installing digitd and TensorFlow into .venv (some 500 MB; a few minutes the first time)"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps -e .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@echo "Installing the test tools into .venv"
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@
