/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource.h"

#include "base/error.h"

#include <string.h>

struct tcp_row {
	const char *text;
	gsize tops_len;
	const char *host;
	guint16 port;
	const char *trace_path;
};

/* clang-format off */
static const struct tcp_row tcp_rows[] = {
	{"TCPIP::10.0.0.5::5025::SOCKET",             0,  "10.0.0.5",   5025,  NULL      },
	{"TCPIP0::host-a.lab::1::SOCKET",             0,  "host-a.lab", 1,     NULL      },
	{"tcpip12::h::65535::socket",                 0,  "h",          65535, NULL      },
	{"TCPIP::[::1]::5025::SOCKET",                0,  "::1",        5025,  NULL      },
	{"TCPIP::[fe80::2]::7::SOCKET",               0,  "fe80::2",    7,     NULL      },
	{"trace:TCPIP::h::9::SOCKET",                 6,  "h",          9,     NULL      },
	{"TRACE:file=/tmp/a%3Ab:TCPIP::h::9::SOCKET", 22, "h",          9,     "/tmp/a:b"},
};
/* clang-format on */

static void test_tcp(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(tcp_rows); i++) {
		const struct tcp_row *row = &tcp_rows[i];
		struct resource resource;
		GError *error = NULL;
		g_test_message("%s", row->text);
		resource_parse(row->text, &resource, &error);
		g_assert_no_error(error);
		g_assert_cmpint(resource.transport, ==, LINK_TRANSPORT_TCP);
		g_assert_cmpstr(resource.host, ==, row->host);
		g_assert_cmpuint(resource.port, ==, row->port);
		g_assert_cmpstr(resource.bottom, ==, row->text + row->tops_len);
		const struct resource_top *trace = resource_top(&resource, LINK_TOP_TRACE);
		g_assert_cmpint(trace != NULL, ==, row->tops_len > 0);
		if (trace)
			g_assert_cmpstr(resource_top_path(trace), ==, row->trace_path);
		resource_done(&resource);
	}
}

struct serial_row {
	const char *text;
	const char *device;
	struct link_line line;
};

/* clang-format off */
static const struct serial_row serial_rows[] = {
	{"ASRL/dev/ttyUSB0::INSTR", "/dev/ttyUSB0", {9600, 8, 1, LINK_PARITY_NONE, LINK_FLOW_NONE}},
	{"asrl/dev/ttyS1::instr?baud=115200", "/dev/ttyS1",
	 {115200, 8, 1, LINK_PARITY_NONE, LINK_FLOW_NONE}},
	{"ASRL/dev/ttyS1::INSTR?parity=even&bits=7&stop=2&flow=rtscts&baud=300",
	 "/dev/ttyS1",
	 {300, 7, 2, LINK_PARITY_EVEN, LINK_FLOW_RTSCTS}},
	{"ASRL/dev/ttyS1::INSTR?parity=odd&flow=xonxoff", "/dev/ttyS1",
	 {9600, 8, 1, LINK_PARITY_ODD, LINK_FLOW_XONXOFF}},
	{"trace:ASRL/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0::INSTR?baud=9600",
	 "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0",
	 {9600, 8, 1, LINK_PARITY_NONE, LINK_FLOW_NONE}},
};
/* clang-format on */

static void test_serial(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(serial_rows); i++) {
		const struct serial_row *row = &serial_rows[i];
		struct resource resource;
		GError *error = NULL;
		g_test_message("%s", row->text);
		resource_parse(row->text, &resource, &error);
		g_assert_no_error(error);
		g_assert_cmpint(resource.transport, ==, LINK_TRANSPORT_SERIAL);
		g_assert_cmpstr(resource.device, ==, row->device);
		g_assert_cmpint(resource.line.baud, ==, row->line.baud);
		g_assert_cmpint(resource.line.bits, ==, row->line.bits);
		g_assert_cmpint(resource.line.stop_bits, ==, row->line.stop_bits);
		g_assert_cmpint(resource.line.parity, ==, row->line.parity);
		g_assert_cmpint(resource.line.flow, ==, row->line.flow);
		resource_done(&resource);
	}
}

/* ---- what secures a connection ---- */

#define DIGITS16 "0123456789abcdef"
#define DIGITS   DIGITS16 DIGITS16 DIGITS16 DIGITS16

