/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_DISCOVER_SOURCES_H
#define STATION_ENGINE_DISCOVER_SOURCES_H

#include "station/engine/discover.h"

struct mdns_service;

/* One look for instruments, in a thread of its own. */
struct discover_look {
	const struct discover_options *options;
	struct bounds bounds;
	enum discover_source source;
	const char *service; /* the type mDNS is asked for */
	GThread *thread;
	GPtrArray *ways; /* found: struct discover_way, owning */
	char *note;      /* what could not be done; null: nothing */
};

/* Fills ways and note; what has no answer yet is not asked. */
void discover_look(struct discover_look *look);

/* The types mDNS is asked for, null-terminated. */
extern const char *const discover_services[];

/* Null for a service of another host when only this one is wanted. */
struct discover_way *discover_way_of_service(const struct mdns_service *service, gboolean loopback);

#endif
