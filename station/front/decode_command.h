/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_DECODE_COMMAND_H
#define STATION_FRONT_DECODE_COMMAND_H

#include "station/engine/module_decode.h"

/* "station module decode FILE": argv[1] is "decode"; gives the exit code. */
int decode_command(int argc, char **argv);

struct decode_call {
	const char *file;
	int page;          /* -1: all; lower memory is MODULE_LOWER_PAGE */
	const char *field; /* a glob; null: all */
	gboolean json, sources, colour;
};

/* Whether the call asks for it. */
gboolean decode_wants(const struct decode_call *call, const struct image_field *field);

/* What is printed; free with g_free. */
char *decode_text(const struct decode_call *call, const struct module_decoding *decoding);
/* station(1) tells its members. */
char *decode_json(const struct decode_call *call, const struct module_decoding *decoding);

#endif
