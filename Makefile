# `make install` makes .venv; everything else stands on it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=
# Tests wait for servers and browsers about half of their time: three processes keep two cores busy.
WORKERS ?= $(shell echo $$(( ($$(nproc) * 3 + 1) / 2 )))

CATALOGUES := $(shell find . -path ./.venv -prune -o -path '*/locale/*/LC_MESSAGES/*.po' -print 2>/dev/null)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: install messages content demo demo-reset test test-moved lint bench bench-million test-tools lock

install: $(STAMP) messages

$(STAMP): requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

messages: $(COMPILED)

%.mo: %.po $(STAMP)
	@$(BIN)/pybabel --quiet compile --use-fuzzy -i $< -o $@

# After a change of the project's own words: full-width marks, certificates over what stands there now, the reference,
# the figures of the scanner.
content: install
	$(BIN)/python manage.py format_punctuation
	$(BIN)/python manage.py certify_presets
	HEQU_MODE=test $(BIN)/python manage.py write_reference
	HEQU_MODE=test $(BIN)/python manage.py measure_scanner
	@$(MAKE) --no-print-directory messages

demo: install
	@exec $(BIN)/python -m config.demo $(ARGS)

demo-reset: install
	@$(BIN)/python -m config.demo --reset

# Browser journeys need Debian's Chromium and CJK fonts. Where they cannot be had, the journeys report as not run.
test-tools:
	@deploy/install-test-tools.sh

test: install test-tools
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# The suite with every clock moved to a hard moment (tests/moved_clock.py names them); `today` takes the one whose turn it is.
MOMENT ?= today
test-moved: install test-tools
	$(BIN)/python -m tests.moved_clock $(MOMENT) -- $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint templates campaigns/games --quiet
	$(BIN)/python -m config.embedded with -- $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m config.embedded with -- env DJANGO_SETTINGS_MODULE=tests.reading_settings \
		$(BIN)/python manage.py lintmigrations --quiet ok ignore
	$(BIN)/python deploy/bill_of_materials.py

bench: install
	$(BIN)/python -m tests.bench.scanning
	$(BIN)/python -m tests.bench $(ARGS)
	$(BIN)/python -m tests.bench.games
	$(BIN)/python -m tests.bench.desks

# A million participants and ten million ledger entries, made once (about ten minutes) and kept in .cache/million.
bench-million: install
	@$(BIN)/python -m tests.bench.million $(ARGS)

# Needs uv. The locked files name no package index.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c requirements.txt requirements-dev.in -o requirements-dev.txt
