/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* The module's own diagnostics: patterns, checkers, loopbacks, observables. */

#define OFF           "off"
#define CHECK_S       5.0 /* the shortest gate of CMIS */
#define CHECK_LIMIT_S 900.0

static const char *const patterns[] = {
	"PRBS31Q", "PRBS23Q", "PRBS15Q", "PRBS13Q", "PRBS9Q", "PRBS7Q", "SSPRQ", OFF, NULL,
};
static const char *const checker_patterns[] = {
	"PRBS31Q", "PRBS23Q", "PRBS15Q", "PRBS13Q", "PRBS9Q", "PRBS7Q", NULL,
};
static const char *const sides[] = {"media", "host", NULL};

/* FALSE for "off". */
static gboolean pattern_of(const char *name, enum cmis_pattern *pattern)
{
	for (guint code = 0; code <= CMIS_PATTERN_SSPRQ; code++)
		if (g_strcmp0(cmis_pattern_name(code), name) == 0) {
			*pattern = code;
			return TRUE;
		}
	return FALSE;
}

static enum cmis_side side_of(const struct unit_call *unit, guint argument)
{
	return strcmp(unit_text(unit, argument, "media"), "host") == 0 ? CMIS_HOST : CMIS_MEDIA;
}

/* Lanes of the data paths on that side. */
static guint8 lanes_of(const struct unit_call *unit, enum cmis_side side, GError **error)
{
	guint8 lanes = side == CMIS_HOST ? module_host_lanes(unit->module)
	                                 : module_media_lane_mask(unit->module);

	if (!lanes)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "no data path is up: \"module bring-up\" brings one up");
	return lanes;
}

/* --- pattern ---------------------------------------------------------------------------------- */

static gboolean pattern(struct unit_call *unit, GError **error)
{
	enum cmis_side side = side_of(unit, 1);
	enum cmis_pattern code;
	guint8 lanes;

	if (!pattern_of(unit_text(unit, 0, OFF), &code))
		return cmis_pattern_stop(module_memory(unit->module), side, CMIS_GENERATOR,
		                         unit->bounds, error);
	lanes = lanes_of(unit, side, error);
	return lanes && cmis_pattern_start(module_memory(unit->module), side, CMIS_GENERATOR, code,
	                                   lanes, unit->bounds, error);
}

