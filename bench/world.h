/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "bench/model.h"

#include <glib.h>

/*
 * The one physical model behind the virtual bench: units, light, heat, current, noise, and true
 * values. Servers and the module's firmware act on it and look at it through these calls only.
 *
 * Every call is atomic and may come from any thread; the lock is inside. No call waits except
 * world_sleep_s. Sites, lanes, ports and channels are counted from 0 here (people's numbers, from
 * 1, belong to the faces); a number outside its range is a programming error (checked). SI units;
 * powers in W unless the name says dBm. Seconds are simulated seconds: real time times the scale.
 */

#define WORLD_LANES      MODEL_LANES
#define WORLD_HOST_LANES 8

struct world;
struct world_unit; /* a module as a thing: lives as long as the world, in a site or out of it */
typedef struct world world; /* for g_autoptr(world) only */

/* Sites 1..64; the scale is above 0. Everything random below comes from seed and names. */
struct world *world_new(guint sites, guint64 seed, double time_scale);
void world_free(struct world *world); /* no other thread may be inside; null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(world, world_free)

guint world_sites(const struct world *world);
/*
 * For which modules a site is built: its socket, its light paths and the length of its fibre. Row 0
 * of the models when nobody says; to be said before anything is inserted or looked at.
 */
void world_set_site_model(struct world *world, guint site, const struct world_model *model);
const struct world_model *world_site_model(struct world *world, guint site);
guint64 world_seed(const struct world *world);

/*
 * What units that are made from now on are like: their normal distributions so many times as wide
 * as usual (1), and how many of them have one thing worse than it was meant to be (0). For lots
 * that are to have many units near a limit.
 */
void world_set_population(struct world *world, double width, double defect_rate);

/* ---- time ---- */

double world_now_s(struct world *world); /* simulated seconds since world_new, monotonic */
double world_time_scale(struct world *world);
void world_set_time_scale(struct world *world, double scale); /* running sleeps adapt at once */
/* Sleeps simulated seconds. FALSE when the world was stopped before they were over. */
gboolean world_sleep_s(struct world *world, double seconds);
void world_stop(struct world *world); /* ends every sleep, now and later; the model stays usable */
gboolean world_stopped(struct world *world);

/* ---- units ---- */

enum world_defect {
	WORLD_DEFECT_WEAK_LANE,
	WORLD_DEFECT_DEAD_LANE,
	WORLD_DEFECT_NOISY_LASER,
	WORLD_DEFECT_SLOW_DRIVER,
	WORLD_DEFECT_COMPRESSED_LEVELS,
	WORLD_DEFECT_BAD_RSSI,
	WORLD_DEFECT_CORRUPT_CHECKSUM,
	WORLD_DEFECT_WRONG_PART_NUMBER,
	WORLD_DEFECT_I2C_NACK,
	WORLD_DEFECT_DIRTY_CONNECTOR,
	WORLD_DEFECT_KINKED_LASER,   /* the L-I curve has a step down, within the range used */
	WORLD_DEFECT_HOT_LASER,      /* sound at 25 degC, too weak at 70 */
	WORLD_DEFECT_OFF_WAVELENGTH, /* outside its window, at any setting of the cooler */
	WORLD_DEFECT_WIDE_SPECTRUM,  /* side modes, or the width of a VCSEL's spectrum */
	WORLD_DEFECT_RESETS,        /* the module restarts by itself in the middle of calibration */
	WORLD_DEFECT_FORGETFUL,     /* says that it stored its constants, and has not */
	WORLD_DEFECT_STUCK_KNOB,    /* does not take new values of laser_bias, says nothing */
	WORLD_DEFECT_OLD_FIRMWARE,  /* another layout of the maker's pages; says so in map_revision
	                             */
	WORLD_DEFECT_CMIS3,         /* CMIS 3.0: the sense of DPDeinit is the other way round */
	WORLD_DEFECT_QSFP28,        /* not a CMIS module at all: SFF-8636 */
	WORLD_DEFECT_FALSE_CHECKER, /* its own checker misses two errors of three on a lane */
	WORLD_DEFECT_OLD_IMAGE,     /* runs firmware 1.2 */
	WORLD_DEFECT_BAD_FLASH,     /* firmware that is downloaded is never verified */
	WORLD_DEFECT_CDB_STUCK,     /* stays busy for ever at the first block of a download */
	WORLD_DEFECTS,
};

