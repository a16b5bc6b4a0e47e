/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_COMMAND_TABLES_H
#define STATION_SHELL_COMMAND_TABLES_H

#include "station/shell/command.h"

/* The rows of the table of commands, each beside what it runs; for command.c. */

/* command_language.c */
extern const struct shell_command command_each, command_help, command_history, command_print,
	command_quit, command_repeat, command_set, command_source, command_time, command_watch;

/* command_login.c */
extern const struct shell_command command_login, command_logout, command_whoami;

/* command_record.c */
extern const struct shell_command command_lot_show, command_run_last, command_run_show;

/* command_plan.c */
extern const struct shell_command command_plan_check, command_plan_show;

/* command_site.c */
extern const struct shell_command command_site_load, command_site_product, command_site_release,
	command_site_show, command_site_use;

/* command_lua.c */
extern const struct shell_command command_lua_do, command_lua_reset, command_lua_run;

/* command_knob.c */
extern const struct shell_command command_knob_limits, command_knob_list, command_knob_read;

/* command_knob_write.c */
extern const struct shell_command command_knob_store, command_knob_write;

/* command_module.c */
extern const struct shell_command command_module_down, command_module_up;

/* command_module_command.c */
extern const struct shell_command command_module_cdb, command_module_firmware,
	command_module_password;

/* command_module_diagnose.c */
extern const struct shell_command command_module_checker, command_module_loopback,
	command_module_pattern, command_module_vdm;

/* command_module_features.c */
extern const struct shell_command command_module_features;

/* command_module_health.c */
extern const struct shell_command command_module_flags, command_module_monitors,
	command_module_power;

/* command_module_memory.c */
extern const struct shell_command command_module_decode, command_module_dump, command_module_read,
	command_module_save;

/* command_module_state.c */
extern const struct shell_command command_module_applications, command_module_bring_up,
	command_module_identity, command_module_low_power, command_module_quirks,
	command_module_reset, command_module_wake;

/* command_module_states.c */
extern const struct shell_command command_module_states;

/* command_module_write.c */
extern const struct shell_command command_module_compare, command_module_write;

/* command_pin.c */
extern const struct shell_command command_pin_set, command_pin_show;

/* command_attenuator.c */
extern const struct shell_command command_attenuator_close, command_attenuator_open,
	command_attenuator_set, command_attenuator_show;

/* command_light.c */
extern const struct shell_command command_light_off, command_light_on, command_light_set,
	command_light_show;

/* command_meter.c */
extern const struct shell_command command_meter_read, command_meter_wavelength, command_meter_zero;

/* command_bert.c */
extern const struct shell_command command_bert_align, command_bert_ber, command_bert_show;

/* command_scope.c */
extern const struct shell_command command_scope_eye, command_scope_measure, command_scope_save,
	command_scope_tdecq;
/* command_bench.c */
extern const struct shell_command command_bench_fault, command_bench_faults, command_bench_insert,
	command_bench_remove, command_bench_repair, command_bench_show, command_bench_tell,
	command_bench_truth;

/* command_fit.c */
extern const struct shell_command command_fit_waterfall;

/* command_sweep.c */
extern const struct shell_command command_save, command_sweep;

/* command_step.c */
extern const struct shell_command command_step_break, command_step_clear, command_step_go,
	command_step_list, command_step_next, command_step_run, command_step_save,
	command_step_values;

/* command_undo.c */
extern const struct shell_command command_undo_run, command_undo_show;

/* command_supply.c */
extern const struct shell_command command_supply_set, command_supply_show, command_switch_route,
	command_thermal_off, command_thermal_set, command_thermal_show;

/* command_wavelength.c */
extern const struct shell_command command_wavelength_read;

/* command_instrument.c */
extern const struct shell_command command_instrument_identify, command_instrument_list,
	command_instrument_record, command_instrument_safe, command_instrument_selftest,
	command_instrument_trace;

/* command_scpi.c */
extern const struct shell_command command_scpi;

/* --- what several of them complete ---------------------------------------------------------- */

/* Files of a data folder that end so; the plans among them. */
void complete_installed(struct shell *shell, const char *folder, const char *suffix,
                        GPtrArray *names);
void complete_plans(struct shell *shell, GPtrArray *names);
/* Serial numbers and ids of the last runs. */
void complete_runs(struct shell *shell, GPtrArray *names);

#endif
