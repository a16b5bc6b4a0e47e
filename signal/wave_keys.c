/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "base/yaml.h"

#include <math.h>
#include <string.h>

/* The largest whole number that a file may tell. */
static const gint64 whole_max = G_MAXINT32;

static const struct {
	const char *key;
	const char *exported; /* the instrument's key for it */
	const char *unit;     /* null for a whole number from 1 */
	gboolean zero;        /* may be zero */
} facts[WAVE_FACT_N] = {
	[WAVE_SYMBOL_RATE] = {"symbol_rate", NULL, "Bd", FALSE},
	[WAVE_SAMPLES_PER_SYMBOL] = {"samples_per_symbol", NULL, NULL, FALSE},
	[WAVE_SYMBOLS] = {"symbols", NULL, NULL, FALSE},
	[WAVE_SCOPE_NOISE] = {"scope_noise", "Channel Noise", "W", TRUE},
	[WAVE_FILTER_BANDWIDTH] = {"filter_bandwidth", "Channel Bandwidth", "Hz", TRUE},
	[WAVE_PASSES] = {"passes", NULL, NULL, FALSE},
	[WAVE_INTERVAL] = {"interval", "XInc", "s", FALSE},
	[WAVE_POINTS] = {"points", "Points", NULL, FALSE},
};

/* Keys that are no numbers; they follow the facts in keys_seen. */
enum text_key { KEY_UNIT = WAVE_FACT_N, KEY_TIME_UNIT, KEY_SHA256, KEY_NONE };

static const char *const text_keys[][2] = {
	[KEY_UNIT - WAVE_FACT_N] = {"unit", "Y Units"},
	[KEY_TIME_UNIT - WAVE_FACT_N] = {"time_unit", "X Units"},
	[KEY_SHA256 - WAVE_FACT_N] = {"sha256", NULL},
};

/* Units in words, as instruments write them. */
static const struct {
	const char *word;
	const char *unit;
} unit_words[] = {
	{"watt", "W"},   {"watts", "W"},   {"volt", "V"}, {"volts", "V"},
	{"second", "s"}, {"seconds", "s"}, {"sec", "s"},
};

const char *wave_fact_name(enum wave_fact fact)
{
	return facts[fact].key;
}

char *wave_fact_format(enum wave_fact fact, double value)
{
	if (!facts[fact].unit)
		return g_strdup_printf("%.0f", value);
	return unit_format(value, facts[fact].unit, 6);
}

struct wave_content *wave_content_new(const char *name)
{
	struct wave_content *content = g_new0(struct wave_content, 1);

	content->name = g_filename_display_name(name);
	content->sweeps = 1;
	content->sweep_scatter = NAN;
	for (guint i = 0; i < WAVE_FACT_N; i++)
		content->told[i] = NAN;
	content->unit_w = NAN;
	content->unit_v = NAN;
	content->unit_s = 1.0;
	content->noise_v = NAN;
	content->noise_unit = NAN;
	return content;
}

void wave_content_free(struct wave_content *content)
{
	if (!content)
		return;
	g_free(content->name);
	g_free(content->sample);
	g_free(content->time_s);
	g_free(content->sha256);
	g_free(content);
}

gboolean wave_content_reserve(struct wave_content *content, gsize n, gboolean times, GError **error)
{
	if (n == 0 || n > WAVE_FILE_SAMPLES_MAX) {
		station_error_set(error, STATION_ERROR_DATA, "%s: %s", content->name,
		                  n ? "more than 2^28 samples" : "no samples");
		return FALSE;
	}
	content->sample = g_try_new(float, n);
	content->time_s = times ? g_try_new(double, n) : NULL;
	if (content->sample && (content->time_s || !times))
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "%s: no memory for %" G_GSIZE_FORMAT " samples", content->name, n);
	return FALSE;
}

static gboolean is_key(const char *text, const char *key)
{
	return key && g_ascii_strcasecmp(text, key) == 0;
}

