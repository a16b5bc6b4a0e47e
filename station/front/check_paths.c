/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/check_paths.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/engine/guard.h"
#include "station/engine/path_calibration.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHOLE_LIMIT_S 86400.0 /* each wait has its own limit, which is shorter */
#define POLL_MS       100

/* --- talking to who stands there -------------------------------------------------------------- */

/* Drops what was typed, up to the end of the line. REFUSED when nobody is there to answer. */
static gboolean read_enter(const struct bounds *bounds, GError **error)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte = 0;

	while (byte != '\n') {
		if (!bounds_check(bounds, "waiting for Enter", error))
			return FALSE;
		if (poll(&input, 1, POLL_MS) <= 0)
			continue;
		gssize n = read(STDIN_FILENO, &byte, 1);
		if (n == 1 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
			continue;
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "nobody is there to connect the fibres; a site's reference "
		                  "command would");
		return FALSE;
	}
	return TRUE;
}

static gboolean ask(const char *text, const struct bounds *bounds, gpointer data, GError **error)
{
	fprintf(stderr, "  then press Enter: ");
	fflush(stderr);
	return read_enter(bounds, error);
}

static void progress(const char *text, guint done, guint total, double left_s, gpointer data)
{
	g_autofree char *left = NULL;

	if (!isfinite(left_s))
		left = g_strdup("");
	else if (left_s < 90)
		left = g_strdup_printf(", %.0f s left", left_s);
	else
		left = g_strdup_printf(", %.0f min left", left_s / 60);
	fprintf(stderr, "%s (%u of %u%s)\n", text, done, total, left);
}

static void note(const char *text, gpointer data)
{
	fprintf(stderr, "station: %s\n", text);
}

/* --- one site --------------------------------------------------------------------------------- */

struct job {
	struct path_calibration how;
	struct bounds bounds;
	int signal; /* that ended it; 0: none */
	struct path_loss *loss;
	GError *error;
	gint ended; /* atomic */
};

static gpointer calibrate(gpointer data)
{
	struct job *job = data;

	job->loss = path_calibration_run(&job->how, &job->bounds, &job->error);
	g_atomic_int_set(&job->ended, 1);
	return NULL;
}

/*
 * On a thread of its own, so that a signal can end it at any moment and it still becomes safe. The
 * signals are blocked in all threads and waited for here. They stay blocked after one, so that a
 * second changes nothing.
 */
static void run_job(struct job *job)
{
	static const struct timespec while_waiting = {.tv_nsec = 25 * 1000 * 1000};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	sigset_t signals, before;
	GThread *thread;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	job->bounds = (struct bounds){deadline_in_s(WHOLE_LIMIT_S), cancellable};
	thread = g_thread_new("path-loss", calibrate, job);
	while (!g_atomic_int_get(&job->ended)) {
		int number = sigtimedwait(&signals, NULL, &while_waiting);

		if (number <= 0 || job->signal)
			continue;
		job->signal = number;
		fprintf(stderr, "\nstation: ending on signal %d: making everything safe\n", number);
		g_cancellable_cancel(cancellable);
	}
	g_thread_join(thread);
	if (!job->signal)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	job->bounds.cancellable = NULL;
}

static void print_table(const struct path_loss *loss, const struct path_loss *before)
{
	printf("site %d: losses at %s, valid to %s; source %s\n", loss->site, loss->date, loss->due,
	       loss->source_serial);
	printf("  lane path      loss dB      +- dB   scatter dB   change dB\n");
	for (guint i = 0; i < loss->n_lanes; i++)
		for (guint kind = 0; kind < PATH_LOSS_KINDS; kind++) {
			int lane = loss->lanes[i].lane;
			const struct path_loss_value *now = path_loss_find(loss, lane, kind);
			const struct path_loss_value *old =
				before ? path_loss_find(before, lane, kind) : NULL;

			if (!now)
				continue;
			printf("  %4d %-6s %10.3f %10.3f %12.3f ", lane, path_loss_kind_name(kind),
			       now->loss_db, now->uncertainty_db, now->scatter_db);
			if (old)
				printf("%+11.3f\n", now->loss_db - old->loss_db);
			else
				printf("%11s\n", "-");
		}
	fflush(stdout);
}

/* Whether the losses may be written; else what to do is told. */
static gboolean is_believed(const struct path_loss *loss, const struct path_loss *before,
                            gboolean accept)
{
	gboolean hopeless;
	g_autoptr(GPtrArray) doubts = path_loss_doubts(loss, before, &hopeless);

	for (guint i = 0; i < doubts->len; i++)
		fprintf(stderr, "station: site %d: %s\n", loss->site,
		        (const char *)g_ptr_array_index(doubts, i));
	if (!doubts->len || (accept && !hopeless))
		return TRUE;
	fprintf(stderr,
	        "station: site %d: nothing is written, the losses before stay. Put it right and "
	        "calibrate again%s\n",
	        loss->site, hopeless ? "" : "; --accept writes the losses as they are");
	return FALSE;
}

