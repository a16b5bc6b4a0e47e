/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/gio_types.h"
#include "station/front/front.h"
#include "station/script/script_step.h"
#include "station/steps/steps.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>

/* What is larger than this goes back to the system when it is freed: a waveform, a report. Left to
 * itself, glibc keeps the room of the largest for each site's thread. */
enum { LARGE_BYTES = 128 * 1024 };

static void keep_small(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
#endif
}

int main(int argc, char **argv)
{
	const struct step_table steps = {steps_table.steps, steps_table.n, &script_source};

	keep_small();
	setlocale(LC_ALL, "");
	/* numbers in files and on wires never follow the locale */
	setlocale(LC_NUMERIC, "C");
	/* nor does the order of texts: comparing them may take long in a locale */
	setlocale(LC_COLLATE, "C");
	signal(SIGPIPE, SIG_IGN);
	gio_types_make();
	return front_main(&steps, argc, argv);
}
