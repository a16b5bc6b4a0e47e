/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_BROKER_H
#define STATION_FACTORY_BROKER_H

#include "base/yaml.h"

/* Where a broker is and who the station is to it: what the kinds mqtt and cfx have in common. */
struct broker {
	char *host;
	int port;
	gboolean encrypted;
	char *username, *password_file; /* null: nobody in particular */
	char *ca_file;                  /* null: the system's authorities */
	char *cert_file, *key_file;     /* null: none is shown */
};

/*
 * The keys url (PLAIN://HOST[:PORT], or with an s behind PLAIN: encrypted), username,
 * password_file, ca_file, cert_file and key_file. A password is sent to another machine with
 * encryption only. FALSE with STATION_ERROR_CONFIG; broker_clear either way.
 */
struct broker_ports {
	const char *scheme; /* "mqtt": PLAIN */
	int plain, encrypted;
};
gboolean broker_load(const struct yaml_node *map, const char *config_path,
                     const struct broker_ports *ports, struct broker *broker, GError **error);
void broker_clear(struct broker *broker);

#endif
