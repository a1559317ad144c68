# SPDX-License-Identifier: Apache-2.0
# Short names for the steps; CMake does the work.  `make help` lists them.
PREFIX ?= /usr/local
BUILD   = build/release
CORPUS  = corpus/articles.jsonl

.PHONY: all help setup build demo test check bench bench-e2e accuracy format install clean

all: build ## build/release/syndic, libsyndic.a and libsyndic.so

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

setup: ## install what building and testing needs (Debian packages)
	@.ci/setup test

# CMake says little that helps when all is well, so it speaks only when it fails.
configure = mkdir -p build && \
	{ cmake --preset release $(1) >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }; }

build:
	@.ci/setup build
	@$(call configure)
	@cmake --build --preset release \
	    --target syndic_generated syndic_shared syndic_static make_crawl

demo: build ## the main job on corpus/: groups of copies, who is kept and why
	@tests/demo.sh $(BUILD)/syndic $(CORPUS)

test: setup ## build, and run every test
	@$(call configure,-DSYNDIC_TESTS=ON)
	@cmake --build --preset release
	@ctest --preset release

check: test ## the same as test

# BENCH holds options of the scripts, such as BENCH='--filter minhash' or BENCH='--kinds plain'.
bench: ## build and run the benchmarks of the kernels; results go to bench/results
	@.ci/setup bench
	@$(call configure,-DSYNDIC_BENCH=ON)
	@cmake --build --preset release --target bench_kernels
	bench/run.py $(BENCH)

bench-e2e: build ## time group and dedup end to end, beside only reading
	@.ci/setup bench
	bench/e2e.py $(BENCH)

# ACCURACY holds sets and options, such as ACCURACY='corpus revisions --by near --threshold 0.5'.
accuracy: build ## judge group and passages on labelled sets, beside what other tools do
	@.ci/setup bench
	@$(call configure,-DSYNDIC_BENCH=ON)
	@cmake --build --preset release --target jaccard_forest
	bench/accuracy $(or $(ACCURACY),--by syndication)
	$(if $(ACCURACY),,bench/accuracy --passages)

format: ## lay out all C and C++ files with clang-format
	@tests/check_style.sh --fix

install: build ## into PREFIX, /usr/local by default
	cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove build/
	rm -rf build
