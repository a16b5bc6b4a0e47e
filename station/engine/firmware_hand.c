/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/firmware_hand.h"

#include "base/error.h"
#include "station/engine/hand.h"

#include <string.h>

void firmware_told_clear(struct firmware_told *told)
{
	g_free(told->module);
	g_free(told->before);
	g_free(told->now);
	g_free(told->ways);
	g_clear_pointer(&told->notes, g_ptr_array_unref);
	memset(told, 0, sizeof(*told));
}

gboolean firmware_password_parse(const char *text, guint32 *password, GError **error)
{
	g_autofree char *digits = g_strstrip(g_strdup(text));
	const char *hex = g_str_has_prefix(digits, "0x") ? digits + 2 : digits;
	gsize len = strlen(hex);

	if (len < 1 || len > 8 || strspn(hex, "0123456789abcdefABCDEF") != len) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the password is not a number of 1 to 8 hexadecimal digits");
		return FALSE;
	}
	*password = (guint32)g_ascii_strtoull(hex, NULL, 16);
	return TRUE;
}

static void tell_module(struct firmware_told *told, struct module *module)
{
	const struct cmis_identity *id = module_identity(module);

	told->module =
		g_strdup_printf("%s %s, serial %s, CMIS %u.%u", id->vendor_name, id->part_number,
	                        id->serial_number, id->cmis_major, id->cmis_minor);
}

/* How it takes a download, as 0041h says. */
static void tell_ways(struct firmware_told *told, struct module *module,
                      const struct bounds *bounds)
{
	struct cmis_cdb_features cdb;
	struct firmware_features features;

	if (!firmware_features_read(module, &cdb, &features, bounds, NULL))
		return;
	told->ways =
		g_strdup_printf("blocks of %" G_GSIZE_FORMAT
	                        " bytes by the %s payload, header of %" G_GSIZE_FORMAT
	                        " bytes, %s%s%s",
	                        features.block, features.by_epl ? "extended" : "local",
	                        features.header,
	                        cdb.background ? "answers while it works" : "silent while it works",
	                        features.abort ? ", can abort" : "",
	                        features.copy ? ", can copy an image" : "");
}

static gboolean show(struct firmware_told *told, struct module *module, const struct bounds *bounds,
                     GError **error)
{
	struct firmware_info info;

	if (!firmware_info_read(module, &info, bounds, error))
		return FALSE;
	told->now = firmware_info_text(&info);
	tell_ways(told, module, bounds);
	return TRUE;
}

static gboolean change(const struct firmware_call *call, struct firmware_told *told,
                       struct module *module, const struct bounds *bounds, GError **error)
{
	gsize size = 0;
	struct firmware_order order = {
		.version = call->version,
		.any_version = !call->has_version,
		.has_password = call->has_password,
		.password = call->password,
		.download_only = call->deed == FIRMWARE_DOWNLOAD && !call->run,
		.trial = call->deed == FIRMWARE_TRY ||
	                 (call->deed == FIRMWARE_DOWNLOAD && !call->keep),
		.progress = call->progress,
		.data = call->data,
	};
	struct firmware_outcome outcome;
	gboolean ok;

	if (call->deed == FIRMWARE_DOWNLOAD)
		order.file = g_bytes_get_data(call->file, &size);
	order.size = size;
	ok = firmware_update(module, &order, &outcome, bounds, error);
	if (outcome.before_known)
		told->before = firmware_info_text(&outcome.before);
	if (outcome.after_known)
		told->now = firmware_info_text(&outcome.after);
	told->resumed = outcome.resumed;
	told->restarted = outcome.restarted;
	told->reset = outcome.reset;
	return ok;
}

gboolean firmware_by_hand(const struct firmware_call *call, struct firmware_told *told,
                          const struct bounds *bounds, GError **error)
{
	const struct hand_world world = {.config = call->config};
	struct hand *hand = hand_new(&world, call->site);
	struct module *module;
	gboolean ok;

	memset(told, 0, sizeof(*told));
	told->notes = g_ptr_array_new_with_free_func(g_free);
	ok = (!call->serial || hand_load(hand, call->serial, bounds->cancellable, error)) &&
	     hand_power_up(hand, bounds->cancellable, error);
	if (ok) {
		module = hand_module(hand);
		tell_module(told, module);
		ok = call->deed == FIRMWARE_SHOW ? show(told, module, bounds, error)
		                                 : change(call, told, module, bounds, error);
	}
	hand_free(hand, told->notes);
	return ok;
}
