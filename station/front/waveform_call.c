/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_call.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* Takes a value (null: none was given); on FALSE *wrong tells what would have been right. */
typedef gboolean take_fn(struct waveform_call *call, const char *value, char **wrong);

static gboolean take_count(const char *value, guint max, guint *count, char **wrong)
{
	gint64 number;

	if (!number_parse_int(value, 1, max, &number, NULL)) {
		*wrong = g_strdup_printf("a whole number from 1 to %u", max);
		return FALSE;
	}
	*count = (guint)number;
	return TRUE;
}

/* A quantity above zero, or from zero on. */
static gboolean take_quantity(const char *value, const char *unit, gboolean zero, double *quantity,
                              char **wrong)
{
	g_autoptr(GError) error = NULL;
	double found;

	if (!unit_parse(value, unit, &found, &error)) {
		/* "expected a symbol rate such as 53.125 GBd" says it */
		*wrong = g_strndup(error->message, strcspn(error->message, ","));
		return FALSE;
	}
	if (!(zero ? found >= 0.0 : found > 0.0)) {
		*wrong = g_strdup(zero ? "not below zero" : "above zero");
		return FALSE;
	}
	*quantity = found;
	return TRUE;
}

static gboolean take_pattern(struct waveform_call *call, const char *value, char **wrong)
{
	GString *known;

	call->any_pattern = g_ascii_strcasecmp(value, "auto") == 0;
	if (call->any_pattern || (pattern_from_name(value, &call->pattern) &&
	                          pattern_bits_per_symbol(call->pattern) == 2))
		return TRUE;
	known = g_string_new(NULL);
	for (guint i = 0; i < PATTERN_N; i++)
		if (pattern_bits_per_symbol(i) == 2)
			g_string_append_printf(known, "%s, ", pattern_name(i));
	g_string_append(known, "or auto");
	*wrong = g_string_free(known, FALSE);
	return FALSE;
}

static gboolean take_type(struct waveform_call *call, const char *value, char **wrong)
{
	GString *known;

	call->preset = tdecq_preset_find(value);
	if (call->preset)
		return TRUE;
	known = g_string_new(NULL);
	for (guint i = 0; tdecq_preset_at(i); i++)
		g_string_append_printf(known, "%s%s", i ? ", " : "", tdecq_preset_at(i)->name);
	*wrong = g_string_free(known, FALSE);
	return FALSE;
}

static gboolean take_as(struct waveform_call *call, const char *value, char **wrong)
{
	static const char *const known[] = {"TDECQ", "TECQ", "SECQ"};

	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (g_ascii_strcasecmp(value, known[i]) == 0) {
			call->quantity = known[i];
			return TRUE;
		}
	}
	*wrong = g_strdup("tdecq, tecq or secq");
	return FALSE;
}

static gboolean take_symbol_rate(struct waveform_call *call, const char *value, char **wrong)
{
	return take_quantity(value, "Bd", FALSE, &call->facts.symbol_rate_bd, wrong);
}

static gboolean take_samples(struct waveform_call *call, const char *value, char **wrong)
{
	return take_count(value, 1 << 16, &call->facts.samples_per_symbol, wrong);
}

static gboolean take_symbols(struct waveform_call *call, const char *value, char **wrong)
{
	guint count = 0;
	gboolean good = take_count(value, 1 << 28, &count, wrong);

	call->facts.n_symbols = count;
	return good;
}

static gboolean take_passes(struct waveform_call *call, const char *value, char **wrong)
{
	return take_count(value, 1 << 20, &call->facts.passes, wrong);
}

static gboolean take_scope_noise(struct waveform_call *call, const char *value, char **wrong)
{
	return take_quantity(value, "W", TRUE, &call->facts.scope_noise_w, wrong);
}

static gboolean take_filter(struct waveform_call *call, const char *value, char **wrong)
{
	return take_quantity(value, "Hz", FALSE, &call->facts.filter_bandwidth_hz, wrong);
}

static gboolean take_scale(struct waveform_call *call, const char *value, char **wrong)
{
	return take_quantity(value, "W", FALSE, &call->facts.scale_w, wrong);
}

static gboolean take_apply_filter(struct waveform_call *call, const char *value, char **wrong)
{
	call->apply_filter = TRUE;
	call->settings.tdecq.noise_in_samples = TRUE;
	return !value || take_quantity(value, "Hz", FALSE, &call->apply_filter_hz, wrong);
}

static gboolean take_sweeps(struct waveform_call *call, const char *value, char **wrong)
{
	call->facts.noise_from_sweeps = TRUE;
	return TRUE;
}

static gboolean take_noise_in_samples(struct waveform_call *call, const char *value, char **wrong)
{
	call->settings.tdecq.noise_in_samples = TRUE;
	return TRUE;
}

static gboolean take_taps(struct waveform_call *call, const char *value, char **wrong)
{
	return take_count(value, TDECQ_MAX_TAPS, &call->settings.tdecq.taps, wrong);
}

static gboolean take_eye_ser(struct waveform_call *call, const char *value, char **wrong)
{
	double ser;

	if (!number_parse_double(value, &ser, NULL) || !(ser > 0.0 && ser < 0.1)) {
		*wrong = g_strdup("a ratio such as 1e-6, above 0 and below 0.1");
		return FALSE;
	}
	call->settings.eye_ser = ser;
	return TRUE;
}

static gboolean take_json(struct waveform_call *call, const char *value, char **wrong)
{
	call->json = TRUE;
	return TRUE;
}

static gboolean take_brief(struct waveform_call *call, const char *value, char **wrong)
{
	call->brief = TRUE;
	return TRUE;
}

static gboolean take_compare(struct waveform_call *call, const char *value, char **wrong)
{
	call->compare = TRUE;
	return TRUE;
}

