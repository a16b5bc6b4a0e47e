/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/instruments_link_vxi11_peer.h"

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct link *open_link(const struct vxi_device *device)
{
	struct bounds bounds = within(10);
	GError *error = NULL;
	struct link *link = link_open(device->resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_nonnull(link);
	return link;
}

static void assert_answer(struct link *link, const char *query)
{
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	link_query(link, query, reply, 1000, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, query, strlen(query));
	g_assert_cmpuint(link_unread(link), ==, 0);
}

static void assert_said(struct vxi_device *device, const char *expected)
{
	g_autofree char *said = vxi_said(device);
	g_assert_cmpstr(said, ==, expected);
}

static void assert_says(const GError *error, enum station_error code, const char *says)
{
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

/* ---- what is sent, byte for byte ---- */

#define CALL(mark, procedure)                                                                      \
	"800000" mark "xxxxxxxx0000000000000002000607af00000001000000" procedure                   \
	"00000000000000000000000000000000"

/* x is any digit: transaction, client and times */
static const char *const golden[] = {
	CALL("40", "0a") "xxxxxxxx"
			 "00000000"
			 "00000000"
			 "00000005"
			 "696e737430000000",
	CALL("44", "0b") "00000007"
			 "0000xxxx"
			 "00000000"
			 "00000008"
			 "00000006"
			 "2a49444e3f0a0000",
	CALL("40", "0c") "00000007"
			 "00040000"
			 "0000xxxx"
			 "00000000"
			 "00000000"
			 "00000000",
	CALL("38", "0d") "00000007"
			 "00000000"
			 "00000000"
			 "0000xxxx",
	CALL("34", "12") "00000007"
			 "00000001"
			 "0000xxxx",
	CALL("2c", "13") "00000007",
	CALL("38", "0f") "00000007"
			 "00000000"
			 "00000000"
			 "0000xxxx",
	CALL("2c", "17") "00000007",
};

static void assert_bytes(const GByteArray *call, const char *expected)
{
	g_autofree char *hex = g_malloc0(2 * call->len + 1);
	for (guint i = 0; i < call->len; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", call->data[i]);
	for (guint i = 0; hex[i] && expected[i]; i++)
		if (expected[i] == 'x')
			hex[i] = 'x';
	g_assert_cmpstr(hex, ==, expected);
}

static void test_golden(void)
{
	struct vxi_device device = {.link = 7};
	struct bounds bounds = within(10);
	guint8 status = 0;
	vxi_start(&device);
	struct link *link = open_link(&device);
	assert_answer(link, "*IDN?");
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_cmpuint(status, ==, 0x50);
	g_assert_true(link_lock(link, &bounds, NULL));
	g_assert_true(link_unlock(link, &bounds, NULL));
	g_assert_true(link_clear(link, &bounds, NULL));
	link_close(link);
	g_assert_cmpuint(device.calls->len, ==, G_N_ELEMENTS(golden));
	guint32 xid = vxi_word((const guint8 *)((GByteArray *)device.calls->pdata[0])->data + 4);
	for (guint i = 0; i < device.calls->len; i++) {
		const GByteArray *call = device.calls->pdata[i];
		assert_bytes(call, golden[i]);
		g_assert_cmpuint(vxi_word(call->data + 4), ==, xid + i);
	}
	vxi_stop(&device);
}

/* The device is given less time than we wait ourselves. */
static void test_times(void)
{
	struct vxi_device device = {0};
	vxi_start(&device);
	struct link *link = open_link(&device);
	for (int i = 0; i < 2; i++) {
		struct bounds bounds = within(i ? 2 : 20);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		guint first = device.calls->len;
		g_assert_true(link_query(link, "A?", reply, 10, &bounds, NULL));
		const GByteArray *sent = device.calls->pdata[first];
		const GByteArray *read = device.calls->pdata[first + 1];
		guint32 most = i ? 1500 : 19000;
		g_assert_cmpuint(vxi_word(sent->data + 48), <=, most);
		g_assert_cmpuint(vxi_word(sent->data + 48), >, most / 2);
		g_assert_cmpuint(vxi_word(read->data + 52), <=, most);
		g_assert_cmpuint(vxi_word(read->data + 52), >, most / 2);
	}
	link_close(link);
	vxi_stop(&device);
}

/* ---- chunks ---- */

struct write_row {
	guint32 max;
	guint32 take;
	gsize len; /* with the LF */
	const char *said;
};

/* clang-format off */
static const struct write_row write_rows[] = {
	{10,         0, 9,    "write(9,8) "},
	{10,         0, 10,   "write(10,8) "},
	{10,         0, 11,   "write(10,0) write(1,8) "},
	{10,         0, 30,   "write(10,0) write(10,0) write(10,8) "},
	{10,         7, 20,   "write(10,0) write(10,0) write(6,8) "},
	{10,         4, 6,    "write(6,8) write(2,8) "},
	{0xffffffff, 0, 5000, "write(4096,0) write(904,8) "},
	{0x100001,   0, 4097, "write(4096,0) write(1,8) "},
	{0x100000,   0, 4097, "write(4097,8) "},
	{1,          0, 2,    "write(1,0) write(1,8) "},
};
/* clang-format on */

static void test_writes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(write_rows); i++) {
		const struct write_row *row = &write_rows[i];
		struct vxi_device device = {.write_max = row->max, .write_take = row->take};
		g_autofree char *text = g_strnfill(row->len - 1, 'x');
		g_autofree char *said = g_strdup_printf("create %sread ", row->said);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		struct bounds bounds = within(10);
		vxi_start(&device);
		struct link *link = open_link(&device);
		g_assert_true(link_query(link, text, reply, row->len, &bounds, NULL));
		g_assert_cmpmem(reply->data, reply->len, text, row->len - 1);
		assert_said(&device, said);
		link_close(link);
		vxi_stop(&device);
	}
}

/* A device that announces nothing takes 4096 bytes at once. */
static void test_write_zero(void)
{
	struct vxi_device device = {0};
	g_autofree char *text = g_strnfill(4096, 'x');
	struct bounds bounds = within(10);
	vxi_start(&device);
	device.write_max = 0;
	struct link *link = open_link(&device);
	g_assert_true(link_write(link, text, 4096, &bounds, NULL));
	assert_said(&device, "create write(4096,0) write(1,8) ");
	link_close(link);
	vxi_stop(&device);
}

static void test_blocks(void)
{
	static const guint32 pieces[] = {0, 1, 7, 1000, 262144};
	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		struct vxi_device device = {.piece = pieces[i]};
		/* with its header and LF three reads exactly */
		device.block_len = pieces[i] == 0 || pieces[i] > 1000 ? 3 * 262144 - 12 : 100;
		struct bounds bounds = within(20);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		GError *error = NULL;
		vxi_start(&device);
		g_autoptr(GByteArray) expected = vxi_answer(&device);
		struct link *link = open_link(&device);
		link_query(link, "CURV?", reply, 1 << 20, &bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpmem(reply->data, reply->len, expected->data, expected->len - 1);
		link_close(link);
		vxi_stop(&device);
	}
}

static void test_too_long(void)
{
	struct vxi_device device = {.block_len = 100};
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_link(&device);
	g_assert_false(link_query(link, "CURV?", reply, 110, &bounds, &error));
	assert_says(error, STATION_ERROR_PROTOCOL, "longer than the 110 bytes");
	g_assert_cmpuint(reply->len, ==, 0);
	device.block_len = 0;
	assert_answer(link, "A?");
	link_close(link);
	vxi_stop(&device);
}

/* ---- where a message ends ---- */

/* What stands behind the LF, before END. */
static void test_behind(void)
{
	struct vxi_device device = {.piece = 3};
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_link(&device);
	g_assert_true(link_query(link, "one\ntwo\nthree", reply, 20, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "one", 3);
	g_assert_cmpuint(link_unread(link), ==, 10);
	g_assert_true(link_read(link, reply, 20, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "two", 3);
	g_assert_false(link_write(link, "A?", 2, &bounds, &error));
	assert_says(error, STATION_ERROR_PROTOCOL, "6 bytes came that nobody asked for");
	assert_answer(link, "B?");
	g_assert_true(link_query(link, "one\n \r\n", reply, 20, &bounds, NULL));
	g_assert_cmpuint(link_unread(link), ==, 0);
	link_close(link);
	vxi_stop(&device);
}

static const struct link_settings bare = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_NONE,
	.read_end = LINK_END_LF,
	.stall_s = 5,
};

/* END alone ends a message as well, an indefinite block too; a block cut by it is none. */
static void test_bare_end(void)
{
	struct vxi_device device = {.piece = 4};
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = link_open(device.resource, &bare, NULL, &bounds, NULL);
	assert_answer(link, "+1.5E-06");
	assert_answer(link, "#0ab\ncd\"#3");
	g_assert_true(link_write(link, "#0abc\nd\n", 8, &bounds, NULL));
	g_assert_true(link_read_indefinite(link, reply, 5, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "abc\nd", 5);
	g_assert_false(link_query(link, "#15abc", reply, 100, &bounds, &error));
	assert_says(error, STATION_ERROR_PROTOCOL, "inside a block with 2 bytes to come");
	assert_answer(link, "1");
	link_close(link);
	vxi_stop(&device);
}

/* ---- locks ---- */

static void test_locks(void)
{
	struct vxi_device device = {0};
	struct bounds bounds = within(10);
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_link(&device);
	vxi_spoil(&device, VXI_LOCK, VXI_ERROR, 11, 1);
	g_assert_false(link_lock(link, &bounds, &error));
	assert_says(error, STATION_ERROR_REFUSED, "device_lock: error 11, locked by another link");
	g_clear_error(&error);
	vxi_spoil(&device, VXI_UNLOCK, VXI_ERROR, 12, 1);
	g_assert_false(link_unlock(link, &bounds, &error));
	assert_says(error, STATION_ERROR_REFUSED, "device_unlock: error 12, no lock held");
	g_clear_error(&error);
	/* while another has the lock nothing is forced, and nothing connected anew */
	vxi_spoil(&device, VXI_WRITE, VXI_ERROR, 11, 1);
	g_assert_false(link_write(link, "A?", 2, &bounds, &error));
	assert_says(error, STATION_ERROR_REFUSED, "device_write: error 11");
	g_clear_error(&error);
	vxi_spoil(&device, VXI_CLEAR, VXI_ERROR, 11, 1);
	g_assert_false(link_clear(link, &bounds, &error));
	assert_says(error, STATION_ERROR_REFUSED, "device_clear: error 11");
	assert_answer(link, "B?");
	link_close(link);
	vxi_stop(&device);
	g_assert_cmpint(device.core.connections, ==, 1);
}

/* What was locked stays so on a new connection. */
static void test_lock_again(void)
{
	struct vxi_device device = {0};
	struct bounds bounds = within(10);
	vxi_start(&device);
	struct link *link = open_link(&device);
	g_assert_true(link_lock(link, &bounds, NULL));
	vxi_spoil(&device, VXI_WRITE, VXI_CLOSE, 0, 1);
	g_assert_false(link_write(link, "A?", 2, &bounds, NULL));
	assert_answer(link, "B?");
	assert_said(&device, "create lock write(3,8) create lock clear write(3,8) read ");
	link_close(link);
	vxi_stop(&device);
}

/* A lock that comes after nobody waits for it any more is given back. */
static void test_lock_late(void)
{
	struct vxi_device device = {0};
	struct bounds bounds = within(0.15);
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_link(&device);
	vxi_spoil(&device, VXI_LOCK, VXI_LATE, 0, 1);
	g_assert_false(link_lock(link, &bounds, &error));
	assert_says(error, STATION_ERROR_TIMEOUT, "device_lock");
	assert_answer(link, "A?");
	assert_said(&device, "create lock abort clear unlock write(3,8) read ");
	link_close(link);
	vxi_stop(&device);
}

/* ---- ends ---- */

static gpointer cancel_soon(gpointer data)
{
	g_usleep(10000);
	g_cancellable_cancel(data);
	return NULL;
}

static void cancel_one(enum vxi_procedure in)
{
	struct vxi_device device = {.in = in, .fault = VXI_HANG, .times = 1};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {deadline_in_s(30), cancellable};
	gint64 start_us = g_get_monotonic_time();
	vxi_start(&device);
	GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
	struct link *link = link_open(device.resource, &link_settings_scpi, NULL, &bounds, &error);
	if (link) {
		link_mark_dirty(link);
		g_assert_false(link_query(link, "A?", reply, 10, &bounds, &error));
	}
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	link_close(link);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 5 * G_USEC_PER_SEC);
	g_thread_join(thread);
	vxi_stop(&device);
}

static void test_cancelled(void)
{
	static const enum vxi_procedure places[] = {VXI_CREATE, VXI_CLEAR, VXI_WRITE, VXI_READ};
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
		cancel_one(places[i]);
}

/* Closing does not wait for a device that says nothing. */
static void test_close_bounded(void)
{
	struct vxi_device device = {.in = VXI_DESTROY, .fault = VXI_HANG, .times = 1};
	vxi_start(&device);
	struct link *link = open_link(&device);
	gint64 start_us = g_get_monotonic_time();
	link_close(link);
	/* it was asked, and not for long */
	g_assert_cmpint(g_get_monotonic_time() - start_us, >, G_USEC_PER_SEC / 10);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 2 * G_USEC_PER_SEC);
	vxi_stop(&device);
}

/* What is under way is aborted before the device is cleared, on the same connection. */
static void test_abort(void)
{
	struct vxi_device device = {.link = 7};
	struct bounds bounds = within(0.15);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_link(&device);
	vxi_spoil(&device, VXI_READ, VXI_UNTIL_ABORT, 0, 1);
	g_assert_false(link_query(link, "SLOW?", reply, 100, &bounds, &error));
	assert_says(error, STATION_ERROR_TIMEOUT, "no answer in 0.");
	assert_answer(link, "A?");
	assert_said(&device, "create write(6,8) read abort clear write(3,8) read ");
	const GByteArray *aborting = device.calls->pdata[3];
	assert_bytes(aborting, "8000002cxxxxxxxx0000000000000002000607b00000000100000001"
	                       "0000000000000000000000000000000000000007");
	link_close(link);
	vxi_stop(&device);
	g_assert_cmpint(device.core.connections, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/vxi11/golden", test_golden);
	g_test_add_func("/link/vxi11/times", test_times);
	g_test_add_func("/link/vxi11/writes", test_writes);
	g_test_add_func("/link/vxi11/write-zero", test_write_zero);
	g_test_add_func("/link/vxi11/blocks", test_blocks);
	g_test_add_func("/link/vxi11/too-long", test_too_long);
	g_test_add_func("/link/vxi11/behind", test_behind);
	g_test_add_func("/link/vxi11/bare-end", test_bare_end);
	g_test_add_func("/link/vxi11/locks", test_locks);
	g_test_add_func("/link/vxi11/lock-again", test_lock_again);
	g_test_add_func("/link/vxi11/lock-late", test_lock_late);
	g_test_add_func("/link/vxi11/cancelled", test_cancelled);
	g_test_add_func("/link/vxi11/close-bounded", test_close_bounded);
	g_test_add_func("/link/vxi11/abort", test_abort);
	return g_test_run();
}
