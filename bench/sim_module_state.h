/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_STATE_H
#define BENCH_SIM_MODULE_STATE_H

#include "bench/random.h"
#include "bench/sim_module.h"
#include "bench/sim_module_memory.h"
#include "bench/sim_module_sff8636.h"
#include "bench/world.h"

#include <glib.h>

/*
 * The inside of the simulated module, shared by its sim_module_*.c files, and its two state
 * machines (CMIS 5.2, module and data path). Lanes count from 0. Everything here is called with
 * the module's lock held (bench/sim_module.h).
 */

enum module_state {
	MODULE_OFF, /* no power */
	MODULE_RESET,
	MODULE_MGMT_INIT,
	MODULE_LOW_PWR,
	MODULE_PWR_UP,
	MODULE_READY,
	MODULE_PWR_DN,
};

/* The numbers are those of page 11h bytes 128 to 131. */
enum path_state {
	PATH_DEACTIVATED = 1,
	PATH_INIT = 2,
	PATH_DEINIT = 3,
	PATH_ACTIVATED = 4,
	PATH_TX_TURN_ON = 5,
	PATH_TX_TURN_OFF = 6,
	PATH_INITIALIZED = 7,
};

/*
 * How long things take, in simulated seconds. Each is below the bound that page 01h bytes 144, 167
 * and 168 advertise; 2 s is the standard's bound for MODULE_MGMT_INIT.
 */
#define MODULE_MGMT_INIT_S 0.5
#define MODULE_PWR_UP_S    0.7
#define MODULE_PWR_DN_S    0.2
#define MODULE_CONFIG_S    0.04
#define PATH_INIT_S        2.2
#define PATH_DEINIT_S      0.03
#define PATH_TX_TURN_ON_S  0.25
#define PATH_TX_TURN_OFF_S 0.003
#define MODULE_NV_WRITE_S  0.06     /* bound 80 ms */
#define MODULE_COMMIT_S    0.3      /* bound 500 ms */
#define MODULE_SELECT_S    0.001984 /* ModSelL setup, as page 01h byte 143 says */
#define MODULE_SAMPLE_S    0.01     /* the monitors are sampled this often */

/* The maker's pages, as they are stored and as they act: B0h, B1h, B2h. */
#define MODULE_VENDOR_PAGES 3
struct vendor_pages {
	guint8 bytes[MODULE_VENDOR_PAGES][128];
};

/* One of the two firmware images. */
struct firmware_image {
	gboolean valid; /* whole, and may run */
	guint8 major, minor;
	guint16 build;
};

struct module_firmware {
	struct firmware_image images[2]; /* A and B */
	guint8 committed;                /* which one runs after power-on or reset */
};

/* Pages 00h, 01h and 02h. */
#define MODULE_IDENTITY_PAGES 3

/* Power that fails in the middle of the left-th store from now on; 0: it does not. */
struct store_spoil {
	guint left;
	double part; /* of it that is done then */
};

/* What the module keeps without power. Lives with the unit (world_unit_set_firmware). */
struct module_nv {
	struct vendor_pages vendor;
	guint8 user[128]; /* page 03h */
	/* what a host has written to pages 00h to 02h, in the place of what the maker put there */
	guint8 identity[MODULE_IDENTITY_PAGES][128];
	gboolean identity_written[MODULE_IDENTITY_PAGES][128];
	gboolean torn; /* the maker's pages were being stored when the power failed */
	guint32 host_password;
	struct module_firmware firmware;
};

struct data_path {
	enum path_state state;
	double until_s; /* end of a transient state */
};

/* An apply trigger that has not ended yet, for one lane. */
struct lane_config {
	gboolean busy;
	gboolean immediate;
	double until_s;
	guint8 result;    /* ConfigStatus when it ends */
	guint8 dp_config; /* the DPConfig byte it was triggered with */
};

/* What a pattern checker of one lane has counted. */
struct diag_checker {
	gboolean counting;
	double gate_end_s; /* infinity: until it is stopped */
	guint64 bits, errors;
	guint64 kept_bits, kept_errors; /* when it last stopped */
};

/* What is to go wrong with a command, for tests: at the left-th of that identity from now on. */
struct cdb_spoil {
	enum sim_cdb_spoil kind;
	guint command, left;
};