static gboolean take_html(struct waveform_call *call, const char *value, char **wrong)
{
	call->html = value;
	return TRUE;
}

static gboolean take_write(struct waveform_call *call, const char *value, char **wrong)
{
	call->write = value;
	return TRUE;
}

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_NEEDED,
	ARGUMENT_JOINED, /* may follow, but only behind "=" */
};

static const struct {
	const char *name;
	enum argument argument;
	take_fn *take;
} options[] = {
	{"--pattern", ARGUMENT_NEEDED, take_pattern},
	{"--symbol-rate", ARGUMENT_NEEDED, take_symbol_rate},
	{"--samples-per-symbol", ARGUMENT_NEEDED, take_samples},
	{"--symbols", ARGUMENT_NEEDED, take_symbols},
	{"--passes", ARGUMENT_NEEDED, take_passes},
	{"--scope-noise", ARGUMENT_NEEDED, take_scope_noise},
	{"--noise-from-sweeps", ARGUMENT_NONE, take_sweeps},
	{"--noise-in-samples", ARGUMENT_NONE, take_noise_in_samples},
	{"--filter", ARGUMENT_NEEDED, take_filter},
	{"--scale", ARGUMENT_NEEDED, take_scale},
	{"--apply-filter", ARGUMENT_JOINED, take_apply_filter},
	{"--type", ARGUMENT_NEEDED, take_type},
	{"--taps", ARGUMENT_NEEDED, take_taps},
	{"--eye-ser", ARGUMENT_NEEDED, take_eye_ser},
	{"--as", ARGUMENT_NEEDED, take_as},
	{"--json", ARGUMENT_NONE, take_json},
	{"--brief", ARGUMENT_NONE, take_brief},
	{"--compare", ARGUMENT_NONE, take_compare},
	{"--html", ARGUMENT_NEEDED, take_html},
	{"--write", ARGUMENT_NEEDED, take_write},
};

static gboolean unknown_option(const char *word, gsize length, char **wrong)
{
	const char *names[G_N_ELEMENTS(options) + 1] = {0};
	g_autofree char *name = g_strndup(word, length);
	const char *near;

	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		names[i] = options[i].name;
	near = suggest_nearest(name, names);
	*wrong = g_strdup_printf("there is no option \"%s\"%s%s%s", name,
	                         near ? "; did you mean \"" : "", near ? near : "",
	                         near ? "\"?" : "");
	return FALSE;
}

/* One option at argv[*i]; moves *i on to its value when that is a word of its own. */
static gboolean take_option(struct waveform_call *call, int argc, char **argv, int *i, char **wrong)
{
	const char *word = argv[*i], *equals = strchr(word, '=');
	gsize length = equals ? (gsize)(equals - word) : strlen(word), at = 0;
	const char *value = equals ? equals + 1 : NULL;
	g_autofree char *expected = NULL;

	while (at < G_N_ELEMENTS(options) &&
	       (strlen(options[at].name) != length || strncmp(options[at].name, word, length) != 0))
		at++;
	if (at == G_N_ELEMENTS(options))
		return unknown_option(word, length, wrong);
	if (options[at].argument == ARGUMENT_NONE && value) {
		*wrong = g_strdup_printf("%s takes no value", options[at].name);
		return FALSE;
	}
	if (options[at].argument == ARGUMENT_NEEDED && !value) {
		if (*i + 1 >= argc) {
			*wrong = g_strdup_printf("%s without a value", options[at].name);
			return FALSE;
		}
		value = argv[++*i];
	}
	if (options[at].take(call, value, &expected))
		return TRUE;
	*wrong = g_strdup_printf("%s \"%s\": %s", options[at].name, value, expected);
	return FALSE;
}

static gboolean check_together(const struct waveform_call *call, char **wrong)
{
	guint n = call->paths->len;
	const char *text = NULL;

	if (n == 0)
		text = "no FILE is given";
	else if (call->compare && n != 2)
		text = "--compare wants exactly two files";
	else if (call->write && n != 1)
		text = "--write wants exactly one file to be read";
	else if (call->json && call->brief)
		text = "--json and --brief exclude each other";
	else if (call->compare && call->brief)
		text = "--compare and --brief exclude each other";
	else if (call->apply_filter && call->facts.filter_bandwidth_hz > 0.0)
		text = "--filter says that a filter was applied already, --apply-filter would "
		       "apply one more";
	*wrong = g_strdup(text);
	return !text;
}

/* The type's numbers first, so that --taps wins wherever it stands. */
static void settle(struct waveform_call *call)
{
	guint taps = call->settings.tdecq.taps;

	tdecq_preset_apply(call->preset, &call->settings.tdecq);
	if (taps > 0)
		call->settings.tdecq.taps = taps;
}

gboolean waveform_call_parse(struct waveform_call *call, int argc, char **argv, char **wrong)
{
	gboolean only_files = FALSE;

	*call = (struct waveform_call){.paths = g_ptr_array_new(),
	                               .pattern = PATTERN_SSPRQ,
	                               .preset = tdecq_preset_at(0),
	                               .quantity = "TDECQ"};
	*wrong = NULL;
	wave_facts_unknown(&call->facts);
	pam4_settings_default(&call->settings);
	call->settings.tdecq.taps = 0;
	for (int i = 1; i < argc; i++) {
		if (only_files || argv[i][0] != '-')
			g_ptr_array_add(call->paths, argv[i]);
		else if (strcmp(argv[i], "--") == 0)
			only_files = TRUE;
		else if (!take_option(call, argc, argv, &i, wrong))
			return FALSE;
	}
	settle(call);
	return check_together(call, wrong);
}

void waveform_call_clear(struct waveform_call *call)
{
	g_clear_pointer(&call->paths, g_ptr_array_unref);
}
