/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_GENERIC_DIALECT_H
#define INSTRUMENTS_GENERIC_DIALECT_H

#include "base/yaml.h"
#include "instruments/driver.h"
#include "instruments/scpi/scpi.h"

/*
 * An instrument told in YAML alone: a dialect file has the commands of a family in one place and
 * its models as rows. docs/adding-an-instrument.md describes the file; whatever is wrong with one
 * is STATION_ERROR_CONFIG with file and line. A class (generic_supply.c ...) says which operations
 * it can use.
 */

enum generic_kind {
	GENERIC_ACTION,  /* send: no value; ask, when there is one, answers the channel */
	GENERIC_NUMBER,  /* send with a value, asked back and compared with the tolerance */
	GENERIC_NEAREST, /* the same where the instrument takes the nearest of its own list */
	GENERIC_SWITCH,  /* send with the word for on or off, asked back */
	GENERIC_READING, /* ask only: a number */
	GENERIC_FLAG,    /* ask only: on or off */
};

/* An operation that a class can use, and how it stands in the file. */
struct generic_slot {
	const char *name; /* the key */
	enum generic_kind kind;
	const char *unit; /* of numbers, in base/unit.h: what the class counts in */
	gboolean required;
	gboolean whole; /* is the instrument's, not a channel's: no channel is selected for it */
};

/* An operation of a dialect; texts are borrowed from the file, null where there is none. */
struct generic_operation {
	const char *send; /* {channel} and {value} stand for them */
	const char *ask;
	int digits;
	double scale;     /* a number on the wire times this is one in the slot's unit */
	gboolean in_dbm;  /* the wire has dBm, the slot wants W */
	double tolerance; /* in the slot's unit */
	const char *on;
	const char *off;
};

#define GENERIC_OPERATIONS_MAX 12

struct generic_dialect;

struct generic_class {
	enum instrument_class class;
	const struct generic_slot *slots; /* the first is the one that selects a channel */
	guint n_slots;
	/*
	 * Reads the facts of a row of `models:` (its name is read already) into n_channels and the
	 * member of the union; the facts are kept with generic_keep.
	 */
	gboolean (*load_model)(struct generic_dialect *dialect, const struct yaml_node *row,
	                       struct instrument_model *model, GError **error);
};

struct generic_dialect {
	const struct generic_class *class;
	struct yaml_doc *file;          /* owned */
	const struct yaml_node *ranges; /* of the file: name to map */
	struct link_settings link;
	struct scpi_dialect scpi;
	struct instrument_roster roster;
	struct generic_operation operations[GENERIC_OPERATIONS_MAX]; /* in the order of slots */
	GPtrArray
		*start; /* texts sent at instrument_open, once for each channel or once; borrowed */
	double answer_s;
	double settle_s;
	double move_s;
	GPtrArray *kept; /* what roster and models point to; owned */
};

/* Reads and checks a dialect file of that class. Free with generic_dialect_free. */
struct generic_dialect *generic_dialect_load(const char *path, const struct generic_class *class,
                                             GError **error);
void generic_dialect_free(struct generic_dialect *dialect); /* null is allowed */

/* Zeroed memory that lives as long as the dialect. */
gpointer generic_keep(struct generic_dialect *dialect, gsize size);

/* For load_model: the map under `ranges` of that name; an error at `row` when there is none. */
const struct yaml_node *generic_range(const struct generic_dialect *dialect,
                                      const struct yaml_node *row, const char *name,
                                      GError **error);
/* For load_model: "key: [0 V, 32 V]", the first below the second. */
gboolean generic_limits(const struct yaml_node *map, const char *key, const char *unit, double *min,
                        double *max, GError **error);
/* For load_model: "channels: 4, range: NAME", where all channels are alike. */
gboolean generic_alike(const struct generic_dialect *dialect, const struct yaml_node *row,
                       struct instrument_model *model, const struct yaml_node **range,
                       GError **error);

#define GENERIC_CHANNELS_MAX 32

/* ---- what the drivers of all classes have alike ---- */

/* The parameter "dialect", which names the file. */
extern const char *const generic_parameters[];

/* instrument->state begins with the dialect: this is all of it. */
gboolean generic_prepare(struct instrument *instrument, const struct generic_class *class,
                         GError **error);
const struct generic_dialect *generic_dialect_of(const struct instrument *instrument);
const struct scpi_dialect *generic_own_dialect(const struct instrument *instrument);
const struct instrument_roster *generic_own_roster(const struct instrument *instrument);
void generic_free_state(gpointer state);

#endif
