/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config_load.h"

#include <math.h>

gboolean config_load_decision(struct config_product *product, const struct yaml_node *map,
                              GError **error)
{
	const struct yaml_node *decision;
	const char *rule;
	double percent;

	product->rule = LIMIT_MARGINAL;
	product->false_accept = NAN;
	if (!yaml_map_or(map, "decision", &decision, error))
		return FALSE;
	if (!decision)
		return TRUE;
	if (!yaml_quantity_or(decision, "false_accept", "%", &percent, NAN, error) ||
	    !yaml_string(decision, "rule", &rule, error) || !yaml_done(decision, error))
		return FALSE;
	if (!limit_rule_parse(rule, &product->rule)) {
		yaml_error(yaml_find(decision, "rule"), error,
		           "rule \"%s\" is neither marginal nor guarded", rule);
		return FALSE;
	}
	if (isnan(percent))
		return TRUE;
	product->false_accept = percent / 100;
	if (limit_risk_is_chosen(product->false_accept))
		return TRUE;
	yaml_error(yaml_find(decision, "false_accept"), error,
	           "false_accept must be above 0 %% and below 50 %%");
	return FALSE;
}
