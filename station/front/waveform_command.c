/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/front/waveform_output.h"

#include "base/error.h"

#include <stdio.h>
#include <unistd.h>

/* --- all files, each in a thread -------------------------------------------------------------- */

struct batch {
	const struct waveform_call *call;
	GPtrArray *analyses; /* struct waveform_analysis by file; each thread fills its own place */
	GMutex lock;
	GCond changed;
	guint next, done; /* under the lock */
};

static gpointer analyse_next(gpointer data)
{
	struct batch *batch = data;
	const GPtrArray *paths = batch->call->paths;

	g_mutex_lock(&batch->lock);
	while (batch->next < paths->len) {
		guint i = batch->next++;

		g_mutex_unlock(&batch->lock);
		batch->analyses->pdata[i] =
			waveform_analysis_new(batch->call, g_ptr_array_index(paths, i));
		g_mutex_lock(&batch->lock);
		batch->done++;
		g_cond_signal(&batch->changed);
	}
	g_mutex_unlock(&batch->lock);
	return NULL;
}

static void free_analysis(gpointer analysis)
{
	waveform_analysis_free(analysis);
}

/* Until all are done; tells on a terminal how far it is. */
static void wait_for(struct batch *batch, guint n)
{
	gboolean terminal = isatty(STDERR_FILENO);

	g_mutex_lock(&batch->lock);
	while (batch->done < n) {
		if (terminal)
			fprintf(stderr, "\r%u of %u files", batch->done, n);
		g_cond_wait(&batch->changed, &batch->lock);
	}
	g_mutex_unlock(&batch->lock);
	if (terminal)
		fputs("\r\033[K", stderr);
}

/* In the order of the call. */
static GPtrArray *analyse_all(const struct waveform_call *call)
{
	struct batch batch = {call, g_ptr_array_new_with_free_func(free_analysis)};
	guint n = call->paths->len, n_threads = MIN(n, g_get_num_processors());
	GThread **threads = g_new(GThread *, n_threads);

	g_ptr_array_set_size(batch.analyses, (int)n);
	g_mutex_init(&batch.lock);
	g_cond_init(&batch.changed);
	for (guint i = 0; i < n_threads; i++)
		threads[i] = g_thread_new("waveform", analyse_next, &batch);
	wait_for(&batch, n);
	for (guint i = 0; i < n_threads; i++)
		g_thread_join(threads[i]);
	g_cond_clear(&batch.changed);
	g_mutex_clear(&batch.lock);
	g_free(threads);
	return batch.analyses;
}

/* --- what comes of it ------------------------------------------------------------------------- */

/* A file that is no waveform is the caller's to mend, like a lot that cannot be read. */
static int code_of(const struct waveform_analysis *analysis)
{
	if (!analysis->error)
		return EXIT_CODE_OK;
	return analysis->read ? EXIT_CODE_ERROR : EXIT_CODE_CONFIG;
}

static int tell_errors(const struct waveform_call *call, const GPtrArray *analyses)
{
	int worst = EXIT_CODE_OK;

	for (guint i = 0; i < analyses->len; i++) {
		const struct waveform_analysis *analysis = g_ptr_array_index(analyses, i);
		enum signal_status status = waveform_refusal(analysis);
		const char *advice = waveform_advice(status);

		worst = MAX(worst, code_of(analysis));
		if (!analysis->error)
			continue;
		if (call->any_pattern && status == SIGNAL_WRONG_PATTERN)
			advice = NULL; /* that was tried */
		fprintf(stderr, "station: %s", analysis->error->message);
		if (status != SIGNAL_OK)
			fprintf(stderr, " (%s)", signal_status_name(status));
		fprintf(stderr, "%s%s\n", advice ? "; " : "", advice ? advice : "");
	}
	return worst;
}

static void print_text(char *text)
{
	fputs(text, stdout);
	g_free(text);
}

static void print_tables(const struct waveform_call *call, const GPtrArray *analyses)
{
	const char *between = "";

	for (guint i = 0; i < analyses->len; i++) {
		const struct waveform_analysis *analysis = g_ptr_array_index(analyses, i);

		if (analysis->error)
			continue;
		fputs(between, stdout);
		print_text(waveform_text(call, analysis));
		between = "\n";
	}
}

static void print_results(const struct waveform_call *call, const GPtrArray *analyses, int worst)
{
	if (call->json)
		print_text(waveform_json(call, analyses));
	else if (call->brief)
		print_text(waveform_text_brief(call, analyses));
	else if (call->compare && worst == EXIT_CODE_OK)
		print_text(waveform_text_compare(call, analyses));
	else
		print_tables(call, analyses);
}

static gboolean write_page(const struct waveform_call *call, const GPtrArray *analyses,
                           GError **error)
{
	g_autofree char *text = waveform_html(call, analyses);

	return g_file_set_contents(call->html, text, -1, error);
}

static int run_waveform(struct front *front, int argc, char **argv)
{
	g_auto(waveform_call) call = {0};
	g_autoptr(GPtrArray) analyses = NULL;
	g_autofree char *wrong = NULL;
	GError *error = NULL;
	int worst;

	if (!waveform_call_parse(&call, argc, argv, &wrong))
		return front_usage(&cli_waveform, "waveform: %s", wrong);
	analyses = analyse_all(&call);
	worst = tell_errors(&call, analyses);
	print_results(&call, analyses, worst);
	if (call.html && !write_page(&call, analyses, &error)) {
		int code = front_fail(error); /* once: MAX looks twice */

		worst = MAX(worst, code);
	}
	return worst;
}

const struct command cli_waveform = {
	.name = "waveform",
	.summary = "a captured waveform analysed: eye, TDECQ and the rest, without any instrument",
	.usage = "waveform FILE... [OPTIONS]",
	.details = waveform_help,
	.examples =
		"  station waveform lane1.csv                        # one with a header\n"
		"  station waveform lane?.npy --brief                # the lanes of a module\n"
		"  station waveform dca.csv --symbol-rate 53.125GBd --pattern auto --apply-filter\n"
		"  station waveform before.csv after.csv --compare --html compare.html\n"
		"  station waveform lane1.csv --json | jq .files[0].values.tdecq_db\n",
	.run = run_waveform,
};
