/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server.h"

#include "tests/unit/bench_bus_bed.h"

/* Bytes as IVI-6.1 writes them, against the bench's HiSLIP server. */

#define ZEROS16 "0000 0000 0000 0000"
#define HELLO   "4853 00 00 0100 5858 0000000000000007 6869736c697030" /* hislip0, version 1.0 */

struct fixture {
	struct bus_bed bed;
	struct hislip_server *server;
	GSocket *sync, *async;
};

static void open_session(struct fixture *fixture, GSocket **sync, GSocket **async, guint id)
{
	g_autofree char *response = g_strdup_printf("4853 01 00 0100 %04x " ZEROS16, id);
	g_autofree char *join = g_strdup_printf("4853 11 00 %08x " ZEROS16, id);

	*sync = bus_connect(hislip_server_port(fixture->server), FALSE);
	bus_send(*sync, HELLO);
	bus_expect(*sync, response);
	*async = bus_connect(hislip_server_port(fixture->server), FALSE);
	bus_send(*async, join);
	bus_expect(*async, "4853 12 00 00005642 " ZEROS16);
}

static void start(struct fixture *fixture, const struct hislip_options *options)
{
	g_autoptr(GError) error = NULL;

	bus_bed_set_up(&fixture->bed);
	fixture->server = hislip_server_new("t", 0, &fixture->bed.device, options, &error);
	g_assert_no_error(error);
}

static void set_up(struct fixture *fixture, gconstpointer data)
{
	start(fixture, data);
	open_session(fixture, &fixture->sync, &fixture->async, 1);
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	bus_close(fixture->sync);
	bus_close(fixture->async);
	hislip_server_free(fixture->server);
	bus_bed_tear_down(&fixture->bed);
}

/* *IDN? and its answer with a client's id. */
#define ASK(rmt, id)    "4853 07 " rmt " " id " 0000000000000006 2a49444e3f0a"
#define ANSWER(id)      "4853 07 00 " id " 0000000000000008 412c422c312c320a"
#define STATUS(rmt, id) "4853 15 " rmt " " id " " ZEROS16
#define BYTE(byte)      "4853 16 " byte " 00000000 " ZEROS16

static void test_query(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->async, STATUS("00", "fffffefe"));
	bus_expect(fixture->async, BYTE("00"));
	bus_send(fixture->sync, ASK("00", "ffffff00"));
	bus_expect(fixture->sync, ANSWER("ffffff00"));
	bus_send(fixture->async, STATUS("00", "ffffff00"));
	bus_expect(fixture->async, BYTE("10")); /* MAV */
	bus_send(fixture->async, STATUS("00", "ffffff02"));
	bus_expect(fixture->async, BYTE("00")); /* the server knows no such message yet */
	bus_send(fixture->async, STATUS("01", "ffffff00"));
	bus_expect(fixture->async, BYTE("00")); /* delivered */
	/* in two parts, without LF; the ids go past the end */
	bus_send(fixture->sync, "4853 06 01 fffffffe 0000000000000003 2a4944");
	bus_send(fixture->sync, "4853 07 00 00000000 0000000000000002 4e3f");
	bus_expect(fixture->sync, ANSWER("00000000"));
	g_assert_cmpuint(scpi_device_errors(fixture->bed.scpi), ==, 0);
}

/* A reply that was not delivered when the next message came is -410. */
static void test_not_delivered(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->sync, ASK("00", "ffffff00"));
	bus_expect(fixture->sync, ANSWER("ffffff00"));
	bus_send(fixture->sync, ASK("00", "ffffff02"));
	bus_expect(fixture->sync, ANSWER("ffffff02"));
	g_autofree char *told = scpi_device_take_error(fixture->bed.scpi);
	g_assert_cmpstr(told, ==, "-410,\"Query INTERRUPTED\"");
}

