/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCPI_STATUS_H
#define BENCH_SCPI_STATUS_H

#include "bench/scpi.h"

/*
 * What every SCPI device understands: the common commands of IEEE 488.2, SYSTem:ERRor,
 * SYSTem:VERSion and the STATus subsystem. Searched after the model's own rows.
 */
extern const struct scpi_row scpi_status_rows[];
extern const guint scpi_status_n_rows;

/* Standard text of an error number (SCPI-1999 volume 2, 21.8); static storage. */
const char *scpi_status_error_text(int number);

/* The status byte; message_available is bit 4. While the device's lock is held. */
guint scpi_status_byte(struct scpi_device *device, gboolean message_available);

/* Bit of the standard event status register that an error of this class sets. */
guint scpi_status_error_event(int number);

#endif
