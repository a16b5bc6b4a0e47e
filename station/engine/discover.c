/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/discover.h"

#include "base/error.h"
#include "instruments/link/link.h"
#include "instruments/scpi/scpi.h"
#include "station/engine/discover_sources.h"

#include <string.h>

static const char *const source_names[] = {"vxi11", "mdns", "usb", "serial"};
static const char *const kind_names[] = {"hislip", "vxi11", "socket", "usbtmc", "serial", "web"};

/* Whoever answers *IDN? does so at once. */
static const double answer_s = 1;
/* Hosts asked at the same time. */
enum { AT_ONCE = 32, LOOKS_MAX = 8 };

const char *discover_source_name(enum discover_source source)
{
	g_return_val_if_fail((guint)source < G_N_ELEMENTS(source_names), "unknown");
	return source_names[source];
}

const char *discover_kind_name(enum discover_kind kind)
{
	g_return_val_if_fail((guint)kind < G_N_ELEMENTS(kind_names), "unknown");
	return kind_names[kind];
}

/* ---- looking ---- */

static gpointer look_main(gpointer look)
{
	discover_look(look);
	return NULL;
}

static guint plan_looks(const struct discover_options *options, const struct bounds *bounds,
                        struct discover_look *looks)
{
	guint n = 0;

	for (int source = 0; source < DISCOVER_N_SOURCES; source++) {
		guint n_services = 1;
		if (!(options->sources & 1u << source))
			continue;
		if (source == DISCOVER_MDNS)
			n_services = g_strv_length((char **)discover_services);
		for (guint i = 0; i < n_services; i++)
			looks[n++] = (struct discover_look){
				.options = options,
				.bounds = *bounds,
				.source = (enum discover_source)source,
				.service = source == DISCOVER_MDNS ? discover_services[i] : NULL,
			};
	}
	return n;
}

/* Two that tell the same tell it once. */
static void add_note(GPtrArray *notes, char *note)
{
	if (note && !g_ptr_array_find_with_equal_func(notes, note, g_str_equal, NULL))
		g_ptr_array_add(notes, note);
	else
		g_free(note);
}

static gboolean is_same_way(const struct discover_way *a, const struct discover_way *b)
{
	if (a->resource || b->resource)
		return g_strcmp0(a->resource, b->resource) == 0;
	return a->kind == DISCOVER_BY_PAGE && b->kind == DISCOVER_BY_PAGE &&
	       strcmp(a->source, b->source) == 0;
}

/* The same from two sources, or on two interfaces, is one way. */
static void add_way(GPtrArray *ways, struct discover_way *way)
{
	for (guint i = 0; i < ways->len; i++) {
		struct discover_way *other = ways->pdata[i];
		if (!is_same_way(other, way))
			continue;
		/* the one that tells more stays */
		if (way->told.model && !other->told.model) {
			discover_way_free(other);
			ways->pdata[i] = way;
		} else {
			discover_way_free(way);
		}
		return;
	}
	g_ptr_array_add(ways, way);
}

static GPtrArray *look_everywhere(const struct discover_options *options,
                                  const struct bounds *bounds, GPtrArray *notes)
{
	GPtrArray *ways = g_ptr_array_new_with_free_func(discover_way_free);
	struct discover_look looks[LOOKS_MAX];
	guint n = plan_looks(options, bounds, looks);

	for (guint i = 0; i < n; i++)
		looks[i].thread = g_thread_new("look", look_main, &looks[i]);
	for (guint i = 0; i < n; i++) {
		g_thread_join(looks[i].thread);
		while (looks[i].ways->len > 0)
			add_way(ways, g_ptr_array_steal_index(looks[i].ways, 0));
		g_ptr_array_unref(looks[i].ways);
		add_note(notes, looks[i].note);
	}
	return ways;
}

/* ---- asking ---- */

static void take_identity(struct discover_way *way, const struct scpi_identity *identity)
{
	struct instrument_identity *told = &way->told;

	g_free(told->maker);
	g_free(told->model);
	g_free(told->serial);
	g_free(told->firmware);
	told->maker = g_strdup(identity->maker);
	told->model = g_strdup(identity->model);
	told->serial = g_strdup(identity->serial);
	told->firmware = g_strdup(identity->firmware);
	way->answered = TRUE;
}

