/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

/* In the place of sink_cfx.c where its library was not there when the station was built. */
struct sink *sink_cfx_load(const struct yaml_node *map, const struct sink_place *place,
                           GError **error)
{
	yaml_error(yaml_find(map, "kind"), error,
	           "this station was built without AMQP 1.0: install Debian's libqpid-proton11-dev "
	           "and build it "
	           "anew");
	return NULL;
}
