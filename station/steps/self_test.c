/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

#include "station/steps/instrument_classes.h"

static gboolean test_one(struct step_context *ctx, struct instrument *instrument, GError **error)
{
	if (!instrument_has_self_test(instrument))
		return TRUE;
	step_progress(ctx, 0, instrument_name(instrument));
	if (!instrument_self_test(instrument, step_bounds(ctx), error))
		return FALSE;
	step_remark(ctx, "%s: self-test passed", instrument_name(instrument));
	return TRUE;
}

static gboolean self_test(struct step_context *ctx, GError **error)
{
	guint without;

	return instrument_classes_parse(step_text(ctx, "skip"), &without, error) &&
	       step_each_instrument(ctx, without, test_one, error);
}

static const struct step_param params[] = {
	{"skip", NULL, "none", "classes of instruments that are left out, with blanks between"},
	{NULL},
};

const struct step_def step_self_test = {
	.name = "self-test",
	.help = "the site's instruments test themselves, those that can; before the module has "
		"power",
	.scope = STEP_UNIT,
	.limit_s = 900,
	.params = params,
	.run = self_test,
};
