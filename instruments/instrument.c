/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/instrument.h"

#include "base/error.h"
#include "base/suggest.h"
#include "instruments/address.h"
#include "instruments/driver.h"
#include "instruments/registry.h"
#include "instruments/roster.h"
#include "instruments/scpi/scpi.h"

#include <string.h>

/* How long to wait for the bus's lock: who has one keeps it for hours. */
#define LOCK_LIMIT_S 1.0
/* Worst case of a self-test; from memory. */
#define SELF_TEST_LIMIT_S 60.0

static const char *const class_names[] = {
	[INSTRUMENT_POWER_METER] = "power-meter",
	[INSTRUMENT_ATTENUATOR] = "attenuator",
	[INSTRUMENT_SCOPE] = "scope",
	[INSTRUMENT_BERT] = "bert",
	[INSTRUMENT_SUPPLY] = "supply",
	[INSTRUMENT_OPTICAL_SWITCH] = "optical-switch",
	[INSTRUMENT_THERMAL] = "thermal",
	[INSTRUMENT_WAVELENGTH_METER] = "wavelength-meter",
	[INSTRUMENT_N_CLASSES] = NULL,
};

static const char *const evidence_names[] = {
	[EVIDENCE_UNTESTED] = "untested",
	[EVIDENCE_TESTED_SIM] = "tested-sim",
	[EVIDENCE_TESTED_REPLAY] = "tested-replay",
	[EVIDENCE_TESTED_LAB] = "tested-lab",
};

const char *instrument_class_name(enum instrument_class class)
{
	g_return_val_if_fail((guint) class < INSTRUMENT_N_CLASSES, "unknown");
	return class_names[class];
}

const char *evidence_name(enum evidence evidence)
{
	g_return_val_if_fail((guint)evidence < G_N_ELEMENTS(evidence_names), "unknown");
	return evidence_names[evidence];
}

static void set_unknown(GError **error, const char *kind, const char *word,
                        const char *const *known)
{
	const char *nearest = suggest_nearest(word, known);
	if (nearest) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "no %s is named \"%s\"; did you mean \"%s\"?", kind, word,
		                  nearest);
		return;
	}
	g_autofree char *all = g_strjoinv(", ", (char **)known);
	station_error_set(error, STATION_ERROR_CONFIG, "no %s is named \"%s\"; %s%s", kind, word,
	                  *all ? "there are " : "there are none", all);
}

gboolean instrument_class_parse(const char *name, enum instrument_class *class, GError **error)
{
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		if (strcmp(class_names[i], name) == 0) {
			*class = (enum instrument_class)i;
			return TRUE;
		}
	}
	set_unknown(error, "instrument class", name, class_names);
	return FALSE;
}

/* ---- configuration ---- */

static const struct instrument_driver *check_config(const struct instrument_config *config,
                                                    GError **error)
{
	const struct instrument_driver *driver = registry_find(config->driver, error);
	if (!driver)
		return NULL;
	if (driver->class != config->class) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the driver %s is for the class %s, not %s", driver->name,
		                  instrument_class_name(driver->class),
		                  instrument_class_name(config->class));
		return NULL;
	}
	for (gsize i = 0; i < config->n_parameters; i++) {
		const char *key = config->parameters[i].key;
		if (!g_strv_contains(driver->parameters, key)) {
			set_unknown(error, "parameter", key, driver->parameters);
			return NULL;
		}
		for (gsize j = 0; j < i; j++) {
			if (strcmp(config->parameters[j].key, key) == 0) {
				station_error_set(error, STATION_ERROR_CONFIG,
				                  "the parameter \"%s\" is given twice", key);
				return NULL;
			}
		}
	}
	return driver;
}

static struct instrument *instrument_new(const struct instrument_config *config,
                                         const struct instrument_driver *driver)
{
	struct instrument *instrument = g_new0(struct instrument, 1);
	instrument->name = g_strdup(config->name);
	instrument->resource = g_strdup(config->resource);
	instrument->calibration_due = g_strdup(config->calibration_due);
	instrument->driver = driver;
	instrument->model = driver->n_models > 0 ? &driver->models[0] : NULL;
	instrument->parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (gsize i = 0; i < config->n_parameters; i++) {
		g_hash_table_insert(instrument->parameters, g_strdup(config->parameters[i].key),
		                    g_strdup(config->parameters[i].value));
	}
	return instrument;
}

gboolean instrument_config_check(const struct instrument_config *config, GError **error)
{
	const struct instrument_driver *driver = check_config(config, error);
	gboolean ok = driver != NULL;
	if (driver && driver->prepare) {
		struct instrument *trial = instrument_new(config, driver);
		ok = driver->prepare(trial, error);
		instrument_close(trial);
	}
	if (!ok)
		g_prefix_error(error, "%s: ", config->name);
	return ok;
}

/* ---- identity ---- */

