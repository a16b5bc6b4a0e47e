/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_FAULTS_H
#define BENCH_FAULTS_H

#include <glib.h>

/* What can be made to go wrong at one simulated device. */
enum fault {
	FAULT_SILENT,      /* a reply is not sent */
	FAULT_DISCONNECT,  /* the connection is closed instead of a reply */
	FAULT_GARBAGE,     /* other bytes are sent instead of the reply */
	FAULT_QUEUE_ERROR, /* the device puts a device-dependent error into its queue */
	FAULT_LATE,  /* the reply is held back until the next message arrives, then sent first */
	FAULT_SPLIT, /* the reply is sent in two segments with a pause between them */
	FAULT_TWICE, /* the reply is sent two times */
	/* of a fixture only */
	FAULT_NACK,      /* nothing on the module's bus acknowledges */
	FAULT_INT_STUCK, /* the module's interrupt line is stuck in its asserted level */
	FAULT_KINDS,
};

/* The pending faults of one device; safe to use from several threads. */
struct faults;

struct faults *faults_new(void);
void faults_free(struct faults *faults); /* null is allowed */

/* The kind by its name ("silent", "queue-error", ...); false when there is no such kind. */
gboolean faults_kind(const char *name, enum fault *kind);
/* All names joined by blanks, for messages. Free with g_free. */
char *faults_names(void);

/* Arms a fault for the next `count` occasions; 0 means every one until cleared. */
void faults_arm(struct faults *faults, enum fault kind, guint count);
void faults_clear(struct faults *faults);

/* True when the fault is armed; uses up one occasion. Null is never armed. */
gboolean faults_take(struct faults *faults, enum fault kind);

#endif
