/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/question.h"

#include "base/error.h"

struct question {
	GMutex lock;
	GCond changed;
	/* under the lock */
	gboolean attended;
	GStrv offered; /* null: nothing is asked */
	char *text;    /* the answer; null: none yet */
	char *who;
	gint64 asked_us;
};

void answer_clear(struct answer *answer)
{
	g_clear_pointer(&answer->text, g_free);
	g_clear_pointer(&answer->who, g_free);
}

struct question *question_new(void)
{
	struct question *question = g_new0(struct question, 1);

	g_mutex_init(&question->lock);
	g_cond_init(&question->changed);
	return question;
}

/* Under the lock. */
static void forget(struct question *question)
{
	g_clear_pointer(&question->offered, g_strfreev);
	g_clear_pointer(&question->text, g_free);
	g_clear_pointer(&question->who, g_free);
}

void question_free(struct question *question)
{
	if (!question)
		return;
	forget(question);
	g_cond_clear(&question->changed);
	g_mutex_clear(&question->lock);
	g_free(question);
}

void question_attend(struct question *question, gboolean attended)
{
	g_mutex_lock(&question->lock);
	question->attended = attended;
	g_cond_broadcast(&question->changed);
	g_mutex_unlock(&question->lock);
}

gboolean question_is_attended(struct question *question)
{
	gboolean attended;

	g_mutex_lock(&question->lock);
	attended = question->attended;
	g_mutex_unlock(&question->lock);
	return attended;
}

void question_open(struct question *question, const char *const *answers)
{
	g_mutex_lock(&question->lock);
	forget(question);
	question->offered = g_strdupv((GStrv)answers);
	question->asked_us = g_get_monotonic_time();
	g_mutex_unlock(&question->lock);
}

static void wake(GCancellable *cancellable, gpointer data)
{
	struct question *question = data;

	g_mutex_lock(&question->lock);
	g_cond_broadcast(&question->changed);
	g_mutex_unlock(&question->lock);
}

/* Under the lock: an answer that is there counts, whatever else has happened. */
static gboolean wait_answered(struct question *question, const struct bounds *bounds,
                              GError **error)
{
	while (!question->text) {
		if (!bounds_check(bounds, "nobody answered", error))
			return FALSE;
		if (!question->attended) {
			station_error_set(error, STATION_ERROR_REFUSED,
			                  "nobody is there to answer");
			return FALSE;
		}
		g_cond_wait_until(&question->changed, &question->lock, bounds->deadline.end_us);
	}
	return TRUE;
}

gboolean question_wait(struct question *question, const struct bounds *bounds,
                       struct answer *answer, GError **error)
{
	gulong handler = 0;
	gboolean ok;

	if (bounds->cancellable)
		handler = g_cancellable_connect(bounds->cancellable, G_CALLBACK(wake), question,
		                                NULL);
	g_mutex_lock(&question->lock);
	ok = wait_answered(question, bounds, error);
	*answer = (struct answer){
		.text = g_steal_pointer(&question->text),
		.who = g_steal_pointer(&question->who),
		.wait_s = (double)(g_get_monotonic_time() - question->asked_us) * 1e-6,
	};
	forget(question);
	g_mutex_unlock(&question->lock);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	return ok;
}

gboolean question_answer(struct question *question, const char *answer, const char *who,
                         GError **error)
{
	g_autofree char *words = g_strstrip(g_strdup(answer));
	gboolean ok = FALSE;

	g_mutex_lock(&question->lock);
	if (!question->offered || question->text)
		station_error_set(error, STATION_ERROR_REFUSED, "nothing is asked");
	else if (!*words)
		station_error_set(error, STATION_ERROR_REFUSED, "there are no words in the answer");
	else if (*question->offered &&
	         !g_strv_contains((const char *const *)question->offered, words))
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "\"%s\" is none of the answers offered", words);
	else
		ok = TRUE;
	if (ok) {
		question->text = g_steal_pointer(&words);
		question->who = g_strdup(who ? who : "");
		g_cond_broadcast(&question->changed);
	}
	g_mutex_unlock(&question->lock);
	return ok;
}
