/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

/* In the place of sink_mqtt.c where its library was not there when the station was built. */
struct sink *sink_mqtt_load(const struct yaml_node *map, const struct sink_place *place,
                            GError **error)
{
	yaml_error(yaml_find(map, "kind"), error,
	           "this station was built without MQTT: install Debian's libmosquitto-dev and "
	           "build it "
	           "anew");
	return NULL;
}
