/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_fixture_pins.h"

#include <string.h>

static const struct fixture_socket qsfp_dd = {
	.form = "QSFP-DD",
	.outputs = {{"ResetL", SIM_PIN_RESET_L, FALSE},
                    {"LPMode", SIM_PIN_LP_MODE, FALSE},
                    {"ModSelL", SIM_PIN_MOD_SEL_L, FALSE}},
	.inputs = {"ModPrsL", "IntL"},
};

static const struct fixture_socket osfp = {
	.form = "OSFP",
	.outputs = {{"RSTn", SIM_PIN_RESET_L, FALSE}, {"LPWn", SIM_PIN_LP_MODE, TRUE}},
	.lines = {"INT/RSTn", "LPWn/PRSn"},
};

const struct fixture_socket *fixture_socket_of(const struct world_model *model)
{
	return model->osfp ? &osfp : &qsfp_dd;
}

const struct fixture_output *fixture_find_output(const struct fixture_socket *socket,
                                                 const char *name)
{
	for (const struct fixture_output *output = socket->outputs; output->name; output++)
		if (strcmp(output->name, name) == 0)
			return output;
	return NULL;
}

static int find(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int fixture_find_input(const struct fixture_socket *socket, const char *name)
{
	return find(socket->inputs, name);
}

int fixture_find_line(const struct fixture_socket *socket, const char *name)
{
	return find(socket->lines, name);
}

const char *const fixture_beside_pins[] = {"Lid",        "Start",     "TowerRed", "TowerAmber",
                                           "TowerGreen", "TowerBlue", NULL};

int fixture_find_beside(const char *name)
{
	return find(fixture_beside_pins, name);
}

/* Somewhere in the zones of the document, not in their middle. */
double fixture_line_volt(enum fixture_line_kind line, struct sim_module *module)
{
	switch (line) {
	case FIXTURE_LINE_INT_RST:
		if (!sim_module_pin(module, SIM_PIN_RESET_L))
			return 0.21;
		return sim_module_int_l(module) ? 1.90 : 3.02;
	case FIXTURE_LINE_LPW_PRS:
		if (!sim_module_present(module))
			return 3.27;
		return sim_module_pin(module, SIM_PIN_LP_MODE) ? 0.68 : 1.74;
	}
	return 0;
}
