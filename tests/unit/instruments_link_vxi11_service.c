/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/instruments_link_vxi11_peer.h"

/*
 * The interrupt channel: what a device, or somebody else, can do to it. A wait ends with a status
 * byte that has the request in it, or an error in time; the core channel does not suffer.
 */

enum { FINE = -1, CALL_WORDS = 10 };

static const double patient_s = 20;

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

/* ---- who connects to us ---- */

/* What is sent there: a right call but for one thing. */
enum caller_says {
	SAYS_CALL,
	SAYS_TWO_CALLS,
	SAYS_OTHER_HANDLE,
	SAYS_LONG_HANDLE,
	SAYS_NO_HANDLE,
	SAYS_REPLY, /* and no call */
	SAYS_OTHER_RPC,
	SAYS_OTHER_PROGRAM,
	SAYS_OTHER_VERSION,
	SAYS_OTHER_PROCEDURE,
	SAYS_LONG_CREDENTIAL,
	SAYS_GARBAGE,
	SAYS_OVERSIZED,
	SAYS_HALF, /* and goes */
	SAYS_NOTHING,
};

struct caller {
	struct vxi_device *device;
	enum caller_says says;
	gboolean second; /* somebody else has connected before */
	GByteArray *heard;
};

/* The arguments of the last call of a procedure; null while there was none. Free with unref. */
static GByteArray *call_of(struct vxi_device *device, guint32 procedure)
{
	GByteArray *found = NULL;
	g_mutex_lock(&device->mutex);
	for (guint i = 0; i < device->calls->len; i++) {
		GByteArray *call = g_ptr_array_index(device->calls, i);
		if (call->len >= 28 && vxi_word(call->data + 24) == procedure)
			found = call;
	}
	if (found)
		g_byte_array_ref(found);
	g_mutex_unlock(&device->mutex);
	return found;
}

static GByteArray *wait_call(struct vxi_device *device, guint32 procedure)
{
	GByteArray *call = NULL;
	while (!(call = call_of(device, procedure)))
		g_usleep(100);
	return call;
}

static int connect_to(const guint8 *arguments)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(vxi_word(arguments)),
		.sin_port = htons((guint16)vxi_word(arguments + 4)),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

static GByteArray *make_call(const struct caller *caller, const guint8 *create,
                             const guint8 *handle, guint32 len)
{
	static const guint8 other[64];
	guint32 words[CALL_WORDS] = {0x1234, 0, 2, vxi_word(create + 8), vxi_word(create + 12), 30};
	GByteArray *call = g_byte_array_new();
	words[1] = caller->says == SAYS_REPLY;
	words[2] += caller->says == SAYS_OTHER_RPC;
	words[3] += caller->says == SAYS_OTHER_PROGRAM;
	words[4] += caller->says == SAYS_OTHER_VERSION;
	words[5] += caller->says == SAYS_OTHER_PROCEDURE;
	words[7] = caller->says == SAYS_LONG_CREDENTIAL ? 0xFFFFFFF0 : 0;
	for (guint i = 0; i < CALL_WORDS; i++)
		vxi_add(call, words[i]);
	if (caller->says == SAYS_OTHER_HANDLE)
		vxi_add_data(call, other, len);
	else if (caller->says == SAYS_LONG_HANDLE)
		vxi_add_data(call, other, sizeof other);
	else if (caller->says != SAYS_NO_HANDLE)
		vxi_add_data(call, handle, len);
	return call;
}

static void say(const struct caller *caller, int fd, const GByteArray *call)
{
	static const char text[] = "GET / HTTP/1.1\r\n\r\n";
	switch (caller->says) {
	case SAYS_GARBAGE:
		peer_send(fd, text, sizeof text - 1);
		break;
	case SAYS_OVERSIZED:
		peer_send(fd, "\x80\x01\x00\x00", 4);
		break;
	case SAYS_HALF:
		peer_send(fd, "\x80\x00\x00\x38", 4);
		peer_send(fd, call->data, call->len / 2);
		break;
	case SAYS_NOTHING:
		break;
	case SAYS_TWO_CALLS:
		vxi_send(fd, call, 0, call->len, TRUE);
		/* fall through */
	default:
		vxi_send(fd, call, 0, call->len, TRUE);
		break;
	}
}