/* Two queries at once: the first one's reply is given up, on both channels. */
static void test_interrupted(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->sync, ASK("00", "ffffff00") ASK("00", "ffffff02"));
	bus_expect(fixture->sync, "4853 0d 00 ffffff00 " ZEROS16 ANSWER("ffffff02"));
	bus_expect(fixture->async, "4853 0e 00 ffffff00 " ZEROS16);
	g_autofree char *told = scpi_device_take_error(fixture->bed.scpi);
	g_assert_cmpstr(told, ==, "-410,\"Query INTERRUPTED\"");
}

static void test_overlapped(void)
{
	static const struct hislip_options options = {.overlapped = TRUE};
	struct fixture fixture;

	start(&fixture, &options);
	GSocket *sync = bus_connect(hislip_server_port(fixture.server), FALSE);
	bus_send(sync, "4853 00 00 0200 5858 " ZEROS16); /* version 2.0, no sub-address */
	bus_expect(sync, "4853 01 01 0200 0001 " ZEROS16);
	GSocket *async = bus_connect(hislip_server_port(fixture.server), FALSE);
	bus_send(async, "4853 11 00 00000001 " ZEROS16);
	bus_expect(async, "4853 12 00 00005642 " ZEROS16);
	bus_send(sync, ASK("00", "ffffff40") ASK("00", "ffffff42"));
	bus_expect(sync, ANSWER("ffffff00") ANSWER("ffffff02"));
	bus_send(async, STATUS("00", "fffffefe")); /* taken none */
	bus_expect(async, BYTE("10"));
	bus_send(async, STATUS("01", "ffffff00")); /* taken the first only */
	bus_expect(async, BYTE("10"));
	bus_send(async, STATUS("00", "ffffff02"));
	bus_expect(async, BYTE("00"));
	fixture.sync = sync;
	fixture.async = async;
	tear_down(&fixture, NULL);
}

static void test_clear(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->sync, "4853 06 00 ffffff00 0000000000000003 2a4944"); /* half a message */
	bus_send(fixture->async, "4853 13 00 00000000 " ZEROS16);
	bus_expect(fixture->async, "4853 17 00 00000000 " ZEROS16);
	bus_send(fixture->sync, ASK("00", "ffffff02")); /* thrown away */
	bus_send(fixture->sync, "4853 08 00 00000000 " ZEROS16);
	bus_expect(fixture->sync, "4853 09 00 00000000 " ZEROS16);
	bus_send(fixture->sync, ASK("00", "ffffff00"));
	bus_expect(fixture->sync, ANSWER("ffffff00"));
	g_assert_cmpuint(scpi_device_errors(fixture->bed.scpi), ==, 0);
}

static void test_max_size(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->async, "4853 0f 00 00000000 0000000000000008 0000000000000005");
	bus_expect(fixture->async, "4853 10 00 00000000 0000000000000008 0000000000000010");
	bus_send(fixture->sync, ASK("00", "ffffff00"));
	bus_expect(fixture->sync, "4853 06 00 ffffff00 0000000000000005 412c422c31");
	bus_expect(fixture->sync, "4853 07 00 ffffff00 0000000000000003 2c320a");
	/* 17 bytes: too large, and nothing is kept of it */
	bus_send(fixture->sync, "4853 07 01 ffffff02 0000000000000011 "
	                        "2020202020202020202020202020202020");
	bus_expect(fixture->sync, "4853 03 04 00000000 0000000000000011 "
	                          "6d65737361676520746f6f206c61726765");
	bus_send(fixture->sync, ASK("01", "ffffff04"));
	bus_expect(fixture->sync, "4853 06 00 ffffff04 0000000000000005 412c422c31");
}

#define LOCK(ms)     "4853 04 01 " ms " " ZEROS16
#define SHARE        "4853 04 01 00000000 0000000000000003 6b6579"
#define UNLOCK(id)   "4853 04 00 " id " " ZEROS16
#define LOCKED(code) "4853 05 " code " 00000000 " ZEROS16
#define INFO         "4853 18 00 00000000 " ZEROS16

