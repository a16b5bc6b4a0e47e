/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_knobs.h"

#include "base/bytes.h"

#include <math.h>
#include <string.h>

#define PAGE_TX       0xb0
#define PAGE_TABLES   0xb2
#define MAP_REVISION  250
#define TABLE_ENTRIES WORLD_TABLE_ENTRIES
#define TABLE_STEP_K  10

enum knob {
	KNOB_LASER_BIAS,
	KNOB_MOD_BIAS,
	KNOB_MOD_SWING,
	KNOB_FIR_PRE,
	KNOB_FIR_POST,
	KNOB_LEVEL_SKEW,
	KNOB_TEC_SETPOINT,
	KNOB_MOD_CURRENT,
	KNOB_TABLE_MODE,
	KNOB_BIAS_TABLE,
	KNOB_MOD_TABLE,
};

#define EML    (1u << MODEL_EML | 1u << MODEL_EML_COOLED)
#define COOLED (1u << MODEL_EML_COOLED)
#define VCSEL  (1u << MODEL_VCSEL)
#define ALL    (EML | VCSEL)
#define WORDS  (WORLD_LANES * TABLE_ENTRIES)

/* A run of values of one kind at consecutive places, in the products of some transmitters. */
struct knob_row {
	enum knob knob;
	guint transmitters;
	guint page;
	guint first;
	guint old_first; /* in map revision 0100h; 0 where that has it not */
	guint count;
	guint width;        /* bytes */
	gboolean is_signed; /* two's complement */
	int low;
	int high;
	int standard;
};

static const struct knob_row rows[] = {
	{KNOB_LASER_BIAS, EML, PAGE_TX, 128, 128, WORLD_LANES, 2, FALSE, 0, 6000, 2000},
	{KNOB_LASER_BIAS, VCSEL, PAGE_TX, 128, 128, WORLD_LANES, 2, FALSE, 0, 600, 300},
	{KNOB_MOD_BIAS, EML, PAGE_TX, 136, 144, WORLD_LANES, 2, FALSE, 0, 3000, 1200},
	{KNOB_MOD_SWING, EML, PAGE_TX, 144, 136, WORLD_LANES, 2, FALSE, 200, 2500, 1000},
	{KNOB_FIR_PRE, ALL, PAGE_TX, 152, 152, WORLD_LANES, 1, TRUE, -32, 32, 0},
	{KNOB_FIR_POST, ALL, PAGE_TX, 156, 156, WORLD_LANES, 1, TRUE, -32, 32, 0},
	{KNOB_LEVEL_SKEW, ALL, PAGE_TX, 160, 160, WORLD_LANES, 1, TRUE, -64, 64, 0},
	{KNOB_TEC_SETPOINT, COOLED, PAGE_TX, 164, 164, 1, 2, TRUE, 35 * 256, 60 * 256, 45 * 256},
	{KNOB_MOD_CURRENT, VCSEL, PAGE_TX, 166, 166, WORLD_LANES, 2, FALSE, 0, 1200, 500},
	{KNOB_TABLE_MODE, ALL, PAGE_TX, 248, 0, 1, 1, FALSE, 0, 1, 0},
	{KNOB_BIAS_TABLE, EML, PAGE_TABLES, 128, 0, WORDS, 2, FALSE, 0, 6000, 2000},
	{KNOB_BIAS_TABLE, VCSEL, PAGE_TABLES, 128, 0, WORDS, 2, FALSE, 0, 600, 300},
	{KNOB_MOD_TABLE, EML, PAGE_TABLES, 192, 0, WORDS, 2, FALSE, 0, 3000, 1200},
	{KNOB_MOD_TABLE, VCSEL, PAGE_TABLES, 192, 0, WORDS, 2, FALSE, 0, 1200, 500},
};

static gboolean is_old(const struct world_unit *unit)
{
	return world_unit_has(unit, WORLD_DEFECT_OLD_FIRMWARE);
}

gboolean sim_knobs_have_tables(const struct world_unit *unit)
{
	return !is_old(unit);
}

static gboolean product_has(const struct world_unit *unit, const struct knob_row *row)
{
	return (row->transmitters >> world_unit_model(unit)->transmitter & 1) != 0 &&
	       (!is_old(unit) || row->old_first != 0);
}

