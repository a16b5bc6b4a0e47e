/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/action.h"
#include "station/operator/desk_parts.h"
#include "station/operator/words.h"

#include <string.h>

/* --- lots ---------------------------------------------------------------------------------------
 */

void desk_take_lot(struct desk *desk, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;
	struct lot_file *lot;

	if (desk_is_busy(desk)) {
		desk_refuse(desk, _("Units are being tested: the lot cannot change now"));
		return;
	}
	lot = WORLD(desk, lot, name, &error);
	if (!lot) {
		desk_refuse(desk, "%s", error->message);
		return;
	}
	lot_file_free(desk->lot);
	desk->lot = lot;
	memset(&desk->lot_counts, 0, sizeof desk->lot_counts);
	g_array_set_size(desk->causes, 0);
	words = g_strdup_printf(_("Lot %s, %u units"), lot->name, lot->units->len);
	desk_say(desk, LOOK_TEXT, words);
	desk_log(desk, "lot", lot->name);
	WORLD(desk, ask_counts, lot->name);
}

/* --- units --------------------------------------------------------------------------------------
 */

static const struct lot_unit *unit_of_lot(const struct desk *desk, const char *serial)
{
	for (guint i = 0; desk->lot && i < desk->lot->units->len; i++) {
		const struct lot_unit *unit = g_ptr_array_index(desk->lot->units, i);
		if (strcmp(unit->serial, serial) == 0)
			return unit;
	}
	return NULL;
}

static gboolean is_busy(const struct desk_site *site)
{
	return site->view->state == SITE_CHECKING || site->view->state == SITE_RUNNING;
}

static gboolean fits(const struct desk *desk, const struct desk_site *site,
                     const struct lot_unit *unit)
{
	const struct config *config = desk->setup.config;
	g_autofree char *misfit = config_misfit(config_site(config, site->view->site),
	                                        config_product(config, unit->part_number));

	return !misfit && (!unit->site || unit->site == site->view->site);
}

/* Free, with everything seen that has to be. */
static gboolean is_open(const struct desk *desk, const struct desk_site *site,
                        const struct lot_unit *unit)
{
	return !is_busy(site) && site->view->acknowledged && fits(desk, site, unit);
}

/* The open site whose module came last; else the only open one. Null: nobody knows, of n_open. */
static struct desk_site *likely_site(const struct desk *desk, const struct lot_unit *unit,
                                     guint *n_open)
{
	struct desk_site *latest = NULL, *open = NULL;

	*n_open = 0;

	for (guint i = 0; i < desk->sites->len; i++) {
		struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (!is_open(desk, site, unit))
			continue;
		(*n_open)++;
		open = site;
		if (site->present && site->view->state == SITE_IDLE &&
		    (!latest || site->present_us > latest->present_us))
			latest = site;
	}
	if (latest)
		return latest;
	return *n_open == 1 ? open : NULL;
}

/* Where a unit goes; null with the reason told. */
static struct desk_site *site_for(struct desk *desk, const struct lot_unit *unit, int wanted)
{
	int number = wanted ? wanted : desk->named_site ? desk->named_site : unit->site;
	guint n_open = 1;
	struct desk_site *site;

	if (!number && desk->sites->len == 1)
		number = ((struct desk_site *)g_ptr_array_index(desk->sites, 0))->view->site;
	site = number ? desk_site(desk, number) : likely_site(desk, unit, &n_open);
	if (!site && !n_open)
		desk_refuse(desk, _("No site is free for %s now"), unit->serial);
	else if (!site)
		desk_refuse(desk, _("Which site is %s for? Scan SITE:1 or so first"), unit->serial);
	else if (is_busy(site))
		desk_refuse(desk, _("Site %d is testing %s: this scan was not taken"),
		            site->view->site, site->view->serial);
	else if (!site->view->acknowledged)
		desk_refuse(desk,
		            _("Site %d: press Enter when you have seen why %s was not passed"),
		            site->view->site, site->view->serial);
	else if (!fits(desk, site, unit))
		desk_refuse(desk, _("%s (%s) does not fit site %d"), unit->serial,
		            unit->part_number, site->view->site);
	else
		return site;
	return NULL;
}

