/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "instruments/link/resource_line.h"
#include "instruments/link/resource_security.h"
#include "instruments/link/resource_settings.h"

#include <string.h>

static gboolean refuse(enum station_error code, const char *text, const char *why, GError **error)
{
	station_error_set(error, code, "resource \"%s\": %s", text, why);
	return FALSE;
}

gboolean resource_bad(const char *text, const char *why, GError **error)
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

static const char *const top_names[] = {
	[LINK_TOP_TRACE] = "trace", [LINK_TOP_RECORD] = "record", [LINK_TOP_REPLAY] = "replay",
	[LINK_TOP_FAULT] = "fault", [LINK_TOPS] = NULL,
};

/* The length of a top's name in front of text; 0 when a transport stands there. */
static gsize top_length(const char *text)
{
	gsize len = 0;
	while (g_ascii_isalpha(text[len]))
		len++;
	return len > 0 && text[len] == ':' && text[len + 1] != ':' ? len : 0;
}

static int find_top(const char *name)
{
	for (int i = 0; i < LINK_TOPS; i++)
		if (strcmp(top_names[i], name) == 0)
			return i;
	return -1;
}

/* What stands up to the next colon, when it is an argument at all. */
static gboolean take_argument(const char *text, const char **rest, struct resource_top *top,
                              GError **error)
{
	gsize len = strcspn(*rest, ":");
	g_autofree char *argument = g_strndup(*rest, len);
	g_autofree char *why = NULL;
	const char *name = top_names[top->top];

	if (strchr(argument, '=')) {
		if ((*rest)[len] != ':') {
			why = g_strdup_printf("nothing follows the %s", name);
			return resource_bad(text, why, error);
		}
		top->argument = g_uri_unescape_string(argument, NULL);
		if (!top->argument) {
			why = g_strdup_printf("the %s has a broken %% escape", name);
			return resource_bad(text, why, error);
		}
		*rest += len + 1;
	}
	if (top->top == LINK_TOP_FAULT && !top->argument)
		return resource_bad(text, "fault needs KEY=VALUE", error);
	if (top->top == LINK_TOP_FAULT || (top->top == LINK_TOP_TRACE && !top->argument))
		return TRUE;
	if (resource_top_path(top))
		return TRUE;
	why = g_strdup_printf("%s wants file=PATH", name);
	return resource_bad(text, why, error);
}

static gboolean parse_tops(const char *text, const char **rest, struct resource *resource,
                           GError **error)
{
	gsize len;
	while ((len = top_length(*rest)) > 0) {
		g_autofree char *name = g_ascii_strdown(*rest, (gssize)len);
		g_autofree char *why = NULL;
		int found = find_top(name);
		*rest += len + 1;
		if (found < 0) {
			const char *near = suggest_nearest(name, top_names);
			why = g_strdup_printf("\"%s:\" is unknown%s%s%s", name,
			                      near ? "; did you mean " : "", near ? near : "",
			                      near ? ":" : "");
			return resource_bad(text, why, error);
		}
		for (guint i = 0; i < resource->n_tops; i++) {
			if (resource->tops[i].top != (enum link_top)found)
				continue;
			why = g_strdup_printf("%s twice", name);
			return resource_bad(text, why, error);
		}
		struct resource_top *top = &resource->tops[resource->n_tops++];
		top->top = (enum link_top)found;
		if (!take_argument(text, rest, top, error))
			return FALSE;
	}
	return TRUE;
}

const char *resource_top_path(const struct resource_top *top)
{
	const char *path = top->argument ? after_word(top->argument, "file=") : NULL;

	return path && *path ? path : NULL;
}

