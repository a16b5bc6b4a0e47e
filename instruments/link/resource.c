/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"

#include <string.h>

static const struct link_line line_default = {.baud = 9600, .bits = 8, .stop_bits = 1};

enum { BAUD_MAX = 4000000 };

static gboolean refuse(enum station_error code, const char *text, const char *why, GError **error)
{
	station_error_set(error, code, "resource \"%s\": %s", text, why);
	return FALSE;
}

static gboolean bad(const char *text, const char *why, GError **error)
{
	return refuse(STATION_ERROR_CONFIG, text, why, error);
}

/* Past the word when text begins with it in either case, else null. */
static const char *after_word(const char *text, const char *word)
{
	gsize len = strlen(word);
	return g_ascii_strncasecmp(text, word, len) == 0 ? text + len : NULL;
}

/* Past "[digits]::", else null: the board number means nothing for what we open. */
static const char *after_board(const char *text)
{
	while (g_ascii_isdigit(*text))
		text++;
	return g_str_has_prefix(text, "::") ? text + 2 : NULL;
}

/* ---- tops ---- */

static const char *const top_names[] = {"trace", "record", "replay", "fault", NULL};

/* The length of a top's name in front of text; 0 when a transport stands there. */
static gsize top_length(const char *text)
{
	gsize len = 0;
	while (g_ascii_isalpha(text[len]))
		len++;
	return len > 0 && text[len] == ':' && text[len + 1] != ':' ? len : 0;
}

static gboolean parse_trace(const char *text, const char **rest, struct resource *resource,
                            GError **error)
{
	if (resource->trace)
		return bad(text, "trace twice", error);
	resource->trace = TRUE;
	gsize len = strcspn(*rest, ":");
	g_autofree char *argument = g_strndup(*rest, len);
	if (!strchr(argument, '='))
		return TRUE;
	const char *path = after_word(argument, "file=");
	if (!path)
		return bad(text, "trace knows file=PATH only", error);
	if ((*rest)[len] != ':')
		return bad(text, "nothing follows the trace", error);
	resource->trace_path = g_uri_unescape_string(path, NULL);
	if (!resource->trace_path || resource->trace_path[0] == '\0')
		return bad(text, "the trace's file has no usable name", error);
	*rest += len + 1;
	return TRUE;
}

static gboolean parse_tops(const char *text, const char **rest, struct resource *resource,
                           GError **error)
{
	gsize len;
	while ((len = top_length(*rest)) > 0) {
		g_autofree char *name = g_ascii_strdown(*rest, (gssize)len);
		*rest += len + 1;
		if (strcmp(name, "trace") == 0) {
			if (!parse_trace(text, rest, resource, error))
				return FALSE;
			continue;
		}
		g_autofree char *why = NULL;
		if (g_strv_contains(top_names, name)) {
			why = g_strdup_printf("\"%s:\" is not supported yet", name);
			return refuse(STATION_ERROR_UNSUPPORTED, text, why, error);
		}
		const char *near = suggest_nearest(name, top_names);
		why = g_strdup_printf("\"%s:\" is unknown%s%s%s", name,
		                      near ? "; did you mean " : "", near ? near : "",
		                      near ? ":" : "");
		return bad(text, why, error);
	}
	return TRUE;
}

/* ---- TCPIP ---- */

static gboolean host_is_plain(const char *host)
{
	if (*host == '\0')
		return FALSE;
	for (; *host; host++) {
		if (!g_ascii_isalnum(*host) && !strchr(".-_", *host))
			return FALSE;
	}
	return TRUE;
}

/* Takes the host off the front; *rest is what follows its "::", or "" when the text ends there. */
static gboolean take_host(const char *text, const char **rest, struct resource *resource,
                          GError **error)
{
	const char *from = *rest;
	const char *end;
	if (*from == '[') {
		end = strchr(from, ']');
		resource->host = end ? g_strndup(from + 1, (gsize)(end - from - 1)) : NULL;
		if (!end || !strchr(resource->host, ':') ||
		    strspn(resource->host, "0123456789abcdefABCDEF:.") != strlen(resource->host))
			return bad(text, "brackets need an IPv6 address", error);
		end++;
	} else {
		const char *mark = strstr(from, "::");
		end = mark ? mark : from + strlen(from);
		resource->host = g_strndup(from, (gsize)(end - from));
		if (!host_is_plain(resource->host))
			return bad(text, "this is no host name", error);
	}
	if (*end != '\0' && !g_str_has_prefix(end, "::"))
		return bad(text, "\"::\" must follow the host", error);
	*rest = *end != '\0' ? end + 2 : end;
	return TRUE;
}