struct security_row {
	const char *settings;
	gboolean wanted;
	const char *ca, *fingerprint, *user, *password_file;
};

/* clang-format off */
static const struct security_row security_rows[] = {
	{"", FALSE},
	{"?tls=on", TRUE},
	{"?ca=/etc/a%26b.pem", TRUE, .ca = "/etc/a&b.pem"},
	{"?fingerprint=" DIGITS, TRUE, .fingerprint = DIGITS},
	{"?fingerprint=01:23:45:67:89:AB:CD:EF:" DIGITS16 DIGITS16 DIGITS16 "&tls=on",
	 TRUE, .fingerprint = DIGITS},
	{"?user=a:b&password_file=/x::y", TRUE, .user = "a:b", .password_file = "/x::y"},
};
/* clang-format on */

static void test_security(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(security_rows); i++) {
		const struct security_row *expected = &security_rows[i];
		g_autofree char *text = g_strconcat("trace:file=/x:TCPIP::h::hislip0,4881::INSTR",
		                                    security_rows[i].settings, NULL);
		struct resource resource;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", text);
		resource_parse(text, &resource, &error);
		g_assert_no_error(error);
		g_assert_cmpint(resource.transport, ==, LINK_TRANSPORT_HISLIP);
		g_assert_cmpstr(resource.bottom, ==, "TCPIP::h::hislip0,4881::INSTR");
		g_assert_cmpint(resource.security.wanted, ==, expected->wanted);
		g_assert_cmpstr(resource.security.ca, ==, expected->ca);
		g_assert_cmpstr(resource.security.fingerprint, ==, expected->fingerprint);
		g_assert_cmpstr(resource.security.user, ==, expected->user);
		g_assert_cmpstr(resource.security.password_file, ==, expected->password_file);
		resource_done(&resource);
	}
}

/* What a row does not say is 0, null, or -1 for interface and secondary. */
struct bus_row {
	const char *text;
	enum link_transport transport;
	const char *host, *device, *name, *serial;
	guint16 port, vendor, product;
	int interface, address, secondary, baud;
};

/* clang-format off */
static const struct bus_row bus_rows[] = {
	{"TCPIP::h::hislip0::INSTR",
	 .transport = LINK_TRANSPORT_HISLIP, .host = "h", .name = "hislip0"},
	{"tcpip3::[::1]::hislip12,4881",
	 .transport = LINK_TRANSPORT_HISLIP, .host = "::1", .name = "hislip12", .port = 4881},
	{"TCPIP::h", .transport = LINK_TRANSPORT_VXI11, .host = "h", .name = "inst0"},
	{"TCPIP::h::INSTR", .transport = LINK_TRANSPORT_VXI11, .host = "h", .name = "inst0"},
	{"TCPIP::h::gpib0,9::INSTR",
	 .transport = LINK_TRANSPORT_VXI11, .host = "h", .name = "gpib0,9"},
	{"TCPIP::h::inst0@1024::INSTR",
	 .transport = LINK_TRANSPORT_VXI11, .host = "h", .name = "inst0", .port = 1024},
	{"USB0::0x1313::32888::P0%3A1::INSTR",
	 .transport = LINK_TRANSPORT_USBTMC, .vendor = 0x1313, .product = 0x8078,
	  .serial = "P0:1", .interface = -1},
	{"USB::0x1AB1::0x0E11::DP8::2",
	 .transport = LINK_TRANSPORT_USBTMC, .vendor = 0x1ab1, .product = 0x0e11,
	  .serial = "DP8", .interface = 2},
	{"PRLGX-TCPIP::h::GPIB::9::INSTR",
	 .transport = LINK_TRANSPORT_PROLOGIX, .host = "h", .address = 9, .secondary = -1},
	{"prlgx-tcpip::h::1235::gpib::0,30",
	 .transport = LINK_TRANSPORT_PROLOGIX, .host = "h", .port = 1235, .secondary = 30},
	{"PRLGX-ASRL/dev/ttyUSB0::GPIB::20::INSTR?baud=115200",
	 .transport = LINK_TRANSPORT_PROLOGIX, .device = "/dev/ttyUSB0", .address = 20,
	  .secondary = -1, .baud = 115200},
};
/* clang-format on */