const struct resource_top *resource_top(const struct resource *resource, enum link_top top)
{
	for (guint i = 0; i < resource->n_tops; i++)
		if (resource->tops[i].top == top)
			return &resource->tops[i];
	return NULL;
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
			return resource_bad(text, "brackets need an IPv6 address", error);
		end++;
	} else {
		const char *mark = strstr(from, "::");
		end = mark ? mark : from + strlen(from);
		resource->host = g_strndup(from, (gsize)(end - from));
		if (!host_is_plain(resource->host))
			return resource_bad(text, "this is no host name", error);
	}
	if (*end != '\0' && !g_str_has_prefix(end, "::"))
		return resource_bad(text, "\"::\" must follow the host", error);
	*rest = *end != '\0' ? end + 2 : end;
	return TRUE;
}

static gboolean take_port(const char *text, const char *digits, struct resource *resource,
                          GError **error)
{
	gint64 port;

	if (!g_ascii_isdigit(digits[0]) || !number_parse_int(digits, 1, G_MAXUINT16, &port, NULL))
		return resource_bad(text, "the port must be a number from 1 to 65535", error);
	resource->port = (guint16)port;
	return TRUE;
}

/* "hislip0,4881" */
static gboolean parse_hislip(const char *text, const char *name, struct resource *resource,
                             GError **error)
{
	const char *comma = strchr(name, ',');
	const char *digits = name + strlen("hislip");

	resource->transport = LINK_TRANSPORT_HISLIP;
	resource->name = comma ? g_strndup(name, (gsize)(comma - name)) : g_strdup(name);
	if (strspn(digits, "0123456789") != strlen(resource->name) - strlen("hislip"))
		return resource_bad(text, "expected hislip0 or hislip0,PORT", error);
	return !comma || take_port(text, comma + 1, resource, error);
}

/* "inst0", "gpib0,9", "inst0@1024" */
static gboolean parse_vxi11(const char *text, const char *name, struct resource *resource,
                            GError **error)
{
	const char *at = strchr(name, '@');

	resource->transport = LINK_TRANSPORT_VXI11;
	resource->name = at ? g_strndup(name, (gsize)(at - name)) : g_strdup(name);
	if (*resource->name == '\0')
		return resource_bad(text, "expected inst0 or inst0@PORT", error);
	for (const char *c = resource->name; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr(",_[]-", *c))
			return resource_bad(text, "this is no name of a VXI-11 device", error);
	return !at || take_port(text, at + 1, resource, error);
}

static gboolean parse_tcp_name(const char *text, const char *rest, struct resource *resource,
                               GError **error)
{
	if (!take_host(text, &rest, resource, error))
		return FALSE;
	g_auto(GStrv) parts = g_strsplit(rest, "::", -1);
	guint count = g_strv_length(parts);
	if (count == 2 && g_ascii_strcasecmp(parts[1], "SOCKET") == 0) {
		resource->transport = LINK_TRANSPORT_TCP;
		return take_port(text, parts[0], resource, error);
	}
	if (count > 0 && g_ascii_strcasecmp(parts[count - 1], "INSTR") == 0)
		count--;
	if (count == 0)
		return parse_vxi11(text, "inst0", resource, error);
	if (count == 1 && after_word(parts[0], "hislip"))
		return parse_hislip(text, parts[0], resource, error);
	if (count == 1 && (after_word(parts[0], "inst") || after_word(parts[0], "gpib") ||
	                   after_word(parts[0], "usb")))
		return parse_vxi11(text, parts[0], resource, error);
	return resource_bad(text,
	                    "expected TCPIP::HOST::PORT::SOCKET, TCPIP::HOST::hislip0 or "
	                    "TCPIP::HOST::inst0",
	                    error);
}

/* What secures the connection is nobody's business who reads the resource in a message. */
static gboolean parse_tcp(const char *text, const char *rest, struct resource *resource,
                          GError **error)
{
	gsize len = strcspn(rest, "?");
	const char *settings = rest[len] == '?' ? rest + len + 1 : NULL;
	g_autofree char *name = g_strndup(rest, len);

	if (!parse_tcp_name(text, name, resource, error))
		return FALSE;
	if (settings && resource->transport != LINK_TRANSPORT_HISLIP)
		return resource_bad(text, "of TCPIP only hislip has settings", error);
	resource->bottom[strcspn(resource->bottom, "?")] = '\0';
	return resource_security_parse(text, settings, &resource->security, error);
}

