/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/generic/dialect.h"

#include "base/error.h"
#include "base/suggest.h"
#include "instruments/generic/dialect_operation.h"

#include <string.h>

#define PARAMETER "dialect"

enum { DEPTH_DEFAULT = 30, DEPTH_MAX = 1000, TIME_MAX_S = 600 };

const char *const generic_parameters[] = {PARAMETER, NULL};

gpointer generic_keep(struct generic_dialect *dialect, gsize size)
{
	gpointer memory = g_malloc0(size);
	g_ptr_array_add(dialect->kept, memory);
	return memory;
}

/* ---- words ---- */

/* One of the words under the key, or the first when the key is not there. */
static gboolean load_choice(const struct yaml_node *map, const char *key, const char *const *words,
                            guint *choice, GError **error)
{
	const char *word = NULL;
	if (!yaml_string_or(map, key, &word, words[0], error))
		return FALSE;
	for (guint i = 0; words[i]; i++) {
		if (strcmp(words[i], word) == 0) {
			*choice = i;
			return TRUE;
		}
	}
	g_autofree char *all = g_strjoinv(", ", (char **)words);
	yaml_error(yaml_find(map, key), error, "%s: \"%s\" is none of %s", key, word, all);
	return FALSE;
}

static gboolean load_time(const struct yaml_node *map, const char *key, double absent_s,
                          double *time_s, GError **error)
{
	double value_s = 0;
	if (!yaml_quantity_or(map, key, "s", &value_s, absent_s, error))
		return FALSE;
	if (value_s >= 0 && value_s <= TIME_MAX_S) {
		*time_s = value_s;
		return TRUE;
	}
	yaml_error(yaml_find(map, key), error, "%s: expected a time up to %d s", key, TIME_MAX_S);
	return FALSE;
}

/* ---- models ---- */

const struct yaml_node *generic_range(const struct generic_dialect *dialect,
                                      const struct yaml_node *row, const char *name, GError **error)
{
	const struct yaml_node *range = yaml_find(dialect->ranges, name);
	if (range && yaml_kind(range) == YAML_MAP)
		return range;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (guint i = 0; i < yaml_size(dialect->ranges); i++)
		g_ptr_array_add(names, (gpointer)yaml_key(dialect->ranges, i));
	g_ptr_array_add(names, NULL);
	const char *nearest = suggest_nearest(name, (const char *const *)names->pdata);
	g_autofree char *hint = nearest ? g_strdup_printf("; did you mean %s?", nearest) : NULL;
	yaml_error(row, error, "ranges has no map \"%s\"%s", name, hint ? hint : "");
	return NULL;
}

gboolean generic_limits(const struct yaml_node *map, const char *key, const char *unit, double *min,
                        double *max, GError **error)
{
	const struct yaml_node *list = NULL;
	if (!yaml_list(map, key, &list, error))
		return FALSE;
	if (yaml_size(list) != 2) {
		yaml_error(list, error, "%s: expected the least and the most", key);
		return FALSE;
	}
	if (!yaml_as_quantity(yaml_item(list, 0), unit, min, error) ||
	    !yaml_as_quantity(yaml_item(list, 1), unit, max, error))
		return FALSE;
	if (*min < *max)
		return TRUE;
	yaml_error(list, error, "%s: the least is not below the most", key);
	return FALSE;
}

gboolean generic_alike(const struct generic_dialect *dialect, const struct yaml_node *row,
                       struct instrument_model *model, const struct yaml_node **range,
                       GError **error)
{
	const char *name = NULL;
	gint64 n = 0;
	if (!yaml_int(row, "channels", 1, GENERIC_CHANNELS_MAX, &n, error) ||
	    !yaml_string(row, "range", &name, error))
		return FALSE;
	model->n_channels = (guint)n;
	*range = generic_range(dialect, row, name, error);
	return *range != NULL;
}

