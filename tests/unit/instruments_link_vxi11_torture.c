/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/link.h"
#include "tests/unit/instruments_link_vxi11_peer.h"

/*
 * Everything that a device can do wrong, at each step. A call gives the right value or an error,
 * in time; and afterwards the link finds its way back.
 */

/* lengths of the replies with the mark; "A12?" and LF have three bytes of padding */
enum {
	FINE = -1,
	CREATE_LEN = 4 + 24 + 16,
	WRITE_LEN = 4 + 24 + 8,
	READ_LEN = 4 + 24 + 12 + 8,
	STB_LEN = WRITE_LEN,
	CLEAR_LEN = 4 + 24 + 4,
};

static const double patient_s = 20;
static const double late_s = 3; /* past the deadline, when the machine is busy */

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct link *open_within(const struct vxi_device *device, double seconds, GError **error)
{
	struct bounds bounds = within(seconds);
	return link_open(device->resource, &link_settings_scpi, NULL, &bounds, error);
}

static gboolean query(struct link *link, const char *text, double seconds, GError **error)
{
	struct bounds bounds = within(seconds);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gboolean ok = link_query(link, text, reply, 1000, &bounds, error);
	if (ok)
		g_assert_cmpmem(reply->data, reply->len, text, strlen(text));
	else
		g_assert_cmpuint(reply->len, ==, 0);
	return ok;
}

static void expect_value(struct link *link, const char *text)
{
	GError *error = NULL;
	query(link, text, patient_s, &error);
	g_assert_no_error(error);
}

static void assert_error_is(const GError *error, int code, const char *says)
{
	if (code < 0) {
		g_assert_no_error(error);
		return;
	}
	g_assert_error(error, STATION_ERROR, code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

/* The fault shows itself once in one procedure; `code` is what the user of the link hears of it. */
static void suffer(enum vxi_procedure in, enum vxi_fault fault, guint32 n, double seconds, int code,
                   const char *says)
{
	struct vxi_device device = {.in = in, .fault = fault, .n = n, .times = 1};
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	gint64 start_us = g_get_monotonic_time();
	double opening_s = in == VXI_CREATE ? seconds : patient_s;
	struct link *link = open_within(&device, opening_s, &error);
	if (link && in == VXI_STB) {
		struct bounds bounds = within(seconds);
		guint8 status = 0;
		if (link_status_byte(link, &status, &bounds, &error))
			g_assert_cmpuint(status, ==, 0x50);
	} else if (link) {
		if (in == VXI_CLEAR)
			link_mark_dirty(link);
		query(link, "A12?", seconds, &error);
	}
	double took_s = (double)(g_get_monotonic_time() - start_us) * 1e-6;
	g_test_message("%d in %d, n %u: %s", fault, in, n, error ? error->message : "fine");
	assert_error_is(error, code, says);
	g_assert_cmpfloat(took_s, <, seconds + late_s);
	/* on a busy machine the time may have been over before it came to the fault */
	vxi_spoil(&device, in, fault, n, 0);
	if (link)
		expect_value(link, "B2?");
	link_close(link);
	vxi_stop(&device);
}

/* ---- at every byte ---- */

struct step {
	enum vxi_procedure in;
	guint32 len;
	guint32 stride; /* of the pieces: what puts records together is the same for all */
};

static const struct step steps[] = {
	{VXI_CREATE, CREATE_LEN, 5}, {VXI_WRITE, WRITE_LEN, 5}, {VXI_READ, READ_LEN, 1},
	{VXI_STB, STB_LEN, 5},       {VXI_CLEAR, CLEAR_LEN, 5},
};

static void test_cut(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
		for (guint32 n = 0; n < steps[i].len; n++)
			suffer(steps[i].in, VXI_CUT, n, patient_s,
			       steps[i].in == VXI_CLEAR ? FINE : STATION_ERROR_IO, "closed");
}

/* A record that is whole for RPC, but not for the procedure. */
static void test_short(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
		for (guint32 n = 0; n < steps[i].len - 4; n++)
			suffer(steps[i].in, VXI_SHORT, n, patient_s,
			       steps[i].in == VXI_CLEAR ? FINE : STATION_ERROR_PROTOCOL,
			       "too short");
}

static void test_split(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
		for (guint32 n = 1; n < steps[i].len; n += steps[i].stride)
			suffer(steps[i].in, VXI_SPLIT, n, patient_s, FINE, "");
		for (guint32 n = 0; n <= steps[i].len - 4; n += steps[i].stride)
			suffer(steps[i].in, VXI_FRAGMENT, n, patient_s, FINE, "");
		suffer(steps[i].in, VXI_DRIBBLE, 0, patient_s, FINE, "");
	}
}

/* The rest never comes: the deadline ends it, wherever it stopped. */
static void test_stalled(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (steps[i].in == VXI_CLEAR)
			continue;
		for (guint32 n = 0; n < steps[i].len; n += 9)
			suffer(steps[i].in, VXI_STALL, n, 0.02, STATION_ERROR_TIMEOUT, "");
	}
}

