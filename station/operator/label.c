/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/label.h"

#include "base/error.h"
#include "base/number.h"

#include <string.h>

#define GS  "\x1d"
#define RS  "\x1e"
#define EOT "\x04"

enum { SITE_MAX = 64 };

enum field {
	FIELD_NONE,
	FIELD_COMMAND,
	FIELD_SITE,
	FIELD_BADGE,
	FIELD_SERIAL,
	FIELD_PART,
	FIELD_LOT
};

void label_clear(struct label *label)
{
	g_free(label->command);
	g_free(label->badge);
	g_free(label->serial);
	g_free(label->part_number);
	g_free(label->lot);
	g_free(label->plain);
	*label = (struct label){0};
}

static gboolean bad(GError **error, enum station_error code, const char *text)
{
	station_error_set(error, code, "%s", text);
	return FALSE;
}

static gboolean set_site(struct label *label, const char *value, GError **error)
{
	gint64 site;

	if (!number_parse_int(value, 1, SITE_MAX, &site, NULL))
		return bad(error, STATION_ERROR_PROTOCOL,
		           "the code does not name a site: scan it again");
	label->site = (int)site;
	return TRUE;
}

/* A field that comes twice with two values is damage, or two labels read as one. */
static gboolean set_text(char **field, const char *value, GError **error)
{
	if (*field && strcmp(*field, value) != 0)
		return bad(error, STATION_ERROR_PROTOCOL,
		           "the code says two different things: scan it again");
	g_free(*field);
	*field = g_strdup(value);
	return TRUE;
}

static gboolean set_field(struct label *label, enum field field, const char *value, GError **error)
{
	char **texts[] = {
		[FIELD_COMMAND] = &label->command, [FIELD_BADGE] = &label->badge,
		[FIELD_SERIAL] = &label->serial,   [FIELD_PART] = &label->part_number,
		[FIELD_LOT] = &label->lot,
	};

	if (field == FIELD_NONE)
		return TRUE;
	if (!*value)
		return bad(error, STATION_ERROR_PROTOCOL,
		           "a field of the code is empty: scan it again");
	if (field == FIELD_SITE)
		return set_site(label, value, error);
	return set_text(texts[field], value, error);
}

/* --- words with a label -------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	enum field field;
} words[] = {
	{"CMD", FIELD_COMMAND}, {"SITE", FIELD_SITE}, {"OP", FIELD_BADGE},
	{"USER", FIELD_BADGE},  {"SN", FIELD_SERIAL}, {"S/N", FIELD_SERIAL},
	{"PN", FIELD_PART},     {"P/N", FIELD_PART},  {"LOT", FIELD_LOT},
};

static enum field word_field(const char *word, const char **value)
{
	const char *colon = strchr(word, ':');

	for (gsize i = 0; colon && i < G_N_ELEMENTS(words); i++)
		if (strlen(words[i].name) == (gsize)(colon - word) &&
		    g_ascii_strncasecmp(word, words[i].name, strlen(words[i].name)) == 0) {
			*value = colon + 1;
			return words[i].field;
		}
	return FIELD_NONE;
}

static gboolean parse_words(const char *text, struct label *label, GError **error)
{
	g_auto(GStrv) parts = g_strsplit_set(text, " ,;\t\n", -1);

	for (char **part = parts; *part; part++) {
		const char *value = NULL;
		enum field field = word_field(*part, &value);
		if (!**part)
			continue;
		if (field == FIELD_NONE)
			return bad(error, STATION_ERROR_PROTOCOL,
			           "a part of the code has no label: scan it again");
		if (!set_field(label, field, value, error))
			return FALSE;
	}
	return TRUE;
}

/* --- GS1 ----------------------------------------------------------------------------------------
 */

/* Application identifiers that labels of modules have; length 0: up to a GS or the end. */
static const struct {
	const char *ai;
	guint length;
	enum field field;
} identifiers[] = {
	{"00", 18, FIELD_NONE},  {"01", 14, FIELD_NONE}, {"02", 14, FIELD_NONE},
	{"10", 0, FIELD_LOT},    {"11", 6, FIELD_NONE},  {"13", 6, FIELD_NONE},
	{"15", 6, FIELD_NONE},   {"17", 6, FIELD_NONE},  {"20", 2, FIELD_NONE},
	{"21", 0, FIELD_SERIAL}, {"22", 0, FIELD_NONE},  {"240", 0, FIELD_PART},
	{"241", 0, FIELD_PART},  {"30", 0, FIELD_NONE},  {"37", 0, FIELD_NONE},
	{"90", 0, FIELD_NONE},   {"91", 0, FIELD_NONE},  {"92", 0, FIELD_NONE},
	{"93", 0, FIELD_NONE},   {"94", 0, FIELD_NONE},  {"95", 0, FIELD_NONE},
	{"96", 0, FIELD_NONE},   {"97", 0, FIELD_NONE},  {"98", 0, FIELD_NONE},
	{"99", 0, FIELD_NONE},
};

static int find_identifier(const char *text, gsize len)
{
	for (gsize i = 0; i < G_N_ELEMENTS(identifiers); i++) {
		gsize n = strlen(identifiers[i].ai);
		if ((len ? n == len : TRUE) && strncmp(text, identifiers[i].ai, n) == 0)
			return (int)i;
	}
	return -1;
}

static gboolean unknown_identifier(const char *text, GError **error)
{
	station_error_set(error, STATION_ERROR_UNSUPPORTED,
	                  "the code has the GS1 identifier %.3s, which this station does not know: "
	                  "scan the code of the serial number",
	                  text);
	return FALSE;
}

