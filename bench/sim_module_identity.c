/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_identity.h"

#include <math.h>
#include <string.h>

/* Single bytes with fixed values. CMIS 5.2; meaning in the comment of each row. */
static const struct {
	guint page;
	guint byte;
	guint8 value;
} fixed_bytes[] = {
	{MEMORY_LOWER, 1, 0x52},  /* CMIS 5.2 */
	{MEMORY_LOWER, 26, 0x40}, /* obey the LPMode pin */
	{0x00, 145, 0x02},        /* OUI, locally administered */
	{0x00, 146, 0x56},        {0x00, 147, 0x42}, {0x00, 200, 0xa0}, /* power class 6 */
	{0x01, 130, 1},                                                 /* hardware 1.0 */
	{0x01, 142, 0x24},                          /* pages 03h, 13h and 14h; one bank */
	{0x01, 144, 0x37},                          /* DPDeinit up to 50 ms, DPInit up to 5 s */
	{0x01, 146, 70},                            /* case 0 to 70 degC */
	{0x01, 147, 0},           {0x01, 150, 156}, /* 3.12 V at least */
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
	{0x02, 128, 19200},  /* 75 degC in 1/256 */
	{0x02, 130, 0xfb00}, /* -5 degC */
	{0x02, 132, 17920},  /* 70 degC */
	{0x02, 134, 0},      /* 0 degC */
	{0x02, 136, 36300},  /* 3.63 V in 100 uV */
	{0x02, 138, 29700},  {0x02, 140, 34650}, {0x02, 142, 31350},
};

/* What a kind of module says of its light, by the program's rows of models. */
static const struct light_row {
	const char *type;
	guint16 wavelength; /* 0.05 nm */
	guint16 tolerance;  /* 0.005 nm */
	/* Tx power in 0.1 uW, Tx bias in 2 uA, Rx power in 0.1 uW: high alarm, low alarm, high
	 * warning, low warning. Powers: the standard's average powers, alarms 3 dB outside. */
	guint16 thresholds[3][4];
} lights[] = {
	{"400GBASE-DR4",
         26200,
         1300,
         {{50119, 2570, 25119, 5129}, {60000, 2500, 55000, 5000}, {50119, 1288, 25119, 2570}}},
	{"400GBASE-FR4",
         26200,
         9100,
         {{44668, 2399, 22387, 4786}, {60000, 2500, 55000, 5000}, {44668, 933, 22387, 1862}}},
	{"400GBASE-LR4-6",
         26200,
         9100,
         {{64565, 2692, 32359, 5370}, {60000, 2500, 55000, 5000}, {64565, 631, 32359, 1259}}},
	{"400G-LR4-10",
         26200,
         9100,
         {{64565, 2692, 32359, 5370}, {60000, 2500, 55000, 5000}, {64565, 631, 32359, 1259}}},
	{"400GBASE-SR4",
         17100,
         2200,
         {{50119, 1738, 25119, 3467}, {6000, 250, 5500, 500}, {50119, 1148, 25119, 2291}}},
};

static const struct light_row *light_of(const struct world_model *model)
{
	const char *type = world_model_origin(model)->type;
	for (guint i = 0; i < G_N_ELEMENTS(lights); i++)
		if (strcmp(lights[i].type, type) == 0)
			return &lights[i];
	g_assert_not_reached();
}

/* A model of a file may be of another colour than the one that it is like. */
static guint16 nominal_wavelength(const struct world_model *model)
{
	if (world_model_origin(model) == model)
		return light_of(model)->wavelength;
	double sum_m = 0;
	for (guint lane = 0; lane < model->n_lanes; lane++)
		sum_m += model->wavelength_m[lane];
	return (guint16)lround(sum_m / model->n_lanes / 0.05e-9);
}

