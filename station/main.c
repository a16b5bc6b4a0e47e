/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/script/script_step.h"
#include "station/steps/steps.h"

#include <locale.h>
#include <signal.h>

int main(int argc, char **argv)
{
	const struct step_table steps = {steps_table.steps, steps_table.n, &script_source};

	setlocale(LC_ALL, "");
	/* numbers in files and on wires never follow the locale */
	setlocale(LC_NUMERIC, "C");
	/* nor does the order of texts: comparing them may take long in a locale */
	setlocale(LC_COLLATE, "C");
	signal(SIGPIPE, SIG_IGN);
	return front_main(&steps, argc, argv);
}
