/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_switch.h"

#include "bench/mover.h"
#include "bench/scpi.h"
#include "bench/world.h"

/*
 * Santec OSX-100 with one 1x16 module: channels 1 to 4 are the lanes, 5 to 8 the same lanes through
 * the fibre, 9 to 12 their reference transmitters; 13 to 16 are dark. Where sites share it, the
 * module is a 1x32 of two sites, a 1x64 of four, and 17 to 32 are the second site's. OSX User
 * Manual M-OSX_SX1-001.04. Commands return before the movement ends; the operation condition
 * register is not 0 until then. From memory: the texts of *IDN? and of MODule:INFO?, and that home
 * is channel 1.
 */
#define MOVEMENT_S 0.3
#define MOVING_BIT 0x02 /* SCPI-1999: settling */

struct osx {
	struct world *world;
	guint site;
	struct scpi_device *device;
	struct mover *mover;
	int channel; /* told, from 1 */
	int channels;
	gboolean shared;
	gboolean remote;
};

static const char *const lan_texts[] = {"127.0.0.1", "0.0.0.0", "255.0.0.0", "osx-100",
                                        "00-00-00-00-00-00"};

static void route(struct osx *osx, int channel)
{
	if (osx->shared)
		world_set_shared_switch(osx->world, channel);
	else
		world_set_switch(osx->world, osx->site, channel);
}

static void arrive(void *owner, struct move move)
{
	struct osx *osx = owner;
	route(osx, move.number - 1);
}

static void move_to(struct osx *osx, int channel)
{
	if (channel == osx->channel && !mover_moving(osx->mover))
		return;
	osx->channel = channel;
	/* No port is connected while the mirror turns. */
	route(osx, -1);
	mover_go(osx->mover, MOVEMENT_S, (struct move){.number = channel});
}

/* The module named by the number in the header, counted from `first`; there is one. */
static gboolean module_there(struct scpi_call *call, int first)
{
	int module = 0;
	return scpi_suffix_in(call, 0, first, first, first, &module);
}

static void run_close(struct scpi_call *call)
{
	struct osx *osx = scpi_instrument(call);
	int channel = osx->channel % osx->channels + 1;

	if (scpi_parameters_left(call) > 0 && !scpi_take_int(call, 1, osx->channels, &channel))
		return;
	if (scpi_end(call))
		move_to(osx, channel);
}

static void run_channel(struct scpi_call *call)
{
	struct osx *osx = scpi_instrument(call);
	int channel = 0;

	if (module_there(call, 1) && scpi_take_int(call, 1, osx->channels, &channel) &&
	    scpi_end(call))
		move_to(osx, channel);
}

static void run_channel_query(struct scpi_call *call)
{
	struct osx *osx = scpi_instrument(call);
	if (module_there(call, 1) && scpi_end(call))
		scpi_reply_int(call, osx->channel);
}

static void run_home(struct scpi_call *call)
{
	if (module_there(call, 1) && scpi_end(call))
		move_to(scpi_instrument(call), 1);
}

/* A type with one common port takes only 1. */
static void run_common(struct scpi_call *call)
{
	int common = 0;
	if (module_there(call, 1) && scpi_take_int(call, 1, 1, &common))
		scpi_end(call);
}

enum constant { CONSTANT_END, CONSTANT_NUMBER, CONSTANT_SELECTED, CONSTANT_COMMON };

static void run_constant(struct scpi_call *call)
{
	const struct osx *osx = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_int(call, scpi_tag(call) == CONSTANT_END ? osx->channels : 1);
}

static void reply_kind(struct scpi_call *call)
{
	const struct osx *osx = scpi_instrument(call);
	char kind[32];

	g_snprintf(kind, sizeof kind, "SX 1Ax%d", osx->channels);
	scpi_reply_quoted(call, kind);
}

static void run_catalog(struct scpi_call *call)
{
	if (scpi_end(call))
		reply_kind(call);
}

