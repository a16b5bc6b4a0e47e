/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/capability.h"

#include "base/normal.h"
#include "signal/beta.h"

#include <math.h>

/* Of moving ranges of two, against the standard deviation of all values: its variance is
 * 0.8264 / n of sigma squared, and not 1 / (2 n). */
static const double moving_range_efficiency = 0.605;

double capability_within(double moving_range_mean)
{
	return moving_range_mean * sqrt(G_PI) / 2.0;
}

static struct capability_index none(enum signal_status status)
{
	return (struct capability_index){NAN, NAN, NAN, status};
}

static enum signal_status status_of(const struct moments *moments, double sd, gboolean limited)
{
	if (!limited)
		return SIGNAL_BAD_SETTING;
	if (moments->n < 2)
		return SIGNAL_TOO_FEW;
	return sd > 0.0 ? SIGNAL_OK : SIGNAL_CONSTANT;
}

static struct capability_index potential(const struct moments *moments, double sd, double dof,
                                         double low, double high, double confidence)
{
	enum signal_status status = status_of(moments, sd, !isnan(low) && !isnan(high));
	double value = (high - low) / (6.0 * sd), rest = (1.0 - confidence) / 2.0;

	if (status != SIGNAL_OK)
		return none(status);
	return (struct capability_index){value, value * sqrt(beta_chi2_quantile(rest, dof) / dof),
	                                 value * sqrt(beta_chi2_quantile(1.0 - rest, dof) / dof),
	                                 SIGNAL_OK};
}

static struct capability_index actual(const struct moments *moments, double sd, double dof,
                                      double low, double high, double confidence)
{
	enum signal_status status = status_of(moments, sd, !isnan(low) || !isnan(high));
	/* fmin leaves out the side that has no limit */
	double room = fmin(high - moments->mean, moments->mean - low);
	double value = room / (3.0 * sd), z = normal_tail_inverse((1.0 - confidence) / 2.0);
	double half = z * sqrt(1.0 / (9.0 * (double)moments->n) + value * value / (2.0 * dof));

	if (status != SIGNAL_OK)
		return none(status);
	return (struct capability_index){value, value - half, value + half, SIGNAL_OK};
}

struct capability capability_of(const struct moments *moments, double sd_within, double low,
                                double high, double confidence)
{
	double dof = (double)moments->n - 1.0, dof_within = dof * moving_range_efficiency;
	double sd = moments_sd(moments);

	return (struct capability){
		.cp = potential(moments, sd_within, dof_within, low, high, confidence),
		.cpk = actual(moments, sd_within, dof_within, low, high, confidence),
		.pp = potential(moments, sd, dof, low, high, confidence),
		.ppk = actual(moments, sd, dof, low, high, confidence),
		.sd_within = sd_within,
		.sd = sd,
	};
}