/* "weak-lane" and so on; null outside the enumeration. */
const char *world_defect_name(enum world_defect defect);

/*
 * Makes a unit known with its defects: "", "weak-lane", "weak-lane:3", "slow-driver+bad-rssi:1"
 * (lanes 1..4 in this text; without one the lane comes from the serial number). Names without a
 * lane of their own (corrupt-checksum, wrong-part-number, i2c-nack) take none. Null defects:
 * nothing is changed when the unit is known, else a good unit. STATION_ERROR_RANGE for a serial
 * number that is empty, longer than 16 or not printable ASCII, an unknown or doubled defect, or
 * other defects than the unit was made with.
 */
gboolean world_declare_unit(struct world *world, const char *serial, const char *defects,
                            GError **error);

/*
 * The same for a unit of a model. A unit that nobody declares so is of row 0, or of the site's
 * model when it becomes known by being inserted. STATION_ERROR_RANGE too for another model than it
 * was made with.
 */
gboolean world_declare_model(struct world *world, const char *serial,
                             const struct world_model *model, const char *defects, GError **error);

/*
 * Puts a unit in a site, declaring it first. A hot plug when the supply is on. STATION_ERROR_RANGE
 * as above; STATION_ERROR_REFUSED when the site is taken, the unit sits in another, or does not
 * fit the site's socket and fibres.
 */
gboolean world_insert(struct world *world, guint site, const char *serial, const char *defects,
                      GError **error);
/* STATION_ERROR_ABSENT when the site is empty. */
gboolean world_remove(struct world *world, guint site, GError **error);
/* Cleans the unit's connector. It is known by its site, inserted or not makes no difference. */
gboolean world_clean(struct world *world, guint site, GError **error);
gboolean world_clean_serial(struct world *world, const char *serial, GError **error);

/* The unit in a site, or null. Borrowed; stays valid until world_free, also after removal. */
struct world_unit *world_unit(struct world *world, guint site);
/* The unit of that serial number, or null when never declared. */
struct world_unit *world_find_unit(struct world *world, const char *serial);
const char *world_unit_serial(const struct world_unit *unit);              /* constant */
const struct world_model *world_unit_model(const struct world_unit *unit); /* constant */
gboolean world_unit_has(const struct world_unit *unit, enum world_defect defect);
/* Lane 0..3 that the defect sits on; -1 when the unit has it not or it has no lane. */
int world_unit_defect_lane(const struct world_unit *unit, enum world_defect defect);
/* The defects as text in the form of world_declare_unit, with lanes; "" when none. Borrowed. */
const char *world_unit_defects(const struct world_unit *unit);

/*
 * One pointer that the firmware keeps with the unit across insertions (its non-volatile memory).
 * destroy is called in world_free, or when another takes its place; it may call nothing of world_.
 */
void *world_unit_firmware(struct world *world, struct world_unit *unit);
void world_unit_set_firmware(struct world *world, struct world_unit *unit, void *data,
                             GDestroyNotify destroy);

/*
 * Who lets the firmware of a site's module catch up with simulated time, called (without the lock)
 * before an instrument looks at what the module does: at a high time scale a lot may have happened
 * since it last ran. Set once, before anything is looked at; it may call anything of world_ that
 * does not look.
 */
void world_set_before_look(struct world *world, void (*before_look)(guint site, gpointer data),
                           gpointer data);

/* ---- what the firmware tells its optics, and what it senses ---- */

enum world_pattern {
	WORLD_PATTERN_NONE,    /* squelched: no light from the lane */
	WORLD_PATTERN_PRBS31Q, /* modulated, too long for a scope to lock to */
	WORLD_PATTERN_PRBS13Q, /* 8191 symbols, lane seed of Clause 94 */
	WORLD_PATTERN_SSPRQ,   /* 65535 symbols */
};

/* The settings of one transmit lane, in SI. Factory defaults: 40 mA, 1.2 V, 1.0 V, 0, 0, 0; of a
 * VCSEL 6 mA and 5 mA. */