static void test_locks(struct fixture *fixture, gconstpointer data)
{
	GSocket *sync = NULL, *async = NULL;

	open_session(fixture, &sync, &async, 2);
	bus_send(fixture->async, LOCK("00000000"));
	bus_expect(fixture->async, LOCKED("01"));
	bus_send(fixture->async, LOCK("00000000"));
	bus_expect(fixture->async, LOCKED("03"));
	bus_send(async, INFO);
	bus_expect(async, "4853 19 01 00000001 " ZEROS16);
	bus_send(async, LOCK("0000000a"));
	bus_expect(async, LOCKED("00"));
	bus_send(async, UNLOCK("fffffefe"));
	bus_expect(async, LOCKED("03"));
	bus_send(sync, ASK("00", "ffffff00")); /* waits; status does not */
	bus_send(async, STATUS("00", "ffffff00"));
	bus_expect(async, BYTE("00"));
	bus_send(fixture->async, UNLOCK("fffffefe"));
	bus_expect(fixture->async, LOCKED("01"));
	bus_expect(sync, ANSWER("ffffff00"));
	bus_send(fixture->async, SHARE);
	bus_expect(fixture->async, LOCKED("01"));
	bus_send(async, LOCK("00000000"));
	bus_expect(async, LOCKED("00"));
	bus_send(async, SHARE);
	bus_expect(async, LOCKED("01"));
	bus_send(async, LOCK("00000000"));
	bus_expect(async, LOCKED("01")); /* past the shared one, by one who has it */
	bus_send(fixture->async, UNLOCK("fffffefe"));
	bus_expect(fixture->async, LOCKED("02"));
	bus_send(fixture->async, LOCK("00001388")); /* waits for what follows */
	bus_close(sync);
	bus_close(async);
	bus_expect(fixture->async, LOCKED("01"));
}

static void test_service_request(struct fixture *fixture, gconstpointer data)
{
	/* *SRE 4;XX: the error queue asks for service */
	bus_send(fixture->sync, "4853 07 00 ffffff00 000000000000000a 2a53524520343b58580a");
	bus_expect(fixture->async, "4853 14 44 00000000 " ZEROS16);
	bus_send(fixture->async, STATUS("00", "ffffff00"));
	bus_expect(fixture->async, BYTE("44"));
	bus_send(fixture->async, STATUS("00", "ffffff00"));
	bus_expect(fixture->async, BYTE("04")); /* the request was read */
}

static void test_errors(struct fixture *fixture, gconstpointer data)
{
	static const char *const unknown_type =
		"756e7265636f676e697a6564206d6573736167652074797065";
	g_autofree char *error_type =
		g_strconcat("4853 03 01 00000000 0000000000000019 ", unknown_type, NULL);
	char rest[64];

	bus_send(fixture->sync, "4853 1a 00 00000000 " ZEROS16);
	bus_expect(fixture->sync, error_type);
	bus_send(fixture->async, "4853 06 00 00000000 " ZEROS16);
	bus_expect(fixture->async, error_type);
	bus_send(fixture->async, "4853 0a 07 00000000 " ZEROS16);
	bus_expect(fixture->async, "4853 03 02 00000000 0000000000000019");
	g_assert_cmpint(g_socket_receive(fixture->async, rest, 25, NULL, NULL), ==, 25);
	bus_send(fixture->async, "4853 0a 03 00000000 " ZEROS16);
	bus_expect(fixture->async, "4853 0b 00 00000000 " ZEROS16);
	bus_send(fixture->sync, "5858 07 00 00000000 " ZEROS16); /* fatal, on both channels */
	bus_expect(fixture->sync, "4853 02 01 00000000");
	bus_expect(fixture->async, "4853 02 01 00000000");
}

