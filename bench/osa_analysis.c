/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/osa_analysis.h"

#include <math.h>
#include <string.h>

static double dbm(double watt)
{
	return 10 * log10(watt / 1e-3);
}

/* The strongest and the strongest of the others; noise in the middle where there is none. */
static void find_modes(const struct spectrum_trace *trace, const struct osa_parameters *parameters,
                       struct world_line *first, struct world_line *second)
{
	struct world_line peaks[OSA_CHANNELS_MAX];
	guint n = spectrum_peaks(trace, parameters->difference_db, peaks, OSA_CHANNELS_MAX);
	guint middle = trace->points / 2;

	*first = *second =
		(struct world_line){trace->start_m + middle * trace->step_m, trace->power_w[0]};
	for (guint i = 0; i < n; i++) {
		if (peaks[i].power_w > first->power_w)
			*first = peaks[i];
	}
	for (guint i = 0; i < n; i++) {
		double off_m = fabs(peaks[i].wavelength_m - first->wavelength_m);
		if (off_m > parameters->mask_m && peaks[i].power_w > second->power_w)
			*second = peaks[i];
	}
}

static void put(struct osa_results *results, const double *values, guint n)
{
	memcpy(results->values, values, n * sizeof(*values));
	results->n = n;
}

static void analyse_smsr(const struct spectrum_trace *trace,
                         const struct osa_parameters *parameters, struct osa_results *results)
{
	struct world_line first, second;

	find_modes(trace, parameters, &first, &second);
	double values[] = {
		first.wavelength_m,
		dbm(first.power_w),
		second.wavelength_m,
		dbm(second.power_w),
		second.wavelength_m - first.wavelength_m,
		dbm(first.power_w) - dbm(second.power_w),
	};
	put(results, values, G_N_ELEMENTS(values));
}

static void analyse_width(const struct spectrum_trace *trace,
                          const struct osa_parameters *parameters, struct osa_results *results)
{
	double values[2];

	spectrum_width(trace, parameters->width_threshold_db, &values[0], &values[1]);
	values[1] *= parameters->width_factor;
	put(results, values, G_N_ELEMENTS(values));
}

static void analyse_dfb(const struct spectrum_trace *trace, const struct osa_parameters *parameters,
                        struct osa_results *results)
{
	struct world_line first, second;
	double centre_m = 0, rms_m = 0;

	find_modes(trace, parameters, &first, &second);
	spectrum_width(trace, parameters->width_threshold_db, &centre_m, &rms_m);
	double values[] = {
		rms_m,
		first.wavelength_m,
		dbm(first.power_w),
		second.wavelength_m - first.wavelength_m,
		dbm(first.power_w) - dbm(second.power_w),
	};
	put(results, values, G_N_ELEMENTS(values));
}

static void analyse_wdm(const struct spectrum_trace *trace, const struct osa_parameters *parameters,
                        struct osa_results *results)
{
	struct world_line peaks[OSA_CHANNELS_MAX];
	guint n = spectrum_peaks(trace, parameters->difference_db, peaks, OSA_CHANNELS_MAX);
	double highest_w = 0;

	for (guint i = 0; i < n; i++)
		highest_w = MAX(highest_w, peaks[i].power_w);
	for (guint i = 0; i < n; i++) {
		if (peaks[i].power_w >= highest_w * pow(10, -parameters->channel_threshold_db / 10))
			results->channels[results->n_channels++] = peaks[i];
	}
}

gboolean osa_analyse(enum osa_analysis analysis, const struct spectrum_trace *trace,
                     const struct osa_parameters *parameters, struct osa_results *results)
{
	*results = (struct osa_results){.analysis = analysis};
	switch (analysis) {
	case OSA_WIDTH:
		analyse_width(trace, parameters, results);
		return TRUE;
	case OSA_DFB:
		analyse_dfb(trace, parameters, results);
		return TRUE;
	case OSA_SMSR:
		analyse_smsr(trace, parameters, results);
		return TRUE;
	case OSA_WDM:
		analyse_wdm(trace, parameters, results);
		return TRUE;
	}
	return FALSE;
}
