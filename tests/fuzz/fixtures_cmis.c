/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/unit.h"
#include "fixtures/cmis/cmis_vdm.h"
#include "fixtures/firmware.h"
#include "fixtures/module.h"

#include <math.h>
#include <string.h>

/*
 * A module's memory: 128 bytes of lower memory, then any number of a page's number and its 128
 * bytes. Every decoder reads it, through the bus and beside it; nothing is written but the page
 * selector.
 */
struct image {
	struct fixture base;
	guint8 lower[128];
	guint8 pages[256][128];
	gboolean has_page[256];
	guint8 page;
};

static gboolean transfer(struct fixture *fix, guint8 address, const guint8 *out, gsize n_out,
                         guint8 *in, gsize n_in, enum fixture_nack *nack,
                         const struct bounds *bounds, GError **error)
{
	struct image *image = (struct image *)fix;

	g_assert_cmpuint(n_out, >=, 1);
	for (gsize i = 1; i < n_out; i++) {
		guint byte = out[0] + (guint)i - 1;

		g_assert_true(byte == 126 || byte == 127);
		if (byte == 127)
			image->page = image->has_page[out[i]] ? out[i] : 0;
	}
	for (gsize i = 0; i < n_in; i++) {
		guint byte = out[0] + (guint)i;

		g_assert_cmpuint(byte, <, 256);
		in[i] = byte < 128 ? image->lower[byte] : image->pages[image->page][byte - 128];
		if (byte == 126)
			in[i] = 0;
		if (byte == 127)
			in[i] = image->page;
	}
	return TRUE;
}

static const struct fixture_ops ops = {.kind = "image", .transfer = transfer};

static void take_image(struct image *image, const uint8_t *data, size_t size)
{
	image->base.ops = &ops;
	image->base.form = g_strdup("QSFP-DD");
	image->has_page[0] = TRUE;
	memcpy(image->lower, data, MIN(size, sizeof(image->lower)));
	for (size_t at = sizeof(image->lower); at + 129 <= size; at += 129) {
		image->has_page[data[at]] = TRUE;
		memcpy(image->pages[data[at]], data + at + 1, 128);
	}
}

/* A text that can be shown, or an error that says why not. */
static void expect_text(char *text, const GError *error)
{
	g_assert_true((text != NULL) != (error != NULL));
	g_assert_true(!text || g_utf8_validate(text, -1, NULL));
	g_free(text);
}

/* From the image itself, beside the bus. */
static void decode_fields(const struct image *image)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);
	guint8 window[256];

	memcpy(window, image->lower, 128);
	for (guint i = 0; i < n; i++) {
		guint lanes = cmis_field_lanes(&fields[i]);

		memcpy(window + 128, image->pages[fields[i].page], 128);
		if (fields[i].type == CMIS_TEXT || fields[i].type == CMIS_BYTES)
			expect_text(cmis_field_text(&fields[i], window), NULL);
		else
			for (guint lane = lanes ? 1 : 0; lane <= lanes; lane++)
				cmis_field_raw(&fields[i], lane, window);
	}
}

/* First and last lane of the fields that the image has, and some of those that it has not. */
static void read_fields(const struct image *image, struct cmis_memory *memory,
                        const struct bounds *bounds)
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		guint lanes = cmis_field_lanes(&fields[i]);

		if (!image->has_page[fields[i].page] && i % 16)
			continue;
		for (guint lane = lanes ? 1 : 0; lane <= lanes; lane += MAX(lanes, 2) - 1) {
			g_autoptr(GError) error = NULL;
			char *text =
				cmis_read_display(memory, fields[i].name, lane, bounds, &error);

			expect_text(text, error);
		}
	}
}

static void read_identity(struct cmis_memory *memory, const struct bounds *bounds)
{
	static const char *const monitors[] = {"temperature", "vcc", "tx_power", "tx_bias",
	                                       "rx_power"};
	struct cmis_identity identity = {0};
	struct cmis_path paths[CMIS_MAX_LANES];
	struct cmis_durations durations;
	struct cmis_thresholds thresholds;
	struct cmis_checksum sum;

	if (cmis_identity_read(memory, &identity, bounds, NULL))
		for (guint i = 0; i < identity.n_applications; i++)
			g_assert_cmpuint(cmis_place_paths(&identity.applications[i], paths), <=,
			                 CMIS_MAX_LANES);
	for (guint8 page = 0; page < 3; page++)
		cmis_checksum_read(memory, page, &sum, bounds, NULL);
	if (cmis_durations_read(memory, &durations, bounds, NULL))
		g_assert_cmpfloat(durations.path_init_s, >, 0);
	for (guint i = 0; i < G_N_ELEMENTS(monitors); i++)
		cmis_read_thresholds(memory, monitors[i], &thresholds, bounds, NULL);
}