static struct instrument_roster roster_of(const struct instrument *instrument)
{
	const struct instrument_driver *driver = instrument->driver;
	if (driver->own_roster)
		return *driver->own_roster(instrument);
	return (struct instrument_roster){driver->makers, driver->models, driver->n_models};
}

static void set_unknown_model(GError **error, const struct instrument *instrument,
                              const struct instrument_roster *roster,
                              const struct scpi_identity *identity)
{
	g_autoptr(GString) known = g_string_new(NULL);
	for (gsize i = 0; i < roster->n_models; i++)
		g_string_append_printf(known, "%s%s", i ? ", " : "", roster->models[i].model);
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "a \"%s\" of \"%s\" answers; the driver %s knows %s", identity->model,
	                  identity->maker, instrument->driver->name, known->str);
}

static const struct scpi_dialect *dialect_of(const struct instrument *instrument)
{
	const struct instrument_driver *driver = instrument->driver;
	return driver->own_dialect ? driver->own_dialect(instrument) : driver->dialect;
}

static gboolean ask_identity(struct instrument *instrument, struct scpi_identity *identity,
                             const struct bounds *bounds, GError **error)
{
	if (instrument->driver->identify)
		return instrument->driver->identify(instrument, identity, bounds, error);
	return scpi_identify(instrument->scpi, identity, bounds, error);
}

static gboolean take_identity(struct instrument *instrument, const struct bounds *bounds,
                              GError **error)
{
	const char *clear = dialect_of(instrument)->clear_status;
	struct scpi_identity identity = {.maker = ""};
	if (clear && !scpi_send(instrument->scpi, bounds, error, "%s", clear))
		return FALSE;
	if (!ask_identity(instrument, &identity, bounds, error))
		return FALSE;
	const struct instrument_roster roster = roster_of(instrument);
	const struct instrument_model *model = roster_find(&roster, identity.maker, identity.model);
	if (!model) {
		set_unknown_model(error, instrument, &roster, &identity);
		return FALSE;
	}
	instrument->model = model;
	instrument->identity.maker = g_strdup(identity.maker);
	instrument->identity.model = g_strdup(identity.model);
	instrument->identity.serial = g_strdup(identity.serial);
	instrument->identity.firmware = g_strdup(identity.firmware);
	return TRUE;
}

static gboolean is_expected(const struct instrument *instrument,
                            const struct instrument_identity *expected, GError **error)
{
	const struct instrument_identity *identity = &instrument->identity;
	const struct {
		const char *what, *wanted, *found;
	} rows[] = {
		{"model", expected->model, identity->model},
		{"serial", expected->serial, identity->serial},
		{"firmware", expected->firmware, identity->firmware},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!rows[i].wanted || strcmp(rows[i].wanted, rows[i].found) == 0)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the %s \"%s\" answers, but \"%s\" is configured", rows[i].what,
		                  rows[i].found, rows[i].wanted);
		return FALSE;
	}
	return TRUE;
}

/* Before anything is sent: another's lock would keep the answers back. */
static gboolean take_bus_lock(const struct instrument *instrument, const struct bounds *bounds,
                              GError **error)
{
	struct bounds inner = bounds_within(bounds, LOCK_LIMIT_S);
	GError *cause = NULL;

	if (!instrument_bus_has_lock(instrument->resource) ||
	    link_lock(scpi_link(instrument->scpi), &inner, &cause))
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_REFUSED))
		g_prefix_error(&cause, "in use by another computer or program, which has the "
		                       "bus's lock: ");
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean connect_instrument(struct instrument *instrument,
                                   const struct instrument_config *config,
                                   const struct bounds *bounds, GError **error)
{
	const struct instrument_driver *driver = instrument->driver;
	if (driver->prepare && !driver->prepare(instrument, error))
		return FALSE;
	/* until it has told which it is */
	instrument->model = &roster_of(instrument).models[0];
	struct bounds inner = bounds_within(bounds, driver->connect_s);
	instrument->scpi = scpi_open(instrument->resource, dialect_of(instrument), config->sink,
	                             &inner, error);
	if (!instrument->scpi || (config->exclusive && !take_bus_lock(instrument, &inner, error)) ||
	    !take_identity(instrument, &inner, error) ||
	    (config->expected && !is_expected(instrument, config->expected, error)))
		return FALSE;
	return !driver->start || driver->start(instrument, bounds, error);
}

struct instrument *instrument_open(const struct instrument_config *config,
                                   const struct bounds *bounds, GError **error)
{
	const struct instrument_driver *driver = check_config(config, error);
	if (driver) {
		struct instrument *instrument = instrument_new(config, driver);
		if (connect_instrument(instrument, config, bounds, error))
			return instrument;
		instrument_close(instrument);
	}
	g_prefix_error(error, "%s: open: ", config->name);
	return NULL;
}

