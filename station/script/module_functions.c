/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "station/script/script_struct.h"

#include <math.h>
#include <string.h>

/*
 * The module by the standard's own memory. What is written here is undone by what brought the
 * module up: its reset and its supply are on the undo list since.
 */

#define PAGE_BYTES 256
#define HALF_BYTES 128

/* Null with error set when there is none. */
static struct module *module_of(const struct script_call *call, GError **error)
{
	struct module *module = step_module(call->ctx);

	if (!module || !module_identity(module)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the module has not been identified: power-up and identify "
		                  "come first");
		return NULL;
	}
	return module;
}

/* --- fields ----------------------------------------------------------------------------------- */

static const struct cmis_field *find_field(const char *name, GError **error)
{
	const struct cmis_field *field = cmis_field_find(name);
	g_autofree const char **names = NULL;
	const struct cmis_field *all;
	const char *near;
	guint n;

	if (field)
		return field;
	all = cmis_fields(&n);
	names = g_new0(const char *, n + 1);
	for (guint i = 0; i < n; i++)
		names[i] = all[i].name;
	near = suggest_nearest(name, names);
	station_error_set(error, STATION_ERROR_CONFIG, "there is no field \"%s\"%s%s%s", name,
	                  near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return NULL;
}

/* The lane of a field that has lanes, 0 of another. */
static gboolean field_lane(const struct script_call *call, const struct cmis_field *field,
                           gint64 *lane, GError **error)
{
	guint lanes = cmis_field_lanes(field);

	*lane = 0;
	if (lanes)
		return (!script_given(call, 1) && (*lane = step_lane(call->ctx)) > 0) ||
		       script_whole(call, 1, "the field's lane", 1, lanes, lane, error);
	if (!script_given(call, 1))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s has no lanes", field->name);
	return FALSE;
}

SCRIPT_CALL(read_field)
{
	const struct cmis_field *field = find_field(script_text(call, 0, ""), error);
	struct module *module = module_of(call, field ? error : NULL);
	const struct bounds *bounds = step_bounds(call->ctx);
	g_autofree char *text = NULL;
	double value;
	gint64 lane;

	if (!field || !module || !field_lane(call, field, &lane, error) ||
	    !cmis_check_supported(module_memory(module), field->name, bounds, error))
		return FALSE;
	if (field->type == CMIS_TEXT) {
		text = cmis_read_text(module_memory(module), field->name, bounds, error);
		return text && script_give_text(call, text);
	}
	text = cmis_read_display(module_memory(module), field->name, (guint)lane, bounds, error);
	if (!text)
		return FALSE;
	if (field->type == CMIS_BYTES)
		return script_give_text(call, text);
	if (!cmis_read_double(module_memory(module), field->name, (guint)lane, &value, bounds,
	                      error))
		return FALSE;
	return script_give_number(call, value) && script_give_text(call, text);
}

SCRIPT_CALL(write_field)
{
	const struct cmis_field *field = find_field(script_text(call, 0, ""), error);
	struct module *module = module_of(call, field ? error : NULL);
	gint64 lane, raw;

	return field && module && field_lane(call, field, &lane, error) &&
	       script_whole(call, 2, "raw", 0, G_MAXUINT32, &raw, error) &&
	       cmis_write_raw(module_memory(module), field->name, (guint)lane, (guint32)raw,
	                      step_bounds(call->ctx), error);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* Lower and upper memory are two; `n` bytes do not go from one to the other. */
static gboolean address_of(const struct script_call *call, gint64 n, guint32 *address,
                           GError **error)
{
	gint64 bank, page, byte;

	if (!script_whole(call, 0, "bank", 0, CMIS_BANKS - 1, &bank, error) ||
	    !script_whole(call, 1, "page", 0, 0xFF, &page, error) ||
	    !script_whole(call, 2, "byte", 0, PAGE_BYTES - 1, &byte, error))
		return FALSE;
	if (n >= 1 && byte % HALF_BYTES + n <= HALF_BYTES) {
		*address = CMIS_ADDRESS(bank, page, byte);
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%" G_GINT64_FORMAT " bytes from %" G_GINT64_FORMAT
	                  " on do not fit: a page has 0 to 127 and 128 to 255",
	                  n, byte);
	return FALSE;
}

SCRIPT_CALL(read_bytes)
{
	struct module *module = module_of(call, error);
	guint8 data[HALF_BYTES];
	guint32 address;
	gint64 n;

	return module && script_whole(call, 3, "length", 1, HALF_BYTES, &n, error) &&
	       address_of(call, n, &address, error) &&
	       cmis_memory_read(module_memory(module), address, data, (gsize)n,
	                        step_bounds(call->ctx), error) &&
	       script_give(call, sandbox_bytes(data, (gsize)n));
}

SCRIPT_CALL(write_bytes)
{
	struct module *module = module_of(call, error);
	const GString *bytes = call->arguments[3].text;
	guint32 address;

	return module && address_of(call, (gint64)MIN(bytes->len, PAGE_BYTES), &address, error) &&
	       cmis_memory_write(module_memory(module), address, (const guint8 *)bytes->str,
	                         bytes->len, step_bounds(call->ctx), error);
}

/* --- what it is and how it is ----------------------------------------------------------------- */

SCRIPT_CALL(identity)
{
	struct module *module = module_of(call, error);
	const struct cmis_identity *who = module ? module_identity(module) : NULL;
	struct sandbox_value table = sandbox_table();

	if (!who) {
		sandbox_value_clear(&table);
		return FALSE;
	}
	sandbox_table_set(&table, "vendor", sandbox_text(who->vendor_name));
	sandbox_table_set(&table, "part_number", sandbox_text(who->part_number));
	sandbox_table_set(&table, "serial", sandbox_text(who->serial_number));
	sandbox_table_set(&table, "revision", sandbox_text(who->revision));
	sandbox_table_set(&table, "date_code", sandbox_text(who->date_code));
	sandbox_table_set(&table, "cmis_major", sandbox_integer(who->cmis_major));
	sandbox_table_set(&table, "cmis_minor", sandbox_integer(who->cmis_minor));
	sandbox_table_set(&table, "firmware_major", sandbox_integer(who->firmware_major));
	sandbox_table_set(&table, "firmware_minor", sandbox_integer(who->firmware_minor));
	script_set_number(&table, "max_power_w", who->max_power_w);
	return script_give(call, table);
}

/* Of each lane as the item of its number. */
static void set_list(struct sandbox_value *table, const char *name, const double *values, guint n,
                     gboolean as_dbm)
{
	struct sandbox_value list = sandbox_table();

	for (guint i = 0; i < n; i++)
		sandbox_table_append(&list, sandbox_number(as_dbm ? unit_dbm_from_watt(values[i])
		                                                  : values[i]));
	sandbox_table_set(table, name, list);
}

SCRIPT_CALL(monitors)
{
	struct module *module = module_of(call, error);
	struct module_monitors now;
	struct sandbox_value table;

	if (!module || !module_read_monitors(module, &now, step_bounds(call->ctx), error))
		return FALSE;
	table = sandbox_table();
	script_set_number(&table, "temperature_degc", now.temperature_degc);
	script_set_number(&table, "supply_v", now.vcc_v);
	set_list(&table, "tx_power_dbm", now.tx_power_w, now.n_lanes, TRUE);
	set_list(&table, "tx_bias_a", now.tx_bias_a, now.n_lanes, FALSE);
	set_list(&table, "rx_power_dbm", now.rx_power_w, now.n_lanes, TRUE);
	sandbox_table_set(&table, "rx_power_is_average", sandbox_boolean(now.rx_power_is_average));
	return script_give(call, table);
}

SCRIPT_CALL(flags)
{
	struct module *module = module_of(call, error);
	struct module_flags now;
	struct sandbox_value table;

	if (!module || !module_read_flags(module, &now, step_bounds(call->ctx), error))
		return FALSE;
	table = sandbox_table();
	sandbox_table_set(&table, "module", sandbox_integer(now.module));
	sandbox_table_set(&table, "temp_vcc", sandbox_integer(now.temp_vcc));
	sandbox_table_set(&table, "state_changed", sandbox_integer(now.state_changed));
	sandbox_table_set(&table, "tx_failure", sandbox_integer(now.tx_failure));
	sandbox_table_set(&table, "tx_los", sandbox_integer(now.tx_los));
	sandbox_table_set(&table, "tx_lol", sandbox_integer(now.tx_cdr_lol));
	sandbox_table_set(&table, "rx_los", sandbox_integer(now.rx_los));
	sandbox_table_set(&table, "rx_lol", sandbox_integer(now.rx_cdr_lol));
	return script_give(call, table);
}

SCRIPT_CALL(state)
{
	struct module *module = module_of(call, error);
	const struct bounds *bounds = step_bounds(call->ctx);
	enum cmis_path_state paths[CMIS_MAX_LANES];
	enum cmis_module_state now;
	struct sandbox_value list;

	if (!module || !cmis_module_state_read(module_memory(module), &now, bounds, error))
		return FALSE;
	script_give_text(call, cmis_module_state_name(now));
	if (module_identity(module)->flat)
		return TRUE;
	if (!cmis_path_states_read(module_memory(module), paths, bounds, error))
		return FALSE;
	list = sandbox_table();
	for (guint i = 0; i < CMIS_MAX_LANES; i++)
		sandbox_table_append(&list, sandbox_text(cmis_path_state_name(paths[i])));
	return script_give(call, list);
}

/* --- what it sends ---------------------------------------------------------------------------- */

static gboolean pattern_of(const char *name, enum cmis_pattern *pattern, GError **error)
{
	for (int code = CMIS_PATTERN_PRBS31Q; code <= CMIS_PATTERN_SSPRQ; code++) {
		if (g_strcmp0(cmis_pattern_name(code), name) != 0)
			continue;
		*pattern = code;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no pattern: PRBS31Q, PRBS13Q, SSPRQ and others", name);
	return FALSE;
}

SCRIPT_CALL(pattern)
{
	struct module *module = module_of(call, error);
	enum cmis_pattern code;

	return module && pattern_of(script_text(call, 0, ""), &code, error) &&
	       module_set_pattern(module, code, step_bounds(call->ctx), error);
}

SCRIPT_CALL(pattern_off)
{
	struct module *module = module_of(call, error);

	return module && module_pattern_off(module, step_bounds(call->ctx), error);
}

SCRIPT_CALL(tx_disable)
{
	struct module *module = module_of(call, error);
	gint64 lanes;

	return module && script_whole(call, 0, "the mask of lanes", 0, 0xFF, &lanes, error) &&
	       module_set_tx_disable(module, (guint8)lanes, step_bounds(call->ctx), error);
}

/* clang-format off */
const struct script_function script_module_functions[] = {
	{{"module.read", "t|i",
	  "(field[, lane]): a CMIS field in its unit, power in W; and as people read it. Texts "
	  "and bytes come as text alone",
	  read_field}},
	{{"module.write", "tvi",
	  "(field, lane, raw): its raw bits; lane nil where it has none",
	  write_field}, 0, TRUE},
	{{"module.bytes", "iiii",
	  "(bank, page, byte, length): bytes of memory, as a text",
	  read_bytes}},
	{{"module.write_bytes", "iiit",
	  "(bank, page, byte, bytes): writes the bytes of a text",
	  write_bytes}, 0, TRUE},
	{{"module.identity", "",
	  "(): a table: vendor, part_number, serial, revision, date_code, cmis_major, cmis_minor, "
	  "firmware_major, firmware_minor, max_power_w",
	  identity}},
	{{"module.monitors", "",
	  "(): a table: temperature_degc, supply_v, rx_power_is_average (else OMA), and lists by "
	  "lane: tx_power_dbm, tx_bias_a, rx_power_dbm (-inf below its range)",
	  monitors}},
	{{"module.flags", "",
	  "(): a table of latched flags, which reading clears: module, temp_vcc, and bits by lane "
	  "(1 is lane 1): state_changed, tx_failure, tx_los, tx_lol, rx_los, rx_lol",
	  flags}},
	{{"module.state", "",
	  "(): the module's state, and a list of the data paths' by host lane, in the standard's "
	  "names",
	  state}},
	{{"module.pattern", "t",
	  "(name): sends a pattern on its media side: PRBS13Q, SSPRQ and others",
	  pattern}, 0, TRUE},
	{{"module.pattern_off", "",
	  "(): sends what its host gives again",
	  pattern_off}, 0, TRUE},
	{{"module.tx_disable", "i",
	  "(mask): transmitters off by bits (1 is lane 1); 0: all on",
	  tx_disable}, 0, TRUE},
	{{NULL}},
};
/* clang-format on */
