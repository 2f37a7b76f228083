# All targets work in a virtual environment at .venv, made from pyproject.toml the first time.
# A fresh machine needs make and Python 3.11 or newer (with its venv module).

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
EXAMPLE ?= scenarios/examples/realistic
OUT ?= out

.PHONY: help setup plan test test-all lint bench libreoffice
.DEFAULT_GOAL := help

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 13

setup: $(INSTALLED) ## install siliconmix and the tools of its developers into .venv

$(INSTALLED): pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer with venv found; name one: make PYTHON=/path/to/python"; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

plan: setup ## plan the realistic fleet and write the answer to out/
	$(BIN)/siliconmix plan $(EXAMPLE) --out $(OUT)

test: setup libreoffice lint ## what must pass before every commit
	$(BIN)/pytest -n 2 --dist loadfile -m "not long"

test-all: setup libreoffice lint ## the same with the long tests
	$(BIN)/pytest -n 2 --dist loadfile

lint: setup ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## run every script in tests/benchmarks
	@set -e; for script in tests/benchmarks/[a-z]*.py; do \
		test -e "$$script" || continue; \
		echo "== $$script"; $(BIN)/python -m "tests.benchmarks.$$(basename "$$script" .py)"; done

libreoffice: ## install LibreOffice where that is possible; some tests recalculate workbooks with it
	@if command -v soffice >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null; then \
		if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo=no; fi; \
		if [ "$$sudo" != no ]; then $$sudo apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null; fi; \
	fi; \
	command -v soffice >/dev/null || echo "LibreOffice is not here: the tests that recalculate workbooks will not run."
