/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_output.h"

#include "base/unit.h"
#include "reports/shape.h"
#include "reports/waveform_page.h"

#include <math.h>

#define FACTS_MAX 12

/* Everything that a page borrows, until it is written. */
struct draft {
	const struct waveform_call *call;
	GPtrArray *texts; /* char * */
	GPtrArray *eyes;  /* struct record_eye */
	struct waveform_page page;
	struct waveform_page_file *files;
	struct waveform_page_row (*rows)[WAVEFORM_ROWS_MAX];
	struct waveform_page_fact (*facts)[FACTS_MAX];
	struct waveform_page_fact settings[FACTS_MAX];
	struct waveform_page_difference differences[WAVEFORM_ROWS_MAX];
};

static const char *keep(struct draft *draft, char *text)
{
	g_ptr_array_add(draft->texts, text);
	return text;
}

static void free_eye(gpointer eye)
{
	shape_eye.free(eye);
}

static void add_fact(struct waveform_page_fact *facts, guint *n, const char *name,
                     const char *value)
{
	facts[(*n)++] = (struct waveform_page_fact){name, value};
}

/* --- pictures --------------------------------------------------------------------------------- */

/* The picture begins half a symbol before the symbol whose eye is in its middle. */
static void add_windows(const struct waveform_call *call, const struct tdecq_result *tdecq,
                        struct record_eye *eye)
{
	const struct tdecq_settings *settings = &call->settings.tdecq;

	if (tdecq->n_taps == 0)
		return;
	for (int side = -1; side <= 1; side += 2) {
		double middle_ui = 0.5 + tdecq->centre_ui + side * settings->window_offset_ui;
		g_array_append_val(eye->windows_ui, middle_ui);
	}
	eye->window_width_ui = settings->window_width_ui;
}

static struct record_eye *add_eye(struct draft *draft, const struct waveform_analysis *analysis,
                                  const struct eye_density *density)
{
	struct record_eye *eye;

	if (!density)
		return NULL;
	eye = shape_new(&shape_eye);
	g_ptr_array_add(draft->eyes, eye);
	eye->columns = density->columns;
	eye->rows = density->rows;
	g_array_append_vals(eye->counts, density->count, density->columns * density->rows);
	eye->x_span_ui = 2.0;
	eye->y_min_w = density->bottom_w;
	eye->y_max_w = density->top_w;
	add_windows(draft->call, &analysis->result.tdecq, eye);
	return eye;
}

static const struct record_eye *add_before(struct draft *draft,
                                           const struct waveform_analysis *analysis)
{
	struct record_eye *eye = add_eye(draft, analysis, analysis->before);

	for (guint level = 0; eye && level < 4; level++) {
		const struct signal_value *value = &analysis->result.level_w[level];

		if (value->status == SIGNAL_OK)
			g_array_append_val(eye->levels_w, value->value);
	}
	return eye;
}

static const struct record_eye *add_after(struct draft *draft,
                                          const struct waveform_analysis *analysis)
{
	struct record_eye *eye = add_eye(draft, analysis, analysis->after);

	if (eye)
		g_array_append_vals(eye->thresholds_w, analysis->result.tdecq.threshold_w, 3);
	return eye;
}

/* --- files ------------------------------------------------------------------------------------ */

static guint fill_facts(struct draft *draft, const struct waveform_analysis *analysis,
                        struct waveform_page_fact *facts)
{
	const struct waveform *is = &analysis->is;
	const struct pam4_alignment *alignment = &analysis->result.alignment;
	guint n = 0;

	add_fact(facts, &n, "Pattern", pattern_name(analysis->pattern));
	add_fact(facts, &n, "Polarity", alignment->inverted ? "inverted" : "as sent");
	add_fact(facts, &n, "Symbols",
	         keep(draft, g_strdup_printf("%" G_GSIZE_FORMAT, is->n_symbols)));
	add_fact(facts, &n, "Samples per symbol",
	         keep(draft, g_strdup_printf("%u", is->samples_per_symbol)));
	add_fact(facts, &n, "Symbol rate", keep(draft, unit_format(is->symbol_rate_bd, "Bd", 6)));
	add_fact(facts, &n, "Sweeps averaged", keep(draft, g_strdup_printf("%u", is->passes)));
	add_fact(facts, &n, "Scope noise",
	         is->scope_noise_w > 0.0 ? keep(draft, unit_format(is->scope_noise_w, "W", 3))
	                                 : "not told");
	add_fact(facts, &n, "Reference receiver",
	         is->filter_bandwidth_hz > 0.0
	                 ? keep(draft, unit_format(is->filter_bandwidth_hz, "Hz", 6))
	                 : "none");
	add_fact(facts, &n, "Correlation with the pattern",
	         keep(draft, g_strdup_printf("%.4f", alignment->correlation)));
	return n;
}

static guint fill_rows(struct draft *draft, const struct waveform_analysis *analysis,
                       struct waveform_page_row *out)
{
	struct waveform_row rows[WAVEFORM_ROWS_MAX];
	guint n = waveform_rows(draft->call, analysis, rows);

	for (guint i = 0; i < n; i++) {
		gboolean ok = rows[i].value.status == SIGNAL_OK;

		out[i] = (struct waveform_page_row){
			.title = rows[i].title,
			.value = ok ? keep(draft, waveform_value_text(&rows[i])) : NULL,
			.uncertainty = keep(draft, waveform_uncertainty_text(&rows[i])),
			.status = signal_status_name(rows[i].value.status),
			.reason = rows[i].value.reason,
			.headline = rows[i].short_title != NULL,
		};
	}
	return n;
}

