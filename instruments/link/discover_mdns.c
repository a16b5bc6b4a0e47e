/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/discover_mdns.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/link/stream.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	OUTPUT_MAX = 1 << 20,
	FIELDS = 10, /* = interface protocol name type domain host address port text */
};

void mdns_service_free(struct mdns_service *service)
{
	if (!service)
		return;
	g_free(service->name);
	g_free(service->type);
	g_free(service->address);
	g_free(service->maker);
	g_free(service->model);
	g_free(service->serial);
	g_free(service->firmware);
	g_free(service);
}

static void free_element(gpointer data)
{
	mdns_service_free(data);
}

/* ---- one line ---- */

/* The byte of three decimal digits; 0: there are not three, or they make none. */
static int byte_of(const char *digits)
{
	int byte = 0;

	for (int i = 0; i < 3; i++) {
		if (!g_ascii_isdigit(digits[i]))
			return 0;
		byte = 10 * byte + g_ascii_digit_value(digits[i]);
	}
	return byte < 256 ? byte : 0;
}

/*
 * "\032" is the byte 32, and where it is a name "\." a dot. Null when a backslash in a name begins
 * neither. Texts are written as they were announced by some versions of the program: elsewhere in
 * them a backslash is one.
 */
static char *undo_escapes(const char *text, gboolean is_name)
{
	g_autoptr(GString) plain = g_string_new(NULL);

	for (const char *p = text; *p; p++) {
		int byte = *p == '\\' ? byte_of(p + 1) : 0;
		if (byte > 0) {
			g_string_append_c(plain, (char)byte);
			p += 3;
		} else if (*p == '\\' && is_name) {
			if (!p[1] || g_ascii_isdigit(p[1]))
				return NULL;
			g_string_append_c(plain, *++p);
		} else {
			g_string_append_c(plain, *p);
		}
	}
	return g_utf8_make_valid(plain->str, (gssize)plain->len);
}

static void take_text(struct mdns_service *service, const char *text)
{
	const struct {
		const char *key;
		char **value;
	} keys[] = {
		{"Manufacturer=", &service->maker},
		{"Model=", &service->model},
		{"SerialNumber=", &service->serial},
		{"FirmwareVersion=", &service->firmware},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		gsize len = strlen(keys[i].key);
		/* keys in either case; the first counts (RFC 6763, §6.4) */
		if (g_ascii_strncasecmp(text, keys[i].key, len) == 0 && text[len] &&
		    !*keys[i].value)
			*keys[i].value = undo_escapes(text + len, FALSE);
	}
}

/* "txtvers=1" "Model=N7744A", with the quotes; a quote inside a text is not escaped. */
static gboolean take_texts(struct mdns_service *service, const char *field)
{
	gsize len = strlen(field);
	g_autofree char *inner = NULL;
	g_auto(GStrv) texts = NULL;

	if (len == 0)
		return TRUE;
	if (len < 2 || field[0] != '"' || field[len - 1] != '"')
		return FALSE;
	inner = g_strndup(field + 1, len - 2);
	texts = g_strsplit(inner, "\" \"", -1);
	for (guint i = 0; texts[i]; i++)
		take_text(service, texts[i]);
	return TRUE;
}

static gboolean take_fields(struct mdns_service *service, char **field)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(field[7]);
	gint64 port = 0;

	service->name = undo_escapes(field[3], TRUE);
	service->type = g_strdup(field[4]);
	if (!service->name || !address || !number_parse_int(field[8], 1, 65535, &port, NULL) ||
	    !take_texts(service, field[9]))
		return FALSE;
	/* such an address is good on one interface only, which a resource cannot name */
	if (!g_inet_address_get_is_link_local(address) ||
	    g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4)
		service->address = g_inet_address_to_string(address);
	service->port = (guint16)port;
	return TRUE;
}

struct mdns_service *mdns_parse_line(const char *line, GError **error)
{
	g_auto(GStrv) field = NULL;
	struct mdns_service *service;

