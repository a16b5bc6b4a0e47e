/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/tdecq_reference.h"

#include "tests/reference/minimax.h"
#include "tests/reference/tdecq_judge.h"
#include "tests/reference/wave_generator.h"

#include <math.h>
#include <string.h>

#define ONE_DB (G_LN10 / 10)

/* -- coordinates ---------------------------------------------------------------------------- */

/* Taps as they are but for the dependent one; shifts and centre as the sine of an angle, which
 * keeps them within their limits. */
static void choose_coordinates(struct judge *j, guint main, gboolean main_fixed)
{
	j->main = main;
	j->main_fixed = main_fixed;
	j->dependent = !main_fixed ? main : main + 1 < j->set->taps ? main + 1 : main - 1;
	j->n_free = 0;
	for (guint k = 0; k < j->set->taps; k++)
		if (k != j->dependent && !(main_fixed && k == main))
			j->free_tap[j->n_free++] = k;
	j->dim = j->n_free + (j->set->adjust_thresholds ? 3 : 0) + (j->slides ? 1 : 0);
}

static void point_from(const struct judge *j, const double *u, struct reference_point *p)
{
	guint n = j->n_free;
	double rest = 1;

	*p = (struct reference_point){.main_tap = j->main, .centre_ui = 0.5};
	if (!j->slides)
		p->centre_ui = j->still_ui;
	if (j->main_fixed)
		p->taps[j->main] = j->set->main_tap_min;
	for (guint k = 0; k < n; k++)
		p->taps[j->free_tap[k]] = u[k];
	for (guint k = 0; k < j->set->taps; k++)
		rest -= k == j->dependent ? 0 : p->taps[k];
	p->taps[j->dependent] = rest;
	for (guint k = 0; k < 3 && j->set->adjust_thresholds; k++)
		p->shift[k] = j->set->threshold_limit * sin(u[n++]);
	if (j->slides)
		p->centre_ui += j->set->centre_limit_ui * sin(u[n]);
}

static double angle_of(double value, double limit)
{
	return limit > 0 ? asin(CLAMP(value / limit, -0.999, 0.999)) : 0;
}

static void point_to(const struct judge *j, const struct reference_point *p, double *u)
{
	guint n = j->n_free;

	for (guint k = 0; k < n; k++)
		u[k] = p->taps[j->free_tap[k]];
	for (guint k = 0; k < 3 && j->set->adjust_thresholds; k++)
		u[n++] = angle_of(p->shift[k], j->set->threshold_limit);
	if (j->slides)
		u[n] = angle_of(p->centre_ui - 0.5, j->set->centre_limit_ui);
}

/* -ln T of both windows and their gradients: d(-ln T) = dSER / (dSER / d ln T). */
static void cost(gpointer data, const double *u, double value[2], double gradient[2][MINIMAX_DIM])
{
	struct judge *j = data;
	struct reference_point p;

	point_from(j, u, &p);
	judge_take(j, &p);
	for (guint side = 0; side < 2; side++) {
		struct judge_tally t;
		guint n = j->n_free;
		value[side] = -judge_solve(j, &p, side, TRUE, &t);
		for (guint k = 0; k < n; k++)
			gradient[side][k] =
				(t.by_tap[j->free_tap[k]] - t.by_tap[j->dependent]) / t.by_log_t;
		for (guint k = 0; k < 3 && j->set->adjust_thresholds; k++, n++)
			gradient[side][n] =
				t.by_shift[k] * j->set->threshold_limit * cos(u[n]) / t.by_log_t;
		if (j->slides)
			gradient[side][n] =
				t.by_centre * j->set->centre_limit_ui * cos(u[n]) / t.by_log_t;
	}
}

/* Descends; when the main tap ends below its limit, again on the limit. */
static double descend(struct judge *j, struct reference_point *p, guint steps)
{
	double u[MINIMAX_DIM] = {0}, value;

	choose_coordinates(j, p->main_tap, FALSE);
	point_to(j, p, u);
	value = minimax_descend(cost, j, j->dim, u, steps);
	point_from(j, u, p);
	if (j->set->taps == 1 || p->taps[p->main_tap] >= j->set->main_tap_min)
		return value;
	choose_coordinates(j, p->main_tap, TRUE);
	point_to(j, p, u);
	value = minimax_descend(cost, j, j->dim, u, steps);
	point_from(j, u, p);
	return value;
}

/* -- starts --------------------------------------------------------------------------------- */

static void solve_linear(double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS + 1], guint n)
{
	for (guint c = 0; c < n; c++) {
		guint best = c;
		for (guint r = c + 1; r < n; r++)
			if (fabs(a[r][c]) > fabs(a[best][c]))
				best = r;
		for (guint k = 0; k <= n; k++) {
			double other = a[c][k];
			a[c][k] = a[best][k];
			a[best][k] = other;
		}
		for (guint r = 0; r < n; r++) {
			double factor = r == c ? 0 : a[r][c] / a[c][c];
			for (guint k = c; k <= n && factor != 0; k++)
				a[r][k] -= factor * a[c][k];
		}
	}
	for (guint r = 0; r < n; r++)
		a[r][n] /= a[r][r];
}

