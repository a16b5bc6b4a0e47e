/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_calibration.h"

#include <stdio.h>

static void tell_expired(const struct config_instrument *expired)
{
	fprintf(stderr,
	        "station: %s: calibration was due %s; calibrate it and change calibration_due\n",
	        expired->config.name, expired->config.calibration_due);
}

static void tell_expired_paths(const struct config_site *site)
{
	fprintf(stderr,
	        "station: site %d: path losses were due %s; \"station check --path-loss %d\" "
	        "calibrates them\n",
	        site->site, site->path_loss->due, site->site);
}

void lot_warn_of_paths(const struct config *config)
{
	g_autofree char *today = path_loss_today();

	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);

		if (site->path_loss && path_loss_age(site->path_loss, today) == PATH_LOSS_ENDING)
			fprintf(stderr,
			        "station: site %d: calibration of the path losses is due %s\n",
			        site->site, site->path_loss->due);
	}
}

gboolean lot_is_calibrated(const struct config *config)
{
	const struct config_instrument *expired = config_expired(config);
	const struct config_site *expired_paths = config_path_expired(config);

	if (expired)
		tell_expired(expired);
	else if (expired_paths)
		tell_expired_paths(expired_paths);
	return !expired && !expired_paths;
}