/* Waits until the channel is asked for, comes, says it, and hears what is answered. */
static gpointer caller_main(gpointer data)
{
	struct caller *caller = data;
	g_autoptr(GByteArray) create = wait_call(caller->device, VXI_INTERRUPT);
	g_autoptr(GByteArray) enable = wait_call(caller->device, VXI_ENABLE);
	const guint8 *where = create->data + 44, *parms = enable->data + 44;
	g_assert_cmpuint(vxi_word(where + 8), ==, 0x0607B1);
	g_assert_cmpuint(vxi_word(where + 16), ==, 0); /* TCP */
	g_assert_cmpuint(vxi_word(parms + 4), ==, 1);  /* on */
	int before = caller->second ? connect_to(where) : -1;
	int fd = connect_to(where);
	g_autoptr(GByteArray) call = make_call(caller, where, parms + 12, vxi_word(parms + 8));
	say(caller, fd, call);
	if (caller->says == SAYS_HALF || caller->says == SAYS_NOTHING)
		shutdown(fd, SHUT_WR);
	guint8 bytes[256];
	for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, 0)) > 0;)
		g_byte_array_append(caller->heard, bytes, (guint)n);
	close(fd);
	if (before >= 0)
		close(before);
	return NULL;
}

/* ---- tests ---- */

struct caller_row {
	const char *name;
	enum caller_says says;
	gboolean second;
	guint replies;
};

static const struct caller_row caller_rows[] = {
	{"call", SAYS_CALL, FALSE, 1},
	{"two-calls", SAYS_TWO_CALLS, FALSE, 2},
	{"second", SAYS_CALL, TRUE, 0},
	{"other-handle", SAYS_OTHER_HANDLE, FALSE, 0},
	{"long-handle", SAYS_LONG_HANDLE, FALSE, 0},
	{"no-handle", SAYS_NO_HANDLE, FALSE, 0},
	{"reply", SAYS_REPLY, FALSE, 0},
	{"other-rpc", SAYS_OTHER_RPC, FALSE, 0},
	{"other-program", SAYS_OTHER_PROGRAM, FALSE, 0},
	{"other-version", SAYS_OTHER_VERSION, FALSE, 0},
	{"other-procedure", SAYS_OTHER_PROCEDURE, FALSE, 0},
	{"long-credential", SAYS_LONG_CREDENTIAL, FALSE, 0},
	{"garbage", SAYS_GARBAGE, FALSE, 0},
	{"oversized", SAYS_OVERSIZED, FALSE, 0},
	{"half", SAYS_HALF, FALSE, 0},
	{"nothing", SAYS_NOTHING, FALSE, 0},
};

