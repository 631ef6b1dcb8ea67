# make run | test | check | train | bench. Python 3.11 to 3.13; another one: make run PYTHON=python3.13
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check train bench clean

run: $(VENV)/installed  ## start the page and print its address
	$(BIN)/python app.py $(ARGS)

test: $(VENV)/installed-dev  ## all tests; make test ARGS="tests/unit -k photo" for some
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/installed-dev  ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	rm -f interface/*.pyi  # Gradio writes these when the page starts, and mypy would read the old ones
	$(BIN)/mypy

train: $(VENV)/installed  ## train anew; make train ARGS="--data mnist.npz" without internet
	$(BIN)/python train_model.py $(ARGS)

bench: $(VENV)/installed-dev  ## every benchmark, one after the other
	for name in server startup predict photos load pen_to_bars training; do $(BIN)/python benchmarks/$$name.py || exit 1; done

clean:  ## remove the virtual environment
	rm -rf $(VENV)

$(VENV)/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make run PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