/* Null when the product has it not. */
static const struct knob_row *find_row(const struct world_unit *unit, enum knob knob)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].knob == knob && product_has(unit, &rows[i]))
			return &rows[i];
	return NULL;
}

/* Where on its page the i-th value is. */
static guint place_of(const struct world_unit *unit, const struct knob_row *row, guint i)
{
	guint first = is_old(unit) ? row->old_first : row->first;
	return first - 128 + i * row->width;
}

static int read_value(const guint8 *at, const struct knob_row *row)
{
	if (row->width == 1)
		return row->is_signed ? (gint8)at[0] : at[0];
	guint16 word = (guint16)(at[0] << 8 | at[1]);
	return row->is_signed ? (gint16)word : word;
}

static void write_value(guint8 *at, const struct knob_row *row, int value)
{
	if (row->width == 1)
		at[0] = (guint8)value;
	else
		put_be16(at, (guint16)value);
}

/* 0 when the product has no such knob. */
static int value_of(const struct vendor_pages *pages, const struct world_unit *unit, enum knob knob,
                    guint i)
{
	const struct knob_row *row = find_row(unit, knob);
	if (!row)
		return 0;
	/* out of its range only where the pages are half-written */
	return CLAMP(read_value(pages->bytes[row->page - PAGE_TX] + place_of(unit, row, i), row),
	             row->low, row->high);
}

void sim_knobs_set_defaults(struct vendor_pages *pages, const struct world_unit *unit)
{
	memset(pages->bytes[0], 0, 128);
	memset(pages->bytes[PAGE_TABLES - PAGE_TX], 0, 128);
	for (guint r = 0; r < G_N_ELEMENTS(rows); r++) {
		if (!product_has(unit, &rows[r]))
			continue;
		guint8 *page = pages->bytes[rows[r].page - PAGE_TX];
		for (guint i = 0; i < rows[r].count; i++)
			write_value(page + place_of(unit, &rows[r], i), &rows[r], rows[r].standard);
	}
	put_be16(pages->bytes[0] + MAP_REVISION - 128, is_old(unit) ? 0x0100 : 0x0200);
}

static gboolean is_stuck(const struct world_unit *unit, enum knob knob, guint lane)
{
	return knob == KNOB_LASER_BIAS &&
	       world_unit_defect_lane(unit, WORLD_DEFECT_STUCK_KNOB) == (int)lane;
}

/* What the tables take the place of, as a VCSEL product has it or another. */
static gboolean follows_tables(const struct world_unit *unit, enum knob knob)
{
	gboolean is_vcsel = world_unit_model(unit)->transmitter == MODEL_VCSEL;
	return knob == KNOB_LASER_BIAS || knob == (is_vcsel ? KNOB_MOD_CURRENT : KNOB_MOD_BIAS);
}

/* The pages as they act now. */
static struct vendor_pages acting(struct sim_module *module)
{
	struct vendor_pages pages;
	for (guint i = 0; i < MODULE_VENDOR_PAGES; i++)
		memcpy(pages.bytes[i], memory_at(&module->memory, PAGE_TX + i, 128), 128);
	return pages;
}

void sim_knobs_refuse(struct sim_module *module, guint page, const guint8 before[128])
{
	const struct world_unit *unit = module->unit;
	guint8 *written = memory_at(&module->memory, page, 128);
	struct vendor_pages old = acting(module);
	memcpy(old.bytes[page - PAGE_TX], before, 128);
	gboolean held = value_of(&old, unit, KNOB_TABLE_MODE, 0) == 1;
	guint8 taken[128];
	memcpy(taken, before, sizeof taken);
	for (guint r = 0; r < G_N_ELEMENTS(rows); r++) {
		const struct knob_row *row = &rows[r];
		if (row->page != page || !product_has(unit, row) ||
		    (held && follows_tables(unit, row->knob)))
			continue;
		for (guint i = 0; i < row->count; i++) {
			guint at = place_of(unit, row, i);
			int value = read_value(written + at, row);
			if (value >= row->low && value <= row->high &&
			    !is_stuck(unit, row->knob, i))
				memcpy(taken + at, written + at, row->width);
		}
	}
	memcpy(written, taken, sizeof taken);
}

