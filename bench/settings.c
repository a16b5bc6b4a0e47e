/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/settings.h"

#include "bench/scpi.h"

#include <math.h>
#include <string.h>

struct value {
	double number;
	char *text; /* of SETTING_TEXT and SETTING_WORD */
};

struct settings {
	const struct settings_model *model;
	GHashTable *values; /* key_of -> struct value; what is not in it is as after reset */
};

#define PLACES 4096

static gpointer key_of(guint row, int place)
{
	return GUINT_TO_POINTER(row * PLACES + (guint)place + 1);
}

static void value_free(gpointer data)
{
	struct value *value = data;
	g_free(value->text);
	g_free(value);
}

struct settings *settings_new(const struct settings_model *model)
{
	struct settings *settings = g_new0(struct settings, 1);
	settings->model = model;
	settings->values = g_hash_table_new_full(NULL, NULL, NULL, value_free);
	return settings;
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	g_hash_table_unref(settings->values);
	g_free(settings);
}

void settings_reset(struct settings *settings)
{
	g_hash_table_remove_all(settings->values);
}

double settings_number(const struct settings *settings, guint row, int place)
{
	const struct value *value = g_hash_table_lookup(settings->values, key_of(row, place));
	return value ? value->number : settings->model->rows[row].fallback;
}

const char *settings_text(const struct settings *settings, guint row, int place)
{
	const struct value *value = g_hash_table_lookup(settings->values, key_of(row, place));
	const char *fallback = settings->model->rows[row].words;
	return value ? value->text : fallback ? fallback : "";
}

static void put(struct settings *settings, guint row, int place, double number, char *text)
{
	struct value *value = g_new0(struct value, 1);
	value->number = number;
	value->text = text;
	g_hash_table_insert(settings->values, key_of(row, place), value);
}

void settings_put(struct settings *settings, guint row, int place, double value)
{
	put(settings, row, place, value, NULL);
}

int settings_find(const struct settings *settings, const char *header, gboolean *query, int *suffix)
{
	gsize len = strlen(header);
	*query = len > 0 && header[len - 1] == '?';
	struct scpi_span bare = {header, *query ? len - 1 : len};

	for (guint i = 0; i < settings->model->n_rows; i++) {
		if (scpi_match(settings->model->rows[i].header, bare, suffix))
			return (int)i;
	}
	return -1;
}

/* The place by number in the header, or by the location that comes first. */
static gboolean find_place(const struct settings *settings, const struct setting *row,
                           struct scpi_call *call, int *place)
{
	int location = 0;
	int number = 0;

	if (row->last > 0) {
		number = scpi_suffix(call, 0, 1);
		if (number < row->first || number > row->last) {
			int wrong = settings->model->wrong_place;
			scpi_error(call, wrong ? wrong : -114, NULL);
			return FALSE;
		}
	}
	if (row->classes) {
		g_autofree char *text = NULL;
		if (!scpi_take_string(call, &text))
			return FALSE;
		location = settings->model->locate(text, row->classes);
		if (location < 0) {
			scpi_error(call, -224, "location");
			return FALSE;
		}
	}
	*place = row->classes ? SETTING_PLACE(location, number) : number;
	return TRUE;
}

static void reply_number(const struct settings *settings, const struct setting *row,
                         struct scpi_call *call, double number)
{
	const struct settings_model *model = settings->model;
	if (row->kind == SETTING_NUMBER)
		scpi_reply_exp(call, number, model->decimals, model->exponent_digits, model->plus);
	else if (row->kind == SETTING_INT && model->plus)
		scpi_reply_signed(call, lround(number));
	else
		scpi_reply_int(call, lround(number));
}

/* The short form of word number `index`. */
static char *short_form(const char *words, guint index)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	GString *out = g_string_new(NULL);
	for (const char *p = index < g_strv_length(list) ? list[index] : ""; *p; p++) {
		if (!g_ascii_islower(*p))
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

static void run_query(struct settings *settings, guint index, int place, struct scpi_call *call)
{
	const struct setting *row = &settings->model->rows[index];
	double number = settings_number(settings, index, place);

	/* ? MIN, ? MAX, ? DEF of numbers */
	if (scpi_parameters_left(call) > 0 &&
	    (row->kind == SETTING_NUMBER || row->kind == SETTING_INT) &&
	    !scpi_take_number(call, row->unit, row->min, row->max, row->fallback, &number))
		return;
	if (!scpi_end(call))
		return;
	if (row->kind == SETTING_TEXT) {
		scpi_reply_quoted(call, settings_text(settings, index, place));
	} else if (row->kind == SETTING_WORD) {
		scpi_reply_raw(call, settings_text(settings, index, place));
	} else if (row->kind == SETTING_CHOICE) {
		g_autofree char *word = short_form(row->words, (guint)lround(number));
		scpi_reply_raw(call, word);
	} else {
		reply_number(settings, row, call, number);
	}
}

static gboolean take_value(const struct setting *row, struct scpi_call *call, double *number,
                           char **text)
{
	g_auto(GStrv) words = NULL;
	struct scpi_span word;
	int integer = 0;
	gboolean taken = FALSE;

	switch (row->kind) {
	case SETTING_NUMBER:
	case SETTING_INT:
		taken = scpi_take_number(call, row->unit, row->min, row->max, row->fallback,
		                         number);
		if (taken && row->kind == SETTING_INT)
			*number = (double)lround(*number);
		return taken;
	case SETTING_BOOL:
		taken = scpi_take_bool(call, &integer);
		*number = integer;
		return taken;
	case SETTING_CHOICE:
		words = g_strsplit(row->words, " ", -1);
		taken = scpi_take_choice(call, (const char *const *)words, &integer);
		*number = integer;
		return taken;
	case SETTING_TEXT:
		return scpi_take_string(call, text);
	case SETTING_WORD:
		taken = scpi_take_any(call, &word);
		*text = taken ? g_ascii_strup(word.p, (gssize)word.len) : NULL;
		return taken;
	}
	return FALSE;
}

void settings_run(struct settings *settings, guint index, gboolean query, struct scpi_call *call)
{
	const struct setting *row = &settings->model->rows[index];
	g_autofree char *text = NULL;
	double number = 0.0;
	int place = 0;

	if (!find_place(settings, row, call, &place))
		return;
	if (query) {
		run_query(settings, index, place, call);
		return;
	}
	if (!take_value(row, call, &number, &text) || !scpi_end(call))
		return;
	put(settings, index, place, number, g_steal_pointer(&text));
	if (settings->model->changed)
		settings->model->changed(scpi_instrument(call), index, place);
}
