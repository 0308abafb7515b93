# albopec: what can be made. `make` alone lists it.

SHELL   := /bin/bash
BIN     := bin/albopec
VENDOR  := static/vendor/bootstrap-italia.min.css
MODULES := static/node_modules/.package-lock.json
SUDO    := $(if $(filter 0,$(shell id -u)),,sudo)
GO      ?= go

.PHONY: help build test demo check lint clean tools vendor

help: ## lists what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

build: vendor ## the program, in bin/albopec (needs Go and npm)
	$(GO) build -trimpath -o $(BIN) ./cmd/albopec

demo: build ## builds, then makes an invented Ordine and serves it
	$(BIN) demo

test: tools vendor ## everything that must pass (installs what the tests need)
	$(GO) vet ./...
	$(GO) test -timeout 30m ./...

check: ## the quick part: formatting and go vet
	@out="$$(gofmt -l app cmd db reports static/*.go views)"; test -z "$$out" || { echo "gofmt would change:"; echo "$$out"; exit 1; }
	$(GO) vet ./...

lint: check ## check, and staticcheck
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

clean: ## what was built or fetched
	rm -rf bin static/vendor static/node_modules out

# What npm brings, pinned by static/package-lock.json. None of the packages
# needs to run a script of its own.
vendor: $(VENDOR)

$(MODULES): static/package.json static/package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed: install Node.js 18 or newer"; exit 1; }
	cd static && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENDOR): $(MODULES) static/build.mjs
	cd static && npm run --silent build
	@touch $@

# The tests open pages in Chromium, read PDFs with pdftotext and have LibreOffice
# work workbooks out.
tools:
	@if ! command -v chromium >/dev/null || ! command -v pdftotext >/dev/null || ! command -v soffice >/dev/null; then \
		if command -v apt-get >/dev/null; then \
			$(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium poppler-utils libreoffice-calc-nogui; \
		else \
			echo "install chromium, pdftotext (poppler-utils) and soffice (libreoffice-calc): the tests use them"; exit 1; \
		fi; \
	fi
