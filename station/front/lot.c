/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/event_json.h"
#include "station/front/front.h"
#include "station/front/lot_calibration.h"
#include "station/engine/lot_file.h"
#include "station/front/lot_outlook.h"
#include "station/front/lot_record.h"
#include "station/front/lot_reports.h"
#include "station/front/lot_units.h"
#include "station/front/lot_usage.h"
#include "station/front/lot_view.h"
#include "station/front/telling.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "station/engine/recover.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EVENTS_MAX 4096
#define POP_S      0.1
/* How long a lot's end waits for who is to be told of it; they are told later then. */
#define TELL_S         10.0
#define TELL_ABORTED_S 2.0

struct options {
	const char *lot;
	const char *operator_name;
	const char *record, *replay; /* folders; null: not asked for */
	int site;                    /* 0: all */
	gboolean json, dry_run, resume, again;
	guint stop_after; /* 0: never */
};

struct lot_run {
	const struct options *options;
	const struct config *config;
	const struct lot_file *lot;
	struct store *store;
	struct engine *engine;
	struct event_queue *events;
	struct lot_view *view;
	struct telling *telling;
	struct lot_units units;
	guint started, ended;
	guint busy_sites;
	guint in_other_hands; /* units that somebody else has not judged yet, at the end */
	GHashTable *down;     /* sites that nothing more is begun at */
	gboolean lost;        /* a record could not be stored: nothing more is started */
	char *folder;         /* where this lot's reports go */
};

/* The only thing a signal handler may touch. */
static volatile sig_atomic_t caught_signal;

static void on_signal(int number)
{
	caught_signal = number;
}

static void catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

/* --- options ------------------------------------------------------------------------------------
 */

static gboolean take_number(const char *text, guint max, guint *out)
{
	gint64 value;

	if (!text || !number_parse_int(text, 1, max, &value, NULL))
		return FALSE;
	*out = (guint)value;
	return TRUE;
}

static gboolean parse_options(int argc, char **argv, struct options *o, const char **wrong)
{
	guint site = 0;

	for (int i = 0; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		*wrong = argv[i];
		if (g_str_has_prefix(argv[i], "--lot="))
			o->lot = argv[i] + strlen("--lot=");
		else if (strcmp(argv[i], "--lot") == 0 && next)
			o->lot = argv[++i];
		else if (strcmp(argv[i], "--operator") == 0 && next)
			o->operator_name = argv[++i];
		else if (strcmp(argv[i], "--record") == 0 && next)
			o->record = argv[++i];
		else if (strcmp(argv[i], "--replay") == 0 && next)
			o->replay = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			o->json = TRUE;
		else if (strcmp(argv[i], "--dry-run") == 0)
			o->dry_run = TRUE;
		else if (strcmp(argv[i], "--resume") == 0)
			o->resume = TRUE;
		else if (strcmp(argv[i], "--again") == 0)
			o->again = TRUE;
		else if (strcmp(argv[i], "--no-input") == 0)
			continue; /* this mode never asks */
		else if (strcmp(argv[i], "--site") == 0 && take_number(next, 64, &site))
			i++;
		else if (strcmp(argv[i], "--stop-after") == 0 &&
		         take_number(next, G_MAXINT, &o->stop_after))
			i++;
		else
			return FALSE;
	}
	o->site = (int)site;
	*wrong = o->lot ? "--record, --replay and --resume with each other, or --again with the "
	                  "last two"
	                : "--lot without a file";
	return o->lot && !!o->record + !!o->replay + o->resume < 2 &&
	       !!o->replay + o->resume + o->again < 2;
}

/* --- handing out units --------------------------------------------------------------------------
 */

/* Whether the unit may go to that site: as the lot and the call want it, and as it can be. */
static gboolean fits(const struct lot_run *run, const struct lot_unit *unit, int site)
{
	g_autofree char *misfit = config_misfit(config_site(run->config, site),
	                                        config_product(run->config, unit->part_number));

	return !misfit && (!unit->site || unit->site == site) &&
	       (!run->options->site || run->options->site == site);
}

static gboolean any_fits(const struct lot_run *run)
{
	for (guint i = 0; i < run->lot->units->len; i++)
		for (guint s = 0; s < run->config->sites->len && !run->units.given[i]; s++) {
			const struct config_site *site = g_ptr_array_index(run->config->sites, s);
			if (fits(run, g_ptr_array_index(run->lot->units, i), site->site))
				return TRUE;
		}
	return FALSE;
}

