# Every command we run, one line each. `make` lists them.

.DEFAULT_GOAL := help
CARGO := cargo
ADDRESS ?= 127.0.0.1:8080
EVENTS ?= 10000000
# Where `cargo deny fetch db` puts the database of known faults.
ADVISORIES := $(or $(CARGO_HOME),$(HOME)/.cargo)/advisory-dbs

# The pinned compiler (rust-toolchain.toml) under another name, where a machine has it under no other.
ifndef RUSTUP_TOOLCHAIN
RUSTUP_TOOLCHAIN := $(shell .ci/toolchain)
ifneq ($(RUSTUP_TOOLCHAIN),)
export RUSTUP_TOOLCHAIN
endif
endif

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-14s %s\n", $$1, $$2 }'

.PHONY: run
run: dashboard ## Build everything and serve the demo on SQLite with the sandbox
	$(CARGO) build --release --locked
	./target/release/yunxin serve --demo --listen $(ADDRESS)

# Installs again only when the lock file changed.
dashboard/node_modules/.package-lock.json: dashboard/package-lock.json
	python3 tests/run.py check-node
	cd dashboard && npm ci --no-audit --no-fund && touch node_modules/.package-lock.json

DASHBOARD_SOURCES := $(shell find dashboard/src dashboard/public dashboard/scripts dashboard/docs docs/site -type f 2>/dev/null) \
	dashboard/index.html dashboard/vite.config.ts crates/yunxin/openapi.json config.default.toml

dashboard/dist/index.html: dashboard/node_modules/.package-lock.json $(DASHBOARD_SOURCES)
	cd dashboard && npm run build --silent && npm run size --silent

.PHONY: dashboard
dashboard: dashboard/dist/index.html ## Build the Dashboard, which the binary carries

.PHONY: dashboard-check
dashboard-check: dashboard ## Lint, types and tests of the Dashboard
	cd dashboard && npm run check --silent

.PHONY: dev
dev: ## The gateway, and the Dashboard with reload beside it (http://127.0.0.1:5173)
	$(CARGO) build --locked
	cd dashboard && (../target/debug/yunxin serve --demo --listen $(ADDRESS) & npm run dev; kill %1)

# Tests wait more than they compute: twice as many as there are cores, four at least.
TEST_THREADS := $(shell threads=$$(( $$(nproc) * 2 )); echo $$(( threads < 4 ? 4 : threads )))

.PHONY: test
test: ## Every test there is; says what to install where something is missing
	python3 tests/run.py check-tools
	$(MAKE) fmt-check lint doc generate-check dashboard-check
	RUST_TEST_THREADS=$(TEST_THREADS) python3 tests/run.py postgres -- $(CARGO) test --locked --workspace
	$(CARGO) build --locked
	python3 tests/run.py all --yunxin target/debug/yunxin

.PHONY: screenshots
screenshots: dashboard ## Every page in both themes, into screenshots/
	$(CARGO) build --locked
	python3 tests/run.py screenshots --yunxin target/debug/yunxin

.PHONY: docs-check
docs-check: dashboard ## Run every sample of the documentation and follow every link
	$(CARGO) build --locked
	python3 tests/run.py docs --yunxin target/debug/yunxin

.PHONY: test-clients
test-clients: dashboard ## Codex, Claude Code, Gemini CLI (0.8 GB) and what people build on, given an address and a key
	$(CARGO) build --locked
	python3 tests/run.py clients --yunxin target/debug/yunxin --programs

.PHONY: check
check: fmt-check lint doc ## Before every commit: no network, no Node, SQLite only
	$(CARGO) test --workspace

.PHONY: fmt
fmt: ## Format
	$(CARGO) fmt --all

.PHONY: fmt-check
fmt-check:
	$(CARGO) fmt --all --check

.PHONY: lint
lint: ## Clippy, warnings denied
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

.PHONY: doc
doc: ## Rustdoc, broken links denied
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --quiet

.PHONY: snap
snap: ## Accept changed snapshots
	INSTA_UPDATE=always $(CARGO) test --workspace

.PHONY: generate
generate: dashboard/node_modules/.package-lock.json ## Write the files that are generated from the sources
	$(CARGO) run --locked --quiet -- openapi > crates/yunxin/openapi.json.new && mv crates/yunxin/openapi.json.new crates/yunxin/openapi.json
	cd dashboard && npm run types --silent

.PHONY: generate-check
generate-check: generate
	git diff --exit-code -- crates/yunxin/openapi.json dashboard/src/api/schema.gen.ts dashboard/src/api/document.gen.ts

.PHONY: build
build: dashboard ## The binary that ships
	$(CARGO) build --profile dist --locked

