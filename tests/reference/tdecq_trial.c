/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/tdecq_trial.h"

#include <math.h>

void tdecq_trial_exact_at(gconstpointer wave, double t, double *power, double *slope)
{
	exact_wave_at(wave, t, power, slope);
}

void tdecq_trial_input(const struct wave_spec *spec, const struct exact_wave *exact,
                       const struct wave_measures *own, struct reference_input *input)
{
	*input = (struct reference_input){.at = tdecq_trial_exact_at,
	                                  .wave = exact,
	                                  .levels = exact->levels,
	                                  .n_symbols = exact->n_symbols,
	                                  .start_ui = own->start_ui,
	                                  .average_w = own->average_w,
	                                  .oma_w = own->oma_w};
	for (guint l = 0; l < 4; l++)
		input->noise_w[l] = spec->signal_noise[l] * spec->oma_w;
}

/* TDECQ without noise, roughly, on a short pattern. */
static double rough_db(const struct tdecq_trial *trial)
{
	struct wave_spec spec = trial->spec;
	struct wave_measures own;
	struct reference_input input;

	spec.pattern = WAVE_PRBS9Q;
	g_autoptr(exact_wave) exact = wave_exact(&spec);
	wave_measure(exact, spec.inverted, &own);
	own.oma_w = spec.oma_w; /* no runs of seven in the short pattern */
	tdecq_trial_input(&spec, exact, &own, &input);
	for (guint l = 0; l < 4; l++)
		input.noise_w[l] = 0;
	return reference_tdecq_rough(&input, &trial->settings);
}

static void draw_noise(struct tdecq_trial *trial, double db, struct dice *dice)
{
	struct wave_spec *s = &trial->spec;
	double borne = pow(10, -db / 10) / (6 * REFERENCE_QT);
	/* a short pattern has too few samples to know more noise well enough */
	double most = s->pattern == WAVE_SSPRQ ? 0.5 : 0.3;
	double signal = borne * dice_uniform(dice, 0.1, most);
	double tilt = dice_uniform(dice, 0, 1) < 0.5 ? 0 : dice_uniform(dice, -0.3, 0.3);

	for (guint l = 0; l < 4; l++)
		s->signal_noise[l] = signal * (1 + tilt * (l - 1.5) / 1.5);
	s->scope_noise = borne * dice_uniform(dice, 0, most);
	s->noise_seed = (guint64)dice_uniform(dice, 0, 1e15);
	s->passes = 64;
}

void tdecq_trial_draw(struct tdecq_trial *trial, enum wave_pattern pattern, guint taps,
                      gboolean noisy, guint64 seed)
{
	struct dice dice = {seed};
	double cap, db;

	*trial = (struct tdecq_trial){.random_points = pattern == WAVE_SSPRQ ? 60 : 200};
	tdecq_settings_default(&trial->settings);
	trial->settings.taps = taps;
	wave_spec_draw(&trial->spec, pattern, &dice);
	cap = dice_uniform(&dice, 0.5, noisy ? 3.4 : 4.3);
	while ((db = rough_db(trial)) > cap)
		wave_spec_soften(&trial->spec, 0.9);
	if (noisy)
		draw_noise(trial, db, &dice);
}

/* How much of TDECQ is left to chance: the variance of the noise is known from two and a half
 * degrees of freedom in each symbol (where the windows are), OMAouter from 2 UI of each run. */
static void tell_statistics(struct tdecq_trial *t)
{
	double samples = (double)t->measured.runs_of_threes, v = 0, r;
	gsize n = 0;

	g_free(wave_pattern_new(t->spec.pattern, &n));
	for (guint l = 0; l < 4; l++)
		v += t->spec.signal_noise[l] * t->spec.signal_noise[l] / 4;
	v += t->spec.scope_noise * t->spec.scope_noise;
	r = t->judge.noise_w / t->own.oma_w;
	t->statistics_db = 5 / G_LN10 * v / (r * r) * sqrt(2 / (2.5 * (double)n));
	samples = 2.0 * t->spec.samples_per_symbol * fmin(samples, t->measured.runs_of_zeros);
	t->oma_db = samples > 0 ? 10 / G_LN10 * sqrt(2 * v / (samples * t->spec.passes)) : NAN;
}

