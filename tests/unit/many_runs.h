/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_MANY_RUNS_H
#define TESTS_UNIT_MANY_RUNS_H

#include "reports/record.h"

#include <glib.h>
#include <math.h>

/*
 * A line's runs, made up but always the same: lots of 100 units, four sites of two stations, four
 * lanes, `corners` corners, `ids` measurements of which the first are named. Site 4 reads tx_oma
 * 0.2 dB high, tx_er falls slowly, tx_tdecq goes against tx_oma, and what is beyond a limit fails.
 */
struct many_runs {
	GRand *random;
	guint ids, corners;
	guint n; /* runs so far */
};

#define MANY_RUNS_FIRST_US G_GINT64_CONSTANT(1760000000000000)

static inline double many_runs_normal(struct many_runs *many)
{
	double u = g_rand_double_range(many->random, 1e-12, 1.0), v = g_rand_double(many->random);

	return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * v);
}

static inline void many_runs_judge(struct record_measurement *m, double low, double high)
{
	struct judgement *j = g_new0(struct judgement, 1);

	j->limit_id = g_strdup(m->id);
	j->source = g_strdup("made up");
	j->gate = LIMIT_GATE;
	j->value = m->value;
	j->low = low;
	j->high = high;
	j->low_guarded = j->high_guarded = j->margin = j->uncertainty = j->false_accept = NAN;
	j->verdict = m->value < low || m->value > high ? VERDICT_FAIL : VERDICT_PASS;
	j->mark = 'C';
	m->verdict = j->verdict;
	g_ptr_array_add(m->judgements, j);
}

static inline void many_runs_measure(struct many_runs *many, struct run_record *r, guint id,
                                     guint corner, int lane, double oma_db)
{
	static const char *const names[] = {"tx_oma", "tx_tdecq", "tx_er", "module_power"};
	static const char *const units[] = {"dBm", "dB", "dB", "W"};
	static const double centres[] = {1.5, 2.2, 4.8, 9.5}, scatters[] = {0.5, 0.3, 0.25, 0.4};
	static const double lows[] = {-0.8, NAN, 3.5, NAN}, highs[] = {4.2, 3.4, NAN, 12.0};
	g_autofree char *name = id < 4 ? g_strdup(names[id]) : g_strdup_printf("more_%u", id);
	guint kind = id % 4;
	double own = many_runs_normal(many);
	double z = kind == 1 ? 0.6 * own - 0.8 * oma_db : own;
	double value = centres[kind] + scatters[kind] * (kind == 0 ? oma_db : z);
	g_autofree char *at = g_strdup_printf("%uC 3.300V", 25 + 10 * corner);
	struct record_measurement *m;

	value += id == 0 && r->site == 4 ? 0.2 : 0.0;
	value -= id == 2 ? 1e-5 * many->n : 0.0;
	m = run_record_add_measurement(r, name, id == 0 ? 1 : 2, lane, value, units[kind]);
	record_text(&m->corner, at);
	many_runs_judge(m, lows[kind], highs[kind]);
}

static inline void many_runs_finish(struct run_record *r)
{
	for (guint i = 0; i < r->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(r->measurements, i);
		struct record_step *step = g_ptr_array_index(r->steps, m->step);

		if (m->verdict != VERDICT_FAIL)
			continue;
		step->verdict = r->verdict = VERDICT_FAIL;
		if (!r->first_failing_step) {
			record_text(&r->first_failing_step, step->name);
			record_text(&r->reason, m->id);
		}
	}
}

/* Of a unit; its lot, site and time follow from how many there were. */
static inline struct run_record *many_runs_next(struct many_runs *many, const char *serial)
{
	static const char *const steps[] = {"identify", "tx-power", "tx-eye"};
	struct run_record *r = run_record_new();
	g_autofree char *lot = g_strdup_printf("LOT-%03u", many->n / 100);

	record_text(&r->serial, serial);
	record_text(&r->lot, lot);
	record_text(&r->station_id, many->n % 4 < 2 ? "S1" : "S2");
	record_text(&r->part_number, "QDD-DR4");
	record_text(&r->type, "400GBASE-DR4");
	record_text(&r->stage, "final");
	record_text(&r->plan_name, "400g");
	record_text(&r->plan_revision, "1");
	record_text(&r->operator_name, many->n % 2 ? "ann" : "bob");
	r->site = (int)(many->n % 4) + 1;
	r->start_us = MANY_RUNS_FIRST_US + (gint64)many->n * 300 * G_USEC_PER_SEC;
	r->end_us = r->start_us + 250 * G_USEC_PER_SEC;
	r->verdict = VERDICT_PASS;
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		struct record_step *step = run_record_add_step(r);

		record_text(&step->name, steps[i]);
		record_text(&step->kind, steps[i]);
		step->attempt = 1;
		step->start_us = r->start_us;
		step->verdict = VERDICT_PASS;
	}
	for (guint corner = 0; corner < many->corners; corner++) {
		for (int lane = 1; lane <= 4; lane++) {
			double oma_db = many_runs_normal(many);

			for (guint id = 0; id < many->ids; id++)
				many_runs_measure(many, r, id, corner, lane, oma_db);
		}
	}
	many_runs_finish(r);
	many->n++;
	return r;
}

#endif
