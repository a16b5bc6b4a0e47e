/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config_load.h"

#include "fixtures/fixture.h"

#include <math.h>
#include <string.h>

static gboolean string_list(const struct yaml_node *list, GPtrArray *out, GError **error)
{
	for (guint i = 0; i < yaml_size(list); i++) {
		const char *text;
		if (!yaml_as_string(yaml_item(list, i), &text, error))
			return FALSE;
		g_ptr_array_add(out, g_strdup(text));
	}
	return TRUE;
}

gboolean config_load_form_factor(const struct yaml_node *map, char **form_factor, GError **error)
{
	const char *text;

	if (!yaml_string(map, "form_factor", &text, error))
		return FALSE;
	if (strcmp(text, "QSFP-DD") != 0 && strcmp(text, "OSFP") != 0) {
		yaml_error(yaml_find(map, "form_factor"), error,
		           "form_factor is \"QSFP-DD\" or \"OSFP\", not \"%s\"", text);
		return FALSE;
	}
	*form_factor = g_strdup(text);
	return TRUE;
}

static gboolean load_uses(const struct config *config, struct config_site *site,
                          const struct yaml_node *list, GError **error)
{
	for (guint i = 0; i < yaml_size(list); i++) {
		const struct config_instrument *item;
		const char *name;

		if (!yaml_as_string(yaml_item(list, i), &name, error))
			return FALSE;
		item = config_instrument(config, name);
		if (!item) {
			yaml_error(yaml_item(list, i), error, "there is no instrument \"%s\"",
			           name);
			return FALSE;
		}
		if (site->uses[item->config.class]) {
			yaml_error(yaml_item(list, i), error, "\"%s\" and \"%s\" are both a %s",
			           name, site->uses[item->config.class],
			           instrument_class_name(item->config.class));
			return FALSE;
		}
		site->uses[item->config.class] = g_strdup(name);
	}
	return TRUE;
}

/* Of a switch that eight sites of four lanes share there are 128. */
#define CHANNELS_MAX 256

static gboolean load_channel(const struct yaml_node *map, const char *key, guint *channel,
                             GError **error)
{
	gint64 value;

	if (!yaml_int(map, key, 1, CHANNELS_MAX, &value, error))
		return FALSE;
	*channel = (guint)value;
	return TRUE;
}

/* The path through the fibre may be left out, but not half of it. */
static gboolean load_fibre(const struct config_site *site, const struct yaml_node *map,
                           struct config_lane *lane, GError **error)
{
	lane->fibre_loss_db = NAN;
	if (!yaml_find(map, "fibre_channel") && !yaml_find(map, "fibre_loss"))
		return TRUE;
	if (!load_channel(map, "fibre_channel", &lane->fibre_channel, error) ||
	    !config_load_loss(site, map, "fibre_loss", &lane->fibre_loss_db, error))
		return FALSE;
	if (isnan(site->fibre_m)) {
		yaml_error(yaml_find(map, "fibre_channel"), error,
		           "fibre_channel %u, but the fibre of site %d has no length",
		           lane->fibre_channel, site->site);
		return FALSE;
	}
	if (lane->fibre_channel != lane->switch_channel)
		return TRUE;
	yaml_error(yaml_find(map, "fibre_channel"), error,
	           "fibre_channel %u is the switch_channel too, which goes without the fibre",
	           lane->fibre_channel);
	return FALSE;
}

/* What only some light paths have. */
static gboolean load_optional(const struct config_site *site, const struct yaml_node *map,
                              struct config_lane *lane, GError **error)
{
	if (!site->wdm && yaml_find(map, "demux_isolation")) {
		yaml_error(yaml_find(map, "demux_isolation"), error,
		           "demux_isolation is of a wdm site; this one is parallel");
		return FALSE;
	}
	if (yaml_find(map, "stress_channel") &&
	    !load_channel(map, "stress_channel", &lane->stress_channel, error))
		return FALSE;
	return yaml_quantity_or(map, "demux_isolation", "dB", &lane->demux_isolation_db, NAN,
	                        error) &&
	       yaml_quantity_or(map, "path_uncertainty", "dB", &lane->path_uncertainty_db, NAN,
	                        error);
}

static gboolean load_lane(struct config_site *site, const struct yaml_node *map, GError **error)
{
	struct config_lane *lane = &site->lanes[site->n_lanes];
	const struct yaml_node *ed;
	gint64 number, channel;

	if (site->n_lanes == CONFIG_LANES_MAX) {
		yaml_error(map, error, "more than %d lanes", CONFIG_LANES_MAX);
		return FALSE;
	}
	if (!yaml_int(map, "lane", 1, CONFIG_LANES_MAX, &number, error) ||
	    !load_channel(map, "meter_channel", &lane->meter_channel, error) ||
	    !config_load_loss(site, map, "meter_loss", &lane->meter_loss_db, error) ||
	    !load_channel(map, "switch_channel", &lane->switch_channel, error) ||
	    !config_load_loss(site, map, "scope_loss", &lane->scope_loss_db, error) ||
	    !load_fibre(site, map, lane, error) || !load_optional(site, map, lane, error) ||
	    !load_channel(map, "attenuator_channel", &lane->attenuator_channel, error) ||
	    !config_load_loss(site, map, "rx_loss", &lane->rx_loss_db, error) ||
	    !yaml_quantity(map, "reference_oma", "dBm", &lane->reference_oma_dbm, error) ||
	    !yaml_quantity(map, "reference_er", "dB", &lane->reference_er_db, error) ||
	    !load_channel(map, "ppg_channel", &lane->ppg_channel, error) ||
	    !yaml_list(map, "ed_channels", &ed, error))
		return FALSE;
	/* average power is made from it */
	if (!(lane->reference_er_db > 0)) {
		yaml_error(yaml_find(map, "reference_er"), error, "reference_er must be above 0");
		return FALSE;
	}
	if (yaml_size(ed) < 1 || yaml_size(ed) > G_N_ELEMENTS(lane->ed_channels)) {
		yaml_error(ed, error, "ed_channels wants one or two channels");
		return FALSE;
	}
	for (guint i = 0; i < yaml_size(ed); i++) {
		if (!yaml_as_int(yaml_item(ed, i), 1, 64, &channel, error))
			return FALSE;
		lane->ed_channels[lane->n_ed_channels++] = (guint)channel;
	}
	if (config_lane(site, (int)number)) {
		yaml_error(map, error, "lane %d is there twice", (int)number);
		return FALSE;
	}
	lane->lane = (int)number;
	site->n_lanes++;
	return yaml_done(map, error);
}

