/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_HAND_H
#define STATION_ENGINE_HAND_H

#include "station/engine/event.h"
#include "station/engine/plan.h"
#include "station/engine/pool.h"
#include "station/engine/step.h"
#include "station/store/store.h"

/*
 * A site in somebody's hands: what production does by a plan, one deed at a time, by the same
 * engine. Fixture and instruments are taken when they are first needed, from all other processes,
 * and kept. Whatever is energised registers its undo first, as in a run (step_undo); the list can
 * be looked at, and runs at the latest when the hand is freed. One thread at a time.
 */
struct hand;

/* Everything is borrowed and must live longer. */
struct hand_world {
	const struct config *config;
	const struct step_table *steps; /* of the products' plans; null: no product can be had */
	struct store *store; /* that a unit is marked in when it is touched; null: it is not */
	const char *who;     /* works here; null or "": nobody in particular */
	pool_hear hear;      /* is told each message of each instrument; null: nobody */
	gpointer hear_data;
};

/* Touches nothing. */
struct hand *hand_new(const struct hand_world *world, const struct config_site *site);
/*
 * Undoes all, lets the loader take a unit out that hand_load put in, and gives everything back,
 * with bounds that no cancel ends. What could not be done is a line in `notes` (owned char *; may
 * be null). Null is allowed.
 */
void hand_free(struct hand *hand, GPtrArray *notes);

/* --- what is there -------------------------------------------------------------------------- */

const struct config *hand_config(const struct hand *hand);
const struct config_site *hand_site(const struct hand *hand);
/* Supplied, out of reset and identified since. */
gboolean hand_is_up(const struct hand *hand);
/* Null before it is up; borrowed. */
struct module *hand_module(struct hand *hand);
/* Null: the module's part number is none of the configuration's, or is not known yet. */
const struct config_product *hand_product(const struct hand *hand);
const struct plan *hand_plan(const struct hand *hand);      /* of the product; null likewise */
const struct knob_map *hand_knobs(const struct hand *hand); /* likewise */
const char *hand_serial(const struct hand *hand);           /* "" when not known yet */
/* All that was measured by hand since the unit is here. */
struct run_record *hand_record(struct hand *hand);
/* What steps tell while they run; free the queue before the hand. */
struct event_queue *hand_events(struct hand *hand, guint capacity);

/* Where the unit is said to be: what steps measure is told to be of this corner; a supply voltage
 * is used by the next power-up. The name is copied. */
void hand_set_corner(struct hand *hand, const char *name, double case_degc, double supply_v);
/* What was said last; NAN: not known. Good until it is said anew. */
const struct plan_corner *hand_corner(const struct hand *hand);

/* Somebody else works here from now on; copied. */
void hand_set_who(struct hand *hand, const char *who);

/* --- the unit ------------------------------------------------------------------------------- */

/* The site's loader puts that unit in; a site without one wants the module in its socket. */
gboolean hand_load(struct hand *hand, const char *serial, GCancellable *stop, GError **error);
/* Supply on, out of reset, low power, identified; no laser is on. The product is the one of its
 * part number, unless hand_set_product said which. Errors as module_power_up and module_identify.
 */
gboolean hand_power_up(struct hand *hand, GCancellable *stop, GError **error);
/* Whatever the module says it is. STATION_ERROR_CONFIG: there is none of that part number, with the
 * nearest, or it does not fit the site. */
gboolean hand_set_product(struct hand *hand, const char *part_number, GError **error);

/* --- deeds ---------------------------------------------------------------------------------- */

enum hand_want {
	HAND_FIXTURE = 1 << 0, /* the fixture's connection */
	HAND_UNIT = 1 << 1,    /* a module that is up; else STATION_ERROR_REFUSED says what to do */
	HAND_PRODUCT = 1 << 2, /* its product, with plan, limits and knob map; likewise */
	HAND_TOUCH = 1 << 3,   /* something is done to the unit: it is marked (store/touch.h) */
};

struct hand_work {
	const char *what; /* for messages and the record: "attenuator set" */
	guint needs; /* bits 1 << enum instrument_class: all taken at once, given back after it */
	guint wants; /* of enum hand_want */
	int lane;    /* 0: none in particular */
	double limit_s; /* process time; 0: HAND_LIMIT_S */
};
#define HAND_LIMIT_S 60.0

/*
 * Runs `deed` with a step's context (station/engine/step.h): its module, instruments, bounds, what
 * it measures and registers to be undone; but no parameters. Errors are the deed's, with what is to
 * blame in front, as in a run: lid, supply, socket, bus. STATION_ERROR_STORAGE when the unit could
 * not be marked: nothing was done then.
 */
typedef gboolean (*hand_deed)(struct step_context *ctx, gpointer data, GError **error);
gboolean hand_do(struct hand *hand, const struct hand_work *work, hand_deed deed, gpointer data,
                 GCancellable *stop, GError **error);

/* For a deed that finds out what it needs: takes further instruments, which are given back after
 * it. Nobody else in this process may hold any. */
gboolean hand_take(struct step_context *ctx, guint needs, GError **error);
/* Likewise: what HAND_TOUCH does, before something is done to the unit. */
gboolean hand_touch(struct hand *hand, const char *what, GCancellable *stop, GError **error);

/*
 * Runs one action of a plan (plan_unroll of hand_plan, or one made by plan_item_make), judged by
 * the product's limits; its verdict is the record's last step's. FALSE only when it could not be
 * begun: the unit or its product is not known, not marked. Retries are not made; the same action
 * done again takes the place of what it measured before (run_record_superseded), as a further
 * attempt in a run.
 */
gboolean hand_action(struct hand *hand, const struct plan_action *action, GCancellable *stop,
                     GError **error);

/* --- instruments --------------------------------------------------------------------------- */

/* The one of that name when it is connected, or null; for its identity only. */
const struct instrument *hand_peek(const struct hand *hand, const char *name);
/* Who has an instrument of the configuration, as exclusive_holder. Free with g_free. */
char *hand_holder(struct hand *hand, const struct config_instrument *item);
/* As pool_record: between deeds. */
gboolean hand_record_instrument(struct hand *hand, const char *name, const char *path,
                                GError **error);

/* --- undo ----------------------------------------------------------------------------------- */

/* What is registered, the next to be undone first: array of const char *, borrowed, good until the
 * next deed. Free with g_ptr_array_unref. */
GPtrArray *hand_undo_names(const struct hand *hand);
/* Runs the list; FALSE with the first failure, which stays on it. The unit is not up any more. */
gboolean hand_undo(struct hand *hand, GError **error);
/* hand_undo, then gives fixture and instruments back to other processes. */
gboolean hand_release(struct hand *hand, GError **error);

#endif