static void put_light(struct module_memory *memory, const struct world_model *model)
{
	const struct light_row *row = light_of(model);
	memory_put_u16(memory, 0x01, 138, nominal_wavelength(model));
	memory_put_u16(memory, 0x01, 140, row->tolerance);
	*memory_at(memory, 0x01, 145) = model->transmitter == MODEL_EML_COOLED ? 0x80 : 0;
	for (guint kind = 0; kind < 3; kind++)
		for (guint i = 0; i < 4; i++)
			memory_put_u16(memory, 0x02, 176 + 8 * kind + 2 * i,
			               row->thresholds[kind][i]);
}

/* Single-mode: in 0.1 km or, where that does not do, in km. Multimode: in 2 m; OM3 carries less. */
static void put_reach(struct module_memory *memory, const struct world_model *model)
{
	if (model->multimode) {
		*memory_at(memory, 0x01, 133) = (guint8)(model->reach_m / 2); /* OM5 */
		*memory_at(memory, 0x01, 134) = (guint8)(model->reach_m / 2); /* OM4 */
		*memory_at(memory, 0x01, 135) = (guint8)(0.6 * model->reach_m / 2);
		return;
	}
	guint hectometres = (guint)lround(model->reach_m / 100);
	*memory_at(memory, 0x01, 132) =
		(guint8)(hectometres < 64 ? hectometres : 0x40 | MIN(hectometres / 10, 63));
}

/* Modules with a signal processor have generators and checkers on both sides; VCSELs are without.
 * CMIS 5.2, page 13h. */
static void put_diagnostics(struct module_memory *memory, const struct world_model *model)
{
	static const guint8 capabilities[] = {
		0x3f,       /* all four loopbacks, lane by lane */
		0xa4,       /* gates of 2 to 20 ms accuracy, results kept, may start again */
		0x33,       /* SNR of both sides, counts, bit error ratio */
		0x66,       /* generators after, checkers before FEC */
		0x41, 0x00, /* host generator, little-endian: PRBS31Q, PRBS13Q */
		0x41, 0x10, /* media generator: SSPRQ too */
		0x41, 0x00, 0x41, 0x00, /* host and media checker */
	};
	if (world_model_origin(model)->transmitter == MODEL_VCSEL)
		return;
	memcpy(memory_at(memory, 0x13, 128), capabilities, sizeof capabilities);
	*memory_at(memory, 0x01, 142) |= 0x40; /* VDM */
}

/* One instance; QSFP-DD: in the foreground, up to 4.96 s, 16 pages of extended payload in whole
 * pages; OSFP: in the background, triggered by a WRITE as a whole. CMIS 5.2, page 01h. */
static void put_cdb(struct module_memory *memory, const struct world_model *model)
{
	*memory_at(memory, 0x01, 163) = model->osfp ? 0x60 : 0x47;
	*memory_at(memory, 0x01, 164) = model->osfp ? 0 : 15;
	*memory_at(memory, 0x01, 165) = model->osfp ? 0x81 : 0x1f;
	*memory_at(memory, 0x01, 166) = 0x80;
}

/* Commands and observables came with CMIS 4.0. */
static void take_away_cmis4(struct module_memory *memory)
{
	memset(memory_at(memory, 0x01, 163), 0, 4);
	*memory_at(memory, 0x01, 142) &= 0xbf;
}

static void put_text(struct module_memory *memory, guint byte, guint width, const char *text)
{
	gsize len = strlen(text);
	g_assert(len <= width);
	guint8 *at = memory_at(memory, 0x00, byte);
	memset(at, ' ', width);
	memcpy(at, text, len);
}

static void put_applications(struct module_memory *memory, const struct world_model *model)
{
	gboolean more = TRUE;
	for (guint i = 0; i < MODEL_APPLICATIONS; i++) {
		const struct model_application *application = &model->applications[i];
		guint8 *at = memory_at(memory, MEMORY_LOWER, 86 + 4 * i);
		more = more && application->host_id != 0;
		if (!more) {
			at[0] = 0xff;
			continue;
		}
		at[0] = application->host_id;
		at[1] = application->media_id;
		at[2] = application->lanes;
		at[3] = application->starts;
		*memory_at(memory, 0x01, 176 + i) = application->media_starts;
	}
}

