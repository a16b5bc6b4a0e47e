/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/accept.h"

#include <math.h>
#include <string.h>

struct accept accept_of(const struct record_measurement *measurement)
{
	struct accept accept = {record_measurement_decisive(measurement), NAN, NAN, NAN, NAN};
	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *judgement = measurement->judgements->pdata[i];
		gboolean counts = judgement->gate == LIMIT_GATE || judgement->gate == LIMIT_CHECK;
		if (!counts && judgement != accept.decisive)
			continue;
		if (!isnan(judgement->low) && !(accept.low >= judgement->low)) {
			accept.low = judgement->low;
			accept.low_guarded = judgement->low_guarded;
		}
		if (!isnan(judgement->high) && !(accept.high <= judgement->high)) {
			accept.high = judgement->high;
			accept.high_guarded = judgement->high_guarded;
		}
	}
	return accept;
}

static gboolean is_guarded(const struct accept *accept)
{
	return accept->decisive && accept->decisive->rule == LIMIT_GUARDED;
}

double accept_low(const struct accept *accept)
{
	return is_guarded(accept) ? accept->low_guarded : accept->low;
}

double accept_high(const struct accept *accept)
{
	return is_guarded(accept) ? accept->high_guarded : accept->high;
}

gboolean accept_is_finding(const struct record_measurement *measurement)
{
	gboolean judged =
		measurement->verdict == VERDICT_PASS || measurement->verdict == VERDICT_FAIL;
	return judged && measurement->judgements->len == 0 && strcmp(measurement->unit, "1") == 0 &&
	       (measurement->value == 0 || measurement->value == 1);
}
