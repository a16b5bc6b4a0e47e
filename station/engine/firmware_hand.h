/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_FIRMWARE_HAND_H
#define STATION_ENGINE_FIRMWARE_HAND_H

#include "fixtures/firmware.h"
#include "station/engine/config.h"

/* Firmware of one module at a site, by hand: what a policy of a product does in a run. */

enum firmware_deed {
	FIRMWARE_SHOW,          /* what the module holds */
	FIRMWARE_DOWNLOAD,      /* a file into the image that does not run */
	FIRMWARE_TRY,           /* runs that image; the next power-on brings the other back */
	FIRMWARE_RUN_AND_COMMIT /* runs it and keeps it */
};

struct firmware_call {
	const struct config *config;
	const struct config_site *site;
	const char *serial; /* as hand_load */
	enum firmware_deed deed;
	GBytes *file;                    /* FIRMWARE_DOWNLOAD */
	gboolean run, keep;              /* and runs it, and commits it, at once */
	struct firmware_version version; /* that the file is */
	gboolean has_version;
	guint32 password;
	gboolean has_password; /* appears in no message */
	void (*progress)(enum firmware_phase phase, gsize done, gsize total, gpointer data);
	gpointer data;
};

struct firmware_told {
	char *module;       /* "VENDOR PN, serial SN" */
	char *before, *now; /* firmware_info_text; null where the module did not tell */
	char *ways;         /* "blocks of 2048 bytes, in the background, ..."; of FIRMWARE_SHOW */
	guint resumed, restarted;
	gboolean reset;
	GPtrArray *notes; /* char *: what could not be made safe */
};
void firmware_told_clear(struct firmware_told *told);

/*
 * Powers the module up, does it, switches it off. `told` is filled as far as it came, also on
 * failure. Errors: hand_load, hand_power_up, firmware_update, firmware_info_read.
 */
gboolean firmware_by_hand(const struct firmware_call *call, struct firmware_told *told,
                          const struct bounds *bounds, GError **error);

/* A password as "0x00001011" or "1011", hexadecimal, the whole text. STATION_ERROR_CONFIG; the
 * message does not show it. */
gboolean firmware_password_parse(const char *text, guint32 *password, GError **error);

#endif
