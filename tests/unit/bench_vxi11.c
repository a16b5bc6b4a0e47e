/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/portmapper.h"
#include "bench/vxi11_server.h"

#include "tests/unit/bench_bus_bed.h"

/* Bytes of ONC RPC and VXI-11 against the bench's servers. A record: mark, then the call. */

#define CALL(program, procedure)                                                                   \
	"00000007 00000000 00000002 " program " " procedure " 00000000 00000000 00000000 "         \
	"00000000 "
#define CORE(procedure)  CALL("000607af 00000001", procedure)
#define ABORT(procedure) CALL("000607b0 00000001", procedure)
#define ACCEPTED         "00000007 00000001 00000000 00000000 00000000 00000000 "
#define ASK              "00000006 2a49444e 3f0a0000" /* *IDN? */
#define ANSWER           "00000008 412c422c 312c320a"

struct fixture {
	struct bus_bed bed;
	struct vxi11_server *server;
	GSocket *core;
};

static char *record(const char *body)
{
	g_auto(GStrv) words = g_strsplit(body, " ", -1);
	g_autofree char *digits = g_strjoinv("", words);

	return g_strdup_printf("%08x%s", 0x80000000u | (guint)strlen(digits) / 2, digits);
}

/* A call and its whole answer. */
static void exchange(GSocket *socket, const char *call, const char *answer)
{
	g_autofree char *sent = record(call);
	g_autofree char *wanted = record(answer);

	bus_send(socket, sent);
	bus_expect(socket, wanted);
}

static void open_link(struct fixture *fixture, GSocket *core, const char *id)
{
	g_autofree char *answer = g_strdup_printf(ACCEPTED "00000000 %s %08x 00010000", id,
	                                          vxi11_server_abort_port(fixture->server));

	exchange(core, CORE("0000000a") "00000001 00000000 00000000 00000005 696e7374 30000000",
	         answer);
}

static void set_up(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bus_bed_set_up(&fixture->bed);
	fixture->server = vxi11_server_new("t", 0, &fixture->bed.device, NULL, &error);
	g_assert_no_error(error);
	fixture->core = bus_connect(vxi11_server_port(fixture->server), FALSE);
	open_link(fixture, fixture->core, "00000000");
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	bus_close(fixture->core);
	vxi11_server_free(fixture->server);
	bus_bed_tear_down(&fixture->bed);
}

/* link, io_timeout 2 s, lock_timeout 0, flags; requestSize in front of them when reading */
#define WRITE(flags)      CORE("0000000b") "00000000 000007d0 00000000 " flags " "
#define READ(size, flags) CORE("0000000c") "00000000 " size " 000007d0 00000000 " flags " 00000042"
/* link, flags, lock_timeout, io_timeout */
#define GENERIC(procedure) CORE(procedure) "00000000 00000000 00000000 000007d0"

static void test_query(struct fixture *fixture, gconstpointer data)
{
	exchange(fixture->core, WRITE("00000008") ASK, ACCEPTED "00000000 00000006");
	exchange(fixture->core, READ("00000100", "00000000"), ACCEPTED "00000000 00000004 " ANSWER);
	/* two writes without LF, three reads: by size, by character, to the end */
	exchange(fixture->core, WRITE("00000000") "00000003 2a494400",
	         ACCEPTED "00000000 00000003");
	exchange(fixture->core, WRITE("00000008") "00000002 4e3f0000",
	         ACCEPTED "00000000 00000002");
	exchange(fixture->core, READ("00000001", "00000000"),
	         ACCEPTED "00000000 00000001 00000001 41000000");
	exchange(fixture->core, GENERIC("0000000d"), ACCEPTED "00000000 00000010");
	exchange(fixture->core, READ("00000100", "00000080"),
	         ACCEPTED "00000000 00000002 00000002 2c420000");
	exchange(fixture->core, READ("00000005", "00000000"),
	         ACCEPTED "00000000 00000005 00000005 2c312c32 0a000000");
	g_assert_cmpuint(scpi_device_errors(fixture->bed.scpi), ==, 0);
}

