/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/power_meter_setup.h"

#include <math.h>

static const struct setting setting_rows[] = {
	[WAVELENGTH] = {SLOT "POWer:WAVelength", SETTING_NUMBER, "M", 800e-9, 1700e-9, 1550e-9,
                        NULL, 1, SLOTS, NULL},
	[AVERAGING] = {SLOT "POWer:ATIMe", SETTING_NUMBER, "S", 1e-6, 10, 0.1, NULL, 1, SLOTS,
                       NULL},
	[RANGE] = {SLOT "POWer:RANGe[:UPPer]", SETTING_NUMBER, "DBM", -30, 10, 10, NULL, 1, SLOTS,
                   NULL},
	[RANGE_AUTO] = {SLOT "POWer:RANGe:AUTO", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1, SLOTS, NULL},
	[GAIN_AUTO] = {SLOT "POWer:GAIN:AUTO", SETTING_BOOL, NULL, 0, 1, 1, NULL, 1, SLOTS, NULL},
	[CORRECTION] = {SLOT "CORRection[:LOSS[:INPut[:MAGNitude]]]", SETTING_NUMBER, "DB", -200,
                        200, 0, NULL, 1, SLOTS, NULL},
	[REFERENCE_STATE] = {SLOT "POWer:REFerence:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1,
                             SLOTS, NULL},
	[REFERENCE_DISPLAY] = {SLOT "POWer:REFerence:DISPlay", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1,
                               SLOTS, NULL},
	[TRIGGER_INPUT] = {"TRIGger#[:CHANnel#]:INPut", SETTING_CHOICE, NULL, 0, 0, 0,
                           "IGNore SMEasure CMEasure MMEasure", 1, SLOTS, NULL},
	[TRIGGER_OUTPUT] = {"TRIGger#[:CHANnel#]:OUTPut", SETTING_CHOICE, NULL, 0, 0, 0,
                            "DISabled AVGover MEASure", 1, SLOTS, NULL},
	[TRIGGER_CONFIGURATION] = {"TRIGger:CONFiguration", SETTING_CHOICE, NULL, 0, 0, 1,
                                   "DISabled DEFault PASSthrough LOOPback", 0, 0, NULL},
};

void power_meter_run_unit(struct scpi_call *call)
{
	static const char *const words[] = {"DBM", "W", "Watt", "0", "1", NULL};
	struct n7745a *meter = scpi_instrument(call);
	int index = 0;
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_take_choice(call, words, &index) ||
	    !scpi_end(call))
		return;
	meter->slots[slot - 1].in_watt = index == 1 || index == 2 || index == 4;
}

void power_meter_run_unit_query(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;
	if (power_meter_take_slot(call, &slot) && scpi_end(call))
		scpi_reply_signed(call, meter->slots[slot - 1].in_watt);
}

/* With the comma at the end that the real one sends. */
void power_meter_run_unit_all(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!scpi_end(call))
		return;
	for (int i = 0; i < SLOTS; i++)
		g_string_append_printf(text, "%d,", meter->slots[i].in_watt);
	scpi_reply_raw(call, text->str);
}

void power_meter_run_continuous(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	gboolean on = FALSE;
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_take_bool(call, &on) || !scpi_end(call))
		return;
	struct slot *state = &meter->slots[slot - 1];
	state->continuous = on;
	state->triggered = FALSE;
	state->started_s = power_meter_now_s(meter);
}

void power_meter_run_continuous_query(struct scpi_call *call)
{
	struct n7745a *meter = scpi_instrument(call);
	int slot = 0;
	if (power_meter_take_slot(call, &slot) && scpi_end(call))
		scpi_reply_bool(call, meter->slots[slot - 1].continuous);
}

void power_meter_run_reference(struct scpi_call *call)
{
	static const char *const words[] = {"TOREF", "TOMODule", NULL};
	struct n7745a *meter = scpi_instrument(call);
	double dbm = 0.0;
	int index = 0;
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_take_choice(call, words, &index) ||
	    !scpi_take_number(call, "DBM", -200, 200, 0, &dbm) || !scpi_end(call))
		return;
	meter->slots[slot - 1].reference_dbm = dbm;
}

void power_meter_run_reference_query(struct scpi_call *call)
{
	static const char *const words[] = {"TOREF", "TOMODule", NULL};
	struct n7745a *meter = scpi_instrument(call);
	int index = 0;
	int slot = 0;

	if (!power_meter_take_slot(call, &slot) || !scpi_take_choice(call, words, &index) ||
	    !scpi_end(call))
		return;
	scpi_reply_exp(call, meter->slots[slot - 1].reference_dbm, 8, 3, TRUE);
}

/* Averaging times and ranges snap to a list: 1, 2, 5 of each decade, and steps of 10 dB. */
static double snapped_time(double seconds)
{
	static const double steps[] = {1, 2, 5, 10};
	double decade = pow(10, floor(log10(seconds) + 1e-9));
	double best = decade;
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		if (fabs(steps[i] * decade - seconds) < fabs(best - seconds))
			best = steps[i] * decade;
	}
	return best;
}

static void changed(void *instrument, guint row, int slot)
{
	struct n7745a *meter = instrument;
	struct settings *settings = scpi_device_settings(meter->device);

	if (row == AVERAGING)
		settings_put(settings, row, slot,
		             snapped_time(settings_number(settings, row, slot)));
	if (row == RANGE) {
		double range = 10 * ceil(settings_number(settings, row, slot) / 10 - 1e-9);
		settings_put(settings, row, slot, range);
		settings_put(settings, RANGE_AUTO, slot, 0);
	}
	if (row <= CORRECTION) {
		meter->slots[slot - 1].has_value = FALSE;
		meter->slots[slot - 1].started_s = power_meter_now_s(meter);
	}
}

const struct settings_model power_meter_settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 8,
	.exponent_digits = 3,
	.plus = TRUE,
	.changed = changed,
};
