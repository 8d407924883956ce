# make run    set up what is missing and serve the application with the demo street open;
#             AREA=folder for another area, VIEW=leader for the leaders' pages alone
# make test   set up what the tests need and run every check
# make setup  the set-up alone, into .venv, with .venv/bin/gridplan
# make trials long trials in full, written to docs/results.md
# make bench  gridplan beside its peers, written to docs/benchmarks.md; OPTIONS="--seconds 5 --only syn300",
#             INSTANCES=folder of instance files
# make lock   compile requirements*.txt from pyproject.toml, and those of the peers

SHELL := /bin/sh
PORT ?= 8501
AREA ?= data/demo
VIEW ?= planner
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin
PEERS := benchmarks/.venv-peers

.PHONY: run test setup trials bench lock check clean

run: setup
	@echo
	@echo "gridplan 网格优化调整: http://localhost:$(PORT)   (Ctrl+C to stop 停止)"
	@$(BIN)/streamlit run app.py --server.port $(PORT) --server.address localhost --server.headless true -- '$(AREA)' --view $(VIEW)

setup: .venv/.installed static/vendor/.complete .venv/.compiled

test: setup .venv/.tested-with .venv/.system check

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy gridplan
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

trials: setup .venv/.tested-with
	$(BIN)/python -m benchmarks.trials

bench: setup .venv/.tested-with $(PEERS)/.installed
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.bench $(if $(INSTANCES),--instances '$(INSTANCES)') $(OPTIONS)

$(PEERS)/.installed: .venv/.python benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/requirements.txt
	@touch $@

.venv/.python:
	@sh .ci/need-python "$(PYTHON)"
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.compiled: .venv/.installed $(wildcard gridplan/partition/*.py gridplan/hotspots/*.py)
	@echo "Compiling inner loops, once 编译计算程序（仅一次）…"
	@$(BIN)/python -m gridplan.partition
	@$(BIN)/python -m gridplan.hotspots
	@touch $@

.venv/.tested-with: .venv/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/.system: .ci/need-packages Makefile
	@sh .ci/need-packages chromium fonts-noto-cjk libatomic1 postgresql
	@touch $@

static/vendor/.complete: .venv/.installed package.json package-lock.json
	$(BIN)/python -m gridplan.offline

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" --extra dev --constraint requirements.txt \
		pyproject.toml --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" --constraint requirements.txt \
		benchmarks/peers/requirements.in --output-file benchmarks/peers/requirements.txt

clean:
	rm -rf .venv $(PEERS) static/vendor node_modules