/* ---- USB ---- */

static gboolean take_usb_number(const char *text, const char *digits, gint64 max, gint64 *value,
                                GError **error)
{
	char *end = NULL;
	gboolean is_hex = g_str_has_prefix(digits, "0x") || g_str_has_prefix(digits, "0X");

	*value = g_ascii_isdigit(digits[0])
	                 ? g_ascii_strtoll(is_hex ? digits + 2 : digits, &end, is_hex ? 16 : 10)
	                 : -1;
	if (end && *end == '\0' && end != digits && *value >= 0 && *value <= max &&
	    (!is_hex || g_ascii_isxdigit(digits[2])))
		return TRUE;
	return resource_bad(text, "vendor, product and interface are numbers: 0x1AB1 or 6833",
	                    error);
}

static gboolean parse_usb(const char *text, const char *rest, struct resource *resource,
                          GError **error)
{
	g_auto(GStrv) parts = g_strsplit(rest, "::", -1);
	guint count = g_strv_length(parts);
	gint64 vendor, product, interface = -1;

	if (count > 0 && g_ascii_strcasecmp(parts[count - 1], "INSTR") == 0)
		count--;
	if (count < 3 || count > 4 || parts[2][0] == '\0')
		return resource_bad(text,
		                    "expected USB::VENDOR::PRODUCT::SERIAL[::INTERFACE]::INSTR",
		                    error);
	if (!take_usb_number(text, parts[0], G_MAXUINT16, &vendor, error) ||
	    !take_usb_number(text, parts[1], G_MAXUINT16, &product, error) ||
	    (count == 4 && !take_usb_number(text, parts[3], G_MAXUINT8, &interface, error)))
		return FALSE;
	resource->transport = LINK_TRANSPORT_USBTMC;
	resource->vendor = (guint16)vendor;
	resource->product = (guint16)product;
	resource->interface = (int)interface;
	resource->serial = g_uri_unescape_string(parts[2], NULL);
	return resource->serial ||
	       resource_bad(text, "the serial number has a broken % escape", error);
}

/* ---- ASRL ---- */

/* A path below /dev up to mark ("::INSTR"), and the settings behind what follows. */
static gboolean take_device(const char *text, const char *name, struct resource *resource,
                            GError **error)
{
	if (!g_str_has_prefix(name, "/dev/") || name[strlen("/dev/")] == '\0' || strstr(name, "::"))
		return resource_bad(text, "the serial port must be a path below /dev", error);
	resource->device = g_strdup(name);
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
		return resource_bad(text, "expected ASRL/dev/NAME::INSTR", error);
	*mark = '\0';
	resource->transport = LINK_TRANSPORT_SERIAL;
	return take_device(text, name, resource, error) &&
	       resource_line_parse(text, settings, &resource->line, error);
}

/* ---- Prologix ---- */

/* "9", "9,3" */
static gboolean take_gpib_address(const char *text, const char *address, struct resource *resource,
                                  GError **error)
{
	g_auto(GStrv) parts = g_strsplit(address, ",", -1);
	gint64 value[2] = {0, -1};
	guint count = g_strv_length(parts);

	for (guint i = 0; i < count; i++)
		if (count > 2 || !g_ascii_isdigit(parts[i][0]) ||
		    !number_parse_int(parts[i], 0, 30, &value[i], NULL))
			return resource_bad(text, "a GPIB address is a number from 0 to 30, or two",
			                    error);
	resource->address = (int)value[0];
	resource->secondary = (int)value[1];
	return count > 0 || resource_bad(text, "a GPIB address must follow", error);
}

/* What follows "::GPIB::". */
static gboolean parse_gpib(const char *text, const char *rest, struct resource *resource,
                           GError **error)
{
	g_auto(GStrv) parts = g_strsplit(rest, "::", -1);
	guint count = g_strv_length(parts);

	if (count > 0 && g_ascii_strcasecmp(parts[count - 1], "INSTR") == 0)
		count--;
	resource->transport = LINK_TRANSPORT_PROLOGIX;
	return count == 1 ? take_gpib_address(text, parts[0], resource, error)
	                  : resource_bad(text, "expected ...::GPIB::ADDRESS::INSTR", error);
}