static guint find_key(const char *key)
{
	for (guint i = 0; i < WAVE_FACT_N; i++) {
		if (is_key(key, facts[i].key) || is_key(key, facts[i].exported))
			return i;
	}
	for (guint i = 0; i < G_N_ELEMENTS(text_keys); i++) {
		if (is_key(key, text_keys[i][0]) || is_key(key, text_keys[i][1]))
			return WAVE_FACT_N + i;
	}
	return KEY_NONE;
}

gboolean wave_key_known(const char *key)
{
	return find_key(key) != KEY_NONE;
}

const char *wave_key_nearest(const char *key)
{
	const char *names[KEY_NONE + 1] = {NULL};

	for (guint i = 0; i < KEY_NONE; i++)
		names[i] = i < WAVE_FACT_N ? facts[i].key : text_keys[i - WAVE_FACT_N][0];
	return suggest_nearest(key, names);
}

static const char *plain_unit(const char *unit)
{
	for (guint i = 0; i < G_N_ELEMENTS(unit_words); i++) {
		if (g_ascii_strcasecmp(unit, unit_words[i].word) == 0)
			return unit_words[i].unit;
	}
	return unit;
}

gboolean wave_content_set_unit(struct wave_content *content, const char *unit, GError **error)
{
	g_autofree char *one = g_strdup_printf("1 %s", plain_unit(unit));

	content->unit_w = NAN;
	content->unit_v = NAN;
	if (unit_parse(one, "W", &content->unit_w, NULL) ||
	    unit_parse(one, "V", &content->unit_v, NULL))
		return TRUE;
	if (g_ascii_strcasecmp(unit, "dBm") == 0)
		station_error_set(error, STATION_ERROR_DATA,
		                  "samples in dBm are not read: they are powers, in W");
	else
		station_error_set(error, STATION_ERROR_DATA,
		                  "expected a unit such as W, mW, uW or V, got \"%.40s\"", unit);
	return FALSE;
}

static gboolean set_time_unit(struct wave_content *content, const char *unit, GError **error)
{
	g_autofree char *one = g_strdup_printf("1 %s", plain_unit(unit));

	if (unit_parse(one, "s", &content->unit_s, NULL))
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "expected a unit of time such as s or ps, got \"%.40s\"", unit);
	return FALSE;
}

static gboolean parse_fact(struct wave_content *content, guint fact, const char *text,
                           gboolean plain, double *value, GError **error)
{
	gint64 whole = 0;

	if (!facts[fact].unit) {
		if (!number_parse_int(text, 1, whole_max, &whole, error))
			return FALSE;
		*value = (double)whole;
		return TRUE;
	}
	if (plain && number_parse_double(text, value, NULL)) {
		if (fact != WAVE_SCOPE_NOISE)
			return TRUE;
		content->noise_unit = *value;
		*value = NAN;
		return TRUE;
	}
	if (fact == WAVE_SCOPE_NOISE && unit_parse(text, "V", &content->noise_v, NULL))
		return TRUE;
	return unit_parse(text, facts[fact].unit, value, error);
}

static gboolean tell_fact(struct wave_content *content, guint fact, const char *text,
                          gboolean plain, GError **error)
{
	double value = NAN;

	if (!parse_fact(content, fact, text, plain, &value, error))
		return FALSE;
	/* a noise in another unit has left NaN */
	if (value < 0.0 || content->noise_v < 0.0 || content->noise_unit < 0.0 ||
	    (value == 0.0 && !facts[fact].zero)) {
		station_error_set(error, STATION_ERROR_DATA, "must be above zero, is \"%.40s\"",
		                  text);
		return FALSE;
	}
	content->told[fact] = value;
	return TRUE;
}

/* Every fault of a file is of one kind, whatever it is to the parser that found it. */
static void set_data_error(GError **error, const char *key, const GError *cause)
{
	g_autofree char *valid = g_utf8_make_valid(cause->message, -1); /* cut quotes */

	station_error_set(error, STATION_ERROR_DATA, "%s%s%s", key ? key : "", key ? ": " : "",
	                  valid);
}

