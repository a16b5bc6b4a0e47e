/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/outline.h"

#include <string.h>

/* Every action of a step counts for one line, in the order of the first of them. */
static void add(struct outline *outline, const struct plan_action *action)
{
	struct outline_step new = {.total = 1};

	outline->total++;
	for (guint i = 0; i < outline->steps->len; i++) {
		struct outline_step *step = &g_array_index(outline->steps, struct outline_step, i);
		if (strcmp(step->name, action->item->name) != 0 ||
		    strcmp(step->group, action->group) != 0)
			continue;
		step->total++;
		return;
	}
	g_strlcpy(new.name, action->item->name, sizeof new.name);
	g_strlcpy(new.group, action->group, sizeof new.group);
	g_array_append_val(outline->steps, new);
}

struct outline *outline_new(const struct plan *plan, guint n_lanes)
{
	struct outline *outline = g_new0(struct outline, 1);
	g_autoptr(GArray) actions = plan_unroll(plan, n_lanes);

	outline->name = g_strdup(plan->name);
	outline->revision = g_strdup(plan->revision);
	outline->steps = g_array_new(FALSE, TRUE, sizeof(struct outline_step));
	for (guint i = 0; i < actions->len; i++)
		add(outline, &g_array_index(actions, struct plan_action, i));
	return outline;
}

void outline_free(struct outline *outline)
{
	if (!outline)
		return;
	g_free(outline->name);
	g_free(outline->revision);
	g_array_unref(outline->steps);
	g_free(outline);
}
