/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource_line.h"

#include "base/number.h"
#include "instruments/link/resource_settings.h"

#include <string.h>

enum { BAUD_MAX = 4000000 };

struct choice {
	const char *key;
	const char *word;
	int value;
};

static const struct choice choices[] = {
	{"bits", "7", 7},
	{"bits", "8", 8},
	{"stop", "1", 1},
	{"stop", "2", 2},
	{"parity", "none", LINK_PARITY_NONE},
	{"parity", "odd", LINK_PARITY_ODD},
	{"parity", "even", LINK_PARITY_EVEN},
	{"flow", "none", LINK_FLOW_NONE},
	{"flow", "rtscts", LINK_FLOW_RTSCTS},
	{"flow", "xonxoff", LINK_FLOW_XONXOFF},
};

static const char *const line_keys[] = {"baud", "bits", "parity", "stop", "flow", NULL};

static void store_choice(struct link_line *line, const struct choice *choice)
{
	switch (choice->key[0]) {
	case 'b':
		line->bits = choice->value;
		break;
	case 's':
		line->stop_bits = choice->value;
		break;
	case 'p':
		line->parity = (enum link_parity)choice->value;
		break;
	default:
		line->flow = (enum link_flow)choice->value;
	}
}

static gboolean parse_setting(const char *text, const char *key, const char *word,
                              gpointer user_data, GError **error)
{
	struct link_line *line = user_data;
	if (strcmp(key, "baud") == 0) {
		gint64 baud;
		if (!g_ascii_isdigit(word[0]) || !number_parse_int(word, 1, BAUD_MAX, &baud, NULL))
			return resource_bad(text, "baud must be a number from 1 to 4000000", error);
		line->baud = (int)baud;
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
		if (strcmp(choices[i].key, key) == 0 && strcmp(choices[i].word, word) == 0) {
			store_choice(line, &choices[i]);
			return TRUE;
		}
	}
	if (g_strv_contains(line_keys, key)) {
		g_autofree char *why = g_strdup_printf("%s cannot be \"%s\"", key, word);
		return resource_bad(text, why, error);
	}
	return resource_settings_unknown(text, key, line_keys, error);
}

gboolean resource_line_parse(const char *text, const char *settings, struct link_line *line,
                             GError **error)
{
	*line = (struct link_line){.baud = 9600, .bits = 8, .stop_bits = 1};
	return resource_settings_parse(text, settings, parse_setting, line, error);
}
