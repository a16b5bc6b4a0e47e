/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/error.h"
#include "instruments/supply.h"

/* When something with a unit went wrong: who is to blame is asked before it is told. */

/* Another site may hold the supply: so long is waited for it to be asked what it gives. */
#define BLAME_LIMIT_S 10.0
/* Below this part of what it was set to, a supply is held at its current limit or is off. */
#define SUPPLY_HOLDS 0.9
#define SUPPLY_OFF_A 0.02

/*
 * A module without supply does nothing that it is asked for: then the supply is what is to be told,
 * whichever step found out. A supply that cannot be asked is not to blame.
 */
static gboolean blame_supply(const struct step_context *failed, GError **error)
{
	struct step_context ctx = *failed;
	double volt, ampere, wanted_v = step_supply_v(failed);
	gboolean blamed = FALSE;
	g_autoptr(GError) local = NULL;

	ctx.bounds.deadline = deadline_in_s(BLAME_LIMIT_S);
	if (!station_error_is_units_fault(*error) ||
	    !run_take(&ctx, 1u << INSTRUMENT_SUPPLY, &local))
		return FALSE;
	if (supply_measure(step_instrument(&ctx, INSTRUMENT_SUPPLY),
	                   step_site(&ctx)->supply_channel, &volt, &ampere, &ctx.bounds, &local) &&
	    volt < SUPPLY_HOLDS * wanted_v) {
		blamed = TRUE;
		if (ampere > SUPPLY_OFF_A)
			g_prefix_error(error,
			               "the supply is at its current limit, %.2f A, and gives "
			               "%.2f V: ",
			               ampere, volt);
		else
			g_prefix_error(error, "the supply is off: ");
	}
	run_give(&ctx, run_session_broken(local));
	return blamed;
}

/*
 * When the watch has tripped, what the step says is what came of it. Where the step has seen it
 * first, the watch is asked.
 */
static gboolean blame_watch(const struct step_context *ctx, GError **error)
{
	struct watch *watch = ctx->run->watch;
	GError *why = NULL;

	if (watch && (g_error_matches(*error, STATION_ERROR, STATION_ERROR_REFUSED) ||
	              g_error_matches(*error, STATION_ERROR, STATION_ERROR_FIXTURE) ||
	              g_error_matches(*error, STATION_ERROR, STATION_ERROR_ABSENT)))
		watch_look(watch);
	if (!watch_tripped(watch, &why))
		return FALSE;
	g_clear_error(error);
	*error = why;
	return TRUE;
}

/* Without a fixture, or a unit in it, everything goes wrong, and nothing of it is what is to be
 * told: light that went out, say. */
static gboolean blame_socket(const struct step_context *ctx, GError **error)
{
	struct bounds bounds = {deadline_in_s(BLAME_LIMIT_S), NULL};
	gboolean present = TRUE;
	GError *cause = NULL;

	if (!ctx->run->fixture || g_error_matches(*error, STATION_ERROR, STATION_ERROR_CANCELLED) ||
	    g_error_matches(*error, STATION_ERROR, STATION_ERROR_ABSENT) ||
	    g_error_matches(*error, STATION_ERROR, STATION_ERROR_FIXTURE))
		return FALSE;
	if (fixture_module_present(ctx->run->fixture, &present, &bounds, &cause) && !present)
		station_error_set(&cause, STATION_ERROR_ABSENT,
		                  "the unit was pulled out during the test");
	if (!cause)
		return FALSE;
	g_clear_error(error);
	*error = cause;
	return TRUE;
}

/*
 * Silence on the bus is the module's only where something else there answers; else the bus, the
 * socket or the module may be at fault, and a good unit would be failed. A module that answers now
 * is not silent.
 */
static void blame_bus(const struct step_context *failed, GError **error)
{
	struct run *run = failed->run;
	struct bounds bounds = {deadline_in_s(BLAME_LIMIT_S), run->cancellable};
	enum fixture_nack nack = FIXTURE_NACK_NONE;
	gboolean works = FALSE;
	guint8 identifier;
	g_autoptr(GError) silence = NULL;
	g_autoptr(GError) unproven = NULL;

	if (!run->fixture || !station_error_is_units_fault(*error) ||
	    fixture_i2c_xfer(run->fixture, CMIS_I2C_ADDRESS, (const guint8[]){0}, 1, &identifier, 1,
	                     &nack, &bounds, &silence) ||
	    nack == FIXTURE_NACK_NONE)
		return;
	if (fixture_bus_works(run->fixture, &works, &bounds, &unproven) && works)
		return;
	(*error)->code = STATION_ERROR_FIXTURE;
	g_prefix_error(error, "%s: ",
	               unproven ? "nothing proves that the I2C bus works, seat the unit anew"
	                        : "the I2C bus is broken, nothing answers on it");
}

/* Instruments have names; a fixture is known by its site. */
static void name_site(const struct step_context *ctx, GError **error)
{
	if (g_error_matches(*error, STATION_ERROR, STATION_ERROR_FIXTURE))
		g_prefix_error(error, "fixture of site %d: ", ctx->run->site->site);
	else if (g_error_matches(*error, STATION_ERROR, STATION_ERROR_ABSENT))
		g_prefix_error(error, "site %d: ", ctx->run->site->site);
}

void run_blame(struct step_context *ctx, GError **error)
{
	if (blame_watch(ctx, error))
		return;
	if (!blame_socket(ctx, error) && !blame_supply(ctx, error))
		blame_bus(ctx, error);
	name_site(ctx, error);
}

gboolean run_call(struct step_context *ctx, guint needs, run_work work, gpointer data,
                  GError **error)
{
	GError *cause = NULL;
	gboolean ok;

	if (!run_take(ctx, needs, error))
		return FALSE;
	ok = work(ctx, data, &cause);
	if (!ok)
		station_error_set(&cause, STATION_ERROR_INTERNAL, "it failed without saying why");
	run_give(ctx, run_session_broken(cause));
	if (!cause)
		return TRUE;
	run_blame(ctx, &cause);
	g_propagate_error(error, cause);
	return FALSE;
}
