# `make` or `make help` lists what there is.

FUZZTIME ?= 20s
GOLANGCI ?= $(shell go env GOPATH)/bin/golangci-lint

.DEFAULT_GOAL := help
.PHONY: help run test race lint generate build fuzz bench bench-peers bench-latency bench-memory bench-restarts bench-bad-days bench-overload bench-strangler strangler-demo browser cover calls-lock monitoring ci

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the three BFFs over the embedded services
	go run .

test: ## Run every test; needs Go alone
	go test ./...

race: ## Run every test under the race detector; needs a C compiler
	go test -race ./...

lint: ## Run golangci-lint v2.15.0 (.ci/golangci installs it)
	.ci/golangci
	$(GOLANGCI) run ./...

generate: ## Make the GraphQL code from the schemas
	go run ./internal/gql/gen gqlgen.yml bench/posts/gqlgen.yml internal/gql/gqltest/gqlgen.yml

build: ## Build every program into bin/, static and small
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/ . ./bff/.../cmd/... ./services/.../cmd/... ./upstream/.../cmd/...

fuzz: ## Fuzz every decoder, each for FUZZTIME (20s)
	.ci/fuzz $(FUZZTIME)

bench: ## Measure ours beside plain Go, plain gqlgen and the floors, into bench/RESULTS.md
	go run ./bench compare -out bench/RESULTS.md

bench-peers: ## The same, and beside peers of the npm registry; needs node and npm
	go run ./bench compare -peers -out bench/RESULTS.md

bench-latency: ## Measure how fast pages are over services that take 50 ms
	go run ./bench latency

bench-restarts: ## Measure what clients see of restarts behind HAProxy; needs haproxy
	go run ./bench restarts

bench-memory: ## Measure what bff-mobile holds after 100,000 requests
	go run ./bench memory

bench-bad-days: ## Measure what faults of services do to pages, in short; docs/performance.md has the whole
	failed=0; for what in "faults -requests 100 -users 50" "dead -hang 20s" "storm -time 15s" "hedge -rounds 3 -time 5s" "soak -time 3m"; do \
		go run ./bench $$what || failed=1; done; exit $$failed

bench-overload: ## Measure what bff-mobile does when it is asked ten times as much as can be done
	go run ./bench overload

bench-strangler: ## Measure what the strangler costs, and a migration with all that can go wrong in one
	failed=0; for what in strangler migration; do go run ./bench $$what || failed=1; done; exit $$failed

strangler-demo: ## Watch a monolith be replaced under load, and come back; a service lie, one fail, one grow
	go run ./bench migration -story -phase 3s

browser: ## Open the playground and the docs in chromium with the network closed; needs node and npm
	PLAYWRIGHT_CORE="$$(.ci/browser/playwright)" go test -count=1 -v -run Browser .

cover: ## Run every test and open the coverage of each line
	go test -coverprofile=cover.out -coverpkg=./... ./...
	go tool cover -html=cover.out

calls-lock: ## Write bff/*/calls.lock, the most upstream calls of each page and document
	go test ./bff/mobile ./bff/tv ./graph -run CallsLock -update

monitoring: ## Run the tests of the alerts; needs promtool (.ci/promtool installs it)
	.ci/promtool
	promtool test rules docs/monitoring/rules_test.yml

ci: ## Run all that must hold before a change is taken
	bash .ci/run
