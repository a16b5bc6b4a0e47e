/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/generic/dialect_operation.h"

#include "base/unit.h"

#include <string.h>

enum { DIGITS_DEFAULT = 9 };

/* ---- commands ---- */

int dialect_count_places(const char *text, const char *name)
{
	int n = 0;
	for (const char *p = strpbrk(text, "{}"); p; p = strpbrk(p, "{}")) {
		static const char *const known[] = {"{channel}", "{value}"};
		guint which = g_str_has_prefix(p, known[0]) ? 0 : 1;
		if (!g_str_has_prefix(p, known[which]))
			return -1;
		n += strncmp(known[which] + 1, name, strlen(name)) == 0;
		p += strlen(known[which]);
	}
	return n;
}

const char *dialect_command_fault(const char *text, gboolean query, int values)
{
	if (*text == '\0')
		return "is empty";
	for (const char *p = text; *p; p++) {
		if (!g_ascii_isprint(*p))
			return "has other than printable characters";
	}
	if (strchr(text, ';'))
		return "is more than one command";
	if ((strchr(text, '?') != NULL) != query)
		return query ? "is no query" : "is a query";
	if (dialect_count_places(text, "value") < 0)
		return "may have {channel} and {value} in braces, nothing else";
	if (dialect_count_places(text, "value") != values)
		return values ? "needs {value} once" : "may not have {value}";
	return NULL;
}

static gboolean load_command(const struct yaml_node *map, const char *key, gboolean query,
                             int values, gboolean required, const char **text, GError **error)
{
	if (required ? !yaml_string(map, key, text, error)
	             : !yaml_string_or(map, key, text, NULL, error))
		return FALSE;
	const char *fault = *text ? dialect_command_fault(*text, query, values) : NULL;
	if (!fault)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s: \"%s\" %s", key, *text, fault);
	return FALSE;
}

/* ---- numbers of an operation ---- */

/* The wire's unit: the slot's with any prefix, or dBm where the slot has watt. */
static gboolean load_unit(const struct yaml_node *map, const struct generic_slot *slot,
                          struct generic_operation *operation, GError **error)
{
	const char *unit = NULL;
	g_autoptr(GError) cause = NULL;
	if (!yaml_string(map, "unit", &unit, error))
		return FALSE;
	operation->in_dbm = strcmp(slot->unit, "W") == 0 && strcmp(unit, "dBm") == 0;
	operation->scale = 1;
	g_autofree char *one = g_strdup_printf("1 %s", unit);
	if (operation->in_dbm || unit_parse(one, slot->unit, &operation->scale, &cause))
		return TRUE;
	yaml_error(yaml_find(map, "unit"), error, "unit: \"%s\" is not in %s", unit, slot->unit);
	return FALSE;
}

static gboolean load_tolerance(const struct yaml_node *map, const struct generic_slot *slot,
                               struct generic_operation *operation, GError **error)
{
	if (!yaml_quantity(map, "tolerance", slot->unit, &operation->tolerance, error))
		return FALSE;
	if (operation->tolerance > 0)
		return TRUE;
	yaml_error(yaml_find(map, "tolerance"), error, "tolerance: expected more than 0");
	return FALSE;
}

static gboolean load_number(const struct yaml_node *map, const struct generic_slot *slot,
                            struct generic_operation *operation, GError **error)
{
	gint64 digits = 0;
	if (!load_command(map, "send", FALSE, 1, TRUE, &operation->send, error) ||
	    !load_command(map, "ask", TRUE, 0, TRUE, &operation->ask, error) ||
	    !load_unit(map, slot, operation, error) ||
	    !yaml_int_or(map, "digits", 1, 17, &digits, DIGITS_DEFAULT, error))
		return FALSE;
	operation->digits = (int)digits;
	return slot->kind == GENERIC_NEAREST || load_tolerance(map, slot, operation, error);
}

static gboolean load_words(const struct yaml_node *map, struct generic_operation *operation,
                           GError **error)
{
	if (!yaml_string_or(map, "on", &operation->on, "1", error) ||
	    !yaml_string_or(map, "off", &operation->off, "0", error))
		return FALSE;
	if (g_ascii_strcasecmp(operation->on, operation->off) != 0)
		return TRUE;
	yaml_error(map, error, "on and off are the same word");
	return FALSE;
}

static gboolean load_fields(const struct yaml_node *map, const struct generic_slot *slot,
                            struct generic_operation *operation, GError **error)
{
	switch (slot->kind) {
	case GENERIC_ACTION:
		return load_command(map, "send", FALSE, 0, TRUE, &operation->send, error) &&
		       load_command(map, "ask", TRUE, 0, FALSE, &operation->ask, error);
	case GENERIC_NUMBER:
	case GENERIC_NEAREST:
		return load_number(map, slot, operation, error);
	case GENERIC_SWITCH:
		return load_command(map, "send", FALSE, 1, TRUE, &operation->send, error) &&
		       load_command(map, "ask", TRUE, 0, TRUE, &operation->ask, error) &&
		       load_words(map, operation, error);
	case GENERIC_READING:
		return load_command(map, "ask", TRUE, 0, TRUE, &operation->ask, error) &&
		       load_unit(map, slot, operation, error);
	case GENERIC_FLAG:
		return load_command(map, "ask", TRUE, 0, TRUE, &operation->ask, error) &&
		       load_words(map, operation, error);
	}
	g_return_val_if_reached(FALSE);
}

static gboolean load_operation(const struct yaml_node *operations, const struct generic_slot *slot,
                               struct generic_operation *operation, GError **error)
{
	const struct yaml_node *map = NULL;
	if (slot->required ? !yaml_map(operations, slot->name, &map, error)
	                   : !yaml_map_or(operations, slot->name, &map, error))
		return FALSE;
	return !map || (load_fields(map, slot, operation, error) && yaml_done(map, error));
}

gboolean dialect_load_operations(struct generic_dialect *dialect, const struct yaml_node *root,
                                 GError **error)
{
	const struct generic_class *class = dialect->class;
	const struct yaml_node *map = NULL;
	g_assert(class->n_slots <= GENERIC_OPERATIONS_MAX);
	if (!yaml_map(root, "operations", &map, error))
		return FALSE;
	for (guint i = 0; i < class->n_slots; i++) {
		if (!load_operation(map, &class->slots[i], &dialect->operations[i], error))
			return FALSE;
	}
	const char *select = dialect->operations[0].send;
	if (select && dialect_count_places(select, "channel") == 0) {
		yaml_error(yaml_find(map, class->slots[0].name), error, "\"%s\" has no {channel}",
		           select);
		return FALSE;
	}
	return yaml_done(map, error);
}
