/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/path_loss.h"

#include "base/error.h"
#include "base/yaml.h"

#include <math.h>
#include <string.h>

#define COPIES_A_DAY 999

const char *path_loss_kind_name(enum path_loss_kind kind)
{
	static const char *const names[] = {"meter", "scope", "fibre", "total", "rx"};

	g_return_val_if_fail(kind < PATH_LOSS_KINDS, NULL);
	return names[kind];
}

void path_loss_free(struct path_loss *loss)
{
	if (!loss)
		return;
	g_free(loss->path);
	g_free(loss->sha256);
	g_free(loss->date);
	g_free(loss->due);
	g_free(loss->source_serial);
	g_free(loss);
}

const struct path_loss_value *path_loss_find(const struct path_loss *loss, int lane,
                                             enum path_loss_kind kind)
{
	for (guint i = 0; i < loss->n_lanes; i++)
		if (loss->lanes[i].lane == lane)
			return loss->lanes[i].paths[kind].reconnections
			               ? &loss->lanes[i].paths[kind]
			               : NULL;
	return NULL;
}

/* --- dates ------------------------------------------------------------------------------------ */

/* Of the forms that the standard has only the one that sorts as text: no week ("2027-W13-3"). */
static GDateTime *parse_date(const char *date)
{
	g_autofree char *full = g_strdup_printf("%sT00:00:00Z", date);

	return strlen(date) == 10 && !strchr(date, 'W') ? g_date_time_new_from_iso8601(full, NULL)
	                                                : NULL;
}

char *path_loss_date_after(const char *date, int days)
{
	g_autoptr(GDateTime) start = parse_date(date);
	g_autoptr(GDateTime) end = start ? g_date_time_add_days(start, days) : NULL;

	return end ? g_date_time_format(end, "%Y-%m-%d") : NULL;
}

char *path_loss_today(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();

	return g_date_time_format(now, "%Y-%m-%d");
}

enum path_loss_age path_loss_age(const struct path_loss *loss, const char *today)
{
	g_autofree char *soon = path_loss_date_after(today, PATH_LOSS_WARN_DAYS);

	if (strcmp(loss->due, today) < 0)
		return PATH_LOSS_EXPIRED;
	return soon && strcmp(loss->due, soon) <= 0 ? PATH_LOSS_ENDING : PATH_LOSS_VALID;
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean load_date(const struct yaml_node *root, const char *key, char **date,
                          GError **error)
{
	g_autoptr(GDateTime) parsed = NULL;
	const char *text;

	if (!yaml_string(root, key, &text, error))
		return FALSE;
	parsed = parse_date(text);
	if (!parsed) {
		yaml_error(yaml_find(root, key), error,
		           "%s \"%s\" is not a date such as 2027-03-31", key, text);
		return FALSE;
	}
	*date = g_strdup(text);
	return TRUE;
}

static gboolean load_source(struct path_loss *loss, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *source;
	const char *serial;

	if (!yaml_map(root, "source", &source, error) ||
	    !yaml_string(source, "serial", &serial, error) ||
	    !yaml_quantity(source, "power", "dBm", &loss->source_power_dbm, error) ||
	    !yaml_quantity(source, "uncertainty", "dB", &loss->source_uncertainty_db, error) ||
	    !yaml_done(source, error))
		return FALSE;
	loss->source_serial = g_strdup(serial);
	return TRUE;
}

static gboolean in_range(const struct yaml_node *map, const char *key, double value, double most,
                         GError **error)
{
	if (value >= 0 && value <= most)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s is 0 to %g dB", key, most);
	return FALSE;
}

static gboolean load_value(const struct yaml_node *map, const char *name,
                           struct path_loss_value *value, GError **error)
{
	const struct yaml_node *entry;
	gint64 n;

