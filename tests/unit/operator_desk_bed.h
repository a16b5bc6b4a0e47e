/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_OPERATOR_DESK_BED_H
#define TESTS_UNIT_OPERATOR_DESK_BED_H

/*
 * A desk filled by hand, for what draws it: a station with sites, an operator, a lot, a shift so
 * far, and runs that are played into its sites as the engine would tell them. Times and values are
 * always the same.
 */

#include "station/operator/desk.h"

#include <math.h>
#include <string.h>

struct desk_bed {
	struct desk *desk;
	struct config config;
	struct outline outline;
};

#define DESK_BED_PART   "DR4-CAL"
#define DESK_BED_SERIAL "DR400123"

/* A plan like the shared one: what it does, how often at every corner, for which lanes. */
static const struct {
	const char *group, *name;
	int corners, lanes;
} desk_bed_plan[] = {
	{"setup", "power-up", 0, 0},
	{"setup", "recover", 0, 0},
	{"setup", "identify", 0, 0},
	{"setup", "firmware", 0, 0},
	{"setup", "set-corner", 0, 0},
	{"setup", "bring-up", 0, 0},
	{"main", "calibrate-begin", 0, 0},
	{"main", "lane-check", 0, 0},
	{"main", "connector-check", 0, 0},
	{"main", "wavelength-calibrate", 0, 0},
	{"main", "tx-calibrate before the filter", 0, 4},
	{"main", "tx-fir-calibrate", 0, 4},
	{"main", "tx-calibrate", 0, 4},
	{"main", "rx-monitor-calibrate", 0, 0},
	{"main", "los-calibrate", 0, 0},
	{"main", "tx-calibrate at temperature", 3, 4},
	{"main", "tx-tables", 0, 0},
	{"main", "store-constants", 0, 0},
	{"main", "module-power", 3, 0},
	{"main", "tx-measure", 3, 4},
	{"main", "tx-spectrum", 3, 4},
	{"main", "tx-off", 3, 4},
	{"main", "rx-waterfall", 3, 0},
	{"main", "los-measure", 3, 0},
	{"main", "monitor-accuracy", 3, 0},
	{"main", "personalise", 0, 0},
	{"cleanup", "power-down", 0, 0},
};

static const char *const desk_bed_corners[] = {"25C 3.300V", "0C 3.135V", "70C 3.465V"};

static inline struct desk_site *desk_bed_site(struct desk_bed *bed, int site)
{
	return bed->desk->sites->pdata[site - 1];
}

static inline void desk_bed_site_free(gpointer data)
{
	struct desk_site *site = data;

	site_view_free(site->view);
	g_clear_pointer(&site->eye.counts, g_array_unref);
	g_clear_pointer(&site->points.points, g_array_unref);
	g_free(site);
}

static inline void desk_bed_row_free(gpointer data)
{
	struct store_run *row = data;

	g_free(row->run_id);
	g_free(row->serial);
	g_free(row->part_number);
	g_free(row->lot);
	g_free(row->reason);
	g_free(row->first_failing_step);
	g_free(row);
}

static inline void desk_bed_outline(struct outline *outline)
{
	outline->name = g_strdup("400G calibration and final test");
	outline->revision = g_strdup("3");
	outline->steps = g_array_new(FALSE, TRUE, sizeof(struct outline_step));
	for (gsize i = 0; i < G_N_ELEMENTS(desk_bed_plan); i++) {
		struct outline_step step = {0};
		g_strlcpy(step.name, desk_bed_plan[i].name, sizeof step.name);
		g_strlcpy(step.group, desk_bed_plan[i].group, sizeof step.group);
		step.total =
			(guint)(MAX(1, desk_bed_plan[i].corners) * MAX(1, desk_bed_plan[i].lanes));
		outline->total += step.total;
		g_array_append_val(outline->steps, step);
	}
}

static inline void desk_bed_config(struct config *config, int sites)
{
	struct config_product *product = g_new0(struct config_product, 1);

	config->station_id = g_strdup("line3-bench07");
	config->time_scale = 1;
	config->instruments = g_ptr_array_new();
	config->sites = g_ptr_array_new_with_free_func(g_free);
	config->products = g_ptr_array_new_with_free_func(g_free);
	product->part_number = g_strdup(DESK_BED_PART);
	g_ptr_array_add(config->products, product);
	for (int i = 1; i <= sites; i++) {
		struct config_site *site = g_new0(struct config_site, 1);
		site->site = i;
		site->n_lanes = 4;
		g_ptr_array_add(config->sites, site);
	}
}

