# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# make, make check, make demo, make install: see INSTALL.md. V=1 shows the commands.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

VARIANT ?= release
B       ?= build/$(VARIANT)
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
VERSION := 0.1.0
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR      := $(if $(filter default,$(origin AR)),ar,$(AR))

variants := release debug asan tsan cov fuzz
ifeq ($(filter $(VARIANT),$(variants)),)
$(error VARIANT=$(VARIANT) is not one of: $(variants))
endif

# --- flags -----------------------------------------------------------------------------------

opt.release = -O2 -g
opt.debug   = -O0 -g3
opt.asan    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
opt.tsan    = -O1 -g -fsanitize=thread -fno-omit-frame-pointer
opt.cov     = -O0 -g --coverage
opt.fuzz    = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer

packages = glib-2.0 gio-2.0 gio-unix-2.0 yaml-0.1 json-glib-1.0 sqlite3 lua5.4 libserialport cairo
PKG_CFLAGS := $(shell pkg-config --cflags $(packages) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(packages) 2>/dev/null)

WARN = -std=gnu17 -Wall -Wextra -Wshadow=local -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
       -Wvla -Wpointer-arith -Wwrite-strings -Wno-unused-parameter $(if $(CI),-Werror)
CPPFLAGS_ALL = -I. -I$(B) -D_GNU_SOURCE -DG_LOG_DOMAIN='"station"' \
       -DSTATION_VERSION='"$(VERSION)"' -DSTATION_DATADIR='"$(PREFIX)/share/station"' \
       $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = $(WARN) $(opt.$(VARIANT)) $(CFLAGS)
LDFLAGS_ALL = $(opt.$(VARIANT)) -Wl,--as-needed $(LDFLAGS)
LIBS = $(PKG_LIBS) -lcminpack -lm -lpthread $(LDLIBS)

Q = $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(2)';)

# --- layers: one archive each, in the order in which the linker must see them ------------------

LAYERS := station/front station/steps station/engine station/store reports fixtures instruments \
          limits signal base
src.of  = $(wildcard $(1)/*.c $(if $(filter instruments fixtures,$(1)),$(1)/*/*.c))
objects = $(patsubst %.c,$(B)/%.o,$(1))
archive = $(foreach l,$(1),$(B)/lib$(subst /,_,$(l)).a)
$(foreach l,$(LAYERS),$(eval $(call archive,$(l)): $(call objects,$(call src.of,$(l)))))
bench_objects := $(call objects,$(filter-out bench/main.c,$(wildcard bench/*.c)))
$(B)/libbench.a: $(bench_objects)

# what the unit tests of a layer may link (mirrors tools/layers)
may.base        = base
may.signal      = signal base
may.limits      = limits base
may.instruments = instruments base
may.fixtures    = fixtures base
may.reports     = reports limits base
may.store       = station/store reports limits base
may.engine      = station/engine station/store reports fixtures instruments limits base
may.steps       = station/steps station/engine station/store reports fixtures instruments limits \
                  signal base
may.front       = station/front station/engine station/store reports fixtures instruments limits \
                  signal base

programs := $(B)/bin/station $(B)/bin/virtual-bench
all: $(programs)

$(B)/bin/station: $(B)/station/main.o $(call archive,$(LAYERS))
$(B)/bin/virtual-bench: $(B)/bench/main.o $(B)/libbench.a $(call archive,base)
$(B)/bin/%:
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o %.a,$^) $(LIBS)

%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# a change of flags rebuilds everything, the same flags nothing
flags_now = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBS)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(flags_now))' | cmp -s - $@ || echo '$(subst ','\'',$(flags_now))' > $@
FORCE:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- tests -----------------------------------------------------------------------------------

unit_tests  := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))
bench_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
script_tests := $(wildcard tests/scripts/*.t)

layer_of = $(firstword $(subst _, ,$(1)))
define unit_rule
$(1): $(1).o $(if $(filter bench,$(call layer_of,$(notdir $(1)))),$(B)/libbench.a $(call archive,base),\
$(call archive,$(may.$(call layer_of,$(notdir $(1))))))
endef
$(foreach t,$(unit_tests),$(eval $(call unit_rule,$(t))))
$(bench_tests): $(B)/tests/bench/%: $(B)/tests/bench/%.o $(call archive,$(LAYERS))
$(unit_tests) $(bench_tests):
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o %.a,$^) $(LIBS)

tests: $(unit_tests) $(bench_tests)

test_env = STATION_BIN='$(abspath $(B))/bin' STATION_SRC='$(CURDIR)' LC_ALL=C.UTF-8 TZ=UTC \
           STATION_VARIANT=$(VARIANT) NO_COLOR=1 \
           UBSAN_OPTIONS=print_stacktrace=1 \
           ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0 \
           LSAN_OPTIONS=suppressions='$(CURDIR)/tests/lsan.supp':print_suppressions=0
