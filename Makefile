# Tabernetes. `make help` lists the targets.

# Tools, pinned.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# The programs that "make clients" runs against a cluster.
HELM     := helm.sh/helm/v4@v4.3.2
STERN    := github.com/stern/stern@v1.34.0
K9S      := github.com/derailed/k9s@v0.50.16
ROLLOUTS := github.com/argoproj/argo-rollouts@v1.10.1

KUBERNETES := $(shell sed -n 's|^\tk8s.io/kubernetes \(v[0-9.]*\)$$|\1|p' go.mod)
PORT       ?= 8080
DIST       := web/dist
OVERLAY    := .cache/overlay.json
MODULES    := controlplane kubectl
PROFILES   := wasm/split/profiles
# The site as "make dist" packs it.
PACKED     := .cache/packed
# The site for any static host, with packed files.
STATIC     := .cache/static
# The page as one file, packed quickly, for the tests.
SINGLE     := .cache/single/tabernetes.html
# The program of the classroom zip for this machine.
CLASSROOM  := bin/classroom/classroom-$(shell go env GOOS)-$(shell go env GOARCH)
# Packages for schools' systems, of the course or of LESSON.
SCHOOL     := $(foreach version,1.2 2004,bin/dist/tabernetes-scorm-$(version)$(if $(LESSON),-$(LESSON)).zip)
# Whole modules, in which no function is deferred, and their images.
WHOLE      := .cache/whole
# The site whose modules mark which functions are called, and two sites whose modules
# lack some functions that they call: every tenth, and those that start requests to a
# Service.
MARKING    := .cache/marking
POOR       := .cache/poor
LACKING    := .cache/lacking
# The parts into which wasm/split splits a module.
PARTS      := $(foreach module,$(MODULES),$(DIST)/$(module).wasm $(DIST)/$(module).data.wasm $(DIST)/$(module).deferred.wasm)
OTHER_FILES := $(DIST)/wasm_exec.js $(DIST)/lessons/index.json $(DIST)/en/index.html $(DIST)/app.js $(DIST)/licences.txt
# The pages that load the modules.
PAGES      := $(DIST)/index.html $(DIST)/embed.html
# Files that a server sends packed, besides modules and images. What fits a packet gains nothing.
TEXTS      := find $(DIST) -type f -size +1024c \( -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.yaml' -o -name '*.svg' -o -name '*.txt' \)
IMAGES     := $(addprefix $(DIST)/,controlplane.built.image controlplane.ready.image kubectl.built.image)

export GOFLAGS := -buildvcs=false -trimpath -mod=vendor
# kubectl reports the version that its linker was told.
STAMP := -X k8s.io/component-base/version.gitVersion=$(KUBERNETES) \
         -X k8s.io/client-go/pkg/version.gitVersion=$(KUBERNETES)

GO_PACKAGES := ./engine/... ./guide/... ./lessons/... ./wasm/overlay/... ./wasm/module ./wasm/compact ./wasm/split
# kubectl as a library sets globals of its process for each command: it runs where
# there is one thread (RATIONALE.md), and is tested without the race detector.
ONE_THREAD  := ^tabernetes/(engine/client/kubectl|lessons/walkthrough|lessons/play)$$
GO_SOURCES  := $(shell find engine lessons wasm -name '*.go' -o -name '*.yaml' -o -name '*.crt')
# The sources of a module, without the programs that rewrite it.
MODULE_SOURCES := $(filter-out wasm/module/% wasm/compact/% wasm/split/% %_test.go,$(GO_SOURCES))
WEB_SOURCES := $(shell find web -name node_modules -prune -o -path web/dist -prune -o -path web/integrations -prune -o -type f -print)

.DEFAULT_GOAL := help

# A target whose recipe failed is not taken for up to date the next time.
.DELETE_ON_ERROR:

.PHONY: help build run test check lint fmt bench bench-peer dist clean
.PHONY: integrations test-go test-web test-wasm test-browser kill-loop conformance clients tools tools-chromium tools-firefox tools-webkit sizes screenshots rolling-updates lessons profile

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

build: $(DIST)/.complete ## build the whole site into web/dist

run: build bin/site ## build the site and serve it on 127.0.0.1:8080 (PORT=... to change)
	./bin/site --dir $(DIST) --listen 127.0.0.1:$(PORT)

test: lint test-go test-web test-wasm test-browser sizes ## what CI runs: lint, Go, TypeScript, the module, the browsers

check: lint test-web ## the quick gate: formatting, vet, linters, types, unit tests of the page

lint: .cache/vendor .cache/bin/golangci-lint web/node_modules/.package-lock.json ## go vet, golangci-lint, TypeScript, Biome
	go vet $(GO_PACKAGES)
	.cache/bin/golangci-lint run $(GO_PACKAGES)
	cd web && npm run --silent check

fmt: .cache/bin/golangci-lint web/node_modules/.package-lock.json ## format Go and TypeScript
	.cache/bin/golangci-lint fmt engine guide lessons wasm
	cd web && npm run --silent fix

# Runs tests without the lines that Kubernetes logs: go test prints thousands of
# them for a failure, and CI keeps only the end.
without-logs = { $(1) 2>&1; echo $$? > .cache/test-status; } | grep -vE '^[IWEF][0-9]{4} '; exit $$(cat .cache/test-status)

test-go: .cache/vendor bin/kubectl ## the Go tests under the race detector, including a real kubectl
	$(call without-logs,KUBECTL=$(CURDIR)/bin/kubectl go test -race -vet=off -timeout 20m $$(go list $(GO_PACKAGES) | grep -vE '$(ONE_THREAD)'))
	$(call without-logs,go test -vet=off -timeout 20m $$(go list $(GO_PACKAGES) | grep -E '$(ONE_THREAD)'))

test-web: web/node_modules/.package-lock.json ## the page's unit tests
	cd web && npm run --silent test

test-wasm: build ## the WebAssembly module and its clock, under Node
	node web/test/controlplane.mjs

test-browser: build tools tools-firefox tools-webkit $(POOR)/.complete $(LACKING)/.complete $(STATIC)/.complete $(SINGLE) $(CLASSROOM) ## the page in Chromium; a start, a rollout, kubectl and a reload in Firefox and in WebKit
	npm --prefix web run --silent test:browser

integrations: build tools web/integrations/node_modules/.package-lock.json ## build the example of each generator with our plugins, and run what it embeds (GENERATORS=astro,hugo,...)
	$(if $(GENERATORS),GENERATORS=$(GENERATORS)) node --test web/integrations/test/sites.test.mjs

kill-loop: build tools ## kill Chromium during a busy rollout and check what is left of the cluster, 50 times (RUNS=..., SEED=...)
	node web/test/killloop.mjs --runs $(or $(RUNS),50) $(if $(SEED),--seed $(SEED))

BROWSER ?= chromium

bench: build bin/site tools-$(BROWSER) $(STATIC)/.complete $(CLASSROOM) ## measure the site, alternating with another build of it, as JSON (BASE=other/dist, BROWSER=firefox|webkit, RUNS=..., ONLY=boot,pace,..., HOURS=...)
	@node web/bench/bench.mjs --dist $(DIST) --site ./bin/site --browser $(BROWSER) $(if $(BASE),--base $(BASE)) \
	  --runs $(or $(RUNS),5) $(if $(ONLY),--only $(ONLY)) $(if $(HOURS),--hours $(HOURS))

bench-peer: build bin/site tools web/bench/peer/node_modules/.package-lock.json ## measure the site, alternating with webernetes, as JSON (RUNS=...)
	@node web/bench/peer/bench.mjs --dist $(DIST) --site ./bin/site --runs $(or $(RUNS),5)

conformance: bin/tabernetes bin/kubectl bin/e2e.test bin/ginkgo ## run Kubernetes' official Conformance specs against "tabernetes serve" (SIGS=apps,node, FOCUS=regular expression); takes long
	@go run ./engine/cmd/conformance $(if $(SIGS),--sigs $(SIGS)) $(if $(FOCUS),--focus '$(FOCUS)')

clients: bin/tabernetes bin/kubectl bin/helm bin/stern bin/k9s bin/rollouts-controller .cache/clients/rollouts.yaml clients/node_modules/.package-lock.json ## run Helm, stern, k9s, Argo Rollouts and the JavaScript client against "tabernetes serve" (ONLY=helm,stern,k9s,rollouts,javascript); the first build takes long
	node --test --test-reporter=spec $(if $(ONLY),$(patsubst %,clients/%.test.mjs,$(subst $(comma), ,$(ONLY))),$(wildcard clients/*.test.mjs))

rolling-updates: .cache/vendor ## print the README's table of rolling updates under 50 requests per second
	@go test ./engine/node/traffic -run '^TestRollingUpdates$$' -count=1 -v -args -table=/dev/stdout 2>/dev/null | grep '^|'

lessons: .cache/vendor ## play every lesson twice, with its start, solution and wrong ways, a process for each; print counts and seconds (LESSON=dir)
	go run ./engine/cmd/tabernetes lesson test $(or $(LESSON),$(wildcard lessons/content/*))

sizes: build ## print the size of each wasm module
	@ls -l $(DIST)/*.wasm | awk '{ printf "%s: %.1f MB raw\n", $$9, $$5 / 1e6 }'

dist: bin/dist/tabernetes-site.tar bin/dist/tabernetes-classroom.zip bin/dist/tabernetes.html $(SCHOOL) ## make what is given away: a folder for any static host, an archive for engine/cmd/site, a zip for a classroom, one HTML file, packages for schools' systems; takes some minutes (LESSON=id packages that lesson and not the course, STORES=https://… allows a learning record store, ADDRESS=https://… tells programs that preview links what to show)
	rm -rf bin/dist/site && cp -R $(STATIC) bin/dist/site && rm bin/dist/site/.complete
	node web/offers.mjs --from bin/dist --site bin/dist/site
	cd bin/dist && sha256sum *.tar *.zip *.html > SHA256SUMS && cat SHA256SUMS && ls -l $$(cut -c67- SHA256SUMS) | awk '{ printf "%s: %.1f MB\n", $$9, $$5 / 1e6 }'

profile: $(MARKING)/.complete tools ## record again which functions are called in the browser tests, the lessons and the benchmarks (ONLY="walks page ...", MERGE=1)
	node web/profile/profile.mjs --site $(MARKING) --out .cache/profile $(ONLY)
	for module in $(MODULES); do \
	  test ! -e .cache/profile/$$module.marks || \
	  ./bin/split profile $(if $(MERGE),-merge) -marks .cache/profile/$$module.marks -o $(PROFILES)/$$module.txt .cache/$$module.compacted || exit 1; \
	done

screenshots: build tools ## take the README's pictures from the running page, and draw the icons
	node web/icons.mjs
	node web/test/screenshots.mjs

clean: ## remove everything that make has built
	rm -rf bin $(DIST) .cache vendor web/node_modules web/bench/peer/node_modules web/integrations/node_modules web/integrations/.sites clients/node_modules

# --- what the targets are made of ---------------------------------------------

# vendor/ exists because Go overlays files of a vendor directory and not of the
# module cache (wasm/overlay).
# It holds only the packages that are imported, so a new import renews it as well.
.cache/vendor: go.mod go.sum .cache/imports $(wildcard engine/client/kubectl/english/*)
	GOFLAGS= go mod vendor
	@mkdir -p .cache && touch $@

.cache/imports: $(GO_SOURCES) $(wildcard guide/*.go guide/cmd/guide/*.go)
	@mkdir -p .cache
	@grep -rhoE --include='*.go' '^\s+(\w+ |_ )?"[a-z0-9-]+\.[^"]+/[^"]+"$$' engine guide lessons wasm | grep -oE '"[^"]+"' | sort -u > $@.new
	@cmp -s $@.new $@ || cp $@.new $@
	@rm $@.new

.cache/bin/golangci-lint: Makefile
	GOFLAGS= GOBIN=$(CURDIR)/.cache/bin go install $(GOLANGCI_LINT)
	@touch $@

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	cd $* && npm ci --no-audit --no-fund

$(OVERLAY): .cache/vendor $(wildcard wasm/overlay/*.go wasm/overlay/*/*.go) $(shell find wasm/overlay/_leaf -type f)
	go run ./wasm/overlay/generate -o $(OVERLAY)
	@touch $@

.cache/%.wasm: $(OVERLAY) $(MODULE_SOURCES)
	GOOS=js GOARCH=wasm go build -overlay $(OVERLAY) -tags grpcnotrace -ldflags '-s -w $(STAMP)' -o $@ ./wasm/$*

# Named here so that make keeps them.
$(DIST)/controlplane.wasm: $(WHOLE)/controlplane.captured
$(DIST)/kubectl.wasm: $(WHOLE)/kubectl.captured
.cache/controlplane.compacted: .cache/controlplane.wasm
.cache/kubectl.compacted: .cache/kubectl.wasm

.cache/%.compacted: .cache/%.wasm bin/compact
	./bin/compact -o $@ $<

# The memory of each module at points of its start, captured from the whole module.
$(WHOLE)/controlplane.captured: .cache/controlplane.compacted
$(WHOLE)/kubectl.captured: .cache/kubectl.compacted
$(WHOLE)/%.captured: .cache/%.compacted bin/split $(DIST)/wasm_exec.js web/node_modules/.package-lock.json web/capture.mjs $(wildcard web/src/worker/*.ts web/src/worker/*/*.ts web/src/protocol/*.ts)
	@mkdir -p $(WHOLE) && cp $(DIST)/wasm_exec.js $(WHOLE)/
	./bin/split part -o $(WHOLE)/$* $<
	node --wasm-lazy-compilation --liftoff-only web/capture.mjs --dist $(WHOLE) $*
	@touch $@

# Splits a module and its images: part of a site, name of the module, profile.
part = ./bin/split part $(3) -images $$(ls $(WHOLE)/$(2).*.image | paste -sd, -) -o $(1)/$(2) .cache/$(2).compacted

# The primary is the first file written.
$(DIST)/%.data.wasm $(DIST)/%.deferred.wasm $(DIST)/%.built.image $(DIST)/%.ready.image: $(DIST)/%.wasm
	@test -e $@ || $(call part,$(DIST),$*,-profile $(PROFILES)/$*.txt)

$(DIST)/%.wasm: $(WHOLE)/%.captured bin/split $(wildcard $(PROFILES)/*.txt)
	@mkdir -p $(DIST)
	$(call part,$(DIST),$*,-profile $(PROFILES)/$*.txt)

# Sites with other modules.
OTHER_SITE = rm -rf $(@D) && mkdir -p $(@D) && cp -R $(DIST)/. $(@D)/ && \
  find $(@D) -name '*.wasm' -o -name '*.image' -o -name '*.gz' -o -name '*.zst' -o -name '*.br' | xargs rm -f
part_all = for module in $(MODULES); do $(call part,$(@D),$$module,$(1)) || exit 1; done

$(MARKING)/.complete: $(DIST)/.complete
	$(OTHER_SITE)
	$(call part_all,-mark)
	@touch $@

$(POOR)/.complete: $(DIST)/.complete
	$(OTHER_SITE)
	$(call part_all,-profile $(PROFILES)/$$module.txt -leave-out 10)
	@touch $@

$(LACKING)/.complete: $(DIST)/.complete
	$(OTHER_SITE)
	$(call part_all,-profile $(PROFILES)/$$module.txt -without 'tabernetes/engine/node/traffic.(*Traffic).Start')
	@touch $@

# The address under which the site will be found, as it was given last.
.PHONY: address
.cache/address: address
	@mkdir -p .cache && echo '$(ADDRESS)' | cmp -s - $@ || echo '$(ADDRESS)' > $@

# What "make dist" gives away.
$(STATIC)/.complete: $(DIST)/.complete .cache/address web/pack.mjs web/files.mjs web/oembed.mjs
	node web/pack.mjs --dist $(DIST) --out $(@D) $(if $(ADDRESS),--address $(ADDRESS))
	@touch $@

# Files that are loaded before a cluster or kubectl is ready are compressed with brotli,
# which takes minutes and is a fifth smaller than zstd; all others stay as they are.
bin/dist/tabernetes-site.tar: $(DIST)/.complete
	@command -v brotli >/dev/null || { echo "make dist needs brotli: apt-get install brotli"; exit 1; }
	rm -rf $(PACKED) && mkdir -p $(PACKED) $(@D) && cp -R $(DIST)/. $(PACKED)/
	ls $(addprefix $(PACKED)/,$(notdir $(IMAGES)) $(MODULES:%=%.wasm) *.js parts/*.js *.css) | \
	  xargs -P "$$(nproc)" -I FILE sh -c 'brotli --force --quality=11 --lgwin=24 FILE && gzip --force --keep --no-name --best FILE && rm -f FILE.zst'
	tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --file $@ --directory $(PACKED) .

CLASSROOMS := $(foreach system,linux darwin,classroom-$(system)-amd64 classroom-$(system)-arm64) \
              classroom-windows-amd64.exe classroom-windows-arm64.exe

bin/classroom/%: .cache/vendor $(wildcard engine/site/*.go engine/classroom/* engine/classroom/texts/* engine/cmd/classroom/*.go)
	CGO_ENABLED=0 GOOS=$(word 2,$(subst -, ,$*)) GOARCH=$(basename $(word 3,$(subst -, ,$*))) \
	  go build -ldflags '-s -w' -o $@ ./engine/cmd/classroom

bin/dist/tabernetes-classroom.zip: $(STATIC)/.complete web/classroom.mjs $(addprefix bin/classroom/,$(CLASSROOMS))
	@mkdir -p $(@D)
	node web/classroom.mjs --site $(STATIC) --programs bin/classroom --out $@

# The page as one file. "make dist" packs it as well as zstd can, which takes minutes.
SINGLE_SOURCES := $(DIST)/.complete web/single.mjs
$(SINGLE): $(SINGLE_SOURCES)
	node web/single.mjs --dist $(DIST) --out $@ --quick

bin/dist/tabernetes.html: $(SINGLE_SOURCES)
	@command -v zstd >/dev/null || { echo "make dist needs zstd: apt-get install zstd"; exit 1; }
	node web/single.mjs --dist $(DIST) --out $@

# Origins of learning record stores are part of the packages for schools.
.PHONY: stores
.cache/stores: stores
	@mkdir -p .cache && echo '$(STORES)' | cmp -s - $@ || echo '$(STORES)' > $@

bin/dist/tabernetes-scorm-%.zip: $(STATIC)/.complete .cache/stores web/packages.mjs web/manifest.mjs
	node web/packages.mjs --site $(STATIC) --version $(patsubst %-$(LESSON),%,$*) --out $@ $(if $(LESSON),--lesson $(LESSON)) --stores '$(STORES)'

bin/compact bin/split: bin/%: .cache/vendor $(wildcard wasm/module/*.go wasm/compact/*.go wasm/split/*.go)
	go build -o $@ ./wasm/$*

$(DIST)/wasm_exec.js:
	@mkdir -p $(DIST)
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $@

$(DIST)/lessons/index.json: .cache/vendor $(shell find lessons -type f)
	go run ./lessons/cmd/lessons --out $(DIST)/lessons
	@touch $@

# What the guide's pages tell of the page's code and of the plugins.
.cache/guide.json: web/node_modules/.package-lock.json $(WEB_SOURCES) $(wildcard web/integrations/examples/*/*.* web/integrations/examples/*/.vitepress/*)
	node web/guide.mjs $@

# The site's own pages, in all languages; this one stands for all.
$(DIST)/en/index.html: .cache/vendor .cache/guide.json $(shell find guide lessons -type f)
	go run ./guide/cmd/guide --facts .cache/guide.json --out $(DIST)
	@touch $@

$(DIST)/app.js: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

# Chromium keeps a module's machine code with the stored response, which must be
# small enough to be stored (RATIONALE.md).
$(DIST)/%.gz: $(DIST)/%
	gzip --keep --force -6 $<
	@touch $@

# Browsers decompress zstd fastest; they accept it only over https and on loopback.
# What a visitor waits for is made as small as a minute of a processor makes it.
$(DIST)/%.zst: LEVEL := 9
$(addsuffix .zst,$(IMAGES) $(MODULES:%=$(DIST)/%.wasm)): LEVEL := 19
$(DIST)/%.zst: $(DIST)/% bin/compress
	./bin/compress -level $(LEVEL) $<

bin/compress: .cache/vendor $(wildcard engine/cmd/compress/*.go)
	go build -o $@ ./engine/cmd/compress

$(DIST)/licences.txt: .cache/vendor web/licences.mjs web/node_modules/.package-lock.json
	@mkdir -p $(DIST)
	GOOS=js GOARCH=wasm go list -e -deps -f '{{with .Module}}{{.Path}} {{.Version}}{{end}}' ./wasm/controlplane ./wasm/kubectl | \
	  GOROOT="$$(go env GOROOT)" node web/licences.mjs $@

$(DIST)/.complete: $(PARTS) $(IMAGES) $(PARTS:%=%.gz) $(PARTS:%=%.zst) $(IMAGES:%=%.gz) $(IMAGES:%=%.zst) $(OTHER_FILES)
	cp LICENSE NOTICE $(DIST)/
	# A module's address has its content's digest, see RATIONALE.md; a browser is
	# not told how large a packed module is.
	for file in $(notdir $(PARTS) $(IMAGES)); do \
	  name=$$(basename $$file .wasm | tr . -) && \
	  digest=$$(sha256sum $(DIST)/$$file | cut -c1-16) && bytes=$$(wc -c < $(DIST)/$$file | tr -d ' ') && \
	  sed -i "s| data-$$name=\"[^\"]*\"||; s| data-$$name-bytes=\"[^\"]*\"||; s|<html|<html data-$$name=\"$$digest\" data-$$name-bytes=\"$$bytes\"|" $(PAGES) || exit 1; \
	done
	# What a first start loads, for the poster of a frame.
	bytes=$$(cat $(DIST)/controlplane.wasm.zst $(DIST)/controlplane.ready.image.zst | wc -c | tr -d ' ') && \
	sed -i "s| data-first-bytes=\"[^\"]*\"||; s|<html|<html data-first-bytes=\"$$bytes\"|" $(DIST)/embed.html
	node web/files.mjs $(DIST)
	$(TEXTS) -print0 | xargs -0 gzip --keep --force --no-name -9
	$(TEXTS) -print0 | xargs -0 ./bin/compress -level 19
	@touch $@

bin/site: .cache/vendor $(wildcard engine/site/*.go engine/cmd/site/*.go)
	go build -o $@ ./engine/cmd/site

bin/tabernetes: .cache/vendor $(GO_SOURCES)
	go build -o $@ ./engine/cmd/tabernetes

bin/kubectl: .cache/vendor
	go build -ldflags '$(STAMP)' -o $@ k8s.io/kubernetes/cmd/kubectl

# A module of its own: its packages are neither vendored nor known to the engine.
# Vetting the suite would take half an hour.
bin/e2e.test bin/ginkgo: SUITE_FLAGS := -buildvcs=false -trimpath
# The suite makes pods by the Pod Security Standards of its own version.
bin/e2e.test: RELEASE := $(subst ., ,$(KUBERNETES:v%=%))
bin/e2e.test: VERSION := -X k8s.io/component-base/version.gitMajor=$(word 1,$(RELEASE)) -X k8s.io/component-base/version.gitMinor=$(word 2,$(RELEASE))
bin/e2e.test: engine/cmd/conformance/suite/go.mod
	cd $(<D) && GOFLAGS="$(SUITE_FLAGS)" go test -c -vet=off -ldflags '$(STAMP) $(VERSION)' -o $(CURDIR)/$@ k8s.io/kubernetes/test/e2e

bin/ginkgo: engine/cmd/conformance/suite/go.mod
	cd $(<D) && GOFLAGS="$(SUITE_FLAGS)" go build -o $(CURDIR)/$@ github.com/onsi/ginkgo/v2/ginkgo

# Programs of others, each built in its own module with the versions that it pins.
bin/helm: client = $(HELM)
bin/helm: COMMAND := ./cmd/helm
bin/stern: client = $(STERN)
bin/k9s: client = $(K9S)
bin/rollouts-controller: client = $(ROLLOUTS)
bin/rollouts-controller: COMMAND := ./cmd/rollouts-controller
bin/helm bin/stern bin/k9s bin/rollouts-controller: Makefile
	cd $$($(call module,$(client))) && GOFLAGS="-buildvcs=false -trimpath" go build -ldflags '-s -w' -o $(CURDIR)/$@ $(or $(COMMAND),.)

.cache/clients/rollouts.yaml: Makefile
	@mkdir -p $(@D)
	cp $$($(call module,$(ROLLOUTS)))/manifests/install.yaml $@ && chmod +w $@

# Prints the folder of a module.
module = GOFLAGS= go mod download -json $(1) | sed -n 's/.*"Dir": "\(.*\)",$$/\1/p'
comma := ,

tools: tools-chromium

# The browsers of the tests and benchmarks: command, packages.
tools-chromium: web/node_modules/.package-lock.json
	$(call browser,chromium,chromium)

tools-firefox: web/node_modules/.package-lock.json
	$(call browser,firefox-esr,firefox-esr)

tools-webkit:
	$(call browser,WebKitWebDriver,webkit2gtk-driver xvfb)

define browser
@command -v $(1) >/dev/null || { \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y $(2) >/dev/null; \
  else \
    echo "$@ needs $(1): apt-get install $(2)" >&2; exit 1; \
  fi; }
endef
