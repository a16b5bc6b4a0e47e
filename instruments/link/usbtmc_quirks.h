/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_QUIRKS_H
#define INSTRUMENTS_LINK_USBTMC_QUIRKS_H

#include <glib.h>

/*
 * In what USBTMC devices differ from the standard. What can do no harm is done for all of them: a
 * GET_CAPABILITIES that stalls, an empty bulk-in before the answer, a full last packet with nothing
 * after it, padding or none.
 */

enum { USBTMC_ANY_PRODUCT = -1 };

struct usbtmc_quirks {
	guint16 vendor;
	int product;     /* or USBTMC_ANY_PRODUCT; such a row stands after those of its products */
	gboolean no_ren; /* says that it has RL1, and fails REN_CONTROL */
	gboolean reset_after_open;
	gboolean any_id; /* the MsgID of its answers means nothing */
	const char *source;
};

/* The row of a device: one of all false when the table has none. Never null. */
const struct usbtmc_quirks *usbtmc_quirks_of(guint16 vendor, guint16 product);

/* For the table's test: the rows; their number. */
const struct usbtmc_quirks *usbtmc_quirks_table(gsize *count);

#endif