/* Hands a unit to a site; FALSE when it is somebody else's, or cannot be. */
static gboolean start_unit(struct lot_run *run, guint i, int site)
{
	const struct lot_unit *unit = g_ptr_array_index(run->lot->units, i);
	const struct engine_unit request = {unit->serial,
	                                    unit->part_number,
	                                    run->lot->name,
	                                    run->lot->sha256,
	                                    run->options->operator_name,
	                                    run->started + 1,
	                                    run->units.to_run};
	g_autoptr(GError) error = NULL;
	gboolean mine = FALSE;

	run->lost = !lot_units_take(&run->units, i, &mine, &error);
	if (mine) {
		run->units.given[i] = TRUE;
		run->started++;
		if (engine_run_unit(run->engine, site, &request, &error))
			return TRUE;
		lot_units_release(&run->units, unit->serial);
	}
	if (error)
		fprintf(stderr, "station: %s\n", error->message);
	return FALSE;
}

/* The next unit for a site that has become free; FALSE when there is none. */
static gboolean start_next(struct lot_run *run, int site)
{
	guint limit = run->options->stop_after;

	if (caught_signal || g_hash_table_contains(run->down, GINT_TO_POINTER(site)) ||
	    (limit && run->started >= limit))
		return FALSE;
	for (guint i = 0; i < run->lot->units->len && !run->lost; i++)
		if (!run->units.given[i] &&
		    fits(run, g_ptr_array_index(run->lot->units, i), site) &&
		    start_unit(run, i, site))
			return TRUE;
	return FALSE;
}

static void start_sites(struct lot_run *run)
{
	for (guint i = 0; i < run->config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(run->config->sites, i);
		run->busy_sites += start_next(run, site->site);
	}
}

/* --- the run ------------------------------------------------------------------------------------
 */

static void handle_event(struct lot_run *run, const struct event *event)
{
	const struct lot_reports reports = {run->store, run->folder};

	if (run->options->json) {
		g_autofree char *line = event_json(event);
		puts(line);
		fflush(stdout);
	}
	lot_view_event(run->view, event);
	if (event->kind == EVENT_SITE_DOWN)
		g_hash_table_add(run->down, GINT_TO_POINTER(event->site));
	if (event->kind != EVENT_RUN_END && event->kind != EVENT_RUN_LOST &&
	    event->kind != EVENT_UNIT_REFUSED)
		return;
	run->ended++;
	run->busy_sites--;
	lot_units_release(&run->units, event->serial);
	if (event->kind == EVENT_RUN_LOST)
		run->lost = TRUE;
	else if (event->kind == EVENT_RUN_END)
		lot_reports_unit(&reports, run->view, event->run_id, event->serial);
	telling_wake(run->telling);
	run->busy_sites += start_next(run, event->site);
	if (run->options->json)
		lot_view_tell_forecast(run->view);
}

/* Of those who are told of runs. */
static void tell_news(struct lot_run *run)
{
	g_autoptr(sender_news) news = telling_news(run->telling);
	g_autofree char *text = news ? sender_news_text(news, clock_unix_us()) : NULL;

	if (!text)
		return;
	lot_view_clear(run->view);
	fprintf(stderr, "station: %s\n", text);
}

static void run_all(struct lot_run *run)
{
	gboolean aborted = FALSE;

	start_sites(run);
	while (run->busy_sites) {
		struct event event;

		if (caught_signal && !aborted) {
			aborted = TRUE;
			lot_view_clear(run->view);
			fprintf(stderr, "station: aborting on signal %d: making everything safe\n",
			        (int)caught_signal);
			/* a unit may have been handed over that its site has not begun */
			run->busy_sites -= engine_abort(run->engine);
		}
		if (event_queue_pop(run->events, POP_S, &event))
			handle_event(run, &event);
		tell_news(run);
	}
}

/* What was found before any unit is told, even when none is begun. */
static void tell_beginning(struct lot_run *run)
{
	struct event event;

	while (event_queue_pop(run->events, 0, &event))
		handle_event(run, &event);
}

/* Of those that no site is left for. */
static guint units_left(const struct lot_run *run)
{
	guint left = 0;

	for (guint i = 0; g_hash_table_size(run->down) && i < run->lot->units->len; i++)
		left += !run->units.given[i];
	return left;
}

static int exit_code(const struct lot_run *run)
{
	const GPtrArray *results = lot_view_results(run->view);
	enum verdict worst = verdict_worst(run->units.resumed, VERDICT_PASS);

	for (guint i = 0; i < results->len; i++)
		worst = verdict_worst(worst,
		                      ((const struct lot_unit_result *)g_ptr_array_index(results,
		                                                                         i))
		                              ->verdict);
	if (caught_signal)
		return EXIT_CODE_SIGNAL + caught_signal;
	if (run->lost)
		return EXIT_CODE_STORAGE;
	if (worst >= VERDICT_ERROR || run->ended < run->started || units_left(run) ||
	    run->in_other_hands)
		return EXIT_CODE_ERROR;
	if (lot_view_refused(run->view))
		return EXIT_CODE_REFUSED;
	return worst == VERDICT_FAIL ? EXIT_CODE_FAIL : EXIT_CODE_OK;
}

