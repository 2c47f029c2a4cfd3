# Swarmer. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VITEST := npx --no-install vitest run --config

.PHONY: help deps system build unit test verify lint demo bench clean-lab

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14

deps: node_modules/.package-lock.json ## Install the npm packages

node_modules/.package-lock.json: package-lock.json package.json
	@echo 'installing the npm packages (npm ci)'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

system: ## Install Docker, Redis and network tools where they are missing (apt)
	@test/lab/install.sh

build: deps ## Build the programs into dist/
	@npm run --silent build

lint: deps ## Types, style, dead code and import direction
	@npm run --silent lint

unit: deps ## Unit tests: no Docker, no Redis
	@$(VITEST) test/vitest.unit.config.ts

test: deps ## All tests
	@$(VITEST) test/vitest.unit.config.ts

verify: test ## What CI runs

demo: deps system build ## Run a job of 8 tasks end to end and show what arrives
	@npx --no-install tsx test/demo/main.ts

bench: deps system build ## Compare Swarmer with a plain script on the Engine API
	@npx --no-install tsx test/bench/main.ts

clean-lab: deps ## Remove what a killed test run left behind
	@npx --no-install tsx test/lab/clean.ts
