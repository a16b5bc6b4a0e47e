/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/generic/operation.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

#define POLL_S 0.02

/* ---- messages ---- */

static const struct generic_slot *slot_of(const struct instrument *instrument, guint slot)
{
	return &generic_dialect_of(instrument)->class->slots[slot];
}

static const struct generic_operation *operation_of(const struct instrument *instrument, guint slot)
{
	return &generic_dialect_of(instrument)->operations[slot];
}

/* The text with channel and value in their places; value may be null. */
static char *fill(const char *text, guint channel, const char *value)
{
	g_autoptr(GString) message = g_string_new(text);
	g_autofree char *number = g_strdup_printf("%u", channel);
	g_string_replace(message, "{channel}", number, 0);
	if (value)
		g_string_replace(message, "{value}", value, 0);
	return g_string_free(g_steal_pointer(&message), FALSE);
}

static gboolean send(struct instrument *instrument, const char *text, guint channel,
                     const char *value, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	g_autofree char *message = fill(text, channel, value);
	return scpi_send(instrument->scpi, &inner, error, "%s", message);
}

static gboolean ask_text(struct instrument *instrument, const char *text, guint channel,
                         char **answer, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	g_autofree char *message = fill(text, channel, NULL);
	return scpi_query_string(instrument->scpi, answer, &inner, error, "%s", message);
}

static gboolean ask_value(struct instrument *instrument, const char *text, guint channel,
                          double work_s, struct scpi_value *value, const struct bounds *bounds,
                          GError **error)
{
	struct bounds inner = bounds_within(bounds, work_s + instrument->model->answer_s);
	g_autofree char *message = fill(text, channel, NULL);
	return scpi_query_value(instrument->scpi, value, &inner, error, "%s", message);
}

gboolean generic_check(struct instrument *instrument, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, instrument->model->answer_s);
	return scpi_check_errors(instrument->scpi, &inner, error);
}

/* ---- which channel ---- */

gboolean generic_has(const struct instrument *instrument, guint slot)
{
	const struct generic_operation *operation = operation_of(instrument, slot);
	return operation->send || operation->ask;
}

static gboolean check_has(const struct instrument *instrument, guint slot, GError **error)
{
	if (generic_has(instrument, slot))
		return TRUE;
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "the dialect %s has no operation %s",
	                  generic_dialect_of(instrument)->scpi.name,
	                  slot_of(instrument, slot)->name);
	return FALSE;
}

static gboolean check_selected(struct instrument *instrument, const char *ask, guint channel,
                               const struct bounds *bounds, GError **error)
{
	struct scpi_value selected = {SCPI_VALUE_NONE, NAN};
	if (!ask_value(instrument, ask, channel, 0, &selected, bounds, error))
		return FALSE;
	if (selected.kind == SCPI_VALUE_OK && selected.value == channel)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "channel %u was selected, but the instrument says otherwise", channel);
	return FALSE;
}

static gboolean select_channel(struct instrument *instrument, guint channel,
                               const struct bounds *bounds, GError **error)
{
	const struct generic_operation *select = operation_of(instrument, 0);
	if (!select->send)
		return TRUE;
	return send(instrument, select->send, channel, NULL, bounds, error) &&
	       generic_check(instrument, bounds, error) &&
	       (!select->ask || check_selected(instrument, select->ask, channel, bounds, error));
}

static gboolean begin(struct instrument *instrument, guint slot, guint channel,
                      const struct bounds *bounds, GError **error)
{
	return check_has(instrument, slot, error) &&
	       (slot_of(instrument, slot)->whole ||
	        select_channel(instrument, channel, bounds, error));
}

/* ---- operations ---- */

gboolean generic_start(struct instrument *instrument, const struct bounds *bounds, GError **error)
{
	const GPtrArray *start = generic_dialect_of(instrument)->start;
	for (guint i = 0; i < start->len; i++) {
		const char *text = g_ptr_array_index(start, i);
		guint n = strstr(text, "{channel}") ? instrument->model->n_channels : 1;
		for (guint channel = 1; channel <= n; channel++) {
			if (!send(instrument, text, channel, NULL, bounds, error))
				return FALSE;
		}
	}
	return start->len == 0 || generic_check(instrument, bounds, error);
}

gboolean generic_act(struct instrument *instrument, guint slot, guint channel,
                     const struct bounds *bounds, GError **error)
{
	return begin(instrument, slot, channel, bounds, error) &&
	       send(instrument, operation_of(instrument, slot)->send, channel, NULL, bounds,
	            error) &&
	       generic_check(instrument, bounds, error);
}

/* What the wire says, in the slot's unit. */
static struct scpi_value from_wire(const struct generic_operation *operation,
                                   struct scpi_value wire)
{
	if (wire.kind == SCPI_VALUE_OK)
		wire.value = operation->in_dbm ? unit_watt_from_dbm(wire.value)
		                               : wire.value * operation->scale;
	return wire;
}

