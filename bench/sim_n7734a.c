/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_n7734a.h"

#include "bench/mover.h"
#include "bench/scpi.h"
#include "bench/world.h"

#include <string.h>

/*
 * Keysight N7734A, N77xx Series Programming Guide 9018-02434: common port A, channels 1 to 13, of
 * which 1 to 4 are the lanes, 5 to 8 the same lanes through the fibre, 9 to 12 their reference
 * transmitters; 13 is dark. *OPC? answers 0 at once while the mirror moves. From memory: thirteen
 * channels, the time of a movement, that a preset goes to channel 1.
 */
#define CHANNELS   13
#define MOVEMENT_S 0.01

struct n7734a {
	struct world *world;
	guint site;
	struct scpi_device *device;
	struct mover *mover;
	int channel; /* told, from 1 */
};

static void arrive(void *owner, struct move move)
{
	struct n7734a *osw = owner;
	world_set_switch(osw->world, osw->site, move.number - 1);
}

static void move_to(struct n7734a *osw, int channel)
{
	if (channel == osw->channel && !mover_moving(osw->mover))
		return;
	osw->channel = channel;
	world_set_switch(osw->world, osw->site, -1);
	mover_go(osw->mover, MOVEMENT_S, (struct move){.number = channel});
}

/* One switch with one common port: both numbers of the header are 1. */
static gboolean place_there(struct scpi_call *call)
{
	int number = 0;
	return scpi_suffix_in(call, 0, 1, 1, 1, &number) &&
	       scpi_suffix_in(call, 1, 1, 1, 1, &number);
}

/* The two parameters "A,2". */
static void run_route(struct scpi_call *call)
{
	struct scpi_span port;
	struct scpi_span way;
	double channel = 0.0;

	if (!place_there(call) || !scpi_take_any(call, &port) || !scpi_take_any(call, &way) ||
	    !scpi_end(call))
		return;
	gboolean is_a = port.len == 1 && (port.p[0] == 'A' || port.p[0] == 'a');
	if (!is_a || scpi_number(way, NULL, &channel) != 0 || channel != (int)channel ||
	    channel < 1 || channel > CHANNELS) {
		scpi_error(call, -220, "StatParamError");
		return;
	}
	move_to(scpi_instrument(call), (int)channel);
}

static void run_route_query(struct scpi_call *call)
{
	const struct n7734a *osw = scpi_instrument(call);
	if (!place_there(call) || !scpi_end(call))
		return;
	g_autofree char *text = g_strdup_printf("A,%d", osw->channel);
	scpi_reply_raw(call, text);
}

static void run_ports(struct scpi_call *call)
{
	if (!place_there(call) || !scpi_end(call))
		return;
	g_autoptr(GString) text = g_string_new("A;1");
	for (int i = 2; i <= CHANNELS; i++)
		g_string_append_printf(text, ",%d", i);
	scpi_reply_raw(call, text->str);
}

static void run_routes(struct scpi_call *call)
{
	if (!place_there(call) || !scpi_end(call))
		return;
	g_autoptr(GString) text = g_string_new("A,1");
	for (int i = 2; i <= CHANNELS; i++)
		g_string_append_printf(text, ".A,%d", i);
	scpi_reply_raw(call, text->str);
}

static gboolean busy(void *instrument)
{
	const struct n7734a *osw = instrument;
	return mover_moving(osw->mover);
}

static void reset(void *instrument)
{
	move_to(instrument, 1);
}

static void run_preset(struct scpi_call *call)
{
	if (scpi_end(call))
		reset(scpi_instrument(call));
}

static const struct scpi_row rows[] = {
	{"ROUTe#[:CHANnel#]", run_route, 0},
	{"ROUTe#[:CHANnel#]?", run_route_query, 0},
	{"ROUTe#[:CHANnel#]:CONFig?", run_ports, 0},
	{"ROUTe#[:CHANnel#]:CONFig:ROUTe?", run_routes, 0},
	{"CONFigure:MEASurement:SETTing:PRESet", run_preset, 0},
	{"SYSTem:PRESet", run_preset, 0},
};

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.plus_sign = TRUE,
	.drops_output = TRUE,
	.completion = SCPI_OPC_POLLED,
	.busy = busy,
	.reset = reset,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct n7734a *osw = g_new0(struct n7734a, 1);
	g_autofree char *serial = sim_serial("DE504", site);
	g_autofree char *idn = g_strdup_printf("Keysight Technologies,N7734A,%s,1.210", serial);

	osw->world = world;
	osw->site = site;
	osw->channel = 1;
	osw->mover = mover_new(world, arrive, osw);
	osw->device = scpi_device_new(&model, idn, osw, faults);
	return osw->device;
}

static void destroy(void *device)
{
	struct n7734a *osw = scpi_device_instrument(device);
	scpi_device_free(device);
	mover_free(osw->mover);
	g_free(osw);
}

const struct sim_kind sim_n7734a = {
	.name = "switch",
	.model = "n7734a",
	.what = "Keysight N7734A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
};
