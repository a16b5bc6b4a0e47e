/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/bytes.h"
#include "fixtures/firmware.h"
#include "tests/bench/module_bed.h"

#include <stdio.h>

/*
 * Firmware downloads into the simulated modules, and what each interruption leaves behind. One
 * kind of module runs commands in the foreground and takes extended payloads, the other in the
 * background and takes none.
 */
#define HEADER   32
#define PASSWORD 0x00001011u

static const char *const models[] = {"dr4", "osfp-dr4"};

/* An image as docs/virtual-module.md has it. Free with g_byte_array_unref. */
static GByteArray *image_new(const char *model, guint minor, guint len)
{
	GByteArray *image = g_byte_array_new();
	guint8 *header, *payload;

	g_byte_array_set_size(image, HEADER + len);
	header = image->data;
	payload = header + HEADER;
	memset(header, 0, HEADER);
	for (guint i = 0; i < len; i++)
		payload[i] = (guint8)(i * 7 + i / 256);
	memcpy(header, "VBFW", 4);
	header[4] = 1;
	header[5] = (guint8)minor;
	put_be16(header + 6, 7);
	put_be32(header + 8, len);
	put_be16(header + 12, bytes_crc16(payload, len));
	memcpy(header + 14, world_model_find(model)->part_number,
	       strlen(world_model_find(model)->part_number));
	put_be16(header + 30, bytes_crc16(header, 30));
	return image;
}

static struct firmware_order order_of(const GByteArray *image, guint minor)
{
	return (struct firmware_order){
		.file = image->data,
		.size = image->len,
		.version = {1, minor, 0},
		.has_password = TRUE,
		.password = PASSWORD,
	};
}

static char *holds(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	struct firmware_info info;

	firmware_info_read(bed->module, &info, &bed->bounds, &error);
	g_assert_no_error(error);
	return firmware_info_text(&info);
}

struct seen {
	enum firmware_phase last;
	guint blocks;
	gsize done;
};

static void watch(enum firmware_phase phase, gsize done, gsize total, gpointer data)
{
	struct seen *seen = data;

	g_assert_cmpint(phase, >=, seen->last);
	g_assert_cmpuint(done, <=, total);
	if (phase == FIRMWARE_WRITE) {
		g_assert_true(seen->blocks == 0 || done > seen->done);
		seen->blocks++;
		seen->done = done;
	}
	seen->last = phase;
}

