/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_FORM_H
#define STATION_FACTORY_FORM_H

#include "base/yaml.h"
#include "reports/format.h"
#include "station/factory/sink_kinds.h"

/* What a sink gets of a run: the document as the store has it, or one of the exports. */
struct form {
	const struct report_format *format; /* null: the document itself */
	const struct report_factory *factory;
};

/* The key "format"; "json" when it is absent. */
gboolean form_load(const struct yaml_node *map, const struct sink_place *place, struct form *form,
                   GError **error);
GBytes *form_write(const struct form *form, const struct sink_run *run);
/* "application/json"; static storage. */
const char *form_media_type(const struct form *form);
/* Of its files: "json"; static storage. */
const char *form_extension(const struct form *form);

/*
 * Texts of the configuration in which {run_id}, {serial}, {lot}, {part_number}, {station}, {stage}
 * and {verdict} stand for those of the run; {{ is a brace. form_check refuses other words.
 */
gboolean form_check(const struct yaml_node *node, const char *text, GError **error);
/* With each value as `escape` makes it (null: as it is). Free with g_free. */
char *form_fill(const char *text, const struct run_record *record, char *(*escape)(const char *));

#endif
