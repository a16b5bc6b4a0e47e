/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/admit.h"

#include "base/clock.h"
#include "station/factory/precheck.h"
#include "station/store/query.h"

static void note(struct run *run, const struct precheck_answer *answer)
{
	gboolean unanswered = answer->said == PRECHECK_UNANSWERED;
	struct event event = event_make(EVENT_NOTE, run->site->site, run->request->serial);
	g_autofree char *text = NULL;

	text = g_strdup_printf("pre-check %s%s%s",
	                       unanswered ? "not answered, the unit is tested all the same"
	                                  : "allowed",
	                       *answer->words ? ": " : "", answer->words);
	run_record_add_note(run->record, "%s", text);
	if (!unanswered)
		return;
	event_set_text(&event, text);
	event_publish(run->bus, &event);
}

/* The event comes last: by then the log has it. */
static void refuse(struct run *run, struct store *store, const struct precheck_answer *answer)
{
	const struct unit_request *request = run->request;
	struct event event = event_make(EVENT_UNIT_REFUSED, run->site->site, request->serial);
	g_autofree char *log =
		g_strdup_printf("%s, site %d, %s: %s", request->serial, run->site->site,
	                        precheck_said_name(answer->said), answer->words);
	g_autoptr(GError) error = NULL;

	if (!store_log_add(store, clock_unix_us(), request->operator_name, "refused", log,
	                   &error)) {
		struct event lost = event_make(EVENT_NOTE, run->site->site, request->serial);

		g_prefix_error(&error, "the refusal is not in the log: ");
		event_set_text(&lost, error->message);
		event_publish(run->bus, &lost);
	}
	g_strlcpy(event.name, precheck_said_name(answer->said), sizeof event.name);
	event_set_text(&event, answer->words);
	event_publish(run->bus, &event);
}

static struct precheck_unit unit_of(const struct run *run)
{
	return (struct precheck_unit){
		.station = run->config->station_id,
		.site = run->site->site,
		.operation = run->files->plan->stage,
		.serial = run->request->serial,
		.part_number = run->request->part_number,
		.lot = run->request->lot,
		.operator_name = run->request->operator_name,
		.plan = run->files->plan->name,
		.plan_revision = run->files->plan->revision,
	};
}

enum admission admit_unit(struct run *run, struct store *store, GError **error)
{
	struct precheck_answer answer;
	struct precheck_unit unit;

	if (!run->files || !run->config->precheck || run->config->is_replayed)
		return ADMIT_YES;
	unit = unit_of(run);
	if (!precheck_ask(run->config->precheck, &unit, run->cancellable, &answer, error))
		return ADMIT_STOPPED;
	if (answer.allowed)
		note(run, &answer);
	else
		refuse(run, store, &answer);
	g_free(answer.words);
	return answer.allowed ? ADMIT_YES : ADMIT_NO;
}
