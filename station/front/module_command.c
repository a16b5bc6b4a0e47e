/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/front/stoppable.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "station/engine/firmware_hand.h"
#include "station/front/decode_command.h"
#include "station/front/memory_command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A download of some megabytes over a slow bus, twice, and the module's own restart. */
#define LIMIT_S 7200.0

struct options {
	enum firmware_deed deed;
	int site;
	const char *file, *serial, *version, *password_file;
	gboolean run, keep;
};

/* --- options ---------------------------------------------------------------------------------- */

static gboolean take_deed(const char *word, enum firmware_deed *deed)
{
	static const char *const words[] = {"show", "download", "run", "commit", NULL};

	for (guint i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0) {
			*deed = (enum firmware_deed)i;
			return TRUE;
		}
	return FALSE;
}

/* The place of an option's value, or null when it is no option with one. */
static const char **place_of(struct options *o, const char *name, const char **site)
{
	const struct {
		const char *name;
		const char **place;
	} rows[] = {
		{"--site", site},
		{"--serial", &o->serial},
		{"--version", &o->version},
		{"--password-file", &o->password_file},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].place;
	return NULL;
}

static int parse_words(int argc, char **argv, struct options *o, const char **site)
{
	gboolean has_deed = FALSE;

	for (int i = 2; i < argc; i++) {
		const char **place = place_of(o, argv[i], site);

		if (place) {
			if (i + 1 >= argc)
				return front_usage(&cli_module, "%s wants a value", argv[i]);
			*place = argv[++i];
		} else if (strcmp(argv[i], "--run") == 0) {
			o->run = TRUE;
		} else if (strcmp(argv[i], "--commit") == 0) {
			o->run = o->keep = TRUE;
		} else if (argv[i][0] == '-') {
			return front_usage(&cli_module, "module firmware takes no \"%s\"", argv[i]);
		} else if (!has_deed) {
			has_deed = TRUE;
			if (!take_deed(argv[i], &o->deed))
				return front_usage(&cli_module,
				                   "\"%s\": show, download FILE, run or commit",
				                   argv[i]);
		} else if (o->deed == FIRMWARE_DOWNLOAD && !o->file) {
			o->file = argv[i];
		} else {
			return front_usage(&cli_module, "\"%s\" is one word too many", argv[i]);
		}
	}
	return EXIT_CODE_OK;
}

/* Null: there was none. */
static int refuse_action(const char *action)
{
	static const char *const names[] = {"firmware", "compare", "decode",
	                                    "dump",     "writes",  NULL};
	const char *near = action ? suggest_nearest(action, names) : NULL;

	if (!action)
		return front_usage(&cli_module,
		                   "module wants firmware, compare, decode, dump or writes");
	return front_usage(&cli_module, "module: there is no \"%s\"%s%s%s", action,
	                   near ? "; did you mean \""
	                        : ": firmware, compare, decode, dump or writes",
	                   near ? near : "", near ? "\"?" : "");
}

static int parse(int argc, char **argv, struct options *o)
{
	const char *site = NULL;
	gint64 number = 0;
	int code;

	if (argc < 2 || strcmp(argv[1], "firmware") != 0)
		return refuse_action(argc < 2 ? NULL : argv[1]);
	code = parse_words(argc, argv, o, &site);
	if (code != EXIT_CODE_OK)
		return code;
	if (!site)
		return front_usage(&cli_module, "which site? --site N");
	if (!number_parse_int(site, 1, G_MAXINT, &number, NULL))
		return front_usage(&cli_module, "\"--site %s\": a number from 1 on", site);
	o->site = (int)number;
	if (o->deed == FIRMWARE_DOWNLOAD && !o->file)
		return front_usage(&cli_module, "download wants a FILE");
	if (o->deed != FIRMWARE_DOWNLOAD && (o->run || o->version))
		return front_usage(&cli_module, "--run, --commit and --version belong to download");
	return EXIT_CODE_OK;
}

/* --- the work, with somebody who can end it --------------------------------------------------- */

struct job {
	struct firmware_call call;
	struct firmware_told told;
	GCancellable *stop;
	GError *error;
	gboolean ok;
	int signal;
	guint shown; /* per cent of the blocks that were told */
};

