/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/model.h"

#include <string.h>

#define LANE_RATE_BD 53.125e9

#define CWDM                                                                                       \
	{                                                                                          \
		1271e-9, 1291e-9, 1311e-9, 1331e-9                                                 \
	}

/* Codes of SFF-8024 as public lists of them have them; see docs/virtual-module.md. */
static const struct world_model models[] = {
	{.name = "dr4",
         .part_number = "VB-QDD-DR4-500",
         .type = "400GBASE-DR4",
         .transmitter = MODEL_EML,
         .rssi = MODEL_RSSI_LINEAR,
         .n_lanes = 4,
         .n_host_lanes = 8,
         .wavelength_m = {1311e-9, 1311e-9, 1311e-9, 1311e-9},
         .reach_m = 500,
         .media_type = 0x02,
         .connector = 0x0c,
         .technology = 6,
         .max_power_quarter_w = 36,
         .applications = {{0x11, 0x1c, 0x84, 0x01, 0x01}, {0x0d, 0x14, 0x21, 0x55, 0x0f}}},
	{.name = "fr4",
         .part_number = "VB-QDD-FR4-2K",
         .type = "400GBASE-FR4",
         .wdm = TRUE,
         .transmitter = MODEL_EML,
         .rssi = MODEL_RSSI_TWO_SLOPES,
         .n_lanes = 4,
         .n_host_lanes = 8,
         .wavelength_m = CWDM,
         .reach_m = 2000,
         .media_type = 0x02,
         .connector = 0x07,
         .technology = 6,
         .max_power_quarter_w = 40,
         .applications = {{0x11, 0x1d, 0x84, 0x01, 0x01}}},
	{.name = "lr4-6",
         .part_number = "VB-QDD-LR4-6K",
         .type = "400GBASE-LR4-6",
         .wdm = TRUE,
         .transmitter = MODEL_EML_COOLED,
         .rssi = MODEL_RSSI_TWO_SLOPES,
         .n_lanes = 4,
         .n_host_lanes = 8,
         .wavelength_m = CWDM,
         .reach_m = 6000,
         .media_type = 0x02,
         .connector = 0x07,
         .technology = 6,
         .max_power_quarter_w = 44,
         .applications = {{0x11, 0x43, 0x84, 0x01, 0x01}}},
	{.name = "lr4-10",
         .part_number = "VB-QDD-LR4-10K",
         .type = "400G-LR4-10",
         .wdm = TRUE,
         .transmitter = MODEL_EML_COOLED,
         .rssi = MODEL_RSSI_TWO_SLOPES,
         .n_lanes = 4,
         .n_host_lanes = 8,
         .wavelength_m = CWDM,
         .reach_m = 10000,
         .media_type = 0x02,
         .connector = 0x07,
         .technology = 6,
         .max_power_quarter_w = 44,
         .applications = {{0x11, 0x1e, 0x84, 0x01, 0x01}}},
	{.name = "sr4",
         .part_number = "VB-OSFP-SR4-100",
         .type = "400GBASE-SR4",
         .osfp = TRUE,
         .multimode = TRUE,
         .transmitter = MODEL_VCSEL,
         .rssi = MODEL_RSSI_QUADRATIC,
         .rx_in_oma = TRUE,
         .n_lanes = 4,
         .n_host_lanes = 4,
         .wavelength_m = {855e-9, 855e-9, 855e-9, 855e-9},
         .reach_m = 100,
         .media_type = 0x01,
         .connector = 0x0c,
         .technology = 0,
         .max_power_quarter_w = 34,
         .applications = {{0x4f, 0x11, 0x44, 0x01, 0x01},
                          {0x4b, 0x0d, 0x11, 0x0f, 0x0f},
                          {0x4d, 0x1b, 0x22, 0x05, 0x05},
                          {0x32, 0x11, 0x44, 0x01, 0x01}}},
	{.name = "osfp-dr4",
         .part_number = "VB-OSFP-DR4-500",
         .type = "400GBASE-DR4",
         .osfp = TRUE,
         .transmitter = MODEL_EML,
         .rssi = MODEL_RSSI_LINEAR,
         .n_lanes = 4,
         .n_host_lanes = 4,
         .wavelength_m = {1311e-9, 1311e-9, 1311e-9, 1311e-9},
         .reach_m = 500,
         .media_type = 0x02,
         .connector = 0x0c,
         .technology = 6,
         .max_power_quarter_w = 36,
         .applications = {{0x4f, 0x1c, 0x44, 0x01, 0x01}, {0x4b, 0x14, 0x11, 0x0f, 0x0f}}},
};

const struct world_model *world_model_at(guint i)
{
	return i < G_N_ELEMENTS(models) ? &models[i] : NULL;
}

const struct world_model *world_model_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(models); i++)
		if (strcmp(models[i].name, name) == 0)
			return &models[i];
	return NULL;
}

const struct world_model *world_model_origin(const struct world_model *model)
{
	return model->like ? model->like : model;
}

int world_model_media_lane(const struct world_model *model, guint host_lane)
{
	return host_lane < model->n_host_lanes
	               ? (int)(host_lane * model->n_lanes / model->n_host_lanes)
	               : -1;
}

double world_model_host_rate_bd(const struct world_model *model)
{
	return LANE_RATE_BD * model->n_lanes / model->n_host_lanes;
}

gboolean world_model_fits(const struct world_model *unit, const struct world_model *site)
{
	return unit->osfp == site->osfp && unit->wdm == site->wdm &&
	       unit->multimode == site->multimode && unit->n_lanes <= site->n_lanes;
}