.PHONY: bench
# The names of functions stay in it: by them allocations are counted.
bench: dashboard ## Counts, CPU per request, latency and memory against nginx in the same run
	CARGO_PROFILE_DIST_STRIP=debuginfo $(CARGO) build --profile dist --locked -p yunxin -p bench
	./target/dist/bench --yunxin ./target/dist/yunxin --out bench-results

.PHONY: counts
counts: ## Instructions and allocations per request of the debug build, against crates/bench/expected-counts.json
	$(CARGO) build --locked -p yunxin -p bench
	python3 tests/run.py counts --yunxin target/debug/yunxin

.PHONY: counts-renew
counts-renew: ## Write that file
	$(CARGO) build --locked -p yunxin -p bench
	python3 tests/run.py counts --yunxin target/debug/yunxin -- --renew

.PHONY: chaos-upstream
chaos-upstream: dashboard ## 20,000 requests over three deployments that fail, each in its way
	$(CARGO) build --profile dist --locked
	python3 tests/overload --yunxin target/dist/yunxin --only chaos --full --out docs/performance

.PHONY: fuzz-decoders
fuzz-decoders: ## Recorded streams of each language, damaged at random, into its decoder (MINUTES=10 each, a language per core)
	YUNXIN_FUZZ_SECONDS=$$(( $(or $(MINUTES),10) * 60 )) $(CARGO) test --locked --release -p llm --test it -- decoder_fuzz --nocapture

.PHONY: chaos-kill
chaos-kill: ## The program under 500 open streams, killed 200 times (FULL=1: 1,000): no request is lost or doubled
	YUNXIN_CHAOS_KILLS=$(if $(FULL),1000,200) YUNXIN_CHAOS_STREAMS=500 $(CARGO) test --locked -p yunxin --test it -- killed_under --nocapture

.PHONY: chaos-ledger
chaos-ledger: ## 100,000 racing holds, charges, grants, refunds and crashes (FULL=1: a million): the books are right
	YUNXIN_CHAOS_MOVES=$(if $(FULL),1000000,100000) $(CARGO) test --locked -p gateway --test it -- whatever_happens --nocapture

.PHONY: test-cluster
test-cluster: dashboard ## Limits over three servers, with and without Redis: killed, emptied, slowed; servers stopped and killed
	$(CARGO) build --locked
	python3 tests/run.py cluster --yunxin target/debug/yunxin

.PHONY: chaos-revoke
chaos-revoke: dashboard ## 10,000 revocations (FULL=1: 100,000) at five servers while they, their database and Redis fail: none is served after
	$(CARGO) build --release --locked
	python3 tests/run.py postgres --timeout 36000 -- python3 tests/cluster --yunxin target/release/yunxin --only revoke --revocations $(if $(FULL),100000,10000)

.PHONY: test-limits
test-limits: ## A million decisions over limits, in Rust and in the scripts of Redis: they must be the same
	DECISIONS=1000000 python3 tests/run.py postgres --timeout 7200 -- $(CARGO) test --locked -p gateway --lib -- limits::shared

.PHONY: bench-priority
bench-priority: dashboard ## Five and ten times what a provider takes: who is served, who waits, who is shed
	$(CARGO) build --profile dist --locked
	ulimit -n 40000; python3 tests/overload --yunxin target/dist/yunxin --only priority --full --out docs/performance
	ulimit -n 40000; python3 tests/overload --yunxin target/dist/yunxin --only variants --full --out docs/performance

.PHONY: bench-dashboard
bench-dashboard: dashboard ## What the Dashboard's pages wait for, with 10 million requests behind them (EVENTS=… for fewer), and what a first visit costs
	$(CARGO) build --release --locked
	FIRST_CONTENT_MS_MAX=1000 python3 tests/run.py browser --yunxin target/release/yunxin -- first-visit
	python3 tests/bench_dashboard.py --yunxin target/release/yunxin --events $(EVENTS)

.PHONY: models
models: ## Renew the shipped table of models, their facts and prices, from open data sets (needs a network)
	python3 crates/control/model_facts/generate.py

.PHONY: simulate
simulate: ## Weeks of traffic of 200 keys: which planted anomalies are found, and how many false alarms there are
	$(CARGO) test --locked -p control --test it -- simulation --nocapture

.PHONY: audit
audit: ## Licences, bans, sources and known faults of dependencies (needs cargo-deny; faults, if their database is here)
	$(CARGO) fetch --locked
	$(CARGO) deny --offline check bans licenses sources
	$(if $(wildcard $(ADVISORIES)/*),$(CARGO) deny --offline check advisories,@echo "make audit: no advisories checked: cargo deny fetch db")
