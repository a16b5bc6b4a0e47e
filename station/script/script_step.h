/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SCRIPT_SCRIPT_STEP_H
#define STATION_SCRIPT_SCRIPT_STEP_H

#include "station/engine/step.h"

/*
 * Steps in Lua: a file NAME.lua that returns a table which declares the step, with its function
 * `run`. docs/scripting.md tells what may stand there. Each run of the step has a sandbox of its
 * own, in the step's bounds. What is wrong in a script is the station's fault, never the unit's;
 * of an error of a function that the script does not catch the kind stays.
 */
extern const struct step_source script_source;

#endif