struct module_cdb {
	gboolean busy;
	double until_s; /* end of the command; infinity: never */
	guint refused;  /* status that it ends with at once; 0: none */
	gboolean fatal; /* it ends with a restart in its middle */
	double nack_until_s;
	guint running; /* image */
	double restart_s;
	gboolean run_next; /* the restart is into next_image */
	guint next_image;
	guint8 header[32];    /* of the download */
	GByteArray *download; /* what came of it; null: none is under way */
	struct cdb_spoil spoil;
};

struct module_diag {
	struct random_stream noise;
	gboolean seeded;
	double counted_s;                                  /* until when */
	double refilled_s;                                 /* from when on results are shown */
	struct diag_checker checkers[2][WORLD_HOST_LANES]; /* host, media */
};

/* What the observables remember, since they were last released. */
struct module_vdm {
	guint n;
	double least[WORLD_LANES], most[WORLD_LANES], sum[WORLD_LANES]; /* bit error ratios */
};

struct sim_module {
	GMutex lock;
	struct world *world; /* borrowed */
	guint site;

	guint64 epoch;                   /* of the power cycle that the rest belongs to */
	struct world_unit *unit;         /* borrowed; null while off */
	const struct world_model *model; /* of the unit; null while off */
	struct module_nv *nv;            /* borrowed from the unit */

	gboolean reset_l; /* pins, as levels */
	gboolean lp_mode;
	gboolean mod_sel_l; /* means nothing to an OSFP module */
	double selected_s;  /* when ModSelL went low */

	double now_s; /* how far the state has been advanced */
	enum module_state state;
	double state_until_s;
	struct data_path paths[WORLD_HOST_LANES]; /* by their first host lane */
	struct lane_config configs[WORLD_HOST_LANES];

	struct module_memory memory;
	struct sff_memory sff; /* of a unit that is no CMIS module; has no use in others */
	guint8 pointer;        /* the bus's current address */
	double nv_busy_until_s;
	gboolean maker_unlocked;
	gboolean host_unlocked;

	gboolean committing;
	double commit_until_s;
	struct vendor_pages commit; /* what is being stored */
	gboolean commit_fails;      /* the power goes at commit_until_s, before it is done */
	struct store_spoil store_spoil;
	guint setting_writes; /* WRITEs to page B0h since power-up */

	struct module_vdm vdm;
	struct module_cdb cdb;
	struct module_diag diag;    /* pages 13h and 14h */
	struct world_analog analog; /* last sample */
	double sampled_s;           /* when; before the first sample, minus infinity */
	gboolean los[WORLD_LANES];

	struct world_drive drive; /* as the world knows it */
	gboolean drive_known;
};

/* Everything volatile to its power-on value and the state machine to MODULE_MGMT_INIT or, with
 * ResetL low, MODULE_RESET. unit and nv must be set. */
void sim_state_start(struct sim_module *module);

/* No power, or held in reset. */
void sim_state_stop(struct sim_module *module, enum module_state state);

/* Lets time pass up to now_s: timers end in their order, and what follows from them happens. */
void sim_state_advance(struct sim_module *module, double now_s);

/* True when the module is past MODULE_MGMT_INIT: its registers mean something. */
gboolean sim_state_managed(const struct sim_module *module);

/* TRUE when the unit speaks SFF-8636: it has none of the states below, and no light. */
gboolean sim_state_is_sff8636(const struct sim_module *module);

/* How many host lanes feed one media lane: 2 behind a gearbox, else 1. */
guint sim_state_host_per_media(const struct sim_module *module);

/* The state of the data path that a host lane belongs to; PATH_DEACTIVATED when unused. */
enum path_state sim_state_of_lane(struct sim_module *module, guint host_lane);
/* First host lane of its data path, or -1 when unused. */
int sim_state_path_of_lane(struct sim_module *module, guint host_lane);

/* Latches bits of a flag byte. */
void sim_state_raise(struct sim_module *module, guint page, guint byte, guint8 bits);

/* "ModuleReady", "DPActivated", ... */
const char *sim_state_name(enum module_state state);
const char *sim_path_name(enum path_state state);

#endif
