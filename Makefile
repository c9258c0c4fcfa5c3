# These targets need nothing but Python 3.11 or newer, and make:
#   make demo      sets up an environment in .venv and runs the rules over a made-up district
#   make test      sets up the same for developers and runs the tests
# and this one needs Chromium as well (apt install chromium; elsewhere: make test-all CHROMIUM=/path/to/it):
#   make test-all  the tests, and then the pages in a browser

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help demo test test-all test-browser check build clean

help:
	@echo "make demo      run the rules over a made-up district (sets up by itself)"
	@echo "make test      run the tests (sets up by itself)"
	@echo "make test-all  run the tests, and those that need a browser"
	@echo "make check     check the specs, and that generated/ is fresh"
	@echo "make build     write generated/ anew"
	@echo "make clean     remove .venv and what tools leave behind"

demo: $(VENV)/ready
	@$(BIN)/rulewright check
	@echo
	@$(BIN)/rulewright run --data examples/indiana-district/data --scope state \
		--school-year 2024 --as-of 2024-04-15 --fail-on never

test: $(VENV)/ready-dev
	@$(BIN)/pytest -q

test-all: test test-browser

test-browser: $(VENV)/ready-browser
	@$(BIN)/pytest -q -m browser --dist loadfile

check: $(VENV)/ready
	@$(BIN)/rulewright check
	@$(BIN)/rulewright build --check

build: $(VENV)/ready
	@$(BIN)/rulewright build

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or say where it is: make PYTHON=/path/to/python3 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu install its package:"; \
		echo "    apt install python3-venv"; exit 1; }

$(VENV)/ready: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-dev: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/ready

$(VENV)/ready-browser: $(VENV)/ready-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,browser]'
	@touch $@
