/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/discover_text.h"
#include "station/front/front.h"
#include "station/front/stoppable.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

#define TIMEOUT_S     3
#define TIMEOUT_MAX_S 3600

struct options {
	struct discover_options discover;
	gboolean json;
};

/* ---- options ---- */

static gboolean take_sources(const char *text, guint *sources)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);

	*sources = 0;
	for (guint i = 0; words[i]; i++) {
		int source = 0;
		while (source < DISCOVER_N_SOURCES &&
		       strcmp(words[i], discover_source_name((enum discover_source)source)) != 0)
			source++;
		if (source == DISCOVER_N_SOURCES)
			return FALSE;
		*sources |= 1u << source;
	}
	return *sources != 0;
}

static gboolean take_timeout(const char *text, double *timeout_s)
{
	return number_parse_double(text, timeout_s, NULL) && *timeout_s > 0 &&
	       *timeout_s <= TIMEOUT_MAX_S;
}

/* The value of "--name VALUE" or "--name=VALUE"; null when it is not that option. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
	gsize len = strlen(name);

	if (strncmp(argv[*i], name, len) != 0)
		return NULL;
	if (argv[*i][len] == '=')
		return argv[*i] + len + 1;
	if (argv[*i][len] || *i + 1 >= argc)
		return NULL;
	return argv[++*i];
}

static gboolean parse_options(int argc, char **argv, struct options *o, const char **wrong)
{
	struct discover_options *discover = &o->discover;

	for (int i = 1; i < argc; i++) {
		const char *value;

		*wrong = argv[i];
		if (strcmp(argv[i], "--json") == 0) {
			o->json = TRUE;
		} else if (strcmp(argv[i], "--loopback") == 0) {
			discover->loopback = TRUE;
		} else if (strcmp(argv[i], "--ask-serial") == 0) {
			discover->ask_serial = TRUE;
		} else if ((value = value_of("--only", argc, argv, &i))) {
			*wrong = value;
			if (!take_sources(value, &discover->sources))
				return FALSE;
		} else if ((value = value_of("--timeout", argc, argv, &i))) {
			*wrong = value;
			if (!take_timeout(value, &discover->timeout_s))
				return FALSE;
		} else {
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- the search, with somebody who can end it ---- */

struct search {
	const struct discover_options *options;
	GCancellable *stop;
	GPtrArray *notes;
	GPtrArray *found;
	GError *error;
	int signal; /* that ended it; 0: none */
};

static void do_search(gpointer data)
{
	struct search *search = data;

	search->found = discover(search->options, search->stop, search->notes, &search->error);
}

static int print_found(const struct options *options, const GPtrArray *found)
{
	g_autofree char *text = options->json ? discover_json(found) : discover_yaml(found);

	fputs(text, stdout);
	if (found->len == 0)
		fputs("station: no instrument was found\n", stderr);
	return EXIT_CODE_OK;
}

static int run_discover(struct front *front, int argc, char **argv)
{
	struct options options = {
		.discover = {.sources = (1u << DISCOVER_N_SOURCES) - 1, .timeout_s = TIMEOUT_S},
	};
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	struct search search = {.options = &options.discover, .stop = stop, .notes = notes};
	const char *wrong;
	int code;

	if (!parse_options(argc, argv, &options, &wrong))
		return front_usage(&cli_discover, "discover takes no \"%s\"", wrong);
	search.signal = stoppable_run("discover", do_search, &search, stop, NULL);
	if (search.signal) {
		g_clear_error(&search.error);
		g_clear_pointer(&search.found, g_ptr_array_unref);
		return EXIT_CODE_SIGNAL + search.signal;
	}
	for (guint i = 0; i < notes->len; i++)
		fprintf(stderr, "station: %s\n", (const char *)notes->pdata[i]);
	if (!search.found)
		return front_fail(search.error);
	code = print_found(&options, search.found);
	g_ptr_array_unref(search.found);
	return code;
}

const struct command cli_discover = {
	.name = "discover",
	.summary = "instruments that can be reached, as lines for the configuration",
	.usage = "discover [--only SOURCE,...] [--timeout S] [--ask-serial] [--loopback] [--json]",
	.details =
		"Looks for instruments, asks each who it is (*IDN?, nothing else) and prints an "
		"item\n"
		"of the configuration's list of instruments for each, once, by the best way that\n"
		"answered: HiSLIP, VXI-11, raw socket, USB, serial line. Comments tell maker, "
		"model,\n"
		"serial number, firmware, which driver knows it and the other ways. What no "
		"driver\n"
		"knows is a comment. Names, calibration dates and uncertainties are yours to fill "
		"in.\n\n"
		"--only SOURCE,...  look there only:\n"
		"                   vxi11   a broadcast on the networks of this machine\n"
		"                   mdns    LXI, HiSLIP, VXI-11 and raw SCPI services announced "
		"by\n"
		"                           mDNS; wants the program avahi-browse\n"
		"                   usb     USBTMC devices\n"
		"                   serial  serial lines\n"
		"--timeout S        end after so many seconds (3); half of it is for looking\n"
		"--ask-serial       send *IDN? to serial lines too, at 9600 and 115200 baud. "
		"Without\n"
		"                   it they are listed, and nothing is sent to them: not "
		"everything\n"
		"                   behind a serial line takes it well\n"
		"--loopback         of the network, this machine only\n"
		"--json             a JSON object a line for each instead\n\n"
		"Exit code 0 the search was done, whatever it found, 2 usage, 128+N ended by\n"
		"signal N.\n",
	.examples = "  station discover\n"
		    "  station discover --only usb,serial --ask-serial\n"
		    "  station discover --timeout 10 --json | jq .resource\n",
	.run = run_discover,
};
