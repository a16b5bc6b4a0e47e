/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_MODEL_H
#define BENCH_MODEL_H

#include <glib.h>

/*
 * What kinds of module the bench can make, one row for each part number of
 * docs/virtual-module.md, and more from files (model_set.h). Rows are constant; the program's own
 * live as long as it.
 */
#define MODEL_LANES        4
#define MODEL_APPLICATIONS 8

enum model_transmitter {
	MODEL_EML,        /* laser and electro-absorption modulator, as warm as the case makes it */
	MODEL_EML_COOLED, /* the same, held at a temperature by a thermo-electric cooler */
	MODEL_VCSEL,      /* directly modulated, multimode */
};

enum model_rssi { MODEL_RSSI_LINEAR, MODEL_RSSI_QUADRATIC, MODEL_RSSI_TWO_SLOPES };

struct model_application {
	guint8 host_id, media_id;
	guint8 lanes;        /* host in the upper, media in the lower nibble, as page 00h has it */
	guint8 starts;       /* host lanes it may start at; bit 0 is lane 1 */
	guint8 media_starts; /* the same of media lanes */
};

struct world_model {
	const char *name; /* "dr4": how people and files of the bench name it */
	const char *part_number;
	const char *type; /* "400GBASE-DR4" */
	/* Row of the program whose physics and limits a row of a file has; null: its own. */
	const struct world_model *like;
	gboolean osfp;
	gboolean wdm;       /* all lanes on one fibre, told apart by wavelength */
	gboolean multimode; /* fibre */
	enum model_transmitter transmitter;
	enum model_rssi rssi;
	gboolean rx_in_oma; /* RX power and LOS in OMA; else average */
	guint n_lanes;
	guint n_host_lanes; /* 8 at 26.5625 GBd with a gearbox, or 4 at 53.125 GBd */
	double wavelength_m[MODEL_LANES];
	double reach_m; /* of its type: the fibre that its site has */
	/* management */
	guint8 media_type, connector, technology, max_power_quarter_w;
	struct model_application applications[MODEL_APPLICATIONS]; /* ends with host_id 0 */
};

/* The program's own rows, by name and by number. Null when there is none of that name. */
const struct world_model *world_model_find(const char *name);
/* Row i; null past the end. Row 0 is what a site and a unit are when nobody says. */
const struct world_model *world_model_at(guint i);

/* The row of the program that says what such a unit is made of; itself for those rows. */
const struct world_model *world_model_origin(const struct world_model *model);

/* Whether a unit of that model can be put and measured where the other's belongs: socket and
 * fibres. */
gboolean world_model_fits(const struct world_model *unit, const struct world_model *site);

/* The lane that a host lane carries; -1 for a host lane that the model has not. */
int world_model_media_lane(const struct world_model *model, guint host_lane);
/* Of a host lane: 26.5625 GBd with a gearbox of two to a lane, else 53.125 GBd. */
double world_model_host_rate_bd(const struct world_model *model);

#endif