static void progress(enum firmware_phase phase, gsize done, gsize total, gpointer data)
{
	struct job *job = data;
	guint percent = total ? (guint)(100 * done / total) : 0;

	if (phase == FIRMWARE_DONE)
		return;
	if (phase != FIRMWARE_WRITE) {
		fprintf(stderr, "%s\n", firmware_phase_name(phase));
		job->shown = 0;
	} else if (done == 0 || percent >= job->shown + 10) {
		fprintf(stderr, "%s %3u %% (%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes)\n",
		        firmware_phase_name(phase), percent, done, total);
		job->shown = percent;
	}
}

static void do_job(gpointer data)
{
	struct job *job = data;
	const struct bounds bounds = {deadline_in_s(LIMIT_S), job->stop};

	job->ok = firmware_by_hand(&job->call, &job->told, &bounds, &job->error);
}

static void run_job(struct job *job)
{
	job->stop = g_cancellable_new();
	job->signal = stoppable_run("module", do_job, job, job->stop,
	                            "station: ends, and leaves the module with what it ran\n");
	g_object_unref(job->stop);
}

/* --- what came of it -------------------------------------------------------------------------- */

static void print_told(const struct job *job)
{
	const struct firmware_told *told = &job->told;

	if (told->module)
		printf("module: %s\n", told->module);
	if (told->before)
		printf("before: %s\n", told->before);
	if (told->now)
		printf("%s: %s\n", told->before ? "now" : "firmware", told->now);
	else if (told->before)
		printf("now: not known, the module does not tell\n");
	if (told->ways)
		printf("download: %s\n", told->ways);
	if (told->resumed || told->restarted || told->reset)
		printf("on the way: %u blocks sent again, %u downloads begun again%s\n",
		       told->resumed, told->restarted, told->reset ? ", the module was reset" : "");
	fflush(stdout);
	for (guint i = 0; told->notes && i < told->notes->len; i++)
		fprintf(stderr, "station: %s\n", (const char *)told->notes->pdata[i]);
}

static int finish(struct job *job)
{
	int code = EXIT_CODE_OK;

	print_told(job);
	if (job->signal) {
		if (job->error)
			fprintf(stderr, "station: %s\n", job->error->message);
		g_clear_error(&job->error);
		code = EXIT_CODE_SIGNAL + job->signal;
	} else if (!job->ok) {
		gboolean modules =
			g_error_matches(job->error, STATION_ERROR, STATION_ERROR_MODULE) ||
			g_error_matches(job->error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);

		code = front_fail(job->error);
		if (modules)
			code = EXIT_CODE_FAIL;
	}
	firmware_told_clear(&job->told);
	return code;
}

/* --- the files -------------------------------------------------------------------------------- */

static gboolean read_file(const char *path, GBytes **bytes, GError **error)
{
	g_autoptr(GError) cause = NULL;
	char *text = NULL;
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
		return FALSE;
	}
	*bytes = g_bytes_new_take(text, len);
	return TRUE;
}

static gboolean take_files(const struct options *o, struct firmware_call *call, GError **error)
{
	g_autoptr(GBytes) password = NULL;
	g_autofree char *text = NULL;

	call->run = o->run;
	call->keep = o->keep;
	call->serial = o->serial;
	call->deed = o->deed;
	call->has_version = o->version != NULL;
	call->has_password = o->password_file != NULL;
	if (o->version && !firmware_version_parse(o->version, &call->version, error))
		return FALSE;
	if (o->password_file) {
		if (!read_file(o->password_file, &password, error))
			return FALSE;
		text = g_strndup(g_bytes_get_data(password, NULL), g_bytes_get_size(password));
		if (!firmware_password_parse(text, &call->password, error)) {
			g_prefix_error(error, "%s: ", o->password_file);
			return FALSE;
		}
	}
	return o->deed != FIRMWARE_DOWNLOAD || read_file(o->file, &call->file, error);
}

static int run_module(struct front *front, int argc, char **argv)
{
	struct options options = {.deed = FIRMWARE_SHOW};
	gboolean is_memory = argc > 1 && memory_command_is(argv[1]);
	gboolean is_decode = argc > 1 && strcmp(argv[1], "decode") == 0;
	int code = is_memory || is_decode ? EXIT_CODE_OK : parse(argc, argv, &options);
	struct job job = {0};
	g_autoptr(config) config = NULL;
	g_autoptr(GBytes) file = NULL;
	GError *error = NULL;

	if (is_decode)
		return decode_command(argc, argv);
	if (is_memory)
		return memory_command(front, argc, argv);
	if (code != EXIT_CODE_OK)
		return code;
	config = front_config(front, &code);
	if (!config)
		return code;
	job.call = (struct firmware_call){
		.config = config,
		.site = config_site(config, options.site),
		.progress = progress,
		.data = &job,
	};
	if (!job.call.site)
		return front_usage(&cli_module, "the configuration has no site %d", options.site);
	if (!take_files(&options, &job.call, &error))
		return front_fail(error);
	file = job.call.file;
	clock_set_scale(config->time_scale);
	run_job(&job);
	return finish(&job);
}

