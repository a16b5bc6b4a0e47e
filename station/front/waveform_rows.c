/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_analysis.h"

#include "base/unit.h"
#include "reports/title.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define MINUS     "\xE2\x88\x92"
#define OMA_MINUS "OMA " MINUS " "
#define MINUS_CEQ " " MINUS " 10 log10 Ceq"

enum conversion {
	AS_IS,
	TO_DBM,
	TO_PERCENT,
	FROM_OMA, /* OMA in dBm less the value in dB */
};

struct row_def {
	const char *key;
	const char *title; /* or the id under which reports/title.h has it */
	const char *unit;
	gsize offset; /* in struct pam4_result */
	enum conversion conversion;
	const char *short_title; /* null: not in the short form */
};

#define AT(member) offsetof(struct pam4_result, member)

/* clang-format off */
static const struct row_def defs[] = {
	{"average_power_dbm",      "tx_avg",                "dBm",   AT(average_power_w),          TO_DBM, "Pavg"},
	{"oma_outer_dbm",          "tx_oma",                "dBm",   AT(oma_outer_w),              TO_DBM, "OMA"},
	{"outer_er_db",            "tx_er",                 "dB",    AT(outer_er_db),              AS_IS, "ER"},
	{"tdecq_db",               "tx_tdecq",              "dB",    AT(tdecq_db),                 AS_IS, "TDECQ"},
	{"tdecq_minus_ceq_db",     "tx_tdecq_ceq",          "dB",    AT(tdecq.tdecq_minus_ceq_db), AS_IS},
	{"ceq_db",                 "10 log10 Ceq",          "dB",    AT(ceq_db),                   AS_IS},
	{"oma_minus_tdecq_dbm",    OMA_MINUS "TDECQ",       "dBm",   AT(tdecq_db),                 FROM_OMA, OMA_MINUS "TDECQ"},
	{"rlm",                    "tx_rlm",                "1",     AT(rlm),                      AS_IS, "RLM"},
	{"transition_time_s",      "tx_transition_time",    "s",     AT(transition_time_s),        AS_IS},
	{"rise_time_s",            "Rise time",             "s",     AT(rise_time_s),              AS_IS},
	{"fall_time_s",            "Fall time",             "s",     AT(fall_time_s),              AS_IS},
	{"overshoot_percent",      "tx_overshoot",          "%",     AT(overshoot),                TO_PERCENT},
	{"undershoot_percent",     "tx_undershoot",         "%",     AT(undershoot),               TO_PERCENT},
	{"power_excursion_w",      "tx_power_excursion",    "W",     AT(power_excursion_w),        AS_IS},
	{"rin_oma_db_hz",          "tx_rin_oma",            "dB/Hz", AT(rin_oma_db_hz),            AS_IS},
	{"noise_margin_w",         "tx_noise_margin",       "W",     AT(noise_margin_w),           AS_IS},
	{"level_0_w",              "Level 0",               "W",     AT(level_w[0]),               AS_IS},
	{"level_1_w",              "Level 1",               "W",     AT(level_w[1]),               AS_IS},
	{"level_2_w",              "Level 2",               "W",     AT(level_w[2]),               AS_IS},
	{"level_3_w",              "Level 3",               "W",     AT(level_w[3]),               AS_IS},
	{"eye_upper_threshold_w",  "Threshold, upper eye",  "W",     AT(eye[2].threshold_w),       AS_IS},
	{"eye_upper_height_w",     "tx_eye_height_upper",   "W",     AT(eye[2].height_w),          AS_IS},
	{"eye_upper_width_ui",     "tx_eye_width_upper",    "UI",    AT(eye[2].width_ui),          AS_IS},
	{"eye_middle_threshold_w", "Threshold, middle eye", "W",     AT(eye[1].threshold_w),       AS_IS},
	{"eye_middle_height_w",    "tx_eye_height_middle",  "W",     AT(eye[1].height_w),          AS_IS},
	{"eye_middle_width_ui",    "tx_eye_width_middle",   "UI",    AT(eye[1].width_ui),          AS_IS},
	{"eye_lower_threshold_w",  "Threshold, lower eye",  "W",     AT(eye[0].threshold_w),       AS_IS},
	{"eye_lower_height_w",     "tx_eye_height_lower",   "W",     AT(eye[0].height_w),          AS_IS},
	{"eye_lower_width_ui",     "tx_eye_width_lower",    "UI",    AT(eye[0].width_ui),          AS_IS},
};
/* clang-format on */

