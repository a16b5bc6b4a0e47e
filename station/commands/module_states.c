/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <string.h>

/* State machines: the module's and its data paths', as they are now. */

#define LANES 32

static const struct table_column columns[] = {
	{"what"},  {"host"},   {"media"},     {"application"},
	{"state"}, {"config"}, {"tx_output"}, {"rx_output"},
};

static gboolean is_state(const struct cmis_field *field, gpointer data)
{
	static const char *const names[] = {
		"module.state",         "module.fault_cause",   "lane.path_state",
		"lane.config_status",   "active.application",   "active.path_id",
		"lane.tx_output_valid", "lane.rx_output_valid", NULL,
	};

	return g_strv_contains(names, field->name);
}

/* What all lanes of a data path say, or each of those that differ: "4: DPInit, 5: DPActivated". */
static char *lanes_words(const struct image_decoded *decoded, const char *name, guint32 lanes)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		for (guint k = 0; strcmp(field->row->name, name) == 0 && k < field->n; k++)
			if (lanes >> (field->values[k].lane - 1) & 1)
				g_ptr_array_add(words, (gpointer)&field->values[k]);
	}
	for (guint i = 0, run; i < words->len; i += run) {
		const struct image_value *value = words->pdata[i];
		guint32 same = 0;

		for (run = 0; i + run < words->len; run++) {
			const struct image_value *next = words->pdata[i + run];

			if (strcmp(next->text, value->text) != 0)
				break;
			same |= 1u << (next->lane - 1);
		}
		g_autofree char *who = unit_lanes_text(same);
		if (run == words->len)
			g_string_append(text, value->text);
		else
			g_string_append_printf(text, "%s%s: %s", i ? ", " : "", who, value->text);
	}
	return g_string_free(text, FALSE);
}

/* Outputs are of lanes one by one: those that are not valid are muted. */
static void add_outputs(struct table *table, const struct image_decoded *decoded, const char *name,
                        guint32 lanes)
{
	g_autofree char *who = NULL;
	g_autofree char *text = NULL;
	guint32 muted = 0;
	gint64 valid = 0;

	for (guint lane = 1; lane <= LANES; lane++)
		if (lanes >> (lane - 1) & 1 && unit_raw(decoded, name, lane, &valid) && !valid)
			muted |= 1u << (lane - 1);
	who = unit_lanes_text(muted);
	if (muted && muted != lanes)
		text = g_strdup_printf("%s muted", who);
	unit_add_text(table, !lanes ? NULL : !muted ? "on" : text ? text : "muted");
}

static void add_words(struct table *table, const struct image_decoded *decoded, const char *name,
                      guint32 lanes)
{
	g_autofree char *words = lanes_words(decoded, name, lanes);

	unit_add_text(table, words);
}

/* The media lanes of the data path of that application that begins at this host lane. */
static guint32 media_lanes_of(const struct cmis_application *app, guint first_host_lane)
{
	struct cmis_path paths[CMIS_MAX_LANES];
	guint n = app ? cmis_place_paths(app, paths) : 0;
	guint bank = (first_host_lane - 1) / CMIS_MAX_LANES;

	for (guint i = 0; i < n; i++)
		if (paths[i].first_host_lane + bank * CMIS_MAX_LANES == first_host_lane)
			return (guint32)paths[i].media_lanes << bank * CMIS_MAX_LANES;
	return 0;
}

static const struct cmis_application *find_application(const struct module *module, gint64 number)
{
	const struct cmis_identity *id = module_identity(module);

	for (guint i = 0; i < id->n_applications; i++)
		if (id->applications[i].number == number)
			return &id->applications[i];
	return NULL;
}

static void add_path(struct table *table, const struct module *module,
                     const struct image_decoded *decoded, guint32 lanes, gint64 number)
{
	guint first = (guint)g_bit_nth_lsf(lanes, -1) + 1;
	const struct cmis_application *app = find_application(module, number);
	guint32 media_lanes = media_lanes_of(app, first);
	g_autofree char *what = g_strdup_printf("data path %u", first);
	g_autofree char *host = unit_lanes_text(lanes);
	g_autofree char *media = unit_lanes_text(media_lanes);
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT " %s to %s", number,
	                                        app && app->host_name ? app->host_name : "?",
	                                        app && app->media_name ? app->media_name : "?");

	unit_add_text(table, what);
	unit_add_text(table, host);
	unit_add_text(table, media);
	unit_add_text(table, name);
	add_words(table, decoded, "lane.path_state", lanes);
	add_words(table, decoded, "lane.config_status", lanes);
	add_outputs(table, decoded, "lane.tx_output_valid", media_lanes);
	add_outputs(table, decoded, "lane.rx_output_valid", lanes);
}

static void add_module(struct table *table, const struct image_decoded *decoded)
{
	const struct image_field *state = unit_field(decoded, "module.state");
	const struct image_field *fault = unit_field(decoded, "module.fault_cause");
	gboolean faulty = state && state->n && state->values[0].raw == CMIS_MODULE_FAULT;
	g_autofree char *text =
		faulty && fault && fault->n
			? g_strdup_printf("%s: %s", state->values[0].text, fault->values[0].text)
			: g_strdup(state && state->n ? state->values[0].text : NULL);

	unit_add_text(table, "module");
	for (guint i = 0; i < 3; i++)
		unit_add_text(table, NULL);
	unit_add_text(table, text);
	for (guint i = 0; i < 3; i++)
		unit_add_text(table, NULL);
}

/* Lanes belong together that the module says have the same application and data path. */
static gboolean states(struct unit_call *unit, GError **error)
{
	g_autoptr(image_decoded) decoded = unit_decode(unit, is_state, NULL, error);
	struct table *table;
	guint32 done = 0;

	if (!decoded)
		return FALSE;
	table = table_new(columns, G_N_ELEMENTS(columns));
	add_module(table, decoded);
	for (guint lane = 1; lane <= LANES; lane++) {
		gint64 app = 0, id = 0, other_app = 0, other_id = 0;
		guint32 lanes = 0;

		if (done >> (lane - 1) & 1 ||
		    !unit_raw(decoded, "active.application", lane, &app) || !app ||
		    !unit_raw(decoded, "active.path_id", lane, &id))
			continue;
		for (guint k = lane; k <= (lane - 1) / CMIS_MAX_LANES * CMIS_MAX_LANES + 8; k++)
			if (unit_raw(decoded, "active.application", k, &other_app) &&
			    unit_raw(decoded, "active.path_id", k, &other_id) && other_app == app &&
			    other_id == id)
				lanes |= 1u << (k - 1);
		done |= lanes;
		add_path(table, unit->module, decoded, lanes, app);
	}
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_states(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	const struct unit_work work = {states, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_states = {
	.noun = "module",
	.verb = "states",
	.help = "the module's state and each data path's, with lanes, application and outputs",
	.examples = {"module states"},
	.run = run_states,
};