static inline void desk_bed_lot(struct desk *desk)
{
	struct lot_file *lot = g_new0(struct lot_file, 1);

	lot->name = g_strdup("L2611-042");
	lot->units = g_ptr_array_new_with_free_func(g_free);
	for (int i = 0; i < 48; i++)
		g_ptr_array_add(lot->units, g_new0(struct lot_unit, 1));
	desk->lot = lot;
}

/* Nobody has scanned anything yet; one site is zoomed, of several none. */
static inline struct desk_bed *desk_bed_new(int sites)
{
	struct desk_bed *bed = g_new0(struct desk_bed, 1);
	struct desk *desk = bed->desk = g_new0(struct desk, 1);

	desk_bed_config(&bed->config, sites);
	desk_bed_outline(&bed->outline);
	desk->setup.config = &bed->config;
	desk->now_us = 5000 * (gint64)G_USEC_PER_SEC;
	desk->now_utc_us = G_GINT64_CONSTANT(1795328000) * G_USEC_PER_SEC;
	desk->shift_start_us = desk->now_utc_us - 3 * 3600 * (gint64)G_USEC_PER_SEC;
	desk->utc_offset_s = 8 * 3600;
	desk->zoom = sites > 1 ? -1 : 0;
	desk->scanner = scanner_new(0.03);
	desk->needs_login = TRUE;
	desk->person = (struct desk_person){"4711", "Op 471", FALSE};
	desk->signs = SIGNS_BRAILLE;
	desk->shift = (struct store_counts){27, 30, 24, 2, 1, 0, 26, 22};
	desk->lot_counts = (struct store_counts){19, 21, 17, 2, 0, 0, 19, 16};
	desk->causes = g_array_new(FALSE, TRUE, sizeof(struct desk_cause));
	desk->units = g_ptr_array_new_with_free_func(desk_bed_row_free);
	desk->instruments = g_array_new(FALSE, TRUE, sizeof(struct desk_instrument));
	desk->notes = g_ptr_array_new_with_free_func(g_free);
	g_strlcpy(desk->calibration, "SCOPE 2027-01-03", sizeof desk->calibration);
	desk_bed_lot(desk);
	desk->sites = g_ptr_array_new_with_free_func(desk_bed_site_free);
	for (int i = 1; i <= sites; i++) {
		struct desk_site *site = g_new0(struct desk_site, 1);
		site->view = site_view_new(i);
		site->case_degc = site->left_s = site->points.line = NAN;
		site->eye.counts = g_array_new(FALSE, TRUE, sizeof(guint32));
		site->points.points = g_array_new(FALSE, TRUE, sizeof(struct plot_point));
		g_ptr_array_add(desk->sites, site);
	}
	return bed;
}

static inline void desk_bed_free(struct desk_bed *bed)
{
	struct desk *desk = bed->desk;
	struct config_product *product = bed->config.products->pdata[0];

	g_ptr_array_unref(desk->sites);
	g_ptr_array_unref(desk->units);
	g_ptr_array_unref(desk->notes);
	g_array_unref(desk->causes);
	g_array_unref(desk->instruments);
	g_strfreev(desk->lots);
	scanner_free(desk->scanner);
	lot_file_free(desk->lot);
	g_clear_pointer(&desk->why, run_record_free);
	g_free(desk);
	g_free(product->part_number);
	g_free(bed->config.station_id);
	g_ptr_array_unref(bed->config.products);
	g_ptr_array_unref(bed->config.sites);
	g_ptr_array_unref(bed->config.instruments);
	g_array_unref(bed->outline.steps);
	g_free(bed->outline.name);
	g_free(bed->outline.revision);
	g_free(bed);
}

static inline void desk_bed_tick(struct desk_bed *bed, double seconds)
{
	bed->desk->now_us += (gint64)(seconds * G_USEC_PER_SEC);
	bed->desk->now_utc_us += (gint64)(seconds * G_USEC_PER_SEC);
}

/* Keys as fingers press them: what is typed and not yet ended shows as the input. */
static inline void desk_bed_type(struct desk_bed *bed, const char *text)
{
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		desk_bed_tick(bed, 0.2);
		scanner_key(bed->desk->scanner, g_utf8_get_char(p), bed->desk->now_us);
	}
}

static inline void desk_bed_instrument(struct desk_bed *bed, const char *name, const char *state,
                                       gboolean lost)
{
	struct desk_instrument instrument = {.lost = lost};

	g_strlcpy(instrument.name, name, sizeof instrument.name);
	g_strlcpy(instrument.state, state, sizeof instrument.state);
	g_array_append_val(bed->desk->instruments, instrument);
}

/* --- runs ---------------------------------------------------------------------------------------
 */