struct world_tx_knobs {
	double laser_bias_a; /* 0 to 0.120, of a VCSEL 0 to 0.012 */
	double mod_bias_v;   /* reverse voltage, 0 to 3.0 */
	double mod_swing_v;  /* peak to peak, 0.2 to 2.5 */
	double fir_pre; /* fraction of full scale, -0.25 to 0.25; main tap = 1 - |pre| - |post| */
	double fir_post;
	double level_skew;    /* inner levels at (1 + skew)/3 of the outer ones, -0.25 to 0.25 */
	double mod_current_a; /* VCSEL: modulation current, peak to peak, 0 to 0.012 */
};

struct world_drive {
	guint64 power_epoch; /* of the supply cycle these settings were made in (world_power) */
	gboolean high_power; /* high-power state: draws 6 to 10 W; else below 1.5 W */
	double tec_degc;     /* cooled lasers are held at this */
	struct {
		gboolean on; /* laser enabled: there is light when it is not squelched */
		enum world_pattern pattern;
		struct world_tx_knobs knobs;
	} tx[WORLD_LANES];
	/* Differential, peak to peak; 0 unless the RX data path is activated and the output neither
	 * disabled nor squelched. */
	double host_swing_v[WORLD_HOST_LANES];
	/* What goes out there is this pattern of the module's own or of a loopback, not the
	 * light's.
	 */
	gboolean host_own[WORLD_HOST_LANES];
	enum world_pattern host_pattern[WORLD_HOST_LANES];
};

/*
 * The module's present settings; whole, each time one changes. Light is emitted only while the
 * unit is powered, high_power is set and power_epoch is the site's present one; settings of an
 * older epoch count for nothing. Ignored when the site is empty.
 */
void world_set_drive(struct world *world, guint site, const struct world_drive *drive);

struct world_power {
	gboolean present; /* a unit is in the site */
	gboolean on;      /* it is powered: present, supply on, voltage at least 2.9 V */
	double volt;      /* at the module's contacts; 0 when off */
	guint64 epoch;    /* grows with each power-up of a unit: supply on, or hot plug */
};
void world_power(struct world *world, guint site, struct world_power *power);

/* What the module senses. Raw values have the unit's own gain and offset errors and noise. */
struct world_analog {
	double temp_degc;             /* true, at the case, where the sensor sits */
	double temp_raw_degc;         /* sensor: true = gain * raw + offset: 2 %, a few degC */
	double vcc_v;                 /* true */
	double vcc_raw_v;             /* true = gain * raw + offset: 2 %, some 10 mV */
	double tx_raw_w[WORLD_LANES]; /* P = slope * raw + offset, average power */
	double rx_raw_w[WORLD_LANES]; /* as the model says, of average or OMA; may be below 0 in the
	                                 dark */
	double tx_bias_a[WORLD_LANES];         /* as sensed, within 2 %; 0 when the laser is off */
	gboolean tx_light[WORLD_LANES];        /* the lane emits */
	gboolean host_input[WORLD_HOST_LANES]; /* the error tester drives that lane */
	enum world_pattern host_pattern[WORLD_HOST_LANES]; /* with this; NONE when it does not */
	enum world_pattern rx_pattern[WORLD_LANES];        /* of the light; NONE in the dark */
	gboolean rx_locked[WORLD_LANES]; /* modulated light, enough for the clock recovery */
	double rx_ber[WORLD_LANES];      /* true bit error ratio before FEC; 0.5 when not locked */
};
/* All zero when the site is empty or its unit has no power. */
void world_analog(struct world *world, guint site, struct world_analog *analog);

/*
 * What a unit holds in non-volatile memory: the firmware tells it whenever a commit succeeded.
 * world_truth judges by these. Before the first call a unit has the factory defaults:
 * slopes 1, offsets 0, LOS 31.6 and 63.1 uW, tec_degc 45, tables filled, not calibrated.
 */
