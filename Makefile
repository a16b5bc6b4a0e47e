# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# "make help" lists what can be made; INSTALL.md tells the rest. V=1 shows the commands.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

VARIANT ?= release
B       ?= build/$(VARIANT)
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
VERSION := 0.1.0
CC      := $(if $(filter default,$(origin CC)),$(if $(filter fuzz,$(VARIANT)),clang,gcc),$(CC))
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

packages := glib-2.0 gio-2.0 gio-unix-2.0 yaml-0.1 json-glib-1.0 sqlite3 libpq lua5.4 \
            libserialport libusb-1.0 libgpiod cairo ncursesw libsodium libedit libcurl
# libraries that may be missing: the kinds of sinks that need them are refused then
optional := $(foreach l,libmosquitto libqpid-proton,\
            $(if $(shell pkg-config --exists $(l) 2>/dev/null && echo yes),$(l)))
PKG_FOUND  := $(shell pkg-config --exists $(packages) 2>/dev/null && echo yes)
PKG_CFLAGS := $(shell pkg-config --cflags $(packages) $(optional) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(packages) $(optional) 2>/dev/null)
# libgpiod 1 (Debian 12) and 2 (Debian 13) share nothing but the name: one file for each
GPIOD := $(firstword $(subst ., ,$(shell pkg-config --modversion libgpiod 2>/dev/null)) 1)
gpiod_versions := 1 2
other_sinks := station/factory/sink_mqtt$(if $(filter libmosquitto,$(optional)),_none).c \
               $(if $(filter libqpid-proton,$(optional)),station/factory/sink_cfx_none.c,\
               station/factory/sink_cfx.c station/factory/amqp.c)
other_gpiod := $(patsubst %,fixtures/pins_gpiod%.c,$(filter-out $(GPIOD),$(gpiod_versions)))

WARN = -std=gnu17 -Wall -Wextra -Wshadow=local -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
       -Wno-missing-field-initializers \
       -Wvla -Wpointer-arith -Wwrite-strings -Wno-unused-parameter $(if $(CI),-Werror)
CPPFLAGS_ALL = -I. -I$(B) -D_GNU_SOURCE -DG_LOG_DOMAIN='"station"' \
       -DSTATION_VERSION='"$(VERSION)"' \
       $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = $(WARN) $(opt.$(VARIANT)) $(CFLAGS)
LDFLAGS_ALL = $(opt.$(VARIANT)) -Wl,--as-needed $(LDFLAGS)
LIBS = $(PKG_LIBS) -lm -lpthread $(LDLIBS)

Q = $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(2)';)

# --- layers: one archive each, in the order in which the linker must see them ------------------

LAYERS := station/front station/commands station/shell station/operator station/script \
          station/steps station/engine station/analyze station/factory station/store reports \
          fixtures instruments limits signal base
src.of  = $(filter-out $(other_gpiod) $(other_sinks),\
          $(wildcard $(1)/*.c $(if $(filter instruments fixtures,$(1)),$(1)/*/*.c)))
