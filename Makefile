# Greenroom. `make run` and `make test` prepare everything themselves; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup run test check format lock clean

BIN := .venv/bin
# The first of these that is 3.11 or newer; `make PYTHON=/path/to/python3 setup` chooses another.
PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python

# Bring .venv to the lock. Where it is there already, its own Python says so at once.
define prepare
if [ -x $(BIN)/python ] && $(BIN)/python tools/environment.py current; then exit 0; fi; \
python=; for p in $(PYTHONS); do \
  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$p; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "Greenroom needs Python 3.11 or newer, and found none (tried: $(PYTHONS))." >&2; \
  echo "Install one, or name yours: make PYTHON=/path/to/python3 $@" >&2; exit 1; \
fi; \
"$$python" tools/environment.py install
endef

help: ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: ## prepare .venv, the locked packages and the models that are missing
	@$(prepare)
	@$(BIN)/greenroom models fetch

run: setup ## open Greenroom in the browser
	@$(BIN)/greenroom ui

test: setup check ## all checks, then all tests
	@$(BIN)/python -m pytest

check: ## format, lint, strict types, import contracts, packs
	@$(prepare)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/greenroom packs lint rubrics/packs

format: ## put the code in its format, and fix what can be fixed
	@$(prepare)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: ## write requirements.lock from requirements.in (UPGRADE=1 takes newer versions)
	@$(prepare)
	@$(BIN)/python tools/environment.py lock $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and caches; interviews and models stay where they are
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
