/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PERSONAL_POLICY_H
#define STATION_ENGINE_PERSONAL_POLICY_H

#include "base/yaml.h"
#include "fixtures/personal.h"

/* What modules of a product are told to be: "personalise" of a product. */
struct personal_policy {
	GPtrArray *items; /* struct personal_item */
	gboolean has_password;
	guint32 password; /* appears in no message and no record */
	gsize block;
	double write_s;
};

/* What stands behind a $ in a value. */
struct personal_unit {
	const char *serial, *part_number, *lot, *type;
};

/* Null with error; else to be freed. Values without a $ are checked here. */
struct personal_policy *personal_policy_load(const struct yaml_node *map, GError **error);
void personal_policy_free(struct personal_policy *policy); /* null is allowed */

/* Whether it gives the modules this field (personal_put_field). */
gboolean personal_policy_sets(const struct personal_policy *policy, const char *field);

/* All that is wanted of one unit; $date is today's (UTC), YYMMDD. STATION_ERROR_CONFIG names the
 * value that does not fit. */
struct module_image *personal_policy_image(const struct personal_policy *policy,
                                           const struct personal_unit *unit, GError **error);

#endif
