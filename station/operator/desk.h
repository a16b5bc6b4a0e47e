/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_DESK_H
#define STATION_OPERATOR_DESK_H

#include "station/operator/canvas.h"
#include "station/operator/causes.h"
#include "station/operator/desk_site.h"
#include "station/store/query.h"
#include "station/operator/desk_world.h"
#include "station/operator/scan.h"

#include "reports/record.h"

/*
 * The operator's desk: everything that the terminal knows, and what becomes of a key, a scan or an
 * event. Pure: it has no clock, no screen and no engine; times are given to it, wishes go out
 * through struct desk_world, and screen_draw (screen.h) makes a picture of it. One thread.
 */

/* Keys that are no characters: those of enum scan_key, and these. */
enum desk_key {
	DESK_KEY_F1 = 0x120000,
	DESK_KEY_F12 = DESK_KEY_F1 + 11,
	DESK_KEY_UP,
	DESK_KEY_DOWN,
	DESK_KEY_LEFT,
	DESK_KEY_RIGHT,
	DESK_KEY_PAGE_UP,
	DESK_KEY_PAGE_DOWN,
	DESK_KEY_HOME,
	DESK_KEY_END,
};

/* What fills the screen. */
enum desk_page {
	PAGE_SITES,
	PAGE_UNITS,       /* the last units */
	PAGE_WHY,         /* why one of them failed */
	PAGE_LOT,         /* yield and Pareto */
	PAGE_INSTRUMENTS, /* their state, and what was noted */
	PAGE_HELP,
};

/* What lies over it and wants an answer. */
enum desk_dialog {
	DIALOG_NONE,
	DIALOG_BADGE, /* nobody is logged in: the page is not shown */
	DIALOG_PIN,
	DIALOG_LOTS,     /* choose one */
	DIALOG_ABORT,    /* confirm */
	DIALOG_HANDOVER, /* the shift's counts, confirm */
	DIALOG_QUIT,     /* confirm */
	DIALOG_QUESTION, /* of a plan, at the site that is zoomed */
};

/* What the zoomed site shows beside its state. */
enum desk_pane { PANE_VALUES, PANE_EYE, PANE_WATERFALL, PANE_STEPS, PANES };

struct desk_person {
	char badge[48], name[64];
	gboolean engineer;
};

struct desk_instrument {
	char name[64], state[240];
	gboolean lost;
};

struct desk_setup {
	const struct config *config; /* borrowed */
	const struct desk_world *world;
	gpointer world_data;
};

struct desk {
	struct desk_setup setup;
	gint64 now_us, now_utc_us; /* of the last desk_tick */
	int utc_offset_s;          /* of the local time */
	enum desk_page page;
	enum desk_dialog dialog;
	enum desk_pane pane;
	int zoom;         /* index of the site that is shown large; -1: all alike */
	int named_site;   /* for which the next unit is; 0: none was named */
	GPtrArray *sites; /* struct desk_site, owning */
	struct scanner *scanner;
	gboolean needs_login;      /* there are users */
	struct desk_person person; /* badge "": nobody */
	char badge[48];            /* of who is logging in */
	char refusal[160];         /* why the last one was not let in */
	gboolean checking_pin;
	gint64 shift_start_us; /* UTC */
	struct lot_file *lot;  /* null: none is chosen */
	char **lots;           /* to choose from, null-terminated; null: not asked */
	guint choice;          /* in a list: the line that is chosen */
	guint scroll;          /* first line that is shown of a long page */
	guint scroll_most;     /* the last that shows anything new; of who draws it */
	struct store_counts shift, lot_counts;
	GArray *causes;         /* struct desk_cause, of the lot */
	GPtrArray *units;       /* struct store_run, owning, newest first; null: not known */
	struct run_record *why; /* null: not known */
	GArray *instruments;    /* struct desk_instrument */
	GPtrArray *notes;       /* char *, owning; oldest first, NOTES_MAX at most */
	char store_fault[240];  /* "": the store takes records */
	char calibration[120];  /* "SCOPE 2027-01-03": what is due next; "" nothing */
	gboolean calibration_over;
	char message[240]; /* to be read now; "" none */
	enum look message_look;
	gint64 last_key_us;
	gboolean quit;    /* the terminal is to be closed; nothing runs */
	gboolean leaving; /* quits when every site is at rest */
	enum signs signs; /* what the terminal can show; set by who shows it */
};

/* config, world: borrowed, longer than the desk. Free with desk_free. */
struct desk *desk_new(const struct desk_setup *setup);
void desk_free(struct desk *desk); /* null is allowed */

/* Time passes: once a second at least, and before keys and events. */
void desk_tick(struct desk *desk, gint64 mono_us, gint64 utc_us);

/* A character, one of enum scan_key or enum desk_key. */
void desk_key(struct desk *desk, gunichar key);
void desk_event(struct desk *desk, const struct event *event);

/* Somebody typed Ctrl-C: the terminal closes where nobody is logged in and nothing runs; else it is
 * as the key that asks first. */
void desk_interrupt(struct desk *desk);

/* The terminal is gone, or the program is asked to end: what runs is aborted, and the desk quits
 * when it is at rest. */
void desk_leave(struct desk *desk);

/* Answers of the world. Each takes what it is given. */
void desk_person(struct desk *desk, const struct desk_person *person);
void desk_nobody(struct desk *desk, const char *why);
void desk_unit_runs(struct desk *desk, int site, const char *serial, GPtrArray *runs);
/* The store could not tell: the unit is not begun. */
void desk_unit_unknown(struct desk *desk, int site, const char *serial, const char *why);
void desk_counts(struct desk *desk, const struct store_counts *shift,
                 const struct store_counts *lot, GArray *causes);
void desk_units(struct desk *desk, GPtrArray *units);
void desk_why(struct desk *desk, struct run_record *record);
void desk_eye(struct desk *desk, int site, const struct desk_eye *eye);
/* Something that people should read; of the world's own work. */
void desk_say(struct desk *desk, enum look look, const char *words);

/* The site that is zoomed; null when all are shown alike. */
struct desk_site *desk_zoomed(const struct desk *desk);
/* Null when there is no site of that number. */
struct desk_site *desk_site(const struct desk *desk, int number);
gboolean desk_is_logged_in(const struct desk *desk);
/* Whether a unit is checked or runs anywhere. */
gboolean desk_is_busy(const struct desk *desk);

#endif
