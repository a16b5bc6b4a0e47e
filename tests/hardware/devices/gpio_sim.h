/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_GPIO_SIM_H
#define TESTS_HARDWARE_DEVICES_GPIO_SIM_H

#include <glib.h>

/*
 * A chip of GPIO lines without a chip: Linux's gpio-sim, made through configfs. What is connected
 * to the lines is played through sysfs. Every call ends the program on failure.
 */
struct gpio_sim;

/* FALSE, and why in *reason (constant), where this kernel has none. */
gboolean gpio_sim_available(const char **reason);

/* label is the chip's; line i is names[i], null-terminated, an empty one has no name. */
struct gpio_sim *gpio_sim_new(const char *label, const char *const *names);
void gpio_sim_free(struct gpio_sim *sim); /* null is allowed */

/* "/dev/gpiochip0". Borrowed. */
const char *gpio_sim_node(const struct gpio_sim *sim);

/* The level of a line, whoever drives it. */
gboolean gpio_sim_level(const struct gpio_sim *sim, guint line);
/* What an input reads from now on. */
void gpio_sim_pull(const struct gpio_sim *sim, guint line, gboolean high);

#endif
