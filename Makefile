# make demo   install whorl into .venv and audit the embedded sample
# make test   install what the tests need and run them all
# make slow   run the tests that take minutes
# make lowest run what reads files with the lowest versions that pyproject.toml allows
# make dist   build wheel and sdist, and audit the embedded sample with the wheel alone
# make speed  install the libraries that whorl is measured against, and measure; see docs/speed.md
# make docs   write the pages that are made from the code and from docs/measured; FROM=… refreshes
#             the latter from the folder of a benchmark
# make benchmark DATA=… OUT=…  build tasks with known truth, and run all methods on them: hours
# make trust  simulate audits whose truth is known, and print how often they err; see docs/statistics.md

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check
JOBS ?= auto

.PHONY: demo test slow lowest lint dist docs speed trust benchmark clean

demo: $(VENV)/.base
	$(VENV)/bin/whorl audit --sample --out whorl-demo

test: lint
	$(VENV)/bin/pytest -n $(JOBS) -m "not slow" --cov

slow: $(VENV)/.test
	$(VENV)/bin/pytest -n 0 -m slow

lowest:
	mkdir -p build
	$(PYTHON) scripts/lowest.py pyproject.toml > build/lowest.txt
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/pip --disable-pip-version-check install --quiet -c build/lowest.txt \
	    -e '.[medical,hdf5,classic]' hypothesis 'pytest>=8.3' 'safetensors>=0.5' pydicom-data
	build/lowest/bin/python -m pytest -q -m "not slow and not browser" \
	    tests/images tests/runs/test_models.py tests/runs/test_model_mutations.py

lint: $(VENV)/.test
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

speed: $(VENV)/.speed
	$(VENV)/bin/python -m speed $(SPEED)

trust: $(VENV)/.base
	$(VENV)/bin/python -m trust $(TRUST)

docs: $(VENV)/.test
	$(VENV)/bin/python scripts/make_docs.py $(if $(FROM),--from $(FROM) $(TASKS))

benchmark: $(VENV)/.test
	$(VENV)/bin/python scripts/benchmark.py $(DATA) $(OUT)

dist: | $(VENV)/bin/pip
	rm -rf dist build/dist
	$(PIP) install --quiet -c constraints.txt build
	$(VENV)/bin/python -m build --outdir dist
	$(VENV)/bin/python scripts/check_dist.py dist
	$(PYTHON) -m venv build/dist
	build/dist/bin/pip --disable-pip-version-check install --quiet -c constraints.txt dist/*.whl
	build/dist/bin/whorl audit --sample --out build/dist/audit
	test -s build/dist/audit/report.html

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) install --quiet -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.base

$(VENV)/.speed: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) install --quiet -c constraints.txt -e '.[speed]'
	touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) whorl-demo whorl-audit build dist .coverage
