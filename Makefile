# Two commands are enough: `make demo` and `make check`. `make` alone lists the rest.
# Each target makes what it needs first: virtual environments from pinned files, the built artifact, the local stack.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.13
# Port of the demo's local stack; tests take a free one.
PORT ?= 4566
# Of a deployed stack: its name, and the architecture it was deployed with.
STACK ?= porchlight
ARCH ?= arm64
N ?= 100000
DATA ?=

machine := $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)
# A process for each core, but four at most: each begins by reading all tests, and in a container the cores may be the
# host's. Neighbours stay together, so that what a module shares is made once; who is done takes from the others.
# What needs the local stack or a browser stays in one process: there is one stack, and it needs the cores itself.
spread := -n auto --maxprocesses 4 --dist worksteal
sources := $(shell find functions layers infra -type f -not -path '*/__pycache__/*' 2>/dev/null)
py := PYTHONPATH=.:layers/common .venv/bin/python
# sam looks for the function runtime's interpreter on the path; a virtual environment's is always the active one.
sam := PATH="$(CURDIR)/.venv/bin:$$PATH" SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} .venv-sam/bin/sam

.PHONY: help demo demo-check check format format-check lint types test cfn-lint validate smoke local end-to-end chromium \
        build build-for deploy publish connect bench conformance docs-carriers replay simulate-faults train-classifier clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

# ---- run it -----------------------------------------------------------------------------------------------------

demo: local ## a shop's day on the local stack: pages, mailbox, decisions; stays up until Ctrl-C
	@$(py) -m tools.demo --port $(PORT)

demo-check: local ## the same without a screen; asserts the outcome, ends with one JSON line
	@$(py) -m tools.demo --port $(PORT) --check

# ---- check it ---------------------------------------------------------------------------------------------------

check: format-check lint types cfn-lint validate test local chromium ## everything, as CI runs it
	@$(py) -m pytest -m "local or built or browser"
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  echo "Not run, because Chromium is missing (Debian: apt-get install chromium):"; \
	  $(py) -m pytest --collect-only -q -m browser | grep :: ; }

format: .venv/.installed ## rewrite all Python files in the one format
	@.venv/bin/ruff format -q .

format-check: .venv/.installed
	@.venv/bin/ruff format -q --check --output-format concise . || { echo "run \`make format\`"; exit 1; }

lint: .venv/.installed ## ruff
	@.venv/bin/ruff check -q .

types: .venv/.installed ## mypy --strict
	@.venv/bin/mypy --no-error-summary

test: .venv/.installed ## all tests that need neither artifact nor local stack nor browser
	@$(py) -m pytest $(spread) -m "not local and not built and not browser"

