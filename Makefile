# What can be done here. `make` alone explains itself.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help dev test check lint bench lock reset

help: ## tell what can be done
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml requirements.txt requirements-dev.txt
	@echo "Installing what is needed into .venv, once: a minute or two"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

dev: $(READY) ## set everything up and serve the product on 127.0.0.1:8000, with its worker and demonstration data
	@$(BIN)/marketplace serve --prepare --with-worker

test: $(READY) ## run the tests
	@$(BIN)/pytest -n auto --dist loadfile

check: lint ## ruff, mypy --strict, import-linter and the house tests
	@$(BIN)/pytest tests/house -n auto

lint: $(READY) ## the part of check that runs no test
	@$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(READY) ## measure what has a bar, each with its floor from the same run
	@$(BIN)/python -m bench

lock: ## write the hash-locked requirements and the digests of what is published
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --universal pyproject.toml --extra postgresql -o requirements.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --universal pyproject.toml --extra postgresql --extra dev -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --no-deps --group semantic -o requirements-semantic.txt
	@$(BIN)/python -m marketplace.frameworks.loader lock

reset: ## forget the laptop's data: database, index, files, mail
	@rm -rf var
