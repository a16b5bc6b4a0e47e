/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/lot_file.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD      "serial,part_number\n"
#define HEAD_SITE "serial,part_number,site\n"

/* Two sites, 1 and 4, and three products: for the one, for the other, for neither. */
struct place {
	struct config config;
	struct config_site sites[2];
	struct config_product products[3];
	struct optical_type types[3];
	char *folder, *path;
};

static void place_init(struct place *p)
{
	static const double reach_m[] = {500, 2000, 10000};

	memset(p, 0, sizeof *p);
	p->config.sites = g_ptr_array_new();
	p->config.products = g_ptr_array_new();
	p->sites[0].site = 1;
	p->sites[1].site = 4;
	p->products[0].part_number = (char *)"DR4-500";
	p->products[1].part_number = (char *)"FR4-2K";
	p->products[2].part_number = (char *)"LR4-10K";
	for (guint i = 0; i < 3; i++) {
		p->types[i].name = p->products[i].part_number;
		p->types[i].wdm = i > 0;
		p->types[i].tdecq_by_fibre = TRUE;
		p->types[i].reach_m = reach_m[i];
		p->products[i].optics = &p->types[i];
		p->products[i].form_factor = (char *)"QSFP-DD";
		g_ptr_array_add(p->config.products, &p->products[i]);
	}
	for (guint i = 0; i < 2; i++) {
		p->sites[i].form_factor = (char *)"QSFP-DD";
		p->sites[i].wdm = i > 0;
		p->sites[i].fibre_m = reach_m[i];
		g_ptr_array_add(p->config.sites, &p->sites[i]);
	}
	p->folder = g_dir_make_tmp("lot-XXXXXX", NULL);
	p->path = g_build_filename(p->folder, "LOT-7.csv", NULL);
}

static void place_done(struct place *p)
{
	g_unlink(p->path);
	g_rmdir(p->folder);
	g_free(p->folder);
	g_free(p->path);
	g_ptr_array_unref(p->config.sites);
	g_ptr_array_unref(p->config.products);
}

static struct lot_file *load(struct place *p, const char *text, GError **error)
{
	g_assert_true(g_file_set_contents(p->path, text, -1, NULL));
	return lot_file_load(p->path, &p->config, error);
}

static void test_good(void)
{
	struct place p;
	GError *error = NULL;

	place_init(&p);
	g_autoptr(lot_file) lot = load(&p,
	                               "# a comment\nserial,part_number,site\n"
	                               "SN1,DR4-500,\n"
	                               "\"SN,2\",FR4-2K, 4\n",
	                               &error);
	g_assert_no_error(error);
	g_assert_cmpstr(lot->name, ==, "LOT-7");
	g_assert_cmpstr(lot->path, ==, p.path);
	g_assert_cmpuint(strlen(lot->sha256), ==, 64);
	g_assert_cmpuint(lot->units->len, ==, 2);
	const struct lot_unit *a = g_ptr_array_index(lot->units, 0),
			      *b = g_ptr_array_index(lot->units, 1);
	g_assert_cmpstr(a->serial, ==, "SN1");
	g_assert_cmpint(a->site, ==, 0);
	g_assert_cmpint(a->line, ==, 3);
	g_assert_cmpstr(b->serial, ==, "SN,2");
	g_assert_cmpstr(b->part_number, ==, "FR4-2K");
	g_assert_cmpint(b->site, ==, 4);
	g_autoptr(lot_file) short_one = load(&p, "part_number,serial\nFR4-2K,X\n", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(short_one->units->len, ==, 1);
	place_done(&p);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{HEAD "A,DR4-500\nB,FR4-2K\nA,FR4-2K\n", "csv:4: serial number \"A\" is"},
		{HEAD "A,DR4-50\n", "csv:2: the configuration has no"},
		{HEAD "A,DR4-50\n", "did you mean \"DR4-500\"?"},
		{HEAD "A,other\n", "has no product \"other\""},
		{HEAD "A,\n", "has no product \"\""},
		{HEAD ",DR4-500\n", "csv:2: a unit without a serial"},
		{HEAD_SITE "A,DR4-500,2\n", "has no site \"2\""},
		{HEAD_SITE "A,DR4-500,0\n", "has no site \"0\""},
		{HEAD_SITE "A,DR4-500,1x\n", "has no site \"1x\""},
		{HEAD_SITE "A,DR4-500\n", "LOT-7.csv:2"},
		{HEAD_SITE "A,DR4-500,4\n",
	         "csv:2: DR4-500 cannot be run here: site 4: its light paths are wdm"},
		{HEAD "A,DR4-500\nB,LR4-10K\n",
	         "csv:3: LR4-10K cannot be run here: site 1: its light paths are parallel, those "
	         "of LR4-10K wdm; site 4: its fibre has 2000 m"},
		{"serial,part_numbr\nA,DR4-500\n", "part_number"},
		{"serial\nA\n", "part_number"},
		{"serial,part_number,colour\nA,DR4-500,red\n", "colour"},
		{HEAD, "a lot without units"},
		{"", "LOT-7.csv"},
	};
	struct place p;

	place_init(&p);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;

		g_assert_null(load(&p, bad[i].text, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
	place_done(&p);
}

static void test_absent(void)
{
	struct place p;
	GError *error = NULL;

	place_init(&p);
	g_assert_null(lot_file_load("/nonexistent/lot.csv", &p.config, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "/nonexistent/lot.csv"));
	g_clear_error(&error);
	place_done(&p);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/lot-file/good", test_good);
	g_test_add_func("/lot-file/refused", test_refused);
	g_test_add_func("/lot-file/absent", test_absent);
	return g_test_run();
}