	/* '+' came, '-' went: the resolved ones say '=' */
	if (*line == '+' || *line == '-' || !*line)
		return NULL;
	field = g_strsplit(line, ";", FIELDS);
	service = g_new0(struct mdns_service, 1);
	if (g_strv_length(field) != FIELDS || strcmp(field[0], "=") != 0 ||
	    !take_fields(service, field)) {
		station_error_set(error, STATION_ERROR_DATA, "no line of avahi-browse: \"%.80s\"",
		                  line);
		g_clear_pointer(&service, mdns_service_free);
	} else if (!service->address) {
		g_clear_pointer(&service, mdns_service_free);
	}
	return service;
}

static GPtrArray *parse_output(const char *output, guint *bad)
{
	g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
	GPtrArray *found = g_ptr_array_new_with_free_func(free_element);

	/* what stands behind the last line end is no whole line */
	for (guint i = 0; lines[i] && lines[i + 1]; i++) {
		GError *error = NULL;
		struct mdns_service *service = mdns_parse_line(lines[i], &error);
		if (service)
			g_ptr_array_add(found, service);
		*bad += error != NULL;
		g_clear_error(&error);
	}
	return found;
}

/* ---- the program ---- */

/* Reads up to the end or the deadline. FALSE: cancelled, or failed. */
static gboolean read_pipe(GInputStream *pipe, GString *text, const struct bounds *bounds,
                          GError **error)
{
	int fd = g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(pipe));
	char piece[4096];

	while (text->len < OUTPUT_MAX) {
		g_autoptr(GError) cause = NULL;
		/* a pipe whose writer has gone is ready too, or has nothing more */
		if (!stream_wait(fd, POLLIN, bounds, "avahi-browse", &cause)) {
			if (!g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED))
				return TRUE;
			g_propagate_error(error, g_steal_pointer(&cause));
			return FALSE;
		}
		ssize_t n = read(fd, piece, sizeof piece);
		if (n == 0)
			return TRUE;
		if (n < 0 && errno != EINTR && errno != EAGAIN) {
			station_error_set(error, STATION_ERROR_IO, "avahi-browse: %s",
			                  g_strerror(errno));
			return FALSE;
		}
		if (n > 0)
			g_string_append_len(text, piece, n);
	}
	return TRUE;
}

static GPtrArray *take_output(GSubprocess *child, guint *bad, const struct bounds *bounds,
                              GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GString) err = g_string_new(NULL);
	const struct bounds rest = bounds_within(bounds, 0.2);

	if (!read_pipe(g_subprocess_get_stdout_pipe(child), out, bounds, error))
		return NULL;
	if (out->len == 0 && !read_pipe(g_subprocess_get_stderr_pipe(child), err, &rest, error))
		return NULL;
	if (err->len > 0) {
		g_autofree char *words = g_utf8_make_valid(err->str, (gssize)err->len);
		words[strcspn(words, "\n")] = '\0';
		station_error_set(error, STATION_ERROR_IO, "avahi-browse: %s", words);
		return NULL;
	}
	return parse_output(out->str, bad);
}

GPtrArray *discover_mdns(const char *type, guint *bad, const struct bounds *bounds, GError **error)
{
	g_autoptr(GSubprocess) child = NULL;
	GPtrArray *found;
	GError *cause = NULL;

	if (!bounds_check(bounds, "avahi-browse", error))
		return NULL;
	child = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
	                         &cause, "avahi-browse", "--parsable", "--resolve", "--terminate",
	                         type, NULL);
	if (!child) {
		gboolean absent = g_error_matches(cause, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
		station_error_set(error, absent ? STATION_ERROR_UNSUPPORTED : STATION_ERROR_IO,
		                  "avahi-browse: %s", absent ? "not installed" : cause->message);
		g_error_free(cause);
		return NULL;
	}
	found = take_output(child, bad, bounds, error);
	/* it has nothing more to say, or no time left to say it */
	g_subprocess_force_exit(child);
	return found;
}
