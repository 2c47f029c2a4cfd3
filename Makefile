# Swarmer. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VITEST := npx --no-install vitest run --config

.PHONY: help deps system build unit integration test verify sim mutants attack chaos redis-loss stack-test image lint demo bench matrix clean-lab fuzz sbom

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14

deps: node_modules/.package-lock.json ## Install the npm packages

node_modules/.package-lock.json: package-lock.json package.json
	@echo 'installing the npm packages (npm ci)'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

system: ## Install Docker, Redis, Prometheus, Chromium, HAProxy and network tools where they are missing (apt)
	@test/lab/install.sh

build: deps ## Build the programs into dist/
	@npm run --silent build

lint: deps ## Types, style, dead code and import direction
	@npm run --silent lint

unit: deps ## Unit tests: no Docker, no Redis
	@$(VITEST) test/vitest.unit.config.ts

test: deps system build lint unit integration ## All tests (as root: they start private swarms)

integration: deps system build
	@$(VITEST) test/vitest.control.config.ts
	@$(VITEST) test/vitest.integration.config.ts

verify: test ## What CI runs

SEEDS ?= 2000
sim: deps system ## Simulate SEEDS (2000) random histories under a virtual clock
	@npx --no-install tsx test/sim/main.ts --seeds $(SEEDS)

mutants: deps system ## Show that the simulation finds planted faults
	@npx --no-install tsx test/sim/mutants.ts

REQUESTS ?= 100000
fuzz: deps system ## Send REQUESTS (100,000) random requests to the API
	@npx --no-install tsx test/fuzz/main.ts --requests $(REQUESTS)

MINUTES ?= 10
attack: deps system build ## Try what docs/security.md says is refused; the worst bodies for MINUTES (10)
	@$(VITEST) test/vitest.control.config.ts attack/
	@$(VITEST) test/vitest.integration.config.ts attack/
	@SWARMER_ATTACK_MINUTES=$(MINUTES) $(VITEST) test/vitest.stack.config.ts amplification

chaos: deps system build ## Kill, pause and cut off real parts for MINUTES (10), then check what holds
	@npx --no-install tsx test/chaos/main.ts --minutes $(MINUTES)

redis-loss: deps system build ## Measure what a SIGKILL of Redis loses
	@npx --no-install tsx test/chaos/redis-loss.ts

stack-test: deps system build ## Deploy the stack on three nodes, type the operator's guide, kill a node, attack
	@$(VITEST) test/vitest.stack.config.ts

IMAGE ?= swarmer:0.1.0
BASE ?= node:22-bookworm-slim
image: build ## Build the image IMAGE on BASE from what is built here, without a registry for npm
	@manifests/image-context.sh dist/image
	@docker build -f manifests/Dockerfile --build-arg BASE=$(BASE) -t $(IMAGE) dist/image

demo: deps system build ## Run a job of 8 tasks end to end and show what arrives
	@npx --no-install tsx test/demo/main.ts

bench: deps system build ## Measure Swarmer: all of it, or SCENARIO="real-60 latency"
	@npx --no-install tsx test/bench/main.ts $(SCENARIO) $(ARGS)

sbom: build ## List the packages of the product and their licences (dist/sbom.cdx.json, CycloneDX)
	@npx --no-install tsx test/structure/sbom.ts dist/sbom.cdx.json

ONLY ?=
matrix: deps system build ## Test other engines and Redis servers, of Debian's suites (ONLY='Engine 28.5')
	@npx --no-install tsx test/matrix/main.ts --only '$(ONLY)'

clean-lab: deps ## Remove what a killed test run left behind
	@npx --no-install tsx test/lab/clean.ts