static void run_select(struct scpi_call *call)
{
	int module = 0;
	if (scpi_take_int(call, 1, 1, &module))
		scpi_end(call);
}

/* Modules are counted from 0 here, from 1 in ROUTe. */
static void run_info(struct scpi_call *call)
{
	if (module_there(call, 0) && scpi_end(call))
		reply_kind(call);
}

static void run_remote(struct scpi_call *call)
{
	struct osx *osx = scpi_instrument(call);
	gboolean remote = FALSE;
	if (scpi_take_bool(call, &remote) && scpi_end(call))
		osx->remote = remote;
}

static void run_remote_query(struct scpi_call *call)
{
	struct osx *osx = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_bool(call, osx->remote);
}

static void run_notify(struct scpi_call *call)
{
	struct scpi_span text;
	while (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &text);
}

static void run_lan(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_reply_raw(call, lan_texts[scpi_tag(call)]);
}

static const struct scpi_row rows[] = {
	{"CLOSe", run_close, 0},
	{"CLOSe?", run_channel_query, 0},
	{"CFG:SWT:END?", run_constant, CONSTANT_END},
	{"MODule:CATalog?", run_catalog, 0},
	{"MODule:NUMber?", run_constant, CONSTANT_NUMBER},
	{"MODule:SELect", run_select, 0},
	{"MODule:SELect?", run_constant, CONSTANT_SELECTED},
	{"MODule#:INFO?", run_info, 0},
	{"ROUTe:CHANnel:ALL", run_channel, 0},
	{"ROUTe#:CHANnel", run_channel, 0},
	{"ROUTe#:CHANnel?", run_channel_query, 0},
	{"ROUTe#:CLOSe", run_channel, 0},
	{"ROUTe#:CLOSe?", run_channel_query, 0},
	{"ROUTe#:COMMon", run_common, 0},
	{"ROUTe#:COMMon?", run_constant, CONSTANT_COMMON},
	{"ROUTe#:HOMe", run_home, 0},
	{"LCL", run_remote, 0},
	{"LCL?", run_remote_query, 0},
	{"TEST:NOTIFY#", run_notify, 0},
	{"SYSTem:COMMunicate:LAN:ADDRess?", run_lan, 0},
	{"SYSTem:COMMunicate:LAN:GATEway?", run_lan, 1},
	{"SYSTem:COMMunicate:LAN:MASK?", run_lan, 2},
	{"SYSTem:COMMunicate:LAN:HOSTname?", run_lan, 3},
	{"SYSTem:COMMunicate:LAN:MAC?", run_lan, 4},
};

static gboolean busy(void *instrument)
{
	struct osx *osx = instrument;
	return mover_moving(osx->mover);
}

static guint operation(void *instrument)
{
	return busy(instrument) ? MOVING_BIT : 0;
}

static void reset(void *instrument)
{
	move_to(instrument, 1);
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 20,
	.completion = SCPI_OPC_ONE,
	.busy = busy,
	.reset = reset,
	.operation = operation,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct osx *osx = g_new0(struct osx, 1);
	g_autofree char *serial = sim_serial("OSX", site);
	g_autofree char *idn = g_strdup_printf("Santec,OSX-100,%s,1.04", serial);

	osx->world = world;
	osx->site = site;
	osx->channel = 1;
	osx->shared = world_switch_is_shared(world);
	osx->channels = WORLD_SWITCH_CHANNELS * (osx->shared ? (int)world_sites(world) : 1);
	osx->mover = mover_new(world, arrive, osx);
	osx->device = scpi_device_new(&model, idn, osx, faults);
	return osx->device;
}

static void destroy(void *device)
{
	struct osx *osx = scpi_device_instrument(device);
	scpi_device_free(device);
	mover_free(osx->mover);
	g_free(osx);
}

const struct sim_kind sim_switch = {
	.name = "switch",
	.model = "osx-100",
	.what = "Santec OSX-100",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
	.behind_switch = TRUE,
};
