/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/firmware_policy.h"

#include "base/error.h"

#include <string.h>

static gboolean read_version(const struct yaml_node *node, const char *text,
                             struct firmware_version *version, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (firmware_version_parse(text, version, &cause))
		return TRUE;
	yaml_error(node, error, "%s", cause->message);
	return FALSE;
}

static gboolean read_versions(const struct yaml_node *list, GArray *versions, GError **error)
{
	for (guint i = 0; list && i < yaml_size(list); i++) {
		struct firmware_version version;
		const char *text;

		if (!yaml_as_string(yaml_item(list, i), &text, error) ||
		    !read_version(yaml_item(list, i), text, &version, error))
			return FALSE;
		g_array_append_val(versions, version);
	}
	return TRUE;
}

static gboolean has_version(const GArray *versions, const struct firmware_version *version)
{
	for (guint i = 0; i < versions->len; i++) {
		const struct firmware_version *item =
			&g_array_index(versions, struct firmware_version, i);

		if (item->major == version->major && item->minor == version->minor)
			return TRUE;
	}
	return FALSE;
}

static gboolean read_image(struct firmware_policy *policy, const struct yaml_node *node,
                           GError **error)
{
	g_autoptr(GError) cause = NULL;
	char *bytes = NULL;
	gsize len = 0;

	if (!g_file_get_contents(policy->path, &bytes, &len, &cause)) {
		yaml_error(node, error, "%s", cause->message);
		return FALSE;
	}
	policy->image = g_bytes_new_take(bytes, len);
	policy->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, policy->image);
	return TRUE;
}

static gboolean read_upgrade(struct firmware_policy *policy, const struct yaml_node *map,
                             char *(*find)(const char *name, gpointer data), gpointer data,
                             GError **error)
{
	const struct yaml_node *upgrade, *from;
	const char *to, *image;

	if (!yaml_map_or(map, "upgrade", &upgrade, error))
		return FALSE;
	if (!upgrade)
		return TRUE;
	if (!yaml_list(upgrade, "from", &from, error) || !yaml_string(upgrade, "to", &to, error) ||
	    !yaml_string(upgrade, "image", &image, error) || !yaml_done(upgrade, error) ||
	    !read_versions(from, policy->from, error) ||
	    !read_version(yaml_find(upgrade, "to"), to, &policy->to, error))
		return FALSE;
	if (has_version(policy->from, &policy->to)) {
		yaml_error(yaml_find(upgrade, "to"), error, "%s is one of those it is made of", to);
		return FALSE;
	}
	policy->path = find(image, data);
	if (policy->path)
		return read_image(policy, yaml_find(upgrade, "image"), error);
	yaml_error(yaml_find(upgrade, "image"), error, "%s is not there", image);
	return FALSE;
}

static gboolean read_others(struct firmware_policy *policy, const struct yaml_node *map,
                            GError **error)
{
	const char *others;
	gint64 password;

	if (!yaml_string_or(map, "others", &others, "refuse", error) ||
	    !yaml_int_or(map, "password", 0, G_MAXUINT32, &password, -1, error))
		return FALSE;
	policy->has_password = password >= 0;
	policy->password = (guint32)MAX(password, 0);
	policy->accept_others = strcmp(others, "accept") == 0;
	if (policy->accept_others || strcmp(others, "refuse") == 0)
		return TRUE;
	yaml_error(yaml_find(map, "others"), error, "\"others: %s\": accept or refuse", others);
	return FALSE;
}

struct firmware_policy *firmware_policy_load(const struct yaml_node *map,
                                             char *(*find)(const char *name, gpointer data),
                                             gpointer data, GError **error)
{
	struct firmware_policy *policy = g_new0(struct firmware_policy, 1);
	const struct yaml_node *accept;

	policy->accept = g_array_new(FALSE, FALSE, sizeof(struct firmware_version));
	policy->from = g_array_new(FALSE, FALSE, sizeof(struct firmware_version));
	if (yaml_list_or(map, "accept", &accept, error) &&
	    read_versions(accept, policy->accept, error) &&
	    read_upgrade(policy, map, find, data, error) && read_others(policy, map, error) &&
	    yaml_done(map, error))
		return policy;
	firmware_policy_free(policy);
	return NULL;
}

void firmware_policy_free(struct firmware_policy *policy)
{
	if (!policy)
		return;
	g_array_unref(policy->accept);
	g_array_unref(policy->from);
	g_clear_pointer(&policy->image, g_bytes_unref);
	g_free(policy->path);
	g_free(policy->sha256);
	g_free(policy);
}

static gboolean is_target(const struct firmware_policy *policy,
                          const struct firmware_version *version)
{
	return policy->image && policy->to.major == version->major &&
	       policy->to.minor == version->minor;
}

enum firmware_decision firmware_policy_decide(const struct firmware_policy *policy,
                                              const struct firmware_version *version)
{
	if (!policy || is_target(policy, version) || has_version(policy->accept, version))
		return FIRMWARE_ACCEPT;
	if (has_version(policy->from, version))
		return FIRMWARE_UPGRADE;
	return policy->accept_others ? FIRMWARE_ACCEPT : FIRMWARE_REFUSE;
}

char *firmware_policy_accepted(const struct firmware_policy *policy)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < policy->accept->len; i++) {
		const struct firmware_version *item =
			&g_array_index(policy->accept, struct firmware_version, i);

		g_string_append_printf(text, "%s%u.%u", text->len ? ", " : "", item->major,
		                       item->minor);
	}
	if (policy->image && !has_version(policy->accept, &policy->to))
		g_string_append_printf(text, "%s%u.%u", text->len ? ", " : "", policy->to.major,
		                       policy->to.minor);
	return g_string_free(text, FALSE);
}
