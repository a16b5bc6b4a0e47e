/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_quirks.h"

#define SIGROK "libsigrok scpi_usbtmc_libusb.c"
#define PYVISA "pyvisa-py 20"

enum { RIGOL = 0x1ab1, AGILENT = 0x0957, YOKOGAWA = 0x0b21, SIGLENT = 0xf4ec };

static const struct usbtmc_quirks quirks[] = {
	{RIGOL, 0x0588, .no_ren = TRUE, .any_id = TRUE, .source = SIGROK ", " PYVISA},
	{RIGOL, 0x04b0, .no_ren = TRUE, .any_id = TRUE, .source = SIGROK ", " PYVISA},
	{RIGOL, 0x04b1, .no_ren = TRUE, .any_id = TRUE, .source = SIGROK ", " PYVISA},
	{RIGOL, 0x0515, .no_ren = TRUE, .any_id = TRUE, .source = SIGROK ", " PYVISA},
	{RIGOL, USBTMC_ANY_PRODUCT, .any_id = TRUE, .source = PYVISA},
	{AGILENT, 0x0588, .no_ren = TRUE, .source = SIGROK},
	{YOKOGAWA, USBTMC_ANY_PRODUCT, .no_ren = TRUE, .source = SIGROK},
	{SIGLENT, USBTMC_ANY_PRODUCT, .no_ren = TRUE, .reset_after_open = TRUE, .source = SIGROK},
};

static const struct usbtmc_quirks none = {.product = USBTMC_ANY_PRODUCT};

const struct usbtmc_quirks *usbtmc_quirks_of(guint16 vendor, guint16 product)
{
	for (gsize i = 0; i < G_N_ELEMENTS(quirks); i++) {
		const struct usbtmc_quirks *row = &quirks[i];
		if (row->vendor == vendor &&
		    (row->product == USBTMC_ANY_PRODUCT || row->product == product))
			return row;
	}
	return &none;
}

const struct usbtmc_quirks *usbtmc_quirks_table(gsize *count)
{
	*count = G_N_ELEMENTS(quirks);
	return quirks;
}
