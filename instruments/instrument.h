/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_INSTRUMENT_H
#define INSTRUMENTS_INSTRUMENT_H

#include "base/deadline.h"

#include <glib.h>

/*
 * An opened instrument of any class. Everything here is used by one thread at a time; a class's
 * header (power_meter.h, scope.h ...) has the operations and takes the same pointer, refusing an
 * instrument of another class.
 *
 * All errors begin "<instrument name>: <what>: ".
 */

enum instrument_class {
	INSTRUMENT_POWER_METER,
	INSTRUMENT_ATTENUATOR,
	INSTRUMENT_SCOPE,
	INSTRUMENT_BERT,
	INSTRUMENT_SUPPLY,
	INSTRUMENT_OPTICAL_SWITCH,
	INSTRUMENT_THERMAL,
	INSTRUMENT_WAVELENGTH_METER,
	INSTRUMENT_N_CLASSES,
};

/* The class as the configuration and the record write it: "power-meter". Static storage. */
const char *instrument_class_name(enum instrument_class class);
/* The class of a name; STATION_ERROR_CONFIG with a suggestion when there is none. */
gboolean instrument_class_parse(const char *name, enum instrument_class *class, GError **error);

/* How well a driver and its facts are known to be true. */
enum evidence {
	EVIDENCE_UNTESTED,      /* written from documents only */
	EVIDENCE_TESTED_SIM,    /* against the virtual bench */
	EVIDENCE_TESTED_REPLAY, /* against a recording of a real one */
	EVIDENCE_TESTED_LAB,    /* against a real one */
};

/* "untested", "tested-sim", "tested-replay", "tested-lab". Static storage. */
const char *evidence_name(enum evidence evidence);

struct instrument_parameter {
	const char *key;
	const char *value;
};

/* Maker, model, serial number and firmware as the instrument gave them. */
struct instrument_identity {
	char *maker;    /* owned */
	char *model;    /* owned */
	char *serial;   /* owned */
	char *firmware; /* owned */
	char *options;  /* owned; as *OPT? gave them, null until instrument_read_options */
};

/* What the station's configuration says of one instrument. All borrowed during instrument_open. */
struct instrument_config {
	const char *name;            /* the station's own name for it: "opm1" */
	enum instrument_class class; /* must be the driver's */
	const char *driver;          /* "keysight-power-meter" */
	const char *resource;        /* "TCPIP::127.0.0.1::5025::SOCKET" */
	const char *calibration_due; /* "2027-03-31"; null when not subject to calibration */
	const struct instrument_parameter *parameters; /* those the driver's row lists */
	gsize n_parameters;
	const struct link_sink *sink; /* is told every message; null: nobody */
	/* takes the bus's own lock where it has one: HiSLIP, VXI-11 */
	gboolean exclusive;
	/* what must answer in model, serial and firmware where that is not null; null: whatever */
	const struct instrument_identity *expected;
};

struct instrument_driver; /* instruments/driver.h */
struct instrument_model;  /* instruments/driver.h */
struct link_sink;         /* instruments/link/link.h */
struct scpi;

struct instrument {
	char *name;            /* owned */
	char *resource;        /* owned */
	char *calibration_due; /* owned; null when there is none */
	const struct instrument_driver *driver;
	/*
	 * The driver's row for identity.model, or a copy in state with what the instrument told of
	 * itself; never null once it is open.
	 */
	const struct instrument_model *model;
	struct instrument_identity identity;
	GHashTable *parameters; /* owned; char * to char * */
	struct scpi *scpi;      /* owned; the session and its link */
	gpointer state;         /* the driver's own; owned, freed by the driver */
	gpointer class_state;   /* the class's own, null at first and after safe_state; g_free */
};

/*
 * Connects, clears the session, reads and checks the identity and puts the instrument into the
 * state the driver starts from (which never energises anything). Owned by the caller; close with
 * instrument_close. CONFIG: unknown driver or parameter, wrong class, unusable resource
 * string, or another instrument answers than was expected (it is not touched then).
 * INSTRUMENT: another maker, or a model for which the driver has no row; the text lists its rows.
 * REFUSED: somebody else has the bus's lock.
 */
struct instrument *instrument_open(const struct instrument_config *config,
                                   const struct bounds *bounds, GError **error);

/*
 * Checks what can be checked of a configuration without touching the instrument: driver, class,
 * names of the parameters. STATION_ERROR_CONFIG with a suggestion.
 */
gboolean instrument_config_check(const struct instrument_config *config, GError **error);

/* Asks the instrument who it is once more; INSTRUMENT when it is not the one that was opened. */
gboolean instrument_identify(struct instrument *instrument, const struct bounds *bounds,
                             GError **error);

/* Asks for its options where the dialect has a question for them; "" where it has none. */
gboolean instrument_read_options(struct instrument *instrument, const struct bounds *bounds,
                                 GError **error);

/*
 * Lets it test itself, which takes up to a minute and may disturb what it is doing. Passed: TRUE.
 * INSTRUMENT with the result when it finds itself faulty; UNSUPPORTED where the dialect has no
 * self-test (instrument_has_self_test).
 */
gboolean instrument_self_test(struct instrument *instrument, const struct bounds *bounds,
                              GError **error);
gboolean instrument_has_self_test(const struct instrument *instrument);

/* How long it has to be on before it is as good as its specification; 0: not known. */
double instrument_warm_up_s(const struct instrument *instrument);

/* A message of a person's own, and its answer (scpi_talk), up to INSTRUMENT_TALK_MAX bytes. */
#define INSTRUMENT_TALK_MAX (64 << 20)
gboolean instrument_talk(struct instrument *instrument, const char *message, GByteArray *reply,
                         const struct bounds *bounds, GError **error);
/* What its error queue holds, which is empty then; "" when nothing, or where there is none. Free
 * with g_free. */
gboolean instrument_take_errors(struct instrument *instrument, char **errors,
                                const struct bounds *bounds, GError **error);

/*
 * Takes energy and light away: attenuator shutters closed at maximum attenuation, supply and BERT
 * outputs off, air flow off. Classes that emit nothing do nothing. May be called in any state,
 * also after a timeout; every part is tried even when one fails, the first error is given.
 */
gboolean instrument_safe_state(struct instrument *instrument, const struct bounds *bounds,
                               GError **error);

/*
 * Closes the connection and frees; never waits, sends nothing. Null is allowed. (No g_autoptr: a
 * type of that name would be shadowed by every variable that is one.)
 */
void instrument_close(struct instrument *instrument);

/* Borrowed from the instrument. */
const char *instrument_name(const struct instrument *instrument);
enum instrument_class instrument_class(const struct instrument *instrument);
const struct instrument_identity *instrument_identity(const struct instrument *instrument);
const char *instrument_calibration_due(const struct instrument *instrument); /* or null */
enum evidence instrument_evidence(const struct instrument *instrument);
/* How many channels it has, numbered from 1; 0 for classes without (BERT, switch: see there). */
guint instrument_channels(const struct instrument *instrument);
/* Value of a configured parameter, or null. Borrowed. */
const char *instrument_parameter(const struct instrument *instrument, const char *key);

#endif
