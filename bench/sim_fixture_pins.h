/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_FIXTURE_PINS_H
#define BENCH_SIM_FIXTURE_PINS_H

#include "bench/sim_module.h"
#include "bench/world.h"

/* The two kinds of socket: which pins and lines they have. docs/fixture-controller.md. */

#define FIXTURE_LINES 2

struct fixture_output {
	const char *name;
	enum sim_module_pin pin;
	gboolean inverted; /* the level is the opposite of the module's pin */
};

enum fixture_line_kind { FIXTURE_LINE_INT_RST, FIXTURE_LINE_LPW_PRS };

/* Each list ends with a null. */
struct fixture_socket {
	const char *form;
	struct fixture_output outputs[4];
	const char *inputs[3];                /* ModPrsL, then IntL, where there are any */
	const char *lines[FIXTURE_LINES + 1]; /* by enum fixture_line_kind */
};

/* The socket that a site has. Static storage. */
const struct fixture_socket *fixture_socket_of(const struct world_model *model);

/* Null when the socket has no such output. */
const struct fixture_output *fixture_find_output(const struct fixture_socket *socket,
                                                 const char *name);
/* Place in the socket's list; -1 when it has no such input, or line. */
int fixture_find_input(const struct fixture_socket *socket, const char *name);
int fixture_find_line(const struct fixture_socket *socket, const char *name);

/* Pins of what may stand beside a socket. Ends with a null. */
extern const char *const fixture_beside_pins[];
enum { FIXTURE_BESIDE_LID, FIXTURE_BESIDE_START, FIXTURE_BESIDE_FIRST_LAMP };
#define FIXTURE_BESIDE_LAMPS (0xFu << FIXTURE_BESIDE_FIRST_LAMP)
/* Place in that list; -1 for another name. */
int fixture_find_beside(const char *name);

/* Voltage of a line as the module and the socket's outputs make it, without noise. */
double fixture_line_volt(enum fixture_line_kind line, struct sim_module *module);

#endif
