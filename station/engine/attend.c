/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/attend.h"

#include "base/clock.h"
#include "base/error.h"

#define LID_POLL_S    0.1
#define BUTTON_POLL_S 0.02 /* a finger stays for longer */
#define SHOW_LIMIT_S  1.0

gboolean attend_wait(struct run *run, attend_read read, gboolean wanted, const char *what,
                     double poll_s, const struct bounds *bounds, GError **error)
{
	for (gboolean told = FALSE;; told = TRUE) {
		gboolean state = FALSE;
		gboolean answered = read(run->fixture, &state, bounds, error);

		if (answered && state == wanted)
			return TRUE;
		if (!told)
			attend_show(run->fixture, ATTEND_WAITING);
		/* the time may be over while asking as well as while waiting */
		if (!answered || !clock_sleep_s(poll_s, bounds, error)) {
			g_prefix_error(error, "waiting: %s: ", what);
			return FALSE;
		}
	}
}

/* Tells a person what is missing, if it is. */
static gboolean ask(struct run *run, attend_read read, gboolean wanted, const char *what,
                    double poll_s, const struct bounds *bounds, GError **error)
{
	g_autofree char *text = g_strdup_printf("%s of site %d", what, run->site->site);
	struct event event = event_make(EVENT_PROMPT, 0, NULL);
	gboolean state = FALSE;

	if (!read(run->fixture, &state, bounds, error))
		return FALSE;
	if (state == wanted)
		return TRUE;
	/* whoever reads the words finds the lamp lit */
	attend_show(run->fixture, ATTEND_WAITING);
	event_set_text(&event, text);
	run_publish(run, &event);
	return attend_wait(run, read, wanted, text, poll_s, bounds, error);
}

static gboolean ask_lid(struct run *run, const struct bounds *bounds, GError **error)
{
	return !fixture_has_lid(run->fixture) ||
	       ask(run, fixture_lid_closed, TRUE, "close the lid", LID_POLL_S, bounds, error);
}

/* Pressed anew: one that is stuck, or leant on, starts nothing. */
static gboolean ask_start(struct run *run, const struct bounds *bounds, GError **error)
{
	int wanted = run->site->start_button;
	gboolean has = fixture_has_start(run->fixture);

	if (wanted == 0 || (wanted < 0 && (!has || run->site->loader)))
		return TRUE;
	return ask(run, fixture_start_pressed, FALSE, "release the start button", BUTTON_POLL_S,
	           bounds, error) &&
	       ask(run, fixture_start_pressed, TRUE, "press the start button", BUTTON_POLL_S,
	           bounds, error);
}

gboolean attend_ready(struct run *run, const struct bounds *bounds, GError **error)
{
	return ask_lid(run, bounds, error) && ask_start(run, bounds, error) &&
	       ask_lid(run, bounds, error);
}

void attend_show(struct fixture *fixture, enum attend_state state)
{
	static const guint lamps[] = {
		[ATTEND_IDLE] = 0,
		[ATTEND_WAITING] = FIXTURE_LAMP_BLUE,
		[ATTEND_RUNNING] = FIXTURE_LAMP_AMBER,
		[ATTEND_PASSED] = FIXTURE_LAMP_GREEN,
		[ATTEND_FAILED] = FIXTURE_LAMP_RED,
		[ATTEND_UNKNOWN] = FIXTURE_LAMP_RED | FIXTURE_LAMP_BLUE,
	};
	struct bounds bounds = {deadline_in_s(SHOW_LIMIT_S), NULL};

	if (fixture)
		fixture_set_tower(fixture, lamps[state], &bounds, NULL);
}

enum attend_state attend_state_of(enum verdict verdict)
{
	return verdict == VERDICT_PASS   ? ATTEND_PASSED
	       : verdict == VERDICT_FAIL ? ATTEND_FAILED
	                                 : ATTEND_UNKNOWN;
}
