/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/css.h"

#include <string.h>

struct compound {       /* "text.axis" */
	char *tag;      /* null: any */
	char **classes; /* all of them */
};

struct rule {
	GArray *compounds; /* struct compound, the outermost first */
	guint specificity, order;
	GHashTable *values; /* property -> value, shared by the selectors of a rule */
};

struct css {
	GPtrArray *rules;        /* struct rule, the weakest first */
	GHashTable *by_property; /* -> GPtrArray of struct rule that say something of it */
	GHashTable *root;        /* custom properties of :root */
};

static void compound_clear(gpointer data)
{
	struct compound *compound = data;
	g_free(compound->tag);
	g_strfreev(compound->classes);
}

static void rule_free(gpointer data)
{
	struct rule *rule = data;
	g_array_unref(rule->compounds);
	g_hash_table_unref(rule->values);
	g_free(rule);
}

void css_free(struct css *css)
{
	if (!css)
		return;
	g_hash_table_unref(css->by_property);
	g_ptr_array_unref(css->rules);
	g_hash_table_unref(css->root);
	g_free(css);
}

/* --- reading --------------------------------------------------------------------------------- */

static GHashTable *read_values(const char *text)
{
	GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	for (gsize i = 0; parts[i]; i++) {
		char *colon = strchr(parts[i], ':');
		if (!colon)
			continue;
		*colon = '\0';
		g_hash_table_insert(values, g_strdup(g_strstrip(parts[i])),
		                    g_strdup(g_strstrip(colon + 1)));
	}
	return values;
}

static void add_compound(struct rule *rule, const char *text)
{
	struct compound compound = {NULL, NULL};
	g_auto(GStrv) parts = g_strsplit(text, ".", -1);
	compound.tag = *parts[0] != '\0' ? g_strdup(parts[0]) : NULL;
	compound.classes = g_strdupv(parts + 1);
	rule->specificity += 100 * g_strv_length(compound.classes) + (compound.tag ? 1 : 0);
	g_array_append_val(rule->compounds, compound);
}

static void add_rule(struct css *css, const char *selector, GHashTable *values)
{
	if (strpbrk(selector, ":*>@"))
		return;
	struct rule *rule = g_new0(struct rule, 1);
	g_auto(GStrv) parts = g_strsplit(selector, " ", -1);
	rule->compounds = g_array_new(FALSE, FALSE, sizeof(struct compound));
	g_array_set_clear_func(rule->compounds, compound_clear);
	rule->order = css->rules->len;
	rule->values = g_hash_table_ref(values);
	for (gsize i = 0; parts[i]; i++) {
		if (*parts[i] != '\0')
			add_compound(rule, parts[i]);
	}
	g_ptr_array_add(css->rules, rule);
}

static void add_rules(struct css *css, const char *selectors, const char *body)
{
	g_autoptr(GHashTable) values = read_values(body);
	g_auto(GStrv) each = g_strsplit(selectors, ",", -1);
	for (gsize i = 0; each[i]; i++) {
		const char *selector = g_strstrip(each[i]);
		if (strcmp(selector, ":root") == 0) {
			g_hash_table_unref(css->root);
			css->root = g_hash_table_ref(values);
		} else {
			add_rule(css, selector, values);
		}
	}
}

/* Behind the brace that closes the one at `open`. */
static const char *behind_block(const char *open)
{
	guint depth = 0;
	for (const char *p = open; *p != '\0'; p++) {
		depth += *p == '{';
		depth -= *p == '}';
		if (depth == 0)
			return p + 1;
	}
	return open + strlen(open);
}

static int compare_rules(gconstpointer a, gconstpointer b)
{
	const struct rule *first = *(struct rule *const *)a, *second = *(struct rule *const *)b;
	if (first->specificity != second->specificity)
		return first->specificity < second->specificity ? -1 : 1;
	return first->order < second->order ? -1 : 1;
}

static void index_rules(struct css *css)
{
	for (guint i = 0; i < css->rules->len; i++) {
		const struct rule *rule = css->rules->pdata[i];
		GHashTableIter iter;
		gpointer property;
		g_hash_table_iter_init(&iter, rule->values);
		while (g_hash_table_iter_next(&iter, &property, NULL)) {
			GPtrArray *those = g_hash_table_lookup(css->by_property, property);
			if (!those) {
				those = g_ptr_array_new();
				g_hash_table_insert(css->by_property, property, those);
			}
			g_ptr_array_add(those, (gpointer)rule);
		}
	}
}

struct css *css_parse(const char *text)
{
	struct css *css = g_new0(struct css, 1);
	css->by_property = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	                                         (GDestroyNotify)g_ptr_array_unref);
	css->rules = g_ptr_array_new_with_free_func(rule_free);
	css->root = g_hash_table_new(g_str_hash, g_str_equal);
	for (const char *open; (open = strchr(text, '{'));) {
		const char *behind = behind_block(open);
		g_autofree char *selectors = g_strndup(text, (gsize)(open - text));
		g_autofree char *body = g_strndup(open + 1, (gsize)MAX(behind - open - 2, 0));
		if (*g_strchug(selectors) != '@')
			add_rules(css, selectors, body);
		text = behind;
	}
	g_ptr_array_sort(css->rules, compare_rules);
	index_rules(css);
	return css;
}

/* --- asking ---------------------------------------------------------------------------------- */

static gboolean fits(const struct compound *compound, const struct xml_node *node)
{
	if (compound->tag && !xml_is(node, compound->tag))
		return FALSE;
	for (gsize i = 0; compound->classes[i]; i++) {
		if (!xml_has_class(node, compound->classes[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean matches(const struct rule *rule, const struct xml_node *node)
{
	guint left = rule->compounds->len;
	if (left == 0 || !fits(&g_array_index(rule->compounds, struct compound, left - 1), node))
		return FALSE;
	left--;
	for (node = node->parent; node && left > 0; node = node->parent) {
		if (fits(&g_array_index(rule->compounds, struct compound, left - 1), node))
			left--;
	}
	return left == 0;
}

static const char *own_value(const struct css *css, const struct xml_node *node,
                             const char *property)
{
	const GPtrArray *those = g_hash_table_lookup(css->by_property, property);
	for (guint i = those ? those->len : 0; i-- > 0;) {
		const struct rule *rule = those->pdata[i];
		if (matches(rule, node))
			return g_hash_table_lookup(rule->values, property);
	}
	return NULL;
}

/* Custom properties are those of the nearest element around that has one. */
static const char *resolve(const struct css *css, const struct xml_node *node, const char *value)
{
	if (!g_str_has_prefix(value, "var(") || !g_str_has_suffix(value, ")"))
		return value;
	g_autofree char *name = g_strndup(value + 4, strlen(value) - 5);
	const char *found = NULL;
	for (; node && !found; node = node->parent)
		found = own_value(css, node, name);
	return found ? found : g_hash_table_lookup(css->root, name);
}

const char *css_value(const struct css *css, const struct xml_node *node, const char *property)
{
	const char *value = own_value(css, node, property);
	return value ? resolve(css, node, value) : NULL;
}

int css_colour(const char *text)
{
	if (!text || *text != '#')
		return -1;
	char *end;
	gsize length = strlen(text + 1);
	int number = (int)g_ascii_strtoull(text + 1, &end, 16);
	if (*end != '\0' || (length != 3 && length != 6))
		return -1;
	if (length == 6)
		return number;
	return (number >> 8) * 0x110000 + (number >> 4 & 15) * 0x1100 + (number & 15) * 0x11;
}

int css_root_colour(const struct css *css, const char *property)
{
	return css_colour(g_hash_table_lookup(css->root, property));
}
