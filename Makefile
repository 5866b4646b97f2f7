# Two targets matter: `make report` and `make test`. Both set up what they need.
.DEFAULT_GOAL := help
.PHONY: help report test test-newest newest-python lint types lock browser html-checker check-focus dev sample bench clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
FOCUS_VALIDATOR := .venv/focus-validator
HTML_CHECKER := .venv/html-checker
LINTED_SQL := .venv/.linted-sql
NEWEST := .venv/newest
# The newest Python after 3.11 that starts. pyenv's python3.X may be there and not start: the ones it holds are tried, too.
NEWEST_PYTHON = $(shell for minor in 14 13 12; do \
  for python in python3.$$minor "$$HOME"/.pyenv/versions/3.$$minor.*/bin/python3.$$minor; do \
  "$$python" -c 'import venv' 2>/dev/null && echo "$$python" && exit; done; done)
LOCKED = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-strip-extras --annotation-style line $(LOCK_OPTIONS)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

# The sample has settings of its own. One date of it is published before its corrections had landed, so that its reports are restated.
SAMPLE := TALLYBOOK_CONFIG="$${TALLYBOOK_CONFIG:-$(or $(wildcard tallybook.toml),raw/tallybook.toml)}" $(BIN)/tallybook
report: $(INSTALLED) ## run the whole pipeline over raw/ into warehouse/ and site/
	@test -n "$$TALLYBOOK_RAW" || test -e "$${TALLYBOOK_WAREHOUSE:-warehouse/tallybook.duckdb}" || { \
	  $(SAMPLE) load --landed-to 2026-11-04 && TALLYBOOK_SERVING=0 $(SAMPLE) build --to 2026-11-02 && \
	  $(SAMPLE) site --from 2026-11-02 --to 2026-11-02; }
	@$(SAMPLE) run

# What it needs is installed, and looked over, side by side.
test: ## every check there is
	@$(MAKE) --no-print-directory -j3 $(INSTALLED) browser html-checker newest-python lint
	$(BIN)/pytest

test-newest: browser html-checker newest-python ## the whole suite on the newest Python here; `make test` runs a part of it there
	@test -x $(NEWEST)/bin/pytest || { echo "make test-newest: there is no Python from 3.12 to 3.14 here" >&2; exit 1; }
	$(NEWEST)/bin/pytest

lock: $(INSTALLED) ## both lock files from pyproject.toml; LOCK_OPTIONS=--upgrade takes newer releases
	$(LOCKED) --extra dev -o requirements-dev.lock pyproject.toml
	$(LOCKED) --extra s3 --extra gcs --extra azure --extra ui -c requirements-dev.lock -o requirements.lock pyproject.toml
	echo hatchling | $(LOCKED) --no-annotate -c requirements-dev.lock -o orchestration/deploy/build.lock -

lint: $(INSTALLED) $(LINTED_SQL) types ## style of Python and SQL, and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

# sqlfluff takes half a second a file: only those that changed since they were last well are looked at, or all where the rules changed.
SQL := $(wildcard $(foreach depth,* */* */*/*,$(foreach folder,models tests,dbt_project/$(folder)/$(depth).sql)))
$(LINTED_SQL): $(SQL) .sqlfluff | $(INSTALLED)
	$(BIN)/sqlfluff lint $(if $(filter .sqlfluff,$?),dbt_project/models dbt_project/tests,$?)
	@touch $@

check-focus: $(INSTALLED) $(FOCUS_VALIDATOR)/.installed ## the FOCUS export of the sample under the official validator; needs Python 3.12
	@$(BIN)/python -m tests.focus.official_validation $(FOCUS_VALIDATOR)

dev: $(INSTALLED) ## the graph and the run history in a browser, on http://127.0.0.1:3000
	@$(BIN)/python -m orchestration.defs.dev

sample: $(INSTALLED) ## regenerate the checked-in landing zone in raw/
	$(BIN)/python -m orchestration.generating.sample

bench: $(INSTALLED) ## time load + build of a generated zone of 1 M events, and loads of many small files
	$(BIN)/python -m tests.benchmarks.load_and_build
	$(BIN)/python -m tests.benchmarks.many_files

clean: ## remove what was computed (warehouse/, site/), not the environment
	rm -rf warehouse site dbt_project/target

# An installation that was cut off leaves dpkg waiting for `--configure -a`.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  $$as_root dpkg --configure -a && $$as_root apt-get update -qq && $$as_root apt-get install -y -qq chromium >/dev/null; }

# Java is a large thing to install for one test: without it, npm or npm's registry, that test is skipped and says so.
html-checker: $(INSTALLED)
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
	  $(MAKE) --no-print-directory $(HTML_CHECKER)/.installed || echo "Without the HTML checker: its test will be skipped."; fi

$(HTML_CHECKER)/.installed: tests/html/package-lock.json | $(INSTALLED)
	@mkdir -p $(HTML_CHECKER) && cp tests/html/package.json tests/html/package-lock.json $(HTML_CHECKER)
	@cd $(HTML_CHECKER) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# The editable install adds only the project itself: every dependency comes from the lock, by hash. The lock is whole, so
# nothing is resolved again; modules are compiled when they are first imported, which most of them never are.
$(INSTALLED) $(NEWEST)/.installed: %/.installed: requirements-dev.lock pyproject.toml
	@test -x $*/bin/python || $(if $(filter $(NEWEST),$*),$(NEWEST_PYTHON),$(PYTHON)) -m venv $*
	@echo "Installing the locked environment into $* (once) …"
	@$*/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r requirements-dev.lock
	@$*/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$*/bin/pip check --disable-pip-version-check >/dev/null || { echo "$*: the lock file lacks what a package needs:" >&2; \
	  $*/bin/pip check --disable-pip-version-check >&2; exit 1; }
	@touch $@

# A second Python is not everywhere: without one the test of it is skipped and says so.
newest-python:
	@if [ -n "$(NEWEST_PYTHON)" ] && $(MAKE) --no-print-directory $(NEWEST)/.installed; then :; \
	  else echo "Without a Python from 3.12 to 3.14 that takes the locked environment: its test will be skipped."; fi

# The validator runs on Python 3.12 only, with older libraries than the project's: an environment of its own.
$(FOCUS_VALIDATOR)/.installed: tests/focus/validator.lock
	@for python in $(PYTHON312) python3.12 "$$HOME"/.pyenv/versions/3.12.*/bin/python3.12; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null && found="$$python" && break; done; \
	if [ -z "$$found" ]; then \
	  echo "make check-focus: there is no Python 3.12, which the official validator needs; name one: PYTHON312=/path/to/python3.12" >&2; \
	  exit 1; fi; \
	echo "Installing the official validator into $(FOCUS_VALIDATOR) (once) …"; \
	"$$found" -m venv $(FOCUS_VALIDATOR)
	@$(FOCUS_VALIDATOR)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
