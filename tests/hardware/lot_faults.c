/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/lot_run.h"

#include <string.h>

/*
 * A lot in which things happen: what is pulled out in the middle of a unit makes that unit an
 * ERROR, a bad unit is a FAIL, and the next one runs.
 */

/* A slow machine must keep pace. */
#define TIME_SCALE 100.0

static const char plan[] = "plan: something of everything\n"
			   "revision: \"1\"\n"
			   "types: {400GBASE-DR4: {}}\n"
			   "stage: final\n"
			   "corners: [{name: room, case: 25 degC, supply: 3.3 V}]\n"
			   "setup:\n"
			   "  - {step: power-up, on_fail: stop}\n"
			   "  - {step: identify, on_fail: stop}\n"
			   "  - {step: set-corner, on_fail: stop}\n"
			   "  - {step: bring-up, on_fail: stop}\n"
			   "main:\n"
			   "  - {step: tx-off, for: lanes}\n"
			   "  - {step: calibrate-begin, on_fail: stop}\n"
			   "  - {step: tx-li, for: lanes}\n"
			   "cleanup:\n"
			   "  - {step: power-down}\n";

static const char limits[] =
	"id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark\n"
	"tx_off,tx_off,*,,,-15,dBm,0.5,GATE,*,a test,C\n";

/* One after the other, each in a unit of its own. */
static const struct fault {
	const char *serial;
	enum whole_site_device device;
	const char *step; /* pulled when it begins */
	const char *name; /* said in the verdict, and when it is waited for */
} faults[] = {
	{"LOT00001", WHOLE_SITE_METER, "tx-off", "meter1"},
	{"LOT00002", WHOLE_SITE_HEAD, "set-corner", "thermal1"},
	{"LOT00003", WHOLE_SITE_BRIDGE, "bring-up", "fixture of site 1"},
};

#define BAD  "LOT00004"
#define GOOD "LOT00005"

struct course {
	guint i; /* of faults */
	gboolean is_out;
	guint ends;
};

static void hear(struct whole_site *site, const char *event, const char *what, void *data)
{
	struct course *course = data;
	const struct fault *fault = course->i < G_N_ELEMENTS(faults) ? &faults[course->i] : NULL;

	if (g_str_equal(event, "run-end")) {
		whole_site_assert_safe(site);
		course->ends++;
	} else if (!fault) {
		return;
	} else if (!course->is_out && g_str_equal(event, "step-start") &&
	           g_str_equal(what, fault->step)) {
		whole_site_pull(site, fault->device);
		course->is_out = TRUE;
	} else if (course->is_out && g_str_equal(event, "prompt") && strstr(what, fault->name) &&
	           strstr(what, "is gone")) {
		whole_site_put(site, fault->device);
		course->is_out = FALSE;
		course->i++;
	}
}

static void test_lot(void)
{
	static const char *const lot[] = {"LOT00001", "LOT00002", "LOT00003", BAD, GOOD, NULL};
	struct course course = {0};

	if (whole_site_missing())
		return;
	struct whole_site *site = whole_site_new(WHOLE_SITE_BRIDGED, TIME_SCALE);
	whole_site_write(site, "brief.yaml", plan);
	whole_site_write(site, "brief.csv", limits);
	whole_site_change(site, "plan: 400g.yaml", "plan: brief.yaml");
	whole_site_change(site, "limits: [400gbase-dr4.csv, 400g.csv, calibrate.csv]",
	                  "limits: [brief.csv]");
	/* simulated: what is put in again needs real time */
	whole_site_change(site, "\nstore:", "\nreconnect_limit: 20000 s\nstore:");
	whole_site_declare(site, BAD, "dead-lane:3");
	int status = lot_run(site, lot, hear, &course);
	for (guint i = 0; i < G_N_ELEMENTS(faults); i++)
		lot_assert_verdict(site, faults[i].serial, "ERROR", faults[i].name);
	lot_assert_verdict(site, BAD, "FAIL", "lane 3");
	lot_assert_verdict(site, GOOD, "PASS", NULL);
	g_assert_cmpint(status, ==, 4);
	g_assert_cmpuint(course.i, ==, G_N_ELEMENTS(faults));
	g_assert_cmpuint(course.ends, ==, 5);
	whole_site_free(site);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lot/faults", test_lot);
	return g_test_run();
}
