/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control.h"

#include "base/error.h"
#include "bench/control_beside.h"
#include "bench/control_handling.h"
#include "bench/control_report.h"
#include "bench/control_request.h"
#include "bench/faults.h"
#include "bench/sim_fixture.h"
#include "bench/stand.h"
#include "bench/world.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

struct control {
	struct world *world;
	struct stand *stand;
	void (*quit)(void *data);
	void *data;
};

const struct control_command control_commands[] = {
	{"insert", "site serial ?defects", "put a unit into a site"},
	{"remove", "site", "take the unit out"},
	{"load", "site serial ?defects", "take out what is in a site, put a unit in"},
	{"unload", "site ?serial", "take the unit out, when there is one"},
	{"clean", "site ?serial", "clean the unit's connector"},
	{"fault", "instrument kind ?count", "make a device misbehave; kind clear ends it",
         "instrument clear"},
	{"swap", "site a b", "two TX fibres change places, or demultiplexer's outputs", "site a b"},
	{"rx-swap", "site a b", "the same on the receive side", "site a b"},
	{"demux", "site grid", "other demultiplexers: own, cwdm, lwdm", "site own"},
	{"age", "site lane db ?side", "a lane's path loses so much more; side tx (if none) or rx",
         "site lane 0 side"},
	{"laser-bias", "site lane part", "the unit's laser gets this part (0 to 1) of its current",
         "site lane 1"},
	{"cut-power", "site store part",
         "the module loses its supply in the nth store from now, this part of it done", "site 0 0"},
	{"thermal-stuck", "site switch", "on: head and case stay as warm as they are; off",
         "site off"},
	{"beside", "site parts", "what stands beside a socket: lid,start,tower or none of them"},
	{"lid", "site switch", "open, close", "site close"},
	{"start", "site switch", "press, release the start button"},
	{"source", "site lane ?dbm", "calibrated light (0 dBm) on a TX fibre; a lane or off"},
	{"probe", "site lane", "an RX fibre to the meter's port 5; a lane or off"},
	{"truth", "unit ?degc",
         "what a unit is in truth, by site or serial number; at a temperature"},
	{"state", "site", "what holds in a site at this moment"},
	{"time-scale", "scale", "simulated seconds per real second"},
	{"ports", "", "name and port of everything served"},
	{"help", "", "these commands, which of their parameters are numbers, and what repairs"},
	{"quit", "", "end the bench"},
};
const guint control_n_commands = G_N_ELEMENTS(control_commands);

const char *const control_number_members[] = {"site", "count", "scale", "a",    "b",    "lane",
                                              "db",   "dbm",   "store", "part", "degc", NULL};

struct control *control_new(struct world *world, struct stand *stand, void (*quit)(void *data),
                            void *data)
{
	struct control *control = g_new0(struct control, 1);
	control->world = world;
	control->stand = stand;
	control->quit = quit;
	control->data = data;
	return control;
}

void control_free(struct control *control)
{
	g_free(control);
}

/* --- members of the request ---------------------------------------------------------------------
 */

/* Sites are counted from 1 outside, from 0 inside. */
static gboolean need_site(struct control *control, JsonObject *request, guint *site, GError **error)
{
	double number = 0.0;
	if (!control_need_number(request, "site", &number, error))
		return FALSE;
	if (!(number >= 1 && number <= world_sites(control->world)) || number != floor(number)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "there is no such site; there are 1 to %u",
		                  world_sites(control->world));
		return FALSE;
	}
	*site = (guint)number - 1;
	return TRUE;
}

/* --- commands ------------------------------------------------------------------------------------
 */

static gboolean insert(struct control *control, guint site, JsonObject *request, GError **error)
{
	const char *serial = NULL;
	const char *defects = NULL;

	if (!control_need_text(request, "serial", &serial, error) ||
	    !control_get_text(request, "defects", &defects, error) ||
	    !world_insert(control->world, site, serial, defects, error))
		return FALSE;
	sim_fixture_tick(stand_fixture(control->stand, site));
	return TRUE;
}

static gboolean take_out(struct control *control, guint site, GError **error)
{
	if (!world_remove(control->world, site, error))
		return FALSE;
	sim_fixture_tick(stand_fixture(control->stand, site));
	return TRUE;
}

static gboolean run_insert(struct control *control, JsonObject *request, JsonBuilder *reply,
                           GError **error)
{
	guint site = 0;
	return need_site(control, request, &site, error) && insert(control, site, request, error);
}

static gboolean run_remove(struct control *control, JsonObject *request, JsonBuilder *reply,
                           GError **error)
{
	guint site = 0;
	return need_site(control, request, &site, error) && take_out(control, site, error);
}

static gboolean run_load(struct control *control, JsonObject *request, JsonBuilder *reply,
                         GError **error)
{
	guint site = 0;
	if (!need_site(control, request, &site, error))
		return FALSE;
	if (world_unit(control->world, site) && !take_out(control, site, error))
		return FALSE;
	return insert(control, site, request, error);
}