static void test_buses(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bus_rows); i++) {
		const struct bus_row *is = &bus_rows[i];
		struct resource resource;
		GError *error = NULL;
		g_test_message("%s", is->text);
		resource_parse(is->text, &resource, &error);
		g_assert_no_error(error);
		g_assert_cmpint(resource.transport, ==, is->transport);
		g_assert_cmpstr(resource.host, ==, is->host);
		g_assert_cmpuint(resource.port, ==, is->port);
		g_assert_cmpstr(resource.device, ==, is->device);
		g_assert_cmpstr(resource.name, ==, is->name);
		g_assert_cmpstr(resource.serial, ==, is->serial);
		g_assert_cmpuint(resource.vendor, ==, is->vendor);
		g_assert_cmpuint(resource.product, ==, is->product);
		g_assert_cmpint(resource.line.baud, ==, is->baud);
		if (is->transport == LINK_TRANSPORT_USBTMC)
			g_assert_cmpint(resource.interface, ==, is->interface);
		if (is->transport == LINK_TRANSPORT_PROLOGIX) {
			g_assert_cmpint(resource.address, ==, is->address);
			g_assert_cmpint(resource.secondary, ==, is->secondary);
		}
		resource_done(&resource);
	}
}

/* The outermost stands first; what is in front of the transport is not in bottom. */
static void test_tops(void)
{
	static const char text[] =
		"trace:fault:seed=7,drop=0.5:record:file=/a%3Ab:TCPIP::h::9::SOCKET";
	static const enum link_top order[] = {LINK_TOP_TRACE, LINK_TOP_FAULT, LINK_TOP_RECORD};
	struct resource resource;
	GError *error = NULL;
	resource_parse(text, &resource, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(resource.n_tops, ==, G_N_ELEMENTS(order));
	for (guint i = 0; i < resource.n_tops; i++)
		g_assert_cmpint(resource.tops[i].top, ==, order[i]);
	g_assert_cmpstr(resource.tops[1].argument, ==, "seed=7,drop=0.5");
	g_assert_cmpstr(resource_top_path(&resource.tops[2]), ==, "/a:b");
	g_assert_null(resource_top(&resource, LINK_TOP_REPLAY));
	g_assert_cmpstr(resource.bottom, ==, "TCPIP::h::9::SOCKET");
	resource_done(&resource);
}

struct refused_row {
	const char *text;
	enum station_error code;
	const char *says;
};

/* clang-format off */
static const struct refused_row refused_rows[] = {
	{"",                                   STATION_ERROR_CONFIG,      "expected"         },
	{"TCPIP",                              STATION_ERROR_CONFIG,      "expected"         },
	{"TCPIP::",                            STATION_ERROR_CONFIG,      "host"             },
	{"TCPIP:h:5025:SOCKET",                STATION_ERROR_CONFIG,      "unknown"          },
	{"TCPIPx::h::5025::SOCKET",            STATION_ERROR_CONFIG,      "expected"         },
	{" TCPIP::h::5025::SOCKET",            STATION_ERROR_CONFIG,      "expected"         },
	{"TCPIP::h::5025::SOCKET ",            STATION_ERROR_CONFIG,      "expected"         },
	{"TCPIP::h::5025::SOCKET?baud=9600",   STATION_ERROR_CONFIG,      "only hislip"      },
	{"TCPIP::h::5025::SOCKET::INSTR",      STATION_ERROR_CONFIG,      "expected"         },
	{"TCPIP::h::::SOCKET",                 STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::0::SOCKET",                STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::65536::SOCKET",            STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::+5::SOCKET",               STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h:: 5::SOCKET",               STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::0x10::SOCKET",             STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::::5025::SOCKET",              STATION_ERROR_CONFIG,      "host"             },
	{"TCPIP::a b::5025::SOCKET",           STATION_ERROR_CONFIG,      "host"             },
	{"TCPIP::::1::5025::SOCKET",           STATION_ERROR_CONFIG,      "host"             },
	{"TCPIP::[::1::5025::SOCKET",          STATION_ERROR_CONFIG,      "IPv6"             },
	{"TCPIP::[host]::5025::SOCKET",        STATION_ERROR_CONFIG,      "IPv6"             },
	{"TCPIP::[::1]5025::SOCKET",           STATION_ERROR_CONFIG,      "follow"           },
	{"GPIB0::20::INSTR",                   STATION_ERROR_UNSUPPORTED, "GPIB"             },
	{"trance:TCPIP::h::9::SOCKET",         STATION_ERROR_CONFIG,      "did you mean trace"},
	{"trace:",                             STATION_ERROR_CONFIG,      "expected"         },
	{"trace:file=x",                       STATION_ERROR_CONFIG,      "nothing follows"  },
	{"trace:file=:TCPIP::h::9::SOCKET",    STATION_ERROR_CONFIG,      "file=PATH"        },
	{"trace:file=%00:TCPIP::h::9::SOCKET", STATION_ERROR_CONFIG,      "escape"           },
	{"trace:path=x:TCPIP::h::9::SOCKET",   STATION_ERROR_CONFIG,      "file=PATH"        },
	{"record:TCPIP::h::9::SOCKET",         STATION_ERROR_CONFIG,      "record wants file"},
	{"replay:file=a",                      STATION_ERROR_CONFIG,      "nothing follows"  },
	{"fault:TCPIP::h::9::SOCKET",          STATION_ERROR_CONFIG,      "KEY=VALUE"        },
	{"TCPIP::h::hislip0,0::INSTR",         STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::hislipx",                  STATION_ERROR_CONFIG,      "hislip0"          },
	{"TCPIP::h::hislip0::INSTR?",          STATION_ERROR_CONFIG,      "no setting"       },
	{"TCPIP::h::hislip0::INSTR?tls",       STATION_ERROR_CONFIG,      "KEY=VALUE"        },
	{"TCPIP::h::hislip0::INSTR?tls=off",   STATION_ERROR_CONFIG,      "only be \"on\""   },
	{"TCPIP::h::hislip0::INSTR?tls=on&tls=on", STATION_ERROR_CONFIG,  "twice"            },
	{"TCPIP::h::hislip0::INSTR?csa=/a",    STATION_ERROR_CONFIG,      "did you mean ca"  },
	{"TCPIP::h::hislip0::INSTR?ca=a.pem",  STATION_ERROR_CONFIG,      "begins with /"    },
	{"TCPIP::h::hislip0::INSTR?ca=",       STATION_ERROR_CONFIG,      "empty"            },
	{"TCPIP::h::hislip0::INSTR?ca=/%zz",   STATION_ERROR_CONFIG,      "escape"           },
	{"TCPIP::h::hislip0::INSTR?fingerprint=abc", STATION_ERROR_CONFIG, "64 hexadecimal"  },
	{"TCPIP::h::hislip0::INSTR?fingerprint=x" DIGITS, STATION_ERROR_CONFIG, "64 hexadecimal"},
	{"TCPIP::h::hislip0::INSTR?fingerprint=a" DIGITS, STATION_ERROR_CONFIG, "64 hexadecimal"},
	{"TCPIP::h::hislip0?ca=/a&fingerprint=" DIGITS, STATION_ERROR_CONFIG, "not both"       },
	{"TCPIP::h::hislip0?user=a",           STATION_ERROR_CONFIG,      "need each other"  },
	{"TCPIP::h::hislip0?password_file=/a", STATION_ERROR_CONFIG,      "need each other"  },
	{"TCPIP::h::hislip0?user=a&password_file=b", STATION_ERROR_CONFIG, "password_file wants"},
	{"TCPIP::h::inst0?tls=on",             STATION_ERROR_CONFIG,      "only hislip"      },
	{"TCPIP::h::9::SOCKET?tls=on",         STATION_ERROR_CONFIG,      "only hislip"      },
	{"TCPIP::h::inst0@::INSTR",            STATION_ERROR_CONFIG,      "port"             },
	{"TCPIP::h::inst0 ",                   STATION_ERROR_CONFIG,      "VXI-11 device"    },
	{"USB::0x1313::0x8078::INSTR",         STATION_ERROR_CONFIG,      "SERIAL"           },
	{"USB::0x::0x8078::P1::INSTR",         STATION_ERROR_CONFIG,      "numbers"          },
	{"USB::0x10000::1::P1::INSTR",         STATION_ERROR_CONFIG,      "numbers"          },
	{"USB::12ab::1::P1::INSTR",            STATION_ERROR_CONFIG,      "numbers"          },
	{"USB::1::1::P1::x::INSTR",            STATION_ERROR_CONFIG,      "numbers"          },
	{"PRLGX-TCPIP::h::1234::INTFC",        STATION_ERROR_CONFIG,      "GPIB::ADDRESS"    },
	{"PRLGX-TCPIP::h::GPIB::31",           STATION_ERROR_CONFIG,      "0 to 30"          },
	{"PRLGX-TCPIP::h::GPIB::1,2,3",        STATION_ERROR_CONFIG,      "0 to 30"          },
	{"PRLGX-TCPIP::h::GPIB::",             STATION_ERROR_CONFIG,      "GPIB"             },
	{"PRLGX-ASRL/dev/ttyUSB0::INSTR",      STATION_ERROR_CONFIG,      "GPIB::ADDRESS"    },
	{"trace:trace:TCPIP::h::9::SOCKET",    STATION_ERROR_CONFIG,      "twice"            },
	{"ASRL1::INSTR",                       STATION_ERROR_UNSUPPORTED, "numbered"         },
	{"ASRL::INSTR",                        STATION_ERROR_CONFIG,      "below /dev"       },
	{"ASRLttyS0::INSTR",                   STATION_ERROR_CONFIG,      "below /dev"       },
	{"ASRL/dev/::INSTR",                   STATION_ERROR_CONFIG,      "below /dev"       },
	{"ASRL/dev/ttyS0",                     STATION_ERROR_CONFIG,      "expected ASRL"    },
	{"ASRL/dev/ttyS0::SOCKET",             STATION_ERROR_CONFIG,      "expected ASRL"    },
	{"ASRL/dev/ttyS0::9600::INSTR",        STATION_ERROR_CONFIG,      "below /dev"       },
	{"ASRL/dev/ttyS0::INSTR?",             STATION_ERROR_CONFIG,      "no setting"       },
	{"ASRL/dev/ttyS0::INSTR?baud",         STATION_ERROR_CONFIG,      "KEY=VALUE"        },
	{"ASRL/dev/ttyS0::INSTR?baud=9600&",   STATION_ERROR_CONFIG,      "KEY=VALUE"        },
	{"ASRL/dev/ttyS0::INSTR?baud=fast",    STATION_ERROR_CONFIG,      "baud"             },
	{"ASRL/dev/ttyS0::INSTR?baud=0",       STATION_ERROR_CONFIG,      "baud"             },
	{"ASRL/dev/ttyS0::INSTR?baud=5000000", STATION_ERROR_CONFIG,      "baud"             },
	{"ASRL/dev/ttyS0::INSTR?baud=-1",      STATION_ERROR_CONFIG,      "baud"             },
	{"ASRL/dev/ttyS0::INSTR?bits=9",       STATION_ERROR_CONFIG,      "bits cannot be"   },
	{"ASRL/dev/ttyS0::INSTR?parity=mark",  STATION_ERROR_CONFIG,      "parity cannot be" },
	{"ASRL/dev/ttyS0::INSTR?parety=none",  STATION_ERROR_CONFIG,      "did you mean parity"},
	{"ASRL/dev/ttyS0::INSTR?bits=8&bits=8", STATION_ERROR_CONFIG,     "twice"            },
};
/* clang-format on */

static void test_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused_rows); i++) {
		const struct refused_row *row = &refused_rows[i];
		struct resource resource;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", row->text);
		g_assert_false(resource_parse(row->text, &resource, &error));
		g_assert_error(error, STATION_ERROR, (int)row->code);
		g_test_message("  %s", error->message);
		g_assert_nonnull(strstr(error->message, row->says));
		g_assert_null(resource.bottom);
		g_assert_null(resource.host);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/resource/tcp", test_tcp);
	g_test_add_func("/link/resource/serial", test_serial);
	g_test_add_func("/link/resource/security", test_security);
	g_test_add_func("/link/resource/buses", test_buses);
	g_test_add_func("/link/resource/tops", test_tops);
	g_test_add_func("/link/resource/refused", test_refused);
	return g_test_run();
}
