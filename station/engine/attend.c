/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/attend.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

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

/* --- questions ----------------------------------------------------------------------------------
 */

static void record_answer(struct run *run, const struct attend_question *question,
                          const struct answer *answer)
{
	struct record_answer *entry = run_record_add_answer(run->record, question->step);
	struct event event = event_make(EVENT_NOTE, 0, NULL);
	g_autoptr(GString) note = g_string_new(NULL);

	record_text(&entry->question, question->text);
	record_text(&entry->answer, answer->text);
	record_text(&entry->who, answer->who);
	entry->wait_s = answer->wait_s;
	g_string_append_printf(note, "\"%s\": ", question->text);
	if (answer->unattended)
		g_string_append_printf(note, "nobody was there to answer, taken as \"%s\"",
		                       answer->text);
	else
		g_string_append_printf(note, "\"%s\"%s%s after %.0f s", answer->text,
		                       *answer->who ? " by " : "", answer->who, answer->wait_s);
	run_record_add_note(run->record, "%s", note->str);
	event_set_text(&event, note->str);
	run_publish(run, &event);
}

/* An event that holds the whole question, or nobody could answer it. */
static gboolean question_event(const struct attend_question *question, struct event *event,
                               GError **error)
{
	g_autofree char *offered = g_strjoinv("|", (GStrv)question->answers);

	*event = event_make(EVENT_QUESTION, 0, NULL);
	for (guint i = 0; question->answers[i]; i++)
		if (strchr(question->answers[i], '|')) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "an answer may have no \"|\" in it: \"%s\"",
			                  question->answers[i]);
			return FALSE;
		}
	if (strlen(question->text) < sizeof event->text && strlen(offered) < sizeof event->name) {
		event_set_text(event, question->text);
		g_strlcpy(event->name, offered, sizeof event->name);
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "a question may have %zu bytes, its answers together %zu",
	                  sizeof event->text - 1, sizeof event->name - 1);
	return FALSE;
}

/* It is over, for every face that shows it. */
static void tell_answer(struct run *run, const struct answer *answer)
{
	struct event event = event_make(EVENT_ANSWER, 0, NULL);

	event_set_text(&event, answer->text);
	g_strlcpy(event.name, answer->who ? answer->who : "", sizeof event.name);
	event.seconds = answer->wait_s;
	run_publish(run, &event);
}

gboolean attend_ask(struct run *run, const struct attend_question *question,
                    const struct bounds *bounds, struct answer *answer, GError **error)
{
	gboolean attended = run->question && question_is_attended(run->question);
	struct event event;
	gboolean ok;

	*answer = (struct answer){0};
	if (!question_event(question, &event, error))
		return FALSE;
	if (!attended && question->unattended) {
		answer->text = g_strdup(question->unattended);
		answer->who = g_strdup("");
		answer->unattended = TRUE;
		record_answer(run, question, answer);
		return TRUE;
	}
	if (!attended) {
		station_error_set(error, STATION_ERROR_REFUSED, "nobody is there to answer \"%s\"",
		                  question->text);
		return FALSE;
	}
	question_open(run->question, question->answers);
	attend_show(run->fixture, ATTEND_WAITING);
	run_publish(run, &event);
	ok = question_wait(run->question, bounds, answer, error);
	tell_answer(run, answer);
	attend_show(run->fixture, ATTEND_RUNNING);
	if (ok)
		record_answer(run, question, answer);
	else
		g_prefix_error(error, "\"%s\": ", question->text);
	return ok;
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