static gboolean is_the_same(const struct instrument *instrument,
                            const struct scpi_identity *identity, GError **error)
{
	if (strcmp(identity->model, instrument->identity.model) == 0 &&
	    strcmp(identity->serial, instrument->identity.serial) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "now a \"%s\" with serial number \"%s\" answers, not the \"%s\" with "
	                  "\"%s\" that was opened",
	                  identity->model, identity->serial, instrument->identity.model,
	                  instrument->identity.serial);
	return FALSE;
}

gboolean instrument_identify(struct instrument *instrument, const struct bounds *bounds,
                             GError **error)
{
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	struct scpi_identity identity = {.maker = ""};
	if (ask_identity(instrument, &identity, &inner, error) &&
	    is_the_same(instrument, &identity, error))
		return TRUE;
	g_prefix_error(error, "%s: identify: ", instrument->name);
	return FALSE;
}

gboolean instrument_read_options(struct instrument *instrument, const struct bounds *bounds,
                                 GError **error)
{
	const char *question = dialect_of(instrument)->options;
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	char *options = NULL;

	if (question &&
	    !scpi_query_string(instrument->scpi, &options, &inner, error, "%s", question)) {
		g_prefix_error(error, "%s: options: ", instrument->name);
		return FALSE;
	}
	g_free(instrument->identity.options);
	instrument->identity.options = question ? g_strstrip(options) : g_strdup("");
	return TRUE;
}

gboolean instrument_has_self_test(const struct instrument *instrument)
{
	return dialect_of(instrument)->self_test != NULL;
}

gboolean instrument_self_test(struct instrument *instrument, const struct bounds *bounds,
                              GError **error)
{
	const char *question = dialect_of(instrument)->self_test;
	struct bounds inner = bounds_within(bounds, SELF_TEST_LIMIT_S);
	gint64 result = -1;

	if (!question)
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s has no self-test",
		                  instrument->identity.model);
	else if (!scpi_query_int(instrument->scpi, &result, &inner, error, "%s", question))
		result = -1; /* which error says */
	else if (result != 0)
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "%s %s, serial %s, found itself faulty: %s gave "
		                  "%" G_GINT64_FORMAT,
		                  instrument->identity.maker, instrument->identity.model,
		                  instrument->identity.serial, question, result);
	if (result == 0)
		return TRUE;
	g_prefix_error(error, "%s: self-test: ", instrument->name);
	return FALSE;
}

gboolean instrument_talk(struct instrument *instrument, const char *message, GByteArray *reply,
                         const struct bounds *bounds, GError **error)
{
	if (scpi_talk(instrument->scpi, message, reply, INSTRUMENT_TALK_MAX, bounds, error))
		return TRUE;
	g_prefix_error(error, "%s: ", instrument->name);
	return FALSE;
}

gboolean instrument_take_errors(struct instrument *instrument, char **errors,
                                const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	g_autoptr(GError) cause = NULL;

	if (scpi_check_errors(instrument->scpi, &inner, &cause)) {
		*errors = g_strdup("");
		return TRUE;
	}
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_INSTRUMENT)) {
		*errors = g_strdup(cause->message);
		return TRUE;
	}
	g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", instrument->name);
	return FALSE;
}

double instrument_warm_up_s(const struct instrument *instrument)
{
	return instrument->model->warm_up_s;
}

gboolean instrument_safe_state(struct instrument *instrument, const struct bounds *bounds,
                               GError **error)
{
	g_clear_pointer(&instrument->class_state, g_free);
	if (!instrument->driver->safe_state ||
	    instrument->driver->safe_state(instrument, bounds, error))
		return TRUE;
	g_prefix_error(error, "%s: safe state: ", instrument->name);
	return FALSE;
}

void instrument_close(struct instrument *instrument)
{
	if (!instrument)
		return;
	scpi_free(instrument->scpi);
	if (instrument->state && instrument->driver->free_state)
		instrument->driver->free_state(instrument->state);
	else
		g_free(instrument->state);
	g_free(instrument->class_state);
	g_hash_table_unref(instrument->parameters);
	g_free(instrument->identity.maker);
	g_free(instrument->identity.model);
	g_free(instrument->identity.serial);
	g_free(instrument->identity.firmware);
	g_free(instrument->identity.options);
	g_free(instrument->calibration_due);
	g_free(instrument->resource);
	g_free(instrument->name);
	g_free(instrument);
}

/* ---- what it is ---- */

const char *instrument_name(const struct instrument *instrument)
{
	return instrument->name;
}

enum instrument_class instrument_class(const struct instrument *instrument)
{
	return instrument->driver->class;
}

const struct instrument_identity *instrument_identity(const struct instrument *instrument)
{
	return &instrument->identity;
}

const char *instrument_calibration_due(const struct instrument *instrument)
{
	return instrument->calibration_due;
}

enum evidence instrument_evidence(const struct instrument *instrument)
{
	return instrument->model->evidence;
}

guint instrument_channels(const struct instrument *instrument)
{
	return instrument->model->n_channels;
}

const char *instrument_parameter(const struct instrument *instrument, const char *key)
{
	return g_hash_table_lookup(instrument->parameters, key);
}
