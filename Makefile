# Everything specflow needs is installed into .venv from hash-checked lock files; `make samples` is the demonstration.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
EFFORT ?= 40
BENCH ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help samples test lock sweep bench clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

samples: $(VENV)/.installed ## install into .venv and build the samples into out/
	$(BIN)/specflow build samples --exclude samples/broken --out $(OUT)

test: $(VENV)/.installed-dev ## lint, check the types and run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadscope

lock: $(VENV)/.installed-dev ## renew the lock files from pyproject.toml
	$(COMPILE) --upgrade --all-build-deps --all-extras --output-file requirements.lock pyproject.toml
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' \
		| $(COMPILE) --upgrade --constraint requirements.lock --output-file requirements-dev.lock -

sweep: $(VENV)/.installed-dev ## try the property tests with many more, random examples (takes long)
	SPECFLOW_SWEEP=$(EFFORT) $(BIN)/pytest tests/properties tests/browser tests/hostile tests/faults tests/batch \
		tests/test_conformance.py tests/test_readers.py tests/test_reproducible.py tests/test_samples.py

bench: $(VENV)/.installed ## measure builds beside other tools on the same text: BENCH="batch --sizes 10"
	PYTHONPATH=tests $(BIN)/python -m bench $(BENCH)

clean: ## remove what make made
	rm -rf $(VENV) $(OUT) dist build .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "specflow needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make samples PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The lock has the build backend too, so the package itself is installed without a second, unchecked download.
$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