/* In two fragments. */
static void test_fragments(struct fixture *fixture, gconstpointer data)
{
	bus_send(fixture->core, "00000004 00000007 80000034 00000000 00000002 000607af 00000001 "
	                        "0000000d 00000000 00000000 00000000 00000000 "
	                        "00000000 00000000 00000000 00000000");
	bus_expect(fixture->core, "80000020" ACCEPTED "00000000 00000000");
}

static void test_query_errors(struct fixture *fixture, gconstpointer data)
{
	exchange(fixture->core, WRITE("00000008") ASK, ACCEPTED "00000000 00000006");
	exchange(fixture->core, READ("00000001", "00000000"),
	         ACCEPTED "00000000 00000001 00000001 41000000");
	exchange(fixture->core, WRITE("00000008") ASK, ACCEPTED "00000000 00000006");
	exchange(fixture->core, READ("00000100", "00000000"), ACCEPTED "00000000 00000004 " ANSWER);
	g_autofree char *interrupted = scpi_device_take_error(fixture->bed.scpi);
	g_assert_cmpstr(interrupted, ==, "-410,\"Query INTERRUPTED\"");
	exchange(fixture->core,
	         CORE("0000000c") "00000000 00000010 00000000 00000000 00000000 00000000",
	         ACCEPTED "0000000f 00000000 00000000"); /* nothing to read, no time */
	g_autofree char *unterminated = scpi_device_take_error(fixture->bed.scpi);
	g_assert_cmpstr(unterminated, ==, "-420,\"Query UNTERMINATED\"");
}

static void test_clear(struct fixture *fixture, gconstpointer data)
{
	exchange(fixture->core, WRITE("00000008") ASK, ACCEPTED "00000000 00000006");
	exchange(fixture->core, WRITE("00000000") "00000003 2a494400",
	         ACCEPTED "00000000 00000003");
	exchange(fixture->core, GENERIC("0000000f"), ACCEPTED "00000000");
	exchange(fixture->core, GENERIC("0000000d"), ACCEPTED "00000000 00000000");
	exchange(fixture->core, WRITE("00000008") ASK, ACCEPTED "00000000 00000006");
	exchange(fixture->core, READ("00000100", "00000000"), ACCEPTED "00000000 00000004 " ANSWER);
	g_assert_cmpuint(scpi_device_errors(fixture->bed.scpi), ==, 0);
}

static void test_small_calls(struct fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *call, *answer;
	} rows[] = {
		{CORE("00000000"), ACCEPTED},
		{GENERIC("00000010"), ACCEPTED "00000000"},
		{GENERIC("00000011"), ACCEPTED "00000000"},
		{CORE("00000014") "00000000 00000001 00000000", ACCEPTED "00000000"},
		{CORE("00000019") "7f000001 00000000 000607b1 00000001 00000000",
	         ACCEPTED "00000005"}, /* no port */
		{CORE("0000001a"), ACCEPTED "00000006"},
		{CORE("0000000d") "00000009 00000000 00000000 00000000",
	         ACCEPTED "00000004 00000000"},
		{CORE("0000000c") "00000009", ACCEPTED "00000004 00000000 00000000"},
		{CORE("0000000a") "00000001 00000000 00000000 00000003 61626300",
	         ACCEPTED "00000003 00000000"},
		{CORE("00000063"), "00000007 00000001 00000000 00000000 00000000 00000003"},
		{CORE("0000000b") "00000000",
	         "00000007 00000001 00000000 00000000 00000000 00000004"},
		{CALL("000607ae 00000001", "0000000a"),
	         "00000007 00000001 00000000 00000000 00000000 00000001"},
		{CALL("000607af 00000002", "0000000a"),
	         "00000007 00000001 00000000 00000000 00000000 00000002 00000001 00000001"},
		{"00000007 00000000 00000003",
	         "00000007 00000001 00000001 00000000 00000002 00000002"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *wanted = NULL;
		if (i == 8) /* the rest of it holds a port */
			wanted = g_strdup_printf("%s%08x 00010000", rows[i].answer,
			                         vxi11_server_abort_port(fixture->server));
		exchange(fixture->core, rows[i].call, wanted ? wanted : rows[i].answer);
	}
}