/* ---- at every step ---- */

struct row {
	enum vxi_procedure in;
	enum vxi_fault fault;
	guint32 n;
	double seconds; /* 0: patient */
	int code;
	const char *says;
};

/* clang-format off */
static const struct row rows[] = {
	{VXI_CREATE, VXI_HANG,    0, 0.05, STATION_ERROR_TIMEOUT,  "create_link"        },
	{VXI_CREATE, VXI_CLOSE,   0, 0,    STATION_ERROR_IO,       "create_link"        },
	{VXI_WRITE,  VXI_CLOSE,   0, 0,    STATION_ERROR_IO,       "device_write"       },
	{VXI_READ,   VXI_CLOSE,   0, 0,    STATION_ERROR_IO,       "device_read"        },
	{VXI_STB,    VXI_CLOSE,   0, 0,    STATION_ERROR_IO,       "device_readstb"     },
	{VXI_CLEAR,  VXI_CLOSE,   0, 0,    FINE,                   ""                   },
	{VXI_CLEAR,  VXI_HANG,    0, 0.8,  FINE,                   ""                   },
	{VXI_CREATE, VXI_XID,     0, 0.05, STATION_ERROR_TIMEOUT,  "1 late replies"     },
	{VXI_WRITE,  VXI_XID,     0, 0.05, STATION_ERROR_TIMEOUT,  "1 late replies"     },
	{VXI_READ,   VXI_XID,     0, 0.05, STATION_ERROR_TIMEOUT,  "1 late replies"     },
	{VXI_STB,    VXI_XID,     0, 0.05, STATION_ERROR_TIMEOUT,  "1 late replies"     },
	{VXI_CLEAR,  VXI_XID,     0, 0.8,   FINE,                   ""                   },
	{VXI_CREATE, VXI_STALE,   0, 0,    FINE,                   ""                   },
	{VXI_WRITE,  VXI_STALE,   0, 0,    FINE,                   ""                   },
	{VXI_READ,   VXI_STALE,   0, 0,    FINE,                   ""                   },
	{VXI_STB,    VXI_STALE,   0, 0,    FINE,                   ""                   },
	{VXI_CLEAR,  VXI_STALE,   0, 0,    FINE,                   ""                   },
	{VXI_CREATE, VXI_LONG,    0, 0,    STATION_ERROR_PROTOCOL, "2147483647 bytes"   },
	{VXI_WRITE,  VXI_LONG,    0, 0,    STATION_ERROR_PROTOCOL, "2147483647 bytes"   },
	{VXI_READ,   VXI_LONG,    0, 0,    STATION_ERROR_PROTOCOL, "2147483647 bytes"   },
	{VXI_CLEAR,  VXI_LONG,    0, 0,    FINE,                   ""                   },
	{VXI_WRITE,  VXI_ENDLESS, 0, 0.05, STATION_ERROR_TIMEOUT,  "device_write"       },
	{VXI_READ,   VXI_ENDLESS, 0, 0.05, STATION_ERROR_TIMEOUT,  "no answer"          },
	{VXI_CREATE, VXI_GARBAGE, 0, 0,    STATION_ERROR_PROTOCOL, "bytes, where"       },
	{VXI_WRITE,  VXI_GARBAGE, 0, 0,    STATION_ERROR_PROTOCOL, "bytes, where"       },
	{VXI_READ,   VXI_GARBAGE, 0, 0,    STATION_ERROR_PROTOCOL, "bytes, where"       },
	{VXI_CLEAR,  VXI_GARBAGE, 0, 0,    FINE,                   ""                   },
	{VXI_READ,   VXI_CALL,    0, 0,    STATION_ERROR_PROTOCOL, "wrong kind"         },
	{VXI_READ,   VXI_LATE,    0, 0.05, STATION_ERROR_TIMEOUT,  "no answer in 0."    },
	{VXI_WRITE,  VXI_LATE,    0, 0.05, STATION_ERROR_TIMEOUT,  "device_write"       },
	{VXI_STB,    VXI_LATE,    0, 0.05, STATION_ERROR_TIMEOUT,  "device_readstb"     },
	{VXI_READ,   VXI_EMPTY,   0, 0,    FINE,                   ""                   },
	{VXI_READ,   VXI_OPAQUE,  8, 0,    STATION_ERROR_PROTOCOL, "too short"          },
	{VXI_READ,   VXI_OPAQUE,  0x40001, 0, STATION_ERROR_PROTOCOL, "more than the 262144 bytes"},
	{VXI_READ,   VXI_OPAQUE,  0xffffffff, 0, STATION_ERROR_PROTOCOL, "more than the 262144"},
	{VXI_WRITE,  VXI_TAKEN,   0, 0,    STATION_ERROR_PROTOCOL, "0 of 5 bytes taken" },
	{VXI_WRITE,  VXI_TAKEN,   6, 0,    STATION_ERROR_PROTOCOL, "6 of 5 bytes taken" },
	{VXI_STB,    VXI_TAKEN,   256, 0,  STATION_ERROR_PROTOCOL, "0x100 is no status" },
	{VXI_READ,   VXI_RPC,     0, 0,    STATION_ERROR_PROTOCOL, "too short"          },
	{VXI_CREATE, VXI_RPC,     1, 0,    STATION_ERROR_UNSUPPORTED, "program is not served"},
	{VXI_CREATE, VXI_RPC,     2, 0,    STATION_ERROR_UNSUPPORTED, "versions 1 to 3"  },
	{VXI_READ,   VXI_RPC,     3, 0,    STATION_ERROR_UNSUPPORTED, "procedure is not" },
	{VXI_READ,   VXI_RPC,     4, 0,    STATION_ERROR_PROTOCOL, "arguments were not" },
	{VXI_READ,   VXI_RPC,     5, 0,    STATION_ERROR_INSTRUMENT, "system error"     },
	{VXI_READ,   VXI_RPC,     6, 0,    STATION_ERROR_PROTOCOL, "no known way"       },
	{VXI_READ,   VXI_RPC,     7, 0,    STATION_ERROR_UNSUPPORTED, "versions 2 to 2" },
	{VXI_CREATE, VXI_RPC,     8, 0,    STATION_ERROR_REFUSED,  "error 5, too weak"  },
	{VXI_READ,   VXI_RPC,     9, 0,    STATION_ERROR_REFUSED,  "error 99, not in"   },
	{VXI_READ,   VXI_RPC,     10, 0,   STATION_ERROR_PROTOCOL, "neither accepted"   },
	{VXI_READ,   VXI_RPC,     11, 0,   STATION_ERROR_PROTOCOL, "too short"          },
	{VXI_CLEAR,  VXI_RPC,     3, 0,    FINE,                   ""                   },
};
/* clang-format on */

