/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox_pattern.h"

#include <ctype.h>
#include <string.h>

static const char *match(struct pattern *m, const char *s, const char *p);

static const char *fail(struct pattern *m, const char *fault)
{
	if (!m->fault)
		m->fault = fault;
	return NULL;
}

static void step(struct pattern *m, gsize steps)
{
	m->steps += (guint)MIN(steps, G_MAXUINT / 2);
	if (m->steps < PATTERN_STEPS_PER_TICK)
		return;
	m->steps = 0;
	m->tick(m->data);
}

/* --- one character
 * -------------------------------------------------------------------------------- */

static gboolean is_in_class(int c, int letter)
{
	gboolean is;
	switch (tolower(letter)) {
	case 'a':
		is = isalpha(c) != 0;
		break;
	case 'c':
		is = iscntrl(c) != 0;
		break;
	case 'd':
		is = isdigit(c) != 0;
		break;
	case 'g':
		is = isgraph(c) != 0;
		break;
	case 'l':
		is = islower(c) != 0;
		break;
	case 'p':
		is = ispunct(c) != 0;
		break;
	case 's':
		is = isspace(c) != 0;
		break;
	case 'u':
		is = isupper(c) != 0;
		break;
	case 'w':
		is = isalnum(c) != 0;
		break;
	case 'x':
		is = isxdigit(c) != 0;
		break;
	default:
		return letter == c;
	}
	return isupper(letter) ? !is : is;
}

/* Behind the set that begins at p with "["; a "]" that comes first is one of its letters. */
static const char *set_end(struct pattern *m, const char *p)
{
	p++;
	if (p < m->pattern_end && *p == '^')
		p++;
	for (gboolean first = TRUE; p < m->pattern_end; first = FALSE) {
		if (*p == ']' && !first)
			return p + 1;
		p += *p == '%' ? 2 : 1;
	}
	return fail(m, "malformed pattern (missing ']')");
}

/* Behind the one character's pattern at p. */
static const char *single_end(struct pattern *m, const char *p)
{
	if (*p == '[')
		return set_end(m, p);
	if (*p != '%')
		return p + 1;
	if (p + 1 >= m->pattern_end)
		return fail(m, "malformed pattern (ends with '%')");
	return p + 2;
}

/* The set from p with its "[" to end with its "]". */
static gboolean is_in_set(int c, const char *p, const char *end)
{
	gboolean inverse = p[1] == '^';
	p += inverse ? 2 : 1;
	for (end--; p < end;) {
		if (*p == '%') {
			if (is_in_class(c, (guchar)p[1]))
				return !inverse;
			p += 2;
		} else if (end - p > 2 && p[1] == '-') {
			if ((guchar)p[0] <= c && c <= (guchar)p[2])
				return !inverse;
			p += 3;
		} else {
			if ((guchar)*p == c)
				return !inverse;
			p++;
		}
	}
	return inverse;
}

static gboolean is_single(struct pattern *m, const char *s, const char *p, const char *end)
{
	step(m, 1 + (gsize)(end - p) / 8);
	if (s >= m->text_end)
		return FALSE;
	int c = (guchar)*s;
	switch (*p) {
	case '.':
		return TRUE;
	case '%':
		return is_in_class(c, (guchar)p[1]);
	case '[':
		return is_in_set(c, p, end);
	default:
		return (guchar)*p == c;
	}
}

/* --- repeated ones
 * -------------------------------------------------------------------------------- */

static const char *match_most(struct pattern *m, const char *s, const char *p, const char *end)
{
	const char *most = s;
	while (is_single(m, most, p, end))
		most++;
	for (; most >= s && !m->fault; most--) {
		const char *found = match(m, most, end + 1);
		if (found)
			return found;
	}
	return NULL;
}

static const char *match_least(struct pattern *m, const char *s, const char *p, const char *end)
{
	while (!m->fault) {
		const char *found = match(m, s, end + 1);
		if (found)
			return found;
		if (!is_single(m, s, p, end))
			return NULL;
		s++;
	}
	return NULL;
}

/* --- captures
 * ------------------------------------------------------------------------------------- */

static const char *open_capture(struct pattern *m, const char *s, const char *p)
{
	if (m->captures == PATTERN_CAPTURES_MAX)
		return fail(m, "too many captures");
	gboolean position = p + 1 < m->pattern_end && p[1] == ')';
	m->capture[m->captures++] =
		(struct pattern_capture){s, position ? PATTERN_POSITION : PATTERN_OPEN};
	const char *found = match(m, s, p + (position ? 2 : 1));
	if (!found)
		m->captures--;
	return found;
}

static const char *close_capture(struct pattern *m, const char *s, const char *p)
{
	int i = m->captures - 1;
	while (i >= 0 && m->capture[i].length != PATTERN_OPEN)
		i--;
	if (i < 0)
		return fail(m, "invalid pattern capture");
	m->capture[i].length = s - m->capture[i].start;
	const char *found = match(m, s, p + 1);
	if (!found)
		m->capture[i].length = PATTERN_OPEN;
	return found;
}

