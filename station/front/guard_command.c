/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include "base/clock.h"
#include "station/engine/exclusive.h"
#include "station/engine/guard_serve.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What ends the station is not for its guard, which ends after it: its standard input says when. */
static void ignore_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = SIG_IGN};

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

int guard_command_run(const struct front *front)
{
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	GError *error = NULL;

	ignore_signals();
	/* by this name whoever wants an instrument knows that it is to be had soon */
	g_set_prgname(EXCLUSIVE_GUARD);
	prctl(PR_SET_NAME, EXCLUSIVE_GUARD);
	config = front_config_uncalibrated(front, &code);
	if (!config)
		return code;
	clock_set_scale(config->time_scale);
	return guard_serve(config, STDIN_FILENO, &error) ? EXIT_CODE_OK : front_fail(error);
}