static void test_steps(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		suffer(rows[i].in, rows[i].fault, rows[i].n,
		       rows[i].seconds > 0 ? rows[i].seconds : patient_s, rows[i].code,
		       rows[i].says);
}

struct error_row {
	guint32 number;
	enum station_error code;
	const char *says;
};

/* clang-format off */
static const struct error_row error_rows[] = {
	{1,   STATION_ERROR_PROTOCOL,    "error 1, syntax error"                },
	{3,   STATION_ERROR_IO,          "error 3, device not accessible"       },
	{4,   STATION_ERROR_IO,          "error 4, invalid link identifier"     },
	{5,   STATION_ERROR_PROTOCOL,    "error 5, parameter error"             },
	{6,   STATION_ERROR_PROTOCOL,    "error 6, channel not established"     },
	{8,   STATION_ERROR_UNSUPPORTED, "error 8, operation not supported"     },
	{9,   STATION_ERROR_IO,          "error 9, out of resources"            },
	{11,  STATION_ERROR_REFUSED,     "error 11, locked by another link"     },
	{12,  STATION_ERROR_REFUSED,     "error 12, no lock held by this link"  },
	{15,  STATION_ERROR_TIMEOUT,     "error 15, I/O timeout"                },
	{17,  STATION_ERROR_IO,          "error 17, I/O error"                  },
	{21,  STATION_ERROR_IO,          "error 21, invalid address"            },
	{23,  STATION_ERROR_INSTRUMENT,  "error 23, abort"                      },
	{29,  STATION_ERROR_PROTOCOL,    "error 29, channel already established"},
	{2,   STATION_ERROR_INSTRUMENT,  "error 2, not in the standard"         },
	{0xffffffff, STATION_ERROR_INSTRUMENT, "error -1, not in the standard"  },
};
/* clang-format on */

