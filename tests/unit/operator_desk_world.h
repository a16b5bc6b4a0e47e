/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_OPERATOR_DESK_WORLD_H
#define TESTS_UNIT_OPERATOR_DESK_WORLD_H

#include "station/operator/action.h"
#include "station/operator/desk.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A world that writes down what the desk asks of it, a line each, and answers only when told to. */
struct fake {
	struct config config;
	struct config_site sites[8];
	struct config_product products[2];
	struct optical_type types[2];
	struct operator_policy policy;
	struct desk *desk;
	GString *asked;
	gboolean refuse_run;
	guint dropped; /* what an abort says it dropped */
	gint64 now_us;
};

G_GNUC_PRINTF(2, 3) static inline void fake_note(struct fake *fake, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(fake->asked, format, args);
	va_end(args);
	g_string_append_c(fake->asked, '\n');
}

static inline gboolean fake_run(gpointer data, int site, const struct engine_unit *unit,
                                GError **error)
{
	struct fake *fake = data;

	if (fake->refuse_run) {
		station_error_set(error, STATION_ERROR_REFUSED, "the scope is somebody else's");
		return FALSE;
	}
	fake_note(fake, "run %d %s %s %s %s %u/%u", site, unit->serial, unit->part_number,
	          unit->lot, unit->operator_name, unit->number, unit->of);
	return TRUE;
}

static inline guint fake_abort(gpointer data, int site)
{
	struct fake *fake = data;

	fake_note(fake, "abort %d", site);
	return fake->dropped;
}

static inline gboolean fake_answer(gpointer data, int site, const char *answer, const char *who,
                                   GError **error)
{
	fake_note(data, "answer %d %s by %s", site, answer, who);
	return TRUE;
}

static inline void fake_check_pin(gpointer data, const char *badge, const char *pin)
{
	fake_note(data, "pin %s %s", badge, pin);
}

static inline void fake_add_unit(struct lot_file *lot, const char *serial, const char *part,
                                 int site)
{
	struct lot_unit *unit = g_new0(struct lot_unit, 1);

	unit->serial = g_strdup(serial);
	unit->part_number = g_strdup(part);
	unit->site = site;
	g_ptr_array_add(lot->units, unit);
}

static inline void fake_unit_free(gpointer data)
{
	struct lot_unit *unit = data;

	g_free(unit->serial);
	g_free(unit->part_number);
	g_free(unit);
}

static inline struct lot_file *fake_lot(gpointer data, const char *name, GError **error)
{
	struct lot_file *lot;

	if (strcmp(name, "L1") != 0 && strcmp(name, "L2") != 0) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no lot %s", name);
		return NULL;
	}
	lot = g_new0(struct lot_file, 1);
	lot->name = g_strdup(name);
	lot->units = g_ptr_array_new_with_free_func(fake_unit_free);
	fake_add_unit(lot, "A1", "DR4-500", 0);
	fake_add_unit(lot, "A2", "DR4-500", 0);
	fake_add_unit(lot, "A3", "DR4-500", 2);
	fake_add_unit(lot, "F1", "FR4-2K", 0);
	return lot;
}

static inline char **fake_lots(gpointer data)
{
	return g_strsplit("L1 L2", " ", -1);
}

static inline void fake_ask_unit(gpointer data, int site, const char *serial, const char *lot)
{
	fake_note(data, "unit? %d %s %s", site, serial, lot);
}

static inline void fake_ask_counts(gpointer data, const char *lot)
{
	fake_note(data, "counts? %s", lot ? lot : "-");
}

static inline void fake_ask_units(gpointer data)
{
	fake_note(data, "units?");
}

static inline void fake_ask_why(gpointer data, const char *run_id)
{
	fake_note(data, "why? %s", run_id);
}

static inline double fake_left_s(gpointer data, const char *part_number, const char *step, int lane,
                                 const char *corner)
{
	return 60;
}

static inline const struct outline *fake_outline(gpointer data, const char *part_number)
{
	return NULL;
}

static inline void fake_print(gpointer data, const char *run_id)
{
	fake_note(data, "print %s", run_id);
}

static inline void fake_log(gpointer data, const char *who, const char *what, const char *text)
{
	fake_note(data, "log %s %s %s", who, what, text);
}

static inline void fake_beep(gpointer data)
{
	fake_note(data, "beep");
}

static const struct desk_world fake_world = {
	.run = fake_run,
	.abort = fake_abort,
	.answer = fake_answer,
	.check_pin = fake_check_pin,
	.lot = fake_lot,
	.lots = fake_lots,
	.ask_unit = fake_ask_unit,
	.ask_counts = fake_ask_counts,
	.ask_units = fake_ask_units,
	.ask_why = fake_ask_why,
	.left_s = fake_left_s,
	.outline = fake_outline,
	.print = fake_print,
	.log = fake_log,
	.beep = fake_beep,
};

static inline void fake_tick(struct fake *fake, double seconds)
{
	fake->now_us += (gint64)(seconds * 1e6);
	desk_tick(fake->desk, fake->now_us, G_GINT64_CONSTANT(1795328000000000) + fake->now_us);
}

