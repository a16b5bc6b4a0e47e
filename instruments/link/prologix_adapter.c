/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/prologix_adapter.h"

#include "base/error.h"
#include "instruments/link/connect.h"
#include "instruments/link/serial_port.h"
#include "instruments/link/stream.h"

#include <poll.h>
#include <string.h>

enum {
	CHUNK = 16384,
	LINE_MAX_LEN = 200,
	GREETING_MAX = 1 << 16, /* bytes looked at for the version */
	VERSION_MIN = 4,        /* shorter lines than that are something else */
	IDLE_MAX = 8,           /* as in stream.c: a line hung up is readable forever */
	SECONDARY_BASE = 96,
	DEFAULT_PORT = 1234,
};

struct adapter {
	char *key;
	guint links; /* the table's */
	char *host;  /* null: a serial line */
	guint16 port;
	char *device;
	struct link_line line;

	GMutex lock;
	GCond freed;
	gboolean busy;
	gconstpointer last; /* who was the last in an exchange */

	/* of who is in an exchange */
	GSocketConnection *connection;
	struct sp_port *serial;
	int fd;        /* -1: not connected */
	char *version; /* what "++ver" answers, with its line end; null before it is known */
	int address, secondary;
	gboolean astray;
	guint idle;
};

/* All adapters in use; the one thing here that threads share without an exchange. */
static struct {
	GMutex lock;
	GList *all;
} adapters;

/* ---- the table ---- */

static gboolean same_line(const struct link_line *a, const struct link_line *b)
{
	return a->baud == b->baud && a->bits == b->bits && a->stop_bits == b->stop_bits &&
	       a->parity == b->parity && a->flow == b->flow;
}

static struct adapter *adapter_new(const struct resource *resource, const char *key)
{
	struct adapter *adapter = g_new0(struct adapter, 1);
	adapter->key = g_strdup(key);
	adapter->host = g_strdup(resource->host);
	adapter->port = resource->port ? resource->port : DEFAULT_PORT;
	adapter->device = g_strdup(resource->device);
	adapter->line = resource->line;
	adapter->fd = -1;
	adapter->address = -1;
	g_mutex_init(&adapter->lock);
	g_cond_init(&adapter->freed);
	return adapter;
}

static struct adapter *find(const char *key)
{
	for (GList *at = adapters.all; at; at = at->next) {
		struct adapter *adapter = at->data;
		if (strcmp(adapter->key, key) == 0)
			return adapter;
	}
	return NULL;
}

struct adapter *adapter_get(const struct resource *resource, GError **error)
{
	g_autofree char *host = resource->host ? g_ascii_strdown(resource->host, -1) : NULL;
	g_autofree char *key =
		host ? g_strdup_printf("%s %u", host,
	                               resource->port ? resource->port : DEFAULT_PORT)
		     : g_strdup(resource->device);
	g_mutex_lock(&adapters.lock);
	struct adapter *adapter = find(key);
	if (!adapter) {
		adapter = adapter_new(resource, key);
		adapters.all = g_list_prepend(adapters.all, adapter);
	}
	gboolean fits = adapter->host || same_line(&adapter->line, &resource->line);
	if (fits)
		adapter->links++;
	g_mutex_unlock(&adapters.lock);
	if (fits)
		return adapter;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "the adapter is in use with other settings of its line");
	return NULL;
}

static void disconnect(struct adapter *adapter)
{
	g_clear_object(&adapter->connection);
	g_clear_pointer(&adapter->serial, serial_port_close);
	adapter->fd = -1;
	adapter->address = -1;
	adapter->astray = FALSE;
	adapter->idle = 0;
}

void adapter_put(struct adapter *adapter)
{
	g_mutex_lock(&adapters.lock);
	gboolean unused = --adapter->links == 0;
	if (unused)
		adapters.all = g_list_remove(adapters.all, adapter);
	g_mutex_unlock(&adapters.lock);
	if (!unused)
		return;
	disconnect(adapter);
	g_mutex_clear(&adapter->lock);
	g_cond_clear(&adapter->freed);
	g_free(adapter->version);
	g_free(adapter->device);
	g_free(adapter->host);
	g_free(adapter->key);
	g_free(adapter);
}

/* ---- bytes ---- */

static gssize move(struct adapter *adapter, guint8 *in, const guint8 *out, gsize len,
                   GError **error)
{
	if (adapter->serial)
		return in ? serial_port_receive(adapter->serial, in, len, error)
		          : serial_port_send(adapter->serial, out, len, error);
	GSocket *socket = g_socket_connection_get_socket(adapter->connection);
	return in ? connect_receive(socket, in, len, error) : connect_send(socket, out, len, error);
}

static gsize waiting(const struct adapter *adapter)
{
	if (adapter->serial)
		return serial_port_waiting(adapter->serial);
	if (!adapter->connection)
		return 0;
	GSocket *socket = g_socket_connection_get_socket(adapter->connection);
	gssize n = g_socket_get_available_bytes(socket);
	return (gsize)MAX(n, 0);
}

