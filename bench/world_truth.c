/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "bench/truth.h"

#include <string.h>

#define RUN_BEFORE 20 /* symbols that a run still knows of, and some behind it */
#define RUN_AFTER  4

/*
 * What transmitters are judged with: PRBS13Q, and the runs of SSPRQ that OMA and edges are taken
 * from. Of eyes that are open wide TDECQ is within 0.05 dB of SSPRQ's and OMA within 0.01 dB, at a
 * seventh of the time; the others are looked at again with SSPRQ.
 */
static GByteArray *pattern_new(const struct world *world)
{
	GByteArray *symbols = g_byte_array_new();
	gsize n = world->n_ssprq, end;

	g_byte_array_append(symbols, world->prbs13q, (guint)world->n_prbs13q);
	for (gsize i = RUN_BEFORE; i + RUN_AFTER < n; i = end) {
		guint8 level = world->ssprq[i];
		for (end = i + 1; end < n && world->ssprq[end] == level; end++)
			;
		if (end - i >= (level == 3 ? 7 : level == 0 ? 6 : G_MAXSIZE) && end + RUN_AFTER < n)
			g_byte_array_append(symbols, world->ssprq + i - RUN_BEFORE,
			                    (guint)(end - i) + RUN_BEFORE + RUN_AFTER);
	}
	return symbols;
}

static void copy_truth(struct world_truth *to, const struct world_truth *from)
{
	*to = *from;
	to->serial = g_strdup(from->serial);
	to->defects = g_strdup(from->defects);
	to->degraded = g_strdup(from->degraded);
	to->why = g_strdupv(from->why);
}

/* Takes what was found for the unit's own, unless something changed meanwhile. */
static void keep_truth(struct world_unit *unit, const struct world_constants *constants,
                       const struct world_truth *truth)
{
	if (memcmp(&unit->constants, constants, sizeof *constants) != 0 ||
	    unit->dirty != truth->dirty)
		return;
	world_truth_clear(&unit->truth);
	copy_truth(&unit->truth, truth);
	unit->truth_known = TRUE;
}

/* What a question wants that changes; wants the lock. */
static void copy_question(struct world *world, const struct world_unit *unit,
                          struct world_constants *constants, struct fibre *fibre,
                          struct truth_question *question)
{
	*question = (struct truth_question){
		.dut = &unit->dut,
		.defects = &unit->defects,
		.constants = constants,
		.dirty = unit->dirty,
		.fibre = fibre,
	};
	memcpy(constants, &unit->constants, sizeof *constants);
	model_fibre(world, unit->model, fibre);
}

void world_truth_at(struct world *world, struct world_unit *unit, double case_degc,
                    struct world_truth_corner *corner)
{
	struct world_constants constants;
	struct truth_question question;
	struct fibre fibre;

	g_mutex_lock(&world->lock);
	copy_question(world, unit, &constants, &fibre, &question);
	g_mutex_unlock(&world->lock);
	g_autoptr(GByteArray) symbols = pattern_new(world);
	question.symbols = symbols->data;
	question.n_symbols = symbols->len;
	question.no_equaliser = TRUE;
	truth_find_corner(&question, case_degc, corner);
}

void world_truth(struct world *world, struct world_unit *unit, struct world_truth *truth)
{
	struct world_constants constants;
	struct fibre fibre;
	struct truth_question question;

	g_mutex_lock(&world->lock);
	gboolean known = unit->truth_known && unit->truth.dirty == unit->dirty;
	if (known)
		copy_truth(truth, &unit->truth);
	copy_question(world, unit, &constants, &fibre, &question);
	g_mutex_unlock(&world->lock);
	if (known)
		return;

	/* Without the lock: this takes a while, and all it looks at is constant or copied. */
	g_autoptr(GByteArray) symbols = pattern_new(world);
	question.symbols = symbols->data;
	question.n_symbols = symbols->len;
	question.whole_symbols = world->ssprq;
	question.n_whole_symbols = world->n_ssprq;
	truth_find(&question, truth);
	truth->serial = g_strdup(unit->serial);
	truth->defects = g_strdup(unit->defects_text);
	truth->degraded = g_strdup(unit->degraded);
	g_mutex_lock(&world->lock);
	keep_truth(unit, &constants, truth);
	g_mutex_unlock(&world->lock);
}
