/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_vdm.h"

#include "bench/sim_module_diag.h"

#include <math.h>
#include <string.h>

#define PAGE_DESCRIPTORS 0x20
#define PAGE_VALUES      0x24
#define PAGE_THRESHOLDS  0x28
#define PAGE_FLAGS       0x2c
#define PAGE_MASKS       0x2d
#define PAGE_CONTROL     0x2f

#define HOST_SNR_DB 22.0

/* Observables, in the order of their slots; the numbers are the types of CMIS. */
enum {
	LASER_TEMPERATURE = 4,
	SNR_MEDIA = 5,
	SNR_HOST = 6,
	BER_LEAST = 9,
	BER_MOST = 11,
	BER_MEAN = 13,
	BER_NOW = 15,
};

static const struct observable {
	guint8 type;
	guint8 set; /* of thresholds */
	gboolean host, cooled_only;
} observables[] = {
	{SNR_MEDIA, 0, FALSE, FALSE},        {BER_LEAST, 1, FALSE, FALSE},
	{BER_MOST, 1, FALSE, FALSE},         {BER_MEAN, 1, FALSE, FALSE},
	{BER_NOW, 1, FALSE, FALSE},          {SNR_HOST, 0, TRUE, FALSE},
	{LASER_TEMPERATURE, 2, FALSE, TRUE},
};

static gboolean has_vdm(const struct sim_module *module)
{
	return world_model_origin(module->model)->transmitter != MODEL_VCSEL;
}

gboolean sim_vdm_has_page(const struct sim_module *module, guint page)
{
	return page < 0x20 || page > 0x2f || has_vdm(module);
}

static guint lanes_of(const struct sim_module *module, const struct observable *of)
{
	gboolean cooled = world_model_origin(module->model)->transmitter == MODEL_EML_COOLED;
	if (of->cooled_only && !cooled)
		return 0;
	return of->host ? module->model->n_host_lanes : module->model->n_lanes;
}

static void forget_statistics(struct sim_module *module)
{
	struct module_vdm *vdm = &module->vdm;
	memset(vdm, 0, sizeof *vdm);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		vdm->least[lane] = INFINITY;
}

/* High alarm, low alarm, high warning, low warning. */
static void put_thresholds(struct sim_module *module)
{
	static const guint16 sets[3][4] = {
		{0xffff, 14 * 256, 0xffff, 15 * 256}, /* SNR, 1/256 dB */
		{0xa0f0, 0, 0x93e8, 0},               /* error ratios, F16: 2.4e-2, 1e-3 */
		{75 * 256, 25 * 256, 70 * 256, 30 * 256},
	};
	for (guint set = 0; set < 3; set++)
		for (guint k = 0; k < 4; k++)
			memory_put_u16(&module->memory, PAGE_THRESHOLDS, 128 + 8 * set + 2 * k,
			               sets[set][k]);
}

void sim_vdm_load(struct sim_module *module)
{
	guint slot = 0;
	forget_statistics(module);
	if (!has_vdm(module))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(observables); i++) {
		for (guint lane = 0; lane < lanes_of(module, &observables[i]); lane++, slot++) {
			guint8 *at = memory_at(&module->memory, PAGE_DESCRIPTORS, 128 + 2 * slot);
			at[0] = (guint8)(observables[i].set << 4 | lane);
			at[1] = observables[i].type;
		}
	}
	put_thresholds(module);
	/* in the dark they are all up: a host unmasks what it wants to be interrupted for */
	memset(memory_at(&module->memory, PAGE_MASKS, 128), 0xff, 128);
	memory_put_u16(&module->memory, PAGE_CONTROL, 129, 10000); /* 1 s in 0.1 ms */
	*memory_at(&module->memory, PAGE_CONTROL, 145) = 0x40;
}

static guint16 value_of(struct sim_module *module, const struct observable *of, guint lane)
{
	const struct module_vdm *vdm = &module->vdm;
	const struct world_analog *analog = &module->analog;
	switch (of->type) {
	case SNR_MEDIA:
		return analog->rx_locked[lane]
		               ? (guint16)lround(256 * sim_diag_snr_db(analog->rx_ber[lane]))
		               : 0;
	case SNR_HOST:
		return analog->host_input[lane] ? (guint16)(256 * HOST_SNR_DB) : 0;
	case BER_LEAST:
		return sim_diag_f16(vdm->n ? vdm->least[lane] : 0);
	case BER_MOST:
		return sim_diag_f16(vdm->most[lane]);
	case BER_MEAN:
		return sim_diag_f16(vdm->n ? vdm->sum[lane] / vdm->n : 0);
	case BER_NOW:
		return sim_diag_f16(analog->rx_ber[lane]);
	case LASER_TEMPERATURE:
		return (guint16)lround(256 * module->drive.tec_degc);
	default:
		return 0;
	}
}

static double number_of(const struct observable *of, guint16 raw)
{
	if (of->type >= BER_LEAST && of->type <= BER_NOW)
		return (raw & 0x7ff) * pow(10, (raw >> 11) - 24);
	return of->type == LASER_TEMPERATURE ? (gint16)raw : raw;
}

static void latch(struct sim_module *module, const struct observable *of, guint slot, guint16 raw)
{
	double value = number_of(of, raw);
	for (guint k = 0; k < 4; k++) {
		double limit = number_of(of, memory_get_u16(&module->memory, PAGE_THRESHOLDS,
		                                            128 + 8 * of->set + 2 * k));
		if (k % 2 == 0 ? value > limit : value < limit)
			sim_state_raise(module, PAGE_FLAGS, 128 + slot / 2,
			                (guint8)(1u << (k + slot % 2 * 4)));
	}
}

static void show(struct sim_module *module)
{
	guint slot = 0;
	for (guint i = 0; i < G_N_ELEMENTS(observables); i++) {
		const struct observable *of = &observables[i];
		for (guint lane = 0; lane < lanes_of(module, of); lane++, slot++) {
			guint16 raw = value_of(module, of, lane);
			memory_put_u16(&module->memory, PAGE_VALUES, 128 + 2 * slot, raw);
			latch(module, of, slot, raw);
		}
	}
}

void sim_vdm_sample(struct sim_module *module)
{
	struct module_vdm *vdm = &module->vdm;
	if (!has_vdm(module) || module->state != MODULE_READY)
		return;
	for (guint lane = 0; lane < module->model->n_lanes; lane++) {
		double ber = module->analog.rx_ber[lane];
		vdm->least[lane] = MIN(vdm->least[lane], ber);
		vdm->most[lane] = MAX(vdm->most[lane], ber);
		vdm->sum[lane] += ber;
	}
	vdm->n++;
	if (!(*memory_at(&module->memory, PAGE_CONTROL, 144) & 0x80))
		show(module);
}

void sim_vdm_written(struct sim_module *module)
{
	guint8 *status = memory_at(&module->memory, PAGE_CONTROL, 145);
	gboolean frozen = (*memory_at(&module->memory, PAGE_CONTROL, 144) & 0x80) != 0;
	if (frozen == ((*status & 0x80) != 0))
		return;
	*status = frozen ? 0x80 : 0x40;
	if (!frozen)
		forget_statistics(module);
}
