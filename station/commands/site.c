/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/rows.h"
#include "station/shell/site.h"
#include "station/shell/table.h"

/* The site that is worked at, and what it uses. */

static const struct table_column columns[] = {
	{"what"}, {"name"}, {"driver"}, {"resource"}, {"calibration_due"},
};

static void add_row(struct table *table, const char *what, const char *name, const char *driver,
                    const char *resource, const char *due)
{
	table_add(table, shell_value_text(what));
	table_add(table, shell_value_text(name));
	table_add(table, shell_value_text(driver));
	table_add(table, shell_value_text(resource));
	table_add(table, shell_value_text(due));
}

static gboolean site_show(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	g_autofree char *number = NULL;
	const struct config_site *site;
	struct table *table;

	if (!hand)
		return FALSE;
	site = hand_site(hand);
	table = table_new(columns, G_N_ELEMENTS(columns));
	number = g_strdup_printf("site %d", site->site);
	add_row(table, "fixture", number, site->form_factor, site->fixture, NULL);
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		const struct config_instrument *item =
			site->uses[i] ? config_instrument(hand_config(hand), site->uses[i]) : NULL;
		if (item)
			add_row(table, instrument_class_name(i), item->config.name,
			        item->config.driver, item->config.resource,
			        item->config.calibration_due);
	}
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_site_show = {
	.noun = "site",
	.verb = "show",
	.help = "the site that is worked at: fixture and instruments",
	.examples = {"site show"},
	.run = site_show,
};

static gboolean site_use(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	return shell_use_site(shell, (int)call->values[0].number, error);
}

const struct shell_command command_site_use = {
	.noun = "site",
	.verb = "use",
	.help = "works at that site from now on; the one before is made safe and given back",
	.examples = {"site use 2"},
	.arguments = {{"N", ARGUMENT_COUNT, .min = 1, .max = 1000}},
	.run = site_use,
};

static gboolean site_load(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand *hand = shell_hand(shell, error);

	return hand && hand_load(hand, call->values[0].text, shell_stop(shell), error);
}

const struct shell_command command_site_load = {
	.noun = "site",
	.verb = "load",
	.help = "the loader puts that unit in; without a loader it says which one is in the socket",
	.examples = {"site load SN0815"},
	.arguments = {{"SERIAL", ARGUMENT_NAME, .complete = complete_runs}},
	.right = COMMAND_SETS,
	.run = site_load,
};

static void add_products(struct shell *shell, GPtrArray *names)
{
	const struct config *config = shell_world(shell)->config;

	for (guint i = 0; config && i < config->products->len; i++) {
		const struct config_product *product = g_ptr_array_index(config->products, i);
		g_ptr_array_add(names, g_strdup(product->part_number));
	}
}

static gboolean site_product(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	struct hand *hand = shell_hand(shell, error);

	return hand && hand_set_product(hand, call->values[0].text, error);
}

const struct shell_command command_site_product = {
	.noun = "site",
	.verb = "product",
	.help = "takes the module for that product, whatever it says it is",
	.examples = {"site product VB-QDD-DR4-500"},
	.arguments = {{"PRODUCT", ARGUMENT_NAME, .complete = add_products}},
	.right = COMMAND_SETS,
	.run = site_product,
};

static gboolean site_release(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	struct hand *hand = shell_hand(shell, error);

	return hand && hand_release(hand, error);
}

const struct shell_command command_site_release = {
	.noun = "site",
	.verb = "release",
	.help = "makes all safe and gives fixture and instruments to other processes",
	.examples = {"site release"},
	.right = COMMAND_SETS,
	.run = site_release,
};
