/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/command.h"

#include "station/shell/command_tables.h"

/* one a line */
/* clang-format off */
const struct shell_command *const shell_commands[] = {
	&command_attenuator_close,
	&command_attenuator_open,
	&command_attenuator_set,
	&command_attenuator_show,
	&command_bench_fault,
	&command_bench_faults,
	&command_bench_insert,
	&command_bench_remove,
	&command_bench_repair,
	&command_bench_show,
	&command_bench_tell,
	&command_bench_truth,
	&command_bert_align,
	&command_bert_ber,
	&command_bert_show,
	&command_each,
	&command_fit_waterfall,
	&command_help,
	&command_history,
	&command_instrument_identify,
	&command_instrument_list,
	&command_instrument_record,
	&command_instrument_safe,
	&command_instrument_selftest,
	&command_instrument_trace,
	&command_knob_limits,
	&command_knob_list,
	&command_knob_read,
	&command_knob_store,
	&command_knob_write,
	&command_light_off,
	&command_light_on,
	&command_light_set,
	&command_light_show,
	&command_login,
	&command_logout,
	&command_lot_show,
	&command_lua_do,
	&command_lua_reset,
	&command_lua_run,
	&command_meter_read,
	&command_meter_wavelength,
	&command_meter_zero,
	&command_module_applications,
	&command_module_bring_up,
	&command_module_cdb,
	&command_module_checker,
	&command_module_compare,
	&command_module_decode,
	&command_module_down,
	&command_module_dump,
	&command_module_features,
	&command_module_firmware,
	&command_module_flags,
	&command_module_identity,
	&command_module_loopback,
	&command_module_low_power,
	&command_module_monitors,
	&command_module_password,
	&command_module_pattern,
	&command_module_power,
	&command_module_quirks,
	&command_module_read,
	&command_module_reset,
	&command_module_save,
	&command_module_states,
	&command_module_up,
	&command_module_vdm,
	&command_module_wake,
	&command_module_write,
	&command_pin_set,
	&command_pin_show,
	&command_plan_check,
	&command_plan_show,
	&command_print,
	&command_quit,
	&command_repeat,
	&command_run_last,
	&command_run_show,
	&command_save,
	&command_scope_eye,
	&command_scope_measure,
	&command_scope_save,
	&command_scope_tdecq,
	&command_scpi,
	&command_set,
	&command_site_load,
	&command_site_product,
	&command_site_release,
	&command_site_show,
	&command_site_use,
	&command_source,
	&command_step_break,
	&command_step_clear,
	&command_step_go,
	&command_step_list,
	&command_step_next,
	&command_step_run,
	&command_step_save,
	&command_step_values,
	&command_supply_set,
	&command_supply_show,
	&command_sweep,
	&command_switch_route,
	&command_thermal_off,
	&command_thermal_set,
	&command_thermal_show,
	&command_time,
	&command_undo_run,
	&command_undo_show,
	&command_watch,
	&command_wavelength_read,
	&command_whoami,
	NULL,
};
/* clang-format on */

const char *command_right_name(enum command_right right)
{
	static const char *const names[] = {"looks", "sets", "energises", "writes the module"};

	return names[right];
}

char *command_name(const struct shell_command *command)
{
	return command->verb ? g_strdup_printf("%s %s", command->noun, command->verb)
	                     : g_strdup(command->noun);
}

static void put_argument(GString *usage, const struct argument *argument)
{
	g_string_append(usage, argument->optional ? " [" : " ");
	if (argument->kind == ARGUMENT_CHOICE) {
		g_autofree char *choices = g_strjoinv("|", (char **)argument->choices);
		g_string_append(usage, choices);
	} else {
		g_string_append(usage, argument->name);
	}
	g_string_append(usage, argument->optional ? "]" : "");
}

char *command_usage(const struct shell_command *command)
{
	g_autofree char *name = command_name(command);
	GString *usage = g_string_new(name);

	for (const struct argument *a = command->arguments; a->name; a++)
		put_argument(usage, a);
	return g_string_free(usage, FALSE);
}