/* Least squares with sum 1, from the first window's first node. */
static void least_squares(struct judge *j, guint main, double centre_ui, struct reference_point *p)
{
	double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS + 1] = {{0}};
	guint n;

	*p = (struct reference_point){.main_tap = main, .centre_ui = centre_ui};
	choose_coordinates(j, main, FALSE);
	n = j->n_free;
	judge_windows(j, centre_ui);
	for (gsize i = 0; i < j->in->n_symbols; i++) {
		const double *x = j->x[0][j->nodes - 1] + JUDGE_PAD + i + main;
		double row[TDECQ_MAX_TAPS + 1], middle = *(x - main);
		for (guint k = 0; k < n; k++)
			row[k] = *(x - j->free_tap[k]) - middle;
		row[n] = (j->in->levels[i] - 1.5) / 3 - middle;
		for (guint r = 0; r < n; r++)
			for (guint c = 0; c <= n; c++)
				a[r][c] += row[r] * row[c];
	}
	for (guint r = 0; r < n; r++)
		a[r][r] += 1e-6 * (double)j->in->n_symbols;
	solve_linear(a, n);
	p->taps[main] = 1;
	for (guint k = 0; k < n; k++) {
		p->taps[j->free_tap[k]] = a[k][n];
		p->taps[main] -= a[k][n];
	}
}

static void scatter(const struct judge *j, struct dice *dice, double size,
                    struct reference_point *p)
{
	for (guint k = 0; k < j->set->taps; k++) {
		double move = k == p->main_tap ? 0 : size * dice_gauss(dice);
		p->taps[k] += move;
		p->taps[p->main_tap] -= move;
	}
}

struct candidate {
	struct reference_point point;
	double value;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/* At a centre that stays, from least squares, from no equaliser, from somewhere. */
static guint try_centre(struct judge *j, double centre_ui, guint starts, struct candidate *out)
{
	guint places = MIN(j->set->max_precursors + 1, j->set->taps), n = 0;
	struct dice dice = {places};

	j->slides = FALSE;
	j->still_ui = centre_ui;
	for (guint main = 0; main < places; main++) {
		for (guint s = 0; s < starts; s++) {
			struct reference_point *p = &out[n].point;
			least_squares(j, main, centre_ui, p);
			if (s == 1) {
				memset(p->taps, 0, sizeof(p->taps));
				p->taps[main] = 1;
			} else if (s > 1) {
				scatter(j, &dice, 0.1, p);
			}
			out[n].value = descend(j, p, 25);
			n++;
		}
	}
	j->slides = j->set->fit_centre;
	return n;
}

/* Rough optima of a part of the pattern, the best first. */
static guint try_centres(struct judge *j, guint most, struct candidate *out)
{
	static const double centres[] = {0, -0.9, -0.6, -0.3, 0.3, 0.6, 0.9};
	guint n = 0, n_centres = j->set->fit_centre ? G_N_ELEMENTS(centres) : 1;

	n_centres = MIN(n_centres, most);

	j->used = MIN(j->used, 4096);
	for (guint i = 0; i < n_centres; i++)
		n += try_centre(j, 0.5 + centres[i] * j->set->centre_limit_ui, i ? 1 : 3, out + n);
	j->used = j->in->n_symbols;
	qsort(out, n, sizeof(*out), compare_candidates);
	return n;
}

#define CANDIDATES (TDECQ_MAX_TAPS * 9)

/* -- verification --------------------------------------------------------------------------- */

/* Are both windows below the target at this log T? One look each, no root. */
static gboolean bears(struct judge *j, const struct reference_point *p, double log_t)
{
	judge_take(j, p);
	for (guint side = 0; side < 2; side++) {
		struct judge_tally t;
		judge_look(j, p, side, log_t, FALSE, &t);
		if (t.ser >= j->set->target_ser)
			return FALSE;
	}
	return TRUE;
}

static double cost_at(struct judge *j, const struct reference_point *p)
{
	struct judge_tally t;

	judge_take(j, p);
	return fmax(-judge_solve(j, p, 0, FALSE, &t), -judge_solve(j, p, 1, FALSE, &t));
}

static gboolean allowed(const struct judge *j, const struct reference_point *p)
{
	return j->set->taps == 1 || p->taps[p->main_tap] >= j->set->main_tap_min;
}

/* Random points around; the centre moves in every eighth only, because that takes longer. */
static double look_around(struct judge *j, guint trials, struct dice *dice, double value,
                          struct reference_point *best)
{
	static const double sizes[] = {1e-3, 3e-2, 3e-3, 1e-2, 3e-4};

