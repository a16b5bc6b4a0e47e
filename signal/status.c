/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/status.h"

#include <math.h>

struct signal_value signal_ok(double value)
{
	if (!isfinite(value))
		return signal_no_value("the calculation has no finite result");
	return (struct signal_value){.value = value, .status = SIGNAL_OK};
}

struct signal_value signal_no_value(const char *reason)
{
	return (struct signal_value){.value = NAN, .status = SIGNAL_NO_VALUE, .reason = reason};
}
