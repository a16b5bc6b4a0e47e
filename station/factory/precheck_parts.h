/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_PRECHECK_PARTS_H
#define STATION_FACTORY_PRECHECK_PARTS_H

#include "station/factory/precheck.h"

/* Between precheck.c and the kinds of pre-check, a file each. */

enum { PRECHECK_REPLY_MAX = 64 * 1024 };

struct precheck_ops {
	const char *kind;
	/* The reply to a request, not judged yet; null with *words, or, when the bounds ended it,
	 * with error alone. */
	GBytes *(*ask)(const struct precheck *precheck, const char *request,
	               const struct bounds *bounds, char **words, GError **error);
	char *(*text)(const struct precheck *precheck);
	gboolean (*is_reachable)(const struct precheck *precheck, const struct bounds *bounds,
	                         char **words);
	void (*free)(struct precheck *precheck);
};

/* Each kind puts it first in a struct of its own. */
struct precheck {
	const struct precheck_ops *ops;
	double timeout_s;
	gboolean unanswered_allows;
};

struct precheck *precheck_program_load(const struct yaml_node *map, const char *config_path,
                                       GError **error);
struct precheck *precheck_https_load(const struct yaml_node *map, const char *config_path,
                                     GError **error);

#endif