	choose_coordinates(j, best->main_tap, FALSE);
	for (guint i = 0; i < trials && j->dim > 0; i++) {
		double u[MINIMAX_DIM] = {0}, size = sizes[i % G_N_ELEMENTS(sizes)];
		gboolean with_centre = j->slides && i % 8 == 0;
		struct reference_point p;
		point_to(j, best, u);
		for (guint k = 0; k < j->n_free; k++)
			u[k] += size * dice_gauss(dice);
		for (guint k = j->n_free; k < j->n_free + 3 && j->set->adjust_thresholds; k++)
			u[k] += 10 * size * dice_gauss(dice);
		if (with_centre)
			u[j->dim - 1] += size * dice_gauss(dice);
		point_from(j, u, &p);
		if (!with_centre)
			p.centre_ui = best->centre_ui;
		if (!allowed(j, &p) || !bears(j, &p, -value))
			continue;
		value = cost_at(j, &p);
		*best = p;
	}
	return value;
}

/* -- results -------------------------------------------------------------------------------- */

static void tell(struct judge *j, const struct reference_point *p, struct reference_result *result)
{
	double row[TDECQ_MAX_TAPS], log_t = -cost_at(j, p);

	result->point = *p;
	result->ceq = judge_noise_gain(j, p, row);
	double r2 = exp(2 * log_t) - j->least_noise;
	double noise = r2 > 0 ? sqrt(r2) : 0;
	result->noise_w = noise * j->in->oma_w;
	result->tdecq_db = judge_db(j, noise);
	for (guint side = 0; side < 2; side++) {
		struct judge_tally t;
		judge_look(j, p, side, log_t, FALSE, &t);
		result->ser[side] = t.ser;
	}
}

void reference_tdecq_at(const struct reference_input *input, const struct tdecq_settings *settings,
                        const struct reference_point *point, struct reference_result *result)
{
	struct judge j;

	judge_init(&j, input, settings, 5);
	*result = (struct reference_result){0};
	tell(&j, point, result);
	judge_clear(&j);
}

/* Of a sorted list the best three for each place of the main tap. */
static guint keep_three_each(struct candidate *all, guint n)
{
	guint count[TDECQ_MAX_TAPS] = {0}, kept = 0;

	for (guint i = 0; i < n; i++)
		if (count[all[i].point.main_tap]++ < 3)
			all[kept++] = all[i];
	return kept;
}

/* The best rough optima, with the centre let go and all symbols; then finely what may still win. */
static double best_of(struct judge *rough, struct judge *fine, struct candidate *all, guint n,
                      const struct reference_point *start, struct reference_point *best)
{
	double least = INFINITY;

	n = keep_three_each(all, n);
	for (guint i = 0; i < n; i++)
		all[i].value = descend(rough, &all[i].point, 60);
	qsort(all, n, sizeof(*all), compare_candidates);
	if (start) {
		memmove(all + 1, all, n * sizeof(*all));
		all[0].point = *start;
		all[0].value = all[1].value;
		n++;
	}
	for (guint i = 0; i < n; i++) {
		gboolean again = i && fabs(all[i].value - all[i - 1].value) < 1e-5;
		if (all[i].value > all[0].value + 0.3 * ONE_DB || (again && !(start && i == 1)))
			continue;
		double value = descend(fine, &all[i].point, 100);
		if (value < least) {
			least = value;
			*best = all[i].point;
		}
	}
	return least;
}

double reference_tdecq_rough(const struct reference_input *input,
                             const struct tdecq_settings *settings)
{
	struct candidate all[CANDIDATES];
	struct judge j;
	guint n;

	judge_init(&j, input, settings, 1);
	n = try_centres(&j, 1, all);
	g_assert(n > 0);
	double log_t = -descend(&j, &all[0].point, 40);
	judge_clear(&j);
	double r2 = exp(2 * log_t) - j.least_noise;
	return judge_db(&j, r2 > 0 ? sqrt(r2) : 0);
}

/* Until a random search finds nothing any more. */
static double verify(struct judge *j, guint trials, double least, struct reference_point *best,
                     struct reference_result *result)
{
	struct dice dice = {j->set->taps};

	do {
		double found = look_around(j, trials, &dice, least, best);
		result->verified_db = (least - found) / ONE_DB;
		result->searches++;
		least = found;
		if (result->verified_db > 1e-9) {
			struct reference_point p = *best;
			double value = descend(j, &p, 60);
			if (value < least) {
				least = value;
				*best = p;
			}
		}
	} while (result->verified_db > 0.0002 && result->searches < 10);
	return least;
}

void reference_tdecq(const struct reference_input *input, const struct tdecq_settings *settings,
                     const struct reference_point *start, guint trials,
                     struct reference_result *result)
{
	g_autofree struct candidate *all = g_new(struct candidate, CANDIDATES + 1);
	struct reference_point best = {0};
	struct judge rough, fine;

	*result = (struct reference_result){0};
	judge_init(&rough, input, settings, 1);
	judge_init(&fine, input, settings, 5);
	/* closed eyes may have no solution when levels differ in noise; where to go they tell
	 * anyway */
	memset(rough.more_noise, 0, sizeof(rough.more_noise));
	guint n = try_centres(&rough, G_MAXUINT, all);
	double least = best_of(&rough, &fine, all, n, start, &best);
	verify(&fine, trials, least, &best, result);
	tell(&fine, &best, result);
	judge_clear(&rough);
	judge_clear(&fine);
}