static struct link *open_link(const struct vxi_device *device)
{
	struct bounds bounds = within(patient_s);
	g_autoptr(GError) error = NULL;
	struct link *link = link_open(device->resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	return link;
}

/* A device that hangs is given half of the time. */
static void expect_echo(struct link *link, double seconds)
{
	struct bounds bounds = within(seconds);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	link_query(link, "C?", reply, 100, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, "C?", 2);
}

static gboolean await_service(struct link *link, double seconds, guint8 *status, GError **error)
{
	struct bounds bounds = within(seconds);
	return link_await_service(link, status, &bounds, error);
}

/* A right call is replied to and ends the wait; all else costs its sender the connection. */
static void test_caller(gconstpointer data)
{
	const struct caller_row *row = data;
	struct vxi_device device = {.idle_polls = row->replies > 0 || row->second ? 1 : 5};
	struct caller caller = {&device, row->says, row->second, g_byte_array_new()};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	vxi_start(&device);
	struct link *link = open_link(&device);
	GThread *thread = g_thread_new("caller", caller_main, &caller);
	await_service(link, patient_s, &status, &error);
	g_assert_no_error(error);
	g_assert_cmphex(status, ==, 0x50);
	expect_echo(link, patient_s);
	link_close(link);
	g_thread_join(thread);
	g_assert_cmpuint(caller.heard->len % 28, ==, 0);
	g_assert_cmpuint(caller.heard->len, <=, row->replies * 28);
	g_assert_true(row->replies == 0 || caller.heard->len > 0);
	if (row->replies > 0) {
		g_assert_cmpuint(vxi_word(caller.heard->data), ==, 0x80000018);
		g_assert_cmpuint(vxi_word(caller.heard->data + 4), ==, 0x1234);
		g_assert_cmpuint(vxi_word(caller.heard->data + 8), ==, 1);
	}
	g_byte_array_unref(caller.heard);
	vxi_stop(&device);
}

struct refused_row {
	const char *name;
	enum vxi_procedure in;
	enum vxi_fault fault;
	guint32 n;
	double seconds;
	int code;
	gboolean never; /* the device requests nothing */
};

/* Where there is no channel the status byte is asked for. */
static const struct refused_row refused_rows[] = {
	{"unsupported", VXI_INTERRUPT, VXI_ERROR, 8, 20, FINE, FALSE},
	{"not-there", VXI_INTERRUPT, VXI_RPC, 3, 20, FINE, FALSE},
	{"no-channel", VXI_INTERRUPT, VXI_ERROR, 6, 20, FINE, FALSE},
	{"established", VXI_INTERRUPT, VXI_ERROR, 29, 20, FINE, FALSE},
	{"not-enabled", VXI_ENABLE, VXI_ERROR, 8, 20, FINE, FALSE},
	{"refused-never", VXI_INTERRUPT, VXI_ERROR, 8, 0.1, STATION_ERROR_TIMEOUT, TRUE},
	{"never", VXI_STB, VXI_FINE, 0, 0.1, STATION_ERROR_TIMEOUT, TRUE},
	{"closes", VXI_INTERRUPT, VXI_CLOSE, 0, 20, STATION_ERROR_IO, FALSE},
	{"closes-at-enable", VXI_ENABLE, VXI_CLOSE, 0, 20, STATION_ERROR_IO, FALSE},
	{"closes-at-poll", VXI_STB, VXI_CLOSE, 0, 20, STATION_ERROR_IO, FALSE},
	{"hangs", VXI_INTERRUPT, VXI_HANG, 0, 0.1, STATION_ERROR_TIMEOUT, FALSE},
	{"hangs-at-poll", VXI_STB, VXI_HANG, 0, 0.1, STATION_ERROR_TIMEOUT, FALSE},
	{"late", VXI_INTERRUPT, VXI_LATE, 0, 2, FINE, FALSE},
	{"garbled", VXI_INTERRUPT, VXI_GARBAGE, 0, 20, STATION_ERROR_PROTOCOL, FALSE},
};

static void test_refused(gconstpointer data)
{
	const struct refused_row *row = data;
	struct vxi_device device = {
		.in = row->in,
		.fault = row->fault,
		.n = row->n,
		.times = row->fault == VXI_FINE ? 0 : 1,
		.idle_polls = row->never ? G_MAXUINT : 3,
	};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	vxi_start(&device);
	struct link *link = open_link(&device);
	gboolean ok = await_service(link, row->seconds, &status, &error);
	g_test_message("%s", error ? error->message : "fine");
	if (row->code == FINE)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, row->code);
	g_assert_true(ok == (row->code == FINE));
	g_assert_cmphex(status, ==, ok ? 0x50 : 0);
	vxi_spoil(&device, row->in, row->fault, row->n, 0);
	expect_echo(link, row->fault == VXI_HANG ? 2 : patient_s);
	g_clear_error(&error);
	if (!row->never) {
		device.idle_polls = 0;
		await_service(link, patient_s, &status, &error);
		g_assert_no_error(error);
		g_assert_cmphex(status, ==, 0x50);
	}
	link_close(link);
	vxi_stop(&device);
}

static gpointer cancel_soon(gpointer cancellable)
{
	g_usleep(20000);
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancelled(void)
{
	struct vxi_device device = {.idle_polls = G_MAXUINT};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	vxi_start(&device);
	struct link *link = open_link(&device);
	struct bounds bounds = {deadline_in_s(patient_s), cancellable};
	GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
	g_assert_false(link_await_service(link, &status, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
	expect_echo(link, patient_s);
	link_close(link);
	vxi_stop(&device);
}

/* The channel is asked for once, and given back. */
static void test_order(void)
{
	struct vxi_device device = {0};
	g_autoptr(GError) error = NULL;
	guint8 status = 0;
	vxi_start(&device);
	struct link *link = open_link(&device);
	struct bounds bounds = within(patient_s);
	for (int i = 0; i < 2; i++)
		g_assert_true(link_await_service(link, &status, &bounds, &error));
	g_assert_true(link_trigger(link, &bounds, &error));
	link_clear(link, &bounds, &error);
	g_assert_no_error(error);
	link_close(link);
	g_autofree char *said = vxi_said(&device);
	g_assert_cmpstr(said, ==,
	                "create interrupt enable stb stb trigger clear stb no-interrupt destroy ");
	vxi_stop(&device);
}

static void add(const char *name, gconstpointer row, GTestDataFunc test)
{
	g_autofree char *path = g_strdup_printf("/link/vxi11-service/%s", name);
	g_test_add_data_func(path, row, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(caller_rows); i++)
		add(caller_rows[i].name, &caller_rows[i], test_caller);
	for (gsize i = 0; i < G_N_ELEMENTS(refused_rows); i++)
		add(refused_rows[i].name, &refused_rows[i], test_refused);
	g_test_add_func("/link/vxi11-service/cancelled", test_cancelled);
	g_test_add_func("/link/vxi11-service/order", test_order);
	return g_test_run();
}