static gboolean set_element(struct label *label, int which, const char *value, gsize len,
                            GError **error)
{
	g_autofree char *text = g_strndup(value, len);

	if (identifiers[which].length && len != identifiers[which].length)
		return bad(error, STATION_ERROR_PROTOCOL, "the code is cut off: scan it again");
	return set_field(label, identifiers[which].field, text, error);
}

/* "(21)A1(240)B2" */
static gboolean parse_gs1_readable(const char *text, struct label *label, GError **error)
{
	while (*text) {
		const char *close = *text == '(' ? strchr(text, ')') : NULL;
		if (!close)
			return bad(error, STATION_ERROR_PROTOCOL,
			           "the code is damaged: scan it again");
		int which = find_identifier(text + 1, (gsize)(close - text - 1));
		gsize len = strcspn(close + 1, "(");
		if (which < 0)
			return unknown_identifier(text + 1, error);
		if (!set_element(label, which, close + 1, len, error))
			return FALSE;
		text = close + 1 + len;
	}
	return TRUE;
}

/* "21A1<GS>240B2" */
static gboolean parse_gs1(const char *text, struct label *label, GError **error)
{
	while (*text) {
		int which = find_identifier(text, 0);
		if (which < 0)
			return unknown_identifier(text, error);
		text += strlen(identifiers[which].ai);
		const char *end = strchr(text, *GS);
		gsize rest = end ? (gsize)(end - text) : strlen(text);
		gsize len = identifiers[which].length ? MIN(identifiers[which].length, rest) : rest;
		if (!set_element(label, which, text, len, error))
			return FALSE;
		text += len;
		text += *text == *GS;
	}
	return TRUE;
}

/* --- ISO/IEC 15434, format 06 -------------------------------------------------------------------
 */

static const struct {
	const char *di;
	enum field field;
} data_identifiers[] = {
	{"1P", FIELD_PART}, {"30P", FIELD_PART}, {"1T", FIELD_LOT},
	{"P", FIELD_NONE},  {"S", FIELD_SERIAL}, {"T", FIELD_LOT},
};

static gboolean parse_15434(const char *text, struct label *label, GError **error)
{
	g_autofree char *copy = NULL;
	gsize len = strcspn(text, RS EOT);

	if (!g_str_has_prefix(text, "06" GS))
		return bad(error, STATION_ERROR_UNSUPPORTED,
		           "the code is of a format that this station does not know: scan the code "
		           "of "
		           "the serial number");
	copy = g_strndup(text + 3, len - 3);
	g_auto(GStrv) parts = g_strsplit(copy, GS, -1);
	for (char **part = parts; *part; part++)
		for (gsize i = 0; i < G_N_ELEMENTS(data_identifiers); i++) {
			const char *di = data_identifiers[i].di;
			if (!g_str_has_prefix(*part, di))
				continue;
			if (!set_field(label, data_identifiers[i].field, *part + strlen(di), error))
				return FALSE;
			break;
		}
	return TRUE;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

/* Takes an AIM identifier off; TRUE when it says GS1. */
static gboolean take_aim(char **text)
{
	static const char *const gs1[] = {"]C1", "]d2", "]Q3", "]e0"};
	gboolean is_gs1 = FALSE;

	if ((*text)[0] != ']' || !g_ascii_isalpha((*text)[1]) || !g_ascii_isalnum((*text)[2]))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(gs1); i++)
		is_gs1 = is_gs1 || g_str_has_prefix(*text, gs1[i]);
	*text += 3;
	return is_gs1;
}

static char *stripped(const char *text, const struct label_rules *rules)
{
	const char *prefix = rules && rules->prefix ? rules->prefix : "";
	const char *suffix = rules && rules->suffix ? rules->suffix : "";
	const char *begin = text + (g_str_has_prefix(text, prefix) ? strlen(prefix) : 0);
	char *copy = g_strdup(begin);

	if (*suffix && g_str_has_suffix(copy, suffix))
		copy[strlen(copy) - strlen(suffix)] = '\0';
	return g_strstrip(copy);
}

/* What remains may be anything, but no text that a screen or a file could choke on. */
static gboolean set_plain(struct label *label, const char *text, GError **error)
{
	if (!*text)
		return bad(error, STATION_ERROR_PROTOCOL, "nothing was read: scan it again");
	for (const char *p = text; *p; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return bad(error, STATION_ERROR_PROTOCOL,
			           "the code has signs that are no text: scan it again");
	label->plain = g_strdup(text);
	return TRUE;
}

gboolean label_parse(const char *text, const struct label_rules *rules, struct label *label,
                     GError **error)
{
	g_autofree char *whole = stripped(text, rules);
	char *rest = whole;
	const char *value;

	*label = (struct label){0};
	if (!g_utf8_validate(text, -1, NULL))
		return bad(error, STATION_ERROR_PROTOCOL,
		           "the code has signs that are no text: scan it again");
	gboolean gs1 = take_aim(&rest);
	gboolean ok;
	if (g_str_has_prefix(rest, "[)>" RS))
		ok = parse_15434(rest + 4, label, error);
	else if (gs1 && *rest)
		ok = parse_gs1(rest, label, error);
	else if (*rest == '(' && g_ascii_isdigit(rest[1]))
		ok = parse_gs1_readable(rest, label, error);
	else if (word_field(rest, &value) != FIELD_NONE)
		ok = parse_words(rest, label, error);
	else
		ok = set_plain(label, rest, error);
	if (ok && label->command) {
		char *upper = g_ascii_strup(label->command, -1);
		g_free(label->command);
		label->command = upper;
	}
	return ok;
}