static gboolean parse_tcp(const char *text, const char *rest, struct resource *resource,
                          GError **error)
{
	if (!take_host(text, &rest, resource, error))
		return FALSE;
	g_auto(GStrv) parts = g_strsplit(rest, "::", -1);
	guint count = g_strv_length(parts);
	if (count == 2 && g_ascii_strcasecmp(parts[1], "SOCKET") == 0) {
		gint64 port;
		if (!g_ascii_isdigit(parts[0][0]) ||
		    !number_parse_int(parts[0], 1, G_MAXUINT16, &port, NULL))
			return bad(text, "the port must be a number from 1 to 65535", error);
		resource->transport = LINK_TRANSPORT_TCP;
		resource->port = (guint16)port;
		return TRUE;
	}
	if (count > 0 && g_ascii_strcasecmp(parts[count - 1], "INSTR") == 0)
		count--;
	if (count == 0)
		return refuse(STATION_ERROR_UNSUPPORTED, text, "VXI-11 is not supported yet",
		              error);
	if (count == 1 && after_word(parts[0], "hislip"))
		return refuse(STATION_ERROR_UNSUPPORTED, text, "HiSLIP is not supported yet",
		              error);
	if (count == 1 && after_word(parts[0], "inst"))
		return refuse(STATION_ERROR_UNSUPPORTED, text, "VXI-11 is not supported yet",
		              error);
	return bad(text, "expected TCPIP::HOST::PORT::SOCKET", error);
}

/* ---- ASRL ---- */

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
                              struct link_line *line, GError **error)
{
	if (strcmp(key, "baud") == 0) {
		gint64 baud;
		if (!g_ascii_isdigit(word[0]) || !number_parse_int(word, 1, BAUD_MAX, &baud, NULL))
			return bad(text, "baud must be a number from 1 to 4000000", error);
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
		return bad(text, why, error);
	}
	const char *near = suggest_nearest(key, line_keys);
	g_autofree char *why = g_strdup_printf("the setting \"%s\" is unknown%s%s", key,
	                                       near ? "; did you mean " : "", near ? near : "");
	return bad(text, why, error);
}

static gboolean parse_settings(const char *text, const char *settings, struct link_line *line,
                               GError **error)
{
	g_auto(GStrv) parts = g_strsplit(settings, "&", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **part = parts; *part; part++) {
		char *equals = strchr(*part, '=');
		if (!equals)
			return bad(text, "settings are KEY=VALUE joined by \"&\"", error);
		*equals = '\0';
		if (!g_hash_table_add(seen, *part)) {
			g_autofree char *why = g_strdup_printf("%s is set twice", *part);
			return bad(text, why, error);
		}
		if (!parse_setting(text, *part, equals + 1, line, error))
			return FALSE;
	}
	if (g_strv_length(parts) == 0)
		return bad(text, "no setting follows the \"?\"", error);
	return TRUE;
}

static gboolean parse_serial(const char *text, const char *rest, struct resource *resource,
                             GError **error)
{
	if (g_ascii_isdigit(*rest))
		return refuse(STATION_ERROR_UNSUPPORTED, text,
		              "numbered serial ports mean nothing here; write ASRL/dev/...::INSTR",
		              error);
	/* Names below /dev/serial/by-path hold single colons: "::" is looked for from the end. */
	gsize name_len = strcspn(rest, "?");
	const char *settings = rest[name_len] == '?' ? rest + name_len + 1 : NULL;
	g_autofree char *name = g_strndup(rest, name_len);
	char *mark = g_strrstr(name, "::");
	if (!mark || g_ascii_strcasecmp(mark, "::INSTR") != 0)
		return bad(text, "expected ASRL/dev/NAME::INSTR", error);
	*mark = '\0';
	if (!g_str_has_prefix(name, "/dev/") || name[strlen("/dev/")] == '\0' || strstr(name, "::"))
		return bad(text, "the serial port must be a path below /dev", error);
	resource->transport = LINK_TRANSPORT_SERIAL;
	resource->line = line_default;
	if (settings && !parse_settings(text, settings, &resource->line, error))
		return FALSE;
	resource->device = g_steal_pointer(&name);
	return TRUE;
}

/* ---- all ---- */

struct unspoken {
	const char *word;
	const char *why;
};

static const struct unspoken unspoken[] = {
	{"USB", "USBTMC is not supported yet"},
	{"GPIB", "GPIB is not supported"},
	{"PRLGX-TCPIP", "Prologix adapters are not supported"},
	{"PRLGX-ASRL", "Prologix adapters are not supported"},
	{"VXI", "VXI backplanes are not supported"},
	{"PXI", "PXI backplanes are not supported"},
};

static gboolean parse_bottom(const char *text, const char *rest, struct resource *resource,
                             GError **error)
{
	resource->bottom = g_strdup(rest);
	const char *after = after_word(rest, "TCPIP");
	const char *address = after ? after_board(after) : NULL;
	if (address)
		return parse_tcp(text, address, resource, error);
	after = after_word(rest, "ASRL");
	if (after)
		return parse_serial(text, after, resource, error);
	for (gsize i = 0; i < G_N_ELEMENTS(unspoken); i++) {
		after = after_word(rest, unspoken[i].word);
		if (after && after_board(after))
			return refuse(STATION_ERROR_UNSUPPORTED, text, unspoken[i].why, error);
	}
	return bad(text, "expected TCPIP::HOST::PORT::SOCKET or ASRL/dev/NAME::INSTR", error);
}

gboolean resource_parse(const char *text, struct resource *resource, GError **error)
{
	*resource = (struct resource){0};
	const char *rest = text;
	if (parse_tops(text, &rest, resource, error) && parse_bottom(text, rest, resource, error))
		return TRUE;
	resource_done(resource);
	return FALSE;
}

void resource_done(struct resource *resource)
{
	g_free(resource->host);
	g_free(resource->device);
	g_free(resource->bottom);
	g_free(resource->trace_path);
	*resource = (struct resource){0};
}