static gboolean run_unload(struct control *control, JsonObject *request, JsonBuilder *reply,
                           GError **error)
{
	const char *serial = NULL;
	guint site = 0;

	if (!need_site(control, request, &site, error) ||
	    !control_get_text(request, "serial", &serial, error))
		return FALSE;
	const struct world_unit *unit = world_unit(control->world, site);
	if (!unit)
		return TRUE;
	if (serial && strcmp(world_unit_serial(unit), serial) != 0) {
		station_error_set(error, STATION_ERROR_REFUSED, "site %u holds %s, not %s",
		                  site + 1, world_unit_serial(unit), serial);
		return FALSE;
	}
	return take_out(control, site, error);
}

static gboolean run_clean(struct control *control, JsonObject *request, JsonBuilder *reply,
                          GError **error)
{
	const char *serial = NULL;
	guint site = 0;

	if (!need_site(control, request, &site, error) ||
	    !control_get_text(request, "serial", &serial, error))
		return FALSE;
	if (serial)
		return world_clean_serial(control->world, serial, error);
	return world_clean(control->world, site, error);
}

static gboolean run_fault(struct control *control, JsonObject *request, JsonBuilder *reply,
                          GError **error)
{
	const char *instrument = NULL;
	const char *kind_name = NULL;
	gboolean has_queue = FALSE;
	enum fault kind = FAULT_SILENT;
	double count = 0.0;

	if (!control_need_text(request, "instrument", &instrument, error) ||
	    !control_need_text(request, "kind", &kind_name, error) ||
	    !control_get_number(request, "count", &count, error))
		return FALSE;
	struct faults *faults = stand_faults(control->stand, instrument, &has_queue);
	if (!faults) {
		station_error_set(error, STATION_ERROR_RANGE, "there is no instrument %s",
		                  instrument);
		return FALSE;
	}
	if (strcmp(kind_name, "clear") == 0) {
		faults_clear(faults);
		return TRUE;
	}
	if (!faults_kind(kind_name, &kind) || (kind == FAULT_QUEUE_ERROR && !has_queue) ||
	    (kind >= FAULT_NACK && !g_str_has_prefix(instrument, "fixture"))) {
		g_autofree char *names = faults_names();
		station_error_set(error, STATION_ERROR_RANGE,
		                  "%s has no fault %s; there are: %s clear", instrument, kind_name,
		                  names);
		return FALSE;
	}
	if (!(count >= 0 && count <= 1e9)) {
		station_error_set(error, STATION_ERROR_RANGE, "\"count\" is out of range");
		return FALSE;
	}
	faults_arm(faults, kind, (guint)count);
	return TRUE;
}

static gboolean run_beside(struct control *control, JsonObject *request, JsonBuilder *reply,
                           GError **error)
{
	guint site = 0;
	return need_site(control, request, &site, error) &&
	       control_beside(stand_fixture(control->stand, site), request, error);
}

static gboolean run_handling(struct control *control, JsonObject *request, JsonBuilder *reply,
                             GError **error)
{
	guint site = 0;
	return need_site(control, request, &site, error) &&
	       control_handle(control->world, site, request, error);
}

/* "unit" is the number of a site, or else a serial number; "serial" is never a site. */
static struct world_unit *need_unit(struct control *control, JsonObject *request, GError **error)
{
	JsonNode *node = json_object_get_member(request, "unit");
	struct world_unit *unit = NULL;
	const char *text = NULL;

	if (node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64) {
		gint64 site = json_node_get_int(node);
		if (site >= 1 && site <= (gint64)world_sites(control->world))
			unit = world_unit(control->world, (guint)site - 1);
	} else {
		if (!control_need_text(request, "unit", &text, error))
			return NULL;
		unit = world_find_unit(control->world, text);
	}
	if (!unit)
		station_error_set(error, STATION_ERROR_ABSENT, "there is no such unit");
	return unit;
}

static gboolean run_truth(struct control *control, JsonObject *request, JsonBuilder *reply,
                          GError **error)
{
	struct world_unit *unit = need_unit(control, request, error);
	double case_degc = NAN;

	if (!unit || !control_get_number(request, "degc", &case_degc, error))
		return FALSE;
	if (!isnan(case_degc)) {
		struct world_truth_corner corner;
		world_truth_at(control->world, unit, case_degc, &corner);
		control_report_corner(reply, &corner);
		return TRUE;
	}
	struct world_truth truth = {0};
	world_truth(control->world, unit, &truth);
	control_report_truth(reply, &truth);
	world_truth_clear(&truth);
	return TRUE;
}

static gboolean run_state(struct control *control, JsonObject *request, JsonBuilder *reply,
                          GError **error)
{
	guint site = 0;
	if (!need_site(control, request, &site, error))
		return FALSE;
	control_report_state(reply, control->world, stand_fixture(control->stand, site), site);
	json_builder_set_member_name(reply, "site_model");
	json_builder_add_string_value(reply, world_site_model(control->world, site)->name);
	json_builder_set_member_name(reply, "fibre_m");
	json_builder_add_double_value(reply, world_fibre_length_m(control->world, site));
	return TRUE;
}

