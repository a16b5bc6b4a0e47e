/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_BERT_COUNTING_H
#define BENCH_BERT_COUNTING_H

#include <glib.h>

struct scpi_call;
struct world;

#define BERT_INPUTS 8

/*
 * The error counters of an M8070's analysers: instantaneous and accumulating ones, and the gated
 * measurements of its error ratio plug-in, of which any number run at the same time.
 */
struct bert_counting;

/*
 * `ready` tells whether an analyser (0 to 7) is set up for what it is sent; `locate` gives the
 * analyser (0 to 7) of a location such as "M2.DataIn1", or -1.
 */
struct bert_counting *bert_counting_new(struct world *world, guint site,
                                        gboolean (*ready)(void *owner, guint input),
                                        int (*locate)(const char *text), void *owner);
void bert_counting_free(struct bert_counting *counting); /* null is allowed */

/* Forgets all measurements and counts. */
void bert_counting_reset(struct bert_counting *counting);
/* True when the analyser is locked to the pattern at this moment. */
gboolean bert_counting_locked(struct bert_counting *counting, guint input);
/* True while a gated measurement with a fixed time runs; when the last of them ends. */
gboolean bert_counting_running(struct bert_counting *counting, double *end_s);

enum bert_command {
	BERT_INSTANT, /* FETCh:IBER? 'location' */
	BERT_COUNTS,  /* FETCh:BCOunt? 'location' */
	/* the plug-in, PLUGin:ERATio: */
	BERT_CATALOG,  /* CATalog? */
	BERT_NEW,      /* NEW 'name' */
	BERT_DELETE,   /* DELete 'name' */
	BERT_CLEAR,    /* RESet 'name' */
	BERT_START,    /* STARt 'name' */
	BERT_STOP,     /* STOP 'name' */
	BERT_RUNS,     /* RUN[:STATe]? 'name' */
	BERT_LOCATION, /* ACQuisition:ALOCation 'name','location'... */
	BERT_END,      /* ACQuisition:AEND 'name',FDURation */
	BERT_DURATION, /* ACQuisition:DURation 'name',FTIMe|INDefinite */
	BERT_TIME,     /* ACQuisition:TIME 'name',seconds */
	BERT_TIME_ASKED,
	BERT_DURATION_ASKED,
	BERT_HISTORY, /* ACQuisition:HISTory 'name',n; SHOW:... */
	BERT_DATA,    /* FETCh[:DATA]? 'name' */
};

/* Executes the command that the call's tag (enum bert_command) says. */
void bert_counting_run(struct bert_counting *counting, struct scpi_call *call);

#endif
