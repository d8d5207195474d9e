# The whole developer interface. `make run` and `make test` need nothing but Python 3.11-3.13 and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
QUIET_PIP := -m pip --disable-pip-version-check --quiet
AUDIT := $(VENV)/audit
PIP := $(BIN)/python $(QUIET_PIP)
# The lock names no extras and is given as a constraint too: older pips (23.2, which Python 3.11 brings) take `name[extra]`, asked for by
# some requirement, and `name`, pinned by the lock, for two things, and reach for a newer release that has no hash.
INSTALL_IN = $(1) $(QUIET_PIP) install --require-hashes --only-binary :all: -r $(2) -c $(2)
INSTALL = $(call INSTALL_IN,$(BIN)/python,$(1))
# One version of a package for every Python (fewest): what is tested on one is what runs on the others.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--strip-extras --fork-strategy fewest --no-emit-index-url --custom-compile-command "make lock" --quiet
# Stand-ins for Google Cloud live in environments of their own, which the tests make.
STAND_INS := weather_platform_tests/stand_ins
LOCKS := $(wildcard *.lock deploy/images/*.lock $(STAND_INS)/*.lock)

# What the caller's shell is told of another Python is not for ours: packages go into $(VENV) and come from there.
unexport PYTHONHOME PYTHONPATH
export PIP_USER := 0
# A venv that failed on the way (on Debian without python3-venv) would be taken for one the next time.
.DELETE_ON_ERROR:
.PHONY: run ui test check bench sbom audit lock clean

run: $(VENV)/.run ## set up, then the main job end to end on the simulated sandbox
	$(BIN)/weather-platform run

ui: $(VENV)/.run ## the Dagster UI on loopback, with the sandbox behind it
	$(BIN)/weather-platform ui

# Where PYTHONDONTWRITEBYTECODE is set, each run would rewrite the asserts of three hundred modules anew, twice.
test: $(VENV)/.dev ## the test suite
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not soak"

check: $(VENV)/.dev ## lint, format, types, and the rule about who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## the speed figures, written to bench.json
	$(BIN)/python -m weather_platform_tests.bench

sbom: $(AUDIT)/.tools ## what the platform is made of, as CycloneDX, written to sbom.json
	$(AUDIT)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o sbom.json

# Strict: what the service does not know, and so everything where it is not reached, is a failure and not a pass.
audit: $(AUDIT)/.tools ## known vulnerabilities of all that is locked; asks the advisory service of PyPI
	failed=0; for lock in $(LOCKS); do echo "$$lock:"; \
	  $(AUDIT)/bin/pip-audit --strict --requirement $$lock --require-hashes --disable-pip || failed=1; done; exit $$failed

lock: ## renew the locks; needs uv on the PATH
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group audit -o requirements-audit.lock
	$(LOCK) pyproject.toml --group build --extra deploy --extra gcp --extra era5 --extra media --extra netcdf -c requirements-dev.lock -o deploy/images/worker.lock
	for name in fake_gcs bqemulator linters checkov; do $(LOCK) $(STAND_INS)/$$name.in -o $(STAND_INS)/$$name.lock || exit; done
	$(subst 3.11,3.13,$(LOCK)) $(STAND_INS)/local_bigquery.in --override $(STAND_INS)/overrides.txt -o $(STAND_INS)/local_bigquery.lock
	$(LOCK) --group build -c requirements-dev.lock -o deploy/images/build.lock
	for role in web ticks; do $(LOCK) deploy/images/$$role.in -c requirements-dev.lock -o deploy/images/$$role.lock || exit; done

clean:
	rm -rf $(VENV) data

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11 to 3.13 is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

# Tools that look at the locks have an environment of their own, so that they are no part of what they look at.
$(AUDIT)/.tools: requirements-audit.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m venv $(AUDIT)
	$(call INSTALL_IN,$(AUDIT)/bin/python,requirements-audit.lock)
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing from requirements.lock (about a minute) ..."
	$(call INSTALL,requirements.lock)
	$(PIP) install --no-deps --no-build-isolation --editable .
	@# Where PYTHONDONTWRITEBYTECODE is set, every process would compile the platform anew, half a second each time.
	$(BIN)/python -m compileall -q weather_platform
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(call INSTALL,requirements-dev.lock)
	@touch $@