/* What stands behind the error looks like an answer, and is none. */
static void test_errors(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(error_rows); i++) {
		const struct error_row *row = &error_rows[i];
		suffer(VXI_CREATE, VXI_ERROR, row->number, patient_s, row->code, row->says);
		suffer(VXI_WRITE, VXI_ERROR, row->number, patient_s, row->code, row->says);
		suffer(VXI_READ, VXI_ERROR, row->number, patient_s, row->code, row->says);
		suffer(VXI_STB, VXI_ERROR, row->number, patient_s, row->code, row->says);
		if (row->code != STATION_ERROR_REFUSED)
			suffer(VXI_CLEAR, VXI_ERROR, row->number, patient_s, FINE, "");
	}
}

/* ---- silence without end, and what comes after it ---- */

/* The device never speaks again on this connection: half of the time, then a new one. */
static void test_hang(void)
{
	static const enum vxi_procedure places[] = {VXI_WRITE, VXI_READ};
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		struct vxi_device device = {.in = places[i], .fault = VXI_HANG, .times = 1};
		g_autoptr(GError) error = NULL;
		vxi_start(&device);
		struct link *link = open_within(&device, patient_s, NULL);
		g_assert_false(query(link, "A?", 0.05, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_clear_error(&error);
		query(link, "B?", 1, &error);
		g_assert_no_error(error);
		link_close(link);
		vxi_stop(&device);
		g_assert_cmpint(device.core.connections, ==, 2);
	}
}

/* It never recovers: each call ends in time, each with an error. */
static void test_hang_always(void)
{
	struct vxi_device device = {0};
	vxi_start(&device);
	struct link *link = open_within(&device, patient_s, NULL);
	vxi_spoil(&device, VXI_CLEAR, VXI_HANG, 0, G_MAXUINT);
	link_mark_dirty(link);
	for (int i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		gint64 start_us = g_get_monotonic_time();
		g_assert_false(query(link, "A?", 0.1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_cmpint(g_get_monotonic_time() - start_us, <, 3 * G_USEC_PER_SEC);
		g_assert_true(link_is_dirty(link));
	}
	vxi_spoil(&device, VXI_CLEAR, VXI_FINE, 0, 0);
	/* the connection that hangs is held on to for half of the time */
	g_assert_true(query(link, "B?", 1.2, NULL));
	link_close(link);
	vxi_stop(&device);
}

/* Replies are out of step with their marks from byte n on. */
static void test_misplaced(void)
{
	for (guint32 n = 2; n < READ_LEN; n += 14) {
		struct vxi_device device = {.in = VXI_READ, .fault = VXI_MISPLACED};
		g_autoptr(GError) error = NULL;
		device.n = n;
		device.times = 1;
		vxi_start(&device);
		struct link *link = open_within(&device, patient_s, NULL);
		g_assert_false(query(link, "A12?", 0.02, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_clear_error(&error);
		query(link, "B2?", 0.4, &error);
		if (error)
			g_test_message("n %u: %s", n, error->message);
		expect_value(link, "C3?");
		link_close(link);
		vxi_stop(&device);
	}
}

/* No bytes and no END, again and again. */
static void test_empty_always(void)
{
	struct vxi_device device = {.in = VXI_READ, .fault = VXI_EMPTY, .times = 100};
	g_autoptr(GError) error = NULL;
	vxi_start(&device);
	struct link *link = open_within(&device, patient_s, NULL);
	g_assert_false(query(link, "A?", patient_s, &error));
	assert_error_is(error, STATION_ERROR_PROTOCOL, "neither bytes nor an end");
	vxi_spoil(&device, VXI_READ, VXI_FINE, 0, 0);
	expect_value(link, "B?");
	link_close(link);
	vxi_stop(&device);
}

/* Answers in time and too late, none mixed up, all on one connection. */
static void test_many_late(void)
{
	struct vxi_device device = {0};
	vxi_start(&device);
	struct link *link = open_within(&device, patient_s, NULL);
	for (int i = 0; i < 20; i++) {
		g_autofree char *text = g_strdup_printf("Q%d?", i);
		g_autoptr(GError) error = NULL;
		vxi_spoil(&device, VXI_READ, VXI_LATE, 0, i % 2);
		if (!query(link, text, i % 2 ? 0.02 : patient_s, &error))
			g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_true((error != NULL) == (i % 2 == 1));
	}
	link_close(link);
	vxi_stop(&device);
	g_assert_cmpint(device.core.connections, ==, 1);
}

/* An answer that has begun stops: the silence ends it, long before the deadline. */
static void silence_after(guint pieces, const char *says)
{
	struct link_settings impatient = link_settings_scpi;
	struct vxi_device device = {.piece = 4, .skip = pieces};
	struct bounds bounds = within(patient_s);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	impatient.stall_s = 0.05;
	vxi_start(&device);
	struct link *link = link_open(device.resource, &impatient, NULL, &bounds, NULL);
	g_assert_true(link_write(link, "#15abcde", 8, &bounds, NULL));
	gint64 start_us = g_get_monotonic_time();
	vxi_spoil(&device, VXI_READ, VXI_STALL, pieces > 0 ? 0 : 20, 1);
	g_assert_false(link_read(link, reply, 100, &bounds, &error));
	assert_error_is(error, STATION_ERROR_TIMEOUT, says);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 5 * G_USEC_PER_SEC);
	expect_value(link, "B2?");
	link_close(link);
	vxi_stop(&device);
}

static void test_silence(void)
{
	silence_after(0, "no answer in 0.");
	silence_after(1, "stopped after 4 bytes, inside a block with 4 bytes to come: device_read");
	silence_after(2, "stopped after 8 bytes, after a block, before its end mark");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/vxi11/torture/cut", test_cut);
	g_test_add_func("/link/vxi11/torture/short", test_short);
	g_test_add_func("/link/vxi11/torture/split", test_split);
	g_test_add_func("/link/vxi11/torture/stalled", test_stalled);
	g_test_add_func("/link/vxi11/torture/steps", test_steps);
	g_test_add_func("/link/vxi11/torture/errors", test_errors);
	g_test_add_func("/link/vxi11/torture/hang", test_hang);
	g_test_add_func("/link/vxi11/torture/hang-always", test_hang_always);
	g_test_add_func("/link/vxi11/torture/misplaced", test_misplaced);
	g_test_add_func("/link/vxi11/torture/empty-always", test_empty_always);
	g_test_add_func("/link/vxi11/torture/many-late", test_many_late);
	g_test_add_func("/link/vxi11/torture/silence", test_silence);
	return g_test_run();
}
