# make run: the page on port 7860. make test: all tests. Both need only Python 3.11+, pip and make.
PYTHON ?= python3
VENV ?= .venv
PY = $(VENV)/bin/python
# Containers often forbid Python to keep what it compiles. The tests start hundreds of processes of 500 files each.
export PYTHONDONTWRITEBYTECODE =

.PHONY: lock run test unit browser bench faults package contract lint clean dev

run: $(VENV)/.run
	$(PY) app.py

$(VENV)/.run: requirements.txt requirements-demo.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-demo.txt
	touch $@

dev: $(VENV)/.dev
$(VENV)/.dev: requirements.txt requirements-demo.txt requirements-mcp.txt requirements-operating.txt requirements-cluster.txt requirements-dev.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.run

# Several at a time, each file whole, the longest first (tests/conftest.py). On two cores: browsers keep two processes
# busy, while the other tests wait for servers and clocks a third of their time.
SHARED = --dist loadfile --no-loadscope-reorder
# Some tests hold the app to seconds, which a busy machine may miss: what failed gets one more try alone, and must pass it.
AGAIN = --last-failed --last-failed-no-failures none

# tests/house, which judges the code and not what it does, belongs to `make lint`.
test: unit browser

# What failed is kept apart from what `make lint` notes at the same time.
UNIT = $(PY) -m pytest -m "not real and not package" --ignore tests/browser --ignore tests/house \
	-o cache_dir=$(VENV)/.pytest_cache/unit
unit: dev
	sh tests/need_programs.sh
	$(UNIT) -n 3 $(SHARED) || $(UNIT) $(AGAIN)

browser: dev
	$(PY) -m pytest -m "not real" tests/browser -n 2 $(SHARED) || $(PY) -m pytest -m "not real" tests/browser $(AGAIN)

# All figures in about twelve minutes, on a machine with nothing else to do. Plain Gradio's sound needs ffmpeg.
bench: dev
	sh tests/need_programs.sh
	$(PY) -m bench.run
	$(PY) -m bench.calls --write

# What is lost when a part of a cluster fails, in about twelve minutes; writes the table of docs/deploying.md.
faults: dev
	sh tests/need_programs.sh
	$(PY) -m tests.cluster.faults --write

# The wheel and the sdist, checked, installed into empty environments and run; the Python code that results show, with
# what it says it needs and nothing else.
package: dev
	$(PY) -m pytest -m package tests/test_package.py tests/test_other_readers.py tests/features/snippets/test_environments.py

# The real vLLM-Omni server with a stub engine, of one version: make contract VERSION=0.24.0. Some cases hold it to a
# second, which a busy machine may miss: what failed gets one more try alone, as in the browser.
VERSION ?= 0.30.0
CONTRACT = $(PY) -m pytest -m real tests/contract --omni-version $(VERSION) -o cache_dir=.pytest_cache/$(VERSION)
contract: dev
	$(CONTRACT) || $(CONTRACT) $(AGAIN)

# The exact versions of the image and of its optional parts, with the hashes of their files. Needs uv.
COMPILE = uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate
lock:
	$(COMPILE) requirements.txt -o requirements.lock
	$(COMPILE) requirements.txt requirements-operating.txt -c requirements.lock -o requirements-operating.lock
	$(COMPILE) requirements.txt requirements-cluster.txt -c requirements.lock -o requirements-cluster.lock

lint: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m pytest tests/house

clean:
	rm -rf $(VENV) .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -prune -exec rm -rf {} +