#define WORLD_TABLE_ENTRIES 8 /* at 0, 10, ... 70 degC of the calibrated temperature monitor */
struct world_constants {
	struct world_tx_knobs tx[WORLD_LANES];
	/* When table_mode is on, laser bias and modulator follow these instead: linear between the
	 * entries, flat beyond. mod: V of mod_bias_v, or A of mod_current_a. */
	gboolean table_mode;
	double bias_table_a[WORLD_LANES][WORLD_TABLE_ENTRIES];
	double mod_table[WORLD_LANES][WORLD_TABLE_ENTRIES];
	double tec_degc;
	double temp_slope, vcc_slope;          /* T = slope * raw + offset */
	double rx_mon_quad_per_w[WORLD_LANES]; /* quadratic models: + quad * raw^2 */
	/* two-slope models: above the break these instead of slope and offset */
	double rx_mon_break_raw_w[WORLD_LANES];
	double rx_mon_slope_high[WORLD_LANES];
	double rx_mon_offset_high_w[WORLD_LANES];
	double tx_mon_slope[WORLD_LANES];
	double tx_mon_offset_w[WORLD_LANES];
	double rx_mon_slope[WORLD_LANES];
	double rx_mon_offset_w[WORLD_LANES];
	double temp_offset_degc;
	double vcc_offset_v;
	double los_assert_raw_w[WORLD_LANES];
	double los_deassert_raw_w[WORLD_LANES];
	gboolean calibrated; /* cal_status is CA1Bh */
};
void world_constants_default(struct world_constants *constants); /* of row 0 of the models */
void world_constants_of_model(struct world_constants *constants, const struct world_model *model);
/*
 * The lane's settings that act when the module's calibrated temperature monitor reads that: the
 * tables' with table_mode on.
 */
struct world_tx_knobs world_constants_knobs(const struct world_constants *constants,
                                            const struct world_model *model, guint lane,
                                            double monitor_degc);
void world_unit_set_constants(struct world *world, struct world_unit *unit,
                              const struct world_constants *constants);

/* ---- the instruments' side ---- */

/* Supply channel of the site. Switching on makes an inrush of some milliseconds. */
void world_set_supply(struct world *world, guint site, double volt, double current_limit_a,
                      gboolean on);
/* At the supply's outputs, with its reading noise. limiting: in constant current. */
void world_supply_measure(struct world *world, guint site, double *volt, double *ampere,
                          gboolean *limiting);

/* Attenuator of an RX lane: db 0..45 above its insertion loss. At start: 0 dB, shutter closed. */
void world_set_attenuator(struct world *world, guint site, guint lane, double db, gboolean open);
/* Light leaving it, by the attenuator's own monitor: with its calibration error and noise. */
double world_attenuator_output_w(struct world *world, guint site, guint lane);

/*
 * The switch before the scope: channel 0..3 is a lane, 4..7 the same lane through the fibre, 8..11
 * the lane's reference transmitter before its attenuator, 12..15 dark, -1 is blocked (its state at
 * start: 0).
 */
#define WORLD_SWITCH_CHANNELS 16
void world_set_switch(struct world *world, guint site, int channel);

/*
 * All sites have one switch, and what is behind it, in common: WORLD_SWITCH_CHANNELS channels for
 * the first site, as many for the next, and so on; -1 is blocked. Whoever looks at the scope or at
 * the spectrum, of whatever site, sees the site that was routed last. To be said before anything is
 * looked at.
 */
void world_share_switch(struct world *world);
gboolean world_switch_is_shared(struct world *world);
void world_set_shared_switch(struct world *world, int channel);

/*
 * The spools of fibre before channels 4..7 of the switch: 0 to 10 km for every site; when nobody
 * says, each site has the reach of the modules that it is built for. To be said before anything is
 * looked at.
 */
void world_set_fibre_length(struct world *world, double length_m);
double world_fibre_length_m(struct world *world, guint site);

/*
 * Pattern generator outputs 0..3 (a lane's reference transmitter, and the host lanes that carry the
 * lane) and global.
 */
void world_set_ppg(struct world *world, guint site, guint lane, gboolean on);
void world_set_ppg_global(struct world *world, guint site, gboolean on);
/* What the output sends when it is on. PRBS31Q when nobody says. */
void world_set_ppg_pattern(struct world *world, guint site, guint lane, enum world_pattern pattern);
/*
 * What the generator adds on purpose to a lane's reference transmitter: a post-cursor of its FIR, 0
 * to 0.45, and Gaussian noise, rms over the swing. The light's SECQ rises, and with it the power
 * that a receiver needs. Takes some 100 ms of processor time when the post-cursor is a new one.
 */
