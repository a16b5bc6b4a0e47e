/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_RECORDING_CLOCK_H
#define BASE_RECORDING_CLOCK_H

#include <glib.h>

/*
 * Time that is recorded and given back, so that loops that poll until some time has passed take
 * the same turns. Each thread has a time of its own, known by the thread's name: threads that ask
 * for the time need names that differ, in the first 15 characters.
 *
 * Recorded is each answer of clock_now_s and clock_unix_us and each wait. Played back, an answer or
 * a wait that was recorded between the same two operations of the thread's recordings
 * (base/recording.h) is given again; else the time is the end of the last operation played back
 * plus the waits since. No wait takes time. A deadline is over only behind an operation or a wait
 * that failed with STATION_ERROR_TIMEOUT, when its time has then come.
 *
 * One at a time in a process: from _write or _replay on until recording_clock_end. None of the
 * three may be called while another thread uses the clock.
 */

/* STATION_ERROR_STORAGE. */
gboolean recording_clock_write(const char *path, GError **error);
gboolean recording_clock_replay(const char *path, GError **error);
/* Back to the system's time. STATION_ERROR_STORAGE when not all could be written. */
gboolean recording_clock_end(GError **error);

/* For recording.c: the calling thread has recorded or played back one operation. */
void recording_clock_operation(gint64 end_us, const GError *failure);

#endif