static gboolean parse_prologix_tcp(const char *text, const char *rest, struct resource *resource,
                                   GError **error)
{
	if (!take_host(text, &rest, resource, error))
		return FALSE;
	if (g_ascii_isdigit(*rest)) {
		const char *mark = strstr(rest, "::");
		g_autofree char *digits = mark ? g_strndup(rest, (gsize)(mark - rest)) : NULL;
		if (!digits || !take_port(text, digits, resource, error))
			return digits ? FALSE
			              : resource_bad(text, "::GPIB::ADDRESS must follow", error);
		rest = mark + 2;
	}
	const char *address = after_word(rest, "GPIB::");
	return address ? parse_gpib(text, address, resource, error)
	               : resource_bad(text,
	                              "expected PRLGX-TCPIP::HOST[::PORT]::GPIB::ADDRESS::INSTR",
	                              error);
}

static gboolean parse_prologix_serial(const char *text, const char *rest, struct resource *resource,
                                      GError **error)
{
	gsize len = strcspn(rest, "?");
	const char *settings = rest[len] == '?' ? rest + len + 1 : NULL;
	g_autofree char *whole = g_strndup(rest, len);
	g_autofree char *upper = g_ascii_strup(whole, -1);
	const char *mark = strstr(upper, "::GPIB::");

	if (!mark)
		return resource_bad(text, "expected PRLGX-ASRL/dev/NAME::GPIB::ADDRESS::INSTR",
		                    error);
	const char *address = whole + (mark - upper) + strlen("::GPIB::");
	g_autofree char *name = g_strndup(whole, (gsize)(mark - upper));
	return take_device(text, name, resource, error) &&
	       parse_gpib(text, address, resource, error) &&
	       resource_line_parse(text, settings, &resource->line, error);
}

/* ---- all ---- */

struct unspoken {
	const char *word;
	const char *why;
};

static const struct unspoken unspoken[] = {
	{"GPIB",
         "GPIB boards are not supported, Prologix adapters are: PRLGX-TCPIP::HOST::GPIB::9"},
	{"VXI", "VXI backplanes are not supported"},
	{"PXI", "PXI backplanes are not supported"},
};

static gboolean parse_bottom(const char *text, const char *rest, struct resource *resource,
                             GError **error)
{
	static const struct {
		const char *word;
		gboolean has_board;
		gboolean (*parse)(const char *text, const char *rest, struct resource *resource,
		                  GError **error);
	} forms[] = {
		{"TCPIP", TRUE, parse_tcp},
		{"ASRL", FALSE, parse_serial},
		{"USB", TRUE, parse_usb},
		{"PRLGX-TCPIP", TRUE, parse_prologix_tcp},
		{"PRLGX-ASRL", FALSE, parse_prologix_serial},
	};

	resource->bottom = g_strdup(rest);
	resource->interface = resource->secondary = -1;
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		const char *after = after_word(rest, forms[i].word);
		if (after && forms[i].has_board)
			after = after_board(after);
		if (after)
			return forms[i].parse(text, after, resource, error);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(unspoken); i++) {
		const char *after = after_word(rest, unspoken[i].word);
		if (after && after_board(after))
			return refuse(STATION_ERROR_UNSUPPORTED, text, unspoken[i].why, error);
	}
	return resource_bad(text, "expected TCPIP::HOST::PORT::SOCKET or ASRL/dev/NAME::INSTR",
	                    error);
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
	g_free(resource->name);
	g_free(resource->serial);
	g_free(resource->bottom);
	link_security_done(&resource->security);
	for (guint i = 0; i < resource->n_tops; i++)
		g_free(resource->tops[i].argument);
	*resource = (struct resource){0};
}
