# make demo    judge the starter set with nothing but Python
# make test    every light test; make check: format, lint, types, imports
# make test-extras    the tests of optional dependencies, which it installs
# A virtual environment is made on first use: with uv where it is installed, else venv and pip.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EXTRAS := local,wasm,ifeval,service,redis,ray,train,plots,hub,entailment
TORCH  := torch==2.13.0  # a bare torch can bring gigabytes of CUDA

DATA   ?= ../shared/data

.PHONY: demo test test-extras check format clean setup train-embedded

demo: $(VENV)/.core
	$(BIN)/reward-agent demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest

test-extras: $(VENV)/.extras
	$(BIN)/python -m pytest -m extras

check: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

setup: $(VENV)/.dev

# Fits the small models that ship with the package to DATA again. The encoder is trained apart (training/README.md); how
# its word is joined with the words' is fitted where the extra `entailment` is installed.
train-embedded: $(VENV)/.dev
	$(BIN)/python -m training.preference --data $(DATA)
	$(BIN)/python -m training.rarity --data $(DATA)
	$(BIN)/python -m training.grounded --data $(DATA)
	if $(BIN)/python -c 'import onnxruntime, tokenizers'; then $(BIN)/python -m training.joined --data $(DATA); fi

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "RewardAgent needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet --allow-existing --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'; fi
	@touch $@

$(VENV)/.core: $(VENV)/.python pyproject.toml
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -e .; \
	else $(BIN)/python -m pip install --quiet -e .; fi
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -e . --group dev; \
	else $(BIN)/python -m pip install --quiet -e . --group dev; fi
	@touch $@

$(VENV)/.extras: $(VENV)/.dev
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -e '.[$(EXTRAS)]' --group extras $(TORCH); \
	else $(BIN)/python -m pip install --quiet -e '.[$(EXTRAS)]' --group extras $(TORCH); fi
	@touch $@