static gboolean is_elsewhere(const struct desk *desk, const char *serial)
{
	for (guint i = 0; i < desk->sites->len; i++) {
		const struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (is_busy(site) && strcmp(site->view->serial, serial) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Everything that can be said of a unit without the store. */
static const struct lot_unit *check_unit(struct desk *desk, const char *serial)
{
	const struct lot_unit *unit = unit_of_lot(desk, serial);

	if (desk->leaving)
		desk_refuse(desk, _("The terminal is closing: no unit is begun any more"));
	else if (desk->calibration_over)
		desk_refuse(desk, _("No unit can be tested: calibration is over (%s)"),
		            desk->calibration);
	else if (desk->store_fault[0] != '\0' && desk_is_busy(desk))
		desk_refuse(desk, _("No further unit: the store does not take records"));
	else if (!operator_policy_serial_fits(desk->setup.config->operator_policy, serial))
		desk_refuse(desk, _("\"%s\" is no serial number of ours: scan the unit again"),
		            serial);
	else if (!desk->lot)
		desk_refuse(desk, _("Scan or choose (F3) a lot first"));
	else if (!unit)
		desk_refuse(desk, _("%s is not in lot %s"), serial, desk->lot->name);
	else if (is_elsewhere(desk, serial))
		desk_refuse(desk, _("%s is being tested already"), serial);
	else
		return unit;
	return NULL;
}

void desk_take_unit(struct desk *desk, const char *serial, int wanted)
{
	const struct lot_unit *unit = check_unit(desk, serial);
	struct desk_site *site = unit ? site_for(desk, unit, wanted) : NULL;

	if (!site)
		return;
	desk->named_site = 0;
	desk->message[0] = '\0';
	site_view_begin(site->view, serial);
	site->wanted = TRUE;
	site->aborting = FALSE;
	g_strlcpy(site->part_number, unit->part_number, sizeof site->part_number);
	g_strlcpy(site->lot, desk->lot->name, sizeof site->lot);
	WORLD(desk, ask_unit, site->view->site, serial, desk->lot->name);
}

/* A unit that was touched by hand after it passed has not passed. */
static void count_runs(const GPtrArray *runs, gboolean *passed, guint *failed)
{
	*passed = FALSE;
	*failed = 0;
	for (guint i = 0; i < runs->len; i++) {
		const struct store_run *run = g_ptr_array_index(runs, i);
		*passed = *passed || (run->verdict == VERDICT_PASS && !run->touched);
		*failed += run->verdict == VERDICT_FAIL;
	}
}

static void run_unit(struct desk *desk, struct desk_site *site)
{
	struct engine_unit unit = {
		.serial = site->view->serial,
		.part_number = site->part_number,
		.lot = site->lot,
		.lot_sha256 = desk->lot->sha256,
		.operator_name = desk->person.name,
		.number = MIN(desk->lot_counts.units + 1, desk->lot->units->len),
		.of = desk->lot->units->len,
	};
	g_autoptr(GError) error = NULL;

	if (WORLD(desk, run, site->view->site, &unit, &error))
		return;
	site_view_refuse(site->view);
	desk_refuse(desk, "%s", error->message);
}

void desk_unit_runs(struct desk *desk, int number, const char *serial, GPtrArray *runs)
{
	guint retests = desk->setup.config->operator_policy->retests;
	struct desk_site *site = desk_site(desk, number);
	gboolean passed;
	guint failed;

	/* it may have been aborted, or another one scanned */
	if (site && site->wanted && strcmp(site->view->serial, serial) == 0) {
		site->wanted = FALSE;
		count_runs(runs, &passed, &failed);
		if (passed || failed > retests)
			site_view_refuse(site->view);
		if (passed)
			desk_refuse(desk, _("%s has passed already in this lot"), serial);
		else if (failed > retests)
			desk_refuse(desk, _("%s failed %u times: it may not be tested again"),
			            serial, failed);
		else
			run_unit(desk, site);
	}
	g_ptr_array_unref(runs);
}

void desk_unit_unknown(struct desk *desk, int number, const char *serial, const char *why)
{
	struct desk_site *site = desk_site(desk, number);

	if (!site || !site->wanted || strcmp(site->view->serial, serial) != 0)
		return;
	site->wanted = FALSE;
	site_view_refuse(site->view);
	desk_refuse(desk, "%s", why);
}

/* --- lines --------------------------------------------------------------------------------------
 */

static void take_command(struct desk *desk, const char *word)
{
	const struct action *action = action_of_command(word);

	if (!action)
		desk_refuse(desk, _("There is no command \"%s\": F1 shows them"), word);
	else if (!action->is_open(desk))
		desk_refuse(desk, _("\"%s\" is not possible now"), word);
	else
		action->run(desk);
}

static void take_badge(struct desk *desk, const char *badge)
{
	if (strcmp(badge, desk->person.badge) == 0)
		return;
	if (desk->person.badge[0] != '\0') {
		desk_refuse(desk, _("%s is logged in: F2 hands over"), desk->person.name);
		return;
	}
	g_strlcpy(desk->badge, badge, sizeof desk->badge);
	desk->refusal[0] = '\0';
	desk->dialog = DIALOG_PIN;
}

static void take_site(struct desk *desk, int number)
{
	struct desk_site *site = desk_site(desk, number);
	g_autofree char *words = NULL;

	if (!site) {
		desk_refuse(desk, _("There is no site %d"), number);
		return;
	}
	desk->named_site = number;
	if (desk->sites->len > 1)
		desk_zoom(desk, desk_index(desk, site));
	words = g_strdup_printf(_("Site %d: scan the unit"), number);
	desk_say(desk, LOOK_TEXT, words);
}

/*
 * A plain word is a serial number; without a lot it may be the name of one. The lot on a unit's
 * label may be its maker's: it chooses one where none is chosen, and changes none.
 */
static void take_words(struct desk *desk, const struct label *label)
{
	const char *serial = label->serial ? label->serial : label->plain;
	const char *name = label->lot ? label->lot : desk->lot ? NULL : label->plain;

	if (name && !(desk->lot && (label->serial || strcmp(desk->lot->name, name) == 0)))
		desk_take_lot(desk, name);
	else if (serial)
		desk_take_unit(desk, serial, 0);
}

static void take_label(struct desk *desk, const struct label *label)
{
	if (label->command)
		take_command(desk, label->command);
	else if (desk->dialog == DIALOG_BADGE && (label->badge || label->plain))
		take_badge(desk, label->badge ? label->badge : label->plain);
	else if (!desk_is_logged_in(desk))
		desk_refuse(desk, _("Log in first: scan your badge"));
	else if (desk->dialog != DIALOG_NONE)
		desk_refuse(desk, _("Answer first: Enter or Esc. The scan was not taken"));
	else if (label->badge)
		take_badge(desk, label->badge);
	else if (label->site)
		take_site(desk, label->site);
	else
		take_words(desk, label);
}

void desk_line(struct desk *desk, const char *line, gboolean scanned)
{
	const struct operator_policy *policy = desk->setup.config->operator_policy;
	const struct label_rules rules = {policy->prefix, policy->suffix};
	struct label label = {0};
	g_autoptr(GError) error = NULL;

	desk->message[0] = '\0';
	if (dialog_line(desk, line))
		return;
	if (label_parse(line, &rules, &label, &error))
		take_label(desk, &label);
	else
		desk_refuse(desk, "%s", error->message);
	label_clear(&label);
}
