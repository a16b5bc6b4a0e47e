/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"
#include "signal/ber.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"

#include <math.h>

/* The bit error rate tester at the module's receivers. */

#define CONFIDENCE     0.95
#define GATE_DEFAULT_S 1.0
#define LIMIT_S        60.0 /* beside the gate */

static const struct table_column columns[] = {
	{"lane", TRUE}, {"bits", TRUE}, {"errors", TRUE}, {"ber", TRUE}, {"low", TRUE},
	{"high", TRUE}, {"locked"},     {"oma", TRUE},    {"reason"},
};

struct gate {
	struct table *table;
	const struct lanes *lanes;
	double gate_s;
};

/* What attenuator and path let through of the light; NAN: it is shut. */
static gboolean oma_now(struct step_context *ctx, int lane, double *oma_dbm, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	gboolean open = FALSE;
	double db = NAN;

	if (!attenuator_is_open(attenuator, channel, &open, step_bounds(ctx), error) ||
	    !attenuator_get_db(attenuator, channel, &db, step_bounds(ctx), error))
		return FALSE;
	*oma_dbm = open ? rx_path_max_oma_dbm(ctx, lane) - db : NAN;
	return TRUE;
}

/* Without lock the counts mean nothing. */
static void add_row(struct table *table, int lane, const struct rx_count *count, double oma_dbm)
{
	struct ber_estimate ber;
	gboolean is_known =
		count->lock && ber_from_counts(count->bits, count->errors, CONFIDENCE, &ber, NULL);

	lanes_add_count(table, (guint64)lane);
	lanes_add_number(table, is_known ? (double)count->bits : NAN, "1");
	lanes_add_number(table, is_known ? (double)count->errors : NAN, "1");
	lanes_add_number(table, is_known ? ber.ber : NAN, "1");
	lanes_add_number(table, is_known ? ber.lower : NAN, "1");
	lanes_add_number(table, is_known ? ber.upper : NAN, "1");
	table_add(table, shell_value_flag(count->lock));
	lanes_add_number(table, oma_dbm, "dBm");
	table_add(table, shell_value_text(is_known      ? NULL
	                                  : count->lock ? "nothing was counted"
	                                                : "no lock on the pattern"));
}

static gboolean count(struct step_context *ctx, gpointer data, GError **error)
{
	const struct gate *gate = data;
	struct rx_count counts[CONFIG_LANES_MAX];

	if (!rx_points_count(ctx, gate->gate_s, counts, error))
		return FALSE;
	for (guint i = 0; i < gate->lanes->n; i++) {
		int lane = gate->lanes->lane[i];
		double oma_dbm;

		if (!oma_now(ctx, lane, &oma_dbm, error))
			return FALSE;
		add_row(gate->table, lane, &counts[lane - 1], oma_dbm);
	}
	return TRUE;
}

static gboolean bert_ber(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	gboolean has_gate = call->values[0].kind == VALUE_NUMBER;
	double gate_s = has_gate ? call->values[0].number : GATE_DEFAULT_S;
	const struct hand_work work = {.needs = RX_PATH_NEEDS,
	                               .wants = HAND_UNIT | HAND_PRODUCT,
	                               .limit_s = gate_s + LIMIT_S};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	struct lanes lanes;
	struct gate gate = {table, &lanes, gate_s};

	if (!shell_lanes(shell, &call->values[1], &lanes, error) ||
	    !shell_do(shell, &work, count, &gate, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_bert_ber = {
	.noun = "bert",
	.verb = "ber",
	.help = "counts errors for a gate (1 s) on all lanes at once; bounds at 95 %, and the OMA "
		"that "
		"attenuator and path let through",
	.examples = {"bert ber", "bert ber 10 s", "bert ber 1 s 2"},
	.arguments = {{"SECONDS", ARGUMENT_NUMBER, .optional = TRUE, .unit = "s", .min = 1e-3,
                       .max = 86400},
                      LANE_ARGUMENT},
	.run = bert_ber,
};

static const struct table_column align_columns[] = {{"lane", TRUE}, {"aligned"}};

static gboolean align(struct step_context *ctx, gpointer data, GError **error)
{
	struct table *table = data;
	gboolean aligned;

	if (!rx_points_align_lane(ctx, step_lane(ctx), &aligned, error))
		return FALSE;
	lanes_add_count(table, (guint64)step_lane(ctx));
	table_add(table, shell_value_flag(aligned));
	return TRUE;
}

static gboolean bert_align(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_BERT,
	                                      .wants = HAND_UNIT | HAND_PRODUCT,
	                                      .limit_s = 300};
	g_autoptr(table) table = table_new(align_columns, G_N_ELEMENTS(align_columns));

	if (!shell_do_lanes(shell, &call->values[0], &work, align, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_bert_align = {
	.noun = "bert",
	.verb = "align",
	.help = "finds the best sampling point for what each lane gives now; off: it found no "
		"pattern",
	.examples = {"bert align", "bert align 2"},
	.arguments = {LANE_ARGUMENT},
	.right = COMMAND_SETS,
	.run = bert_align,
};

static const struct table_column show_columns[] = {
	{"lane", TRUE},          {"generator", TRUE},    {"analysers"},
	{"reference_oma", TRUE}, {"reference_er", TRUE},
};

static gboolean bert_show(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	static const struct value all = {0};
	struct table *table;
	struct lanes lanes;

	if (!shell_lanes(shell, &all, &lanes, error))
		return FALSE;
	table = table_new(show_columns, G_N_ELEMENTS(show_columns));
	for (guint i = 0; i < lanes.n; i++) {
		const struct config_lane *path =
			config_lane(hand_site(shell_hand(shell, NULL)), lanes.lane[i]);
		GString *analysers = g_string_new(NULL);

		for (guint k = 0; k < path->n_ed_channels; k++)
			g_string_append_printf(analysers, "%s%u", k ? "," : "",
			                       path->ed_channels[k]);
		lanes_add_count(table, (guint64)path->lane);
		lanes_add_count(table, path->ppg_channel);
		table_add(table, shell_value_text(analysers->str));
		lanes_add_number(table, path->reference_oma_dbm, "dBm");
		lanes_add_number(table, path->reference_er_db, "dB");
		g_string_free(analysers, TRUE);
	}
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_bert_show = {
	.noun = "bert",
	.verb = "show",
	.help = "which generator and which analysers are a lane's, and its reference transmitter",
	.examples = {"bert show"},
	.run = bert_show,
};
