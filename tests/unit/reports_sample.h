/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef UNIT_REPORTS_SAMPLE_H
#define UNIT_REPORTS_SAMPLE_H

#include "reports/record.h"

#include <math.h>
#include <string.h>

/* A record with something in every place, judged by the shipped limits. */

static inline void sample_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static inline gboolean sample_lookup(const char *measure, int lane, double *value, gpointer data)
{
	const struct record_measurement *found = run_record_find(data, measure, lane, NULL);
	*value = found ? found->value : 0;
	return found != NULL;
}

static inline struct limit_set *sample_limits(const char *name)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *path = g_build_filename(root ? root : ".", "limits", name, NULL);
	g_autoptr(GError) error = NULL;
	struct limit_set *limits = limit_set_load(path, "802.3bs", &error);
	g_assert_no_error(error);
	return limits;
}

/* What every 400G module is judged by, and what its type is. */
static inline void sample_judge(struct run_record *record)
{
	static const char *const names[] = {"400g.csv", "400gbase-dr4.csv"};
	for (gsize n = 0; n < G_N_ELEMENTS(names); n++) {
		g_autoptr(limit_set) limits = sample_limits(names[n]);
		for (guint i = 0; i < record->measurements->len; i++) {
			struct record_measurement *m = record->measurements->pdata[i];
			const struct limit_context context = {
				sample_lookup,
				record,
				NULL,
				{LIMIT_MARGINAL, 0.023, m->uncertainty},
			};
			gboolean marginal = FALSE;
			enum verdict verdict =
				limit_judge(limits, m->id, m->lane, m->value, m->unit, &context,
			                    m->judgements, &marginal);
			m->verdict = verdict_worst(m->verdict, verdict);
			m->marginal = (m->marginal || marginal) && m->verdict == VERDICT_PASS;
		}
	}
	for (guint i = 0; i < record->measurements->len; i++) {
		struct record_measurement *m = record->measurements->pdata[i];
		const struct judgement *decisive = record_measurement_decisive(m);
		if (m->verdict >= VERDICT_FAIL && decisive)
			m->reason = g_strdup(decisive->reason);
	}
}