static void read_diagnostics(struct image *image, struct cmis_memory *memory,
                             const struct bounds *bounds)
{
	const guint8 *results = &image->pages[0x14][192 - 128];
	struct cmis_error_count counts[4];
	struct cmis_diagnostics diagnostics;
	double values[CMIS_MAX_LANES];

	cmis_diagnostics_read(memory, &diagnostics, bounds, NULL);
	cmis_decode_counts(results, counts);
	for (guint side = 0; side < CMIS_SIDES; side++) {
		cmis_decode_snr(results, (enum cmis_side)side, values);
		for (guint i = 0; i < CMIS_MAX_LANES; i++)
			g_assert_true(values[i] >= 0 && values[i] <= 256);
		cmis_decode_ber(results, (enum cmis_side)side, values);
		for (guint i = 0; i < CMIS_MAX_LANES; i++)
			g_assert_true(values[i] >= 0 && isfinite(values[i]));
	}
}

static void read_observables(struct image *image, struct cmis_memory *memory,
                             const struct bounds *bounds)
{
	g_autofree struct cmis_vdm *vdm = g_new0(struct cmis_vdm, 1);

	if (!cmis_vdm_read(memory, vdm, bounds, NULL))
		vdm->n = 0;
	for (guint group = 0; group < CMIS_VDM_GROUPS; group++) {
		cmis_vdm_decode_descriptors(image->pages[0x20 + group], group, vdm);
		cmis_vdm_decode_values(image->pages[0x24 + group], group, vdm);
		cmis_vdm_decode_thresholds(image->pages[0x28 + group], group, vdm);
	}
	cmis_vdm_decode_flags(image->pages[0x2C], vdm);
	g_assert_cmpuint(vdm->n, <=, G_N_ELEMENTS(vdm->items));
	for (guint i = 0; i < vdm->n; i++) {
		g_assert_cmpuint(vdm->items[i].lane, <=, 15);
		g_assert_cmpuint(vdm->items[i].flags, <=, 15);
		g_assert_true(vdm->items[i].type || isnan(vdm->items[i].value));
	}
}

static void read_commands(struct image *image)
{
	const guint8 *reply = image->pages[0x9F];
	gsize len = MIN(reply[134 - 128], CMIS_CDB_LPL);
	struct cmis_cdb_features cdb;
	struct firmware_features features;
	struct firmware_info info;
	g_autoptr(GError) error = NULL;

	cmis_cdb_features_decode(&image->pages[0x01][163 - 128], &cdb);
	g_assert_cmpuint(cdb.epl_bytes, <=, CMIS_CDB_EPL);
	g_assert_true(cdb.lpl_write >= 8 && cdb.lpl_write <= 128 && cdb.epl_write <= 128);
	if (firmware_features_decode(reply + 8, len, &cdb, &features, &error))
		g_assert_true(features.block > 0 && features.block <= CMIS_CDB_EPL &&
		              features.header <= CMIS_CDB_LPL - 8);
	else
		g_assert_nonnull(error);
	firmware_info_decode(reply + 8, len, &info);
	expect_text(firmware_info_text(&info), NULL);
	expect_text(cmis_cdb_status_text(image->lower[37]), NULL);
}

static void read_foreign(struct image *image, const struct bounds *bounds)
{
	struct sff8636_identity identity = {0};
	struct sff8636_monitors monitors;
	struct sff8636_flags flags;
	struct sff8636_thresholds thresholds;

	image->page = 0;
	sff8636_identity_read(&image->base, &identity, bounds, NULL);
	sff8636_monitors_read(&image->base, &monitors, bounds, NULL);
	sff8636_flags_read(&image->base, &flags, bounds, NULL);
	sff8636_thresholds_read(&image->base, &thresholds, bounds, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image *image = g_new0(struct image, 1);
	const struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(cmis_memory) memory = NULL;

	take_image(image, data, size);
	memory = cmis_memory_new(&image->base);
	read_identity(memory, &bounds);
	read_diagnostics(image, memory, &bounds);
	read_observables(image, memory, &bounds);
	read_commands(image);
	decode_fields(image);
	/* that looks each of them up by its name: not for a page that is cut short */
	if (size >= 128 && (size - 128) % 129 == 0)
		read_fields(image, memory, &bounds);
	read_foreign(image, &bounds);
	g_free(image->base.form);
	g_free(image);
	return 0;
}
