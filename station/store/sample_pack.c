/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/sample_pack.h"

#include <math.h>
#include <string.h>

static void put_double(guint8 *at, double value)
{
	guint64 bits;

	memcpy(&bits, &value, sizeof(bits));
	bits = GUINT64_TO_LE(bits);
	memcpy(at, &bits, sizeof(bits));
}

static double get_double(const guint8 *at)
{
	guint64 bits;
	double value;

	memcpy(&bits, at, sizeof(bits));
	bits = GUINT64_FROM_LE(bits);
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static guint32 get_uint(const guint8 *at)
{
	guint32 bits;

	memcpy(&bits, at, sizeof(bits));
	return GUINT32_FROM_LE(bits);
}

void sample_pack(guint8 *at, const struct store_sample *sample)
{
	guint32 head[2] = {GUINT32_TO_LE(sample->key), GUINT32_TO_LE((guint32)sample->verdict)};

	memcpy(at, head, sizeof(head));
	put_double(at + 8, sample->value);
	put_double(at + 16, sample->low);
	put_double(at + 24, sample->high);
}

void sample_unpack(const guint8 *at, struct store_sample *sample)
{
	sample->key = get_uint(at);
	sample->verdict = (enum verdict)get_uint(at + 4);
	sample->value = get_double(at + 8);
	sample->low = get_double(at + 16);
	sample->high = get_double(at + 24);
}

/* fmax and fmin leave out what has no bound. */
void sample_bounds(struct store_sample *sample, const struct record_measurement *measurement)
{
	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(measurement->judgements, i);

		if (j->gate != LIMIT_GATE && j->gate != LIMIT_CHECK)
			continue;
		sample->low = fmax(sample->low, j->low);
		sample->high = fmin(sample->high, j->high);
	}
}

void sample_unpack_all(const guint8 *bytes, gsize len, GArray *samples)
{
	guint n = (guint)(len / SAMPLE_PACKED);
	struct store_sample *sample;

	g_array_set_size(samples, n);
	sample = (struct store_sample *)samples->data;
	for (guint i = 0; i < n; i++)
		sample_unpack(bytes + (gsize)i * SAMPLE_PACKED, &sample[i]);
}
