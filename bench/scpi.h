/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCPI_H
#define BENCH_SCPI_H

#include "bench/scpi_call.h"
#include "bench/server.h"
#include "bench/settings.h"

struct faults;

/* How *OPC? answers. */
enum scpi_completion {
	SCPI_OPC_WAITS,  /* when all is done: 1 */
	SCPI_OPC_POLLED, /* at once: 1, or 0 while something runs */
	SCPI_OPC_ONE,    /* at once: 1, whatever runs */
};

/* What a model does its own way. The functions may be null; instrument is scpi_device_new's. */
struct scpi_model {
	const struct scpi_row *rows;
	guint n_rows;
	guint queue_depth;
	gboolean plus_sign;    /* +0,"No error" instead of 0,"No error" */
	gboolean drops_output; /* the first byte that arrives clears a reply not yet sent: -410 */
	enum scpi_completion completion;
	gboolean (*busy)(void *instrument);
	void (*wait)(void *instrument);          /* until no longer busy */
	void (*reset)(void *instrument);         /* *RST */
	guint (*operation)(void *instrument);    /* STATus:OPERation:CONDition? */
	guint (*questionable)(void *instrument); /* STATus:QUEStionable:CONDition? */
	void (*options)(struct scpi_call *call); /* *OPT? */
	/* After the last unit of each message; may call scpi_device_error. */
	void (*message_end)(void *instrument, struct scpi_device *device);
	const struct settings_model *settings; /* searched after rows; may be null */
};

/*
 * A device that speaks SCPI: model, instrument behind it, error queue, status registers, one lock
 * for all its connections. idn is the whole reply to *IDN?. model, instrument and faults (null:
 * none) are borrowed.
 */
struct scpi_device *scpi_device_new(const struct scpi_model *model, const char *idn,
                                    void *instrument, struct faults *faults);
void scpi_device_free(struct scpi_device *device); /* null is allowed */
/* Puts an error into the queue; detail (null: none) follows the standard text in parentheses. */
void scpi_device_error(struct scpi_device *device, int number, const char *detail);
void *scpi_device_instrument(const struct scpi_device *device);
/* The values of the model's settings; null when it has none. Only while a message is executed. */
struct settings *scpi_device_settings(const struct scpi_device *device);

/* For server_new, with the scpi_device as device. */
extern const struct server_ops scpi_server_ops;

/*
 * Executes one message and appends what it answers, LF at the end. A command error ends the
 * message (IEEE 488.2, 6.1.7), an execution error does not.
 */
void scpi_device_execute(struct scpi_device *device, const char *data, gsize len,
                         GByteArray *reply);

/* --- for the common commands -------------------------------------------------------------------
 */

struct scpi_status {
	guint event; /* standard event status register */
	guint event_enable;
	guint request_enable; /* service request enable */
	guint operation_enable;
	guint questionable_enable;
	guint operation_event;
	guint questionable_event;
	guint operation_was; /* conditions when looked at last, to find the rising edges */
	guint questionable_was;
};

struct scpi_status *scpi_device_status(struct scpi_device *device);
/* Empties the queue and the event registers, as *CLS does. */
void scpi_device_clear(struct scpi_device *device);
const struct scpi_model *scpi_device_model(const struct scpi_device *device);
const char *scpi_device_idn(const struct scpi_device *device);
/* Takes the oldest error off the queue as SYSTem:ERRor? writes it. Free with g_free. */
char *scpi_device_take_error(struct scpi_device *device);
guint scpi_device_errors(const struct scpi_device *device);
/* Reads both conditions anew and latches what rose into the event registers. */
void scpi_device_latch(struct scpi_device *device);

#endif
