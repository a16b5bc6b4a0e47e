/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_FLAG_MEANING_H
#define STATION_COMMANDS_FLAG_MEANING_H

/* What a module means by a flag (a CMIS field "flag."), and what there is to be looked at then. */
struct flag_meaning {
	const char *name; /* of the field, or its beginning */
	const char *means, *look_at;
};

/* Null: none of that name is known. */
const struct flag_meaning *flag_meaning(const char *field);

#endif
