/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/prologix_server.h"

#include "tests/unit/bench_bus_bed.h"

/* The adapter and two instruments, at GPIB addresses 1 and 2. */

struct fixture {
	struct bus_bed bed[2];
	struct prologix_server *server;
	GSocket *socket;
};

static void set_up(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct bus_device devices[2];

	for (guint i = 0; i < 2; i++) {
		bus_bed_set_up(&fixture->bed[i]);
		devices[i] = fixture->bed[i].device;
	}
	fixture->server = prologix_server_new("t", 0, devices, 2, &error);
	g_assert_no_error(error);
	fixture->socket = bus_connect(prologix_server_port(fixture->server), FALSE);
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	bus_close(fixture->socket);
	prologix_server_free(fixture->server);
	for (guint i = 0; i < 2; i++)
		bus_bed_tear_down(&fixture->bed[i]);
}

static void say(struct fixture *fixture, const char *text)
{
	bus_send_bytes(fixture->socket, text, strlen(text));
}

static void hear(struct fixture *fixture, const char *text)
{
	g_autofree char *hex = bytes_to_hex((const guint8 *)text, strlen(text));

	bus_expect(fixture->socket, hex);
}

static void test_settings(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "++ver\n++mode\n++auto\n++eoi\r\n++eos\n++eot_enable\n++addr\n");
	hear(fixture, "Prologix GPIB-ETHERNET Controller version 01.06.06.00\r\n"
	              "1\r\n0\r\n1\r\n0\r\n0\r\n1\r\n");
	say(fixture, "++savecfg 0\n++read_tmo_ms 3000\n++read_tmo_ms\n++addr 2 96\n++addr\n");
	hear(fixture, "3000\r\n2\r\n");
	say(fixture, "++addr 31\n++read_tmo_ms 0\n++dance\n++\n++addr\n");
	hear(fixture, "Unrecognized command\r\nUnrecognized command\r\nUnrecognized command\r\n"
	              "Unrecognized command\r\n2\r\n");
}

static void test_query(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "++read_tmo_ms 3000\n*IDN?\n++read eoi\n");
	hear(fixture, "A,B,1,2\n");
	say(fixture, "++eos 3\n++eot_enable 1\n++eot_char 33\n*IDN?\n++read 44\n++read eoi\n");
	hear(fixture, "A,B,1,2\n!");
	say(fixture, "++eot_enable 0\n++auto 1\n*IDN?\n");
	hear(fixture, "A,B,1,2\n");
	/* without EOI the LF ends a message */
	say(fixture, "++auto 0\n++eoi 0\n++eos 2\n*IDN?\n++read eoi\n");
	hear(fixture, "A,B,1,2\n");
	g_assert_cmpuint(scpi_device_errors(fixture->bed[0].scpi), ==, 0);
}

/* Escaped bytes are data: a line that begins with "++", LF within a message. */
static void test_escapes(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "++read_tmo_ms 3000\n*CLS\x1b\n*IDN?\n++read eoi\n");
	hear(fixture, "A,B,1,2\n");
	g_assert_cmpuint(scpi_device_errors(fixture->bed[0].scpi), ==, 0);
	say(fixture, "\x1b+\x1b+ver\n*IDN?\n++read eoi\n");
	hear(fixture, "A,B,1,2\n");
	g_assert_cmpuint(scpi_device_errors(fixture->bed[0].scpi), ==, 1);
}

static void test_poll(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "++read_tmo_ms 3000\n++addr 2\n*SRE 4;*IDN?;XX\n++read eoi\n++srq\n");
	hear(fixture, "A,B,1,2\n1\r\n");
	say(fixture, "++spoll 1\n++spoll\n++spoll 2\n++srq\n++spoll 7\n");
	hear(fixture, "0\r\n68\r\n4\r\n0\r\n0\r\n");
}

/* A device clear takes the reply; who reads nevertheless is told -420 and gets nothing. */
static void test_clear(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "*IDN?\n++clr\n++read_tmo_ms 1\n++read eoi\n++spoll\n");
	hear(fixture, "4\r\n");
	g_autofree char *told = scpi_device_take_error(fixture->bed[0].scpi);
	g_assert_cmpstr(told, ==, "-420,\"Query UNTERMINATED\"");
}

/* Nobody at that address. */
static void test_absent(struct fixture *fixture, gconstpointer data)
{
	say(fixture, "++addr 9\n*IDN?\n++read eoi\n++clr\n++trg\n++loc\n++spoll\n");
	hear(fixture, "0\r\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/prologix/" name, struct fixture, NULL, set_up, test, tear_down)
	ADD("settings", test_settings);
	ADD("query", test_query);
	ADD("escapes", test_escapes);
	ADD("poll", test_poll);
	ADD("clear", test_clear);
	ADD("absent", test_absent);
	return g_test_run();
}