static inline void desk_bed_event(struct desk_bed *bed, struct event *event)
{
	event->mono_us = bed->desk->now_us;
	site_view_event(desk_bed_site(bed, event->site)->view, event);
}

/* What a kind of event says in words only: EVENT_PROMPT, EVENT_UNIT_WAIT, EVENT_UNDO. */
static inline void desk_bed_tell(struct desk_bed *bed, int site, enum event_kind kind,
                                 const char *text)
{
	struct event event = event_make(kind, site, desk_bed_site(bed, site)->view->serial);

	event_set_text(&event, text);
	desk_bed_event(bed, &event);
}

static inline void desk_bed_start(struct desk_bed *bed, int site, const char *serial)
{
	struct desk_site *at = desk_bed_site(bed, site);
	struct event event = event_make(EVENT_RUN_START, site, serial);

	site_view_begin(at->view, serial);
	at->outline = &bed->outline;
	at->present = TRUE;
	g_strlcpy(at->part_number, DESK_BED_PART, sizeof at->part_number);
	g_strlcpy(at->lot, bed->desk->lot->name, sizeof at->lot);
	g_strlcpy(at->condition, "head 25.1 \u00b0C, case 31.2 \u00b0C", sizeof at->condition);
	at->case_degc = 31.2;
	g_snprintf(event.run_id, sizeof event.run_id, "run-%d", site);
	event.done = 20;
	event.total = 48;
	desk_bed_event(bed, &event);
}

static inline void desk_bed_step(struct desk_bed *bed, int site, const char *group,
                                 const char *name, int lane, const char *corner, guint done)
{
	struct desk_site *at = desk_bed_site(bed, site);
	struct event event = event_make(EVENT_STEP_START, site, at->view->serial);

	g_strlcpy(event.name, name, sizeof event.name);
	g_strlcpy(event.group, group, sizeof event.group);
	g_strlcpy(event.corner, corner, sizeof event.corner);
	event.lane = lane;
	event.attempt = 1;
	event.done = done;
	event.total = bed->outline.total;
	desk_bed_event(bed, &event);
	at->left_s = 6.5 * (bed->outline.total - done);
}

static inline void desk_bed_step_end(struct desk_bed *bed, int site, const char *name, int lane,
                                     enum verdict verdict, const char *reason)
{
	struct event event =
		event_make(EVENT_STEP_END, site, desk_bed_site(bed, site)->view->serial);

	g_strlcpy(event.name, name, sizeof event.name);
	event.lane = lane;
	event.verdict = verdict;
	event.seconds = 6.5;
	event_set_text(&event, reason);
	desk_bed_event(bed, &event);
}

static inline void desk_bed_value(struct desk_bed *bed, int site, const char *name, int lane,
                                  const char *corner, const char *unit,
                                  const struct site_value *value)
{
	struct event event =
		event_make(EVENT_MEASUREMENT, site, desk_bed_site(bed, site)->view->serial);

	g_strlcpy(event.name, name, sizeof event.name);
	g_strlcpy(event.corner, corner, sizeof event.corner);
	g_strlcpy(event.unit, unit, sizeof event.unit);
	event.lane = lane;
	event.value = value->value;
	event.low = value->low;
	event.high = value->high;
	event.verdict = value->verdict;
	event.marginal = value->marginal;
	desk_bed_event(bed, &event);
}

static inline void desk_bed_end(struct desk_bed *bed, int site, enum verdict verdict,
                                const char *step, const char *reason)
{
	struct desk_site *at = desk_bed_site(bed, site);
	struct event event = event_make(EVENT_RUN_END, site, at->view->serial);

	event.verdict = verdict;
	event.seconds = (double)(bed->desk->now_us - at->view->start_us) * 1e-6;
	g_strlcpy(event.name, step, sizeof event.name);
	event_set_text(&event, reason);
	desk_bed_event(bed, &event);
}

/* What tx-measure finds of a lane: within the limits, but for lane 3, whose TDECQ is marginal. */
static inline void desk_bed_transmitter(struct desk_bed *bed, int site, int lane,
                                        const char *corner)
{
	static const struct {
		const char *name, *unit;
		double value, low, high;
	} rows[] = {
		{"tx_avg", "dBm", 0.62, -2.9, 4.0},
		{"tx_oma", "dBm", 1.04, -0.8, 4.2},
		{"tx_er", "dB", 4.83, 3.5, NAN},
		{"tx_tdecq", "dB", 2.21, NAN, 3.4},
		{"tx_transition_time", "s", 11.3e-12, NAN, 17e-12},
		{"tx_rin_oma", "dB/Hz", -141.7, NAN, -136},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct site_value value = {rows[i].value, rows[i].low, rows[i].high, VERDICT_PASS};
		gboolean tdecq = strcmp(rows[i].name, "tx_tdecq") == 0;
		value.value *= 1 + 0.013 * lane;
		value.marginal = tdecq && lane == 3;
		if (value.marginal)
			value.value = 3.31;
		desk_bed_value(bed, site, rows[i].name, lane, corner, rows[i].unit, &value);
	}
}