static gboolean require_connection(const struct adapter *adapter, GError **error)
{
	if (adapter->fd >= 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "the adapter is not connected");
	return FALSE;
}

static gboolean send_all(struct adapter *adapter, const guint8 *data, gsize len,
                         const struct bounds *bounds, GError **error)
{
	if (!require_connection(adapter, error))
		return FALSE;
	gsize sent = 0;
	while (sent < len) {
		gssize n = move(adapter, NULL, data + sent, len - sent, error);
		sent += (gsize)MAX(n, 0);
		if (n < 0 ||
		    (n == 0 && !stream_wait(adapter->fd, POLLOUT, bounds, "send", error))) {
			disconnect(adapter);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean adapter_receive(struct adapter *adapter, GByteArray *bytes, const struct bounds *bounds,
                         GError **error)
{
	if (!require_connection(adapter, error))
		return FALSE;
	g_autofree guint8 *chunk = g_malloc(CHUNK);
	for (;;) {
		if (!bounds_check(bounds, "answer", error))
			return FALSE;
		gssize n = move(adapter, chunk, NULL, CHUNK, error);
		if (n == 0 && ++adapter->idle > IDLE_MAX) {
			station_error_set(error, STATION_ERROR_IO, "the adapter is gone");
			n = -1;
		}
		if (n < 0) {
			disconnect(adapter);
			return FALSE;
		}
		if (n > 0) {
			adapter->idle = 0;
			g_byte_array_append(bytes, chunk, (guint)n);
			return TRUE;
		}
		if (!stream_wait(adapter->fd, POLLIN, bounds, "answer", error)) {
			adapter->idle = 0;
			return FALSE;
		}
	}
}

/* ---- the adapter's own words ---- */

static gboolean send_text(struct adapter *adapter, const char *text, const struct bounds *bounds,
                          GError **error)
{
	return send_all(adapter, (const guint8 *)text, strlen(text), bounds, error);
}

gboolean adapter_send(struct adapter *adapter, int address, int secondary, const guint8 *text,
                      gsize len, const struct bounds *bounds, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	if (address != adapter->address || secondary != adapter->secondary) {
		/* Secondary addresses are 96 to 126 on the bus, 0 to 30 in resource strings. */
		g_autofree char *to = secondary < 0 ? g_strdup_printf("++addr %d\n", address)
		                                    : g_strdup_printf("++addr %d %d\n", address,
		                                                      secondary + SECONDARY_BASE);
		g_byte_array_append(all, (const guint8 *)to, (guint)strlen(to));
	}
	g_byte_array_append(all, text, (guint)len);
	if (!send_all(adapter, all->data, all->len, bounds, error))
		return FALSE;
	adapter->address = address;
	adapter->secondary = secondary;
	return TRUE;
}

gboolean adapter_receive_line(struct adapter *adapter, GByteArray *line,
                              const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, ADAPTER_ANSWER_S);
	g_byte_array_set_size(line, 0);
	do {
		if (!adapter_receive(adapter, line, &inner, error)) {
			adapter->astray = TRUE;
			return FALSE;
		}
	} while (line->len <= LINE_MAX_LEN && line->data[line->len - 1] != '\n');
	const guint8 *end = memchr(line->data, '\n', line->len);
	if (end != line->data + line->len - 1 || line->len > LINE_MAX_LEN) {
		adapter->astray = TRUE;
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "%u bytes where the adapter should answer one line", line->len);
		return FALSE;
	}
	while (line->len > 0 && strchr("\r\n", line->data[line->len - 1]))
		g_byte_array_set_size(line, line->len - 1);
	return TRUE;
}

static gboolean ends_with(const GByteArray *bytes, const char *text)
{
	gsize len = strlen(text);
	return bytes->len >= len && memcmp(bytes->data + bytes->len - len, text, len) == 0;
}

gboolean adapter_settle(struct adapter *adapter, GByteArray *late, const struct bounds *bounds,
                        GError **error)
{
	enum { KEPT = LINE_MAX_LEN * 2 };
	struct bounds inner = bounds_within(bounds, ADAPTER_ANSWER_S);
	g_autoptr(GByteArray) own = late ? g_byte_array_ref(late) : g_byte_array_new();
	adapter->astray = TRUE;
	if (!send_text(adapter, "++ver\n", &inner, error))
		return FALSE;
	do {
		if (!late && own->len > KEPT)
			g_byte_array_remove_range(own, 0, own->len - KEPT);
		if (!adapter_receive(adapter, own, &inner, error))
			return FALSE;
	} while (!ends_with(own, adapter->version));
	g_byte_array_set_size(own, own->len - (guint)strlen(adapter->version));
	adapter->astray = FALSE;
	return TRUE;
}

void adapter_mark_astray(struct adapter *adapter)
{
	adapter->astray = TRUE;
}

/* ---- connecting ---- */

/*
 * The version is asked for twice: what was left over from before us may come first, but not twice
 * the same.
 */
static gboolean learn_version(struct adapter *adapter, const struct bounds *bounds, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	while (bytes->len <= GREETING_MAX) {
		if (!adapter_receive(adapter, bytes, bounds, error))
			return FALSE;
		const guint8 *end = bytes->data + bytes->len - 1;
		const guint8 *before =
			bytes->len > 1 ? memrchr(bytes->data, '\n', bytes->len - 1) : NULL;
		gsize len = before ? (gsize)(end - before) : 0;
		if (*end != '\n' || len <= VERSION_MIN || len > LINE_MAX_LEN ||
		    (gsize)(before + 1 - bytes->data) < len ||
		    memcmp(before + 1, before + 1 - len, len) != 0)
			continue;
		g_free(adapter->version);
		adapter->version = g_strndup((const char *)before + 1, len);
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "this is no Prologix adapter");
	return FALSE;
}

/*
 * Nothing of it is to be stored in the adapter, which wears out its memory. On a serial line half a
 * command of whoever was there before may wait for its end, and takes the first of ours with it.
 */
static gboolean set_up(struct adapter *adapter, const struct bounds *bounds, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("%s++savecfg 0\n++mode 1\n++auto 0\n++read_tmo_ms %d\n++eos 3\n"
	                        "++eoi 1\n++eot_enable 0\n++ver\n++ver\n",
	                        adapter->serial ? "++savecfg 0\n" : "", ADAPTER_READ_MS);
	struct bounds inner = bounds_within(bounds, ADAPTER_ANSWER_S);
	return send_text(adapter, text, &inner, error) && learn_version(adapter, &inner, error);
}

static gboolean connect_adapter(struct adapter *adapter, const struct bounds *bounds,
                                GError **error)
{
	if (!bounds_check(bounds, "connect", error))
		return FALSE;
	if (adapter->host) {
		adapter->connection = connect_bounded(adapter->host, adapter->port, bounds, error);
		if (adapter->connection)
			adapter->fd = g_socket_get_fd(
				g_socket_connection_get_socket(adapter->connection));
	} else {
		adapter->serial =
			serial_port_open(adapter->device, &adapter->line, &adapter->fd, error);
	}
	if (!adapter->connection && !adapter->serial)
		return FALSE;
	if (set_up(adapter, bounds, error))
		return TRUE;
	g_prefix_error(error, "set up the adapter: ");
	disconnect(adapter);
	return FALSE;
}

static gboolean make_ready(struct adapter *adapter, const struct bounds *bounds, GError **error)
{
	if (adapter->fd >= 0 && (adapter->astray || waiting(adapter) > 0)) {
		GError *cause = NULL;
		if (adapter_settle(adapter, NULL, bounds, &cause))
			return TRUE;
		disconnect(adapter);
		g_error_free(cause);
	}
	return adapter->fd >= 0 || connect_adapter(adapter, bounds, error);
}

/* ---- turns ---- */

static void wake(GCancellable *cancellable, gpointer data)
{
	struct adapter *adapter = data;
	g_mutex_lock(&adapter->lock);
	g_cond_broadcast(&adapter->freed);
	g_mutex_unlock(&adapter->lock);
}

static gboolean take_turn(struct adapter *adapter, const struct bounds *bounds, GError **error)
{
	gulong handler = 0;
	gboolean ok = TRUE;
	if (bounds->cancellable)
		handler =
			g_cancellable_connect(bounds->cancellable, G_CALLBACK(wake), adapter, NULL);
	g_mutex_lock(&adapter->lock);
	while (ok && adapter->busy) {
		ok = bounds_check(bounds, "waiting for the adapter", error);
		if (ok)
			g_cond_wait_until(&adapter->freed, &adapter->lock, bounds->deadline.end_us);
	}
	if (ok)
		adapter->busy = TRUE;
	g_mutex_unlock(&adapter->lock);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	return ok;
}

gboolean adapter_enter(struct adapter *adapter, gconstpointer who, const struct bounds *bounds,
                       GError **error)
{
	if (!take_turn(adapter, bounds, error))
		return FALSE;
	adapter->last = who;
	if (make_ready(adapter, bounds, error))
		return TRUE;
	adapter_leave(adapter);
	return FALSE;
}

void adapter_leave(struct adapter *adapter)
{
	g_mutex_lock(&adapter->lock);
	adapter->busy = FALSE;
	g_cond_broadcast(&adapter->freed);
	g_mutex_unlock(&adapter->lock);
}

gsize adapter_unread(struct adapter *adapter, gconstpointer who)
{
	g_mutex_lock(&adapter->lock);
	gboolean mine = !adapter->busy && adapter->last == who && !adapter->astray;
	gsize n = mine ? waiting(adapter) : 0;
	g_mutex_unlock(&adapter->lock);
	return n;
}
