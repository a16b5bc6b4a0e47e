/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/decode_command.h"

#include "base/error.h"
#include "station/front/front.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOWER_HALF 128

static gboolean take_page(const char *text, int *page)
{
	guint found = 0;
	gboolean ok = module_page_parse(text, &found);

	*page = (int)found;
	return ok;
}

/* Null, or what is wrong; free with g_free. */
static char *parse(int argc, char **argv, struct decode_call *call)
{
	for (int i = 2; i < argc; i++) {
		gboolean is_page = strcmp(argv[i], "--page") == 0;
		gboolean is_field = strcmp(argv[i], "--field") == 0;

		if ((is_page || is_field) && i + 1 == argc)
			return g_strdup_printf("\"%s\" wants a value", argv[i]);
		if (is_field)
			call->field = argv[++i];
		else if (is_page && !take_page(argv[++i], &call->page))
			return g_strdup_printf("\"--page %s\": 11h, or lower", argv[i]);
		else if (is_page)
			continue;
		else if (strcmp(argv[i], "--json") == 0)
			call->json = TRUE;
		else if (strcmp(argv[i], "--sources") == 0)
			call->sources = TRUE;
		else if (argv[i][0] == '-' && argv[i][1])
			return g_strdup_printf("there is no option \"%s\"", argv[i]);
		else if (call->file)
			return g_strdup_printf("\"%s\" is too much", argv[i]);
		else
			call->file = argv[i];
	}
	return call->file ? NULL : g_strdup("which FILE? \"-\" is standard input");
}

gboolean decode_wants(const struct decode_call *call, const struct image_field *field)
{
	int page = field->row->byte < LOWER_HALF ? MODULE_LOWER_PAGE : field->row->page;

	return (call->page < 0 || call->page == page) &&
	       (!call->field || g_pattern_match_simple(call->field, field->row->name));
}

/* A page or a name that finds nothing is told, not answered with silence. */
static gboolean check_wanted(const struct decode_call *call, const struct image_decoded *decoded,
                             GError **error)
{
	if (call->page < 0 && !call->field)
		return TRUE;
	for (guint i = 0; i < decoded->fields->len; i++)
		if (decode_wants(call, &g_array_index(decoded->fields, struct image_field, i)))
			return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: there is no such field in this image",
	                  call->file);
	return FALSE;
}

int decode_command(int argc, char **argv)
{
	struct decode_call call = {.page = -1};
	struct module_decoding decoding;
	g_autofree char *wrong = parse(argc, argv, &call);
	g_autofree char *text = NULL;
	GError *error = NULL;
	int code = EXIT_CODE_OK;

	if (wrong)
		return front_usage(&cli_module, "module decode: %s", wrong);
	call.colour = !call.json && isatty(STDOUT_FILENO) && !g_getenv("NO_COLOR");
	if (!module_decode_file(call.file, &decoding, &error))
		return front_fail(error);
	if (check_wanted(&call, decoding.decoded, &error)) {
		text = call.json ? decode_json(&call, &decoding) : decode_text(&call, &decoding);
		fputs(text, stdout);
	} else {
		code = front_fail(error);
	}
	module_decoding_clear(&decoding);
	return code;
}
