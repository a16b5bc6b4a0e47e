/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_forecast.h"

#include "base/median.h"
#include "reports/json_text.h"

#include <math.h>
#include <string.h>

struct product {
	char *part_number;
	double before_s; /* NAN: not known */
	GArray *took_s;  /* double, of units that passed in this lot */
};

struct unit {
	char *serial;
	guint product;
	GArray *sites; /* int */
	gboolean begun, ended;
};

struct place { /* a site */
	int site;
	gboolean down;
	int unit; /* that it has; -1: none */
	gint64 since_us;
};

struct lot_forecast {
	GArray *products, *units, *places;
};

static void product_clear(gpointer data)
{
	struct product *product = data;

	g_free(product->part_number);
	g_array_unref(product->took_s);
}

static void unit_clear(gpointer data)
{
	struct unit *unit = data;

	g_free(unit->serial);
	g_array_unref(unit->sites);
}

struct lot_forecast *lot_forecast_new(void)
{
	struct lot_forecast *forecast = g_new0(struct lot_forecast, 1);

	forecast->products = g_array_new(FALSE, TRUE, sizeof(struct product));
	g_array_set_clear_func(forecast->products, product_clear);
	forecast->units = g_array_new(FALSE, TRUE, sizeof(struct unit));
	g_array_set_clear_func(forecast->units, unit_clear);
	forecast->places = g_array_new(FALSE, TRUE, sizeof(struct place));
	return forecast;
}

void lot_forecast_free(struct lot_forecast *forecast)
{
	if (!forecast)
		return;
	g_array_unref(forecast->products);
	g_array_unref(forecast->units);
	g_array_unref(forecast->places);
	g_free(forecast);
}

static struct unit *unit_at(const struct lot_forecast *forecast, guint i)
{
	return &g_array_index(forecast->units, struct unit, i);
}

static struct place *place_at(const struct lot_forecast *forecast, guint i)
{
	return &g_array_index(forecast->places, struct place, i);
}

static guint product_named(struct lot_forecast *forecast, const char *part_number)
{
	struct product added = {g_strdup(part_number), NAN, NULL};

	for (guint i = 0; i < forecast->products->len; i++) {
		if (strcmp(g_array_index(forecast->products, struct product, i).part_number,
		           part_number) != 0)
			continue;
		g_free(added.part_number);
		return i;
	}
	added.took_s = g_array_new(FALSE, FALSE, sizeof(double));
	g_array_append_val(forecast->products, added);
	return forecast->products->len - 1;
}

static struct place *place_of(const struct lot_forecast *forecast, int site)
{
	for (guint i = 0; i < forecast->places->len; i++)
		if (place_at(forecast, i)->site == site)
			return place_at(forecast, i);
	return NULL;
}

void lot_forecast_add_unit(struct lot_forecast *forecast, const char *serial,
                           const char *part_number, const int *sites, guint n)
{
	struct unit unit = {g_strdup(serial), product_named(forecast, part_number),
	                    g_array_new(FALSE, FALSE, sizeof(int)), FALSE, FALSE};

	g_array_append_vals(unit.sites, sites, n);
	g_array_append_val(forecast->units, unit);
	for (guint i = 0; i < n; i++) {
		struct place place = {sites[i], FALSE, -1, 0};
		if (!place_of(forecast, sites[i]))
			g_array_append_val(forecast->places, place);
	}
}

void lot_forecast_expect(struct lot_forecast *forecast, const char *part_number, double seconds)
{
	guint product = product_named(forecast, part_number);

	g_array_index(forecast->products, struct product, product).before_s = seconds;
}

/* --- what happens -------------------------------------------------------------------------------
 */

/* The unit of that serial number that has not ended; -1: none. */
static int unit_named(const struct lot_forecast *forecast, const char *serial)
{
	for (guint i = 0; i < forecast->units->len; i++)
		if (!unit_at(forecast, i)->ended &&
		    strcmp(unit_at(forecast, i)->serial, serial) == 0)
			return (int)i;
	return -1;
}

static void end(struct lot_forecast *forecast, struct place *place, const struct event *event)
{
	int unit = unit_named(forecast, event->serial);

	if (unit >= 0) {
		struct unit *ended = unit_at(forecast, (guint)unit);
		ended->begun = ended->ended = TRUE;
		if (event->kind == EVENT_RUN_END && event->verdict == VERDICT_PASS)
			g_array_append_val(g_array_index(forecast->products, struct product,
			                                 ended->product)
			                           .took_s,
			                   event->seconds);
	}
	place->unit = -1;
}