static gboolean is_near(const struct generic_slot *slot, const struct generic_operation *operation,
                        double wanted, double got)
{
	if (slot->kind == GENERIC_NEAREST)
		return got >= wanted / 2 && got <= wanted * 2;
	return fabs(got - wanted) <= operation->tolerance;
}

static gboolean compare(const struct instrument *instrument, guint slot, double wanted,
                        struct scpi_value got, GError **error)
{
	const struct generic_slot *row = slot_of(instrument, slot);
	if (got.kind == SCPI_VALUE_OK &&
	    is_near(row, operation_of(instrument, slot), wanted, got.value))
		return TRUE;
	g_autofree char *wanted_text = unit_format(wanted, row->unit, 9);
	g_autofree char *got_text = unit_format(got.value, row->unit, 9);
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "%s set to %s, but the instrument says %s", row->name, wanted_text,
	                  got.kind == SCPI_VALUE_OK ? got_text : scpi_value_kind_name(got.kind));
	return FALSE;
}

gboolean generic_set(struct instrument *instrument, guint slot, guint channel, double value,
                     double *taken, const struct bounds *bounds, GError **error)
{
	const struct generic_operation *operation = operation_of(instrument, slot);
	struct scpi_value got = {SCPI_VALUE_NONE, NAN};
	if (!isfinite(value)) {
		station_error_set(error, STATION_ERROR_RANGE, "the value is not finite");
		return FALSE;
	}
	if (!begin(instrument, slot, channel, bounds, error))
		return FALSE;
	g_autofree char *number = number_format_digits(value / operation->scale, operation->digits);
	if (!send(instrument, operation->send, channel, number, bounds, error) ||
	    !generic_check(instrument, bounds, error) ||
	    !ask_value(instrument, operation->ask, channel, 0, &got, bounds, error))
		return FALSE;
	got = from_wire(operation, got);
	if (!compare(instrument, slot, value, got, error))
		return FALSE;
	if (taken)
		*taken = got.value;
	return TRUE;
}

static gboolean ask_word(struct instrument *instrument, const struct generic_operation *operation,
                         guint channel, gboolean *on, const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = NULL;
	if (!ask_text(instrument, operation->ask, channel, &answer, bounds, error))
		return FALSE;
	gboolean is_on = g_ascii_strcasecmp(answer, operation->on) == 0;
	if (is_on || g_ascii_strcasecmp(answer, operation->off) == 0) {
		*on = is_on;
		return TRUE;
	}
	if (scpi_parse_bool(answer, on, error))
		return TRUE;
	g_prefix_error(error, "%s: ", operation->ask);
	return FALSE;
}

gboolean generic_switch(struct instrument *instrument, guint slot, guint channel, gboolean on,
                        const struct bounds *bounds, GError **error)
{
	const struct generic_operation *operation = operation_of(instrument, slot);
	gboolean got = !on;
	if (!begin(instrument, slot, channel, bounds, error) ||
	    !send(instrument, operation->send, channel, on ? operation->on : operation->off, bounds,
	          error) ||
	    !generic_check(instrument, bounds, error) ||
	    !ask_word(instrument, operation, channel, &got, bounds, error))
		return FALSE;
	if (!got == !on)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "%s switched %s, but the instrument says it is %s",
	                  slot_of(instrument, slot)->name, on ? "on" : "off", got ? "on" : "off");
	return FALSE;
}

gboolean generic_read(struct instrument *instrument, guint slot, guint channel, double work_s,
                      struct scpi_value *value, const struct bounds *bounds, GError **error)
{
	const struct generic_operation *operation = operation_of(instrument, slot);
	struct scpi_value wire = {SCPI_VALUE_NONE, NAN};
	if (!begin(instrument, slot, channel, bounds, error) ||
	    !ask_value(instrument, operation->ask, channel, work_s, &wire, bounds, error))
		return FALSE;
	*value = from_wire(operation, wire);
	return TRUE;
}

gboolean generic_require(const struct scpi_value *read, const char *what, double *value,
                         GError **error)
{
	if (read->kind == SCPI_VALUE_OK) {
		*value = read->value;
		return TRUE;
	}
	station_error_set(error,
	                  read->kind == SCPI_VALUE_NONE ? STATION_ERROR_DATA : STATION_ERROR_RANGE,
	                  "%s: %s", what, scpi_value_kind_name(read->kind));
	return FALSE;
}

gboolean generic_ask(struct instrument *instrument, guint slot, guint channel, gboolean *on,
                     const struct bounds *bounds, GError **error)
{
	return begin(instrument, slot, channel, bounds, error) &&
	       ask_word(instrument, operation_of(instrument, slot), channel, on, bounds, error);
}

gboolean generic_wait(struct instrument *instrument, const struct bounds *bounds, GError **error)
{
	const struct generic_dialect *dialect = generic_dialect_of(instrument);
	struct bounds inner = bounds_within(bounds, dialect->move_s + instrument->model->answer_s);
	if (dialect->scpi.opc != SCPI_OPC_ABSENT &&
	    !scpi_wait_opc(instrument->scpi, POLL_S, &inner, error))
		return FALSE;
	return clock_sleep_s(dialect->settle_s, bounds, error);
}
