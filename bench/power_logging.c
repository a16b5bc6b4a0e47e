/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/power_logging.h"

#include "bench/scpi.h"

#include <math.h>
#include <string.h>

#define POINTS_MAX 1000000

enum function { FUNCTION_LOGGING, FUNCTION_STABILITY };

struct power_logging {
	struct world *world;
	double (*sample)(void *data, guint slot, double averaging_s);
	void *data;
	guint slot;
	guint points[2]; /* of each function */
	double period_s[2];
	double averaging_s[2];
	gboolean started;
	enum function function;
	double end_s;
};

struct power_logging *
power_logging_new(struct world *world, double (*sample)(void *data, guint slot, double averaging_s),
                  void *data, guint slot)
{
	struct power_logging *logging = g_new0(struct power_logging, 1);
	logging->world = world;
	logging->sample = sample;
	logging->data = data;
	logging->slot = slot;
	for (int i = 0; i < 2; i++) {
		logging->points[i] = 100;
		logging->period_s[i] = 0.1;
		logging->averaging_s[i] = 0.1;
	}
	return logging;
}

void power_logging_free(struct power_logging *logging)
{
	g_free(logging);
}

void power_logging_stop(struct power_logging *logging)
{
	logging->started = FALSE;
}

gboolean power_logging_running(const struct power_logging *logging, double now_s)
{
	return logging->started && now_s < logging->end_s;
}

static void set_logging(struct power_logging *logging, struct scpi_call *call)
{
	double averaging_s = 0.0;
	int points = 0;

	if (!scpi_take_int(call, 1, POINTS_MAX, &points) ||
	    !scpi_take_number(call, "S", 1e-6, 10, 0.1, &averaging_s) || !scpi_end(call))
		return;
	logging->points[FUNCTION_LOGGING] = (guint)points;
	logging->period_s[FUNCTION_LOGGING] = averaging_s;
	logging->averaging_s[FUNCTION_LOGGING] = averaging_s;
}

static void set_stability(struct power_logging *logging, struct scpi_call *call)
{
	double total_s = 0.0;
	double period_s = 0.0;
	double averaging_s = 0.0;

	if (!scpi_take_number(call, "S", 1e-3, 1e6, 1, &total_s) ||
	    !scpi_take_number(call, "S", 1e-3, 1e6, 1, &period_s) ||
	    !scpi_take_number(call, "S", 1e-6, 10, 0.1, &averaging_s) || !scpi_end(call))
		return;
	double points = floor(total_s / period_s) + 1;
	if (averaging_s > period_s || points > POINTS_MAX) {
		scpi_error(call, -221, NULL);
		return;
	}
	logging->points[FUNCTION_STABILITY] = (guint)points;
	logging->period_s[FUNCTION_STABILITY] = period_s;
	logging->averaging_s[FUNCTION_STABILITY] = averaging_s;
}

static void set_state(struct power_logging *logging, struct scpi_call *call, double now_s)
{
	static const char *const functions[] = {"LOGGing", "STABility", NULL};
	static const char *const states[] = {"STOP", "STARt", NULL};
	int function = 0;
	int start = 0;

	if (!scpi_take_choice(call, functions, &function) ||
	    !scpi_take_choice(call, states, &start) || !scpi_end(call))
		return;
	if (start && power_logging_running(logging, now_s)) {
		scpi_error(call, -284, NULL);
		return;
	}
	logging->started = start;
	logging->function = (enum function)function;
	logging->end_s = now_s + logging->points[function] * logging->period_s[function];
}

static void reply_status(const struct power_logging *logging, struct scpi_call *call, double now_s)
{
	if (!scpi_end(call))
		return;
	if (!logging->started)
		scpi_reply_raw(call, "NONE,COMPLETE");
	else if (power_logging_running(logging, now_s))
		scpi_reply_raw(call, "LOGGING_STABILITY,PROGRESS");
	else
		scpi_reply_raw(call, "LOGGING_STABILITY,COMPLETE");
}

static void reply_result(const struct power_logging *logging, struct scpi_call *call, double now_s)
{
	if (!scpi_end(call))
		return;
	if (!logging->started || power_logging_running(logging, now_s)) {
		scpi_error(call, -231, "StatValNYetAcc");
		return;
	}
	guint points = logging->points[logging->function];
	g_autofree guint32 *block = g_new(guint32, points);
	for (guint i = 0; i < points; i++) {
		float value = (float)logging->sample(logging->data, logging->slot,
		                                     logging->averaging_s[logging->function]);
		memcpy(&block[i], &value, sizeof(value));
		block[i] = GUINT32_TO_LE(block[i]);
	}
	scpi_reply_block(call, block, points * sizeof(*block));
}

void power_logging_run(struct power_logging *logging, enum power_logging_command command,
                       struct scpi_call *call, double now_s)
{
	switch (command) {
	case POWER_LOGGING_LOGGING:
		set_logging(logging, call);
		break;
	case POWER_LOGGING_ASK:
		if (!scpi_end(call))
			return;
		scpi_reply_signed(call, logging->points[FUNCTION_LOGGING]);
		scpi_reply_exp(call, logging->averaging_s[FUNCTION_LOGGING], 8, 3, TRUE);
		break;
	case POWER_LOGGING_STABILITY:
		set_stability(logging, call);
		break;
	case POWER_LOGGING_STATE:
		set_state(logging, call, now_s);
		break;
	case POWER_LOGGING_STATUS:
		reply_status(logging, call, now_s);
		break;
	case POWER_LOGGING_RESULT:
		reply_result(logging, call, now_s);
		break;
	}
}
