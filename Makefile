# What one does in this repository. Every target installs by name what it needs beyond Rust and a C compiler,
# into target/tools, and touches nothing outside the repository.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help test demo bench official chaos sim json fuzz interop interop-js interop-go conformance-agent deny fmt proto tools check

TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
TOOLS := $(TARGET)/tools
PYTHON := $(TOOLS)/venv/bin/python
GRPCURL := $(TOOLS)/bin/grpcurl
INTEROP := $(TARGET)/interop
# A workspace of its own, so that its dependencies are not ours; with the benchmarks' agent.
RUST_SDK := tests/rust-sdk/Cargo.toml
GO_PACKAGES := Mlf/a2a/v1/a2a.proto=interop/pb/a2a,Mwatchroom/orchestrator/v1/orchestrator.proto=interop/pb/orchestrator
# One profile for binaries and tests, so that everything is built once.
CARGO ?= cargo

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

test: tools check ## Everything that must pass
	$(CARGO) build --workspace --all-targets
	$(CARGO) test --workspace --no-fail-fast 2>&1 | tee $(TARGET)/test.log

check: ## Formatting, lints and documentation, without running anything
	$(CARGO) fmt --all --check
	$(CARGO) fmt --all --manifest-path $(RUST_SDK) --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet

demo: ## Start a small control room, dispatch one call, stop everything
	scripts/demo.sh

bench: official ## Ratios to their baselines, as Markdown on stdout: ARGS="--only dispatch,recovery" for some of them
	$(CARGO) build --release -p bench -p operator -p registry
	$(TARGET)/release/bench run $(ARGS)

# What cannot be had here is not measured, and the benchmarks say so.
official: ## The benchmarks' agent on the official SDKs, from their published packages
	$(MAKE) $(PYTHON) || echo "the official Python SDK could not be installed" >&2
	$(CARGO) build --release --manifest-path $(RUST_SDK) --package official-echo --target-dir $(INTEROP)/rust \
		|| echo "the official Rust SDK could not be built" >&2

chaos: ## Kill, freeze and drain processes under load: KILLS=200 of them, SEED=… repeats a schedule
	$(CARGO) build --workspace --bins
	$(TARGET)/debug/chaos

sim: ## Simulated runs under faults: N=10000 seeds from SEED=0; N=1 SEED=… tells one that breaks
	$(CARGO) build -p sim
	$(TARGET)/debug/sim

json: $(PYTHON) ## ProtoJSON against Python's over generated messages: CASES=100000 of them, SEED=… repeats a run
	CASES=$(or $(CASES),100000) $(CARGO) test -p proto --test differential -- --nocapture

# The properties of the parsers that face the network, of which the tests run a few hundred cases each.
# What breaks is printed in its smallest form.
LONG := PROPTEST_CASES=$(or $(CASES),20000) $(CARGO) test
fuzz: ## Every parser that faces the network over inputs that nobody would send: CASES=20000 for each property
	$(LONG) -p proto --test fuzzed
	$(LONG) -p a2a --lib sse::
	$(LONG) -p a2a --test it fuzzed::
	$(LONG) -p a2a --test it dispatches::
	$(LONG) -p a2a --test it heard::
	$(LONG) -p cards --test it anything::
	$(LONG) -p service --lib auth::file::
	$(LONG) -p service --lib deadline::
	$(LONG) -p service --lib duration::
	$(LONG) -p agent --lib page::
	$(LONG) -p orchestrator --lib request::tests::plans::
	$(LONG) -p cli --lib said::
	$(LONG) -p agents --lib scenarios::
	$(LONG) -p triage --test rules properties::

interop: $(PYTHON) interop-js interop-go ## Our services with four clients, our client with three agents, as a matrix on stdout
	$(CARGO) build --workspace --bins
	$(CARGO) build --manifest-path $(RUST_SDK) --target-dir $(INTEROP)/rust
	$(CARGO) test -p tests --test acceptance -- clients:: foreign_bindings::
	$(TARGET)/debug/interop

# The official JavaScript SDK. Modules are looked for beside the file that names them, so the scripts go there too.
interop-js:
	command -v npm >/dev/null || { echo "make interop needs Node.js with npm" >&2; exit 1; }
	mkdir -p $(INTEROP)/js
	cp tests/js/*.js tests/js/package*.json $(INTEROP)/js/
	cd $(INTEROP)/js && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

# Stubs of our protos for Go, generated here as anybody would generate them, and a client that uses nothing else.
interop-go: $(PYTHON)
	command -v go >/dev/null || { echo "make interop needs Go" >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --target $(TOOLS)/protoc grpcio-tools==1.85.1
	GOBIN=$(TOOLS)/bin go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
	GOBIN=$(TOOLS)/bin go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
	mkdir -p $(INTEROP)/go
	cp tests/go/*.go tests/go/go.mod tests/go/go.sum $(INTEROP)/go/
	PATH="$(TOOLS)/bin:$$PATH" PYTHONPATH=$(TOOLS)/protoc $(PYTHON) -m grpc_tools.protoc -Iproto \
		--go_out=$(INTEROP)/go --go_opt=module=interop,$(GO_PACKAGES) \
		--go-grpc_out=$(INTEROP)/go --go-grpc_opt=module=interop,$(GO_PACKAGES) \
		lf/a2a/v1/a2a.proto watchroom/orchestrator/v1/orchestrator.proto
	cd $(INTEROP)/go && go build -o client .

conformance-agent: ## Serve the kit with scripted behaviour at 127.0.0.1:7495, for conformance suites: ARGS="--auth"
	$(CARGO) build -p tests --bin conformance
	$(TARGET)/debug/conformance --in-memory $(ARGS)

deny: ## Licences, bans and sources of all dependencies
	command -v cargo-deny >/dev/null || test -x $(TOOLS)/bin/cargo-deny || \
		$(CARGO) install --locked --root $(TOOLS) --target-dir $(TARGET)/deny cargo-deny
	PATH="$(TOOLS)/bin:$$PATH" $(CARGO) deny check licenses bans sources

fmt: ## Format everything
	$(CARGO) fmt --all
	$(CARGO) fmt --all --manifest-path $(RUST_SDK)

proto: ## Generate the code below crates/proto/src/gen anew
	UPDATE_PROTO=1 $(CARGO) test -p proto --test generated

tools: $(PYTHON) $(GRPCURL)

# The official A2A client, for the scripts in tests/python.
$(PYTHON): tests/python/requirements.txt
	python3 -m venv $(TOOLS)/venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r $<
	touch $(PYTHON)

# Where there is no Go, or one that is too old, the tests fall back to a reflection client of their own.
$(GRPCURL):
	mkdir -p $(TOOLS)/bin
	if command -v go >/dev/null; then \
		GOBIN=$(TOOLS)/bin go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3 \
			|| echo "grpcurl could not be installed; the tests use their own reflection client" >&2; \
	else \
		echo "no go: the tests use their own reflection client instead of grpcurl" >&2; \
	fi