static int write_losses(const struct config_site *site, const struct path_loss *loss)
{
	g_autofree char *kept = NULL;
	GError *error = NULL;

	if (!path_loss_write(loss, site->path_loss_path, &kept, &error))
		return front_fail(error);
	printf("written: %s\n", site->path_loss_path);
	if (kept)
		printf("the losses before: %s\n", kept);
	return EXIT_CODE_OK;
}

static int calibrate_site(const struct config *config, const struct config_site *site,
                          const struct check_paths *options, struct pool *pool)
{
	struct job job = {.how = {.config = config,
	                          .site = site,
	                          .pool = pool,
	                          .reconnections = options->reconnections,
	                          .ask = ask,
	                          .progress = progress,
	                          .note = note}};
	int code = EXIT_CODE_REFUSED;

	run_job(&job);
	if (job.signal) {
		g_clear_error(&job.error);
		path_loss_free(job.loss);
		return EXIT_CODE_SIGNAL + job.signal;
	}
	if (!job.loss)
		return front_fail(job.error);
	print_table(job.loss, site->path_loss);
	if (is_believed(job.loss, site->path_loss, options->accept))
		code = write_losses(site, job.loss);
	path_loss_free(job.loss);
	return code;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Whether a site can be calibrated at all; the exit code tells. */
static int check_site(const struct config *config, const struct config_site *site,
                      const struct check_paths *options)
{
	if (!site->path_loss_path) {
		fprintf(stderr,
		        "station: %s: site %d names no path_loss file for its losses to be "
		        "written to\n",
		        config->path, site->site);
		return EXIT_CODE_CONFIG;
	}
	if (!site->reference && options->no_input) {
		fprintf(stderr,
		        "station: site %d has no reference command: somebody must connect the "
		        "fibres, which --no-input forbids\n",
		        site->site);
		return EXIT_CODE_REFUSED;
	}
	return EXIT_CODE_OK;
}

static int check_dates(const struct config *config)
{
	const struct config_instrument *expired = config_expired(config);
	const char *name = expired ? expired->config.name : "reference_source";
	const char *due = expired          ? expired->config.calibration_due
	                  : config->source ? config->source->calibration_due
	                                   : NULL;

	if (!config_is_over(due))
		return EXIT_CODE_OK;
	fprintf(stderr,
	        "station: %s: calibration was due %s; losses measured with it would be "
	        "worth nothing\n",
	        name, due);
	return EXIT_CODE_EXPIRED;
}

/* The sites to be calibrated; null after telling why there are none. */
static GPtrArray *choose_sites(const struct config *config, const struct check_paths *options,
                               int *code)
{
	g_autoptr(GPtrArray) sites = g_ptr_array_new();

	for (guint i = 0; i < options->n_sites; i++) {
		const struct config_site *site = config_site(config, options->sites[i]);

		if (!site) {
			fprintf(stderr, "station: the configuration has no site %d\n",
			        options->sites[i]);
			*code = EXIT_CODE_USAGE;
			return NULL;
		}
		g_ptr_array_add(sites, (gpointer)site);
	}
	for (guint i = 0; !options->n_sites && i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);

		if (site->path_loss_path)
			g_ptr_array_add(sites, (gpointer)site);
	}
	*code = EXIT_CODE_CONFIG;
	if (!sites->len)
		fprintf(stderr, "station: %s: no site names a path_loss file\n", config->path);
	else
		*code = EXIT_CODE_OK;
	return sites->len ? g_steal_pointer(&sites) : NULL;
}

int check_paths_run(const struct front *front, const struct check_paths *options)
{
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = front_config_uncalibrated(front, &code);
	g_autoptr(GPtrArray) sites = config ? choose_sites(config, options, &code) : NULL;
	struct pool *pool;

	if (!sites)
		return code;
	code = check_dates(config);
	for (guint i = 0; code == EXIT_CODE_OK && i < sites->len; i++)
		code = check_site(config, g_ptr_array_index(sites, i), options);
	if (code != EXIT_CODE_OK)
		return code;
	clock_set_scale(config->time_scale);
	pool = pool_new(config);
	pool_set_guard(pool, guard_start(config, NULL));
	for (guint i = 0; code == EXIT_CODE_OK && i < sites->len; i++)
		code = calibrate_site(config, g_ptr_array_index(sites, i), options, pool);
	guard_end(pool_guard(pool));
	pool_free(pool);
	return code;
}