/* What is called otherwise when TDECQ is. */
static const char *const renamed[][3] = {
	{"TDECQ", "TECQ", "SECQ"},
	{"TDECQ" MINUS_CEQ, "TECQ" MINUS_CEQ, "SECQ" MINUS_CEQ},
	{OMA_MINUS "TDECQ", OMA_MINUS "TECQ", OMA_MINUS "SECQ"},
};

static const char *rename_for(const char *title, const char *quantity)
{
	guint column = 0;

	while (column < G_N_ELEMENTS(renamed[0]) && strcmp(renamed[0][column], quantity) != 0)
		column++;
	for (guint i = 0; i < G_N_ELEMENTS(renamed) && column < G_N_ELEMENTS(renamed[0]); i++)
		if (strcmp(renamed[i][0], title) == 0)
			return renamed[i][column];
	return title;
}

static struct signal_value to_dbm(struct signal_value power)
{
	if (power.status != SIGNAL_OK)
		return power;
	if (!(power.value > 0.0))
		return signal_none(SIGNAL_NO_FEATURE, "power is not above darkness");
	return signal_ok(unit_dbm_from_watt(power.value),
	                 10.0 / G_LN10 * power.uncertainty / power.value);
}

/* OMA cancels: it is the noise that the signal bears in another unit, and as uncertain as that. */
static struct signal_value from_oma(const struct pam4_result *result)
{
	struct signal_value oma_dbm = to_dbm(result->oma_outer_w), noise = result->noise_margin_w;

	if (result->tdecq_db.status != SIGNAL_OK)
		return result->tdecq_db;
	if (oma_dbm.status != SIGNAL_OK)
		return oma_dbm;
	return signal_ok(oma_dbm.value - result->tdecq_db.value,
	                 noise.status == SIGNAL_OK ? 10.0 / G_LN10 * noise.uncertainty / noise.value
	                                           : NAN);
}

static struct signal_value convert(const struct row_def *def, const struct pam4_result *result)
{
	struct signal_value value;

	memcpy(&value, (const guint8 *)result + def->offset, sizeof(value));
	if (def->conversion == FROM_OMA)
		return from_oma(result);
	if (def->conversion == TO_DBM)
		return to_dbm(value);
	if (def->conversion == TO_PERCENT && value.status == SIGNAL_OK)
		return signal_ok(100.0 * value.value, 100.0 * value.uncertainty);
	return value;
}

guint waveform_rows(const struct waveform_call *call, const struct waveform_analysis *analysis,
                    struct waveform_row rows[WAVEFORM_ROWS_MAX])
{
	G_STATIC_ASSERT(G_N_ELEMENTS(defs) <= WAVEFORM_ROWS_MAX);
	for (guint i = 0; i < G_N_ELEMENTS(defs); i++) {
		const struct row_def *def = &defs[i];
		struct signal_value value = convert(def, &analysis->result);

		rows[i] = (struct waveform_row){
			.key = def->key,
			.title = rename_for(title_of(def->title), call->quantity),
			.unit = def->unit,
			.unit_of_difference = strcmp(def->unit, "dBm") == 0 ? "dB" : def->unit,
			.short_title = def->short_title
		                               ? rename_for(def->short_title, call->quantity)
		                               : NULL,
			.value = value,
		};
	}
	return G_N_ELEMENTS(defs);
}
