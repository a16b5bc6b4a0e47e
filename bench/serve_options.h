/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SERVE_OPTIONS_H
#define BENCH_SERVE_OPTIONS_H

#include "bench/stand.h"

/* What virtual-bench was told to serve. */
struct serve_options {
	char *sites; /* how many, or their models */
	char *models;
	gint64 seed;
	double time_scale;
	char *fibre; /* metres, or null */
	double population, defect_rate;
	char *instruments; /* CLASS=MODEL,... */
	gboolean one_scope;
	char *buses; /* hislip,... */
	gboolean hislip_overlapped;
	char *hislip_tls; /* optional, initial, mandatory, or null */
	char *hislip_certificate;
	char *hislip_login; /* USER:PASSWORD, or null */
	int portmapper_port;
	int port_base;
	int ready_fd;
	char *units;
	char **templates;
	char **outs;
	gboolean version;
	GPtrArray *kinds; /* of struct sim_kind, null-terminated, as `instruments` says; borrowed */
	struct hislip_options hislip; /* as these say; the certificate is owned */
	guint bus_bits;               /* of enum stand_bus */
};

/*
 * Takes the options out of the command line and leaves what it does not know; --help prints and
 * ends. Clear with serve_options_clear, after a failure too.
 */
gboolean serve_options_parse(struct serve_options *options, int *argc, char ***argv,
                             GError **error);
void serve_options_clear(struct serve_options *options);

/* Ranges, instruments, buses and the certificate. STATION_ERROR_CONFIG. */
gboolean serve_options_check(struct serve_options *options, guint n_sites, GError **error);

/* For stand_new, after serve_options_check; borrows from options. The control port comes first. */
struct stand_options serve_options_stand(const struct serve_options *options);

/*
 * What each site has: sim_instruments with the choices CLASS=MODEL,... (null: none) in their
 * places, null-terminated. Null with STATION_ERROR_CONFIG, which suggests what may have been meant.
 */
GPtrArray *serve_options_kinds(const char *text, GError **error);
/* The bits of buses joined by commas; null is none. STATION_ERROR_CONFIG. */
gboolean serve_options_buses(const char *text, guint *bits, GError **error);

#endif
