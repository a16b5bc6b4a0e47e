/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/knob_map.h"
#include "station/steps/power_cycle.h"
#include "station/steps/steps.h"

static gboolean wanted_of(struct step_context *ctx, struct module_image **wanted, GError **error)
{
	const struct personal_unit unit = {
		.serial = step_serial(ctx),
		.part_number = step_part_number(ctx),
		.lot = step_record(ctx)->lot,
		.type = step_type(ctx)->name,
	};

	*wanted = personal_policy_image(step_personal(ctx), &unit, error);
	return *wanted != NULL;
}

static gboolean write_all(struct step_context *ctx, const struct module_image *wanted,
                          guint *n_written, guint *store, GError **error)
{
	const struct personal_policy *policy = step_personal(ctx);
	const struct knob_map *map = step_knobs(ctx);
	/* the password of its own, else the maker's */
	const struct personal_order order = {
		.wanted = wanted,
		.has_password = policy->has_password || map->has_password,
		.password = policy->has_password ? policy->password : map->password,
		.block = policy->block,
		.write_s = policy->write_s,
	};

	return personal_write(step_module(ctx), &order, n_written, store, step_bounds(ctx), error);
}

/* After a power cycle: what it says of itself then is what the record has. */
static gboolean verify(struct step_context *ctx, const struct module_image *wanted, guint store,
                       GError **error)
{
	return power_cycle(ctx, error) &&
	       personal_check(step_module(ctx), wanted, step_bounds(ctx), error) &&
	       write_journal_end(module_journal(step_module(ctx)), store, WRITE_VERIFIED,
	                         "read after a power cycle", error);
}

static gboolean personalise(struct step_context *ctx, GError **error)
{
	g_autoptr(module_image) wanted = NULL;
	guint n_written = 0, store = 0;

	if (!step_personal(ctx)) {
		step_remark(ctx, "personalise: the product does not allow it");
		return TRUE;
	}
	if (step_so_far(ctx) != VERDICT_PASS) {
		step_remark(ctx, "personalise: a step did not pass, nothing was written");
		return TRUE;
	}
	if (!wanted_of(ctx, &wanted, error) || !write_all(ctx, wanted, &n_written, &store, error) ||
	    (n_written && !verify(ctx, wanted, store, error)))
		return FALSE;
	step_remark(ctx,
	            n_written ? "personalise: %u bytes written, read back, and read again "
	                        "after a power cycle"
	                      : "personalise: all was right, %u bytes written",
	            n_written);
	step_record_identity(ctx);
	step_check(ctx, "personalised", 0, TRUE, "%s", "");
	return TRUE;
}

static const struct step_param params[] = {
	{"off_time", "s", "500 ms", "supply off"},
	{"settle", "s", "100 ms", "from supply on to the first look at it"},
	{0},
};

const struct step_def step_personalise = {
	.name = "personalise",
	.help = "identity and user bytes as the product says, with checksums, read back after a "
		"power "
		"cycle",
	.scope = STEP_UNIT,
	.needs = 1u << INSTRUMENT_SUPPLY,
	.limit_s = 120,
	.params = params,
	.run = personalise,
};
