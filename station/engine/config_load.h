/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CONFIG_LOAD_H
#define STATION_ENGINE_CONFIG_LOAD_H

#include "base/yaml.h"
#include "station/engine/config.h"

/* Between config.c (the configuration as a thing), config_load.c (reading its file),
 * config_site.c (the sites in it), config_path.c (the calibration of their light paths) and
 * config_decision.c (the decision rule of a product). */

/* Free one entry of the configuration's arrays. */
void config_instrument_free(gpointer data);
void config_site_free(gpointer data);
void config_product_free(gpointer data);

/* A name relative to the configuration's folder, or an absolute one as it is. Free with g_free. */
char *config_beside(const char *config_path, const char *name);

/* Reads an entry of the list of sites; the instruments must be there already. */
gboolean config_load_site(struct config *config, const struct yaml_node *map, GError **error);
/* A list of words under the key, which may be absent: null then. */
gboolean config_load_command(const struct yaml_node *map, const char *key, char ***words,
                             GError **error);
/* Whether the date under calibration_due is one; null is. */
gboolean config_check_date(const struct yaml_node *map, const char *date, GError **error);

/* The keys reference_source and path_loss_days. */
gboolean config_load_source(struct config *config, const struct yaml_node *root, GError **error);
/* The keys of a site that its path losses are calibrated by; before any loss is read. */
gboolean config_load_calibration(struct config *config, struct config_site *site,
                                 const struct yaml_node *map, GError **error);
/* A loss; NAN when it is absent where a file of measured losses may have it. */
gboolean config_load_loss(const struct config_site *site, const struct yaml_node *map,
                          const char *key, double *loss_db, GError **error);
/* Puts the measured losses in the place of those that were read. */
gboolean config_take_losses(const struct config *config, struct config_site *site,
                            const struct yaml_node *map, GError **error);

/* The key form_factor, of a site's socket and of a product. */
gboolean config_load_form_factor(const struct yaml_node *map, char **form_factor, GError **error);
/* The key decision of a product, which may be absent: how its values are judged. */
gboolean config_load_decision(struct config_product *product, const struct yaml_node *map,
                              GError **error);

#endif