	if (!yaml_map_or(map, name, &entry, error))
		return FALSE;
	if (!entry)
		return TRUE;
	if (!yaml_quantity(entry, "loss", "dB", &value->loss_db, error) ||
	    !in_range(entry, "loss", value->loss_db, PATH_LOSS_MOST_DB, error) ||
	    !yaml_quantity(entry, "uncertainty", "dB", &value->uncertainty_db, error) ||
	    !in_range(entry, "uncertainty", value->uncertainty_db, 10, error) ||
	    !yaml_quantity(entry, "scatter", "dB", &value->scatter_db, error) ||
	    !in_range(entry, "scatter", value->scatter_db, 10, error) ||
	    !yaml_int(entry, "reconnections", 2, 100, &n, error))
		return FALSE;
	value->reconnections = (guint)n;
	return yaml_done(entry, error);
}

static gboolean load_lane(struct path_loss *loss, const struct yaml_node *map, GError **error)
{
	struct path_loss_lane *lane = &loss->lanes[loss->n_lanes];
	gint64 number;

	if (loss->n_lanes == TYPE_LANES_MAX) {
		yaml_error(map, error, "more than %d lanes", TYPE_LANES_MAX);
		return FALSE;
	}
	if (!yaml_int(map, "lane", 1, TYPE_LANES_MAX, &number, error) ||
	    !yaml_quantity(map, "wavelength", "m", &lane->wavelength_m, error))
		return FALSE;
	for (guint i = 0; i < loss->n_lanes; i++)
		if (loss->lanes[i].lane == (int)number) {
			yaml_error(map, error, "lane %d is there twice", (int)number);
			return FALSE;
		}
	for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++)
		if (!load_value(map, path_loss_kind_name(kind), &lane->paths[kind], error))
			return FALSE;
	lane->lane = (int)number;
	loss->n_lanes++;
	return yaml_done(map, error);
}

static gboolean load_root(struct path_loss *loss, const struct yaml_node *root, int site,
                          GError **error)
{
	const struct yaml_node *lanes;
	gint64 number;

	if (!yaml_int(root, "site", 1, 64, &number, error) ||
	    !load_date(root, "date", &loss->date, error) ||
	    !load_date(root, "due", &loss->due, error) || !load_source(loss, root, error) ||
	    !yaml_list(root, "lanes", &lanes, error))
		return FALSE;
	if (number != site) {
		yaml_error(yaml_find(root, "site"), error,
		           "these are the path losses of site %d, not of site %d", (int)number,
		           site);
		return FALSE;
	}
	loss->site = site;
	for (guint i = 0; i < yaml_size(lanes); i++)
		if (!load_lane(loss, yaml_item(lanes, i), error))
			return FALSE;
	return yaml_done(root, error);
}

static struct path_loss *load_doc(const struct yaml_doc *doc, const char *path, int site,
                                  GError **error)
{
	g_autoptr(path_loss) loss = g_new0(struct path_loss, 1);

	loss->path = g_strdup(path);
	loss->sha256 = g_strdup(yaml_sha256(doc));
	return load_root(loss, yaml_root(doc), site, error) ? g_steal_pointer(&loss) : NULL;
}

struct path_loss *path_loss_load(const char *path, int site, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);

	return doc ? load_doc(doc, path, site, error) : NULL;
}

/* --- the numbers ------------------------------------------------------------------------------ */

struct path_loss_value path_loss_mean(const double *loss_db, guint n, double others_db)
{
	struct path_loss_value value = {.reconnections = n};
	double squares = 0.0;

	g_return_val_if_fail(n >= 2, value);
	for (guint i = 0; i < n; i++)
		value.loss_db += loss_db[i] / n;
	for (guint i = 0; i < n; i++)
		squares += (loss_db[i] - value.loss_db) * (loss_db[i] - value.loss_db);
	value.scatter_db = sqrt(squares / (n - 1));
	value.uncertainty_db = hypot(2.0 * value.scatter_db / sqrt(n), others_db);
	return value;
}

static void doubt_value(const struct path_loss_value *value, const struct path_loss_value *before,
                        const char *where, GPtrArray *doubts, gboolean *hopeless)
{
	double change_db = before ? value->loss_db - before->loss_db : 0.0;

	if (!(value->loss_db >= 0 && value->loss_db <= PATH_LOSS_MOST_DB)) {
		*hopeless = TRUE;
		g_ptr_array_add(doubts,
		                g_strdup_printf("%s: a loss of %.2f dB: %s", where, value->loss_db,
		                                value->loss_db < 0
		                                        ? "is the source's power right?"
		                                        : "does its light arrive at all?"));
		return;
	}
	if (!(value->scatter_db <= PATH_LOSS_SCATTER_DB))
		g_ptr_array_add(doubts,
		                g_strdup_printf("%s: the reconnections scatter by %.2f dB: clean "
		                                "the connectors",
		                                where, value->scatter_db));
	if (fabs(change_db) > PATH_LOSS_CHANGE_DB)
		g_ptr_array_add(doubts,
		                g_strdup_printf("%s: %+.2f dB since the last calibration: look for "
		                                "dirt, a bent fibre, another part",
		                                where, change_db));
}

