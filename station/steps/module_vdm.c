/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "fixtures/cmis/cmis_vdm.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"

#include <math.h>

/*
 * What a module observes beside its monitors (VDM), in light of a known power. Its statistics begin
 * with the light.
 */

static void report_flags(struct step_context *ctx, const struct cmis_vdm_item *item,
                         const char *name)
{
	static const char *const words[] = {"high alarm", "low alarm", "high warning",
	                                    "low warning"};

	for (guint k = 0; k < G_N_ELEMENTS(words); k++)
		if (item->flags >> k & 1)
			step_remark(ctx, "lane %u: %s: %s of the module's own", item->lane, name,
			            words[k]);
}

/* Known ones by name; the maker's as a number that means nothing here. */
static void report(struct step_context *ctx, const struct cmis_vdm *vdm)
{
	guint unknown = 0;

	for (guint i = 0; i < vdm->n; i++) {
		const struct cmis_vdm_item *item = &vdm->items[i];
		g_autofree char *id = NULL;

		if (!item->type) {
			unknown++;
			continue;
		}
		id = g_strconcat("vdm_", item->type->name, NULL);
		if (isfinite(item->value))
			step_measure(ctx, id, (int)item->lane, item->value, item->type->unit, NAN);
		else
			step_no_value(ctx, id, (int)item->lane, item->type->unit, "infinite");
		report_flags(ctx, item, item->type->name);
	}
	if (unknown)
		step_remark(ctx, "%u observables are of kinds that are not known here", unknown);
}

static gboolean observe(struct step_context *ctx, struct cmis_vdm *vdm, GError **error)
{
	struct cmis_memory *memory = module_memory(step_module(ctx));

	if (!rx_path_light_on(ctx, error) ||
	    !rx_path_set_all_oma(ctx, step_number(ctx, "power"), error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    /* what was before the light is forgotten */
	    !cmis_vdm_sample(memory, vdm, step_bounds(ctx), error) ||
	    !clock_sleep_s(fmax(step_number(ctx, "time"), vdm->interval_s), step_bounds(ctx),
	                   error) ||
	    !cmis_vdm_sample(memory, vdm, step_bounds(ctx), error))
		return FALSE;
	report(ctx, vdm);
	return rx_path_light_off(ctx, error);
}

static gboolean module_vdm(struct step_context *ctx, GError **error)
{
	g_autofree struct cmis_vdm *vdm = g_new0(struct cmis_vdm, 1);
	g_autoptr(GError) local = NULL;

	if (cmis_vdm_read(module_memory(step_module(ctx)), vdm, step_bounds(ctx), &local))
		return observe(ctx, vdm, error);
	if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_UNSUPPORTED)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	step_remark(ctx, "the module observes nothing beside its monitors");
	return TRUE;
}

static const struct step_param params[] = {
	{"power", "dBm", "-4 dBm", "OMA at the receivers"},
	{"time", "s", "1 s", "that statistics are over, if the module's own interval is shorter"},
	{"settle", "s", "100 ms", "from the light to the first sample"},
	{0},
};

const struct step_def step_module_vdm = {
	.name = "module-vdm",
	.help = "what the module observes itself beside its monitors (VDM), recorded",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = module_vdm,
};
