/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_FIRMWARE_POLICY_H
#define STATION_ENGINE_FIRMWARE_POLICY_H

#include "base/yaml.h"
#include "fixtures/firmware.h"

/* Which firmware modules of a product may have, and which they get: "firmware" of a product. */
struct firmware_policy {
	GArray *accept; /* struct firmware_version; builds are not compared */
	GArray *from;   /* of these to: */
	struct firmware_version to;
	char *path, *sha256; /* of the image; null when nothing is upgraded */
	GBytes *image;
	gboolean accept_others;
	gboolean has_password;
	guint32 password; /* that the module wants for it; appears in no message and no record */
};

/* `find` gives the path of a file that the map names, or null. Null with error; else to be freed.
 */
struct firmware_policy *firmware_policy_load(const struct yaml_node *map,
                                             char *(*find)(const char *name, gpointer data),
                                             gpointer data, GError **error);
void firmware_policy_free(struct firmware_policy *policy); /* null is allowed */

enum firmware_decision { FIRMWARE_ACCEPT, FIRMWARE_UPGRADE, FIRMWARE_REFUSE };
/* What is to be done with a module that runs that version; null policy accepts all. */
enum firmware_decision firmware_policy_decide(const struct firmware_policy *policy,
                                              const struct firmware_version *version);
/* "1.4, 1.5"; the versions that the product accepts, the one it upgrades to included. Free with
 * g_free. */
char *firmware_policy_accepted(const struct firmware_policy *policy);

#endif
