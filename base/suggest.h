/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <glib.h>

/*
 * The candidate nearest to `word` by edit distance, or null when none is near (more than a third
 * of the word's letters, at least 1, would have to change). candidates is null-terminated;
 * the result is borrowed from it.
 */
const char *suggest_nearest(const char *word, const char *const *candidates);

#endif