void world_set_stress(struct world *world, guint site, guint lane, double isi, double noise);

/* Thermal head: air flows onto the case only with flow on and head down. Setpoint -60..225 degC. */
void world_set_thermal(struct world *world, guint site, gboolean flow_on, gboolean head_down,
                       double setpoint_degc);
/* Air at the nozzle, and the case (the device under test's sensor). Noise 0.02 degC. */
void world_thermal_degc(struct world *world, guint site, double *air_degc, double *case_degc);

/*
 * Power meter port 0..3 (TX lane through arm A of its coupler; of a WDM site behind the
 * demultiplexer) and 4 (a WDM site's whole light before the demultiplexer, or what world_set_probe
 * has put there; else dark): true light at the port with the meter's calibration error and noise,
 * falling with averaging time. A dark port gives the noise about zero, so it may be slightly
 * negative. Does not wait for averaging_s.
 */
double world_meter_read_w(struct world *world, guint site, guint port, double averaging_s);

/*
 * Wavelength of the light at that port, the mean by power where it is of several lanes; what the
 * site is built for when the port is dark. For what a meter told another wavelength reads wrong.
 */
double world_meter_wavelength_m(struct world *world, guint site, guint port);

#define WORLD_METER_PORTS 5

/* One line of an optical spectrum. */
struct world_line {
	double wavelength_m;
	double power_w;
};
/*
 * The lines of what is on the common port of the switch, path losses included: modes of the
 * laser, and on a WDM site what the demultiplexer lets through of the neighbours. Fills at most
 * max, the strongest first, and returns how many; 0 in the dark. Without noise and without the
 * resolution of any instrument.
 */
guint world_spectrum(struct world *world, guint site, struct world_line *lines, guint max);

enum world_scope_status {
	WORLD_SCOPE_OK,
	WORLD_SCOPE_NO_SIGNAL, /* no modulated light at the input */
	WORLD_SCOPE_NO_LOCK,   /* the light carries another pattern than asked for */
};

struct world_scope_request {
	gsize n_symbols;          /* 8191 or 65535; anything else cannot lock */
	guint samples_per_symbol; /* 1..64 */
	double symbol_rate_bd;    /* locks within 100 ppm of 53.125e9 */
	double bandwidth_hz;      /* fourth-order Bessel-Thomson, -3 dB; 1e9..100e9 */
	guint passes;             /* sweeps averaged: their noise falls with the square root */
};
/*
 * One pattern-locked waveform of the light at the scope's input, in W, from a random phase of the
 * pattern. out holds n_symbols * samples_per_symbol. Noise: that of the light itself (relative
 * intensity noise, jitter) and the scope's, 4 uW rms in 26.5625 GHz and with the square root of
 * the bandwidth. Does not wait for the acquisition. Null out: only whether it would lock.
 */
enum world_scope_status world_scope_acquire(struct world *world, guint site,
                                            const struct world_scope_request *request, float *out);
/* The scope's own noise for that bandwidth, one pass. */
double world_scope_noise_w(double bandwidth_hz);

/* Average power at the scope's input as the scope sees it, dark or not. */
double world_scope_average_w(struct world *world, guint site);

struct world_scope_result {
	double tdecq_db; /* scope's noise taken out; SSPRQ and PRBS13Q both allowed */
	double ceq_db;   /* 10 log10 of the noise enhancement */
	double oma_w;    /* OMAouter */
	double er_db;    /* outer */
	double avg_w;
	double rlm;
	double transition_s; /* 20-80 %, mean of rise and fall; NaN when the pattern has no edge */
	double levels_w[4];
};
/*
 * What the scope's own firmware computes from one single-sweep acquisition of n_symbols in a
 * 26.5625 GHz reference receiver with five taps; at a multimode site in the one of TDECQ there,
 * with nine. Takes some 100 ms of processor time.
 */
enum world_scope_status world_scope_tdecq(struct world *world, guint site, gsize n_symbols,
                                          struct world_scope_result *result);

/*
 * Error detector of a host lane over a gate. locked FALSE (bits and errors 0) without light, with
 * the module's host output off, or when the errors are too many to lock to. Its own noise adds
 * errors at a small swing: it is 8 mV rms, what the traces close of the eye included. Does not
 * wait.
 */
