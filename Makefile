# Two commands do everything on a fresh machine: `make demo` and `make test`.
export UV_COMPILE_BYTECODE := 1
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := 1

PYTHON ?= python3
BOOT := .uv
UV := $(shell command -v uv 2>/dev/null || echo $(BOOT)/bin/uv)
RUN := .venv/bin
SCALE ?= 1
DEMO ?= demo

.DEFAULT_GOAL := help
.PHONY: help install demo dev test test-all spark test-spark lint format metrics bench bench-engines bench-kpis clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# uv is bootstrapped into .uv/ when the machine has none.
$(BOOT)/bin/uv:
	$(PYTHON) -m venv $(BOOT)
	$(BOOT)/bin/pip install --quiet --disable-pip-version-check uv

.venv/.installed: pyproject.toml uv.lock $(if $(filter $(BOOT)/bin/uv,$(UV)),$(BOOT)/bin/uv)
	$(UV) sync --locked --quiet
	@touch $@

install: .venv/.installed ## install the locked dependencies into .venv

demo: install ## start the sandbox vendors, load, build, audit, publish, print the scorecard
	$(RUN)/funnel demo --folder $(DEMO) --scale $(SCALE)

dev: install ## open the Dagster UI of the demo company on 127.0.0.1:3000
	$(RUN)/funnel --config $(DEMO)/funnelhouse.toml dev

test: install ## run the tests
	$(RUN)/python -m pytest -n 2 --dist loadscope -m "not slow and not spark"

test-all: install ## run the tests and the slow, broader sweeps
	$(RUN)/python -m pytest -n 2 --dist loadscope -m "not spark"

spark: install ## install the Spark environment into .spark-venv
	UV_PROJECT_ENVIRONMENT=.spark-venv $(UV) sync --locked --quiet --only-group spark

test-spark: spark ## run the tests of the Spark engine, on a cluster that they start
	$(RUN)/python -m pytest -m spark tests/spark tests/dbt_project/spark

lint: install ## ruff, mypy, import-linter, sqlfluff
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python -m orchestration.cli.lint_sql

format: install ## format Python and SQL
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

metrics: install ## write dbt's semantic layer from the KPI registry
	$(RUN)/python -m orchestration.metrics.semantic_layer

bench: install ## measure speed, memory and growth as ratios taken in one run
	$(RUN)/python -m tests.bench --scale $(SCALE)

bench-engines: spark ## full builds on DuckDB and on Spark at several scales
	$(RUN)/python -m tests.bench.engines

bench-kpis: install ## all KPIs on ten million facts, under a memory limit of 4 GB
	$(RUN)/python -m tests.bench.kpi_layer

clean: ## remove what the commands made
	rm -rf .venv .uv .spark-venv demo var serving bench