/* Wavelength and fibre number of each lane, for both directions. */
static void put_lane_map(struct module_memory *memory, const struct world_model *model)
{
	for (guint lane = 0; lane < model->n_lanes; lane++) {
		guint fibre = model->wdm ? 1 : lane + 1;
		guint8 place = (guint8)((lane + 1) << 4 | fibre);
		*memory_at(memory, 0x11, 240 + lane) = place;
		*memory_at(memory, 0x11, 248 + lane) = place;
	}
}

static void put_model(struct module_memory *memory, const struct world_model *model)
{
	guint8 identifier = model->osfp ? 0x19 : 0x18;
	*memory_at(memory, MEMORY_LOWER, 0) = identifier;
	*memory_at(memory, MEMORY_LOWER, 85) = model->media_type;
	*memory_at(memory, 0x00, 128) = identifier;
	*memory_at(memory, 0x00, 201) = model->max_power_quarter_w;
	*memory_at(memory, 0x00, 203) = model->connector;
	*memory_at(memory, 0x00, 210) = (guint8)(0xff << model->n_lanes); /* absent lanes */
	*memory_at(memory, 0x00, 212) = model->technology;
	/* ModSelL wait 31 * 2^6 us; an OSFP module has no such pin */
	*memory_at(memory, 0x01, 143) = model->osfp ? 0 : 0xdf;
	/* Rx power and LOS: average power or OMA */
	*memory_at(memory, 0x01, 151) = model->rx_in_oma ? 0x00 : 0x18;
	put_light(memory, model);
	put_reach(memory, model);
	put_applications(memory, model);
	put_lane_map(memory, model);
	put_diagnostics(memory, model);
	put_cdb(memory, model);
}

/* Another model's. */
static const char *wrong_part_number(const struct world_model *model)
{
	for (guint i = 0; world_model_at(i); i++)
		if (world_model_at(i) == world_model_origin(model) && world_model_at(i + 1))
			return world_model_at(i + 1)->part_number;
	return world_model_at(0)->part_number;
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
	const struct world_model *model = world_unit_model(unit);
	gboolean wrong_part = world_unit_has(unit, WORLD_DEFECT_WRONG_PART_NUMBER);
	put_text(memory, 129, 16, "VIRTUAL BENCH");
	put_text(memory, 148, 16, wrong_part ? wrong_part_number(model) : model->part_number);
	put_text(memory, 164, 2, "A1");
	put_text(memory, 166, 16, world_unit_serial(unit));
	put_text(memory, 182, 8, "260105");
	put_text(memory, 190, 10, "");
	for (guint i = 0; i < G_N_ELEMENTS(fixed_bytes); i++)
		*memory_at(memory, fixed_bytes[i].page, fixed_bytes[i].byte) = fixed_bytes[i].value;
	for (guint i = 0; i < G_N_ELEMENTS(fixed_words); i++)
		memory_put_u16(memory, fixed_words[i].page, fixed_words[i].byte,
		               fixed_words[i].value);
	if (world_unit_has(unit, WORLD_DEFECT_CMIS3))
		*memory_at(memory, MEMORY_LOWER, 1) = 0x30;
	put_model(memory, model);
	if (world_unit_has(unit, WORLD_DEFECT_CMIS3))
		take_away_cmis4(memory);
	guint8 sum = sim_identity_sum(memory, 0x00, 128, 221);
	if (world_unit_has(unit, WORLD_DEFECT_CORRUPT_CHECKSUM))
		sum ^= 0x5a;
	*memory_at(memory, 0x00, 222) = sum;
	*memory_at(memory, 0x01, 255) = sim_identity_sum(memory, 0x01, 130, 254);
	*memory_at(memory, 0x02, 255) = sim_identity_sum(memory, 0x02, 128, 254);
}