/* Straight between two entries, flat beyond the ends. */
static int look_up(const struct vendor_pages *pages, const struct world_unit *unit, enum knob table,
                   guint lane, double temp_degc)
{
	double place = CLAMP(temp_degc / TABLE_STEP_K, 0.0, TABLE_ENTRIES - 1.0);
	guint below = MIN((guint)place, TABLE_ENTRIES - 2u);
	guint first = lane * TABLE_ENTRIES;
	int low = value_of(pages, unit, table, first + below);
	int high = value_of(pages, unit, table, first + below + 1);
	return (int)lround(low + (high - low) * (place - below));
}

void sim_knobs_follow_tables(struct sim_module *module)
{
	const struct world_unit *unit = module->unit;
	struct vendor_pages pages = acting(module);
	if (value_of(&pages, unit, KNOB_TABLE_MODE, 0) != 1)
		return;
	double temp_degc = (gint16)memory_get_u16(&module->memory, MEMORY_LOWER, 14) / 256.0;
	for (guint r = 0; r < G_N_ELEMENTS(rows); r++) {
		const struct knob_row *row = &rows[r];
		if (!product_has(unit, row) || !follows_tables(unit, row->knob))
			continue;
		gboolean is_bias = row->knob == KNOB_LASER_BIAS;
		for (guint lane = 0; lane < row->count; lane++) {
			int value =
				look_up(&pages, unit, is_bias ? KNOB_BIAS_TABLE : KNOB_MOD_TABLE,
			                lane, temp_degc);
			guint8 *at = memory_at(&module->memory, row->page,
			                       128 + place_of(unit, row, lane));
			if (!is_stuck(unit, row->knob, lane))
				write_value(at, row, value);
		}
	}
}

static void fill_knobs(const struct vendor_pages *pages, const struct world_unit *unit, guint lane,
                       struct world_tx_knobs *knobs)
{
	knobs->laser_bias_a = value_of(pages, unit, KNOB_LASER_BIAS, lane) * 20e-6;
	knobs->mod_bias_v = value_of(pages, unit, KNOB_MOD_BIAS, lane) * 1e-3;
	knobs->mod_swing_v = value_of(pages, unit, KNOB_MOD_SWING, lane) * 1e-3;
	knobs->fir_pre = value_of(pages, unit, KNOB_FIR_PRE, lane) / 128.0;
	knobs->fir_post = value_of(pages, unit, KNOB_FIR_POST, lane) / 128.0;
	knobs->level_skew = value_of(pages, unit, KNOB_LEVEL_SKEW, lane) / 256.0;
	knobs->mod_current_a = value_of(pages, unit, KNOB_MOD_CURRENT, lane) * 10e-6;
}

void sim_knobs_drive(struct sim_module *module, struct world_drive *drive)
{
	struct vendor_pages pages = acting(module);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		fill_knobs(&pages, module->unit, lane, &drive->tx[lane].knobs);
	drive->tec_degc = value_of(&pages, module->unit, KNOB_TEC_SETPOINT, 0) / 256.0;
}

void sim_knobs_constants(const struct vendor_pages *pages, const struct world_unit *unit,
                         struct world_constants *constants)
{
	double mod_unit = world_unit_model(unit)->transmitter == MODEL_VCSEL ? 10e-6 : 1e-3;
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		fill_knobs(pages, unit, lane, &constants->tx[lane]);
		for (guint i = 0; i < TABLE_ENTRIES; i++) {
			guint entry = lane * TABLE_ENTRIES + i;
			double bias_a = value_of(pages, unit, KNOB_BIAS_TABLE, entry) * 20e-6;
			/* A knob that is stuck does not follow the table either. */
			constants->bias_table_a[lane][i] =
				is_stuck(unit, KNOB_LASER_BIAS, lane)
					? constants->tx[lane].laser_bias_a
					: bias_a;
			constants->mod_table[lane][i] =
				value_of(pages, unit, KNOB_MOD_TABLE, entry) * mod_unit;
		}
	}
	constants->table_mode = value_of(pages, unit, KNOB_TABLE_MODE, 0) == 1;
	constants->tec_degc = value_of(pages, unit, KNOB_TEC_SETPOINT, 0) / 256.0;
}
