/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/bert.h"

#include "base/error.h"
#include "instruments/call.h"
#include "instruments/driver.h"

#include <string.h>

static const char *const pattern_names[] = {
	[BERT_PATTERN_PRBS13Q] = "PRBS13Q",
	[BERT_PATTERN_PRBS31Q] = "PRBS31Q",
	[BERT_PATTERN_SSPRQ] = "SSPRQ",
};

const char *bert_pattern_name(enum bert_pattern pattern)
{
	g_return_val_if_fail((guint)pattern < BERT_N_PATTERNS, "unknown");
	return pattern_names[pattern];
}

guint bert_outputs(const struct instrument *bert)
{
	g_return_val_if_fail(bert->driver->class == INSTRUMENT_BERT, 0);
	return bert->driver->bert->n_outputs(bert);
}

guint bert_inputs(const struct instrument *bert)
{
	g_return_val_if_fail(bert->driver->class == INSTRUMENT_BERT, 0);
	return bert->driver->bert->n_inputs(bert);
}

double bert_shortest_gate_s(const struct instrument *bert)
{
	g_return_val_if_fail(bert->driver->class == INSTRUMENT_BERT, 0.0);
	return bert->model->bert->gate_min_s;
}

static gboolean check_inputs(struct instrument *bert, const guint *inputs, gsize n_inputs,
                             GError **error)
{
	if (n_inputs == 0) {
		station_error_set(error, STATION_ERROR_RANGE, "no input named");
		return FALSE;
	}
	for (gsize i = 0; i < n_inputs; i++) {
		if (!call_index(bert, "input", inputs[i], bert_inputs(bert), error))
			return FALSE;
		for (gsize j = 0; j < i; j++) {
			if (inputs[j] == inputs[i]) {
				station_error_set(error, STATION_ERROR_RANGE,
				                  "input %u is named twice", inputs[i]);
				return FALSE;
			}
		}
	}
	return TRUE;
}

gboolean bert_require_stress(const struct instrument *bert, GError **error)
{
	const char *what = "stress";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	gboolean ok = call_supported(bert, bert->driver->bert->set_stress != NULL, error);
	return call_end(bert, what, ok, error);
}

gboolean bert_configure(struct instrument *bert, const struct bert_setup *setup,
                        const struct bounds *bounds, GError **error)
{
	const char *what = "configure";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	const struct bert_facts *facts = bert->model->bert;
	gboolean ok =
		call_supported(bert, ops->configure != NULL, error) &&
		call_range(bert, "output symbol rate", setup->output_symbol_rate_bd,
	                   facts->symbol_rate_min_bd, facts->symbol_rate_max_bd, "Bd", error) &&
		call_range(bert, "input symbol rate", setup->input_symbol_rate_bd,
	                   facts->symbol_rate_min_bd, facts->symbol_rate_max_bd, "Bd", error) &&
		ops->configure(bert, setup, bounds, error);
	return call_end(bert, what, ok, error);
}

gboolean bert_set_output(struct instrument *bert, guint output, gboolean on,
                         const struct bounds *bounds, GError **error)
{
	const char *what = on ? "output on" : "output off";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	gboolean ok = call_supported(bert, ops->set_output != NULL, error) &&
	              call_index(bert, "output", output, bert_outputs(bert), error) &&
	              ops->set_output(bert, output, on, bounds, error);
	return call_end(bert, what, ok, error);
}

gboolean bert_set_global_output(struct instrument *bert, gboolean on, const struct bounds *bounds,
                                GError **error)
{
	const char *what = on ? "all outputs on" : "all outputs off";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	gboolean ok = call_supported(bert, ops->set_global_output != NULL, error) &&
	              ops->set_global_output(bert, on, bounds, error);
	return call_end(bert, what, ok, error);
}

gboolean bert_set_stress(struct instrument *bert, guint output, const struct bert_stress *stress,
                         const struct bounds *bounds, GError **error)
{
	const char *what = "stress";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	const struct bert_facts *facts = bert->model->bert;
	gboolean ok = call_supported(bert, ops->set_stress != NULL, error) &&
	              call_index(bert, "output", output, bert_outputs(bert), error) &&
	              call_range(bert, "ISI", stress->isi, 0, facts->isi_max, "1", error) &&
	              call_range(bert, "noise", stress->noise, 0, facts->noise_max, "1", error) &&
	              ops->set_stress(bert, output, stress, bounds, error);
	return call_end(bert, what, ok, error);
}

gboolean bert_align_inputs(struct instrument *bert, const guint *inputs, gsize n_inputs,
                           const struct bounds *bounds, GError **error)
{
	const char *what = "align inputs";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	gboolean ok = call_supported(bert, ops->align_inputs != NULL, error) &&
	              check_inputs(bert, inputs, n_inputs, error) &&
	              ops->align_inputs(bert, inputs, n_inputs, bounds, error);
	return call_end(bert, what, ok, error);
}

static gboolean counts_are_possible(const guint *inputs, gsize n_inputs,
                                    const struct bert_count *counts, GError **error)
{
	for (gsize i = 0; i < n_inputs; i++) {
		if (counts[i].errors > counts[i].bits) {
			station_error_set(error, STATION_ERROR_PROTOCOL,
			                  "input %u: %" G_GUINT64_FORMAT
			                  " errors in %" G_GUINT64_FORMAT " bits",
			                  inputs[i], counts[i].errors, counts[i].bits);
			return FALSE;
		}
		if (counts[i].lock && counts[i].bits == 0) {
			station_error_set(error, STATION_ERROR_PROTOCOL,
			                  "input %u: locked, but no bit compared", inputs[i]);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean bert_count(struct instrument *bert, const guint *inputs, gsize n_inputs, double gate_s,
                    struct bert_count *counts, const struct bounds *bounds, GError **error)
{
	const char *what = "count errors";
	if (!call_begin(bert, INSTRUMENT_BERT, what, error))
		return FALSE;
	const struct bert_ops *ops = bert->driver->bert;
	const struct bert_facts *facts = bert->model->bert;
	gboolean ok = call_supported(bert, ops->count != NULL, error) &&
	              check_inputs(bert, inputs, n_inputs, error) &&
	              call_range(bert, "gate", gate_s, facts->gate_min_s, facts->gate_max_s, "s",
	                         error) &&
	              ops->count(bert, inputs, n_inputs, gate_s, counts, bounds, error) &&
	              counts_are_possible(inputs, n_inputs, counts, error);
	if (!ok)
		memset(counts, 0, n_inputs * sizeof *counts);
	return call_end(bert, what, ok, error);
}
