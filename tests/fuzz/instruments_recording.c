/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/recording.h"

#include <string.h>

/* What was read, written anew. */
static char *written(const struct recording_entry *entry)
{
	static const guint8 nothing[1];
	struct recording_event event = {
		.event = entry->event,
		.link = entry->link,
		.start_us = entry->start_us,
		.duration_us = entry->duration_us,
		.value = entry->value,
		.ops = entry->ops,
		.error = entry->error,
	};

	if (entry->data) {
		event.data = entry->data->data ? entry->data->data : nothing;
		event.len = entry->data->len;
	}
	return recording_line(&event);
}

/* A line that can be read, and whose event is one, means the same after it was written again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recording_entry entry, again;
	g_autoptr(GError) error = NULL;

	if (!recording_parse((const char *)data, size, &entry, &error)) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		return 0;
	}
	if (strpbrk(entry.event, "\"\\") == NULL && g_str_is_ascii(entry.event) &&
	    strspn(entry.event, "abcdefghijklmnopqrstuvwxyz") == strlen(entry.event)) {
		g_autofree char *line = written(&entry);
		g_assert_true(recording_parse(line, strlen(line) - 1, &again, &error));
		g_autofree char *twice = written(&again);
		g_assert_cmpstr(twice, ==, line);
		g_assert_cmpint(again.value, ==, entry.value);
		g_assert_cmpint(!again.data, ==, !entry.data);
		if (entry.data)
			g_assert_cmpmem(again.data->data, again.data->len, entry.data->data,
			                entry.data->len);
		recording_entry_clear(&again);
	}
	recording_entry_clear(&entry);
	return 0;
}
