/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_SFF8636_H
#define BENCH_SIM_MODULE_SFF8636_H

#include "bench/world.h"

#include <glib.h>

/*
 * The memory of a QSFP28 module that was put where a module with CMIS belongs: SFF-8636, with lower
 * memory and upper pages 00h and 03h. It has an identity, thresholds and module monitors, and no
 * light: its lanes report loss of signal. CC_BASE and CC_EXT are right.
 */
struct sff_memory {
	guint8 bytes[3][128]; /* lower memory, page 00h, page 03h */
};

void sim_sff8636_fill(struct sff_memory *memory, const char *serial);

/* Temperature and supply voltage of a sample into their registers. */
void sim_sff8636_sense(struct sff_memory *memory, const struct world_analog *analog);

/* TRUE when an unmasked flag asks for an interrupt; also brings byte 2.1 up to date. */
gboolean sim_sff8636_interrupt(struct sff_memory *memory);

/*
 * One access from byte `first` on, that stays in its half of the address space; the result is the
 * byte that the next one begins at. What a host may not change stays as it is.
 */
guint8 sim_sff8636_write(struct sff_memory *memory, guint8 first, const guint8 *data, gsize len);
guint8 sim_sff8636_read(struct sff_memory *memory, guint8 first, guint8 *data, gsize len);

#endif
