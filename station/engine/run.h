/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_RUN_H
#define STATION_ENGINE_RUN_H

#include "reports/judging.h"
#include "station/engine/event.h"
#include "station/engine/live_eye.h"
#include "station/engine/loader.h"
#include "station/engine/plan.h"
#include "station/engine/pool.h"
#include "station/engine/question.h"
#include "station/engine/watch.h"
#include "station/store/store.h"

#include <gio/gio.h>

/*
 * One run of a plan on a unit at a site, on the site's thread: what the engine's own files share.
 * Steps see it only through station/engine/step.h.
 */

/* A product with its files read; one per product and thread (formulas are not shared). */
struct product_files {
	const struct config_product *product;
	const struct optical_type *type; /* of the product */
	struct plan *plan;
	struct knob_map *knobs;
	GPtrArray *limits; /* struct limit_set, in the order of the configuration */
};
struct product_files *product_files_load(const struct config_product *product,
                                         const struct step_table *steps, GError **error);
void product_files_free(struct product_files *files); /* null is allowed */
/* The one that is among those loaded already, or it is loaded and added. Borrowed. */
const struct product_files *product_files_for(GPtrArray *loaded,
                                              const struct config_product *product,
                                              const struct step_table *steps, GError **error);

/* What a run is about. */
struct unit_request {
	char *serial, *part_number, *lot, *lot_sha256, *operator_name;
	guint number, of; /* the how-manieth unit of the lot; 0 unknown */
};
void unit_request_free(struct unit_request *request);

struct open_run;
struct workers;

struct run {
	const struct config *config;
	const struct config_site *site;
	const struct product_files *files;
	const struct unit_request *request;
	struct pool *pool;
	struct event_bus *bus;
	struct fixture *fixture;
	struct module *module;
	GCancellable *cancellable; /* triggered by an abort or by the watch */
	struct watch *watch;       /* null: nothing is watched */
	struct question *question; /* of the site; null: nobody can be asked */
	struct eye_slot *eye;      /* likewise; null: nobody looks */
	struct run_record *record;
	struct open_run *open;         /* the record until it is stored; null: not kept */
	struct open_run **rested;      /* of the site: files of the run before; null: none */
	struct write_journal *journal; /* of what is written to the module; null between runs */
	GPtrArray *undo;               /* struct undo_entry, the last is run first */
	GPtrArray *left; /* struct undo_entry that failed, to be tried again; null: not kept */
	struct workers *workers; /* who computes rests of steps; null: the site itself */
	enum config_order order; /* of steps that may go ahead */
	guint done, total;       /* actions */
};

struct undo_entry {
	char *name;
	guint needs;                       /* instruments that it uses */
	const struct product_files *files; /* of the run that registered it; null: of none */
	gboolean (*undo)(struct step_context *ctx, const struct bounds *bounds, GError **error);
};

struct step_context {
	struct run *run;
	const struct plan_item *item; /* null in an undo */
	const struct plan_corner *corner;
	const struct plan_corner *from; /* as in struct plan_action */
	int lane;
	guint step_index; /* in the record */
	guint needs;
	guint use;          /* of the record: what it has now */
	gint64 had_mono_us; /* since when */
	struct bounds bounds;
	struct instrument *instruments[INSTRUMENT_N_CLASSES];
	/* where it reports while results before it are not known; null: the run's record */
	struct run_record *ahead;
	gboolean is_within; /* another step: the instruments are that one's */
	gboolean is_rest;   /* no module, no instruments */
	step_rest_fn rest;  /* null: none */
	gpointer rest_data;
	GDestroyNotify rest_free;
};

/* Where the step reports. */
struct run_record *run_record_of(const struct step_context *ctx);

/* Takes the instruments of a mask of classes for a context, and gives them back. */
gboolean run_take(struct step_context *ctx, guint needs, GError **error);
void run_give(struct step_context *ctx, gboolean give_up);

/*
 * Runs `work` with the instruments of a mask held. An error of its, a TRUE with error too, has what
 * is to blame for it: lid, unit, supply or bus.
 */
