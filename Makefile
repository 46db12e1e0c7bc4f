# make run    serves the demo municipality   (PORT=8000, SETUP=demo|broendby|holbaek|aalborg)
# make test   everything, in the browser too, on SQLite and then on PostgreSQL
# make lint   style, types, layers, templates, budgets
# make bench  answer times, queries and bytes of the demo's pages; then what is heard of a child, as much as the suite visits
# make load   requests a second with a city's ten years of data   (FACTOR=1/100 DATABASES="sqlite postgresql")
# make calendars  what five calendar readers read, and what a sync moves
# make canaries   nobody reads of a child what is not theirs, in random worlds   (PAIRS=100000)
# make guide  the pictures of the user guide, taken anew
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
.PHONY: run test lint bench calendars canaries load guide setup fmt lock assets reference clean

PYTHON ?= python3
PORT ?= 8000
SETUP ?= demo
FACTOR ?= 1/100
PAIRS ?= 100000
DATABASES ?= sqlite postgresql
STARTED := $(shell date +%s)
# Containers often forbid compiled files; every one of the many processes would then compile Django anew.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache
PY := .venv/bin/python
UV := UV_PYTHON_DOWNLOADS=never .venv/bin/uv
LOCK_FLAGS := --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11

# Only what the program needs to run; packages and design system are fetched side by side.
run:
	@$(MAKE) --no-print-directory -j2 .stamps/runtime .stamps/assets
	@PORT=$(PORT) SETUP=$(SETUP) STARTED=$(STARTED) $(PY) scripts/serve.py

test: setup
	@scripts/test.sh

lint: setup
	@scripts/lint.sh

bench: setup
	@SETUP=$(SETUP) $(PY) benchmarks/pages.py
	@$(PY) benchmarks/canaries.py --small --concerns 3 --pairs $(PAIRS)

calendars: setup .stamps/readers
	@$(PY) benchmarks/calendars.py

canaries: setup
	@$(PY) benchmarks/canaries.py --pairs $(PAIRS)

load: setup
	@$(PY) benchmarks/load.py --factor $(FACTOR) --databases $(DATABASES)

# ---- what the others stand on; a second time it is done in no time
setup: .stamps/python .stamps/assets

.stamps/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Tovholder needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@echo "Installing the locked packages into .venv"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[^ ;]+' requirements-dev.txt)"
	@$(call install,requirements.txt)
	@mkdir -p .stamps && touch $@
	@echo "  packages ready $$(( $$(date +%s) - $(STARTED) )) s after the start"

.stamps/python: requirements-dev.txt .stamps/runtime
	@echo "Installing what developing and testing needs on top"
	@$(call install,requirements-dev.txt)
	@mkdir -p .stamps && touch $@

install = $(UV) pip install --quiet -p $(PY) --require-hashes -r $(1) || $(PY) -m pip install --quiet --require-hashes -r $(1)

# Needs no package of ours, so it does not wait for them.
.stamps/assets: package-lock.json scripts/assets.py
	@$(PYTHON) scripts/assets.py
	@mkdir -p .stamps && touch $@
	@echo "  design system ready $$(( $$(date +%s) - $(STARTED) )) s after the start"

# scripts/test.sh installs the same, and tells of it when it cannot.
.stamps/readers: tests/readers/package-lock.json .stamps/python
	@echo "Installing the calendar readers into tests/readers"
	@cd tests/readers && PATH="$$PATH:$(CURDIR)/.venv-node/bin" npm ci --no-progress >/dev/null
	@mkdir -p .stamps && touch $@

assets:
	@$(PYTHON) scripts/assets.py

fmt: setup
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format --quiet .
	@git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0r .venv/bin/djade || true  # it exits 1 when it has changed something

guide: setup
	@GUIDE=1 CHROMIUM=/usr/bin/chromium $(PY) -m pytest -n0 tests/e2e/test_guide.py

reference: setup
	@$(PY) manage.py write_reference

lock: .stamps/python
	@$(UV) pip compile $(LOCK_FLAGS) $(UPGRADE) -p $(PY) requirements.in -o requirements.txt
	@$(UV) pip compile $(LOCK_FLAGS) $(UPGRADE) -p $(PY) requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .stamps .venv .venv-node node_modules var