/* Serial numbers as the lot file has them; borrowed strings, free with g_free. */
static const char **serials_of(const struct lot_file *lot)
{
	const char **serials = g_new0(const char *, lot->units->len + 1);

	for (guint i = 0; i < lot->units->len; i++)
		serials[i] = ((const struct lot_unit *)g_ptr_array_index(lot->units, i))->serial;
	return serials;
}

/* The lot's report, and the units in the order of the lot's file. */
static void tell_all(struct lot_run *run)
{
	const struct lot_reports reports = {run->store, run->folder};
	g_autofree const char **serials = serials_of(run->lot);
	g_autofree char *path = NULL;

	lot_view_clear(run->view);
	run->in_other_hands = lot_units_elsewhere(&run->units);
	if (units_left(run))
		fprintf(stderr,
		        "station: %u unit%s not begun: the station is not whole; --resume goes on "
		        "when it is\n",
		        units_left(run), units_left(run) == 1 ? " was" : "s were");
	path = lot_reports_lot(&reports, run->lot->name, serials);
	if (path && !run->options->json)
		printf("report of the lot: %s\n", path);
	lot_view_sort(run->view, serials);
	lot_usage_tell(run->engine, run->lot->name, run->view, run->options->json);
}

static int run_engine(struct lot_run *run, const struct front *front)
{
	gboolean terminal = isatty(STDERR_FILENO) && !run->options->json;
	gboolean color = terminal && !g_getenv("NO_COLOR");
	GError *error = NULL;
	int code;

	run->engine = engine_new(run->config, front->steps, run->store, &error);
	if (!run->engine)
		return front_fail(error);
	run->events = engine_events(run->engine, EVENTS_MAX);
	catch_signals();
	engine_prepare(run->engine);
	gboolean ready = engine_is_ready(run->engine, &error) &&
	                 engine_recover(run->engine, &error) && lot_units_read(&run->units, &error);
	run->view = lot_view_new(run->units.to_run, stderr, terminal, color);
	if (run->options->json) {
		g_autofree char *head = event_json_head(run->lot->name, run->units.to_run);
		puts(head);
	}
	tell_beginning(run);
	if (ready) {
		lot_units_tell(&run->units);
		lot_view_set_forecast(run->view,
		                      lot_outlook(run->config, run->lot, run->units.given,
		                                  run->options->site, run->options->stop_after,
		                                  front->steps, run->store));
		if (run->options->json)
			lot_view_tell_forecast(run->view);
		run_all(run);
		tell_all(run);
		code = exit_code(run);
	} else {
		code = front_fail(error);
	}
	event_queue_free(run->events);
	engine_free(run->engine);
	lot_view_free(run->view);
	return code;
}

static int dry_run(const struct lot_run *run)
{
	printf("lot %s: %u of %u units to run\n", run->lot->name, run->units.to_run,
	       run->lot->units->len);
	for (guint i = 0; i < run->lot->units->len; i++) {
		const struct lot_unit *unit = g_ptr_array_index(run->lot->units, i);
		const struct config_product *product =
			config_product(run->config, unit->part_number);
		g_autofree char *plan = g_path_get_basename(product->plan);
		printf("  %-16s %-20s %-14s %s%s\n", unit->serial, unit->part_number, product->type,
		       plan,
		       run->units.given[i]   ? "  (done, skipped)"
		       : run->units.again[i] ? "  (touched by hand since it passed)"
		                             : "");
	}
	return EXIT_CODE_OK;
}

static int with_store(struct lot_run *run, const struct front *front)
{
	GError *error = NULL;

	if (!lot_units_read(&run->units, &error))
		return front_fail(error);
	if (run->options->dry_run)
		return dry_run(run);
	if (run->units.to_run && !any_fits(run)) {
		fprintf(stderr, "station: no unit of the lot is for site %d\n", run->options->site);
		return EXIT_CODE_CONFIG;
	}
	if (!run->options->replay &&
	    !lot_units_open_claims(&run->units, run->config->store_path, &error))
		return front_fail(error);
	run->folder = g_build_filename(run->config->reports_path, run->lot->name, NULL);
	if (g_mkdir_with_parents(run->folder, 0755) != 0) {
		fprintf(stderr, "station: cannot make the folder %s\n", run->folder);
		return EXIT_CODE_STORAGE;
	}
	return run_engine(run, front);
}

