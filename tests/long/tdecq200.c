/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * 200 drawn waveforms, 100 with 5 taps and 100 with 9, without and with noise: signal/'s TDECQ
 * against the optimum of the judge in tests/reference.
 */
#include "tests/reference/tdecq_trial.h"

#include <math.h>

#define WAVEFORMS 200

/* of the search, told where the symbols are and what OMAouter is; and of all of it */
struct totals {
	double worst_db, sum_db, whole_worst_db;
	guint n, faults;
};

static gboolean is_noisy(const struct tdecq_trial *trial)
{
	return trial->spec.signal_noise[0] > 0;
}

static void report(guint i, const struct tdecq_trial *trial)
{
	g_autofree char *line = tdecq_trial_line(trial);
	g_autofree char *fault = tdecq_trial_fault(trial);
	g_autofree char *spec = wave_spec_text(&trial->spec);

	if (fault)
		g_print("# %3u %s\n# %3u DIFFERS, %s\n#     %s\n", i, line, i, fault, spec);
	else
		g_print("# %3u %s\n", i, line);
}

static void run_one(gpointer item, gpointer data)
{
	struct tdecq_trial *trials = data;
	guint i = GPOINTER_TO_UINT(item) - 1, kind = i / 2 % 20;
	/* of twenty, two are long and four are noisy; the long ones are in both camps */
	gboolean is_long = kind < 2, noisy = kind >= 1 && kind < 5;

	tdecq_trial_draw(&trials[i], is_long ? WAVE_SSPRQ : WAVE_PRBS13Q, i % 2 ? 9 : 5, noisy,
	                 20000 + i);
	tdecq_trial_run(&trials[i]);
	report(i, &trials[i]);
}

/* Written so that NaN is the worst. */
static double worse(double worst, double db)
{
	return fabs(db) <= worst ? worst : fabs(db);
}

static void count(const struct tdecq_trial *trial, struct totals totals[2])
{
	g_autofree char *fault = tdecq_trial_fault(trial);
	struct totals *own = &totals[is_noisy(trial)];

	own->worst_db = worse(own->worst_db, tdecq_trial_told(trial));
	own->whole_worst_db = worse(own->whole_worst_db, tdecq_trial_whole(trial));
	own->sum_db += tdecq_trial_told(trial);
	own->n++;
	own->faults += fault != NULL;
}

static void test_two_hundred(void)
{
	g_autofree struct tdecq_trial *trials = g_new0(struct tdecq_trial, WAVEFORMS);
	struct totals totals[2] = {{0}};
	GThreadPool *pool =
		g_thread_pool_new(run_one, trials, (gint)g_get_num_processors(), TRUE, NULL);

	for (guint i = 0; i < WAVEFORMS; i++)
		g_thread_pool_push(pool, GUINT_TO_POINTER(i + 1), NULL);
	g_thread_pool_free(pool, FALSE, TRUE);
	for (guint i = 0; i < WAVEFORMS; i++)
		count(&trials[i], totals);
	for (guint k = 0; k < 2; k++)
		g_print("# %s: waveforms=%u worst_db=%.4f mean_db=%+.4f whole_worst_db=%.4f "
		        "differing=%u\n",
		        k ? "with noise" : "noiseless", totals[k].n, totals[k].worst_db,
		        totals[k].sum_db / totals[k].n, totals[k].whole_worst_db, totals[k].faults);
	g_print("# waveforms=%u worst_db=%.4f mean_db=%+.4f whole_worst_db=%.4f\n", WAVEFORMS,
	        fmax(totals[0].worst_db, totals[1].worst_db),
	        (totals[0].sum_db + totals[1].sum_db) / WAVEFORMS,
	        fmax(totals[0].whole_worst_db, totals[1].whole_worst_db));
	g_assert_cmpuint(totals[0].faults + totals[1].faults, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tdecq/two-hundred-waveforms", test_two_hundred);
	return g_test_run();
}
