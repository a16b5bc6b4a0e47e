/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/wavelength_meter.h"

#include "base/error.h"
#include "instruments/call.h"
#include "instruments/driver.h"

#include <math.h>

static const struct {
	enum spectrum_part part;
	const char *name;
} part_names[] = {
	{SPECTRUM_WIDTH, "spectral width"},
	{SPECTRUM_SMSR, "side-mode suppression"},
	{SPECTRUM_LINES, "spectrum of several lines"},
};

static gboolean tells(const struct instrument *meter, enum spectrum_part part)
{
	return (meter->model->wavelength_meter->parts & part) != 0;
}

gboolean wavelength_meter_require(const struct instrument *meter, guint parts, GError **error)
{
	const char *what = "what it tells";
	if (!call_begin(meter, INSTRUMENT_WAVELENGTH_METER, what, error))
		return FALSE;
	g_autoptr(GString) missing = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(part_names); i++) {
		if ((parts & part_names[i].part) && !tells(meter, part_names[i].part))
			g_string_append_printf(missing, "%s%s", missing->len > 0 ? ", " : "",
			                       part_names[i].name);
	}
	if (missing->len > 0)
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s has no %s",
		                  meter->model->model, missing->str);
	return call_end(meter, what, missing->len == 0, error);
}

static gboolean check_setup(const struct instrument *meter, const struct spectrum_setup *setup,
                            GError **error)
{
	const struct wavelength_meter_facts *facts = meter->model->wavelength_meter;
	if (!facts->sweeps)
		return call_range(meter, "span", setup->span_m, 0, facts->wavelength_max_m, "m",
		                  error) &&
		       call_range(meter, "wavelength", setup->centre_m, facts->wavelength_min_m,
		                  facts->wavelength_max_m, "m", error);
	return call_range(meter, "span", setup->span_m, facts->span_min_m, facts->span_max_m, "m",
	                  error) &&
	       call_range(meter, "start wavelength", setup->centre_m - setup->span_m / 2,
	                  facts->wavelength_min_m, facts->wavelength_max_m, "m", error) &&
	       call_range(meter, "stop wavelength", setup->centre_m + setup->span_m / 2,
	                  facts->wavelength_min_m, facts->wavelength_max_m, "m", error) &&
	       call_range(meter, "resolution", setup->resolution_m, facts->resolution_min_m,
	                  facts->resolution_max_m, "m", error);
}

gboolean wavelength_meter_configure(struct instrument *meter, const struct spectrum_setup *setup,
                                    const struct bounds *bounds, GError **error)
{
	const char *what = "configure";
	if (!call_begin(meter, INSTRUMENT_WAVELENGTH_METER, what, error))
		return FALSE;
	const struct wavelength_meter_ops *ops = meter->driver->wavelength_meter;
	gboolean ok = call_supported(meter, ops->configure != NULL, error) &&
	              check_setup(meter, setup, error) &&
	              ops->configure(meter, setup, bounds, error);
	return call_end(meter, what, ok, error);
}

static void make_dark(struct spectrum_result *result)
{
	*result = (struct spectrum_result){.centre_m = NAN, .rms_width_m = NAN, .smsr_db = NAN};
}

static gboolean peaks_are_possible(const struct instrument *meter,
                                   const struct spectrum_result *result, GError **error)
{
	const struct wavelength_meter_facts *facts = meter->model->wavelength_meter;
	gboolean ok = result->n_peaks <= SPECTRUM_PEAKS_MAX;
	/* written so that NaN is refused */
	for (guint i = 0; ok && i < result->n_peaks; i++) {
		const struct spectrum_peak *peak = &result->peaks[i];
		ok = isfinite(peak->power_dbm) && peak->wavelength_m >= facts->wavelength_min_m &&
		     peak->wavelength_m <= facts->wavelength_max_m &&
		     (i == 0 || peak->wavelength_m > peak[-1].wavelength_m);
	}
	if (!ok)
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "peaks that cannot be: not finite, not in order or out of range");
	return ok;
}

static gboolean check_result(const struct instrument *meter, struct spectrum_result *result,
                             GError **error)
{
	if (!peaks_are_possible(meter, result, error))
		return FALSE;
	if (result->n_peaks == 0) {
		make_dark(result);
		return TRUE;
	}
	const struct wavelength_meter_facts *facts = meter->model->wavelength_meter;
	const char *absent = NULL;
	if (!(result->centre_m >= facts->wavelength_min_m &&
	      result->centre_m <= facts->wavelength_max_m))
		absent = "centre wavelength";
	else if (tells(meter, SPECTRUM_WIDTH) &&
	         !(result->rms_width_m >= 0 && result->rms_width_m <= facts->span_max_m))
		absent = "spectral width";
	else if (tells(meter, SPECTRUM_SMSR) &&
	         !(result->smsr_db >= 0 && isfinite(result->smsr_db)))
		absent = "side-mode suppression";
	if (absent)
		station_error_set(error, STATION_ERROR_DATA, "light, but no %s", absent);
	return !absent;
}

gboolean wavelength_meter_measure(struct instrument *meter, struct spectrum_result *result,
                                  const struct bounds *bounds, GError **error)
{
	const char *what = "measure spectrum";
	make_dark(result);
	if (!call_begin(meter, INSTRUMENT_WAVELENGTH_METER, what, error))
		return FALSE;
	const struct wavelength_meter_ops *ops = meter->driver->wavelength_meter;
	gboolean ok = call_supported(meter, ops->measure != NULL, error) &&
	              ops->measure(meter, result, bounds, error) &&
	              check_result(meter, result, error);
	if (!ok)
		make_dark(result);
	return call_end(meter, what, ok, error);
}
