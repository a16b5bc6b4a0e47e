/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_MEMORY_H
#define BENCH_SIM_MODULE_MEMORY_H

#include <glib.h>

/*
 * The memory of the simulated module: 128 bytes that are always there and 128 bytes of each page,
 * with a table that says what a host may do to each byte. Byte numbers are CMIS 5.2's, those of
 * pages B0h, B1h and B2h the module's data sheet's (docs/virtual-module.md).
 */

/* Stands for "lower memory" where a page number is asked for. */
#define MEMORY_LOWER 0x100u

enum memory_access {
	MEMORY_RO, /* a write changes nothing */
	MEMORY_RW,
	MEMORY_WO,  /* acts when written, reads as zero */
	MEMORY_COR, /* latched, cleared by reading */
};

/* One run of bytes with one way of access. Bytes of a page that no row names are RO and zero. */
struct memory_row {
	const char *name;
	guint page; /* or MEMORY_LOWER */
	guint first;
	guint last;
	enum memory_access access;
	guint8 write_mask; /* bits that a write may change */
	const char *source;
};

/* The table; *count receives the number of rows. */
const struct memory_row *memory_rows(guint *count);
/* The row of one byte, or null. `page` is ignored below byte 128. */
const struct memory_row *memory_row_of(guint page, guint byte);

/* How many blocks of 128 bytes the module has: lower memory and its pages. */
#define MEMORY_BLOCKS 37

struct module_memory {
	guint8 bytes[MEMORY_BLOCKS][128];
};

gboolean memory_has_page(guint page);
void memory_clear(struct module_memory *memory);
/*
 * The byte as firmware sees it: byte 0..127 is lower memory whatever the page, 128..255 is on the
 * page, which must exist.
 */
guint8 *memory_at(struct module_memory *memory, guint page, guint byte);
guint16 memory_get_u16(struct module_memory *memory, guint page, guint byte);
void memory_put_u16(struct module_memory *memory, guint page, guint byte, guint16 value);
/* Two lanes in a byte: odd lanes (index 0, 2, ...) in bits 3-0. `byte` is that of lanes 0 and 1. */
guint memory_get_nibble(struct module_memory *memory, guint page, guint byte, guint lane);
void memory_put_nibble(struct module_memory *memory, guint page, guint byte, guint lane,
                       guint value);

/* What a host sees: one read. Clears a COR byte; a WO byte gives zero. */
guint8 memory_host_read(struct module_memory *memory, guint page, guint byte);
/* What a host changes: one write, through the mask of the row. WO bytes are stored for firmware. */
void memory_host_write(struct module_memory *memory, guint page, guint byte, guint8 value);

#endif