const struct command cli_module = {
	.name = "module",
	.summary = "one module by hand: its firmware; what a run changed in its memory",
	.usage = "module firmware [show|download FILE|run|commit] --site N [--serial SN]\n"
		 "       [--version X.Y] [--run] [--commit] [--password-file FILE]\n"
		 "or: module compare RUN | compare A B | dump A | writes RUN [--json] [-o FILE]\n"
		 "or: module decode FILE [--page PAGE] [--field GLOB] [--sources] [--json]",
	.details =
		"Switches the module's supply on, keeps it in low power, no laser on; at the end\n"
		"it is off again. Takes site and supply from other stations meanwhile.\n\n"
		"firmware show            both images: versions, which runs, which is committed;\n"
		"                         how the module takes a download\n"
		"firmware download FILE   into the image that does not run, which is verified by\n"
		"                         the module; what runs stays. --run runs it until the\n"
		"                         next power-on, --commit runs and keeps it. Blocks that "
		"the\n"
		"                         bus lost are sent again; a module that has forgotten "
		"the\n"
		"                         download gets it once more\n"
		"firmware run             runs the other image, to see that it does\n"
		"firmware commit          runs the other image, and keeps it once it answers\n\n"
		"--site N              the site, as the configuration numbers it\n"
		"--serial SN           for a site with a loader: the unit that it puts in\n"
		"--version X.Y         what the file must turn out to be, or it is not run\n"
		"--password-file FILE  the module's password, 1 to 8 hexadecimal digits; it is\n"
		"                      shown nowhere\n\n"
		"An interruption at any point, by Ctrl-C, a lost bus or a dead computer, leaves "
		"the\n"
		"committed image as it is: the module answers with it after its next power-on, "
		"and\n"
		"\"show\" says what the other holds. Download again then.\n\n"
		"compare RUN   what the run changed in non-volatile memory: as it found the "
		"module, as\n"
		"              it left it, by the names of CMIS and of the knob map\n"
		"compare A B   the same of two of these: a RUN (or a serial number's latest), as "
		"it\n"
		"              left the module; a FILE that dump wrote; site:N, the module there "
		"now\n"
		"dump A        the image of one of these, to be kept\n"
		"writes RUN    what a run stored, and whether all of it is known to be whole\n"
		"--json        compare: as JSON\n"
		"-o FILE       write there instead of standard output\n\n"
		"decode FILE   what a file of a module's memory says, without a module; - is "
		"standard\n"
		"              input. Read are ethtool -m (hex on, raw on), i2cdump, hexdump "
		"-C, raw\n"
		"              bytes, what dump wrote\n"
		"--page PAGE   of these fields alone: 11h, or lower\n"
		"--field GLOB  of these fields alone: flag.*\n"
		"--sources     with the place in the standard\n"
		"--json        decode: as JSON, station(1) tells its members\n\n"
		"Exit code 0 done, 1 the module refused or failed, 2 usage, 3 configuration or "
		"file,\n"
		"4 station error, 5 in use by another station, 128+N ended by signal N.\n",
	.examples = "  station module firmware --site 1\n"
		    "  station module firmware download vb-1.5.bin --site 1 --version 1.5 "
		    "--commit \\\n"
		    "      --password-file ~/password\n"
		    "  station module firmware download vb-1.5.bin --site 1   # and later:\n"
		    "  station module firmware commit --site 1\n"
		    "  station module compare SN0815             # what did its last run change?\n"
		    "  station module dump site:1 -o sn0815.hex  # keep what it holds now\n"
		    "  station module compare sn0815.hex site:1  # has it changed since?\n"
		    "  station module writes SN0815              # was all of it completed?\n"
		    "  ethtool -m eth0 hex on | station module decode -  # of any computer\n",
	.run = run_module,
};