/* Lines, for an identity has no block and may hold any sign. */
static gboolean ask(struct discover_way *way, const char *resource, const struct bounds *bounds,
                    GError **error)
{
	static const struct scpi_dialect dialect = {
		.name = "discover",
		.link = &link_settings_line,
		.identify = "*IDN?",
		.opc = SCPI_OPC_ABSENT,
	};
	const struct bounds inner = bounds_within(bounds, answer_s);
	struct scpi_identity identity;
	struct scpi *scpi = scpi_open(resource, &dialect, NULL, &inner, error);
	gboolean ok = scpi && scpi_identify(scpi, &identity, &inner, error);

	scpi_free(scpi);
	if (ok)
		take_identity(way, &identity);
	return ok;
}

/* A line does not tell how fast it is. */
static gboolean ask_line(struct discover_way *way, const struct bounds *bounds, GError **error)
{
	g_autofree char *fast = g_strconcat(way->resource, "?baud=115200", NULL);
	const struct bounds half = bounds_within(bounds, deadline_left_s(bounds->deadline) / 2);
	GError *cause = NULL;

	if (ask(way, way->resource, &half, &cause))
		return TRUE;
	if (ask(way, fast, bounds, NULL)) {
		g_free(way->resource);
		way->resource = g_steal_pointer(&fast);
		g_error_free(cause);
		return TRUE;
	}
	g_propagate_error(error, cause);
	return FALSE;
}

/* What is at one host or device, asked one after the other. */
struct place {
	const char *where;
	GPtrArray *ways; /* borrowed */
};

struct asking {
	const struct discover_options *options;
	struct bounds bounds;
};

static void ask_place(gpointer data, gpointer user_data)
{
	struct place *place = data;
	const struct asking *asking = user_data;

	for (guint i = 0; i < place->ways->len; i++) {
		struct discover_way *way = place->ways->pdata[i];
		GError *error = NULL;
		gboolean ok = TRUE;
		if (!way->resource || way->problem)
			continue;
		if (way->kind != DISCOVER_BY_LINE)
			ok = ask(way, way->resource, &asking->bounds, &error);
		else if (asking->options->ask_serial)
			ok = ask_line(way, &asking->bounds, &error);
		if (!ok)
			way->problem = g_strdup(error->message);
		g_clear_error(&error);
	}
}

static void place_free(gpointer data)
{
	struct place *place = data;

	g_ptr_array_unref(place->ways);
	g_free(place);
}

static GPtrArray *places_of(const GPtrArray *ways)
{
	GPtrArray *places = g_ptr_array_new_with_free_func(place_free);

	for (guint i = 0; i < ways->len; i++) {
		struct discover_way *way = ways->pdata[i];
		struct place *place = NULL;
		for (guint j = 0; j < places->len && !place; j++) {
			place = places->pdata[j];
			if (strcmp(place->where, way->where) != 0)
				place = NULL;
		}
		if (!place) {
			place = g_new0(struct place, 1);
			place->where = way->where;
			place->ways = g_ptr_array_new();
			g_ptr_array_add(places, place);
		}
		g_ptr_array_add(place->ways, way);
	}
	return places;
}

static int by_kind(gconstpointer a, gconstpointer b)
{
	const struct discover_way *x = *(struct discover_way *const *)a;
	const struct discover_way *y = *(struct discover_way *const *)b;

	return (int)x->kind - (int)y->kind;
}

static void ask_everyone(const struct discover_options *options, const struct bounds *bounds,
                         GPtrArray *ways)
{
	struct asking asking = {options, *bounds};
	g_autoptr(GPtrArray) places = places_of(ways);
	GThreadPool *pool = g_thread_pool_new(ask_place, &asking, AT_ONCE, FALSE, NULL);

	for (guint i = 0; i < places->len; i++) {
		struct place *place = places->pdata[i];
		g_ptr_array_sort(place->ways, by_kind);
		g_thread_pool_push(pool, place, NULL);
	}
	g_thread_pool_free(pool, FALSE, TRUE);
}

GPtrArray *discover(const struct discover_options *options, GCancellable *cancellable,
                    GPtrArray *notes, GError **error)
{
	const struct bounds bounds = {deadline_in_s(options->timeout_s), cancellable};
	const struct bounds looking = bounds_within(&bounds, options->timeout_s / 2);
	g_autoptr(GPtrArray) ways = look_everywhere(options, &looking, notes);

	ask_everyone(options, &bounds, ways);
	if (g_cancellable_is_cancelled(cancellable)) {
		station_error_set(error, STATION_ERROR_CANCELLED, "discover: cancelled");
		return NULL;
	}
	return discover_join(ways);
}
