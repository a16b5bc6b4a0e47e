/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

#include "base/error.h"

#include <string.h>

void step_record_identity(struct step_context *ctx)
{
	const struct cmis_identity *identity = module_identity(step_module(ctx));
	struct record_identity *out = &step_record(ctx)->identity;

	record_text(&out->vendor, identity->vendor_name);
	record_text(&out->part_number, identity->part_number);
	record_text(&out->serial, identity->serial_number);
	record_text(&out->revision, identity->revision);
	record_text(&out->date_code, identity->date_code);
	g_free(out->firmware);
	g_free(out->cmis_revision);
	out->firmware =
		g_strdup_printf("%u.%u", identity->firmware_major, identity->firmware_minor);
	out->cmis_revision = g_strdup_printf("%u.%u", identity->cmis_major, identity->cmis_minor);
}

/* A module that the station can read but not test: the record tells what stood in the socket. */
static void record_foreign(struct step_context *ctx, const char *reason)
{
	const struct sff8636_identity *identity = module_foreign_identity(step_module(ctx));
	struct record_identity *out = &step_record(ctx)->identity;

	if (!identity)
		return;
	record_text(&out->vendor, identity->vendor_name);
	record_text(&out->part_number, identity->part_number);
	record_text(&out->serial, identity->serial_number);
	record_text(&out->revision, identity->revision);
	record_text(&out->date_code, identity->date_code);
	step_check(ctx, "id_module_kind", 0, FALSE, "%s", reason);
}

/* What the module does otherwise than the standard, and the station puts up with. */
static void record_quirks(struct step_context *ctx)
{
	const struct module *module = step_module(ctx);
	const GPtrArray *quirks = module_quirks(module);

	for (guint i = 0; i < quirks->len; i++) {
		g_autofree char *text = module_quirk_text(module, g_ptr_array_index(quirks, i));

		step_remark(ctx, "quirk %s", text);
	}
}

/* A wrong checksum is a finding about the unit, not the end of the looking. */
static gboolean check_checksums(struct step_context *ctx, GError **error)
{
	g_autoptr(GError) local = NULL;
	gboolean ok = module_check_checksums(step_module(ctx), step_bounds(ctx), &local);

	if (!ok && !g_error_matches(local, STATION_ERROR, STATION_ERROR_MODULE)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	step_check(ctx, "id_checksum", 0, ok, "%s", ok ? "" : local->message);
	return TRUE;
}

/* A module that this plan still tells who it is may have no name yet. */
static void check_text(struct step_context *ctx, const char *id, const char *field, const char *is,
                       const char *should)
{
	gboolean is_new = *is == '\0' && personal_policy_sets(step_personal(ctx), field);

	step_check(ctx, id, 0, is_new || strcmp(is, should) == 0,
	           "the module says \"%s\", the lot says \"%s\"", is, should);
}

static gboolean identify(struct step_context *ctx, GError **error)
{
	const struct cmis_identity *identity;
	g_autoptr(GError) local = NULL;

	if (!module_identify(step_module(ctx), step_bounds(ctx), &local)) {
		record_foreign(ctx, local->message);
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	identity = module_identity(step_module(ctx));
	step_record_identity(ctx);
	record_quirks(ctx);
	check_text(ctx, "id_part_number", "part_number", identity->part_number,
	           step_part_number(ctx));
	check_text(ctx, "id_serial", "serial", identity->serial_number, step_serial(ctx));
	return check_checksums(ctx, error) &&
	       module_tell_found(step_module(ctx), step_bounds(ctx), error);
}

const struct step_def step_identify = {
	.name = "identify",
	.help = "identity against the lot, checksums of the identity pages",
	.scope = STEP_UNIT,
	.limit_s = 60,
	.run = identify,
};