/* A command that says nothing of the channel reaches any of several only if one is selected. */
static gboolean check_channels(const struct generic_dialect *dialect, const struct yaml_node *row,
                               guint n_channels, GError **error)
{
	if (n_channels < 2 || dialect->operations[0].send)
		return TRUE;
	for (guint i = 1; i < dialect->class->n_slots; i++) {
		const struct generic_operation *operation = &dialect->operations[i];
		const struct generic_slot *slot = &dialect->class->slots[i];
		const char *const texts[] = {operation->send, operation->ask};
		for (guint j = 0; !slot->whole && j < G_N_ELEMENTS(texts); j++) {
			if (!texts[j] || dialect_count_places(texts[j], "channel") > 0)
				continue;
			yaml_error(row, error,
			           "has several channels, but \"%s\" of the operation %s has no "
			           "{channel}, and no operation %s is there",
			           texts[j], slot->name, dialect->class->slots[0].name);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean load_model(struct generic_dialect *dialect, const struct yaml_node *row,
                           const struct instrument_model *others, gsize n_others,
                           struct instrument_model *model, GError **error)
{
	if (yaml_kind(row) != YAML_MAP) {
		yaml_error(row, error, "expected a map that describes a model");
		return FALSE;
	}
	if (!yaml_string(row, "model", &model->model, error))
		return FALSE;
	for (gsize i = 0; i < n_others; i++) {
		if (g_ascii_strcasecmp(others[i].model, model->model) == 0) {
			yaml_error(row, error, "the model %s is there twice", model->model);
			return FALSE;
		}
	}
	guint evidence = 0;
	static const char *const words[] = {"untested", "tested-sim", "tested-replay", "tested-lab",
	                                    NULL};
	if (!load_choice(row, "evidence", words, &evidence, error))
		return FALSE;
	model->evidence = (enum evidence)evidence;
	model->answer_s = dialect->answer_s;
	return dialect->class->load_model(dialect, row, model, error) &&
	       check_channels(dialect, row, model->n_channels, error) && yaml_done(row, error);
}

static gboolean load_models(struct generic_dialect *dialect, const struct yaml_node *root,
                            GError **error)
{
	const struct yaml_node *list = NULL;
	if (!yaml_map(root, "ranges", &dialect->ranges, error) ||
	    !yaml_list(root, "models", &list, error))
		return FALSE;
	guint n = yaml_size(list);
	if (n == 0) {
		yaml_error(list, error, "no models");
		return FALSE;
	}
	struct instrument_model *models = generic_keep(dialect, n * sizeof *models);
	for (guint i = 0; i < n; i++) {
		if (!load_model(dialect, yaml_item(list, i), models, i, &models[i], error))
			return FALSE;
	}
	dialect->roster.models = models;
	dialect->roster.n_models = n;
	for (guint i = 0; i < yaml_size(dialect->ranges); i++) {
		const struct yaml_node *range = yaml_value(dialect->ranges, i);
		if (yaml_kind(range) == YAML_MAP && !yaml_done(range, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- the whole ---- */

static gboolean load_makers(struct generic_dialect *dialect, const struct yaml_node *root,
                            GError **error)
{
	const struct yaml_node *list = NULL;
	if (!yaml_list(root, "makers", &list, error))
		return FALSE;
	guint n = yaml_size(list);
	const char **makers = generic_keep(dialect, (n + 1) * sizeof *makers);
	dialect->roster.makers = makers;
	for (guint i = 0; i < n; i++) {
		if (!yaml_as_string(yaml_item(list, i), &makers[i], error))
			return FALSE;
		if (*makers[i] == '\0') {
			yaml_error(yaml_item(list, i), error, "a maker without a name");
			return FALSE;
		}
	}
	if (n > 0)
		return TRUE;
	yaml_error(list, error, "no makers");
	return FALSE;
}

static gboolean load_start(struct generic_dialect *dialect, const struct yaml_node *root,
                           GError **error)
{
	const struct yaml_node *list = NULL;
	dialect->start = g_ptr_array_new();
	if (!yaml_list_or(root, "start", &list, error))
		return FALSE;
	for (guint i = 0; list && i < yaml_size(list); i++) {
		const char *text = NULL;
		if (!yaml_as_string(yaml_item(list, i), &text, error))
			return FALSE;
		const char *fault = dialect_command_fault(text, FALSE, 0);
		if (fault) {
			yaml_error(yaml_item(list, i), error, "\"%s\" %s", text, fault);
			return FALSE;
		}
		g_ptr_array_add(dialect->start, (gpointer)text);
	}
	return TRUE;
}

/* Texts that the session sends; "none" stands for one that the instrument does not know. */
static gboolean load_common(const struct yaml_node *root, const char *key, gboolean query,
                            const char *absent, const char **text, GError **error)
{
	if (!yaml_string_or(root, key, text, absent, error))
		return FALSE;
	if (strcmp(*text, "none") == 0) {
		*text = NULL;
		return TRUE;
	}
	const char *fault = dialect_command_fault(*text, query, 0);
	if (!fault && dialect_count_places(*text, "channel") == 0)
		return TRUE;
	yaml_error(yaml_find(root, key), error, "%s: \"%s\" %s", key, *text,
	           fault ? fault : "may not have {channel}");
	return FALSE;
}

static gboolean load_session(struct generic_dialect *dialect, const struct yaml_node *root,
                             GError **error)
{
	static const char *const ends[] = {"LF", "CR", "CR LF", NULL};
	static const char *const completions[] = {"waits", "polled", "none", NULL};
	struct scpi_dialect *scpi = &dialect->scpi;
	guint end = 0;
	guint completion = 0;
	gint64 depth = 0;
	if (!load_common(root, "identify", TRUE, "*IDN?", &scpi->identify, error) ||
	    !load_common(root, "clear", FALSE, "*CLS", &scpi->clear_status, error) ||
	    !load_common(root, "error_query", TRUE, ":SYST:ERR?", &scpi->error_query, error) ||
	    !yaml_int_or(root, "error_depth", 1, DEPTH_MAX, &depth, DEPTH_DEFAULT, error) ||
	    !load_choice(root, "line_end", ends, &end, error) ||
	    !load_choice(root, "completion", completions, &completion, error) ||
	    !yaml_number_or(root, "over_range", &scpi->over_range, 0, error))
		return FALSE;
	if (!scpi->identify) {
		yaml_error(yaml_find(root, "identify"), error,
		           "identify: a model is known by its answer only");
		return FALSE;
	}
	dialect->link = link_settings_scpi;
	dialect->link.write_end = dialect->link.read_end = (enum link_end)end;
	scpi->link = &dialect->link;
	scpi->error_depth = (guint)depth;
	scpi->opc = (enum scpi_opc)completion;
	return load_time(root, "answer_time", 5, &dialect->answer_s, error) &&
	       load_time(root, "settle_time", 0, &dialect->settle_s, error) &&
	       load_time(root, "move_time", 5, &dialect->move_s, error);
}

static gboolean load_head(struct generic_dialect *dialect, const struct yaml_node *root,
                          GError **error)
{
	const char *class = NULL;
	const char *source = NULL; /* for people; nothing is without one */
	const char *wanted = instrument_class_name(dialect->class->class);
	if (!yaml_string(root, "dialect", &dialect->scpi.name, error) ||
	    !yaml_string(root, "class", &class, error) ||
	    !yaml_string(root, "source", &source, error))
		return FALSE;
	if (strcmp(class, wanted) == 0)
		return TRUE;
	yaml_error(yaml_find(root, "class"), error, "class: this file is for %s, not for %s", class,
	           wanted);
	return FALSE;
}

static gboolean load(struct generic_dialect *dialect, GError **error)
{
	const struct yaml_node *root = yaml_root(dialect->file);
	if (yaml_kind(root) != YAML_MAP) {
		yaml_error(root, error, "expected a map that describes a dialect");
		return FALSE;
	}
	return load_head(dialect, root, error) && load_makers(dialect, root, error) &&
	       load_session(dialect, root, error) && load_start(dialect, root, error) &&
	       dialect_load_operations(dialect, root, error) && load_models(dialect, root, error) &&
	       yaml_done(root, error);
}

struct generic_dialect *generic_dialect_load(const char *path, const struct generic_class *class,
                                             GError **error)
{
	struct yaml_doc *file = yaml_load_file(path, error);
	if (!file)
		return NULL;
	struct generic_dialect *dialect = g_new0(struct generic_dialect, 1);
	dialect->class = class;
	dialect->file = file;
	dialect->kept = g_ptr_array_new_with_free_func(g_free);
	if (load(dialect, error))
		return dialect;
	generic_dialect_free(dialect);
	return NULL;
}

void generic_dialect_free(struct generic_dialect *dialect)
{
	if (!dialect)
		return;
	g_clear_pointer(&dialect->start, g_ptr_array_unref);
	g_ptr_array_unref(dialect->kept);
	yaml_doc_free(dialect->file);
	g_free(dialect);
}

/* ---- drivers ---- */

gboolean generic_prepare(struct instrument *instrument, const struct generic_class *class,
                         GError **error)
{
	const char *path = instrument_parameter(instrument, PARAMETER);
	if (!path) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the driver %s needs the parameter " PARAMETER
		                  ", a file that describes the commands",
		                  instrument->driver->name);
		return FALSE;
	}
	instrument->state = generic_dialect_load(path, class, error);
	return instrument->state != NULL;
}

const struct generic_dialect *generic_dialect_of(const struct instrument *instrument)
{
	return instrument->state;
}

const struct scpi_dialect *generic_own_dialect(const struct instrument *instrument)
{
	return &generic_dialect_of(instrument)->scpi;
}

const struct instrument_roster *generic_own_roster(const struct instrument *instrument)
{
	return &generic_dialect_of(instrument)->roster;
}

void generic_free_state(gpointer state)
{
	generic_dialect_free(state);
}