/* One action of the plan, with what it measures; `last`: it is left running. */
static inline void desk_bed_action(struct desk_bed *bed, int site, gsize row, int lane,
                                   const char *corner, guint done, gboolean last)
{
	const char *name = desk_bed_plan[row].name;
	struct site_value power = {9.42, NAN, 10, VERDICT_PASS};

	desk_bed_step(bed, site, desk_bed_plan[row].group, name, lane, corner, done);
	if (last)
		return;
	if (strcmp(name, "tx-measure") == 0)
		desk_bed_transmitter(bed, site, lane, corner);
	if (strcmp(name, "module-power") == 0)
		desk_bed_value(bed, site, "module_power", 0, corner, "W", &power);
	desk_bed_tick(bed, 6.5);
	desk_bed_step_end(bed, site, name, lane, VERDICT_PASS, "");
}

/* A run of which `actions` are done and the next one runs; all of them: the run has not ended. The
 * final test goes through its corners one after the other. */
static inline void desk_bed_run(struct desk_bed *bed, int site, const char *serial, guint actions)
{
	guint done = 0;
	gsize first = 0;

	desk_bed_start(bed, site, serial);
	for (gsize row = 0; row < G_N_ELEMENTS(desk_bed_plan);) {
		int corners = desk_bed_plan[row].corners;
		gsize end = row + 1;
		while (corners && end < G_N_ELEMENTS(desk_bed_plan) && desk_bed_plan[end].corners)
			end++;
		for (int corner = 0; corner < MAX(1, corners); corner++)
			for (first = row; first < end; first++)
				for (int i = 0; i < MAX(1, desk_bed_plan[first].lanes); i++) {
					if (done > actions)
						return;
					desk_bed_action(bed, site, first,
					                desk_bed_plan[first].lanes ? i + 1 : 0,
					                corners ? desk_bed_corners[corner] : "",
					                done, done == actions);
					done++;
				}
		row = end;
	}
}

/* A PAM4 eye as a scope draws it: four levels with noise, crossings between them. */
static inline void desk_bed_eye(struct desk_bed *bed, int site, guint columns, guint rows)
{
	struct desk_eye *eye = &desk_bed_site(bed, site)->eye;

	g_strlcpy(eye->name, "tx_tdecq", sizeof eye->name);
	g_strlcpy(eye->corner, desk_bed_corners[0], sizeof eye->corner);
	g_strlcpy(eye->words, "2.24 dB, OMA 1.05 dBm, ER 4.89 dB", sizeof eye->words);
	eye->lane = 2;
	eye->columns = columns;
	eye->rows = rows;
	g_array_set_size(eye->counts, columns * rows);
	for (guint y = 0; y < rows; y++)
		for (guint x = 0; x < columns; x++) {
			double time = (double)x / (columns - 1),
			       at = 3.0 * (1 - (double)y / (rows - 1));
			double edge = 0.5 - 0.5 * cos(2 * G_PI * time), sum = 0;
			for (int from = 0; from < 4; from++)
				for (int to = 0; to < 4; to++) {
					double middle = to * edge + from * (1 - edge);
					sum += exp(-pow((at - middle) / 0.16, 2));
				}
			g_array_index(eye->counts, guint32, y * columns + x) =
				(guint32)lround(200 * sum);
		}
}

/* The points of a waterfall, so many of ten: the last saw no error. */
static inline void desk_bed_points(struct desk_bed *bed, int site, guint n)
{
	struct desk_points *points = &desk_bed_site(bed, site)->points;

	g_strlcpy(points->name, "rx-waterfall", sizeof points->name);
	g_strlcpy(points->corner, desk_bed_corners[0], sizeof points->corner);
	g_strlcpy(points->x_name, "OMA dBm", sizeof points->x_name);
	points->lane = 2;
	points->line = 2.4e-4;
	g_array_set_size(points->points, 0);
	for (guint i = 0; i < MIN(n, 10); i++) {
		double x = -9.5 + 0.5 * i;
		struct plot_point point = {x, pow(10, -2.2 - 0.12 * i * i), i == 9};
		g_array_append_val(points->points, point);
	}
}

#endif