static inline void sample_head(struct run_record *record)
{
	sample_text(&record->station_id, "line2-station3");
	sample_text(&record->station_version, "0.1.0");
	sample_text(&record->lot, "DR4-2026-117");
	sample_text(&record->serial, "VB240001");
	sample_text(&record->part_number, "VB-QDD-DR4-500");
	sample_text(&record->type, "400GBASE-DR4");
	sample_text(&record->form_factor, "QSFP-DD");
	sample_text(&record->product, "vb-qdd-dr4-500");
	sample_text(&record->stage, "final");
	sample_text(&record->operator_name, "m.rossi");
	record->site = 1;
	sample_text(&record->plan_name, "dr4-final");
	sample_text(&record->plan_revision, "3");
	sample_text(&record->limits_edition, "802.3bs");
	record->start_us = 1774000000123456;
	record->end_us = record->start_us + 83200000;
	record->identity.vendor = g_strdup("VIRTUAL BENCH");
	record->identity.serial = g_strdup("VB240001");
	record->identity.firmware = g_strdup("1.4");
	run_record_add_file(record, "plan", "/etc/station/plans/dr4-final.yaml",
	                    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	run_record_add_file(record, "limits", "400gbase-dr4.csv",
	                    "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752");
	run_record_add_note(record, "connector of site %d cleaned", 1);
	/* clang-format off */
	static const char *const instruments[][6] = {
		{"pm1", "power_meter", "Keysight", "N7744A", "DE47700112", "2027-03-31"},
		{"dca1", "scope", "Keysight Technologies", "N1092A", "MY5900017", "2026-11-15"},
		{"bert1", "bert", "Keysight Technologies", "M8040A", "DE5800021", "2027-01-09"},
		{"sw1", "optical_switch", "Santec", "OSX-100", "21030042", ""},
	};
	/* clang-format on */
	for (gsize i = 0; i < G_N_ELEMENTS(instruments); i++) {
		struct record_instrument *instrument = run_record_add_instrument(record);
		sample_text(&instrument->name, instruments[i][0]);
		sample_text(&instrument->class_name, instruments[i][1]);
		sample_text(&instrument->maker, instruments[i][2]);
		sample_text(&instrument->model, instruments[i][3]);
		sample_text(&instrument->serial, instruments[i][4]);
		sample_text(&instrument->calibration_due, instruments[i][5]);
		sample_text(&instrument->firmware, "A.01.20");
		sample_text(&instrument->options, "N7752A-002, ,N7752A-001");
		sample_text(&instrument->evidence, "TESTED_SIM");
		sample_text(&instrument->resource, "TCPIP::127.0.0.1::5025::SOCKET");
	}
}

static inline guint sample_step(struct run_record *record, const char *name, int lane,
                                double duration_s, enum verdict verdict)
{
	struct record_step *step = run_record_add_step(record);
	sample_text(&step->name, name);
	sample_text(&step->kind, name);
	sample_text(&step->group, "main");
	sample_text(&step->corner, "25C 3.300V");
	step->lane = lane;
	step->start_us = record->start_us + 1000000 * (gint64)record->steps->len;
	step->duration_s = duration_s;
	step->verdict = verdict;
	return record->steps->len - 1;
}

/* A waterfall that a corner shifts by so many dB. */
static inline struct record_series *sample_waterfall_at(struct run_record *record, guint step,
                                                        int lane, double shift_db)
{
	struct record_series *series = run_record_add_series(record, "rx_waterfall", step, lane);
	sample_text(&series->x_name, "OMA at the receiver");
	sample_text(&series->x_unit, "dBm");
	sample_text(&series->y_name, "pre-FEC bit error ratio");
	sample_text(&series->y_unit, "1");
	series->y_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_high = g_array_new(FALSE, FALSE, sizeof(double));
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_high = g_array_new(FALSE, FALSE, sizeof(double));
	double best = -5.2 - 0.15 * lane + shift_db;
	for (int i = 0; i <= 8; i++) {
		double x = best - 1.6 + 0.5 * i;
		double q = 3.41 * pow(10, (x - best) / 10);
		double y = 0.75 * erfc(q / G_SQRT2) / 2;
		double shown = i == 8 ? 0 : y * (1 + 0.05 * ((i * 7 + lane) % 3 - 1));
		double low = i == 8 ? 0 : y * (1 - 0.4 * i / 8), high = y * (1 + 0.6 * i / 8);
		g_array_append_val(series->x, x);
		g_array_append_val(series->y, shown);
		g_array_append_val(series->y_low, low);
		g_array_append_val(series->y_high, high);
		g_array_append_val(series->x_fit, x);
		g_array_append_val(series->y_fit, y);
		double below = y * 0.8, above = y * 1.3;
		g_array_append_val(series->fit_low, below);
		g_array_append_val(series->fit_high, above);
	}
	series->marker_x = best;
	series->line_y = 2.4e-4;
	return series;
}

static inline void sample_waterfall(struct run_record *record, guint step, int lane)
{
	sample_waterfall_at(record, step, lane, 0);
}

static inline void sample_corners(struct run_record *record, guint step, int lane)
{
	static const struct {
		const char *corner;
		double shift_db;
	} rows[] = {{"25C 3.300V", 0},
	            {"0C 3.135V", -0.35},
	            {"70C 3.465V", 0.6},
	            {"70C 3.135V", 0.72}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		sample_text(&sample_waterfall_at(record, step, lane, rows[i].shift_db)->corner,
		            rows[i].corner);
}

static inline void sample_sweep(struct run_record *record, guint step, int lane)
{
	struct record_series *series = run_record_add_series(record, "rssi_sweep", step, lane);
	sample_text(&series->x_name, "Power at the receiver");
	sample_text(&series->x_unit, "dBm");
	sample_text(&series->y_name, "Monitor error");
	sample_text(&series->y_unit, "dB");
	for (int i = 0; i <= 12; i++) {
		double x = -10 + i, y = 0.15 * sin(i + lane);
		g_array_append_val(series->x, x);
		g_array_append_val(series->y, y);
	}
}

/* TDECQ over two taps of the transmitter's filter, with two points that were not measured. */
static inline struct record_map *sample_fir_map(struct run_record *record, guint step, int lane)
{
	struct record_map *map = run_record_add_map(record, "tx_fir_map", step, lane);
	sample_text(&map->x_name, "FIR pre-cursor");
	sample_text(&map->x_unit, "1");
	sample_text(&map->y_name, "FIR post-cursor");
	sample_text(&map->y_unit, "1");
	sample_text(&map->z_name, "TDECQ");
	sample_text(&map->z_unit, "dB");
	sample_text(&map->note, "63 acquisitions.");
	for (int i = 0; i < 13; i++) {
		double x = -0.18 + 0.02 * i, y = -0.2 + 0.03 * i;
		g_array_append_val(map->x, x);
		if (i < 11)
			g_array_append_val(map->y, y);
	}
	for (guint r = 0; r < map->y->len; r++) {
		for (guint c = 0; c < map->x->len; c++) {
			double x = g_array_index(map->x, double, c) + 0.062;
			double y = g_array_index(map->y, double, r) + 0.041;
			double z = 1.62 + 130 * x * x + 60 * y * y + 70 * x * y;
			z = r == 10 && c > 10 ? NAN : z;
			g_array_append_val(map->z, z);
		}
	}
	map->line_z = 3.4;
	map->best_x = -0.06;
	map->best_y = -0.05;
	return map;
}

static inline struct record_map *sample_ber_map(struct run_record *record, guint step, int lane)
{
	struct record_map *map = run_record_add_map(record, "rx_ber_map", step, lane);
	sample_text(&map->x_name, "OMA at the receiver");
	sample_text(&map->x_unit, "dBm");
	sample_text(&map->y_name, "Case temperature");
	sample_text(&map->y_unit, "degC");
	sample_text(&map->z_name, "pre-FEC bit error ratio");
	sample_text(&map->z_unit, "1");
	map->log_z = TRUE;
	map->line_z = 2.4e-4;
	for (int i = 0; i < 10; i++) {
		double x = -2.6 - 0.5 * i, y = 10.0 * i - 5;
		g_array_append_val(map->x, x);
		if (i < 9)
			g_array_append_val(map->y, y);
	}
	for (guint r = 0; r < map->y->len; r++) {
		for (guint c = 0; c < map->x->len; c++) {
			double degc = g_array_index(map->y, double, r);
			double x = g_array_index(map->x, double, c) + 5.6 - 0.012 * (degc - 25);
			double z = 0.375 * erfc(3.41 * pow(10, x / 10) / G_SQRT2);
			z = z < 1e-10 ? 0 : z;
			g_array_append_val(map->z, z);
		}
	}
	return map;
}

/* A table over temperature, from readings at five of them. */
static inline void sample_table(struct run_record *record, guint step, int lane)
{
	static const double degc[] = {0, 18, 35, 52, 70};
	struct record_series *fit = run_record_add_series(record, "bias_over_temp", step, lane);
	sample_text(&fit->x_name, "Module temperature");
	sample_text(&fit->x_unit, "degC");
	sample_text(&fit->y_name, "bias_table");
	sample_text(&fit->y_unit, "A");
	fit->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	fit->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	for (gsize i = 0; i < G_N_ELEMENTS(degc); i++) {
		double y =
			0.06 + 2e-4 * degc[i] + 6e-6 * degc[i] * degc[i] + (i % 2 ? 4e-4 : -4e-4);
		g_array_append_val(fit->x, degc[i]);
		g_array_append_val(fit->y, y);
	}
	for (int entry = 0; entry < 16; entry++) {
		double t = -5 + 5.5 * entry;
		double y = 0.06 + 2e-4 * t + 6e-6 * t * t;
		g_array_append_val(fit->x_fit, t);
		g_array_append_val(fit->y_fit, y);
		struct record_constant *constant =
			run_record_add_constant(record, "bias_table", step, lane);
		sample_text(&constant->unit, "A");
		constant->wanted = y;
		constant->raw = round(y / 5e-5);
		constant->stored = constant->raw * 5e-5;
		constant->entry = entry;
		constant->at = t;
		g_free(constant->address);
		constant->address = g_strdup_printf("A0h:%d-%d", 128 + 2 * entry, 129 + 2 * entry);
		sample_text(&constant->source, "fit of 5 readings, quadratic");
		constant->fit = g_strdup("bias_over_temp");
		constant->residual = 4e-4;
		sample_text(&constant->residual_unit, "A");
	}
}

static inline void sample_marks(struct record_eye *eye)
{
	static const double levels_w[] = {0.44e-3, 0.94e-3, 1.44e-3, 1.94e-3};
	static const double thresholds_w[] = {0.69e-3, 1.19e-3, 1.69e-3};
	static const double windows_ui[] = {0.95, 1.05};
	static const double taps[] = {0.02, -0.13, 1.24, -0.1, -0.03};
	g_array_append_vals(eye->levels_w, levels_w, 4);
	g_array_append_vals(eye->thresholds_w, thresholds_w, 3);
	g_array_append_vals(eye->windows_ui, windows_ui, 2);
	eye->window_width_ui = 0.04;
	if (strcmp(eye->kind, "equalised") == 0)
		g_array_append_vals(eye->taps, taps, 5);
}

static inline struct record_eye *sample_eye_of(struct run_record *record, guint step, int lane,
                                               const char *kind, guint columns, guint rows)
{
	struct record_eye *eye = run_record_add_eye(record, "tx_eye", step, lane);
	sample_text(&eye->kind, kind);
	sample_text(&eye->route, "fibre");
	sample_marks(eye);
	eye->columns = columns;
	eye->rows = rows;
	eye->x_span_ui = 2;
	eye->y_min_w = 0.2e-3;
	eye->y_max_w = 2.2e-3;
	g_array_set_size(eye->counts, eye->columns * eye->rows);
	guint32 state = 12345 + (guint32)lane;
	for (guint n = 0; n < 32 * columns * rows; n++) {
		int levels[4];
		double noise = 0;
		for (int i = 0; i < 4; i++) {
			state = state * 1664525u + 1013904223u;
			levels[i] = (int)(state >> 30);
			noise += (double)(state >> 8) / (1 << 24) - 0.5;
		}
		guint column = (state >> 4) % eye->columns;
		double t = 2.0 * column / eye->columns;
		double p = 0.5 - 0.5 * cos(G_PI * fmod(t + 0.5, 1));
		int at = t < 0.5 ? 0 : t < 1.5 ? 1 : 2;
		double level = levels[at] + (levels[at + 1] - levels[at]) * p;
		double y = 1 - (0.12 + 0.25 * level + 0.03 * noise);
		guint row = (guint)CLAMP(y * eye->rows, 0, eye->rows - 1);
		g_array_index(eye->counts, guint32, row * eye->columns + column)++;
	}
	return eye;
}

static inline struct record_eye *sample_eye(struct run_record *record, guint step, int lane,
                                            const char *kind)
{
	return sample_eye_of(record, step, lane, kind, 128, 96);
}

/* Bias to the right, temperature upwards, one place left out. */
static inline void sample_matrix(struct run_record *record, guint step, int lane)
{
	for (int i = 0; i < 11; i++) {
		struct record_eye *eye = sample_eye_of(record, step, lane, "captured", 48, 36);
		sample_text(&eye->id, "eye_sweep");
		sample_text(&eye->x_name, "Bias");
		sample_text(&eye->x_unit, "A");
		sample_text(&eye->y_name, "Case temperature");
		sample_text(&eye->y_unit, "degC");
		eye->x_value = 0.06 + 0.01 * (i % 4);
		eye->y_value = (double[]){0, 25, 70}[i / 4];
		g_free(eye->note);
		eye->note = g_strdup_printf("TDECQ %.2f dB", 1.6 + 0.13 * i);
	}
}

static inline void sample_values(struct run_record *record, guint step, int lane, double tdecq_db)
{
	const struct {
		const char *id;
		double value;
		const char *unit;
		double uncertainty;
	} rows[] = {
		{"tx_avg", 1.31 + 0.11 * lane, "dBm", 0.12},
		{"tx_oma", 1.02 + 0.05 * lane, "dBm", 0.15},
		{"tx_er", 4.81 - 0.07 * lane, "dB", 0.2},
		{"tx_tdecq", tdecq_db, "dB", 0.25},
		{"tx_tdecq_scope", tdecq_db + 0.06, "dB", NAN},
		{"tx_rlm", 0.975, "1", 0.01},
		{"tx_transition_time", 8.9e-12, "s", 0.3e-12},
		{"tx_off", lane == 2 ? NAN : -38.2, "dBm", 0.5},
		{"rx_sensitivity", -5.2 - 0.15 * lane, "dBm", 0.2},
		{"tx_monitor_error", -0.4 + 0.21 * lane, "dB", 0.15},
		{"rx_monitor_error", 0.3 - 0.1 * lane, "dB", 0.15},
		{"los_assert", -14.93, "dBm", 0.2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (lane != 2 && lane != 3 && strcmp(rows[i].id, "tx_rlm") == 0)
			continue;
		struct record_measurement *measurement =
			run_record_add_measurement(record, rows[i].id, step, lane, rows[i].value,
		                                   rows[i].unit);
		measurement->uncertainty = rows[i].uncertainty;
		sample_text(&measurement->corner, "25C 3.300V");
	}
}

/* What a step judged by itself. */
static inline void sample_find(struct run_record *record, const char *id, enum verdict verdict,
                               const char *reason)
{
	for (guint i = 0; i < record->measurements->len; i++) {
		struct record_measurement *measurement = record->measurements->pdata[i];
		if (strcmp(measurement->id, id) != 0)
			continue;
		measurement->verdict = verdict;
		measurement->reason = g_strdup(reason);
	}
}

static inline void sample_write(struct run_record *record, const char *what, const char *how,
                                const char *address)
{
	struct record_write *write = run_record_add_write(record);
	sample_text(&write->what, what);
	sample_text(&write->step, "store-constants");
	sample_text(&write->how, how);
	sample_text(&write->address, address);
	sample_text(&write->after, "033f");
}

static inline struct run_record *sample_record(void)
{
	static const double tdecq_db[] = {1.62, 2.2, 4.31, 3.31};
	struct run_record *record = run_record_new();
	sample_head(record);
	guint identify = sample_step(record, "identify", 0, 0.8, VERDICT_PASS);
	run_record_add_measurement(record, "module_power", identify, 0, 8.31, "W")->uncertainty =
		0.05;
	run_record_add_measurement(record, "low_power", identify, 0, 1.2, "W");
	run_record_add_measurement(record, "power_up_time", identify, 0, 1.84, "s");
	run_record_add_measurement(record, "id_serial", identify, 0, 1, "1");
	run_record_add_measurement(record, "id_checksum", identify, 0, 0, "1");
	for (int lane = 1; lane <= 4; lane++) {
		guint step = sample_step(record, "tx-measure", lane, 5.5 + lane, VERDICT_PASS);
		if (lane == 3) {
			struct record_step *first = record->steps->pdata[step];
			first->superseded = TRUE;
			first->verdict = VERDICT_ERROR;
			first->reason = g_strdup("dca1: no answer in 2.000 s");
			first->error_kind = g_strdup("timeout");
			run_record_add_measurement(record, "tx_oma", step, 3, -30, "dBm");
			step = sample_step(record, "tx-measure", lane, 8.2, VERDICT_FAIL);
			struct record_step *second = record->steps->pdata[step];
			second->attempt = 2;
			second->reason = g_strdup("tx_tdecq 4.31 dB > 3.40 dB");
		}
		sample_values(record, step, lane, tdecq_db[lane - 1]);
		sample_eye(record, step, lane, "captured");
		sample_eye(record, step, lane, "equalised");
		guint sweep = sample_step(record, "rx-waterfall", lane, 12.25, VERDICT_PASS);
		if (lane == 1)
			sample_corners(record, sweep, lane);
		else
			sample_waterfall(record, sweep, lane);
		sample_sweep(record, sweep, lane);
		struct record_constant *constant =
			run_record_add_constant(record, "laser_bias_dac", sweep, lane);
		sample_text(&constant->unit, "1");
		constant->before = lane == 1 ? NAN : 512;
		constant->wanted = 831.4;
		constant->stored = 831;
		constant->raw = 831;
		sample_text(&constant->address, "9Fh:132-133");
		sample_text(&constant->source, "bisection, 7 readings");
		constant->residual = 0.02;
		sample_text(&constant->residual_unit, "dB");
	}
	sample_fir_map(record, 1, 1);
	sample_ber_map(record, 2, 1);
	sample_matrix(record, 1, 1);
	sample_table(record, 2, 1);
	sample_table(record, 2, 2);
	sample_write(record, "constants", "stored", "9Fh:132-133");
	sample_write(record, "firmware", "open", "");
	sample_judge(record);
	sample_find(record, "id_serial", VERDICT_PASS, NULL);
	sample_find(record, "id_checksum", VERDICT_FAIL, "page 00h: checksum 0x12, computed 0x13");
	record->verdict = VERDICT_FAIL;
	record->reason = g_strdup("lane 3: tx_tdecq 4.31 dB > 3.40 dB");
	record->first_failing_step = g_strdup("tx-measure");
	return record;
}

/* A document with its first `from` replaced. */
static inline char *sample_edited(const char *json, const char *from, const char *to)
{
	const char *found = strstr(json, from);
	if (!found)
		g_error("\"%s\" is not in the document", from);
	g_autofree char *head = g_strndup(json, (gsize)(found - json));
	return g_strconcat(head, to, found + strlen(from), NULL);
}

#endif