static gboolean run_pattern(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	const struct unit_work work = {pattern, UNIT_TOUCHES};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_pattern = {
	.noun = "module",
	.verb = "pattern",
	.help = "its own pattern generator, to the fibre or to the host, on all its lanes",
	.examples = {"module pattern SSPRQ", "module pattern PRBS31Q host", "module pattern off"},
	.arguments = {{"PATTERN", ARGUMENT_CHOICE, .choices = patterns},
                      {"SIDE", ARGUMENT_CHOICE, .optional = TRUE, .choices = sides}},
	.right = COMMAND_SETS,
	.run = run_pattern,
};

/* --- checker ---------------------------------------------------------------------------------- */

static const struct table_column checker_columns[] = {
	{"lane", TRUE}, {"ber", TRUE}, {"errors", TRUE}, {"bits", TRUE}, {"locked"},
};

static void add_count(struct table *table, guint lane, const struct cmis_error_count *count)
{
	gboolean counted = count->locked && count->bits > 0;

	unit_add_lane(table, lane);
	table_add(table,
	          counted ? shell_value_number((double)count->errors / (double)count->bits, "1")
	                  : (struct value){0});
	table_add(table, shell_value_number((double)count->errors, "1"));
	table_add(table, shell_value_number((double)count->bits, "1"));
	unit_add_text(table, count->locked ? "yes" : "no");
}

static gboolean checker(struct unit_call *unit, GError **error)
{
	const struct value *time = &unit->call->values[1];
	struct cmis_error_count counts[CMIS_MAX_LANES];
	enum cmis_side side = side_of(unit, 2);
	enum cmis_pattern code = CMIS_PATTERN_PRBS31Q;
	guint8 lanes = lanes_of(unit, side, error);
	struct table *table;

	pattern_of(unit_text(unit, 0, ""), &code);
	if (!lanes ||
	    !cmis_checker_count(module_memory(unit->module), side, code, lanes,
	                        time->kind ? time->number : CHECK_S, counts, unit->bounds, error))
		return FALSE;
	table = table_new(checker_columns, G_N_ELEMENTS(checker_columns));
	for (guint i = 0; i < CMIS_MAX_LANES; i++)
		if (lanes >> i & 1)
			add_count(table, i + 1, &counts[i]);
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_checker(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	const struct unit_work work = {checker, UNIT_TOUCHES, 0, CHECK_LIMIT_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_checker = {
	.noun = "module",
	.verb = "checker",
	.help = "counts errors of a pattern with its own checker (5 s), of the fibre or the host",
	.examples = {"module checker PRBS31Q", "module checker PRBS13Q 30 s",
                     "module checker PRBS31Q 5 s host"},
	.arguments = {{"PATTERN", ARGUMENT_CHOICE, .choices = checker_patterns},
                      {"SECONDS", ARGUMENT_NUMBER, .optional = TRUE, .unit = "s", .min = 0.1,
                       .max = 300},
                      {"SIDE", ARGUMENT_CHOICE, .optional = TRUE, .choices = sides}},
	.right = COMMAND_SETS,
	.run = run_checker,
};

/* --- loopback --------------------------------------------------------------------------------- */

/* In the order of enum cmis_loopback. */
static const char *const loopbacks[] = {
	"media-output", "media-input", "host-output", "host-input", OFF, NULL,
};

static gboolean all_off(struct unit_call *unit, GError **error)
{
	struct cmis_memory *memory = module_memory(unit->module);
	struct cmis_diagnostics has;

	if (!cmis_diagnostics_read(memory, &has, unit->bounds, error))
		return FALSE;
	for (guint i = 0; i < CMIS_LOOPBACKS; i++)
		if (has.loopbacks >> i & 1 && !cmis_loopback_set(memory, i, 0, unit->bounds, error))
			return FALSE;
	return TRUE;
}

static gboolean loopback(struct unit_call *unit, GError **error)
{
	guint lane = unit_count(unit, 1, 0);
	guint kind = 0;
	guint8 lanes;

	while (strcmp(loopbacks[kind], unit_text(unit, 0, OFF)) != 0)
		kind++;
	if (kind == CMIS_LOOPBACKS)
		return all_off(unit, error);
	lanes = lanes_of(unit,
	                 kind == CMIS_LOOPBACK_MEDIA_OUTPUT || kind == CMIS_LOOPBACK_MEDIA_INPUT
	                         ? CMIS_MEDIA
	                         : CMIS_HOST,
	                 error);
	if (lanes && lane)
		lanes = (guint8)(1u << (lane - 1));
	return lanes &&
	       cmis_loopback_set(module_memory(unit->module), kind, lanes, unit->bounds, error);
}

static gboolean run_loopback(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {loopback, UNIT_TOUCHES};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_loopback = {
	.noun = "module",
	.verb = "loopback",
	.help = "output: what it sends out there comes back in; input: what comes in goes out "
		"again",
	.examples = {"module loopback media-output", "module loopback host-input 1",
                     "module loopback off"},
	.arguments = {{"KIND", ARGUMENT_CHOICE, .choices = loopbacks},
                      {"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = CMIS_MAX_LANES,
                       .complete = complete_lanes}},
	.right = COMMAND_SETS,
	.run = run_loopback,
};

/* --- observables ------------------------------------------------------------------------------ */

static const struct table_column vdm_columns[] = {
	{"observable"},
	{"lane", TRUE},
	{"value", TRUE},
	{"judged"},
	{"flags"},
	{"low_alarm", TRUE},
	{"low_warning", TRUE},
	{"high_warning", TRUE},
	{"high_alarm", TRUE},
};

static struct value observed(const struct cmis_vdm_item *item, double value)
{
	if (isinf(value))
		return shell_value_text("infinite");
	return item->type ? unit_number(value, item->type->unit) : (struct value){0};
}

static void add_item(struct table *table, const struct cmis_vdm_item *item)
{
	static const guint order[] = {1, 3, 2, 0};
	gboolean is_known = item->type && isfinite(item->value);
	g_autofree char *name =
		item->type ? g_strdup(item->type->name) : g_strdup_printf("type %u", item->code);
	g_autofree char *raw = g_strdup_printf("%04Xh", item->raw);
	g_autofree char *flags = item->flags ? image_levels_text(item->flags) : NULL;

	unit_add_text(table, name);
	unit_add_lane(table, item->lane);
	table_add(table, item->type ? observed(item, item->value) : shell_value_text(raw));
	unit_add_text(table, is_known ? image_judge(item->value, item->thresholds) : NULL);
	unit_add_text(table, flags);
	for (guint k = 0; k < G_N_ELEMENTS(order); k++)
		table_add(table, observed(item, item->thresholds[order[k]]));
}

static gboolean vdm(struct unit_call *unit, GError **error)
{
	g_autofree struct cmis_vdm *all = g_new0(struct cmis_vdm, 1);
	struct table *table;

	if (!cmis_vdm_read(module_memory(unit->module), all, unit->bounds, error) ||
	    !cmis_vdm_sample(module_memory(unit->module), all, unit->bounds, error))
		return FALSE;
	table = table_new(vdm_columns, G_N_ELEMENTS(vdm_columns));
	for (guint i = 0; i < all->n; i++)
		add_item(table, &all->items[i]);
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_vdm(struct shell *shell, const struct call *call, struct value *result,
                        GError **error)
{
	const struct unit_work work = {vdm, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_vdm = {
	.noun = "module",
	.verb = "vdm",
	.help = "its observables (SNR, BER, laser temperature) of one moment; statistics begin "
		"anew",
	.examples = {"module vdm"},
	.run = run_vdm,
};
