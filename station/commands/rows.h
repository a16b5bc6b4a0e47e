/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_ROWS_H
#define STATION_COMMANDS_ROWS_H

#include "station/shell/command.h"

/* The rows of the table of commands, each beside what it runs; for commands.c. */

/* language.c */
extern const struct shell_command command_each, command_help, command_history, command_print,
	command_quit, command_repeat, command_set, command_source, command_time, command_watch;

/* login.c */
extern const struct shell_command command_login, command_logout, command_whoami;

/* record.c */
extern const struct shell_command command_lot_show, command_run_last, command_run_show;

/* plan.c */
extern const struct shell_command command_plan_check, command_plan_show;

/* site.c */
extern const struct shell_command command_site_load, command_site_product, command_site_release,
	command_site_show, command_site_use;

/* lua.c */
extern const struct shell_command command_lua_do, command_lua_reset, command_lua_run;

/* knob.c */
extern const struct shell_command command_knob_limits, command_knob_list, command_knob_read;

/* knob_write.c */
extern const struct shell_command command_knob_store, command_knob_write;

/* module.c */
extern const struct shell_command command_module_down, command_module_up;

/* module_command.c */
extern const struct shell_command command_module_cdb, command_module_firmware,
	command_module_password;

/* module_diagnose.c */
extern const struct shell_command command_module_checker, command_module_loopback,
	command_module_pattern, command_module_vdm;

/* module_features.c */
extern const struct shell_command command_module_features;

/* module_health.c */
extern const struct shell_command command_module_flags, command_module_monitors,
	command_module_power;

/* module_memory.c */
extern const struct shell_command command_module_decode, command_module_dump, command_module_read,
	command_module_save;

/* module_state.c */
extern const struct shell_command command_module_applications, command_module_bring_up,
	command_module_identity, command_module_low_power, command_module_quirks,
	command_module_reset, command_module_wake;

/* module_states.c */
extern const struct shell_command command_module_states;

/* module_write.c */
extern const struct shell_command command_module_compare, command_module_write;

/* pin.c */
extern const struct shell_command command_pin_set, command_pin_show;

/* attenuator.c */
extern const struct shell_command command_attenuator_close, command_attenuator_open,
	command_attenuator_set, command_attenuator_show;

/* light.c */
extern const struct shell_command command_light_off, command_light_on, command_light_set,
	command_light_show;

/* meter.c */
extern const struct shell_command command_meter_read, command_meter_wavelength, command_meter_zero;

/* bert.c */
extern const struct shell_command command_bert_align, command_bert_ber, command_bert_show;

/* scope.c */
extern const struct shell_command command_scope_eye, command_scope_measure, command_scope_save,
	command_scope_tdecq;

/* bench.c */
extern const struct shell_command command_bench_fault, command_bench_faults, command_bench_insert,
	command_bench_remove, command_bench_repair, command_bench_show, command_bench_tell,
	command_bench_truth;

/* fit.c */
extern const struct shell_command command_fit_waterfall;

/* sweep.c */
extern const struct shell_command command_save, command_sweep;

/* step.c */
extern const struct shell_command command_step_break, command_step_clear, command_step_go,
	command_step_list, command_step_next, command_step_run, command_step_save,
	command_step_values;

/* undo.c */
extern const struct shell_command command_undo_run, command_undo_show;

/* supply.c */
extern const struct shell_command command_supply_set, command_supply_show, command_switch_route,
	command_thermal_off, command_thermal_set, command_thermal_show;

/* wavelength.c */
extern const struct shell_command command_wavelength_read;

/* instrument.c */
extern const struct shell_command command_instrument_identify, command_instrument_list,
	command_instrument_record, command_instrument_safe, command_instrument_selftest,
	command_instrument_trace;

/* scpi.c */
extern const struct shell_command command_scpi;

/* --- what several of them complete ---------------------------------------------------------- */

/* Files of a data folder that end so; the plans among them. */
void complete_installed(struct shell *shell, const char *folder, const char *suffix,
                        GPtrArray *names);
void complete_plans(struct shell *shell, GPtrArray *names);
/* Serial numbers and ids of the last runs. */
void complete_runs(struct shell *shell, GPtrArray *names);

#endif