/* The meter before a demultiplexer may be left out, but not half of it. */
static gboolean load_total(struct config_site *site, const struct yaml_node *map, GError **error)
{
	site->total_loss_db = NAN;
	if (!yaml_find(map, "total_channel") && !yaml_find(map, "total_loss"))
		return TRUE;
	if (!site->wdm) {
		yaml_error(map, error,
		           "total_channel and total_loss are of a wdm site; this one is parallel");
		return FALSE;
	}
	return load_channel(map, "total_channel", &site->total_meter_channel, error) &&
	       config_load_loss(site, map, "total_loss", &site->total_loss_db, error);
}

static gboolean load_medium(struct config_site *site, const struct yaml_node *map, GError **error)
{
	const struct yaml_node *fibre;
	const char *medium, *kind;

	if (!yaml_string(map, "medium", &medium, error) || !yaml_map(map, "fibre", &fibre, error) ||
	    !yaml_string(fibre, "kind", &kind, error) ||
	    !yaml_quantity_or(fibre, "length", "m", &site->fibre_m, NAN, error) ||
	    !yaml_done(fibre, error))
		return FALSE;
	site->wdm = strcmp(medium, "wdm") == 0;
	if (!site->wdm && strcmp(medium, "parallel") != 0) {
		yaml_error(yaml_find(map, "medium"), error,
		           "medium is \"parallel\" or \"wdm\", not \"%s\"", medium);
		return FALSE;
	}
	if (!optical_type_fibre_parse(kind, &site->fibre)) {
		yaml_error(yaml_find(fibre, "kind"), error,
		           "kind of fibre is \"SMF\" or \"MMF\", not \"%s\"", kind);
		return FALSE;
	}
	return TRUE;
}

static gboolean load_lanes(struct config_site *site, const struct yaml_node *map, GError **error)
{
	const struct yaml_node *lanes;

	if (!yaml_list(map, "lanes", &lanes, error))
		return FALSE;
	for (guint i = 0; i < yaml_size(lanes); i++)
		if (!load_lane(site, yaml_item(lanes, i), error))
			return FALSE;
	return TRUE;
}

gboolean config_load_command(const struct yaml_node *map, const char *key, char ***words,
                             GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	const struct yaml_node *list;

	if (!yaml_list_or(map, key, &list, error) || (list && !string_list(list, found, error)))
		return FALSE;
	if (found->len) {
		g_ptr_array_add(found, NULL);
		*words = (char **)g_ptr_array_steal(found, NULL);
	}
	return TRUE;
}

/* A board file that has no absolute name is beside the configuration. */
static char *fixture_resource_beside(const struct config *config, const char *resource)
{
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(resource, FIXTURE_BOARD_PREFIX))
		return g_strdup(resource);
	path = config_beside(config->path, resource + strlen(FIXTURE_BOARD_PREFIX));
	return g_strconcat(FIXTURE_BOARD_PREFIX, path, NULL);
}

static gboolean load_start_button(struct config_site *site, const struct yaml_node *map,
                                  GError **error)
{
	gboolean wanted = FALSE;

	if (!yaml_bool_or(map, "start_button", &wanted, FALSE, error))
		return FALSE;
	site->start_button = yaml_find(map, "start_button") ? wanted : -1;
	return TRUE;
}

gboolean config_load_site(struct config *config, const struct yaml_node *map, GError **error)
{
	struct config_site *site = g_new0(struct config_site, 1);
	const struct yaml_node *uses;
	const char *fixture;
	gint64 number;

	g_ptr_array_add(config->sites, site);
	if (!yaml_int(map, "site", 1, 64, &number, error) ||
	    !config_load_form_factor(map, &site->form_factor, error) ||
	    !load_medium(site, map, error) || !config_load_calibration(config, site, map, error) ||
	    !load_total(site, map, error) || !yaml_string(map, "fixture", &fixture, error) ||
	    !yaml_list(map, "uses", &uses, error) || !load_uses(config, site, uses, error) ||
	    !load_channel(map, "scope_channel", &site->scope_channel, error) ||
	    !load_channel(map, "supply_channel", &site->supply_channel, error) ||
	    !load_channel(map, "switch_module", &site->switch_module, error) ||
	    !yaml_quantity_or(map, "path_uncertainty", "dB", &site->path_uncertainty_db, NAN,
	                      error) ||
	    !load_start_button(site, map, error) ||
	    !config_load_command(map, "loader", &site->loader, error))
		return FALSE;
	if (config_site(config, (int)number)) {
		yaml_error(map, error, "site %d is there twice", (int)number);
		return FALSE;
	}
	site->site = (int)number;
	site->fixture = fixture_resource_beside(config, fixture);
	return load_lanes(site, map, error) && config_take_losses(config, site, map, error) &&
	       yaml_done(map, error);
}
