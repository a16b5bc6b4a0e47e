/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/engine/firmware_hand.h"
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <string.h>

/* Commands to the module (CDB), what firmware it holds, and its passwords. */

#define COMMAND_LIMIT_S 300.0

/* --- commands --------------------------------------------------------------------------------- */

static const struct table_column command_columns[] = {
	{"command"}, {"name"}, {"status"}, {"reply"}, {"text"},
};

static void complete_commands(struct shell *shell, GPtrArray *names)
{
	static const guint ids[] = {
		CMIS_CDB_QUERY_STATUS,  CMIS_CDB_MODULE_FEATURES,   CMIS_CDB_FIRMWARE_FEATURES,
		CMIS_CDB_FIRMWARE_INFO, CMIS_CDB_START_DOWNLOAD,    CMIS_CDB_ABORT_DOWNLOAD,
		CMIS_CDB_WRITE_LPL,     CMIS_CDB_COMPLETE_DOWNLOAD, CMIS_CDB_COPY_IMAGE,
		CMIS_CDB_RUN_IMAGE,     CMIS_CDB_COMMIT_IMAGE,
	};

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
		g_ptr_array_add(names, g_strdup_printf("%04Xh", ids[i]));
}

/* "0041h", "0x41", "41": hexadecimal all of them. */
static gboolean parse_id(const char *text, guint *id, GError **error)
{
	const char *digits = g_str_has_prefix(text, "0x") ? text + 2 : text;
	gsize n = strspn(digits, "0123456789abcdefABCDEF");
	const guint enter_password = 0x0001, change_password = 0x0002;

	*id = (guint)g_ascii_strtoull(digits, NULL, 16);
	if (n < 1 || n > 4 || (digits[n] && strcmp(digits + n, "h") != 0))
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" is no command: up to four hexadecimal digits, such as "
		                  "0041h",
		                  text);
	else if (*id == enter_password || *id == change_password)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "what is typed here is kept in the history: \"module password "
		                  "HEX\" "
		                  "enters a password, where it is not");
	else
		return TRUE;
	return FALSE;
}

static void add_reply(struct table *table, guint id, const struct cmis_cdb_reply *reply)
{
	g_autofree char *number = g_strdup_printf("%04Xh", id);
	g_autofree char *status = cmis_cdb_status_text(reply->status);
	g_autoptr(GString) hex = g_string_new(NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (gsize i = 0; i < reply->len; i++) {
		guint8 byte = reply->data[i];

		g_string_append_printf(hex, "%s%02X", i ? " " : "", byte);
		g_string_append_c(text, g_ascii_isprint((char)byte) ? (char)byte : '.');
	}
	unit_add_text(table, number);
	unit_add_text(table, cmis_cdb_name(id));
	unit_add_text(table, status);
	unit_add_text(table, hex->str);
	unit_add_text(table, text->str);
}

static gboolean run_command(struct unit_call *unit, GError **error)
{
	const char *hex = unit_text(unit, 1, NULL);
	g_autoptr(GByteArray) payload = NULL;
	struct cmis_cdb_features features;
	struct cmis_cdb_reply reply;
	struct cmis_cdb_command command = {0};
	struct table *table;

	if (!parse_id(unit_text(unit, 0, ""), &command.id, error) ||
	    (hex && !(payload = unit_bytes(hex, error))))
		return FALSE;
	command.lpl = payload ? payload->data : NULL;
	command.n_lpl = payload ? payload->len : 0;
	if (!cmis_cdb_features_read(module_memory(unit->module), &features, unit->bounds, error) ||
	    !cmis_cdb_run(module_memory(unit->module), &features, &command, &reply, unit->bounds,
	                  error))
		return FALSE;
	table = table_new(command_columns, G_N_ELEMENTS(command_columns));
	add_reply(table, command.id, &reply);
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_cdb(struct shell *shell, const struct call *call, struct value *result,
                        GError **error)
{
	const struct unit_work work = {run_command, UNIT_TOUCHES, 0, COMMAND_LIMIT_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_cdb = {
	.noun = "module",
	.verb = "cdb",
	.help = "runs a command (CDB) by its number, with up to 120 bytes, and shows the reply",
	.examples = {"module cdb 0041h", "module cdb 0100h", "module cdb 0000h '00 10'"},
	.arguments = {{"COMMAND", ARGUMENT_NAME, .complete = complete_commands},
                      {"HEX", ARGUMENT_NAME, .optional = TRUE}},
	.right = COMMAND_WRITES_MODULE,
	.run = run_cdb,
};

/* --- firmware --------------------------------------------------------------------------------- */

static const struct table_column firmware_columns[] = {
	{"image"}, {"version"}, {"running"}, {"committed"}, {"whole"}, {"text"},
};

static void add_image(struct table *table, const char *name, const struct firmware_image *image)
{
	const struct firmware_version *version = &image->version;
	g_autofree char *text =
		g_strdup_printf("%u.%u.%u", version->major, version->minor, version->build);

	unit_add_text(table, name);
	unit_add_text(table, text);
	table_add(table, shell_value_flag(image->running));
	table_add(table, shell_value_flag(image->committed));
	table_add(table, shell_value_flag(image->valid));
	unit_add_text(table, image->text);
}

static gboolean firmware(struct unit_call *unit, GError **error)
{
	static const char *const names[FIRMWARE_PLACES] = {"A", "B", "factory"};
	struct firmware_info info;
	struct table *table;

	if (!firmware_info_read(unit->module, &info, unit->bounds, error))
		return FALSE;
	table = table_new(firmware_columns, G_N_ELEMENTS(firmware_columns));
	for (guint i = 0; i < FIRMWARE_PLACES; i++)
		if (info.images[i].present)
			add_image(table, names[i], &info.images[i]);
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_firmware(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {firmware, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_firmware = {
	.noun = "module",
	.verb = "firmware",
	.help = "which firmware images it holds, runs and starts with; station firmware writes "
		"them",
	.examples = {"module firmware"},
	.run = run_firmware,
};

/* --- password --------------------------------------------------------------------------------- */

/*
 * The maker's pages count as locked afterwards: the next command on them enters the maker's own
 * password again.
 */
static gboolean password(struct unit_call *unit, GError **error)
{
	struct cmis_memory *memory = module_memory(unit->module);
	const struct cmis_field *told = cmis_field_find("module.password_result");
	gboolean tells = FALSE;
	guint32 value = 0;
	char *text;

	if (!firmware_password_parse(unit_text(unit, 0, ""), &value, error) ||
	    !module_enter_password(unit->module, value, unit->bounds, error))
		return FALSE;
	module_forget_password(unit->module);
	if (!cmis_is_supported(memory, told, &tells, unit->bounds, error))
		return FALSE;
	text = tells ? cmis_read_display(memory, told->name, 0, unit->bounds, error)
	             : g_strdup("entered; the module does not tell whether it is right");
	if (text)
		*unit->result = (struct value){.kind = VALUE_TEXT, .text = text};
	return text != NULL;
}

static gboolean run_password(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {password, UNIT_TOUCHES};

	return unit_do(shell, call, result, &work, error);
}

/* A password has no names. */
static void complete_nothing(struct shell *shell, GPtrArray *names)
{
}

const struct shell_command command_module_password = {
	.noun = "module",
	.verb = "password",
	.help = "enters a password (eight hexadecimal digits); the line is not kept in the history",
	.examples = {"module password 00001011"},
	.arguments = {{"HEX", ARGUMENT_NAME, .complete = complete_nothing}},
	.right = COMMAND_WRITES_MODULE,
	.is_secret = TRUE,
	.run = run_password,
};