static void test_update(gconstpointer data)
{
	const char *model = data;
	gboolean by_epl = g_str_equal(model, "dr4");
	struct bed *bed = bed_new(model, "");
	g_autoptr(GByteArray) image = image_new(model, 5, 5000);
	struct firmware_order order = order_of(image, 5);
	struct seen seen = {0};
	struct firmware_outcome outcome;
	g_autoptr(GError) error = NULL;
	g_autofree char *before = holds(bed);
	g_autofree char *after = NULL;
	g_autofree char *again = NULL;

	order.progress = watch;
	order.data = &seen;
	g_assert_cmpstr(before, ==, "A 1.4.0 running committed; B 1.3.0");
	firmware_update(bed->module, &order, &outcome, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpint(outcome.reached, ==, FIRMWARE_DONE);
	g_assert_cmpuint(outcome.resumed + outcome.restarted, ==, 0);
	g_assert_false(outcome.reset);
	g_assert_cmpuint(seen.blocks, ==, by_epl ? 3 : 44); /* of 2048 or 116 bytes */
	after = firmware_info_text(&outcome.after);
	g_assert_cmpstr(after, ==, "A 1.4.0; B 1.5.7 running committed");
	g_assert_cmpuint(module_identity(bed->module)->firmware_minor, ==, 5);
	/* it lasts */
	bed_supply(bed, FALSE);
	bed_supply(bed, TRUE);
	bed_wake(bed);
	again = holds(bed);
	g_assert_cmpstr(again, ==, after);
	bed_free(bed);
}

/* Tried, not committed: the next power-on brings the old one back. */
static void test_trial(gconstpointer data)
{
	const char *model = data;
	struct bed *bed = bed_new(model, "");
	g_autoptr(GByteArray) image = image_new(model, 5, 300);
	struct firmware_order order = order_of(image, 5);
	struct firmware_outcome outcome;
	g_autoptr(GError) error = NULL;
	g_autofree char *tried = NULL;
	g_autofree char *old = NULL;
	g_autofree char *copied = NULL;

	order.trial = TRUE;
	firmware_update(bed->module, &order, &outcome, &bed->bounds, &error);
	g_assert_no_error(error);
	tried = firmware_info_text(&outcome.after);
	g_assert_cmpstr(tried, ==, "A 1.4.0 committed; B 1.5.7 running");
	g_assert_true(module_reset(bed->module, &bed->bounds, &error));
	old = holds(bed);
	g_assert_cmpstr(old, ==, "A 1.4.0 running committed; B 1.5.7");
	g_assert_false(firmware_copy(bed->module, FIRMWARE_A, &bed->bounds, &error));
	g_assert_nonnull(strstr(error->message, "a password is wanted"));
	g_clear_error(&error);
	g_assert_true(module_enter_password(bed->module, PASSWORD, &bed->bounds, &error));
	firmware_copy(bed->module, FIRMWARE_A, &bed->bounds, &error);
	g_assert_no_error(error);
	copied = holds(bed);
	g_assert_cmpstr(copied, ==, "A 1.4.0 running committed; B 1.4.0");
	bed_free(bed);
}

/* --- interruptions --------------------------------------------------------------------------- */

enum {
	START = 0x101,
	WRITE_LPL = 0x103,
	WRITE_EPL = 0x104,
	COMPLETE = 0x107,
	RUN = 0x109,
	COMMIT = 0x10A
};
/* The download is done all the same. */
#define FINISHES NULL

static const char old_and_new[] = "A 1.4.0 running committed; B 1.5.7";
static const char old_alone[] = "A 1.4.0 running committed; B not whole";

static const struct interruption {
	const char *name;
	enum sim_cdb_spoil kind;
	guint command, nth;
	const char *left; /* what the module holds afterwards; FINISHES: the new one */
	guint resumed, restarted;
} interruptions[] = {
	{"start/restart", SIM_SPOIL_RESTART, START, 1, FINISHES, 0, 1},
	{"start/nack", SIM_SPOIL_NACK, START, 1, FINISHES, 0, 0},
	{"start/check-code", SIM_SPOIL_CHECK, START, 1, FINISHES, 0, 1},
	{"start/busy", SIM_SPOIL_BUSY, START, 1, FINISHES, 0, 1},
	{"start/power", SIM_SPOIL_POWER, START, 1, "A 1.4.0 running committed; B 1.3.0", 0, 0},
	{"first-block/restart", SIM_SPOIL_RESTART, WRITE_LPL, 1, FINISHES, 0, 1},
	{"first-block/nack", SIM_SPOIL_NACK, WRITE_LPL, 1, FINISHES, 1, 0},
	{"first-block/check-code", SIM_SPOIL_CHECK, WRITE_LPL, 1, FINISHES, 1, 0},
	{"first-block/busy", SIM_SPOIL_BUSY, WRITE_LPL, 1, FINISHES, 0, 1},
	{"first-block/power", SIM_SPOIL_POWER, WRITE_LPL, 1, old_alone, 0, 0},
	{"last-block/restart", SIM_SPOIL_RESTART, WRITE_LPL, 3, FINISHES, 0, 1},
	{"last-block/nack", SIM_SPOIL_NACK, WRITE_LPL, 3, FINISHES, 1, 0},
	{"last-block/check-code", SIM_SPOIL_CHECK, WRITE_LPL, 3, FINISHES, 1, 0},
	{"last-block/busy", SIM_SPOIL_BUSY, WRITE_LPL, 3, FINISHES, 0, 1},
	{"last-block/power", SIM_SPOIL_POWER, WRITE_LPL, 3, old_alone, 0, 0},
	{"complete/restart", SIM_SPOIL_RESTART, COMPLETE, 1, FINISHES, 0, 1},
	{"complete/nack", SIM_SPOIL_NACK, COMPLETE, 1, FINISHES, 0, 0},
	{"complete/check-code", SIM_SPOIL_CHECK, COMPLETE, 1, FINISHES, 0, 1},
	{"complete/busy", SIM_SPOIL_BUSY, COMPLETE, 1, FINISHES, 0, 1},
	{"complete/power", SIM_SPOIL_POWER, COMPLETE, 1, old_alone, 0, 0},
	{"run/restart", SIM_SPOIL_RESTART, RUN, 1, old_and_new, 0, 0},
	{"run/nack", SIM_SPOIL_NACK, RUN, 1, FINISHES, 0, 0},
	{"run/check-code", SIM_SPOIL_CHECK, RUN, 1, old_and_new, 0, 0},
	{"run/busy", SIM_SPOIL_BUSY, RUN, 1, old_and_new, 0, 0},
	{"run/power", SIM_SPOIL_POWER, RUN, 1, old_and_new, 0, 0},
	{"commit/restart", SIM_SPOIL_RESTART, COMMIT, 1, old_and_new, 0, 0},
	{"commit/nack", SIM_SPOIL_NACK, COMMIT, 1, FINISHES, 0, 0},
	{"commit/check-code", SIM_SPOIL_CHECK, COMMIT, 1, "A 1.4.0 committed; B 1.5.7 running", 0,
         0},
	{"commit/busy", SIM_SPOIL_BUSY, COMMIT, 1, old_and_new, 0, 0},
	{"commit/power", SIM_SPOIL_POWER, COMMIT, 1, old_and_new, 0, 0},
};

struct trial {
	const char *model;
	const struct interruption *of;
};

/* The record is right, the module answers, what runs is whole, and it still works. */
static void check_left(struct bed *bed, const struct interruption *of,
                       const struct firmware_outcome *outcome, const GError *error)
{
	const char *wanted = of->left ? of->left : "A 1.4.0; B 1.5.7 running committed";
	g_autofree char *told = firmware_info_text(&outcome->after);
	g_autofree char *now = NULL;
	struct module_monitors monitors;
	g_autoptr(GError) local = NULL;

	if (of->kind == SIM_SPOIL_POWER) {
		g_assert_false(outcome->after_known);
		g_assert_nonnull(strstr(error->message, "damaged"));
		bed_supply(bed, TRUE);
		bed_wake(bed);
	} else {
		g_assert_true(outcome->after_known);
		g_assert_cmpstr(told, ==, wanted);
		g_assert_true(of->left == FINISHES || strstr(error->message, wanted));
	}
	now = holds(bed);
	g_assert_cmpstr(now, ==, wanted);
	module_read_monitors(bed->module, &monitors, &bed->bounds, &local);
	g_assert_no_error(local);
}

static void test_interruption(gconstpointer data)
{
	const struct trial *trial = data;
	const struct interruption *of = trial->of;
	struct bed *bed = bed_new(trial->model, "");
	gboolean by_epl = g_str_equal(trial->model, "dr4");
	g_autoptr(GByteArray) image = image_new(trial->model, 5, by_epl ? 5000 : 300);
	struct firmware_order order = order_of(image, 5);
	struct firmware_outcome outcome;
	g_autoptr(GError) error = NULL;
	guint command = of->command == WRITE_LPL && by_epl ? WRITE_EPL : of->command;
	g_autofree char *before = NULL;
	gboolean ok;

	sim_module_spoil_cdb(bed->sim, of->kind, command, of->nth);
	ok = firmware_update(bed->module, &order, &outcome, &bed->bounds, &error);
	g_test_message("%s", error ? error->message : "done");
	g_assert_cmpint(ok, ==, of->left == FINISHES);
	before = firmware_info_text(&outcome.before);
	g_assert_cmpstr(before, ==, "A 1.4.0 running committed; B 1.3.0");
	check_left(bed, of, &outcome, error);
	if (of->kind != SIM_SPOIL_NACK && of->kind != SIM_SPOIL_POWER) {
		g_assert_cmpuint(outcome.resumed, ==, of->resumed);
		g_assert_cmpuint(outcome.restarted, ==, of->restarted);
	}
	/* and takes the download that nothing interrupts */
	if (!ok) {
		g_clear_error(&error);
		firmware_update(bed->module, &order, &outcome, &bed->bounds, &error);
		g_assert_no_error(error);
	}
	bed_free(bed);
}

/* --- refusals -------------------------------------------------------------------------------- */

/* The module keeps running what it ran, whatever it is given. */
static void refuse(const char *model, const char *defects, GByteArray *image, guint minor,
                   guint32 password, const char *why, const char *left)
{
	struct bed *bed = bed_new(model, defects);
	struct firmware_order order = order_of(image, minor);
	struct firmware_outcome outcome;
	g_autoptr(GError) error = NULL;
	g_autofree char *now = NULL;

	order.password = password;
	g_assert_false(firmware_update(bed->module, &order, &outcome, &bed->bounds, &error));
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, why));
	g_assert_null(strstr(error->message, "1011"));
	now = holds(bed);
	g_assert_cmpstr(now, ==, left);
	g_assert_true(!outcome.before_known || outcome.after_known);
	bed_free(bed);
}

