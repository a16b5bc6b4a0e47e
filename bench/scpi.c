/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scpi.h"

#include "bench/faults.h"
#include "bench/scpi_status.h"

#include <string.h>

struct scpi_device {
	const struct scpi_model *model;
	char *idn;
	void *instrument;
	struct faults *faults;
	GMutex lock;               /* held while a message is executed */
	struct settings *settings; /* null when the model has none */
	GQueue *errors;            /* of char *, as SYSTem:ERRor? writes them */
	struct scpi_status status;
	gint byte; /* the status byte after the last message, without bit 4; atomic */
};

struct scpi_device *scpi_device_new(const struct scpi_model *model, const char *idn,
                                    void *instrument, struct faults *faults)
{
	struct scpi_device *device = g_new0(struct scpi_device, 1);
	device->model = model;
	device->idn = g_strdup(idn);
	device->instrument = instrument;
	device->faults = faults;
	device->errors = g_queue_new();
	device->settings = model->settings ? settings_new(model->settings) : NULL;
	g_mutex_init(&device->lock);
	return device;
}

void scpi_device_free(struct scpi_device *device)
{
	if (!device)
		return;
	g_mutex_clear(&device->lock);
	settings_free(device->settings);
	g_queue_free_full(device->errors, g_free);
	g_free(device->idn);
	g_free(device);
}

/* --- error queue -------------------------------------------------------------------------------
 */

void scpi_device_error(struct scpi_device *device, int number, const char *detail)
{
	const char *text = scpi_status_error_text(number);
	guint depth = device->model->queue_depth;

	device->status.event |= scpi_status_error_event(number);
	if (g_queue_get_length(device->errors) >= depth) {
		g_free(g_queue_pop_tail(device->errors));
		number = -350;
		text = scpi_status_error_text(number);
		detail = NULL;
	}
	g_queue_push_tail(device->errors,
	                  detail ? g_strdup_printf("%d,\"%s (%s)\"", number, text, detail)
	                         : g_strdup_printf("%d,\"%s\"", number, text));
}

char *scpi_device_take_error(struct scpi_device *device)
{
	char *text = g_queue_pop_head(device->errors);
	if (text)
		return text;
	return g_strdup(device->model->plus_sign ? "+0,\"No error\"" : "0,\"No error\"");
}

guint scpi_device_errors(const struct scpi_device *device)
{
	return g_queue_get_length(device->errors);
}

void *scpi_device_instrument(const struct scpi_device *device)
{
	return device->instrument;
}

struct settings *scpi_device_settings(const struct scpi_device *device)
{
	return device->settings;
}

struct scpi_status *scpi_device_status(struct scpi_device *device)
{
	return &device->status;
}

const struct scpi_model *scpi_device_model(const struct scpi_device *device)
{
	return device->model;
}

const char *scpi_device_idn(const struct scpi_device *device)
{
	return device->idn;
}

void scpi_device_clear(struct scpi_device *device)
{
	char *text = NULL;

	while ((text = g_queue_pop_head(device->errors)))
		g_free(text);
	scpi_device_latch(device);
	device->status.event = 0;
	device->status.operation_event = 0;
	device->status.questionable_event = 0;
}

static void latch(guint (*read)(void *instrument), void *instrument, guint *was, guint *event)
{
	if (!read)
		return;
	guint now = read(instrument);
	*event |= now & ~*was;
	*was = now;
}

void scpi_device_latch(struct scpi_device *device)
{
	struct scpi_status *status = &device->status;
	latch(device->model->operation, device->instrument, &status->operation_was,
	      &status->operation_event);
	latch(device->model->questionable, device->instrument, &status->questionable_was,
	      &status->questionable_event);
}

/* --- execution ---------------------------------------------------------------------------------
 */

static const struct scpi_row *find_row(const struct scpi_row *rows, guint n_rows,
                                       struct scpi_span header, int *suffix)
{
	for (guint i = 0; i < n_rows; i++) {
		if (scpi_match(rows[i].pattern, header, suffix))
			return &rows[i];
	}
	return NULL;
}

/* The header from the root: a leading colon drops the path, a common command leaves it alone. */
static void full_header(GString *full, const GString *path, struct scpi_span header)
{
	g_string_truncate(full, 0);
	if (*header.p == ':') {
		g_string_append_len(full, header.p + 1, (gssize)header.len - 1);
		return;
	}
	if (*header.p != '*')
		g_string_append_len(full, path->str, (gssize)path->len);
	g_string_append_len(full, header.p, (gssize)header.len);
}

