/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_LABEL_H
#define STATION_OPERATOR_LABEL_H

#include <glib.h>

/*
 * What a bar code says. Understood are, after an AIM symbology identifier ("]C1") and the prefix
 * and suffix of the configuration are taken away:
 *
 *   CMD:RETEST              a command, from the sheet of bar codes at the station
 *   SITE:2                  a site
 *   OP:4711  USER:4711      a badge
 *   SN:A1 PN:B2 LOT:C3      words with a label, one or several, divided by blanks, ',' or ';'
 *   (21)A1(240)B2           GS1 element strings as people read them
 *   21A1<GS>240B2           and as scanners send them: only after "]C1", "]d2", "]Q3" or "]e0", as
 *                           nothing else tells them from a serial number
 *   [)><RS>06<GS>SA1<GS>1PB2<RS><EOT>   ISO/IEC 15434 format 06 with data identifiers
 *   A1                      anything else is one plain word
 *
 * Sources: GS1 General Specifications, section 3; ISO/IEC 15424 (AIM identifiers); ISO/IEC 15434;
 * ANSI MH10.8.2. From memory, but for the forms of the words.
 */
struct label {
	char *command; /* upper case; null as all of these where the code does not say it */
	int site;      /* 0: none */
	char *badge;
	char *serial, *part_number, *lot;
	char *plain; /* what a person has to know the meaning of */
};

struct label_rules {
	const char *prefix, *suffix; /* taken off when they are there; null or "": none */
};

/* UNSUPPORTED: an identifier whose length nobody can know; PROTOCOL: a code that is damaged. The
 * message is for an operator. Free what is in *label with label_clear, also after an error. */
gboolean label_parse(const char *text, const struct label_rules *rules, struct label *label,
                     GError **error);
void label_clear(struct label *label);

#endif
