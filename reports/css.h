/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_CSS_H
#define REPORTS_CSS_H

#include "reports/xml_tree.h"

#include <glib.h>

/*
 * The style sheet of our pages, read so that pictures look on paper as they do on a page. Known are
 * tags, classes and descendants, custom properties of :root and of elements, and var(). Selectors
 * with other pseudo-classes, "*" and rules that begin with "@" are passed over.
 */
struct css;

struct css *css_parse(const char *text);
void css_free(struct css *css); /* null is allowed */

/* What the sheet says of an element itself, var() resolved; null when it says nothing. Borrowed. */
const char *css_value(const struct css *css, const struct xml_node *node, const char *property);

/* A colour from "#rgb" or "#rrggbb", 0xRRGGBB; -1 for "none" and what is no such text (null too).
 */
int css_colour(const char *text);

/* A custom property of :root as a colour. */
int css_root_colour(const struct css *css, const char *property);

#endif