static void fill_file(struct draft *draft, guint i, const struct waveform_analysis *analysis)
{
	struct waveform_page_file *file = &draft->files[i];
	const struct tdecq_result *tdecq = &analysis->result.tdecq;

	file->name = analysis->path;
	if (analysis->error) {
		file->error = analysis->error->message;
		return;
	}
	file->facts = draft->facts[i];
	file->n_facts = fill_facts(draft, analysis, draft->facts[i]);
	file->rows = draft->rows[i];
	file->n_rows = fill_rows(draft, analysis, draft->rows[i]);
	file->before = add_before(draft, analysis);
	file->after = add_after(draft, analysis);
	file->taps = tdecq->taps;
	file->n_taps = tdecq->n_taps;
	file->main_tap = tdecq->main_tap;
}

static void fill_differences(struct draft *draft, const GPtrArray *analyses)
{
	static const char *const verdicts[] = {
		[WAVEFORM_NO_VALUE] = "",
		[WAVEFORM_UNCERTAIN] = "uncertainty unknown",
		[WAVEFORM_WITHIN] = "within the uncertainty",
		[WAVEFORM_BEYOND] = "beyond the uncertainty",
	};
	struct waveform_row rows[2][WAVEFORM_ROWS_MAX];
	guint n = 0;

	for (guint i = 0; i < 2; i++)
		n = waveform_rows(draft->call, g_ptr_array_index(analyses, i), rows[i]);
	for (guint i = 0; i < n; i++) {
		const struct waveform_row *first = &rows[0][i], *second = &rows[1][i];
		struct waveform_difference d = waveform_differ(first, second);
		const char *unit = first->unit_of_difference;

		draft->differences[i] = (struct waveform_page_difference){
			.title = first->title,
			.first = keep(draft, waveform_value_text(first)),
			.second = keep(draft, waveform_value_text(second)),
			.difference = keep(draft, waveform_difference_text(first, &d)),
			.uncertainty = isnan(d.uncertainty)
		                               ? ""
		                               : keep(draft, unit_format(d.uncertainty, unit, 2)),
			.verdict = verdicts[d.verdict],
			.beyond = d.verdict == WAVEFORM_BEYOND,
		};
	}
	draft->page.differences = draft->differences;
	draft->page.n_differences = n;
}

static void fill_settings(struct draft *draft)
{
	const struct waveform_call *call = draft->call;
	const struct tdecq_settings *tdecq = &call->settings.tdecq;
	struct waveform_page_fact *facts = draft->settings;
	guint n = 0;

	add_fact(facts, &n, "Type", call->preset->name);
	add_fact(facts, &n, "Method", call->preset->clause);
	add_fact(facts, &n, "Equaliser",
	         keep(draft,
	              g_strdup_printf("%u taps, at most %u before the main one, which is "
	                              "at least %g",
	                              tdecq->taps, tdecq->max_precursors, tdecq->main_tap_min)));
	add_fact(facts, &n, "Target symbol error ratio",
	         keep(draft, g_strdup_printf("%g", tdecq->target_ser)));
	add_fact(facts, &n, "Reference receiver",
	         keep(draft,
	              g_strdup_printf("%g of the symbol rate; noise behind %g of it",
	                              tdecq->receiver_bandwidth_ui, tdecq->noise_bandwidth_ui)));
	add_fact(facts, &n, "Eye openings at a symbol error ratio of",
	         keep(draft, g_strdup_printf("%g", call->settings.eye_ser)));
	if (tdecq->noise_in_samples)
		add_fact(facts, &n, "Noise",
		         "hangs together from sample to sample: no uncertainties");
	add_fact(facts, &n, "Read in public sources", call->preset->cited);
	add_fact(facts, &n, "From memory of the standard", call->preset->from_memory);
	draft->page.settings = facts;
	draft->page.n_settings = n;
}

static gboolean all_analysed(const GPtrArray *analyses)
{
	for (guint i = 0; i < analyses->len; i++)
		if (((const struct waveform_analysis *)g_ptr_array_index(analyses, i))->error)
			return FALSE;
	return TRUE;
}

char *waveform_html(const struct waveform_call *call, const GPtrArray *analyses)
{
	struct draft draft = {
		.call = call,
		.texts = g_ptr_array_new_with_free_func(g_free),
		.eyes = g_ptr_array_new_with_free_func(free_eye),
		.files = g_new0(struct waveform_page_file, analyses->len),
		.rows = g_malloc0_n(analyses->len, sizeof(*draft.rows)),
		.facts = g_malloc0_n(analyses->len, sizeof(*draft.facts)),
	};
	char *text;

	draft.page.software = "station " STATION_VERSION;
	draft.page.files = draft.files;
	draft.page.n_files = analyses->len;
	for (guint i = 0; i < analyses->len; i++)
		fill_file(&draft, i, g_ptr_array_index(analyses, i));
	if (call->compare && all_analysed(analyses))
		fill_differences(&draft, analyses);
	fill_settings(&draft);
	text = waveform_page(&draft.page);
	g_ptr_array_unref(draft.texts);
	g_ptr_array_unref(draft.eyes);
	g_free(draft.files);
	g_free(draft.rows);
	g_free(draft.facts);
	return text;
}
