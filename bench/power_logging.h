/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_POWER_LOGGING_H
#define BENCH_POWER_LOGGING_H

#include <glib.h>

struct scpi_call;
struct world;

/* The logging and stability functions of one N77xx power meter slot (SENSe:FUNCtion). */
struct power_logging;

enum power_logging_command {
	POWER_LOGGING_LOGGING,   /* SENSe:FUNCtion:PARameter:LOGGing points,averaging */
	POWER_LOGGING_ASK,       /* ...:LOGGing? */
	POWER_LOGGING_STABILITY, /* SENSe:FUNCtion:PARameter:STABility total,period,averaging */
	POWER_LOGGING_STATE,     /* SENSe:FUNCtion:STATe LOGG|STAB,STAR|STOP */
	POWER_LOGGING_STATUS,    /* SENSe:FUNCtion:STATe? */
	POWER_LOGGING_RESULT,    /* SENSe:FUNCtion:RESult? */
};

/*
 * `sample` gives one reading of the slot in the unit it is set to. Readings are taken when they
 * are asked for, not as time passes: light that changes in between shows in none.
 */
struct power_logging *
power_logging_new(struct world *world, double (*sample)(void *data, guint slot, double averaging_s),
                  void *data, guint slot);
void power_logging_free(struct power_logging *logging); /* null is allowed */
void power_logging_stop(struct power_logging *logging);
gboolean power_logging_running(const struct power_logging *logging, double now_s);
void power_logging_run(struct power_logging *logging, enum power_logging_command command,
                       struct scpi_call *call, double now_s);

#endif
