/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_identity.h"

#include <string.h>

/* Single bytes with fixed values. CMIS 5.2; meaning in the comment of each row. */
static const struct {
	guint page;
	guint byte;
	guint8 value;
} fixed_bytes[] = {
	{MEMORY_LOWER, 0, 0x18},                            /* QSFP-DD */
	{MEMORY_LOWER, 1, 0x52},                            /* CMIS 5.2 */
	{MEMORY_LOWER, 26, 0x40},                           /* obey the LPMode pin */
	{MEMORY_LOWER, 39, 1},                              /* active firmware 1.4 */
	{MEMORY_LOWER, 40, 4},    {MEMORY_LOWER, 85, 0x02}, /* single-mode fibre */
	{0x00, 128, 0x18},                                  /* copy of the identifier */
	{0x00, 145, 0x02},                                  /* OUI, locally administered */
	{0x00, 146, 0x56},        {0x00, 147, 0x42},        {0x00, 200, 0xa0}, /* power class 6 */
	{0x00, 201, 36},                                                       /* 9.0 W */
	{0x00, 203, 0x0c},                                                     /* MPO 1x12 */
	{0x00, 210, 0xf0},                          /* media lanes 5 to 8 are absent */
	{0x00, 212, 6},                             /* 1310 nm EML */
	{0x01, 128, 1},                             /* inactive firmware 1.3 */
	{0x01, 129, 3},           {0x01, 130, 1},   /* hardware 1.0 */
	{0x01, 132, 0x05},                          /* 0.5 km */
	{0x01, 142, 0x24},                          /* pages 03h, 13h and 14h; one bank */
	{0x01, 143, 0xdf},                          /* ModSelL wait 31 * 2^6 us */
	{0x01, 144, 0x37},                          /* DPDeinit up to 50 ms, DPInit up to 5 s */
	{0x01, 145, 0x80},                          /* cooled */
	{0x01, 146, 70},                            /* case 0 to 70 degC */
	{0x01, 147, 0},           {0x01, 150, 156}, /* 3.12 V at least */
	{0x01, 151, 0x18},                          /* Rx power and LOS by average power */
	{0x01, 153, 0xf0},                          /* all Rx amplitudes; no fixed Tx equaliser */
	{0x01, 154, 0x77},                          /* Rx cursors up to 7 */
	{0x01, 155, 0x2e}, /* squelch of average power, force and disable; Tx disable */
	{0x01, 156, 0x06}, /* Rx squelch disable, output disable */
	{0x01, 157, 0x07}, /* Tx CDR LOL, LOS, failure */
	{0x01, 158, 0x06}, /* Rx CDR LOL, LOS */
	{0x01, 159, 0x03}, /* Vcc, temperature */
	{0x01, 160, 0x07}, /* lane monitors; bias in 2 uA */
	{0x01, 161, 0x09}, /* adaptive Tx equaliser, CDR */
	{0x01, 162, 0x1d}, /* Rx cursors, amplitude, CDR */
	{0x01, 167, 0x56}, /* ModulePwrDn up to 500 ms, ModulePwrUp up to 1 s */
	{0x01, 168, 0x15}, /* DPTxTurnOff up to 5 ms, DPTxTurnOn up to 500 ms */
	{0x01, 176, 0x01}, /* AppSel 1 at media lane 1 */
	{0x01, 177, 0x0f}, /* AppSel 2 at any media lane */
	{0x13, 131, 0x40}, /* media generator after FEC */
	{0x13, 134, 0x41}, /* media generator, little-endian: PRBS31Q, PRBS13Q, */
	{0x13, 135, 0x10}, /* and SSPRQ */
	{0x13, 142, 0x03}, /* generator enable and pattern per lane; from memory */
	{0x14, 128, 0x01}, /* selector: bit error ratio */
};