static void remember_path(GString *path, const GString *full)
{
	if (full->str[0] == '*')
		return;
	const char *colon = strrchr(full->str, ':');
	g_string_truncate(path, 0);
	if (colon)
		g_string_append_len(path, full->str, colon - full->str + 1);
}

/* False after a command error, which ends the message. */
static gboolean execute_unit(struct scpi_device *device, const struct scpi_unit *unit,
                             GString *path, GByteArray *reply)
{
	g_autoptr(GString) full = g_string_new(NULL);
	struct scpi_call call = {.device = device, .unit = unit, .reply = reply};

	full_header(full, path, unit->header);
	struct scpi_span header = {full->str, full->len};
	call.row = find_row(device->model->rows, device->model->n_rows, header, call.suffix);
	if (!call.row)
		call.row = find_row(scpi_status_rows, scpi_status_n_rows, header, call.suffix);
	gboolean query = FALSE;
	int setting = call.row || !device->settings
	                      ? -1
	                      : settings_find(device->settings, full->str, &query, call.suffix);
	if (!call.row && setting < 0) {
		scpi_device_error(device, -113, NULL);
		return FALSE;
	}
	remember_path(path, full);
	if (call.row)
		call.row->run(&call);
	else
		settings_run(device->settings, (guint)setting, query, &call);
	return call.error > -100 || call.error <= -200;
}

/* Asking for errors is no occasion to make one, or the queue could never be drained. */
static gboolean asks_for_errors(const char *data, gsize len)
{
	g_autofree char *text = g_ascii_strup(data, (gssize)len);
	return strstr(text, "SYST") && strstr(text, "ERR") && strchr(text, '?');
}

static void execute(struct scpi_device *device, const char *data, gsize len, GByteArray *reply)
{
	struct scpi_span rest = {data, len};
	g_autoptr(GString) path = g_string_new(NULL);
	gboolean going = TRUE;

	while (going) {
		struct scpi_unit unit;
		int found = scpi_next_unit(&rest, &unit);
		if (found < 0)
			scpi_device_error(device, found, NULL);
		if (found <= 0)
			break;
		if (unit.header.len > 0)
			going = execute_unit(device, &unit, path, reply);
	}
	if (reply->len > 0)
		g_byte_array_append(reply, (const guint8 *)"\n", 1);
	if (device->model->message_end)
		device->model->message_end(device->instrument, device);
	if (!asks_for_errors(data, len) && faults_take(device->faults, FAULT_QUEUE_ERROR))
		scpi_device_error(device, -310, "injected");
	scpi_device_latch(device);
}

void scpi_device_execute(struct scpi_device *device, const char *data, gsize len, GByteArray *reply)
{
	g_mutex_lock(&device->lock);
	execute(device, data, len, reply);
	g_atomic_int_set(&device->byte, (gint)scpi_status_byte(device, FALSE));
	g_mutex_unlock(&device->lock);
}

static void *session_new(void *device)
{
	return device;
}

static gsize session_frame(void *session, const char *data, gsize len)
{
	return scpi_frame(data, len);
}

static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	scpi_device_execute(session, data, len, reply);
	return TRUE;
}

static gboolean session_interrupted(void *session)
{
	struct scpi_device *device = session;
	if (!device->model->drops_output)
		return FALSE;
	g_mutex_lock(&device->lock);
	scpi_device_error(device, -410, NULL);
	g_mutex_unlock(&device->lock);
	return TRUE;
}

/* While a message is executed it is the byte as it was before. */
static guint8 session_status_byte(void *session, gboolean message_available)
{
	struct scpi_device *device = session;

	if (!g_mutex_trylock(&device->lock))
		return (guint8)g_atomic_int_get(&device->byte);
	guint byte = scpi_status_byte(device, message_available);
	g_mutex_unlock(&device->lock);
	return (guint8)byte;
}

static void session_query_error(void *session, int number)
{
	struct scpi_device *device = session;

	g_mutex_lock(&device->lock);
	scpi_device_error(device, number, NULL);
	g_mutex_unlock(&device->lock);
}

static void session_free(void *session)
{
}

const struct server_ops scpi_server_ops = {
	.session_new = session_new,
	.frame = session_frame,
	.message = session_message,
	.interrupted = session_interrupted,
	.status_byte = session_status_byte,
	.query_error = session_query_error,
	.session_free = session_free,
};
