/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_PRECHECK_H
#define STATION_FACTORY_PRECHECK_H

#include "base/deadline.h"
#include "base/yaml.h"

/*
 * Whether the factory wants a unit to be tested here and now: asked before the unit is loaded.
 * Without an answer that can be understood it does not, unless the configuration says otherwise.
 */
struct precheck;
typedef struct precheck precheck; /* for g_autoptr(precheck) only */

/* What is asked; all borrowed, none null. */
struct precheck_unit {
	const char *station;
	int site;
	const char *operation; /* the plan's stage: "final" */
	const char *serial, *part_number, *lot, *operator_name;
	const char *plan, *plan_revision;
};

enum precheck_said {
	PRECHECK_ALLOWED,
	PRECHECK_DENIED,
	PRECHECK_OTHER, /* allowed, but for another lot, plan or so than it would be tested for */
	PRECHECK_UNANSWERED, /* nothing, or nothing that can be understood */
};

struct precheck_answer {
	enum precheck_said said;
	gboolean allowed; /* UNANSWERED may be, as the configuration wants it */
	char *words;      /* of the factory, or what went wrong; never null; g_free */
};

/* "allowed", "denied", "other", "unanswered". Static storage. */
const char *precheck_said_name(enum precheck_said said);

/* "precheck" of the configuration; station.yaml(5) has the keys. Null with STATION_ERROR_CONFIG. */
struct precheck *precheck_load(const struct yaml_node *map, const char *config_path,
                               GError **error);
void precheck_free(struct precheck *precheck); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(precheck, precheck_free)

/* Asks, for as long as the configuration allows. FALSE only when `cancellable` ended it
 * (STATION_ERROR_CANCELLED). From several threads at a time. */
gboolean precheck_ask(const struct precheck *precheck, const struct precheck_unit *unit,
                      GCancellable *cancellable, struct precheck_answer *answer, GError **error);

/* "program /usr/local/bin/may-test", for people; free with g_free. */
char *precheck_text(const struct precheck *precheck);
/* Whether somebody is there to be asked; no unit is asked about. *words gets what is not; g_free.
 */
gboolean precheck_is_reachable(const struct precheck *precheck, const struct bounds *bounds,
                               char **words);

#endif
