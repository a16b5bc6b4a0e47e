/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/site_board.h"

#include "tests/hardware/devices/gpio_sim.h"
#include "tests/hardware/devices/i2c_adapter.h"

enum line { RESET_L, LP_MODE, MOD_SEL_L, MOD_PRS_L, INT_L, LID, LINES };

static const char *const names[LINES + 1] = {"ResetL", "LPMode", "ModSelL", "ModPrsL",
                                             "IntL",   "lid",    NULL};

#define LOOK_US 5000

struct site_board {
	struct sim_module *module;
	struct gpio_sim *lines;
	struct i2c_adapter *adapter;
	char *node;
	guint transfers;
	GMutex lock;
	GCond stop;
	gboolean stopping;
	gboolean empty, int_l; /* as the lines were pulled last */
	GThread *follower;
};

/* With the lock. */
static void follow(struct site_board *board)
{
	gboolean empty, int_l;

	sim_module_set_pin(board->module, SIM_PIN_RESET_L, gpio_sim_level(board->lines, RESET_L));
	sim_module_set_pin(board->module, SIM_PIN_LP_MODE, gpio_sim_level(board->lines, LP_MODE));
	sim_module_set_pin(board->module, SIM_PIN_MOD_SEL_L,
	                   gpio_sim_level(board->lines, MOD_SEL_L));
	empty = !sim_module_present(board->module);
	if (empty != board->empty)
		gpio_sim_pull(board->lines, MOD_PRS_L, empty);
	board->empty = empty;
	int_l = sim_module_int_l(board->module);
	if (int_l != board->int_l)
		gpio_sim_pull(board->lines, INT_L, int_l);
	board->int_l = int_l;
}

void site_board_follow(struct site_board *board)
{
	g_mutex_lock(&board->lock);
	follow(board);
	g_mutex_unlock(&board->lock);
}

static gpointer follow_main(gpointer user_data)
{
	struct site_board *board = user_data;

	g_mutex_lock(&board->lock);
	while (!board->stopping) {
		follow(board);
		g_cond_wait_until(&board->stop, &board->lock, g_get_monotonic_time() + LOOK_US);
	}
	g_mutex_unlock(&board->lock);
	return NULL;
}

/* In the adapter's thread. */
static gboolean transfer(void *target, guint address, const guint8 *write, gsize write_len,
                         guint8 *read, gsize read_len)
{
	struct site_board *board = target;

	site_board_follow(board);
	g_atomic_int_inc(&board->transfers);
	return sim_module_transfer(board->module, address, write, write_len, read, read_len) ==
	       SIM_BUS_OK;
}

struct site_board *site_board_new(struct sim_module *module)
{
	struct site_board *board = g_new0(struct site_board, 1);

	board->module = module;
	g_mutex_init(&board->lock);
	g_cond_init(&board->stop);
	board->lines = gpio_sim_new("socket", names);
	board->empty = board->int_l = TRUE;
	gpio_sim_pull(board->lines, MOD_PRS_L, board->empty);
	gpio_sim_pull(board->lines, INT_L, board->int_l);
	gpio_sim_pull(board->lines, LID, TRUE); /* closed */
	/* as resistors would */
	gpio_sim_pull(board->lines, MOD_SEL_L, TRUE);
	gpio_sim_pull(board->lines, LP_MODE, TRUE);
	board->adapter = i2c_adapter_new(transfer, board);
	board->node = i2c_adapter_plug(board->adapter);
	board->follower = g_thread_new("lines", follow_main, board);
	return board;
}

void site_board_free(struct site_board *board)
{
	if (!board)
		return;
	g_mutex_lock(&board->lock);
	board->stopping = TRUE;
	g_cond_signal(&board->stop);
	g_mutex_unlock(&board->lock);
	g_thread_join(board->follower);
	i2c_adapter_free(board->adapter);
	gpio_sim_free(board->lines);
	g_mutex_clear(&board->lock);
	g_cond_clear(&board->stop);
	g_free(board->node);
	g_free(board);
}

char *site_board_file(const struct site_board *board)
{
	GString *text = g_string_new("form: QSFP-DD\nserial_number: FX-KERNEL\n");

	g_string_append_printf(text, "bus: {device: %s, clock: 400 kHz}\npins:\n", board->node);
	for (enum line i = RESET_L; i <= INT_L; i++)
		g_string_append_printf(text, "  %s: {chip: socket, line: %s}\n", names[i],
		                       names[i]);
	g_string_append_printf(text, "lid: {chip: socket, line: %s}\n", names[LID]);
	return g_string_free(text, FALSE);
}

gboolean site_board_is_safe(const struct site_board *board)
{
	return !gpio_sim_level(board->lines, RESET_L) && gpio_sim_level(board->lines, LP_MODE) &&
	       gpio_sim_level(board->lines, MOD_SEL_L);
}

guint site_board_transfers(const struct site_board *board)
{
	return (guint)g_atomic_int_get(&board->transfers);
}