GPtrArray *path_loss_doubts(const struct path_loss *loss, const struct path_loss *before,
                            gboolean *hopeless)
{
	GPtrArray *doubts = g_ptr_array_new_with_free_func(g_free);

	*hopeless = FALSE;
	for (guint i = 0; i < loss->n_lanes; i++)
		for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++) {
			int lane = loss->lanes[i].lane;
			const struct path_loss_value *value = path_loss_find(loss, lane, kind);
			g_autofree char *where =
				g_strdup_printf("lane %d, %s", lane, path_loss_kind_name(kind));

			if (value)
				doubt_value(value,
				            before ? path_loss_find(before, lane, kind) : NULL,
				            where, doubts, hopeless);
		}
	return doubts;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void add_lane(GString *text, const struct path_loss_lane *lane)
{
	g_string_append_printf(text, "  - lane: %d\n    wavelength: %.2f nm\n", lane->lane,
	                       lane->wavelength_m * 1e9);
	for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++) {
		const struct path_loss_value *value = &lane->paths[kind];

		if (value->reconnections)
			g_string_append_printf(text,
			                       "    %s: {loss: %.4f dB, uncertainty: %.4f dB, "
			                       "scatter: %.4f dB, reconnections: %u}\n",
			                       path_loss_kind_name(kind), value->loss_db,
			                       value->uncertainty_db, value->scatter_db,
			                       value->reconnections);
	}
}

/* As it stands between double quotes of YAML. */
static char *quoted(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_printf(out, "\\%c", *c);
		else if (g_ascii_iscntrl(*c))
			g_string_append_printf(out, "\\x%02X", (guint)*c);
		else
			g_string_append_c(out, *c);
	}
	return g_string_free(out, FALSE);
}

char *path_loss_text(const struct path_loss *loss)
{
	GString *text = g_string_new("# Written by \"station check --path-loss\".\n");
	g_autofree char *serial = quoted(loss->source_serial);

	g_string_append_printf(text,
	                       "site: %d\ndate: %s\ndue: %s\n"
	                       "source: {serial: \"%s\", power: %.4f dBm, uncertainty: %.4f dB}\n"
	                       "lanes:\n",
	                       loss->site, loss->date, loss->due, serial, loss->source_power_dbm,
	                       loss->source_uncertainty_db);
	for (guint i = 0; i < loss->n_lanes; i++)
		add_lane(text, &loss->lanes[i]);
	return g_string_free(text, FALSE);
}

static gboolean put(const char *path, const char *text, gsize n, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (g_file_set_contents_full(path, text, (gssize)n,
	                             G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
	                             0644, &local))
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s", local->message);
	return FALSE;
}

/* A name beside `path` that no file has: with the date before the ending. Null when there are as
 * many as that. */
static char *dated_name(const char *path, const char *date)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');
	const char *ending = dot ? dot : path + strlen(path);

	for (guint i = 1; i <= COPIES_A_DAY; i++) {
		g_autofree char *count = i > 1 ? g_strdup_printf("-%u", i) : g_strdup("");
		char *name = g_strdup_printf("%.*s-%s%s%s", (int)(ending - path), path, date, count,
		                             ending);

		if (!g_file_test(name, G_FILE_TEST_EXISTS))
			return name;
		g_free(name);
	}
	return NULL;
}

/* A copy of what is there, under its own date; of what cannot be read as such under "unread". */
static gboolean keep(const char *path, int site, char **kept, GError **error)
{
	g_autoptr(path_loss) old = NULL;
	g_autoptr(GError) local = NULL;
	g_autofree char *text = NULL;
	g_autofree char *name = NULL;
	gsize n;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	old = path_loss_load(path, site, NULL);
	name = dated_name(path, old ? old->date : "unread");
	if (!name) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: too many copies beside it",
		                  path);
		return FALSE;
	}
	if (!g_file_get_contents(path, &text, &n, &local)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s", local->message);
		return FALSE;
	}
	if (!put(name, text, n, error))
		return FALSE;
	if (kept)
		*kept = g_steal_pointer(&name);
	return TRUE;
}

gboolean path_loss_write(const struct path_loss *loss, const char *path, char **kept,
                         GError **error)
{
	g_autofree char *text = path_loss_text(loss);
	g_autoptr(yaml_doc) doc = NULL;
	g_autoptr(path_loss) again = NULL;

	if (kept)
		*kept = NULL;
	/* what could not be read again is not written */
	doc = yaml_load_text(text, -1, path, error);
	again = doc ? load_doc(doc, path, loss->site, error) : NULL;
	return again && keep(path, loss->site, kept, error) && put(path, text, strlen(text), error);
}
