/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

#include "base/clock.h"
#include "station/steps/instrument_classes.h"

#include <math.h>

/* What the plan says comes before what is known of the model. */
static double wanted_s(const struct step_context *ctx, const struct instrument *instrument)
{
	double time_s = step_number(ctx, "time");

	return time_s > 0 ? time_s : instrument_warm_up_s(instrument);
}

static gboolean wait_for_one(struct step_context *ctx, struct instrument *instrument,
                             GError **error)
{
	double left_s = wanted_s(ctx, instrument) - step_on_s(ctx, instrument);

	if (left_s <= 0)
		return TRUE;
	step_note(ctx, "%s warms up for another %.0f s", instrument_name(instrument), ceil(left_s));
	if (clock_sleep_s(left_s, step_bounds(ctx), error))
		return TRUE;
	g_prefix_error(error, "%s: warm-up: ", instrument_name(instrument));
	return FALSE;
}

static gboolean warm_up(struct step_context *ctx, GError **error)
{
	guint without;

	return instrument_classes_parse(step_text(ctx, "skip"), &without, error) &&
	       step_each_instrument(ctx, without, wait_for_one, error);
}

static const struct step_param params[] = {
	{"time", "s", "0 s", "how long all must have been on; 0 s: what is known of each model"},
	{"skip", NULL, "none", "classes of instruments that are not waited for"},
	{NULL},
};

const struct step_def step_warm_up = {
	.name = "warm-up",
	.help = "waits until the site's instruments have been seen switched on for long enough",
	.scope = STEP_UNIT,
	.limit_s = 4 * 3600,
	.params = params,
	.run = warm_up,
};
