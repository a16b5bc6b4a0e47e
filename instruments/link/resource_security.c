/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource_security.h"

#include "instruments/link/resource_settings.h"

#include <string.h>

static const char *const keys[] = {"tls", "ca", "fingerprint", "user", "password_file", NULL};

/* "AB:CD:…" in either case, as openssl and certtool print it; null when it is none. */
static char *plain_fingerprint(const char *text)
{
	enum { DIGITS = 64 };
	g_autoptr(GString) plain = g_string_new(NULL);

	for (; *text; text++) {
		if (*text == ':')
			continue;
		if (!g_ascii_isxdigit(*text))
			return NULL;
		g_string_append_c(plain, g_ascii_tolower(*text));
	}
	return plain->len == DIGITS ? g_strdup(plain->str) : NULL;
}

static gboolean take_path(const char *text, const char *key, char *value, char **path,
                          GError **error)
{
	*path = value;
	if (g_path_is_absolute(value))
		return TRUE;
	g_autofree char *why = g_strdup_printf("%s wants a path that begins with /", key);
	return resource_bad(text, why, error);
}

static gboolean parse_setting(const char *text, const char *key, const char *word,
                              gpointer user_data, GError **error)
{
	struct link_security *security = user_data;
	g_autofree char *value = g_uri_unescape_string(word, NULL);

	if (!g_strv_contains(keys, key))
		return resource_settings_unknown(text, key, keys, error);
	if (!value || *value == '\0')
		return resource_bad(text, "a setting is empty or has a broken % escape", error);
	security->wanted = TRUE;
	if (strcmp(key, "ca") == 0)
		return take_path(text, key, g_steal_pointer(&value), &security->ca, error);
	if (strcmp(key, "password_file") == 0)
		return take_path(text, key, g_steal_pointer(&value), &security->password_file,
		                 error);
	if (strcmp(key, "user") == 0) {
		security->user = g_steal_pointer(&value);
		return TRUE;
	}
	if (strcmp(key, "tls") == 0)
		return strcmp(value, "on") == 0 ||
		       resource_bad(text, "tls can only be \"on\"", error);
	security->fingerprint = plain_fingerprint(value);
	return security->fingerprint ||
	       resource_bad(text, "a fingerprint is SHA-256: 64 hexadecimal digits", error);
}

gboolean resource_security_parse(const char *text, const char *settings,
                                 struct link_security *security, GError **error)
{
	*security = (struct link_security){0};
	if (!resource_settings_parse(text, settings, parse_setting, security, error))
		return FALSE;
	if (security->ca && security->fingerprint)
		return resource_bad(text, "either ca or fingerprint, not both", error);
	if (!security->user != !security->password_file)
		return resource_bad(text, "user and password_file need each other", error);
	return TRUE;
}

void link_security_copy(struct link_security *to, const struct link_security *from)
{
	*to = (struct link_security){
		.wanted = from->wanted,
		.ca = g_strdup(from->ca),
		.fingerprint = g_strdup(from->fingerprint),
		.user = g_strdup(from->user),
		.password_file = g_strdup(from->password_file),
	};
}

void link_security_done(struct link_security *security)
{
	g_free(security->ca);
	g_free(security->fingerprint);
	g_free(security->user);
	g_free(security->password_file);
	*security = (struct link_security){0};
}