static gboolean begin_recording(struct config *config, const struct lot_file *lot,
                                const struct options *options, GError **error)
{
	if (options->record && recover_is_due(config)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "--record: an earlier start left runs open; start once without "
		                  "it, so that they are closed");
		return FALSE;
	}
	if (options->record)
		return lot_record_begin(config, lot, options->site, options->record, error);
	return !options->replay ||
	       lot_replay_begin(config, lot, options->site, options->replay, error);
}

static int run_lot(struct front *front, int argc, char **argv)
{
	struct options options = {0};
	struct lot_run run = {.options = &options};
	const char *wrong;
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	g_autoptr(lot_file) lot = NULL;
	g_autoptr(store) store = NULL;
	GError *error = NULL;

	if (!parse_options(argc, argv, &options, &wrong))
		return front_usage(&cli_lot, "\"%s\"", wrong);
	config = front_config(front, &code);
	if (!config)
		return code;
	lot = lot_file_load(options.lot, config, &error);
	if (!lot)
		return front_fail(error);
	if (options.site && !config_site(config, options.site))
		return front_usage(&cli_lot, "the configuration has no site %d", options.site);
	if (!options.dry_run && !options.replay && !lot_is_calibrated(config))
		return EXIT_CODE_EXPIRED;
	if (!options.replay)
		lot_warn_of_paths(config);
	if (!options.dry_run && !begin_recording(config, lot, &options, &error))
		return front_fail(error);
	store = store_open(config->store_path, &error);
	if (!store) {
		lot_record_end(NULL);
		return front_fail(error);
	}
	run.config = config;
	run.lot = lot;
	run.store = store;
	run.down = g_hash_table_new(NULL, NULL);
	lot_units_init(&run.units, lot, store,
	               options.resume                    ? LOT_RESUME
	               : options.again || options.replay ? LOT_AGAIN
	                                                 : LOT_NEW);
	/* what is played back was not measured; what is recorded must not see others ask the clock
	 */
	if (!options.dry_run && !options.replay)
		run.telling = telling_begin(config, store, !options.record);
	code = with_store(&run, front);
	telling_end(run.telling, caught_signal ? TELL_ABORTED_S : TELL_S);
	if (!lot_record_end(&error)) {
		int why = front_fail(error);
		code = MAX(code, why);
	}
	g_hash_table_unref(run.down);
	lot_units_clear(&run.units);
	g_free(run.folder);
	return code;
}

const struct command cli_lot = {
	.name = "--lot",
	.summary = "run a lot of units, unattended",
	.usage = "--lot FILE.csv [--site N] [--resume | --again] [--stop-after N] [--json] "
		 "[--dry-run] [--operator NAME] [--record FOLDER | --replay FOLDER]",
	.details =
		"FILE.csv has the columns serial, part_number and, if wanted, site. Without it a "
		"unit\ngoes to the first site that becomes free and fits it. Every unit is loaded, "
		"calibrated,\ntested, judged and recorded before its verdict is shown.\n\n"
		"A lot of which units have been judged already is refused, unless one of the first "
		"two is\nsaid: no unit is tested twice by accident.\n\n"
		"--resume         do not run units again that this lot has passed or failed "
		"already,\n"
		"                 unless one was touched by hand (station --shell) after it had "
		"passed\n"
		"--again          run all of them once more; what was judged stays in the records\n"
		"--site N         use this site only\n"
		"--stop-after N   start N units at most\n"
		"--json           events on standard output, one JSON object a line\n"
		"--dry-run        check everything, print what would run, touch nothing\n"
		"--operator NAME  goes into the record\n"
		"--record FOLDER  write all traffic with instruments and fixtures to FOLDER\n"
		"--replay FOLDER  no instruments: what was recorded in FOLDER answers, and no time "
		"passes.\n"
		"                 Configuration, lot and --site have to be the same. Where "
		"something else\n"
		"                 is sent the unit gets ERROR, and both messages are told. "
		"Records and\n"
		"                 reports go to FOLDER/replayed. With several sites the lot "
		"has to name\n"
		"                 each unit's; sites that share an instrument are recorded "
		"one at a time\n\n"
		"Exit code: 0 all passed, 1 a unit failed, 2 usage, 3 configuration, 4 a unit "
		"could "
		"not be\njudged, 5 a unit was refused by the pre-check or the lot was judged "
		"before, 7 storage,\n8 calibration expired, 128+N ended by signal N.\n",
	.examples = "  station --lot LOT-0815.csv\n"
		    "  station --lot LOT-0815.csv --resume       # go on where it stopped\n"
		    "  station --lot LOT-0815.csv --json | jq .  # for a machine\n",
	.run = run_lot,
};
