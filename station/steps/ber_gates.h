/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_BER_GATES_H
#define STATION_STEPS_BER_GATES_H

#include "signal/ber_gate.h"
#include "station/engine/step.h"

/*
 * Error detectors on all lanes, counting until every lane is told from a limit (signal/ber_gate.h)
 * or the gate is full: what the steps that hold error ratios against a limit share.
 */

/* Of the test; what a step's limit is, it says itself. */
#define BER_GATE_TEST_PARAMS                                                                       \
	{"gate_ends", NULL, "certain",                                                             \
	 "certain: counting ends when the ratio is told from the limit; full: never before its "   \
	 "time"},                                                                                  \
		{"alpha", "1", "0.001",                                                            \
	         "risk that a good lane is failed early: one whose ratio is bad_to_good times "    \
	         "below "                                                                          \
	         "a bad one's, the limit between them where neither is likelier"},                 \
		{"beta", "1", "0.001", "risk that a bad lane is passed early"},                    \
		{"bad_to_good", "1", "1.25", "indifference: ratio of bad to good"},                \
		{"burst", "1", "10",                                                               \
	         "errors that come together at most, as in a symbol of the code: a factor on "     \
	         "what "                                                                           \
	         "is needed"},                                                                     \
	{                                                                                          \
		"least_bits", "1", "1e7", "of each lane: nothing is certain before"                \
	}
#define BER_GATE_PARAMS                                                                            \
	BER_GATE_TEST_PARAMS,                                                                      \
	{                                                                                          \
		"least_gate", "s", "10 ms", "nothing is certain before"                            \
	}

/* How the gates of a step ended. Starts as zeros. */
struct ber_gates {
	guint n, n_lanes;                  /* gates; gates times lanes */
	guint ended[BER_GATE_NO_LOCK + 1]; /* of lanes, by how */
	double used_s, full_s;             /* of all gates together */
	struct ber_gate_settings settings;
	double alpha, beta; /* the last gate's exact risks, the full gate's own among them; NAN:
	                     * none had lock */
};

/* As the parameters say, around a limit. Whether a gate may end early at all: *early. CONFIG. */
gboolean ber_gates_settings(const struct step_context *ctx, double limit_ber,
                            struct ber_gate_settings *settings, gboolean *early, GError **error);

/*
 * One gate of gate_s at most on all lanes; lanes by lane - 1. With confidence above 0 a full gate
 * passes only who is below the limit with it. A lane without lock at the end of any part has
 * neither passed nor failed.
 */
gboolean ber_gates_count(struct step_context *ctx, struct ber_gates *gates, double limit_ber,
                         double confidence, struct ber_gate lanes[CONFIG_LANES_MAX],
                         GError **error);

/* For a step that counts by itself: how a gate of its ended, with what was counted of how much. A
 * lane whose gate is still open was counted for all of it. */
void ber_gates_keep(struct step_context *ctx, struct ber_gates *gates, const struct ber_gate *lanes,
                    double used_s, double full_s);

/* The time counted as a measurement, and rule, risks and ends as a remark. */
void ber_gates_report(struct step_context *ctx, const struct ber_gates *gates, const char *id);

#endif