/* Words with fixed values. Thresholds in the order high alarm, low alarm, high, low warning. */
static const struct {
	guint page;
	guint byte;
	guint16 value;
} fixed_words[] = {
	{0x01, 138, 26200},  /* 1310 nm in 0.05 nm */
	{0x01, 140, 1300},   /* 6.5 nm in 0.005 nm */
	{0x02, 128, 19200},  /* 75 degC in 1/256 */
	{0x02, 130, 0xfb00}, /* -5 degC */
	{0x02, 132, 17920},  /* 70 degC */
	{0x02, 134, 0},      /* 0 degC */
	{0x02, 136, 36300},  /* 3.63 V in 100 uV */
	{0x02, 138, 29700},  {0x02, 140, 34650},
	{0x02, 142, 31350},  {0x02, 176, 50119}, /* Tx power +7.0 dBm in 0.1 uW */
	{0x02, 178, 2570},                       /* -5.9 dBm */
	{0x02, 180, 25119},                      /* +4.0 dBm */
	{0x02, 182, 5129},                       /* -2.9 dBm */
	{0x02, 184, 60000},                      /* Tx bias 120 mA in 2 uA */
	{0x02, 186, 2500},   {0x02, 188, 55000},
	{0x02, 190, 5000},   {0x02, 192, 50119}, /* Rx power +7.0 dBm in 0.1 uW */
	{0x02, 194, 1288},                       /* -8.9 dBm */
	{0x02, 196, 25119},                      /* +4.0 dBm */
	{0x02, 198, 2570},                       /* -5.9 dBm */
};

/* AppSel 1 and 2: host interface, media interface, lanes, host lanes where it may start. */
static const guint8 applications[2][4] = {
	{0x11, 0x1c, 0x84, 0x01},
	{0x0d, 0x14, 0x21, 0x55},
};

static void put_text(struct module_memory *memory, guint byte, guint width, const char *text)
{
	gsize len = strlen(text);
	g_assert(len <= width);
	guint8 *at = memory_at(memory, 0x00, byte);
	memset(at, ' ', width);
	memcpy(at, text, len);
}

static void put_applications(struct module_memory *memory)
{
	for (guint i = 0; i < 8; i++) {
		guint8 *at = memory_at(memory, MEMORY_LOWER, 86 + 4 * i);
		if (i < G_N_ELEMENTS(applications))
			memcpy(at, applications[i], 4);
		else
			at[0] = 0xff;
	}
}

guint8 sim_identity_sum(struct module_memory *memory, guint page, guint first, guint last)
{
	guint sum = 0;
	for (guint byte = first; byte <= last; byte++)
		sum += *memory_at(memory, page, byte);
	return (guint8)sum;
}

void sim_identity_fill(struct module_memory *memory, const struct world_unit *unit)
{
	gboolean wrong_part = world_unit_has(unit, WORLD_DEFECT_WRONG_PART_NUMBER);
	put_text(memory, 129, 16, "VIRTUAL BENCH");
	put_text(memory, 148, 16, wrong_part ? "VB-QDD-FR4-2K" : "VB-QDD-DR4-500");
	put_text(memory, 164, 2, "A1");
	put_text(memory, 166, 16, world_unit_serial(unit));
	put_text(memory, 182, 8, "260105");
	put_text(memory, 190, 10, "");
	for (guint i = 0; i < G_N_ELEMENTS(fixed_bytes); i++)
		*memory_at(memory, fixed_bytes[i].page, fixed_bytes[i].byte) = fixed_bytes[i].value;
	for (guint i = 0; i < G_N_ELEMENTS(fixed_words); i++)
		memory_put_u16(memory, fixed_words[i].page, fixed_words[i].byte,
		               fixed_words[i].value);
	put_applications(memory);
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		guint8 place = (guint8)(0x11 * (lane + 1)); /* wavelength and fibre number */
		*memory_at(memory, 0x11, 240 + lane) = place;
		*memory_at(memory, 0x11, 248 + lane) = place;
	}
	guint8 sum = sim_identity_sum(memory, 0x00, 128, 221);
	if (world_unit_has(unit, WORLD_DEFECT_CORRUPT_CHECKSUM))
		sum ^= 0x5a;
	*memory_at(memory, 0x00, 222) = sum;
	*memory_at(memory, 0x01, 255) = sim_identity_sum(memory, 0x01, 130, 254);
	*memory_at(memory, 0x02, 255) = sim_identity_sum(memory, 0x02, 128, 254);
}