void lot_forecast_event(struct lot_forecast *forecast, const struct event *event)
{
	struct place *place = place_of(forecast, event->site);

	if (!place)
		return;
	if (event->kind == EVENT_RUN_START) {
		place->unit = unit_named(forecast, event->serial);
		place->since_us = event->mono_us;
		if (place->unit >= 0)
			unit_at(forecast, (guint)place->unit)->begun = TRUE;
	} else if (event->kind == EVENT_RUN_END || event->kind == EVENT_RUN_LOST ||
	           event->kind == EVENT_UNIT_REFUSED) {
		end(forecast, place, event);
	} else if (event->kind == EVENT_SITE_DOWN) {
		place->down = TRUE;
	}
}

/* --- dealing ------------------------------------------------------------------------------------
 */

static double known_s(const struct product *product)
{
	return product->took_s->len ? median_of_array(product->took_s) : product->before_s;
}

/* By product; of those that are not known the mean of the others. FALSE when none is known. */
static gboolean expectations(const struct lot_forecast *forecast, double *takes_s)
{
	double sum_s = 0;
	guint n = 0;

	for (guint i = 0; i < forecast->products->len; i++) {
		takes_s[i] = known_s(&g_array_index(forecast->products, struct product, i));
		if (!isfinite(takes_s[i]))
			continue;
		sum_s += takes_s[i];
		n++;
	}
	for (guint i = 0; i < forecast->products->len && n; i++)
		if (!isfinite(takes_s[i]))
			takes_s[i] = sum_s / n;
	return n > 0;
}

static gboolean may_go(const struct unit *unit, int site)
{
	for (guint i = 0; i < unit->sites->len; i++)
		if (g_array_index(unit->sites, int, i) == site)
			return TRUE;
	return FALSE;
}

/* The first unit from *from on that is to be begun and may go to the site; -1 none. */
static int next_for(const struct lot_forecast *forecast, const gboolean *dealt, int site,
                    guint from)
{
	for (guint i = from; i < forecast->units->len; i++)
		if (!dealt[i] && may_go(unit_at(forecast, i), site))
			return (int)i;
	return -1;
}

/* When each site will have ended what it has now. */
static void begin_dealing(const struct lot_forecast *forecast, const double *takes_s, gint64 now_us,
                          double *free_s)
{
	for (guint p = 0; p < forecast->places->len; p++) {
		const struct place *place = place_at(forecast, p);
		double gone_s = (double)(now_us - place->since_us) * 1e-6;

		free_s[p] = place->unit < 0
		                    ? 0
		                    : fmax(takes_s[unit_at(forecast, (guint)place->unit)->product] -
		                                   gone_s,
		                           0);
	}
}

double lot_forecast_left_s(const struct lot_forecast *forecast, gint64 now_us)
{
	guint n_places = forecast->places->len;
	g_autofree double *takes_s = g_new0(double, forecast->products->len + 1);
	g_autofree double *free_s = g_new0(double, n_places + 1);
	g_autofree gboolean *dealt = g_new0(gboolean, forecast->units->len + 1);
	g_autofree gboolean *out = g_new0(gboolean, n_places + 1); /* nothing is left for it */
	g_autofree guint *from = g_new0(guint, n_places + 1);
	double left_s = 0;

	if (!expectations(forecast, takes_s))
		return NAN;
	begin_dealing(forecast, takes_s, now_us, free_s);
	for (guint i = 0; i < forecast->units->len; i++)
		dealt[i] = unit_at(forecast, i)->begun;
	for (;;) {
		guint first = n_places;
		int unit;

		for (guint p = 0; p < n_places; p++)
			if (!out[p] && !place_at(forecast, p)->down &&
			    (first == n_places || free_s[p] < free_s[first]))
				first = p;
		if (first == n_places)
			break;
		unit = next_for(forecast, dealt, place_at(forecast, first)->site, from[first]);
		out[first] = unit < 0;
		if (unit < 0)
			continue;
		dealt[unit] = TRUE;
		from[first] = (guint)unit + 1;
		free_s[first] += takes_s[unit_at(forecast, (guint)unit)->product];
	}
	for (guint p = 0; p < n_places; p++)
		left_s = fmax(left_s, free_s[p]);
	return left_s;
}

/* --- told ---------------------------------------------------------------------------------------
 */

char *lot_forecast_text(double left_s)
{
	int seconds = (int)ceil(fmin(left_s, 1e8));

	if (seconds < 3600)
		return g_strdup_printf("%d:%02d", seconds / 60, seconds % 60);
	return g_strdup_printf("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

char *lot_forecast_json(const struct lot_forecast *forecast, gint64 now_us)
{
	struct json_text json = json_text_begin_line();
	gint64 units = 0;

	for (guint i = 0; i < forecast->units->len; i++)
		units += !unit_at(forecast, i)->ended;
	json_text_open(&json, NULL, '{');
	json_text_string(&json, "event", "forecast");
	json_text_int(&json, "units_left", units);
	json_text_number(&json, "left_s", lot_forecast_left_s(forecast, now_us));
	json_text_close(&json, '}');
	return json_text_end(&json);
}
