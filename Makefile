# Two commands on a fresh clone: make demo, make test. Each sets up what it needs first.
# Needs Python 3.11 or later, make and a package registry; everything else is installed under .uv/ and .venv/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo test integration soak check docs bench where clean

PYTHON     ?= python3
UV_VERSION := 0.13.8
WORKERS    ?= 2
CHILDREN   ?= 2000
DEMO       ?= demo

# The system's Python, never a downloaded one.
export UV_PYTHON := $(PYTHON)
export UV_PYTHON_DOWNLOADS := never
# Another project's active environment must not be used for this one.
unexport VIRTUAL_ENV
# Many programs start from the same sources here, so these are compiled once.
unexport PYTHONDONTWRITEBYTECODE

UV     := .uv/bin/uv
READY  := .venv/.set-up
DAYTWO := .venv/bin/daytwo

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo CHILDREN=200 DEMO=folder       a smaller demo, elsewhere (ARGS=--verbose prints everything)"
	@echo "  make test ARGS='tests/flows -k where'    some of the tests"
	@echo "  make where Q='NI 64'                     the file that defines a thing"

setup: $(READY) ## set up .venv (the other targets do this themselves)

demo: $(READY) ## invent a council and show the whole path, from a drop to a verified pack
	$(DAYTWO) demo --folder "$(DEMO)" --children $(CHILDREN) $(ARGS)

test: $(READY) ## run the tests
	.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

integration: $(READY) ## run the tests that need servers, which they start: S3, PostgreSQL, SSH, Prefect
	.venv/bin/python -m pytest -m integration -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests/integration tests/faults $(ARGS)

soak: $(READY) ## kill and fail runs for hours: every fault at every call, 300 moments (as root, to fill a disk)
	.venv/bin/python -m pytest -m '' tests/faults/soak.py $(ARGS)

check: $(READY) ## lint, types, allowed imports, generated pages up to date
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(DAYTWO) docs --check

docs: $(READY) ## write docs/reference from contracts, indicators, frameworks, commands and settings
	@$(DAYTWO) docs

bench: $(READY) ## measure speed and size
	.venv/bin/python -m tests.bench $(ARGS)

where: $(READY) ## find the file that defines a thing: make where Q="NI 64"
	@$(DAYTWO) where "$(Q)"

clean: ## remove what set-up installed; the demo, stores and uv.lock stay
	rm -rf .uv .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# uv sync runs again only when a dependency changed; sources are used in place.
$(READY): pyproject.toml uv.lock .uv/uv-$(UV_VERSION)
	@echo "Setting up .venv"
	@$(UV) sync --locked --quiet
	@touch $@

.uv/uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "daytwo needs Python 3.11 or later, and '$(PYTHON)' is older or missing. How to fix it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Getting uv $(UV_VERSION)"
	@$(PYTHON) -m venv --clear .uv || \
	  { echo "Python cannot create a virtual environment. How to fix it: install its venv package (Debian: python3-venv)." >&2; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@