void world_count_errors(struct world *world, guint site, guint host_lane, double gate_s,
                        guint64 *bits, guint64 *errors, gboolean *locked);

/* ---- the truth ---- */

struct world_truth_lane {
	double avg_dbm; /* -infinity without light */
	double oma_dbm;
	double er_db;    /* NaN without light, as the four below */
	double tecq_db;  /* +infinity when the eye is beyond any measure */
	double tdecq_db; /* behind fibre of the model's reach, or in the bandwidth that stands for
	                    it */
	double rlm;
	double transition_s;
	double sensitivity_dbm; /* OMA at BER 2.4e-4, from a source of SECQ 0.9 dB */
	double wavelength_m;    /* centre */
	double smsr_db;         /* NaN of a VCSEL */
	double rms_width_m;     /* of the spectrum; 0 of an EML */
	/* Monitor over truth at the stored constants; NaN without light or when it reads 0 or less.
	 */
	double tx_monitor_error_db;
	double rx_monitor_error_db; /* the worst over -8..0 dBm of what the monitor is in */
	/* True power, average or OMA as the monitor is in, at which the stored raw thresholds act.
	 */
	double los_assert_dbm;
	double los_deassert_dbm;
};

/* At one case temperature and 3.3 V. */
struct world_truth_corner {
	double case_degc;
	struct world_truth_lane lanes[WORLD_LANES];
	double total_dbm;          /* average power of all lanes together */
	double lane_difference_db; /* largest over smallest OMA; NaN with a dark lane */
	double temp_error_degc;
	double vcc_error_v; /* the worst over 3.135 to 3.465 V */
	double power_w;     /* high power at 3.465 V, at the stored settings */
};

enum world_corner { WORLD_CORNER_COLD, WORLD_CORNER_ROOM, WORLD_CORNER_HOT, WORLD_CORNERS };

struct world_truth {
	char *serial;   /* owned */
	char *defects;  /* owned; as world_unit_defects */
	char *degraded; /* owned; what of a population is worse, with its severity; or null */
	gboolean dirty; /* the connector is, at this moment */
	gboolean calibrated;
	gboolean good;
	/* Owned, null-terminated, empty when good: "lane 3: TDECQ 4.3 dB > 3.4 dB"; before what is
	 * not of 25 degC the case temperature: "70 degC, lane 3: ...". */
	char **why;
	struct world_truth_corner corners[WORLD_CORNERS]; /* 0, 25 and 70 degC */
	struct world_truth_lane lanes[WORLD_LANES];       /* those of 25 degC again */
};

/*
 * Noise-free physics of a unit at its stored constants, over the corners, at its own connector
 * (dirt on it included), judged against the limits of its model's type and of its data sheet, and
 * its identity. Takes some 50 to 100 ms of processor time per lane the first time after a change.
 * The caller clears it.
 */
void world_truth(struct world *world, struct world_unit *unit, struct world_truth *truth);
/* The same physics at any case temperature, but for TECQ, TDECQ and RLM; nothing is judged. */
void world_truth_at(struct world *world, struct world_unit *unit, double case_degc,
                    struct world_truth_corner *corner);
void world_truth_clear(struct world_truth *truth); /* also of a zeroed one */

/* What holds in a site at this moment, without noise. */
struct world_site_state {
	const char *serial; /* borrowed until world_free; null when empty */
	gboolean supply_on;
	double supply_v; /* as set */
	gboolean powered;
	double tx_power_w[WORLD_LANES]; /* average leaving the module's connector; 0 dark */
	double rx_power_w[WORLD_LANES]; /* average reaching the module's receiver; 0 dark */
	gboolean attenuator_open[WORLD_LANES];
	double attenuator_db[WORLD_LANES];
	gboolean ppg_on[WORLD_LANES]; /* lane and global */
	int switch_channel;
	double case_degc;
	double internal_degc; /* lasers: the case and their self-heating */
	gboolean thermal_flow;
	double bias_part[WORLD_LANES]; /* of its current that each laser gets: world_set_bias_part
	                                */
};
void world_site_state(struct world *world, guint site, struct world_site_state *state);

#endif
