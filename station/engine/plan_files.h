/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PLAN_FILES_H
#define STATION_ENGINE_PLAN_FILES_H

#include "station/engine/plan.h"

/*
 * The step that a plan names: of the table, or in a file of its own, which is read once and kept by
 * plan->files. Files are looked for beside the plan, beside the configuration (null: none) and in
 * the data folders. STATION_ERROR_CONFIG with the nearest name, or with what is wrong in the file.
 */
const struct step_def *plan_find_step(struct plan *plan, const struct step_table *steps,
                                      const char *config_path, const char *name, GError **error);

/* Whether a name is that of a file. */
gboolean plan_names_file(const struct step_table *steps, const char *name);
/*
 * By hand: the step in the file of that name, as the file is now, where it is named or else where a
 * plan's is looked for. The caller's, freed by its own `free`.
 */
struct step_file *plan_read_step(const struct plan *plan, const struct step_table *steps,
                                 const char *config_path, const char *name, GError **error);

/* An empty plan->files. */
GPtrArray *plan_files_new(void);

#endif
