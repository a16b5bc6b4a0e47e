/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "fixtures/firmware.h"
#include "fixtures/write_recovery.h"
#include "instruments/supply.h"
#include "station/steps/power_cycle.h"
#include "station/steps/steps.h"

#include <string.h>

#define SERIAL_FIRST CMIS_ADDRESS(0, 0x00, 166)
#define SERIAL_LEN   16

static gboolean cycle(gpointer data, const struct bounds *bounds, GError **error)
{
	return power_cycle(data, error);
}

/* A unit that is not the one of the journal is left alone: whose serial number is what was being
 * written may have any. */
static gboolean is_the_unit(struct step_context *ctx, const struct write_store *store)
{
	const struct cmis_identity *identity = module_identity(step_module(ctx));
	guint8 byte;

	for (guint i = 0; i < SERIAL_LEN; i++)
		if (module_image_get(store->after, SERIAL_FIRST + i, &byte, 1))
			return TRUE;
	return *identity->serial_number == '\0' ||
	       strcmp(identity->serial_number, step_serial(ctx)) == 0;
}

/* Firmware that was being downloaded is in the image that does not run, or it is not whole. */
static gboolean look_at_firmware(struct step_context *ctx, enum write_how *how, char **words,
                                 GError **error)
{
	struct firmware_info info;
	g_autofree char *text = NULL;

	if (!firmware_info_read(step_module(ctx), &info, step_bounds(ctx), error))
		return FALSE;
	text = firmware_info_text(&info);
	*how = firmware_running(&info) == FIRMWARE_PLACES ? WRITE_DAMAGED : WRITE_STORED;
	*words = g_strdup_printf("the module runs, and holds %s", text);
	return TRUE;
}

static gboolean make_good(struct step_context *ctx, struct write_history *history,
                          struct write_store *store, GError **error)
{
	const struct write_recovery recovery = {step_module(ctx), step_knobs(ctx), cycle, ctx};
	enum write_how how = WRITE_OPEN;
	g_autofree char *words = NULL;
	gboolean ok;

	if (!is_the_unit(ctx, store)) {
		step_check(ctx, "memory_whole", 0, FALSE,
		           "%s of run %s was not completed, and the module in the socket has "
		           "another serial number",
		           store->what, history->run);
		return TRUE;
	}
	ok = store->way == WRITE_COMMAND
	             ? look_at_firmware(ctx, &how, &words, error)
	             : write_recover(&recovery, store, &how, &words, step_bounds(ctx), error);
	if (!ok)
		return FALSE;
	step_note(ctx, "%s of run %s (%s) was not completed: %s", store->what, history->run,
	          store->time, words);
	step_check(ctx, "memory_whole", 0, how != WRITE_DAMAGED,
	           "damaged: %s of run %s was not completed: %s", store->what, history->run, words);
	return write_history_settle(history, store, how, words, step_record(ctx)->run_id, error);
}

static gboolean make_all_good(struct step_context *ctx, struct write_history *history,
                              GError **error)
{
	if (!write_history_n_open(history))
		return write_history_settle(history, NULL, WRITE_OPEN, NULL,
		                            step_record(ctx)->run_id, error);
	for (guint i = 0; i < history->stores->len; i++) {
		struct write_store *store = g_ptr_array_index(history->stores, i);

		if (write_store_is_open(store) && !make_good(ctx, history, store, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean any_open(const GPtrArray *histories)
{
	for (guint i = 0; i < histories->len; i++)
		if (write_history_n_open(g_ptr_array_index(histories, i)))
			return TRUE;
	return FALSE;
}

static gboolean recover(struct step_context *ctx, GError **error)
{
	g_autofree char *folder = step_writes_folder(ctx);
	g_autoptr(GPtrArray) histories =
		write_history_open(folder, step_serial(ctx), step_record(ctx)->run_id, error);

	if (!histories)
		return FALSE;
	if (any_open(histories) && !module_identify(step_module(ctx), step_bounds(ctx), error))
		return FALSE;
	for (guint i = 0; i < histories->len; i++)
		if (!make_all_good(ctx, g_ptr_array_index(histories, i), error))
			return FALSE;
	return TRUE;
}

static const struct step_param params[] = {
	{"off_time", "s", "500 ms", "supply off"},
	{"settle", "s", "100 ms", "from supply on to the first look at it"},
	{0},
};

const struct step_def step_recover = {
	.name = "recover",
	.help = "what an earlier run began to write to the module's memory and did not complete, "
		"made good",
	.scope = STEP_UNIT,
	.needs = 1u << INSTRUMENT_SUPPLY,
	.limit_s = 120,
	.params = params,
	.run = recover,
};