static void test_refused(gconstpointer data)
{
	static const char untouched[] = "A 1.4.0 running committed; B 1.3.0";
	const char *model = data;
	g_autoptr(GByteArray) good = image_new(model, 5, 300);
	g_autoptr(GByteArray) bent = image_new(model, 5, 300);
	g_autoptr(GByteArray) foreign = image_new("fr4", 5, 300);
	g_autoptr(GByteArray) tiny = image_new(model, 5, 300);
	g_autoptr(GByteArray) text = image_new(model, 5, 300);

	bent->data[HEADER + 100] ^= 1;
	g_byte_array_set_size(tiny, 20);
	memcpy(text->data, "#!/b", 4);
	refuse(model, "", good, 5, 1, "start: start download (0101h): module: failed: a password",
	       untouched);
	refuse(model, "", good, 6, PASSWORD, "run: the image says version 1.5, not 1.6",
	       old_and_new);
	refuse(model, "", bent, 5, PASSWORD, "complete: complete download", old_alone);
	refuse(model, "", foreign, 5, PASSWORD, "code 32 of this command", untouched);
	refuse(model, "", text, 5, PASSWORD, "a parameter is out of range", untouched);
	refuse(model, "", tiny, 5, PASSWORD, "is no image", untouched);
	refuse(model, "bad-flash", good, 5, PASSWORD, "code 33 of this command", old_alone);
	refuse(model, "cdb-stuck", good, 5, PASSWORD, "write: block at 0: write ", old_alone);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint m = 0; m < G_N_ELEMENTS(models); m++) {
		g_autofree char *update = g_strdup_printf("/firmware/%s/update", models[m]);
		g_autofree char *trial = g_strdup_printf("/firmware/%s/trial", models[m]);
		g_autofree char *refused = g_strdup_printf("/firmware/%s/refused", models[m]);

		g_test_add_data_func(update, models[m], test_update);
		g_test_add_data_func(trial, models[m], test_trial);
		g_test_add_data_func(refused, models[m], test_refused);
		for (guint i = 0; i < G_N_ELEMENTS(interruptions); i++) {
			struct trial *of = g_new(struct trial, 1);
			g_autofree char *path = g_strdup_printf("/firmware/%s/interrupted/%s",
			                                        models[m], interruptions[i].name);

			*of = (struct trial){models[m], &interruptions[i]};
			g_test_add_data_func_full(path, of, test_interruption, g_free);
		}
	}
	return g_test_run();
}
