/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/memory_command.h"

#include "base/error.h"
#include "reports/json_text.h"
#include "station/engine/module_compare.h"

#include <stdio.h>
#include <string.h>

struct call {
	const char *action;
	const char *what[2]; /* what is compared, or the run; the site of a dump is "site:N" */
	const char *output;
	gboolean json;
};

/* "14 bytes", "1 byte" */
static const char *plural(guint n)
{
	return n == 1 ? "" : "s";
}

static gboolean write_out(const struct call *call, const char *text, GError **error)
{
	if (call->output)
		return g_file_set_contents(call->output, text, -1, error);
	fputs(text, stdout);
	return TRUE;
}

/* "00h:166-181", "bank 1 10h:130"; free with g_free. */
static char *place_text(guint32 address, guint len)
{
	guint bank = address >> 16, page = address >> 8 & 0xFF, byte = address & 0xFF;
	GString *text = g_string_new(NULL);

	if (bank)
		g_string_append_printf(text, "bank %u ", bank);
	g_string_append_printf(text, "%02Xh:%u", page, byte);
	if (len > 1)
		g_string_append_printf(text, "-%u", byte + len - 1);
	return g_string_free(text, FALSE);
}

/* --- compare ---------------------------------------------------------------------------------- */

struct comparison {
	char *names[2];
	GPtrArray *changes;
	guint both, one;
};

static const struct module_change *change_at(const struct comparison *c, guint i)
{
	return g_ptr_array_index(c->changes, i);
}

/* Wide enough for all but the longest: those push their line. */
static int width_of(const struct comparison *c, gboolean names)
{
	gsize width = strlen("before");

	for (guint i = 0; i < c->changes->len; i++) {
		const char *text = names ? change_at(c, i)->field : change_at(c, i)->before;

		width = MAX(width, MIN(strlen(text), 36));
	}
	return (int)width;
}

static char *compare_text(const struct comparison *c)
{
	int name = width_of(c, TRUE), value = width_of(c, FALSE);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "before  %s\nafter   %s\n\n", c->names[0], c->names[1]);
	if (c->changes->len)
		g_string_append_printf(text, "%-15s %-*s lane  %-*s  after\n", "address", name,
		                       "field", value, "before");
	for (guint i = 0; i < c->changes->len; i++) {
		const struct module_change *change = change_at(c, i);
		g_autofree char *place = place_text(change->address, change->len);
		g_autofree char *lane =
			change->lane ? g_strdup_printf("%u", change->lane) : g_strdup("");

		g_string_append_printf(text, "%-15s %-*s %4s  %-*s  %s\n", place, name,
		                       *change->field ? change->field : "(no name)", lane, value,
		                       change->before, change->after);
	}
	g_string_append_printf(text, "%s%u difference%s in %u byte%s that both know",
	                       c->changes->len ? "\n" : "", c->changes->len,
	                       plural(c->changes->len), c->both, plural(c->both));
	if (c->one)
		g_string_append_printf(text, "; %u byte%s only one of them knows", c->one,
		                       plural(c->one));
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

static char *compare_json(const struct comparison *c)
{
	struct json_text json = json_text_begin();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", "station-module-compare-1");
	json_text_string(&json, "before", c->names[0]);
	json_text_string(&json, "after", c->names[1]);
	json_text_int(&json, "bytes_compared", c->both);
	json_text_int(&json, "bytes_known_once", c->one);
	json_text_open(&json, "changes", '[');
	for (guint i = 0; i < c->changes->len; i++) {
		const struct module_change *change = change_at(c, i);

		json_text_open(&json, NULL, '{');
		json_text_int(&json, "bank", change->address >> 16);
		json_text_int(&json, "page", change->address >> 8 & 0xFF);
		json_text_int(&json, "byte", change->address & 0xFF);
		json_text_int(&json, "length", change->len);
		json_text_string(&json, "field", change->field);
		json_text_int(&json, "lane", change->lane);
		json_text_string(&json, "before", change->before);
		json_text_string(&json, "after", change->after);
		json_text_close(&json, '}');
	}
	json_text_close(&json, ']');
	json_text_close(&json, '}');
	return json_text_end(&json);
}

static gboolean compare_images(const struct config *config, const struct call *call,
                               const struct module_image *before, const struct module_image *after,
                               const char *part_number, struct comparison *c, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(knob_map) map = NULL;
	GError *cause = NULL;

	map = module_compare_map(config, part_number, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	c->changes = module_changes(before, after, map);
	module_images_overlap(before, after, &c->both, &c->one);
	text = call->json ? compare_json(c) : compare_text(c);
	g_ptr_array_unref(c->changes);
	return write_out(call, text, error);
}

/* What one run changed: as it found the module, and as it left it. */
static gboolean compare_run(const struct config *config, const struct call *call, GError **error)
{
	struct module_side side;
	struct comparison c = {0};
	gboolean ok = module_side_load(config, call->what[0], &side, error);

	if (ok && !side.history) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" is no run: it wants something to be compared with",
		                  call->what[0]);
		ok = FALSE;
	}
	if (ok) {
		c.names[0] = g_strdup_printf("%s: as it was found", side.name);
		c.names[1] = g_strdup_printf("%s: as it was left", side.name);
		ok = compare_images(config, call, side.history->first, side.image, side.part_number,
		                    &c, error);
	}
	module_side_clear(&side);
	g_free(c.names[0]);
	g_free(c.names[1]);
	return ok;
}

