/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_UNITS_H
#define STATION_FRONT_LOT_UNITS_H

#include "station/engine/lot_file.h"
#include "station/store/claim.h"
#include "station/store/store.h"

/*
 * Which units of a lot are still to be tested: by what the store says of them, and by what others
 * who test the same lot have in hand. A unit that the lot has passed or failed is not tested twice
 * unless that is asked for.
 */
enum lot_mode {
	LOT_NEW,    /* no unit of it may have been judged before */
	LOT_RESUME, /* goes on: what was judged is left alone, unless it was touched by hand since
	             */
	LOT_AGAIN,  /* all of them once more */
};

struct lot_units {
	const struct lot_file *lot;
	struct store *store;
	enum lot_mode mode;
	struct store_claims *claims; /* null: nobody else is asked */
	gboolean *given;             /* by unit: handed to a site, or not to be */
	gboolean *again;             /* passed, but was touched by hand since */
	gboolean *elsewhere;         /* in somebody else's hands when it was its turn */
	char **seen;                 /* its latest run at the beginning, or null */
	guint to_run;                /* in all */
	enum verdict resumed;        /* the worst of those that are not run here */
};

/* Borrows lot and store. */
void lot_units_init(struct lot_units *units, const struct lot_file *lot, struct store *store,
                    enum lot_mode mode);
void lot_units_clear(struct lot_units *units);

/*
 * Asks the store; may be done once more. STATION_ERROR_REFUSED when a new lot was judged before,
 * CONFIG with file and line when a unit was judged as another part number, STORAGE.
 */
gboolean lot_units_read(struct lot_units *units, GError **error);

/* From now on others are kept from units that are taken here. */
gboolean lot_units_open_claims(struct lot_units *units, const char *store_path, GError **error);

/* Says on standard error why units that passed are tested again, and what of the lot's file is not
 * as it was. */
void lot_units_tell(const struct lot_units *units);

/* The unit is begun now. *mine FALSE: somebody else tests it, or has tested it meanwhile. */
gboolean lot_units_take(struct lot_units *units, guint i, gboolean *mine, GError **error);
/* It is over, whatever came of it. */
void lot_units_release(struct lot_units *units, const char *serial);

/* At the end: of units that were in other hands, how many have no verdict. They are told. */
guint lot_units_elsewhere(struct lot_units *units);

#endif
