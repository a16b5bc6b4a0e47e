/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_TYPE_H
#define STATION_ENGINE_TYPE_H

#include <glib.h>

/*
 * A type of transceiver as data: what its optics are and how they are to be looked at. One YAML
 * file each in station/types/, named like the type in lower case; station-type(5) describes it.
 * Numbers to be judged by are not here but in the limits. A new type needs no code.
 */
#define TYPE_LANES_MAX 8
#define TYPE_TAPS_MAX  16 /* of the reference equaliser */

enum type_fibre { TYPE_SMF, TYPE_MMF };

/* A pair of host and media interface that such modules may offer. */
struct type_application {
	char *name; /* "400GAUI-8 to 400GBASE-DR4" */
	guint8 host_id, media_id;
	guint host_lanes, media_lanes; /* of one data path */
};

struct optical_type {
	char *path, *sha256;
	char *name; /* "400GBASE-DR4" */
	guint n_lanes;
	gboolean wdm; /* the lanes share one fibre each way; else each has its own */
	enum type_fibre fibre;
	char *connector;                     /* "MPO-12", "duplex LC" */
	guint8 media_type;                   /* of CMIS 00h:85 */
	double symbol_rate_bd;               /* of an optical lane */
	double wavelength_m[TYPE_LANES_MAX]; /* nominal, lane 1 first */
	/* reference receiver and equaliser */
	double bandwidth_hz;       /* -3 dB for TECQ and everything else */
	double tdecq_bandwidth_hz; /* for TDECQ; lower where it stands for the fibre */
	gboolean tdecq_by_fibre; /* TDECQ behind a real fibre of reach_m; else by that bandwidth */
	double reach_m;
	guint taps, max_precursors;
	double main_tap_min;
	double target_ser;
	double threshold_limit; /* thresholds may move by this part of OMA each; 0: fixed */
	gboolean windows_slide; /* the pair of histogram windows may; else at 0.45 and 0.55 UI */
	char *pattern;          /* "SSPRQ": of TDECQ */
	/* light */
	double rx_damage_dbm;     /* average power that may damage a receiver; NAN unknown */
	char *rx_damage_source;   /* where it comes from, with its mark */
	double ber_limit;         /* before error correction, where receiver limits are defined */
	double secq_db;           /* of the stressed receiver test; NAN unknown */
	double stressed_oma_dbm;  /* NAN unknown */
	double aggressor_oma_dbm; /* of the other lanes meanwhile; NAN unknown */
	GArray *applications;     /* struct type_application; the first is the default */
	char *note;               /* what is from memory; may be null */
};
typedef struct optical_type optical_type; /* for g_autoptr(optical_type) only */

/* "SMF", "MMF"; and back. */
const char *optical_type_fibre_name(enum type_fibre fibre);
gboolean optical_type_fibre_parse(const char *name, enum type_fibre *fibre);

/* The file of a type, "types/400gbase-dr4.yaml", beside a configuration or among the installed
 * data. Free with g_free. */
char *optical_type_file(const char *name);

/* Reads and checks a file. STATION_ERROR_CONFIG with "FILE:LINE: ". */
struct optical_type *optical_type_load(const char *path, GError **error);
void optical_type_free(struct optical_type *type); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(optical_type, optical_type_free)

#endif
