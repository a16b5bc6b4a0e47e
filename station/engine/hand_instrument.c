/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/hand_struct.h"

#include "station/engine/guard.h"

/* The instruments of a hand, beside its deeds. */

struct pool *hand_pool_new(struct hand *hand)
{
	struct pool *pool = pool_new(hand->world.config);

	pool_set_guard(pool, hand->guard);
	if (hand->world.hear)
		pool_listen(pool, hand->world.hear, hand->world.hear_data);
	return pool;
}

void hand_guard(struct hand *hand)
{
	if (!hand->guard)
		hand->guard = guard_start(hand->world.config, hand->run.bus);
	pool_set_guard(hand->run.pool, hand->guard);
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
