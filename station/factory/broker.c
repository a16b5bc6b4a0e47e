/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/broker.h"

#include "station/factory/setting.h"

#include <string.h>

void broker_clear(struct broker *broker)
{
	g_free(broker->host);
	g_free(broker->username);
	g_free(broker->password_file);
	g_free(broker->ca_file);
	g_free(broker->cert_file);
	g_free(broker->key_file);
	memset(broker, 0, sizeof *broker);
}

static gboolean is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	       strcmp(host, "::1") == 0;
}

static gboolean load_url(const struct yaml_node *map, const struct broker_ports *ports,
                         struct broker *broker, GError **error)
{
	g_autofree char *secure = g_strconcat(ports->scheme, "s", NULL);
	g_autofree char *scheme = NULL, *user = NULL, *path = NULL, *query = NULL;
	const char *url;

	if (!yaml_string(map, "url", &url, error))
		return FALSE;
	if (g_uri_split(url, G_URI_FLAGS_NONE, &scheme, &user, &broker->host, &broker->port, &path,
	                &query, NULL, NULL) &&
	    scheme && broker->host && *broker->host && !user && !query && (!path || !*path) &&
	    (strcmp(scheme, ports->scheme) == 0 || strcmp(scheme, secure) == 0)) {
		broker->encrypted = strcmp(scheme, secure) == 0;
		if (broker->port <= 0)
			broker->port = broker->encrypted ? ports->encrypted : ports->plain;
		return TRUE;
	}
	yaml_error(yaml_find(map, "url"), error,
	           "url is %s://HOST:PORT or %s://HOST:PORT, and nothing else is in it", secure,
	           ports->scheme);
	return FALSE;
}

gboolean broker_load(const struct yaml_node *map, const char *config_path,
                     const struct broker_ports *ports, struct broker *broker, GError **error)
{
	if (!load_url(map, ports, broker, error) ||
	    !setting_text(map, "username", &broker->username, error) ||
	    !setting_path(map, "password_file", config_path, &broker->password_file, error) ||
	    !setting_path(map, "ca_file", config_path, &broker->ca_file, error) ||
	    !setting_path(map, "cert_file", config_path, &broker->cert_file, error) ||
	    !setting_path(map, "key_file", config_path, &broker->key_file, error))
		return FALSE;
	if (!broker->username != !broker->password_file)
		yaml_error(map, error, "username and password_file go together");
	else if (!broker->cert_file != !broker->key_file)
		yaml_error(map, error, "cert_file and key_file go together");
	else if (!broker->encrypted && (broker->ca_file || broker->cert_file))
		yaml_error(map, error, "certificates are for %ss://", ports->scheme);
	else if (!broker->encrypted && broker->password_file && !is_this_machine(broker->host))
		yaml_error(map, error, "a password is not sent without encryption: %ss://",
		           ports->scheme);
	else
		return TRUE;
	return FALSE;
}