static void test_bad_opening(void)
{
	static const struct {
		const char *sent, *fatal;
	} rows[] = {
		{"5858 00 00 01005858 " ZEROS16, "4853 02 01"},
		{ASK("00", "ffffff00"), "4853 02 02"},
		{"4853 11 00 00000009 " ZEROS16, "4853 02 03"},
		{"4853 00 00 0100 5858 0000000000000002 6162", "4853 02 03"},
		{"4853 00 00 0000 5858 " ZEROS16, "4853 02 03"},
		{"4853 00 00 0100 5858 ffffffffffffffff", ""},
		{HELLO ASK("00", "ffffff00"), "4853 01 00 01000001 " ZEROS16 "4853 02 02"},
	};
	struct fixture fixture;

	start(&fixture, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		GSocket *socket = bus_connect(hislip_server_port(fixture.server), FALSE);
		bus_send(socket, rows[i].sent);
		bus_expect(socket, rows[i].fatal);
		bus_close(socket);
	}
	hislip_server_free(fixture.server);
	bus_bed_tear_down(&fixture.bed);
}

/* ---- what encryption asks for, up to the handshake ---- */

#define HELLO2        "4853 00 00 0200 5858 " ZEROS16 /* version 2.0, no sub-address */
#define START_TLS     "4853 1d 00 fffffefe 0000000000000004 fffffefe"
#define STARTED(code) "4853 1e " code " 00000000 " ZEROS16
#define NOT_SECURE    "4853 02 05 00000000"

static const struct hislip_options optional = {.encryption = HISLIP_OPTIONAL};
static const struct hislip_options initial = {.encryption = HISLIP_INITIAL};
static const struct hislip_options mandatory = {.encryption = HISLIP_MANDATORY};

/* A session of version 2.0; features: of InitializeResponse. */
static void open_second(struct fixture *fixture, const struct hislip_options *options,
                        const char *features)
{
	g_autofree char *response = g_strdup_printf("4853 01 %s 0200 0001 " ZEROS16, features);

	start(fixture, options);
	fixture->sync = bus_connect(hislip_server_port(fixture->server), FALSE);
	bus_send(fixture->sync, HELLO2);
	bus_expect(fixture->sync, response);
	fixture->async = bus_connect(hislip_server_port(fixture->server), FALSE);
	bus_send(fixture->async, "4853 11 00 00000001 " ZEROS16);
	bus_expect(fixture->async, "4853 12 01 00005642 " ZEROS16);
}

static void test_demanded(void)
{
	static const struct {
		const struct hislip_options *options;
		const char *features;
		const char *sent; /* in spite of it */
		gboolean is_async;
	} rows[] = {
		{&mandatory, "06", ASK("00", "ffffff00"), FALSE},
		{&initial, "04", ASK("00", "ffffff00"), FALSE},
		{&mandatory, "06", STATUS("00", "fffffefe"), TRUE},
		{&mandatory, "06", "4853 13 00 00000000 " ZEROS16, TRUE},
		{&mandatory, "06", "4853 1c 00 00000000 " ZEROS16, FALSE}, /* StartTLS too early */
		{&mandatory, "06", "4853 22 00 00000000 " ZEROS16, FALSE}, /* and the mechanisms */
		{&optional, "00", "4853 25 00 00000000 " ZEROS16, FALSE},  /* and the exchange */
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fixture fixture;
		open_second(&fixture, rows[i].options, rows[i].features);
		/* the sizes may be told before */
		bus_send(fixture.async, "4853 0f 00 00000000 0000000000000008 0000000000000500");
		bus_expect(fixture.async, "4853 10 00 00000000 0000000000000008 0000000000100000");
		GSocket *used = rows[i].is_async ? fixture.async : fixture.sync;
		bus_send(used, rows[i].sent);
		bus_expect(used, NOT_SECURE);
		tear_down(&fixture, NULL);
	}
}

/* Version 1.0 has no encryption: it is let in where that is not mandatory. */
static void test_version_1(void)
{
	struct fixture fixture;

	start(&fixture, &mandatory);
	fixture.sync = bus_connect(hislip_server_port(fixture.server), FALSE);
	bus_send(fixture.sync, HELLO);
	bus_expect(fixture.sync, NOT_SECURE);
	bus_close(fixture.sync);
	hislip_server_free(fixture.server);
	bus_bed_tear_down(&fixture.bed);
	set_up(&fixture, &initial);
	bus_send(fixture.sync, ASK("00", "ffffff00"));
	bus_expect(fixture.sync, ANSWER("ffffff00"));
	bus_send(fixture.async, START_TLS);
	bus_expect(fixture.async, "4853 03 01"); /* no such message */
	tear_down(&fixture, NULL);
}