static gboolean run_time_scale(struct control *control, JsonObject *request, JsonBuilder *reply,
                               GError **error)
{
	double scale = 0.0;
	if (!control_need_number(request, "scale", &scale, error))
		return FALSE;
	if (!(scale >= 1e-3 && scale <= 1e6)) {
		station_error_set(error, STATION_ERROR_RANGE, "the time scale is 0.001 to 1000000");
		return FALSE;
	}
	world_set_time_scale(control->world, scale);
	return TRUE;
}

static gboolean run_ports(struct control *control, JsonObject *request, JsonBuilder *reply,
                          GError **error)
{
	for (guint i = 0; stand_name(control->stand, i); i++) {
		json_builder_set_member_name(reply, stand_name(control->stand, i));
		json_builder_add_int_value(reply, stand_port(control->stand, i));
	}
	return TRUE;
}

static gboolean run_help(struct control *control, JsonObject *request, JsonBuilder *reply,
                         GError **error)
{
	json_builder_set_member_name(reply, "commands");
	json_builder_begin_array(reply);
	for (guint i = 0; i < control_n_commands; i++)
		control_report_command(reply, &control_commands[i]);
	json_builder_end_array(reply);
	json_builder_set_member_name(reply, "numbers");
	json_builder_begin_array(reply);
	for (guint i = 0; control_number_members[i]; i++)
		json_builder_add_string_value(reply, control_number_members[i]);
	json_builder_end_array(reply);
	return TRUE;
}

static gboolean run_quit(struct control *control, JsonObject *request, JsonBuilder *reply,
                         GError **error)
{
	control->quit(control->data);
	return TRUE;
}

typedef gboolean (*run_function)(struct control *control, JsonObject *request, JsonBuilder *reply,
                                 GError **error);

/* 0 stores: nothing is to happen any more. */
static gboolean run_cut_power(struct control *control, JsonObject *request, JsonBuilder *reply,
                              GError **error)
{
	double store = 0, part = 0;
	guint site = 0;

	if (!need_site(control, request, &site, error) ||
	    !control_need_number(request, "store", &store, error) ||
	    !control_need_number(request, "part", &part, error))
		return FALSE;
	if (!(store >= 0 && store <= 1000 && part >= 0 && part <= 1)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "\"store\" is 0 to 1000, \"part\" 0 to 1");
		return FALSE;
	}
	sim_module_spoil_store(sim_fixture_module(stand_fixture(control->stand, site)),
	                       (guint)store, part);
	return TRUE;
}

/* In the order of control_commands. */
static const run_function run_functions[] = {
	run_insert,   run_remove,   run_load,       run_unload,   run_clean,    run_fault,
	run_handling, run_handling, run_handling,   run_handling, run_handling, run_cut_power,
	run_handling, run_beside,   run_beside,     run_beside,   run_handling, run_handling,
	run_truth,    run_state,    run_time_scale, run_ports,    run_help,     run_quit,
};
G_STATIC_ASSERT(G_N_ELEMENTS(run_functions) == G_N_ELEMENTS(control_commands));

static gboolean run(struct control *control, const char *line, gssize len, JsonBuilder *reply,
                    GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GError) cause = NULL;
	const char *name = NULL;

	if (!json_parser_load_from_data(parser, line, len, &cause)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "not JSON: %s", cause->message);
		return FALSE;
	}
	JsonNode *root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "not a JSON object");
		return FALSE;
	}
	JsonObject *request = json_node_get_object(root);
	if (!control_need_text(request, "command", &name, error))
		return FALSE;
	for (guint i = 0; i < control_n_commands; i++) {
		if (strcmp(control_commands[i].name, name) == 0)
			return run_functions[i](control, request, reply, error);
	}
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "there is no command %s", name);
	return FALSE;
}

static char *error_reply(const char *message)
{
	g_autoptr(JsonBuilder) reply = json_builder_new();
	json_builder_begin_object(reply);
	json_builder_set_member_name(reply, "ok");
	json_builder_add_boolean_value(reply, FALSE);
	json_builder_set_member_name(reply, "error");
	json_builder_add_string_value(reply, message);
	json_builder_end_object(reply);
	g_autoptr(JsonNode) root = json_builder_get_root(reply);
	return json_to_string(root, FALSE);
}

char *control_execute(struct control *control, const char *line, gssize len)
{
	g_autoptr(JsonBuilder) reply = json_builder_new();
	g_autoptr(GError) error = NULL;

	json_builder_begin_object(reply);
	json_builder_set_member_name(reply, "ok");
	json_builder_add_boolean_value(reply, TRUE);
	if (!run(control, line, len, reply, &error))
		return error_reply(error ? error->message : "refused");
	json_builder_end_object(reply);
	g_autoptr(JsonNode) root = json_builder_get_root(reply);
	return json_to_string(root, FALSE);
}

static void *session_new(void *device)
{
	return device;
}

static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	g_autofree char *line = control_execute(session, data, (gssize)len);
	g_byte_array_append(reply, (const guint8 *)line, (guint)strlen(line));
	g_byte_array_append(reply, (const guint8 *)"\n", 1);
	return TRUE;
}

static void session_free(void *session)
{
}

const struct server_ops control_server_ops = {
	.session_new = session_new,
	.message = session_message,
	.session_free = session_free,
};
