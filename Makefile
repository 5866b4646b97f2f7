# Two targets matter: `make report` and `make test`. Both set up what they need.
.DEFAULT_GOAL := help
.PHONY: help report test lint browser dev sample bench clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

report: $(INSTALLED) ## run the whole pipeline over raw/ into warehouse/ and site/
	@$(BIN)/tallybook run

test: $(INSTALLED) browser lint ## every check there is
	$(BIN)/pytest

lint: $(INSTALLED) ## style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

dev: $(INSTALLED) ## the graph and the run history in a browser, on http://127.0.0.1:3000
	DAGSTER_HOME="$$($(BIN)/python -m orchestration.instance)" $(BIN)/dagster dev

sample: $(INSTALLED) ## make the checked-in landing zone in raw/ anew
	$(BIN)/python -m orchestration.generating.sample

bench: $(INSTALLED) ## time load + build of a generated zone of 1 M events
	$(BIN)/python -m tests.benchmarks.load_and_build

clean: ## remove what was computed (warehouse/, site/), not the environment
	rm -rf warehouse site dbt_project/target

browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq chromium >/dev/null; }

# The editable install adds only the project itself: every dependency comes from the lock, by hash.
$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked environment into .venv (once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