cfn-lint: .venv/.installed ## the templates against CloudFormation's schemas
	@.venv/bin/cfn-lint infra/*.yaml

validate: .venv/.installed .venv-sam/.installed ## the template as SAM reads it
	@$(sam) validate >/dev/null || $(sam) validate

smoke: build ## each handler imports from the artifact, and every file in it has byte code
	@$(py) -m pytest tests/built

end-to-end: local chromium ## the deployed local stack and the pages in a browser
	@$(py) -m pytest -m "local or browser"

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	       && apt-get update -qq >&2 && apt-get install -qq -y chromium >&2; } \
	  || true

bench: local ## measured: imports, calls and cost per shipment, throughput, page weight (docs/benchmarks.md)
	@$(py) -m tools.bench

conformance: .venv/.installed ## what our carriers read of DATA=<folder>, against what others read (docs/carriers.md)
	@[ -n "$(DATA)" ] || { echo "make conformance DATA=<folder of payloads>" >&2; exit 2; }
	@$(py) -m tools.conformance "$(DATA)"

docs-carriers: .venv/.installed ## docs/carriers.md from the plug-ins and the last published conformance run
	@$(py) -m tools.conformance.matrix > .carriers.md.new && mv .carriers.md.new docs/carriers.md

replay: local ## every payload of DATA=<folder> through the deployed stack; reports per vendor
	@[ -n "$(DATA)" ] || { echo "make replay DATA=<folder of payloads>" >&2; exit 2; }
	@$(py) -m tools.replay "$(DATA)"

.PHONY: simulate-polling
simulate-polling: .venv/.installed ## how fresh polled answers are under two call limits (docs/polling.md)
	@$(py) -m tools.polling --write

.PHONY: review-hold
review-hold: .venv/.installed ## the review hold on the orders of DATA=<csv>: who was held, what it cost (docs/review-hold.md)
	@[ -n "$(DATA)" ] || { echo "make review-hold DATA=<csv or csv.gz of orders>" >&2; exit 2; }
	@$(py) -m tools.review_hold "$(DATA)"

.PHONY: simulate
simulate: .venv/.installed ## a simulated shop: our messages against none and one per status change; DATA=<csv> or invented (docs/simulation.md)
	@$(py) -m tools.simulate $(DATA) $(if $(COUNTRY),--country $(COUNTRY))

simulate-faults: .venv/.installed ## N=100000 seeded histories of crashes, repeats and delays
	@$(py) -m tests.simulation --runs $(N) --seed 1

train-classifier: .venv-train/.installed ## the text classifier from its labelled phrases, and how well it does (docs/classifier.md)
	@for step in train evaluate; do PYTHONPATH=.:layers/common .venv-train/bin/python -m tools.classifier $$step; done

# ---- build and deploy it ----------------------------------------------------------------------------------------

build: .venv/.installed .venv-sam/.installed ## the artifact for this machine, with byte code
	@$(MAKE) build-for ARCH=$(machine)

# Lambda mounts code read-only, so byte code that is not shipped is compiled again at every cold start. Unchecked:
# nobody edits a deployed file, and zipping changes its time stamp.
build-for: .aws-sam/build/.compiled-$(ARCH)
	@:
.aws-sam/build/.compiled-%: $(sources) samconfig.toml .venv/.installed .venv-sam/.installed
	@mkdir -p .build && echo "building for $*" >&2
	@$(sam) build --parameter-overrides Architecture=$* >.build/sam-build.log 2>&1 || { cat .build/sam-build.log >&2; exit 1; }
	@find .aws-sam/build -name __pycache__ -prune -exec rm -rf {} +
	@# The wheel of CEL brings the sources it was built from and five extensions that no condition may use: 50 MB.
	@rm -rf .aws-sam/build/CommonLayer/python/bazel-project .aws-sam/build/CommonLayer/python/cel_expr_python/ext
	@.venv/bin/python -m compileall -q -f --invalidation-mode unchecked-hash \
	  -s .aws-sam/build -p / .aws-sam/build
	@touch $@

local: build .venv-local/.installed ## what the local stack needs

deploy: .venv/.installed .venv-sam/.installed ## build, deploy, publish pages and settings; first time with GUIDED=--guided
	@$(MAKE) build-for ARCH=$(ARCH)
	@.venv-sam/bin/sam deploy --stack-name $(STACK) $(GUIDED)
	@$(MAKE) publish

publish: .venv/.installed ## pages and settings of STACK
	@$(py) -m tools.publish --stack $(STACK)

connect: .venv/.installed ## a connection to a store or carrier: ARGS="carriers ups main"
	@$(py) -m porchlight connect --stack $(STACK) $(ARGS)

clean: ## everything that make made
	rm -rf .venv .venv-sam .venv-local .venv-train .aws-sam .build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# ---- virtual environments: SAM CLI and the emulator pin what the rest wants newer, so each has its own ------------

define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null \
	  || { echo "Porchlight needs Python 3.13: install it, or name it with make PYTHON=/path/to/python3.13" >&2; exit 1; }
	@echo "installing $< into $(@D)" >&2
	@[ -x $(@D)/bin/python ] || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $< >&2
	@touch $@
endef

# A path file makes `.venv/bin/python -m porchlight` work from any folder.
.venv/.installed: requirements-dev.txt
	$(environment)
	@.venv/bin/python -c 'import pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_path("purelib"), "porchlight.pth").write_text("$(CURDIR)/layers/common\n")'
.venv-sam/.installed: requirements-sam.txt
	$(environment)
.venv-local/.installed: requirements-local.txt
	$(environment)
.venv-train/.installed: requirements-train.txt
	$(environment)