static void run_told(struct tdecq_trial *t, const struct exact_wave *exact,
                     const struct waveform *wave)
{
	struct tdecq_input input = {.waveform = wave,
	                            .levels = exact->levels,
	                            .average_w = t->own.average_w,
	                            .oma_w = t->own.oma_w};
	g_autoptr(GError) error = NULL;
	double length = (double)waveform_length(wave);

	input.start_samples = t->spec.offset_samples + t->own.start_ui * t->spec.samples_per_symbol;
	input.start_samples -= length * floor(input.start_samples / length);
	if (!tdecq_measure(&input, &t->settings, &t->told, &error)) {
		t->told.tdecq_db = signal_none(SIGNAL_BAD_SETTING, "refused");
		g_strlcpy(t->refusal, error->message, sizeof(t->refusal));
	} else if (t->told.tdecq_db.status != SIGNAL_OK) {
		g_strlcpy(t->refusal, t->told.tdecq_db.reason, sizeof(t->refusal));
	}
}

static void run_whole(struct tdecq_trial *t, const struct waveform *wave)
{
	struct pam4_settings settings;
	g_autoptr(GError) error = NULL;
	gsize n = 0;
	g_autofree guint8 *symbols = wave_pattern_new(t->spec.pattern, &n);

	pam4_settings_default(&settings);
	settings.with_eye = FALSE;
	settings.tdecq = t->settings;
	if (pam4_measure(wave, symbols, n, &settings, &t->measured, &error))
		return;
	t->measured.tdecq_db = signal_none(SIGNAL_BAD_SETTING, "refused");
	g_strlcpy(t->refusal, error->message, sizeof(t->refusal));
}

static void point_of(const struct tdecq_result *told, struct reference_point *p)
{
	*p = (struct reference_point){.main_tap = told->main_tap, .centre_ui = told->centre_ui};
	for (guint i = 0; i < told->n_taps; i++)
		p->taps[i] = told->taps[i];
	for (guint k = 0; k < 3; k++)
		p->shift[k] = told->threshold_shift[k];
}

void tdecq_trial_run(struct tdecq_trial *t)
{
	struct reference_input input;
	struct reference_point theirs;
	g_autoptr(exact_wave) exact = wave_exact(&t->spec);

	wave_measure(exact, t->spec.inverted, &t->own);
	t->spec.noise_delay_ui = t->own.start_ui;
	g_autoptr(waveform) wave = wave_sample(&t->spec, exact);
	if (t->spec.pattern == WAVE_PRBS9Q)
		t->own.oma_w = t->spec.oma_w;
	else
		run_whole(t, wave);
	run_told(t, exact, wave);
	tdecq_trial_input(&t->spec, exact, &t->own, &input);
	point_of(&t->told, &theirs);
	reference_tdecq_at(&input, &t->settings, &theirs, &t->theirs);
	reference_tdecq(&input, &t->settings, &theirs, t->random_points, &t->judge);
	tell_statistics(t);
}

/* By how much the measured start of symbol 0 is later than ours, modulo a symbol. */
static double start_error(const struct tdecq_trial *t)
{
	double spu = t->spec.samples_per_symbol;
	double late = (t->measured.alignment.start_samples - t->spec.offset_samples) / spu -
	              t->own.start_ui;

	return late - rint(late);
}

double tdecq_trial_told(const struct tdecq_trial *t)
{
	return t->told.tdecq_db.value - t->judge.tdecq_db;
}

double tdecq_trial_whole(const struct tdecq_trial *t)
{
	if (t->spec.pattern == WAVE_PRBS9Q)
		return 0;
	/* another start moves the range of the centre: no matter as long as it ends inside */
	if (t->own.crossings_missing &&
	    fabs(t->judge.point.centre_ui - 0.5) + fabs(start_error(t)) >
	            t->settings.centre_limit_ui - 0.01)
		return 0;
	return t->measured.tdecq_db.value - t->judge.tdecq_db;
}

struct row {
	const char *name;
	double theirs, ours, tolerance;
};

static char *first_fault(const struct row *rows, gsize n)
{
	for (gsize i = 0; i < n; i++)
		/* written so that NaN is a fault */
		if (!(fabs(rows[i].theirs - rows[i].ours) <= rows[i].tolerance))
			return g_strdup_printf("%s: %.9g instead of %.9g, tolerance %.3g",
			                       rows[i].name, rows[i].theirs, rows[i].ours,
			                       rows[i].tolerance);
	return NULL;
}