static void test_locks(struct fixture *fixture, gconstpointer data)
{
	GSocket *other = bus_connect(vxi11_server_port(fixture->server), FALSE);

	open_link(fixture, other, "00000001");
	exchange(fixture->core, CORE("00000013") "00000000", ACCEPTED "0000000c");
	exchange(fixture->core, CORE("00000012") "00000000 00000000 00000000", ACCEPTED "00000000");
	exchange(other, CORE("00000012") "00000001 00000001 0000000a", ACCEPTED "0000000b");
	exchange(other, CORE("0000000b") "00000001 00000000 00000000 00000008 " ASK,
	         ACCEPTED "0000000b 00000000");
	bus_send(other, "80000034" CORE("00000012") "00000001 00000001 00001388");
	exchange(fixture->core, CORE("00000017") "00000000", ACCEPTED "00000000");
	bus_expect(other, "8000001c" ACCEPTED "00000000"); /* the lock ended with its link */
	exchange(fixture->core, CORE("00000017") "00000000", ACCEPTED "00000004");
	bus_close(other);
}

static void test_abort(struct fixture *fixture, gconstpointer data)
{
	GSocket *channel = bus_connect(vxi11_server_abort_port(fixture->server), FALSE);
	GSocket *other = bus_connect(vxi11_server_port(fixture->server), FALSE);

	exchange(channel, ABORT("00000001") "00000009", ACCEPTED "00000004");
	open_link(fixture, other, "00000001");
	exchange(other, CORE("00000012") "00000001 00000000 00000000", ACCEPTED "00000000");
	/* a read that waits for a lock, until it is aborted; before it waits an abort is nothing */
	bus_send(fixture->core, "80000040" CORE("0000000c") "00000000 00000010 000f4240 000f4240 "
	                                                    "00000001 00000000");
	g_socket_set_blocking(fixture->core, FALSE);
	while (g_socket_get_available_bytes(fixture->core) == 0)
		exchange(channel, ABORT("00000001") "00000000", ACCEPTED "00000000");
	g_socket_set_blocking(fixture->core, TRUE);
	bus_expect(fixture->core, "80000024" ACCEPTED "00000017 00000000 00000000");
	bus_close(other);
	bus_close(channel);
}

static void test_portmapper(void)
{
	static const struct portmapper_row rows[] = {{0x0607AF, 1, 0x1234}};
	static const char ask[] =
		CALL("000186a0 00000002", "00000003") "000607af 00000001 00000006 "
						      "00000000";
	g_autoptr(GError) error = NULL;
	struct portmapper *portmapper = portmapper_new(0, rows, 1, &error);

	g_assert_no_error(error);
	GSocket *stream = bus_connect(portmapper_port(portmapper), FALSE);
	exchange(stream, ask, ACCEPTED "00001234");
	exchange(stream,
	         CALL("000186a0 00000002", "00000003") "000607af 00000001 00000011 00000000",
	         ACCEPTED "00000000"); /* not on UDP */
	exchange(stream, CALL("000186a0 00000002", "00000004"),
	         ACCEPTED "00000001 000607af 00000001 00000006 00001234 00000000");
	GSocket *datagrams = bus_connect(portmapper_port(portmapper), TRUE);
	bus_send(datagrams, ask);
	bus_expect(datagrams, ACCEPTED "00001234");
	bus_close(stream);
	bus_close(datagrams);
	portmapper_free(portmapper);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vxi11/portmapper", test_portmapper);
#define ADD(name, test) g_test_add("/vxi11/" name, struct fixture, NULL, set_up, test, tear_down)
	ADD("query", test_query);
	ADD("fragments", test_fragments);
	ADD("query-errors", test_query_errors);
	ADD("clear", test_clear);
	ADD("small-calls", test_small_calls);
	ADD("locks", test_locks);
	ADD("abort", test_abort);
	return g_test_run();
}
