/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/bytes.h"
#include "base/error.h"
#include "fixtures/controller.h"

#include <math.h>
#include <string.h>

/*
 * A fixture controller that answers each request with the next line of the input. One that begins
 * with '=' is a body: it goes out with the request's number and its checksum; '-' is the same with
 * number 0; '/' ends the connection; any other line goes out as it is, so that the framing is tried
 * as well. Bytes FFh stand for a pause: what is before them arrives by itself.
 */
struct script {
	const guint8 *at, *end;
	guint connections;
};

struct scripted {
	struct controller_stream base;
	struct script *script;
	GString *out; /* not read yet */
	gboolean closed;
};

static void take_line(struct scripted *stream, const char *number)
{
	struct script *script = stream->script;
	const guint8 *start = script->at;
	const guint8 *newline =
		start < script->end ? memchr(start, '\n', (gsize)(script->end - start)) : NULL;
	const guint8 *stop = newline ? newline : script->end;
	g_autofree char *body = NULL;

	script->at = newline ? newline + 1 : script->end;
	if (start == stop || *start == '/') {
		stream->closed = TRUE;
	} else if (*start == '=' || *start == '-') {
		g_autofree char *words =
			g_strndup((const char *)start + 1, (gsize)(stop - start) - 1);

		body = g_strdup_printf("%s %s", *start == '=' ? number : "0", words);
		g_string_append_printf(stream->out, "#%s*%04X\n", body,
		                       bytes_crc16(body, strlen(body)));
	} else {
		g_string_append_len(stream->out, (const char *)start, stop - start);
		g_string_append_c(stream->out, '\n');
	}
}

static gboolean script_write(struct controller_stream *base, const guint8 *data, gsize len,
                             const struct bounds *bounds, GError **error)
{
	struct scripted *stream = (struct scripted *)base;
	g_autofree char *line = g_strndup((const char *)data, len);
	char *blank = strchr(line, ' ');

	/* what the station sends keeps to the protocol, whatever it was answered */
	g_assert_true(line[0] == '#' && blank && len <= 1200 && line[len - 1] == '\n');
	g_assert_true(strchr(line, '\n') == line + len - 1);
	*blank = '\0';
	take_line(stream, line + 1);
	return TRUE;
}

static gboolean script_read(struct controller_stream *base, guint8 *data, gsize size, gsize *n,
                            const struct bounds *bounds, GError **error)
{
	struct scripted *stream = (struct scripted *)base;
	const char *pause = memchr(stream->out->str, 0xFF, stream->out->len);

	if (stream->out->len == 0) {
		station_error_set(error, stream->closed ? STATION_ERROR_IO : STATION_ERROR_TIMEOUT,
		                  "no answer");
		return FALSE;
	}
	*n = pause ? MAX((gsize)(pause - stream->out->str), 1) : stream->out->len;
	*n = MIN(*n, size);
	memcpy(data, stream->out->str, *n);
	g_string_erase(stream->out, 0, (gssize)*n);
	if (stream->out->len && stream->out->str[0] == (char)0xFF)
		g_string_erase(stream->out, 0, 1);
	return TRUE;
}

static void script_close(struct controller_stream *base)
{
	struct scripted *stream = (struct scripted *)base;

	g_string_free(stream->out, TRUE);
	g_free(stream);
}

static const struct controller_stream_ops script_ops = {script_read, script_write, script_close};

static struct controller_stream *script_connect(gpointer data, const struct bounds *bounds,
                                                GError **error)
{
	struct script *script = data;
	struct scripted *stream;

	if (script->at >= script->end) {
		station_error_set(error, STATION_ERROR_IO, "nobody is there");
		return NULL;
	}
	/* each connection takes a line at least, so that this ends */
	script->connections++;
	stream = g_new0(struct scripted, 1);
	stream->base.ops = &script_ops;
	stream->script = script;
	stream->out = g_string_new(NULL);
	return &stream->base;
}

/* One request of each kind: a value, or an error with words. */
static void ask(struct fixture *fix, const struct bounds *bounds)
{
	static const guint8 out[] = {0x1A, 0x40};
	GError *errors[9] = {NULL};
	enum fixture_nack nack = FIXTURE_NACK_NONE;
	gboolean level = 2, present = 2;
	guint64 count = G_MAXUINT64;
	double volts = NAN;
	guint8 in[4];

	g_assert_true(fixture_set_reset(fix, FALSE, bounds, &errors[0]) || errors[0]);
	g_assert_true(fixture_select(fix, TRUE, bounds, &errors[1]) || errors[1]);
	g_assert_true(
		fixture_i2c_xfer(fix, 0x50, out, 1, in, sizeof(in), &nack, bounds, &errors[2]) ||
		errors[2]);
	g_assert_true(nack == FIXTURE_NACK_NONE ||
	              g_error_matches(errors[2], STATION_ERROR, STATION_ERROR_MODULE));
	g_assert_true(fixture_i2c_write(fix, 0x50, out, sizeof(out), &nack, bounds, &errors[3]) ||
	              errors[3]);
	g_assert_true(fixture_module_present(fix, &present, bounds, &errors[4])
	                      ? present == TRUE || present == FALSE
	                      : errors[4] != NULL);
	g_assert_true(fixture_pin_get(fix, "IntL", &level, bounds, &errors[5])
	                      ? level == TRUE || level == FALSE
	                      : errors[5] != NULL);
	g_assert_true(fixture_line_get(fix, "INT/RSTn", &volts, bounds, &errors[6])
	                      ? isfinite(volts)
	                      : errors[6] != NULL);
	g_assert_true(fixture_insertions(fix, &count, bounds, &errors[7]) ? count <= G_MAXINT64
	                                                                  : errors[7] != NULL);
	g_assert_true(fixture_safe(fix, bounds, &errors[8]) || errors[8]);
	for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_assert_true(!errors[i] || g_utf8_validate(errors[i]->message, -1, NULL));
		g_clear_error(&errors[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = {.at = data, .end = data + size};
	const struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GError) error = NULL;
	struct fixture *fix =
		controller_open_by(script_connect, &script, "controller:script", &bounds, &error);

	g_assert_true((fix != NULL) != (error != NULL));
	if (!fix)
		return 0;
	g_assert_nonnull(fixture_serial_number(fix));
	for (guint i = 0; i < 4 && script.at < script.end; i++)
		ask(fix, &bounds);
	g_assert_cmpuint(script.connections, <=, size);
	fixture_close(fix);
	return 0;
}
