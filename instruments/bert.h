/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_BERT_H
#define INSTRUMENTS_BERT_H

#include "instruments/instrument.h"

/*
 * Bit error rate testers: generators (outputs) and analysers (inputs), each numbered from 1. Which
 * of the instrument's own places those are, the parameters "outputs" and "inputs" say.
 */

enum bert_pattern {
	BERT_PATTERN_PRBS13Q,
	BERT_PATTERN_PRBS31Q,
	BERT_PATTERN_SSPRQ,
	BERT_N_PATTERNS,
};

/* "PRBS31Q" and so on. Static storage. */
const char *bert_pattern_name(enum bert_pattern pattern);

struct bert_setup {
	/* Always PAM4, Gray coded. The two differ where a module has a gearbox between its hosts
	 * and its optics. */
	double output_symbol_rate_bd; /* of the generators */
	double input_symbol_rate_bd;  /* of the analysers */
	enum bert_pattern pattern;    /* sent and expected */
};

/*
 * What a generator adds to its signal on purpose, for the stressed receiver test. All zero:
 * nothing.
 */
struct bert_stress {
	double isi;   /* post-cursor of its FIR as a part of the swing, 0 to 0.45: each symbol keeps
	               * as   much of the one before, and the main cursor has the rest */
	double noise; /* Gaussian, rms as a part of the swing */
};

/* What one analyser counted in a gate. */
struct bert_count {
	guint64 bits;   /* compared */
	guint64 errors; /* of those; never more than bits */
	gboolean lock;  /* it was synchronised to the pattern at the end of the gate */
};

struct bert_facts {
	double symbol_rate_min_bd, symbol_rate_max_bd;
	double gate_min_s, gate_max_s;
	double pattern_s; /* worst case of loading a pattern */
	double align_s;   /* worst case of aligning one input */
	double settle_s;  /* worst case from a change to running again */
	guint max_outputs, max_inputs;
	double isi_max, noise_max; /* of bert_stress */
};

/* Called through the wrappers below only, with channels and values already checked. */
struct bert_ops {
	guint (*n_outputs)(const struct instrument *bert);
	guint (*n_inputs)(const struct instrument *bert);
	gboolean (*configure)(struct instrument *bert, const struct bert_setup *setup,
	                      const struct bounds *bounds, GError **error);
	gboolean (*set_output)(struct instrument *bert, guint output, gboolean on,
	                       const struct bounds *bounds, GError **error);
	gboolean (*set_global_output)(struct instrument *bert, gboolean on,
	                              const struct bounds *bounds, GError **error);
	/* null: none of that dialect can */
	gboolean (*set_stress)(struct instrument *bert, guint output,
	                       const struct bert_stress *stress, const struct bounds *bounds,
	                       GError **error);
	gboolean (*align_inputs)(struct instrument *bert, const guint *inputs, gsize n_inputs,
	                         const struct bounds *bounds, GError **error);
	gboolean (*count)(struct instrument *bert, const guint *inputs, gsize n_inputs,
	                  double gate_s, struct bert_count *counts, const struct bounds *bounds,
	                  GError **error);
};

/*
 * Whether its generators can add stress: else STATION_ERROR_UNSUPPORTED. Asks nothing of the
 * instrument: to be called before anything is moved, by whoever sets a stress later.
 */
gboolean bert_require_stress(const struct instrument *bert, GError **error);

guint bert_outputs(const struct instrument *bert);
guint bert_inputs(const struct instrument *bert);
/* The shortest gate that it has. */
double bert_shortest_gate_s(const struct instrument *bert);

/*
 * Turns every output off, then sets rates, coding and pattern of all generators and analysers; no
 * generator has any stress afterwards.
 * CONFIG when the rates differ and generators and analysers have one clock.
 */
gboolean bert_configure(struct instrument *bert, const struct bert_setup *setup,
                        const struct bounds *bounds, GError **error);

/* One generator's own switch; nothing is sent out before the global one is on too. Read back. */
gboolean bert_set_output(struct instrument *bert, guint output, gboolean on,
                         const struct bounds *bounds, GError **error);
gboolean bert_set_global_output(struct instrument *bert, gboolean on, const struct bounds *bounds,
                                GError **error);

/*
 * Stress of one generator's signal; bert_configure takes it away again. STATION_ERROR_UNSUPPORTED
 * where the generator has no means for it.
 */
gboolean bert_set_stress(struct instrument *bert, guint output, const struct bert_stress *stress,
                         const struct bounds *bounds, GError **error);

/*
 * Finds the best sampling point of each input; needs a signal there. STATION_ERROR_DATA when an
 * input finds none; the text names it.
 */
gboolean bert_align_inputs(struct instrument *bert, const guint *inputs, gsize n_inputs,
                           const struct bounds *bounds, GError **error);

/*
 * Counts on all the inputs at the same time for gate_s seconds; counts[i] belongs to inputs[i]. An
 * input without lock is no error: lock is FALSE and its counts mean nothing. When the call
 * fails all counts are zero.
 */
gboolean bert_count(struct instrument *bert, const guint *inputs, gsize n_inputs, double gate_s,
                    struct bert_count *counts, const struct bounds *bounds, GError **error);

#endif