static char *told_fault(const struct tdecq_trial *t)
{
	double chance = 4 * t->statistics_db;
	const struct row rows[] = {
		{"TDECQ, told", t->told.tdecq_db.value, t->judge.tdecq_db, 0.005 + chance},
		{"TDECQ at the same taps", t->told.tdecq_db.value, t->theirs.tdecq_db,
	         0.005 + chance},
		{"Ceq", t->told.ceq, t->theirs.ceq, 1e-4},
		{"TDECQ - Ceq", t->told.tdecq_minus_ceq_db.value,
	         t->told.tdecq_db.value - 10 * log10(t->theirs.ceq), 1e-3},
		{"judge's verification, dB", t->judge.verified_db, 0, 0.0005},
	};

	return first_fault(rows, G_N_ELEMENTS(rows));
}

static char *whole_fault(const struct tdecq_trial *t)
{
	const struct pam4_result *m = &t->measured;
	const struct wave_measures *own = &t->own;
	double oma = own->oma_w, noise = t->spec.scope_noise * t->spec.scope_noise;
	double ui = 1 / 53.125e9, oma_db = t->oma_db > 0 ? 4 * t->oma_db : 0;
	double oma_close = own->crossings_missing ? 0.01 : 0.002;
	gboolean edges = !isnan(own->rise_ui) && !isnan(own->fall_ui);

	for (guint l = 0; l < 4; l++)
		noise += t->spec.signal_noise[l] * t->spec.signal_noise[l];
	noise = sqrt(noise / t->spec.passes); /* of one sample, in units of OMA; at most */
	const struct row rows[] = {
		/* a doubtful start moves OMAouter, and TDECQ with it */
		{"TDECQ", tdecq_trial_whole(t), 0,
	         0.005 + (oma_close - 0.002) + 4 * t->statistics_db + oma_db},
		{"Pave", m->average_power_w.value / own->average_w, 1, 1e-6 + 0.01 * noise},
		{"OMAouter, dB", 10 * log10(m->oma_outer_w.value / oma), 0, oma_close + oma_db},
		{"ER, dB", m->outer_er_db.value, own->outer_er_db, 2 * oma_close + 3 * oma_db},
		{"RLM", m->rlm.value, own->rlm, 0.001 + 0.1 * noise},
		{"start, UI", own->crossings_missing ? 0 : start_error(t), 0, 0.02 + 0.1 * noise},
		{"overshoot", m->overshoot.value, own->overshoot, 0.003 + 2 * noise},
		{"undershoot", m->undershoot.value, own->undershoot, 0.003 + 2 * noise},
		{"excursion", m->power_excursion_w.value / oma,
	         fmax(own->high_w - own->average_w, own->average_w - own->low_w) / oma,
	         0.003 + 2 * noise},
		{"rise, UI", edges ? m->rise_time_s.value / ui : 0, edges ? own->rise_ui : 0,
	         0.01 + noise},
		{"fall, UI", edges ? m->fall_time_s.value / ui : 0, edges ? own->fall_ui : 0,
	         0.01 + noise},
	};
	return first_fault(rows, G_N_ELEMENTS(rows));
}

char *tdecq_trial_fault(const struct tdecq_trial *t)
{
	if (t->refusal[0])
		return g_strdup(t->refusal);
	char *fault = told_fault(t);
	return fault || t->spec.pattern == WAVE_PRBS9Q ? fault : whole_fault(t);
}

char *tdecq_trial_line(const struct tdecq_trial *t)
{
	static const char *const pattern[] = {"PRBS9Q", "PRBS13Q", "SSPRQ", "de Bruijn"};

	return g_strdup_printf(
		"%-7s %u taps  judge %6.3f dB  told %+.4f  whole %+.4f  same taps %+.4f  "
		"start %+.4f  statistics %.4f %.4f  main %u %u  Ceq %.3f  centre %.4f %.4f  RLM "
		"%.3f  ER %.2f%s",
		pattern[t->spec.pattern], t->settings.taps, t->judge.tdecq_db, tdecq_trial_told(t),
		tdecq_trial_whole(t), t->told.tdecq_db.value - t->theirs.tdecq_db,
		t->spec.pattern == WAVE_PRBS9Q ? 0 : start_error(t), t->statistics_db, t->oma_db,
		t->judge.point.main_tap, t->told.main_tap, t->judge.ceq, t->judge.point.centre_ui,
		t->told.centre_ui, t->own.rlm, t->own.outer_er_db,
		t->own.crossings_missing ? "  start in doubt" : "");
}