objects = $(patsubst %.c,$(B)/%.o,$(1))
archive = $(foreach l,$(1),$(B)/lib$(subst /,_,$(l)).a)
$(foreach l,$(LAYERS),$(eval $(call archive,$(l)): $(call objects,$(call src.of,$(l)))))
bench_objects := $(call objects,$(filter-out bench/main.c,$(wildcard bench/*.c)))
$(B)/libbench.a: $(bench_objects)
# the judge of signal/'s TDECQ: knows its headers, links nothing of it by itself
reference_objects := $(call objects,$(wildcard tests/reference/*.c))
$(B)/libreference.a: $(reference_objects)
# a file that is gone has to leave its archive
$(call archive,$(LAYERS)) $(B)/libbench.a $(B)/libreference.a: $(B)/sources

# what the unit tests of a layer may link (mirrors tools/layers)
may.base        = base
may.signal      = signal base
may.limits      = limits base
may.instruments = instruments base
may.fixtures    = fixtures base
may.reports     = reports limits base
may.store       = station/store reports limits base
may.factory     = station/factory station/store reports limits base
may.analyze     = station/analyze station/store reports signal limits base
may.engine      = station/engine station/factory station/store reports fixtures instruments \
                  limits base
may.steps       = station/steps station/engine station/factory station/store reports fixtures \
                  instruments limits signal base
may.script      = station/script station/steps station/engine station/factory station/store \
                  reports fixtures instruments limits signal base
may.operator    = station/operator station/engine station/factory station/store reports \
                  fixtures instruments limits base
may.commands    = station/commands station/shell station/operator station/script station/steps \
                  station/engine station/factory station/store reports fixtures instruments \
                  limits signal base
# the language is tested with the commands that there are
may.shell       = $(may.commands)
may.front       = station/front station/analyze $(may.commands)

# GLib's locks are not instrumented: this tells the thread sanitizer what they order
tsan_object = $(if $(filter tsan,$(VARIANT)),$(B)/tests/tsan/glib_locks.o)
tsan_wraps  = g_mutex_lock g_mutex_trylock g_mutex_unlock g_cond_wait g_cond_wait_until
LDFLAGS_ALL += $(if $(filter tsan,$(VARIANT)),$(addprefix -Wl$(comma)--wrap=,$(tsan_wraps)))
comma := ,

programs := $(B)/bin/station $(B)/bin/virtual-bench
all: $(programs) share man

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

# each step of the ladder in signal/kernels.h is compiled for its processor
ifneq ($(filter x86_64-%,$(shell $(CC) -dumpmachine 2>/dev/null)),)
$(B)/signal/kernels_avx2.o: private CFLAGS_ALL += -mavx2 -mfma
$(B)/signal/kernels_avx512.o: private CFLAGS_ALL += -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma
endif

# text between single quotes of the shell
quoted = $(subst ','\'',$(1))

# a change of flags rebuilds everything, the same flags nothing
flags_now = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBS)
$(B)/flags: FORCE
	$(if $(PKG_FOUND),,@echo 'libraries are missing; "tools/deps build" installs them:' >&2; \
		pkg-config --exists --print-errors $(packages))
	@mkdir -p $(@D)
	@echo '$(call quoted,$(flags_now))' | cmp -s - $@ || echo '$(call quoted,$(flags_now))' > $@
FORCE:

# only the files that look for the installed data depend on where it lies
datadir_define = -DSTATION_DATADIR='"$(PREFIX)/share/station"'
datadir_users := $(call objects,$(shell grep -rl --include='*.c' STATION_DATADIR station))
$(datadir_users): private CPPFLAGS_ALL += $(datadir_define)
$(datadir_users): $(B)/prefix
all_sources = $(foreach l,$(LAYERS),$(call src.of,$(l))) $(bench_objects) $(reference_objects)
$(B)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(all_sources)' | cmp -s - $@ || echo '$(all_sources)' > $@
$(B)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' > $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- data: $(B)/share/station has the layout of the installation ------------------------------

data.plans    := $(wildcard station/plans/*.yaml)
data.types    := $(wildcard station/types/*.yaml)
data.limits   := $(wildcard limits/*.csv)
data.modules  := $(wildcard fixtures/modules/*.yaml)
data.boards   := $(wildcard fixtures/boards/*.yaml)
data.dialects := $(wildcard instruments/dialects/*.yaml)
data.scripts  := $(wildcard station/scripts/*.lua)
data.examples := $(wildcard station/examples/*)
data.schema   := $(wildcard reports/*.schema.json reports/schema/*.json \
                 station/factory/*.schema.json)
data_folders  := plans types limits modules boards dialects scripts examples schema
datadir       := $(B)/share/station
data_files    := $(foreach d,$(data_folders),$(addprefix $(datadir)/$(d)/,$(notdir $(data.$(d)))))

define data_rule
$(datadir)/$(1)/$(notdir $(2)): $(2)
	@mkdir -p $$(@D) && cp $$< $$@
endef
$(foreach d,$(data_folders),$(foreach f,$(data.$(d)),$(eval $(call data_rule,$(d),$(f)))))
share: $(data_files)

# texts in other languages, beside the data
languages  := $(patsubst station/po/%.po,%,$(wildcard station/po/*.po))
catalogue   = $(1)/locale/$(2)/LC_MESSAGES/station.mo
catalogues := $(foreach l,$(languages),$(call catalogue,$(B)/share,$(l)))
$(catalogues): $(call catalogue,$(B)/share,%): station/po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT,$@)msgfmt --check-format --output-file=$@ $<
share: $(catalogues)

# --- manual pages: what the tables of the program know comes from them -------------------------

man_pages := $(patsubst docs/man/%.in,$(B)/man/%,$(wildcard docs/man/*.in))
$(B)/bin/doc_gen: $(B)/tools/doc_gen.o $(call archive,$(LAYERS)) $(tsan_object)
$(B)/man/%: docs/man/%.in $(B)/bin/doc_gen
	@mkdir -p $(@D)
	$(call say,MAN,$@)$(B)/bin/doc_gen $< > $@
man: $(man_pages)

# --- tests -----------------------------------------------------------------------------------

unit_tests   := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))
bench_tests  := $(patsubst %.c,$(B)/%,$(filter-out %/conformance.c,$(wildcard tests/bench/*.c)))
e2e_tests    := $(patsubst %.c,$(B)/%,$(wildcard tests/e2e/*.c))
long_tests   := $(patsubst %.c,$(B)/%,$(wildcard tests/long/*.c))
fuzz_targets := $(patsubst %.c,$(B)/%,$(filter-out %/main.c,$(wildcard tests/fuzz/*.c)))
test_programs := $(unit_tests) $(bench_tests) $(e2e_tests) $(fuzz_targets)
# the longest first, so that none of them runs on alone at the end
test_list     = $(wildcard tests/e2e/*.t) $(e2e_tests) $(bench_tests) \
                $(wildcard tests/scripts/*.t) $(unit_tests) $(fuzz_targets)
long_list     = $(wildcard tests/long/*.t) $(long_tests)

layer_of = $(firstword $(subst _, ,$(notdir $(1))))
define unit_rule
$(1): $(1).o $(if $(filter bench,$(call layer_of,$(1))),$(B)/libbench.a $(call archive,base),\
$(if $(filter signal,$(call layer_of,$(1))),$(B)/libreference.a) \
$(call archive,$(may.$(call layer_of,$(1)))))
endef
$(foreach t,$(unit_tests) $(fuzz_targets),$(eval $(call unit_rule,$(t))))
conformance_tests := $(filter $(B)/tests/bench/conformance_%,$(bench_tests))
# the fixture's side and the simulated module in one process
module_tests := $(filter $(B)/tests/bench/module_%,$(bench_tests))
$(filter-out $(conformance_tests) $(module_tests),$(bench_tests)) $(e2e_tests): $(B)/%: $(B)/%.o \
                                                                $(call archive,$(LAYERS))
$(conformance_tests): $(B)/%: $(B)/%.o $(B)/tests/bench/conformance.o $(B)/libbench.a \
                      $(call archive,instruments base)
$(module_tests): $(B)/%: $(B)/%.o $(call archive,fixtures) $(B)/libbench.a $(call archive,base)
$(long_tests): $(B)/%: $(B)/%.o $(B)/libreference.a $(call archive,$(LAYERS))

# run by tests inside of a terminal
screen_show := $(B)/tests/screen/show
$(screen_show): $(B)/tests/screen/show.o $(call archive,station/operator base)

# For a kernel of their own: what is in $(B)/in-kernel was compiled with TESTS_IN_KERNEL, tests of
# other folders once more. The emulated devices are an archive.
in_kernel = $(addprefix $(B)/in-kernel/,$(1))
$(B)/in-kernel/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) -DTESTS_IN_KERNEL $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/in-kernel/libdevices.a: $(call in_kernel,$(patsubst %.c,%.o,\
                             $(wildcard tests/hardware/devices/*.c)))
guest_init := $(B)/in-kernel/init
$(guest_init): $(B)/in-kernel/tests/hardware/kernel/init.o
hardware_conformance := $(call in_kernel,$(patsubst %.c,%,$(shell \
                        grep -lE 'CONFORMANCE_(USBTMC|SERIAL)' tests/bench/conformance_*.c)))
hardware_unit := $(call in_kernel,tests/unit/instruments_link_usbtmc \
                 tests/unit/instruments_link_usbtmc_faults tests/bench/module_bridge)
hardware_own  := $(call in_kernel,$(patsubst %.c,%,$(wildcard tests/hardware/*.c)))
# the longest first
hardware_long  := $(call in_kernel,tests/hardware/whole_unit tests/hardware/lot_faults)
hardware_tests := $(hardware_long) $(filter-out $(hardware_long),$(hardware_unit) \
                  $(hardware_conformance) $(hardware_own))
$(hardware_conformance) $(hardware_own): $(B)/in-kernel/tests/bench/conformance.o
$(hardware_tests): %: %.o $(B)/in-kernel/libdevices.a $(B)/libbench.a \
                   $(call archive,fixtures instruments base)

speed_signal := $(B)/tests/speed/signal
$(speed_signal): $(call objects,$(wildcard tests/speed/signal*.c)) $(call archive,signal base)

speed_io := $(B)/tests/speed/io
$(speed_io): $(call objects,$(wildcard tests/speed/io*.c)) $(call archive,instruments) \
             $(B)/libbench.a $(call archive,base)

speed_analyze := $(B)/tests/speed/analyze
$(speed_analyze): $(B)/tests/speed/analyze.o $(call archive,$(may.store))

# with a fixture that answers at once, and clocks around the parts of a run
speed_engine := $(B)/tests/speed/engine
$(speed_engine): $(B)/tests/speed/engine.o $(call archive,$(may.engine))
quick_wraps := fixture_open
speed_wraps := $(quick_wraps) run_plan recover_keep run_journal_open run_journal_close store_check \
               open_run_add open_run_put store_save_run_now fsync fdatasync
$(speed_engine): private LDFLAGS_ALL += $(addprefix -Wl$(comma)--wrap=,$(speed_wraps))
$(B)/tests/unit/engine_quick_lot: private LDFLAGS_ALL += -Wl,--wrap=$(quick_wraps)

speed_programs := $(speed_signal) $(speed_io) $(speed_analyze) $(speed_engine)
$(programs) $(test_programs) $(screen_show) $(long_tests) $(speed_programs): $(tsan_object)

# a fuzz target is libFuzzer's under VARIANT=fuzz, and elsewhere a test that walks its corpus
fuzz_main = $(if $(filter fuzz,$(VARIANT)),,$(B)/tests/fuzz/main.o)
$(fuzz_targets): $(fuzz_main)
$(fuzz_targets): LDFLAGS_ALL += $(if $(filter fuzz,$(VARIANT)),-fsanitize=fuzzer)

# where nobody debugs them: the quicker linker, if there are two, and nothing for a debugger
quick_link := $(if $(CI),$(if $(filter release,$(VARIANT)),-Wl$(comma)-S \
              $(if $(shell command -v ld.gold),-fuse-ld=gold)))

$(test_programs) $(screen_show) $(long_tests) $(speed_programs) $(hardware_tests) $(guest_init):
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) $(quick_link) -o $@ $(filter %.o %.a,$^) $(LIBS)

# whichever libgpiod is here, the files for both are compiled against what they use of it
gpiod_files := $(foreach v,$(gpiod_versions),$(B)/tests/gpiod$(v)/pins_gpiod$(v).o)
gpiod_strict := -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
define gpiod_rule
$(B)/tests/gpiod$(1)/pins_gpiod$(1).o: fixtures/pins_gpiod$(1).c $(B)/flags
	@mkdir -p $$(@D)
	$$(call say,CC,$$< for libgpiod $(1))$$(CC) -Itests/gpiod$(1) $$(CPPFLAGS_ALL) \
		$$(CFLAGS_ALL) $(gpiod_strict) -MMD -MP -c -o $$@ $$<
endef
$(foreach v,$(gpiod_versions),$(eval $(call gpiod_rule,$(v))))

tests: $(test_programs) $(screen_show) $(gpiod_files)

test_env = STATION_BIN='$(abspath $(B))/bin' STATION_SRC='$(CURDIR)' \
           STATION_DATADIR='$(abspath $(datadir))' STATION_BUILD='$(abspath $(B))' \
           STATION_LOCKDIR='$(abspath $(B))/locks' \
           STATION_B='$(B)' STATION_VARIANT=$(VARIANT) PATH='$(abspath $(B))/bin':"$$PATH" \
           LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1 CC='$(CC)' JOBS=$(JOBS) \
           UBSAN_OPTIONS=print_stacktrace=1 \
           ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0 \
           LSAN_OPTIONS=suppressions='$(CURDIR)/tests/lsan.supp':print_suppressions=0 \
           TSAN_OPTIONS=suppressions='$(CURDIR)/tests/tsan.supp':ignore_noninstrumented_modules=1 \
           $(if $(filter tsan,$(VARIANT)),G_SLICE=always-malloc)

# some wait for what does not answer: two more than there are processors
prove = $(test_env) PERL5LIB='$(CURDIR)/tools' prove -j$(shell expr $(JOBS) + 2) --harness Tally \
        --exec tools/run-test

# The packages first, then a make of its own: this one was read when the libraries may have been
# missing. Without -j the second make uses all processors.
again = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))

check:
	@tools/deps check
	@+$(again) run-check
run-check: all tests
	@$(prove) $(test_list)

# a part: make check-only T='base_csv scripts/docs'
selected = $(foreach f,$(test_list),$(if $(strip $(foreach t,$(T),$(findstring $(t),$(f)))),$(f)))
check-only: all $(screen_show) $(filter $(B)/%,$(selected))
	@$(prove) $(selected)

# hours rather than minutes belong here
check-long:
	@tools/deps check
	@+$(again) run-check-long
run-check-long: all $(long_tests)
	@STATION_TEST_LIMIT=20000 $(prove) --verbose $(long_list)

# verdicts by gates that end early against those by full ones: UNITS (2000); last line for programs
check-gates:
	@tools/deps build
	@+$(again) run-check-gates
run-check-gates: $(B)/tests/long/gates
	@$(test_env) $(B)/tests/long/gates

# what the station lets out, and what it stops without need: UNITS of each type near their limits
check-escapes:
	@tools/deps build
	@+$(again) run-check-escapes
run-check-escapes: all
	@$(test_env) tools/escapes '$(abspath $(B))/bin' '$(abspath $(B))/escapes'

# what becomes of light and results when the station is killed: KILLS (500); last line for programs
check-kill:
	@tools/deps check
	@+$(again) run-check-kill
run-check-kill: all
	@$(test_env) tests/long/kill

# a lot of 64 units of two types on four sites that share one scope; last line for programs
check-sites:
	@tools/deps check
	@+$(again) run-check-sites
run-check-sites: all
	@$(test_env) tests/long/sites

# how fast the measurement science is; the last line is for programs
bench-signal:
	@tools/deps build
	@+$(again) run-bench-signal
run-bench-signal: $(speed_signal)
	@$(speed_signal)

# how fast messages pass the links, beside plain sockets; the last line is for programs
bench-io:
	@tools/deps build
	@+$(again) run-bench-io
run-bench-io: $(speed_io)
	@$(speed_io)

# how long analyses of ROWS measurements take (2 GB of scratch); the last line is for programs
ROWS ?= 10000000
bench-analyze:
	@tools/deps build
	@+$(again) run-bench-analyze
run-bench-analyze: all $(speed_analyze)
	@$(test_env) $(speed_analyze) '$(abspath $(B))/bin/station' \
		'$(abspath $(B))/bench-analyze' $(ROWS)

# what engine and store take of a lot; start and memory of the program; the last line is for
# programs; ROWS as for bench-analyze
bench-engine:
	@tools/deps build
	@+$(again) run-bench-engine
run-bench-engine: all $(speed_engine) $(speed_analyze)
	@$(test_env) ROWS=$(ROWS) python3 tests/speed/engine.py '$(abspath $(B))/bin' \
		'$(abspath $(speed_engine))' '$(abspath $(speed_analyze))' \
		'$(abspath $(B))/bench-engine'

# how quick and how quiet the operator's terminal is; the last line is for programs
bench-terminal:
	@tools/deps build
	@+$(again) run-bench-terminal
run-bench-terminal: all
	@$(test_env) python3 tests/speed/terminal.py '$(abspath $(B))/bin'

# how soon the engineering shell can be worked; the last line is for programs
bench-shell:
	@tools/deps build
	@+$(again) run-bench-shell
run-bench-shell: all
	@$(test_env) python3 tests/speed/shell.py '$(abspath $(B))/bin'

# what others wrote for these buses, as clients of the bench
check-interop:
	@tools/deps interop
	@+$(again) run-check-interop
run-check-interop: $(B)/bin/virtual-bench
	@$(prove) $(wildcard tests/interop/*.t)

# the station's own code through the real libraries and a real kernel that has no hardware
check-hardware:
	@tools/deps build
	@tools/deps hardware || :
	@+$(again) run-check-hardware
run-check-hardware: all $(hardware_tests) $(guest_init)
	@$(test_env) PERL5LIB='$(CURDIR)/tools' tests/hardware/all $(if $(V),--verbose) \
		$(if $(T),$(foreach f,$(hardware_tests),\
		$(if $(strip $(foreach t,$(T),$(findstring $(t),$(f)))),$(f))),$(hardware_tests))

demo:
	@tools/deps demo
	@+$(again) run-demo
run-demo: all
	@$(test_env) tools/demo $(B)/bin

demo-operator:
	@tools/deps demo
	@+$(again) run-demo-operator
# in the user's own locale, time zone and colours
run-demo-operator: all
	@STATION_DATADIR='$(abspath $(datadir))' tools/demo-operator $(B)/bin

# make VARIANT=fuzz fuzz T=60: so many seconds for each target
fuzz: $(fuzz_targets)
	$(if $(filter fuzz,$(VARIANT)),,$(error make VARIANT=fuzz fuzz))
	@for target in $^; do $(test_env) tools/fuzz $$target $(or $(T),60) || exit 1; done

# make VARIANT=asan torture T=60: every test of a link again and again, so many seconds for each
torture: $(filter $(B)/tests/unit/instruments_link_%,$(unit_tests))
	@for test in $^; do $(test_env) tools/torture $$test $(or $(T),60) || exit 1; done

coverage:
	$(if $(filter cov,$(VARIANT)),,$(error VARIANT=cov, and first make VARIANT=cov check))
	@tools/coverage $(B)

# --- checkers ----------------------------------------------------------------------------------

check-style check-layers:
	@tools/$@
check-headers:
	@CC='$(CC)' CPPFLAGS='$(call quoted,$(CPPFLAGS_ALL))' JOBS=$(JOBS) tools/$@
check-format:
	@tools/format --check
format:
	@tools/format

# the catalogues by what the sources say
po:
	@tools/po
check-words:
	@tools/po --check

lint: compile_commands.json
	@tools/deps lint
	@JOBS=$(JOBS) tools/lint

compile_commands.json: $(B)/flags Makefile
	@tools/compile-commands \
		'$(call quoted,$(CC) $(CPPFLAGS_ALL) $(datadir_define) $(CFLAGS_ALL))' > $@.new
	@mv $@.new $@

# --- install -----------------------------------------------------------------------------------

bindir = $(DESTDIR)$(PREFIX)/bin
sharedir = $(DESTDIR)$(PREFIX)/share
rulesdir = $(DESTDIR)$(PREFIX)/lib/udev/rules.d
udev_rules := $(wildcard station/udev/*.rules)
man_place = $(sharedir)/man/man$(subst .,,$(suffix $(1)))/$(notdir $(1))

install: all
	$(Q)install -d '$(bindir)' $(foreach d,$(data_folders),'$(sharedir)/station/$(d)')
	$(Q)install -m 755 $(programs) '$(bindir)'
	$(Q)$(foreach d,$(data_folders),$(if $(data.$(d)),\
		install -m 644 $(data.$(d)) '$(sharedir)/station/$(d)' &&)) :
	$(Q)$(foreach m,$(man_pages),\
		install -D -m 644 $(m) '$(call man_place,$(m))' &&) :
	$(Q)$(foreach l,$(languages),install -D -m 644 $(call catalogue,$(B)/share,$(l)) \
		'$(call catalogue,$(sharedir),$(l))' &&) :
	$(Q)install -d '$(rulesdir)'
	$(Q)install -m 644 $(udev_rules) '$(rulesdir)'
	@echo 'installed in $(DESTDIR)$(PREFIX)'

# only what install put there; folders only when nothing else is left in them
uninstall:
	$(Q)rm -f $(foreach p,$(programs),'$(bindir)/$(notdir $(p))') \
		$(foreach m,$(man_pages),'$(call man_place,$(m))') \
		$(foreach r,$(udev_rules),'$(rulesdir)/$(notdir $(r))') \
		$(foreach l,$(languages),'$(call catalogue,$(sharedir),$(l))')
	$(Q)rm -f $(foreach d,$(data_folders),\
		$(foreach f,$(data.$(d)),'$(sharedir)/station/$(d)/$(notdir $(f))'))
	$(Q)rmdir $(foreach d,$(data_folders),'$(sharedir)/station/$(d)') '$(sharedir)/station' \
		2>/dev/null || :

clean:
	rm -rf build compile_commands.json demo-out

define help_text
make                 the programs, in $(B)/bin
make check           what is needed, build, all tests; ends with "N passed, N failed"
make demo            what is needed, build, a lot of eight modules on the virtual bench
make demo-operator   the operator's terminal on the same
make check-only T=…  the tests whose names contain one of these words
make check-long      the tests that take too long for every day
make check-gates     UNITS=2000 judged by error gates that end early and by full ones
make check-escapes   UNITS=1000 of each type on the virtual bench: bad ones passed, good ones failed
make check-kill      KILLS=500 of a running station: what stays on, is lost or judged falsely
make check-sites     64 units of two types on four sites, verdicts against the truth; python3
make bench-signal    how fast signal/ is here, each kernel against plain C and against reading
make bench-io        how fast messages pass the links here, beside plain sockets
make bench-analyze   how long "station analyze" takes over ROWS=10000000 measurements
make bench-engine    what engine and store take of a lot; start and memory of station; python3
make bench-terminal  from key to picture, processor and bytes of the operator's terminal; python3
make bench-shell     from the start of the engineering shell to its prompt; python3
make check-interop   lxi, sigrok-cli and PyVISA as clients of the virtual bench
make check-hardware  USB, serial lines, I2C and GPIO through a real Linux kernel without hardware
make check-style check-layers check-headers check-format check-words
                     one checker alone
make po              brings the texts to translate (station/po) up to date with the sources
make install         DESTDIR= and PREFIX= (now $(PREFIX)) as usual; make uninstall takes it away
make format          lays out the sources; clang-format 14
make lint            clang-tidy and cppcheck
make compile_commands.json
                     for editors and analysers
make fuzz T=60       with VARIANT=fuzz: so many seconds for each fuzz target
make torture T=60    with VARIANT=asan: each test of a link again and again for so many seconds
make coverage        with VARIANT=cov, after make VARIANT=cov check
make clean           takes away everything that was built

VARIANT=release (the default), debug, asan, tsan, cov, fuzz: each builds in build/VARIANT.
V=1 shows the commands, CI=1 makes warnings errors, JOBS= sets how much runs at a time.
endef
help:
	$(info $(help_text))@:

.PHONY: all share man tests check run-check check-only check-long run-check-long demo run-demo \
        demo-operator run-demo-operator check-escapes run-check-escapes \
        check-kill run-check-kill check-sites run-check-sites \
        check-gates run-check-gates bench-signal run-bench-signal bench-io run-bench-io \
        bench-engine run-bench-engine bench-analyze run-bench-analyze \
        bench-terminal run-bench-terminal bench-shell run-bench-shell \
        check-interop run-check-interop check-hardware run-check-hardware \
        fuzz torture coverage check-style check-layers check-headers check-format check-words \
        format po lint install uninstall clean help FORCE
