/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/hand_struct.h"

/* The instruments of a hand, beside its deeds. */

struct pool *hand_pool_new(struct hand *hand)
{
	struct pool *pool = pool_new(hand->world.config);

	if (hand->world.hear)
		pool_listen(pool, hand->world.hear, hand->world.hear_data);
	return pool;
}

const struct instrument *hand_peek(const struct hand *hand, const char *name)
{
	return pool_peek(hand->run.pool, name);
}

char *hand_holder(struct hand *hand, const struct config_instrument *item)
{
	return exclusive_holder(pool_exclusive(hand->run.pool), item->config.resource);
}

gboolean hand_record_instrument(struct hand *hand, const char *name, const char *path,
                                GError **error)
{
	return pool_record(hand->run.pool, name, path, error);
}