typedef gboolean (*run_work)(struct step_context *ctx, gpointer data, GError **error);
gboolean run_call(struct step_context *ctx, guint needs, run_work work, gpointer data,
                  GError **error);

/* The same for an error that is known only when the instruments have been given back. */
void run_blame(struct step_context *ctx, GError **error);

/*
 * Does what a step has left, if anything, on the calling thread, and forgets it. FALSE with what it
 * said.
 */
gboolean run_rest(struct step_context *ctx, GError **error);

/* The same by run->workers, sites in turn, where there is one. Waits for it. */
gboolean run_compute(struct step_context *ctx, GError **error);
/* Drops what a step has left, undone. */
void run_drop_rest(struct step_context *ctx);

/* Whether the site's instruments for a mask of classes could be taken at once. */
gboolean run_are_free(const struct step_context *ctx, guint needs);

/* Whether an error means that an instrument's session cannot be trusted any more. */
gboolean run_session_broken(const GError *error);

/* Runs the undo list, last in first out, and empties it. Failures become notes and events, and go
 * to run->left; TRUE when every step succeeded. */
gboolean run_undo(struct run *run);
/* The guard is told what of the site is to be undone (guard.h). */
void run_tell_guard(const struct run *run);
void undo_entry_free(struct undo_entry *entry);

/* Writes into the record what is known before the run: unit, product, plan, files, instruments. */
void run_begin_record(struct run *run);

/*
 * Runs the whole plan and fills the record: verdict, reason, steps, values. Never fails: what goes
 * wrong is in the record. Nothing is energised when it returns, unless an undo failed and is noted.
 */
void run_plan(struct run *run);

/* A step of an action in a record, begun now and not judged yet. */
struct record_step *run_add_step(struct run_record *record, const struct plan_action *action,
                                 int attempt);
/* Keeps the run's record (open_run.h) and tells that the action is begun. */
void run_tell_begin(struct run *run, const struct plan_action *action, int attempt);
/* The context of an action's step, the last one of the record that it reports to. */
struct step_context run_context(struct run *run, const struct plan_action *action,
                                struct run_record *ahead);
/* Takes the instruments, does the step, gives them back; what it leaves is still to be done. */
gboolean run_step(struct step_context *ctx, GError **error);
/* Judges the last step of the run's record, with its measurements from `first` on, and tells it.
 * error: what ended it, or null. */
enum verdict run_conclude_step(struct run *run, guint first, const GError *error,
                               double duration_s);
/* The further attempts that an action may have after one with that verdict; the verdict of the
 * last. */
enum verdict run_retry(struct run *run, const struct plan_action *action, enum verdict verdict);
/* Whether what comes after an action with that verdict is left out, but for the cleanup. */
gboolean run_stops(const struct plan_action *action, enum verdict verdict);

/* Runs one action once, judges what it measured and tells it; all of it is in the record's last
 * step. */
enum verdict run_attempt(struct run *run, const struct plan_action *action, int attempt);

/* What the run's values are judged by. Borrows the limits of the run's product. */
struct judging run_judging(const struct run *run);

/* Judges the measurements that were added to the record from index `first` on. */
enum verdict run_judge(struct run *run, guint first, gboolean *marginal, char **reason);
/* Tells them; they are in the run's open record then. */
void run_publish_values(struct run *run, guint first);
/* As step_clearance (step.h), of all measurements from `first` on. */
double run_clearance(const struct run *run, guint first);

/*
 * The journal of what this run writes to its module (fixtures/write_journal.h), beside the store:
 * opened before anything is touched; at the end its stores go into the record, and a module of
 * which not all is known to be whole, by this run's journal or by an earlier one's, cannot PASS.
 * Whoever triggers `stop` (borrowed, may be null) waits for no disk.
 */
gboolean run_journal_open(struct run *run, GCancellable *stop, GError **error);
void run_journal_close(struct run *run);
/* The folder of all units' journals; free with g_free. */
char *run_journal_folder(const struct config *config);

/* What the site does with the unit now, for the ledger of use (usage.h). */
void run_does(struct run *run, enum usage_doing doing);

/* Publishes an event about this run. */
void run_publish(struct run *run, struct event *event);

#endif