static void test_start(void)
{
	struct fixture fixture;

	open_second(&fixture, &optional, "00");
	bus_send(fixture.sync, ASK("00", "ffffff00"));
	bus_expect(fixture.sync, ANSWER("ffffff00"));
	/* not taken; then taken, but another was the last one; and none was sent */
	bus_send(fixture.async, "4853 1d 00 ffffff00 0000000000000004 ffffff00");
	bus_expect(fixture.async, STARTED("00"));
	bus_send(fixture.async, "4853 1d 01 ffffff00 0000000000000004 fffffefe");
	bus_expect(fixture.async, STARTED("00"));
	bus_send(fixture.async, "4853 1d 00 ffffff02 0000000000000004 ffffff00");
	bus_expect(fixture.async, STARTED("00"));
	bus_send(fixture.async, "4853 20 00 fffffefe 0000000000000004 fffffefe"); /* end it */
	bus_expect(fixture.async, "4853 21 03 00000000 " ZEROS16);
	/* plain goes on as it was */
	bus_send(fixture.sync, ASK("00", "ffffff02"));
	bus_expect(fixture.sync, ANSWER("ffffff02"));
	bus_send(fixture.async, "4853 1d 01 ffffff02 0000000000000004 ffffff02");
	bus_expect(fixture.async, STARTED("01"));
	bus_send(fixture.async,
	         "6e6f 2068616e647368616b65 0a0a0a0a0a0a0a0a0a0a"); /* no handshake */
	bus_expect(fixture.sync, NOT_SECURE);
	tear_down(&fixture, NULL);
}

static void test_faults(struct fixture *fixture, gconstpointer data)
{
	struct faults *faults = fixture->bed.device.faults;

	faults_arm(faults, FAULT_LATE, 1);
	bus_send(fixture->sync, ASK("00", "ffffff00"));
	bus_send(fixture->sync, "4853 07 00 ffffff02 0000000000000005 2a434c530a"); /* *CLS */
	bus_expect(fixture->sync, ANSWER("ffffff02"));
	faults_arm(faults, FAULT_TWICE, 1);
	bus_send(fixture->sync, ASK("01", "ffffff04"));
	bus_expect(fixture->sync, ANSWER("ffffff04") ANSWER("ffffff04"));
	faults_arm(faults, FAULT_SPLIT, 1);
	bus_send(fixture->sync, ASK("01", "ffffff06"));
	bus_expect(fixture->sync, "4853 06 00 ffffff06 0000000000000004 412c422c");
	bus_expect(fixture->sync, "4853 07 00 ffffff06 0000000000000004 312c320a");
	faults_arm(faults, FAULT_DISCONNECT, 1);
	bus_send(fixture->sync, ASK("01", "ffffff08"));
	bus_expect_end(fixture->sync);
	bus_expect_end(fixture->async);
}

int main(int argc, char **argv)
{
	static const struct hislip_options small = {.max_message = 16};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hislip/overlapped", test_overlapped);
	g_test_add_func("/hislip/bad-opening", test_bad_opening);
	g_test_add_func("/hislip/demanded", test_demanded);
	g_test_add_func("/hislip/version-1", test_version_1);
	g_test_add_func("/hislip/start-tls", test_start);
#define ADD(name, options, test)                                                                   \
	g_test_add("/hislip/" name, struct fixture, options, set_up, test, tear_down)
	ADD("query", NULL, test_query);
	ADD("not-delivered", NULL, test_not_delivered);
	ADD("interrupted", NULL, test_interrupted);
	ADD("clear", NULL, test_clear);
	ADD("max-size", &small, test_max_size);
	ADD("locks", NULL, test_locks);
	ADD("service-request", NULL, test_service_request);
	ADD("errors", NULL, test_errors);
	ADD("faults", NULL, test_faults);
	return g_test_run();
}