/* %1: behind the same text once more, or null. */
static const char *match_same(struct pattern *m, const char *s, char digit)
{
	int i = digit - '1';
	if (i < 0 || i >= m->captures || m->capture[i].length == PATTERN_OPEN)
		return fail(m, "invalid capture index");
	gssize length = MAX(m->capture[i].length, 0);
	step(m, 1 + (gsize)length / 8);
	gboolean same =
		m->text_end - s >= length && memcmp(s, m->capture[i].start, (gsize)length) == 0;
	return same ? s + length : NULL;
}

/* --- %b and %f
 * ------------------------------------------------------------------------------------ */

static const char *match_balanced(struct pattern *m, const char *s, const char *p)
{
	if (m->pattern_end - p < 4)
		return fail(m, "malformed pattern (missing arguments to '%b')");
	if (s >= m->text_end || *s != p[2])
		return NULL;
	int depth = 1;
	for (s++; s < m->text_end; s++) {
		step(m, 1);
		if (*s == p[3]) {
			if (--depth == 0)
				return s + 1;
		} else if (*s == p[2]) {
			depth++;
		}
	}
	return NULL;
}

static const char *match_frontier(struct pattern *m, const char *s, const char *p)
{
	const char *set = p + 2;
	if (set >= m->pattern_end || *set != '[')
		return fail(m, "missing '[' after '%f' in pattern");
	const char *end = set_end(m, set);
	if (!end)
		return NULL;
	int before = s == m->text ? 0 : (guchar)s[-1];
	int here = s == m->text_end ? 0 : (guchar)*s;
	step(m, 1 + (gsize)(end - set) / 8);
	if (is_in_set(before, set, end) || !is_in_set(here, set, end))
		return NULL;
	return match(m, s, end);
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

static const char *match_repeated(struct pattern *m, const char *s, const char *p)
{
	const char *end = single_end(m, p);
	if (*end == '*')
		return match_most(m, s, p, end);
	if (*end == '-')
		return match_least(m, s, p, end);
	gboolean first = is_single(m, s, p, end);
	if (*end == '+')
		return first ? match_most(m, s + 1, p, end) : NULL;
	const char *found = first ? match(m, s + 1, end + 1) : NULL;
	return found || m->fault ? found : match(m, s, end + 1);
}

/* What begins with % and is no class of characters. */
static const char *match_special(struct pattern *m, const char *s, const char *p)
{
	if (p[1] == 'f')
		return match_frontier(m, s, p);
	gboolean balanced = p[1] == 'b';
	s = balanced ? match_balanced(m, s, p) : match_same(m, s, p[1]);
	return s ? match(m, s, p + (balanced ? 4 : 2)) : NULL;
}

static gboolean is_special(const struct pattern *m, const char *p)
{
	static const char after_percent[] = "bf0123456789";
	if (*p == '$')
		return p + 1 == m->pattern_end;
	if (*p == '%' && p + 1 < m->pattern_end)
		return memchr(after_percent, p[1], sizeof after_percent - 1) != NULL;
	return *p == '(' || *p == ')';
}

/* What is matched once needs no recursion: moves both behind it. */
static gboolean skip_once(struct pattern *m, const char **s, const char **p)
{
	while (*p < m->pattern_end && !is_special(m, *p)) {
		const char *end = single_end(m, *p);
		if (!end)
			return FALSE;
		if (end < m->pattern_end && memchr("*+-?", *end, 4))
			return TRUE;
		if (!is_single(m, *s, *p, end))
			return FALSE;
		++*s;
		*p = end;
	}
	return TRUE;
}

static const char *match_here(struct pattern *m, const char *s, const char *p)
{
	step(m, 1);
	if (!skip_once(m, &s, &p))
		return NULL;
	if (p == m->pattern_end)
		return s;
	if (!is_special(m, p))
		return match_repeated(m, s, p);
	switch (*p) {
	case '(':
		return open_capture(m, s, p);
	case ')':
		return close_capture(m, s, p);
	case '$':
		return s == m->text_end ? s : NULL;
	default:
		return match_special(m, s, p);
	}
}

static const char *match(struct pattern *m, const char *s, const char *p)
{
	if (m->depth == PATTERN_DEPTH_MAX)
		return fail(m, "pattern too complex");
	m->depth++;
	const char *found = match_here(m, s, p);
	m->depth--;
	return found;
}

const char *pattern_match_at(struct pattern *m, const char *at)
{
	m->depth = 0;
	m->captures = 0;
	const char *found = match(m, at, m->pattern);
	for (int i = 0; found && i < m->captures; i++) {
		if (m->capture[i].length == PATTERN_OPEN)
			return fail(m, "unfinished capture");
	}
	return found;
}
