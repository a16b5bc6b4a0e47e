/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_sff8636.h"

#include "base/bytes.h"

#include <math.h>
#include <string.h>

#define IDENTIFIER 0x11 /* QSFP28 */
#define BYTE_PAGE  127

/* Which 128 bytes a row of a table is about. */
enum block { LOWER, UPPER_00, UPPER_03 };

/* SFF-8636; what is not in public images of such modules is from memory. */
static const struct {
	enum block block;
	guint byte;
	guint8 value;
} fixed_bytes[] = {
	{LOWER, 0, IDENTIFIER},
	{LOWER, 1, 0x07}, /* revision 2.7 */
	{LOWER, 2, 0x02}, /* paged, data ready, no interrupt */
	{LOWER, 3, 0xff}, /* Tx and Rx LOS of all lanes: nobody drives it */
	{UPPER_00, 128, IDENTIFIER},
	{UPPER_00, 129, 0xcc}, /* power class 4, clock recovery on both sides */
	{UPPER_00, 130, 0x0c}, /* MPO 1x12 */
	{UPPER_00, 131, 0x80}, /* see byte 192 */
	{UPPER_00, 139, 0x05}, /* 64B/66B */
	{UPPER_00, 140, 0xff}, /* see byte 222 */
	{UPPER_00, 143, 35},   /* 70 m of OM3 */
	{UPPER_00, 146, 50},   /* 100 m of OM4 */
	{UPPER_00, 165, 0x02}, /* OUI, locally administered */
	{UPPER_00, 166, 0x56},
	{UPPER_00, 167, 0x42},
	{UPPER_00, 186, 0x42}, /* 850 nm in 0.05 nm */
	{UPPER_00, 187, 0x68},
	{UPPER_00, 188, 0x07}, /* 10 nm in 0.005 nm */
	{UPPER_00, 189, 0xd0},
	{UPPER_00, 190, 70},   /* degC */
	{UPPER_00, 192, 0x02}, /* 100GBASE-SR4 */
	{UPPER_00, 220, 0x0c}, /* average Rx power; Tx power is there */
	{UPPER_00, 222, 103},  /* 25.75 GBd in 250 MBd */
	{UPPER_03, 128, 0x4b}, /* temperature: 75, -5, 70, 0 degC */
	{UPPER_03, 130, 0xfb},
	{UPPER_03, 132, 0x46},
	{UPPER_03, 144, 0x8d}, /* supply: 3.63, 2.97, 3.465, 3.135 V */
	{UPPER_03, 145, 0xcc},
	{UPPER_03, 146, 0x74},
	{UPPER_03, 147, 0x04},
	{UPPER_03, 148, 0x87},
	{UPPER_03, 149, 0x5a},
	{UPPER_03, 150, 0x7a},
	{UPPER_03, 151, 0x76},
};

/* Flag bytes with their masks. */
#define FLAGS_FIRST 3
#define FLAGS_LAST  7
#define MASKS_FIRST 100

/* What a host may write: Tx disable, power and clock recovery controls, masks, page. */
static const struct {
	guint first;
	guint last;
} writable[] = {
	{86, 89}, {93, 94}, {98, 98}, {100, 106}, {127, 127},
};

static guint8 *at(struct sff_memory *memory, enum block block, guint byte)
{
	return &memory->bytes[block][byte & 0x7f];
}

static void put_text(struct sff_memory *memory, guint byte, guint width, const char *text)
{
	gsize len = strlen(text);
	g_assert(len <= width);
	memset(at(memory, UPPER_00, byte), ' ', width);
	memcpy(at(memory, UPPER_00, byte), text, len);
}

static guint8 sum(struct sff_memory *memory, guint first, guint last)
{
	guint total = 0;
	for (guint byte = first; byte <= last; byte++)
		total += *at(memory, UPPER_00, byte);
	return (guint8)total;
}

void sim_sff8636_fill(struct sff_memory *memory, const char *serial)
{
	memset(memory, 0, sizeof *memory);
	for (guint i = 0; i < G_N_ELEMENTS(fixed_bytes); i++)
		*at(memory, fixed_bytes[i].block, fixed_bytes[i].byte) = fixed_bytes[i].value;
	put_text(memory, 148, 16, "VIRTUAL BENCH");
	put_text(memory, 168, 16, "VB-Q28-SR4-100");
	put_text(memory, 184, 2, "A1");
	put_text(memory, 196, 16, serial);
	put_text(memory, 212, 8, "260105");
	*at(memory, UPPER_00, 191) = sum(memory, 128, 190); /* CC_BASE */
	*at(memory, UPPER_00, 223) = sum(memory, 192, 222); /* CC_EXT */
}

void sim_sff8636_sense(struct sff_memory *memory, const struct world_analog *analog)
{
	double temp = CLAMP(analog->temp_raw_degc * 256.0, -32768.0, 32767.0);
	double vcc = CLAMP(analog->vcc_raw_v / 100e-6, 0.0, 65535.0);
	put_be16(at(memory, LOWER, 22), (guint16)lround(temp));
	put_be16(at(memory, LOWER, 26), (guint16)lround(vcc));
}

gboolean sim_sff8636_interrupt(struct sff_memory *memory)
{
	gboolean asked = FALSE;
	for (guint byte = FLAGS_FIRST; byte <= FLAGS_LAST; byte++) {
		guint8 mask = *at(memory, LOWER, MASKS_FIRST + byte - FLAGS_FIRST);
		asked |= (*at(memory, LOWER, byte) & ~mask) != 0;
	}
	guint8 *status = at(memory, LOWER, 2);
	*status = (guint8)((*status & ~0x02) | (asked ? 0 : 0x02));
	return asked;
}

static gboolean may_write(guint byte)
{
	for (guint i = 0; i < G_N_ELEMENTS(writable); i++)
		if (byte >= writable[i].first && byte <= writable[i].last)
			return TRUE;
	return FALSE;
}

static guint8 next(guint8 byte)
{
	return (guint8)((byte & 0x80) | ((byte + 1) & 0x7f));
}

guint8 sim_sff8636_write(struct sff_memory *memory, guint8 first, const guint8 *data, gsize len)
{
	guint8 byte = first;
	for (gsize i = 0; i < len; i++, byte = next(byte))
		if (may_write(byte))
			*at(memory, LOWER, byte) = data[i];
	guint8 *page = at(memory, LOWER, BYTE_PAGE);
	if (*page != 0x00 && *page != 0x03)
		*page = 0x00;
	return byte;
}

guint8 sim_sff8636_read(struct sff_memory *memory, guint8 first, guint8 *data, gsize len)
{
	enum block upper = *at(memory, LOWER, BYTE_PAGE) == 0x03 ? UPPER_03 : UPPER_00;
	guint8 byte = first;
	for (gsize i = 0; i < len; i++, byte = next(byte))
		data[i] = *at(memory, byte < 128 ? LOWER : upper, byte);
	return byte;
}
