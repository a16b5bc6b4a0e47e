/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control_beside.h"

#include "base/error.h"
#include "bench/control_request.h"
#include "bench/sim_fixture_pins.h"

#include <string.h>

static gboolean set_parts(struct sim_fixture *fixture, JsonObject *request, GError **error)
{
	static const char *const parts[] = {"lid", "start", "tower", "none", NULL};
	gboolean has[G_N_ELEMENTS(parts)] = {FALSE};
	const char *text = NULL;

	if (!control_need_text(request, "parts", &text, error))
		return FALSE;
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	for (char **word = words; *word; word++) {
		guint i = 0;
		while (parts[i] && strcmp(parts[i], *word) != 0)
			i++;
		if (!parts[i]) {
			station_error_set(error, STATION_ERROR_RANGE,
			                  "\"parts\" are lid, start and tower, or none");
			return FALSE;
		}
		has[i] = TRUE;
	}
	sim_fixture_has_beside(fixture, has[0], has[1], has[2]);
	return TRUE;
}

static gboolean set_pin(struct sim_fixture *fixture, const char *pin, const char *high,
                        const char *low, JsonObject *request, GError **error)
{
	const char *how = NULL;

	if (!control_need_text(request, "switch", &how, error))
		return FALSE;
	gboolean level = strcmp(how, high) == 0;
	if (!level && strcmp(how, low) != 0) {
		station_error_set(error, STATION_ERROR_RANGE, "\"switch\" is %s or %s", high, low);
		return FALSE;
	}
	if (sim_fixture_set_beside(fixture, pin, level))
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED, "the fixture has no %s", pin);
	return FALSE;
}

gboolean control_beside(struct sim_fixture *fixture, JsonObject *request, GError **error)
{
	const char *command = json_object_get_string_member(request, "command");

	if (strcmp(command, "lid") == 0)
		return set_pin(fixture, "Lid", "close", "open", request, error);
	if (strcmp(command, "start") == 0)
		return set_pin(fixture, "Start", "press", "release", request, error);
	return set_parts(fixture, request, error);
}

void control_report_beside(JsonBuilder *reply, struct sim_fixture *fixture)
{
	gboolean level = FALSE;

	if (sim_fixture_beside(fixture, "Lid", &level)) {
		json_builder_set_member_name(reply, "lid");
		json_builder_add_string_value(reply, level ? "closed" : "open");
	}
	if (sim_fixture_beside(fixture, "Start", &level)) {
		json_builder_set_member_name(reply, "start");
		json_builder_add_string_value(reply, level ? "pressed" : "released");
	}
	if (!sim_fixture_beside(fixture, "TowerRed", &level))
		return;
	json_builder_set_member_name(reply, "tower");
	json_builder_begin_array(reply);
	for (guint i = FIXTURE_BESIDE_FIRST_LAMP; fixture_beside_pins[i]; i++)
		if (sim_fixture_beside(fixture, fixture_beside_pins[i], &level) && level)
			json_builder_add_string_value(reply,
			                              fixture_beside_pins[i] + strlen("Tower"));
	json_builder_end_array(reply);
}