/* A desk with so many sites for DR4 (the last one of several is for FR4), and with users. */
static inline struct fake *fake_new(int sites, gboolean users)
{
	struct fake *fake = g_new0(struct fake, 1);
	const struct desk_setup setup = {&fake->config, &fake_world, fake};

	fake->asked = g_string_new(NULL);
	fake->policy = (struct operator_policy){
		.users_path = users ? (char *)"users.yaml" : NULL,
		.shifts = {360, 840, 1320},
		.n_shifts = 3,
		.prefix = (char *)"",
		.suffix = (char *)"",
		.scan_gap_s = 0.03,
		.retests = 1,
	};
	fake->config.operator_policy = &fake->policy;
	fake->config.station_id = (char *)"bench";
	fake->config.instruments = g_ptr_array_new();
	fake->config.sites = g_ptr_array_new();
	fake->config.products = g_ptr_array_new();
	for (int i = 0; i < 2; i++) {
		fake->products[i].part_number = (char *)(i ? "FR4-2K" : "DR4-500");
		fake->products[i].form_factor = (char *)"QSFP-DD";
		fake->products[i].optics = &fake->types[i];
		fake->types[i].name = fake->products[i].part_number;
		fake->types[i].wdm = i > 0;
		g_ptr_array_add(fake->config.products, &fake->products[i]);
	}
	for (int i = 0; i < sites; i++) {
		fake->sites[i].site = i + 1;
		fake->sites[i].form_factor = (char *)"QSFP-DD";
		fake->sites[i].wdm = i > 0 && i == sites - 1;
		g_ptr_array_add(fake->config.sites, &fake->sites[i]);
	}
	fake->desk = desk_new(&setup);
	fake->now_us = 1000000;
	fake_tick(fake, 1);
	g_string_truncate(fake->asked, 0);
	return fake;
}

static inline void fake_free(struct fake *fake)
{
	desk_free(fake->desk);
	g_ptr_array_unref(fake->config.instruments);
	g_ptr_array_unref(fake->config.sites);
	g_ptr_array_unref(fake->config.products);
	g_string_free(fake->asked, TRUE);
	g_free(fake);
}

/* What was asked since the last time, and is forgotten now. */
#define assert_asked(fake, lines)                                                                  \
	do {                                                                                       \
		g_assert_cmpstr((fake)->asked->str, ==, lines);                                    \
		g_string_truncate((fake)->asked, 0);                                               \
	} while (0)

/* Characters in so many seconds each, then Enter. */
static inline void fake_type(struct fake *fake, const char *text, double each_s)
{
	for (const char *p = text; *p; p++) {
		fake_tick(fake, each_s);
		desk_key(fake->desk, (guchar)*p);
	}
	fake_tick(fake, each_s);
	desk_key(fake->desk, SCAN_KEY_ENTER);
	fake_tick(fake, 0.2);
}

static inline void fake_scan(struct fake *fake, const char *text)
{
	fake_type(fake, text, 0.002);
}

static inline void fake_key(struct fake *fake, gunichar key)
{
	fake_tick(fake, 0.2);
	desk_key(fake->desk, key);
}

static inline void fake_press_f(struct fake *fake, int number)
{
	fake_key(fake, DESK_KEY_F1 + (gunichar)number - 1);
}

static inline void fake_event(struct fake *fake, enum event_kind kind, int site, const char *name,
                              const char *text)
{
	struct event event = event_make(kind, site, desk_site(fake->desk, site)->view->serial);

	event.mono_us = fake->now_us;
	g_strlcpy(event.name, name, sizeof event.name);
	g_strlcpy(event.run_id, "run-1", sizeof event.run_id);
	event_set_text(&event, text);
	desk_event(fake->desk, &event);
}

static inline void fake_present(struct fake *fake, int site, guint present)
{
	struct event event = event_make(EVENT_UNIT_PRESENT, site, "");

	event.done = present;
	fake_tick(fake, 0.1);
	desk_event(fake->desk, &event);
}

static inline void fake_end(struct fake *fake, int site, enum verdict verdict)
{
	struct event event =
		event_make(EVENT_RUN_END, site, desk_site(fake->desk, site)->view->serial);

	event.mono_us = fake->now_us;
	event.verdict = verdict;
	event.seconds = 9;
	event_set_text(&event, verdict == VERDICT_PASS ? "" : "lane 1: tx_er 3.1 dB < 3.5 dB");
	desk_event(fake->desk, &event);
}

/* What the store says of a unit: letters P F E A for runs that it had. */
static inline void fake_runs(struct fake *fake, int site, const char *serial, const char *runs)
{
	static const enum verdict verdicts[] = {
		['P'] = VERDICT_PASS, ['T'] = VERDICT_PASS, /* and touched by hand since */
		['F'] = VERDICT_FAIL, ['E'] = VERDICT_ERROR, ['A'] = VERDICT_ABORTED,
	};
	GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);

	for (; *runs; runs++) {
		struct store_run *row = g_new0(struct store_run, 1);
		row->verdict = verdicts[(guchar)*runs];
		row->touched = *runs == 'T';
		g_ptr_array_add(rows, row);
	}
	desk_unit_runs(fake->desk, site, serial, rows);
}

/* A unit that the store does not know is scanned and has started. */
static inline void fake_begin(struct fake *fake, int site, const char *serial)
{
	fake_scan(fake, serial);
	fake_runs(fake, site, serial, "");
	fake_event(fake, EVENT_RUN_START, site, "", "");
}

/* In the desk's message. */
#define assert_says(fake, part)                                                                    \
	do {                                                                                       \
		if (!strstr((fake)->desk->message, part))                                          \
			g_error("\"%s\" is not in \"%s\"", part, (fake)->desk->message);           \
	} while (0)

static inline enum site_state state(const struct fake *fake, int site)
{
	return desk_site(fake->desk, site)->view->state;
}

static inline struct fake *with_lot(int sites)
{
	struct fake *fake = fake_new(sites, FALSE);

	fake_scan(fake, "LOT:L1");
	assert_asked(fake, "log  lot L1\ncounts? L1\n");
	return fake;
}

#endif
