/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/steps/steps.h"

#include <string.h>

/*
 * What only a person can do or see. An answer is taken for what the plan says it means: that all is
 * well, that the unit is bad, and anything else for the station's fault, because a person who
 * could not do what was asked has found nothing out about the unit.
 */
#define ANSWER_ID "answer"

struct meaning {
	GStrv answers, good, bad; /* no answers: any words */
	const char *unattended;   /* null: none */
};

static void meaning_clear(struct meaning *meaning)
{
	g_strfreev(meaning->answers);
	g_strfreev(meaning->good);
	g_strfreev(meaning->bad);
}

/* The words between the commas; empty for "". */
static GStrv words_of(struct step_context *ctx, const char *param)
{
	g_auto(GStrv) parts = g_strsplit(step_text(ctx, param), ",", -1);
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	for (guint i = 0; parts[i]; i++)
		if (*g_strstrip(parts[i]))
			g_ptr_array_add(words, g_strdup(parts[i]));
	g_ptr_array_add(words, NULL);
	return (GStrv)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static gboolean has(GStrv list, const char *word)
{
	return g_strv_contains((const char *const *)list, word);
}

/* Every word has to be one of the answers, so that a slip of the pen changes no verdict. */
static gboolean check_words(const struct meaning *meaning, const char *param, GStrv words,
                            GError **error)
{
	for (guint i = 0; words[i]; i++) {
		if (has(meaning->answers, words[i]))
			continue;
		station_error_set(error, STATION_ERROR_CONFIG, "%s: \"%s\" is none of the answers",
		                  param, words[i]);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_meaning(struct step_context *ctx, struct meaning *meaning, GError **error)
{
	const char *unattended = step_text(ctx, "unattended");
	const char *const one[] = {unattended, NULL};

	*meaning = (struct meaning){
		.answers = words_of(ctx, "answers"),
		.good = words_of(ctx, "good"),
		.bad = words_of(ctx, "bad"),
		.unattended = *unattended ? unattended : NULL,
	};
	if (!check_words(meaning, "good", meaning->good, error) ||
	    !check_words(meaning, "bad", meaning->bad, error))
		return FALSE;
	return !*meaning->answers || !meaning->unattended ||
	       check_words(meaning, "unattended", (GStrv)one, error);
}

static gboolean is_good(const struct meaning *meaning, const char *answer)
{
	if (!*meaning->answers)
		return TRUE;
	return *meaning->good ? has(meaning->good, answer)
	                      : strcmp(meaning->answers[0], answer) == 0;
}

static gboolean judge(struct step_context *ctx, const struct meaning *meaning, const char *answer,
                      GError **error)
{
	if (has(meaning->bad, answer) || is_good(meaning, answer)) {
		step_check(ctx, ANSWER_ID, 0, !has(meaning->bad, answer), "\"%s\": \"%s\"",
		           step_text(ctx, "question"), answer);
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_REFUSED, "\"%s\": \"%s\"",
	                  step_text(ctx, "question"), answer);
	return FALSE;
}

static gboolean ask(struct step_context *ctx, GError **error)
{
	struct meaning meaning;
	g_autofree char *answer = NULL;
	gboolean ok = FALSE;

	if (read_meaning(ctx, &meaning, error)) {
		const struct step_question question = {
			.text = step_text(ctx, "question"),
			.answers = (const char *const *)meaning.answers,
			.unattended = meaning.unattended,
		};
		answer = step_ask(ctx, &question, error);
		ok = answer && judge(ctx, &meaning, answer, error);
	}
	meaning_clear(&meaning);
	return ok;
}

static const struct step_param params[] = {
	{"question", NULL, NULL, "what the operator is asked, or asked to do"},
	{"answers", NULL, "", "those offered, with commas between; \"\": any words will do"},
	{"good", NULL, "", "those that pass; \"\": the first"},
	{"bad", NULL, "", "those by which the unit fails; any other is the station's ERROR"},
	{"unattended", NULL, "",
         "answer taken where nobody is there to be asked, as in a lot; \"\": that is an ERROR"},
	{0},
};

const struct step_def step_operator_question = {
	.name = "ask",
	.help = "a question to the operator, or something for them to do; the answer is kept",
	.scope = STEP_UNIT,
	.limit_s = STEP_ANSWER_S,
	.params = params,
	.run = ask,
};
