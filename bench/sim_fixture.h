/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_FIXTURE_H
#define BENCH_SIM_FIXTURE_H

#include "bench/faults.h"
#include "bench/server.h"
#include "bench/sim_module.h"
#include "bench/world.h"

#include <glib.h>

/*
 * The fixture controller of one site, for a QSFP-DD or an OSFP socket: docs/fixture-controller.md,
 * as a function from line to line, and as what bench/server.h serves. It owns the module's side of
 * the socket. Safe to use from several threads.
 */
struct sim_fixture;
typedef struct sim_fixture sim_fixture; /* for g_autoptr(sim_fixture) only */

/* `site` counts from 0. The world is borrowed and must outlive it. Outputs as SAFE leaves them. */
struct sim_fixture *sim_fixture_new(struct world *world, guint site);
void sim_fixture_free(struct sim_fixture *fixture); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sim_fixture, sim_fixture_free)

/* The module in its socket. Borrowed. */
struct sim_module *sim_fixture_module(struct sim_fixture *fixture);

/*
 * Looks at ModPrsL to count insertions, and is sim_module_tick for its module: to be called when
 * that says, and after each insertion and removal.
 */
void sim_fixture_tick(struct sim_fixture *fixture);

/* Insertions counted, and the electrical level of a pin by its name; FALSE for an unknown name. */
guint sim_fixture_insertions(struct sim_fixture *fixture);
gboolean sim_fixture_level(struct sim_fixture *fixture, const char *pin, gboolean *level);

/*
 * What an OSFP socket's line ("INT/RSTn", "LPWn/PRSn") reads, with some millivolts of noise; FALSE
 * for a name that is no line of this socket.
 */
gboolean sim_fixture_line_volt(struct sim_fixture *fixture, const char *line, double *volt);
/* A fault: the line reads that voltage whatever drives it. NaN makes it sound again. */
gboolean sim_fixture_force_line(struct sim_fixture *fixture, const char *line, double volt);

/*
 * What stands beside the socket: nothing at first; then the lid is closed, the button not pressed
 * and the tower dark. Pins: "Lid" (closed is high), "Start" (pressed), "TowerRed" and so on; FALSE
 * for one that is not there. An open lid makes the outputs safe and keeps them so.
 */
void sim_fixture_has_beside(struct sim_fixture *fixture, gboolean lid, gboolean start,
                            gboolean tower);
gboolean sim_fixture_beside(struct sim_fixture *fixture, const char *pin, gboolean *level);
gboolean sim_fixture_set_beside(struct sim_fixture *fixture, const char *pin, gboolean level);

/* Faults of the socket (faults.h: nack, int-stuck) are looked for there from now on. Before it is
 * served; borrowed. */
void sim_fixture_use_faults(struct sim_fixture *fixture, struct faults *faults);

/*
 * The reply to one request line, both with their LF. Takes the simulated time of the I2C
 * transaction. Free with g_free.
 */
char *sim_fixture_line(struct sim_fixture *fixture, const char *line, gsize len);

/* What the controller does when it starts or loses its connection. */
void sim_fixture_make_safe(struct sim_fixture *fixture);

/*
 * For server_new, with a struct sim_fixture as the device. The controller has one connection: a new
 * one takes the place of the old, which is closed at its next message.
 */
extern const struct server_ops sim_fixture_server_ops;

/* ---- the parts, for tests ---- */

/* A request line taken apart. */
struct fixture_request {
	guint seq;
	char **words; /* null-terminated, at least one; owned */
};
void fixture_request_clear(struct fixture_request *request);

/* FALSE when form, length or CRC is wrong; the request is then empty. */
gboolean fixture_parse(const char *line, gsize len, struct fixture_request *request);
/* "#SEQ BODY*CRC\n". Free with g_free. */
char *fixture_compose(guint seq, const char *body);

#endif
