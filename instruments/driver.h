/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVER_H
#define INSTRUMENTS_DRIVER_H

#include "instruments/instrument.h"

/*
 * What a driver contributes: rows of facts, then hooks. One driver serves the models of one maker
 * and class that speak the same dialect; the model's row is found by the identity it reports.
 */

struct attenuator_facts;
struct attenuator_ops;
struct bert_facts;
struct bert_ops;
struct command;
struct optical_switch_facts;
struct optical_switch_ops;
struct power_meter_facts;
struct power_meter_ops;
struct scope_facts;
struct scope_ops;
struct scpi_dialect;
struct scpi_identity;
struct supply_facts;
struct supply_ops;
struct thermal_facts;
struct thermal_ops;
struct wavelength_meter_facts;
struct wavelength_meter_ops;

/* One model. The member of the union is the one of the driver's class. */
struct instrument_model {
	/* as the identity gives it, in either case, without blanks and dashes; a '*' ends it early
	 */
	const char *model;
	guint n_channels; /* numbered from 1; 0 where the class numbers otherwise */
	double answer_s;  /* worst case of an ordinary command or query; long ones say their own */
	enum evidence evidence;
	union {
		const struct power_meter_facts *power_meter;
		const struct attenuator_facts *attenuator;
		const struct scope_facts *scope;
		const struct bert_facts *bert;
		const struct supply_facts *supply;
		const struct optical_switch_facts *optical_switch;
		const struct thermal_facts *thermal;
		const struct wavelength_meter_facts *wavelength_meter;
	};
	double warm_up_s; /* on for so long, it is as good as specified; 0: not known */
};

/* Which instruments a driver is for. */
struct instrument_roster {
	const char *const *makers; /* as in struct instrument_driver */
	const struct instrument_model *models;
	gsize n_models;
};

struct instrument_driver {
	const char *name; /* as the configuration writes it */
	enum instrument_class class;
	const char *const *makers; /* how the identity may begin, null-terminated, in either case */
	const struct instrument_model *models;
	gsize n_models;
	const struct scpi_dialect *dialect;
	double connect_s;               /* worst case of connecting and identifying */
	const struct command *commands; /* everything the driver sends, but what the session does */
	gsize n_commands;
	const char *const *parameters; /* keys the configuration may give, null-terminated */
	union {
		const struct power_meter_ops *power_meter;
		const struct attenuator_ops *attenuator;
		const struct scope_ops *scope;
		const struct bert_ops *bert;
		const struct supply_ops *supply;
		const struct optical_switch_ops *optical_switch;
		const struct thermal_ops *thermal;
		const struct wavelength_meter_ops *wavelength_meter;
	};

	/* Reads the parameters into instrument->state before anything is sent; null: none. */
	gboolean (*prepare)(struct instrument *instrument, GError **error);
	/*
	 * The dialect where it depends on the parameters (a login); lives in instrument->state.
	 * Null: the one above.
	 */
	const struct scpi_dialect *(*own_dialect)(const struct instrument *instrument);
	/*
	 * Makers and models where they depend on the parameters; lives in instrument->state. Null:
	 * those above.
	 */
	const struct instrument_roster *(*own_roster)(const struct instrument *instrument);
	/*
	 * For what has no *IDN?: asks who it is in its own way and fills all four fields, empty
	 * where the instrument tells nothing; maker and model as the roster has them. The dialect's
	 * identify is null then. Null: scpi_identify.
	 */
	gboolean (*identify)(struct instrument *instrument, struct scpi_identity *identity,
	                     const struct bounds *bounds, GError **error);
	/* After the identity is known: the state the driver starts from. Null: nothing to do. */
	gboolean (*start)(struct instrument *instrument, const struct bounds *bounds,
	                  GError **error);
	/* See instrument_safe_state. Null: emits nothing. */
	gboolean (*safe_state)(struct instrument *instrument, const struct bounds *bounds,
	                       GError **error);
	/* Frees instrument->state. Null: g_free. */
	void (*free_state)(gpointer state);
};

#endif
