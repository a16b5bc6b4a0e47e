/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/gpio_sim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* That the kernel's lines do what a fixture needs of them, and their stand-in shows and plays. */

enum { RESET, PRESENT };

static const char *const names[] = {"ResetL", "ModPrsL", "", NULL};

/* The request's descriptor, or -errno. */
static int request(const struct gpio_sim *sim, guint line, guint64 flags)
{
	struct gpio_v2_line_request wish = {
		.offsets = {line},
		.consumer = "test",
		.config.flags = flags,
		.num_lines = 1,
	};
	int chip = open(gpio_sim_node(sim), O_RDWR | O_CLOEXEC);

	g_assert_cmpint(chip, >=, 0);
	int result = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &wish) == 0 ? wish.fd : -errno;
	close(chip);
	return result;
}

static void set(int fd, gboolean high)
{
	struct gpio_v2_line_values values = {.bits = high, .mask = 1};
	g_assert_cmpint(ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values), ==, 0);
}

static gboolean get(int fd)
{
	struct gpio_v2_line_values values = {.mask = 1};
	g_assert_cmpint(ioctl(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values), ==, 0);
	return values.bits & 1;
}

static gboolean is_missing(void)
{
	const char *reason = NULL;

	if (gpio_sim_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

static void test_names(void)
{
	if (is_missing())
		return;
	struct gpio_sim *sim = gpio_sim_new("fixture", names);
	struct gpiochip_info chip = {0};
	int fd = open(gpio_sim_node(sim), O_RDWR | O_CLOEXEC);

	g_assert_cmpint(ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &chip), ==, 0);
	g_assert_cmpstr(chip.label, ==, "fixture");
	g_assert_cmpuint(chip.lines, ==, 3);
	for (guint i = 0; i < chip.lines; i++) {
		struct gpio_v2_line_info line = {.offset = i};
		g_assert_cmpint(ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &line), ==, 0);
		g_assert_cmpstr(line.name, ==, names[i]);
	}
	close(fd);
	gpio_sim_free(sim);
}

static void test_levels(void)
{
	if (is_missing())
		return;
	struct gpio_sim *sim = gpio_sim_new("fixture", names);
	int reset = request(sim, RESET, GPIO_V2_LINE_FLAG_OUTPUT);
	int present = request(sim, PRESENT, GPIO_V2_LINE_FLAG_INPUT);

	g_assert_cmpint(reset, >=, 0);
	g_assert_cmpint(present, >=, 0);
	g_assert_cmpint(request(sim, RESET, GPIO_V2_LINE_FLAG_INPUT), ==, -EBUSY);
	for (int i = 0; i < 4; i++) {
		set(reset, i & 1);
		g_assert_cmpint(gpio_sim_level(sim, RESET), ==, i & 1);
		gpio_sim_pull(sim, PRESENT, i & 1);
		g_assert_cmpint(get(present), ==, i & 1);
	}
	close(reset);
	close(present);
	gpio_sim_free(sim);
}

static void test_edges(void)
{
	if (is_missing())
		return;
	struct gpio_sim *sim = gpio_sim_new("fixture", names);
	int fd = request(sim, PRESENT,
	                 GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING |
	                         GPIO_V2_LINE_FLAG_EDGE_FALLING);

	g_assert_cmpint(fd, >=, 0);
	for (int i = 1; i < 5; i++) {
		struct gpio_v2_line_event event;
		gpio_sim_pull(sim, PRESENT, i & 1);
		g_assert_cmpint(read(fd, &event, sizeof event), ==, sizeof event);
		g_assert_cmpuint(event.id, ==,
		                 i & 1 ? GPIO_V2_LINE_EVENT_RISING_EDGE
		                       : GPIO_V2_LINE_EVENT_FALLING_EDGE);
		g_assert_cmpuint(event.seqno, ==, i);
	}
	close(fd);
	gpio_sim_free(sim);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gpio/names", test_names);
	g_test_add_func("/gpio/levels", test_levels);
	g_test_add_func("/gpio/edges", test_edges);
	return g_test_run();
}
