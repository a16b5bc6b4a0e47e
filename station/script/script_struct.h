/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SCRIPT_SCRIPT_STRUCT_H
#define STATION_SCRIPT_SCRIPT_STRUCT_H

#include "station/script/script.h"

/* Parts of the functions of scripts. */

#define SCRIPT_NEEDS(class_id) (1u << INSTRUMENT_##class_id)

/* What a step may leave in the record through a script: bytes, about. */
#define SCRIPT_TOLD_MAX (16u << 20)

/* A knob as it was before the script. */
struct script_kept {
	char *knob;
	int lane;
	double value;
};

struct script {
	struct script_site site;
	struct sandbox_host host;
	GArray *functions;      /* struct sandbox_function: those of the table, in its order */
	GArray *kept;           /* struct script_kept */
	gboolean knobs_open;    /* the maker's pages were unlocked */
	gboolean supply_moved;  /* it is not the corner's */
	double current_limit_a; /* as it was set with that */
	gsize told;             /* of SCRIPT_TOLD_MAX */
};

/* A call as the functions see it. */
struct script_call {
	struct script *script;
	struct step_context *ctx;
	const struct sandbox_value *arguments;
	guint count;
	GArray *results;
};

/* Declares a function of the table, which makes a struct script_call of what the sandbox gives. */
#define SCRIPT_CALL(name)                                                                          \
	static gboolean name##_now(const struct script_call *call, GError **error);                \
	static gboolean name(const struct sandbox_value *arguments, guint count, GArray *results,  \
	                     const struct bounds *bounds, gpointer data, GError **error)           \
	{                                                                                          \
		struct script *script = data;                                                      \
		const struct script_call call = {script, script->site.ctx, arguments, count,       \
		                                 results};                                         \
		return name##_now(&call, error);                                                   \
	}                                                                                          \
	static gboolean name##_now(const struct script_call *call, GError **error)

/* --- arguments: counted from 0 ---------------------------------------------------------------- */

/* Null when it was left out or is nil. */
const struct sandbox_value *script_given(const struct script_call *call, guint at);
double script_number(const struct script_call *call, guint at, double absent);
const char *script_text(const struct script_call *call, guint at, const char *absent);
/* A whole number within bounds; STATION_ERROR_CONFIG names `what`. */
gboolean script_whole(const struct script_call *call, guint at, const char *what, gint64 min,
                      gint64 max, gint64 *value, GError **error);
/* A lane of the unit; left out: the step's own. STATION_ERROR_CONFIG when there is none. */
gboolean script_lane(const struct script_call *call, guint at, int *lane, GError **error);
/* The same where 0, left out in a step for the unit, is the whole unit. */
gboolean script_lane_or_unit(const struct script_call *call, guint at, int *lane, GError **error);

/* Fields of a table of options: each has to be one of the names (null at the end). */
gboolean script_check_fields(const struct sandbox_value *table, const char *const *names,
                             GError **error);

/* --- results ---------------------------------------------------------------------------------- */

gboolean script_give(const struct script_call *call, struct sandbox_value value); /* TRUE */
gboolean script_give_number(const struct script_call *call, double number);       /* TRUE */
gboolean script_give_text(const struct script_call *call, const char *text);      /* TRUE */
/* nil, and why there is no value; TRUE. */
gboolean script_give_none(const struct script_call *call, const char *reason);
/* Adds a number to a table, unless it is none. */
void script_set_number(struct sandbox_value *table, const char *name, double number);

/* --- the script ------------------------------------------------------------------------------- */

/* Something is about to be left in the record; STATION_ERROR_REFUSED when it is too much. */
gboolean script_tell(struct script *script, gsize bytes, GError **error);

/* The parts of the table: rows that end with a function without a name. */
extern const struct script_function script_step_functions[];
extern const struct script_function script_report_functions[];
extern const struct script_function script_module_functions[];
extern const struct script_function script_knob_functions[];
extern const struct script_function script_light_functions[];
extern const struct script_function script_site_functions[];

#endif