static gboolean compare_two(const struct config *config, const struct call *call, GError **error)
{
	struct module_side sides[2] = {0};
	gboolean ok = module_side_load(config, call->what[0], &sides[0], error) &&
	              module_side_load(config, call->what[1], &sides[1], error);

	if (ok) {
		struct comparison c = {.names = {sides[0].name, sides[1].name}};
		const char *part =
			sides[0].part_number ? sides[0].part_number : sides[1].part_number;

		ok = compare_images(config, call, sides[0].image, sides[1].image, part, &c, error);
	}
	module_side_clear(&sides[0]);
	module_side_clear(&sides[1]);
	return ok;
}

static gboolean compare(const struct config *config, const struct call *call, GError **error)
{
	return call->what[1] ? compare_two(config, call, error) : compare_run(config, call, error);
}

/* --- dump and writes -------------------------------------------------------------------------- */

static gboolean dump(const struct config *config, const struct call *call, GError **error)
{
	struct module_side side;
	g_autofree char *bytes = NULL;
	g_autofree char *text = NULL;
	gboolean ok = module_side_load(config, call->what[0], &side, error);

	if (ok) {
		bytes = module_image_to_text(side.image);
		text = g_strdup_printf("# %s, part number %s\n%s", side.name,
		                       side.part_number ? side.part_number : "not known", bytes);
		ok = write_out(call, text, error);
	}
	module_side_clear(&side);
	return ok;
}

static void put_store(GString *text, const struct write_store *store)
{
	g_autoptr(GArray) changed = module_image_runs(store->after, store->before);
	guint n = 0;

	for (guint i = 0; i < changed->len; i++)
		n += g_array_index(changed, struct module_run, i).len;
	g_string_append_printf(text, "%s  %-20s %-18s %5u byte%s  %s%s%s\n", store->time,
	                       *store->step ? store->step : "-", store->what, n, n == 1 ? " " : "s",
	                       write_store_is_open(store) && store->how == WRITE_OPEN
	                               ? "OPEN: may be half-written"
	                               : write_how_name(store->how),
	                       *store->words ? ": " : "", store->words);
}

static gboolean writes(const struct config *config, const struct call *call, GError **error)
{
	g_autoptr(write_history) history = module_history_load(config, call->what[0], error);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!history)
		return FALSE;
	g_string_append_printf(text, "%s, run %s of %s\n%s\n", history->serial, history->run,
	                       history->time, history->path);
	g_string_append_printf(text, "%u write%s, %u of them failed or read back otherwise\n\n",
	                       history->n_writes, plural(history->n_writes), history->n_differ);
	if (!history->stores->len)
		g_string_append(text, "nothing was written to non-volatile memory\n");
	for (guint i = 0; i < history->stores->len; i++)
		put_store(text, g_ptr_array_index(history->stores, i));
	return write_out(call, text->str, error);
}

/* --- the call --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	guint least, most; /* of what it is about */
	gboolean (*run)(const struct config *config, const struct call *call, GError **error);
} actions[] = {
	{"compare", 1, 2, compare},
	{"dump", 1, 1, dump},
	{"writes", 1, 1, writes},
};

/* -1 when there is none of that name. */
static int find_action(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return (int)i;
	return -1;
}

gboolean memory_command_is(const char *action)
{
	return find_action(action) >= 0;
}

/* Null, or what is wrong with the words behind the action; free with g_free. */
static char *parse(int argc, char **argv, struct call *call, guint *n)
{
	for (int i = 2; i < argc; i++) {
		gboolean is_output = strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0;

		if (is_output && i + 1 == argc)
			return g_strdup_printf("\"%s\" wants a file", argv[i]);
		if (is_output)
			call->output = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			call->json = TRUE;
		else if (argv[i][0] == '-')
			return g_strdup_printf("there is no option \"%s\"", argv[i]);
		else if (*n == G_N_ELEMENTS(call->what))
			return g_strdup_printf("\"%s\" is too much", argv[i]);
		else
			call->what[(*n)++] = argv[i];
	}
	return NULL;
}

int memory_command(struct front *front, int argc, char **argv)
{
	struct call call = {.action = argv[1]};
	g_autofree char *wrong = NULL;
	g_autoptr(config) config = NULL;
	GError *error = NULL;
	guint n = 0;
	int code = EXIT_CODE_OK, action;

	action = find_action(call.action);
	wrong = parse(argc, argv, &call, &n);
	if (wrong)
		return front_usage(&cli_module, "module %s: %s", call.action, wrong);
	if (n < actions[action].least || n > actions[action].most)
		return front_usage(&cli_module, "module %s wants %s", call.action,
		                   actions[action].most > 1 ? "one RUN, or two things to compare"
		                                            : "one thing");
	if (call.json && actions[action].run != compare)
		return front_usage(&cli_module, "module %s: --json is compare's", call.action);
	config = front_config(front, &code);
	if (!config)
		return code;
	if (actions[action].run(config, &call, &error))
		return EXIT_CODE_OK;
	return front_fail(error);
}