gboolean wave_content_tell(struct wave_content *content, const char *key, const char *value,
                           gboolean plain, GError **error)
{
	g_autoptr(GError) cause = NULL;
	guint found = find_key(key);
	gboolean ok = TRUE;

	g_return_val_if_fail(found != KEY_NONE, FALSE);
	if (content->keys_seen & 1u << found) {
		station_error_set(error, STATION_ERROR_DATA, "%s is told twice", key);
		return FALSE;
	}
	content->keys_seen |= 1u << found;
	switch (found) {
	case KEY_UNIT:
		ok = wave_content_set_unit(content, value, &cause);
		break;
	case KEY_TIME_UNIT:
		ok = set_time_unit(content, value, &cause);
		break;
	case KEY_SHA256:
		content->sha256 = g_ascii_strdown(value, -1);
		break;
	default:
		ok = tell_fact(content, found, value, plain, &cause);
		break;
	}
	if (!ok)
		set_data_error(error, key, cause);
	return ok;
}

static gboolean tell_entry(struct wave_content *content, const char *name, const char *key,
                           const struct yaml_node *value, GError **error)
{
	const char *nearest, *text = NULL;

	if (!wave_key_known(key)) {
		nearest = wave_key_nearest(key);
		yaml_error(value, error, "key \"%s\" is not known%s%s%s", key,
		           nearest ? "; did you mean \"" : "", nearest ? nearest : "",
		           nearest ? "\"?" : "");
		return FALSE;
	}
	if (!yaml_as_string(value, &text, error))
		return FALSE;
	if (wave_content_tell(content, key, text, FALSE, error))
		return TRUE;
	g_prefix_error(error, "%s:%d: ", name, yaml_line(value));
	return FALSE;
}

gboolean wave_content_tell_sidecar(struct wave_content *content, const char *text, gsize len,
                                   const char *name, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(yaml_doc) doc = NULL;
	const struct yaml_node *root;

	if (!text)
		return TRUE;
	doc = yaml_load_text(text, (gssize)len, name, &cause);
	if (!doc) {
		set_data_error(error, NULL, cause);
		return FALSE;
	}
	root = yaml_root(doc);
	if (yaml_kind(root) != YAML_MAP) {
		station_error_set(error, STATION_ERROR_DATA, "%s:%d: expected lines \"key: value\"",
		                  name, yaml_line(root));
		return FALSE;
	}
	for (guint i = 0; i < yaml_size(root); i++) {
		if (tell_entry(content, name, yaml_key(root, i), yaml_value(root, i), &cause))
			continue;
		set_data_error(error, NULL, cause);
		return FALSE;
	}
	return TRUE;
}

static void append_number(GString *out, const char *prefix, enum wave_fact fact, double value)
{
	g_autofree char *number = number_format(value);
	const char *unit = facts[fact].unit;

	g_string_append_printf(out, "%s%s: %s%s%s\n", prefix, facts[fact].key, number,
	                       unit ? " " : "", unit ? unit : "");
}

void wave_facts_append(GString *out, const struct waveform *wave, const char *prefix)
{
	append_number(out, prefix, WAVE_SYMBOL_RATE, wave->symbol_rate_bd);
	append_number(out, prefix, WAVE_SAMPLES_PER_SYMBOL, wave->samples_per_symbol);
	append_number(out, prefix, WAVE_SYMBOLS, (double)wave->n_symbols);
	append_number(out, prefix, WAVE_SCOPE_NOISE, wave->scope_noise_w);
	append_number(out, prefix, WAVE_FILTER_BANDWIDTH, wave->filter_bandwidth_hz);
	append_number(out, prefix, WAVE_PASSES, wave->passes);
	g_string_append_printf(out, "%sunit: W\n", prefix);
}
