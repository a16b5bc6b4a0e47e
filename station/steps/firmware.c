/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "station/engine/firmware_policy.h"
#include "station/steps/steps.h"

#include <math.h>

/* What the module holds, into the record; *version is what runs. */
static gboolean look(struct step_context *ctx, struct firmware_version *version, GError **error)
{
	const struct cmis_identity *identity = module_identity(step_module(ctx));
	struct firmware_info info;
	enum firmware_place running;
	g_autofree char *text = NULL;
	g_autoptr(GError) local = NULL;

	*version = (struct firmware_version){identity->firmware_major, identity->firmware_minor, 0};
	if (!firmware_info_read(step_module(ctx), &info, step_bounds(ctx), &local)) {
		if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_UNSUPPORTED)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
		step_remark(ctx, "firmware: %u.%u; the module does not tell its images",
		            version->major, version->minor);
		return TRUE;
	}
	running = firmware_running(&info);
	if (running != FIRMWARE_PLACES)
		*version = info.images[running].version;
	text = firmware_info_text(&info);
	step_remark(ctx, "firmware: %s", text);
	return TRUE;
}

static void progress(enum firmware_phase phase, gsize done, gsize total, gpointer data)
{
	/* the blocks take most of the time */
	double fraction = phase < FIRMWARE_WRITE    ? 0.0
	                  : phase == FIRMWARE_WRITE ? 0.8 * (double)done / (double)MAX(total, 1)
	                                            : 0.8 + 0.05 * (double)(phase - FIRMWARE_WRITE);

	step_progress(data, fraction, firmware_phase_name(phase));
}

/* Both images, before and after, whether it succeeded or not. */
static void record_outcome(struct step_context *ctx, const struct firmware_outcome *outcome)
{
	g_autofree char *before =
		outcome->before_known ? firmware_info_text(&outcome->before) : g_strdup("unknown");
	g_autofree char *after =
		outcome->after_known ? firmware_info_text(&outcome->after) : g_strdup("unknown");

	step_note(ctx, "firmware before: %s; after: %s", before, after);
	if (outcome->resumed || outcome->restarted || outcome->reset)
		step_remark(ctx, "firmware: %u blocks sent again, %u downloads begun again%s",
		            outcome->resumed, outcome->restarted,
		            outcome->reset ? ", the module was reset" : "");
}

static void record_version(struct step_context *ctx)
{
	const struct cmis_identity *identity = module_identity(step_module(ctx));
	struct record_identity *out = &step_record(ctx)->identity;

	g_free(out->firmware);
	out->firmware =
		g_strdup_printf("%u.%u", identity->firmware_major, identity->firmware_minor);
}

/* What the module tells of itself afterwards ends it, well or badly. */
static gboolean end_store(struct step_context *ctx, guint id,
                          const struct firmware_outcome *outcome, GError **error)
{
	struct write_journal *journal = module_journal(step_module(ctx));
	g_autofree char *text = NULL;

	write_journal_leave(journal, id);
	if (!outcome->after_known)
		return TRUE;
	text = firmware_info_text(&outcome->after);
	return write_journal_end(journal, id, WRITE_STORED, text, error);
}

static gboolean upgrade(struct step_context *ctx, const struct firmware_policy *policy,
                        GError **error)
{
	gsize size = 0;
	const guint8 *file = g_bytes_get_data(policy->image, &size);
	const struct firmware_order order = {
		.file = file,
		.size = size,
		.version = policy->to,
		.has_password = policy->has_password,
		.password = policy->password,
		.progress = progress,
		.data = ctx,
	};
	struct firmware_outcome outcome;
	double start_s = clock_now_s();
	struct write_journal *journal = module_journal(step_module(ctx));
	guint id = write_journal_begin(journal, "firmware", WRITE_COMMAND, NULL, NULL, error);
	gboolean ok;

	if (!id)
		return FALSE;
	run_record_add_file(step_record(ctx), "firmware", policy->path, policy->sha256);
	ok = firmware_update(step_module(ctx), &order, &outcome, step_bounds(ctx), error);
	record_outcome(ctx, &outcome);
	if (!end_store(ctx, id, &outcome, error))
		return FALSE;
	if (!ok)
		return FALSE;
	record_version(ctx);
	step_measure(ctx, "firmware_update_time", 0, clock_now_s() - start_s, "s", NAN);
	return TRUE;
}

static gboolean firmware(struct step_context *ctx, GError **error)
{
	const struct firmware_policy *policy = step_firmware(ctx);
	struct firmware_version version;
	enum firmware_decision decision;
	g_autofree char *accepted = NULL;

	if (!look(ctx, &version, error))
		return FALSE;
	decision = firmware_policy_decide(policy, &version);
	if (decision == FIRMWARE_UPGRADE && !upgrade(ctx, policy, error))
		return FALSE;
	if (!policy)
		return TRUE;
	accepted = firmware_policy_accepted(policy);
	step_check(ctx, "firmware_accepted", 0, decision != FIRMWARE_REFUSE,
	           "the module runs firmware %u.%u, the product is built with %s", version.major,
	           version.minor, *accepted ? accepted : "none that is named");
	return TRUE;
}

const struct step_def step_firmware_policy = {
	.name = "firmware",
	.help = "what both firmware images are; accepted, refused or upgraded as the product says",
	.scope = STEP_UNIT,
	.limit_s = 1200,
	.run = firmware,
};
