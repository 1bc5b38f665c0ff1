# Every target sets up what it needs, so on a fresh machine each of them is one command.

# The interpreter that .venv is made with; empty: the first of python3, python3.12, ... that fits.
PYTHON ?=
# Leave out -n and what follows it to run the tests one after the other.
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist loadfile
export PYTHON

VENV_PYTHON := .venv/bin/python
# Written last by scripts/setup.sh; holds the folder it was written in.
STAMP := .venv/.setup-done
INPUTS := $(wildcard requirements*.txt setup.cfg pyproject.toml scripts/setup.sh) \
	$(wildcard scripts/build_backend.py stubs/*.pth stubs/*.py stubs/*/*.py)

.PHONY: help setup demo test lint types parts format bench FORCE
.DEFAULT_GOAL := help

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s%s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Build .venv with everything in it (again only when its inputs change)

demo: $(STAMP) ## Train, evaluate and predict on a small corpus and write a page to look at
	bash scripts/demo.sh

test: $(STAMP) ## Run the tests (choose some: make test PYTEST_ARGS="-k pubtator")
	OMP_NUM_THREADS=1 $(VENV_PYTHON) -m pytest $(PYTEST_ARGS)

lint: $(STAMP) ## Check style, formatting and which package imports which
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	.venv/bin/lint-imports

types: $(STAMP) ## Check the types of bio_ie
	$(VENV_PYTHON) -m mypy

parts: $(STAMP) ## Renew the table of the names that modules register (after adding one)
	$(VENV_PYTHON) scripts/list_parts.py

format: $(STAMP) ## Mend style and formatting where that can be done safely
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

bench: $(STAMP) ## Measure speed against the bare encoder and AllenNLP's own parts
	$(VENV_PYTHON) -m benchmarks.run

$(STAMP): $(INPUTS)
	bash scripts/setup.sh $(STAMP)

# A virtual environment holds absolute paths: one that was moved, copied with its checkout, or
# whose interpreter is gone is as good as none.
ifneq ($(shell $(VENV_PYTHON) -V >/dev/null 2>&1 && cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): FORCE
endif
