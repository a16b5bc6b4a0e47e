/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/gpio_sim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG "/sys/kernel/config/gpio-sim"

struct gpio_sim {
	char *config; /* its folder */
	char *lines;  /* the folder of sim_gpioN */
	char *node;
	guint n;
	int *levels; /* the file of each line's level, open; looked at often */
};

gboolean gpio_sim_available(const char **reason)
{
	if (access(CONFIG, W_OK) == 0)
		return TRUE;
	*reason = "this kernel has no gpio-sim";
	return FALSE;
}

/* Not as g_file_set_contents does: these are no files that another can take the place of. */
static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (gssize)strlen(text))
		g_error("%s: %s", path, g_strerror(errno));
	close(fd);
}

static char *get(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("%s cannot be read", path);
	return g_strchomp(text);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0755) != 0)
		g_error("%s: %s", path, g_strerror(errno));
}

/* Chips may have the same label; their folders may not. */
static char *new_folder(const char *label)
{
	char *path = g_build_filename(CONFIG, label, NULL);

	while (g_file_test(path, G_FILE_TEST_EXISTS)) {
		char *next = g_strconcat(path, "-", NULL);
		g_free(path);
		path = next;
	}
	make_folder(path);
	return path;
}

static void make_line(const char *config, guint line, const char *name)
{
	g_autofree char *folder = g_strdup_printf("%s/bank0/line%u", config, line);

	make_folder(folder);
	put(folder, "name", name);
}

static int open_level(const struct gpio_sim *sim, guint line)
{
	g_autofree char *path = g_strdup_printf("%s/sim_gpio%u/value", sim->lines, line);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		g_error("%s: %s", path, g_strerror(errno));
	return fd;
}

struct gpio_sim *gpio_sim_new(const char *label, const char *const *names)
{
	struct gpio_sim *sim = g_new0(struct gpio_sim, 1);

	sim->config = new_folder(label);
	sim->n = g_strv_length((char **)names);
	g_autofree char *bank = g_build_filename(sim->config, "bank0", NULL);
	make_folder(bank);
	g_autofree char *count = g_strdup_printf("%u", sim->n);
	put(bank, "num_lines", count);
	put(bank, "label", label);
	for (guint i = 0; i < sim->n; i++)
		if (*names[i])
			make_line(sim->config, i, names[i]);
	put(sim->config, "live", "1");
	g_autofree char *chip = get(bank, "chip_name");
	g_autofree char *device = get(sim->config, "dev_name");
	sim->node = g_build_filename("/dev", chip, NULL);
	sim->lines = g_build_filename("/sys/devices/platform", device, chip, NULL);
	sim->levels = g_new(int, sim->n);
	for (guint i = 0; i < sim->n; i++)
		sim->levels[i] = open_level(sim, i);
	return sim;
}

void gpio_sim_free(struct gpio_sim *sim)
{
	if (!sim)
		return;
	g_autofree char *bank = g_build_filename(sim->config, "bank0", NULL);
	for (guint i = 0; i < sim->n; i++)
		close(sim->levels[i]);
	put(sim->config, "live", "0");
	for (guint i = 0; i < sim->n; i++) {
		g_autofree char *line = g_strdup_printf("%s/line%u", bank, i);
		/* those without a name have none */
		rmdir(line);
	}
	rmdir(bank);
	rmdir(sim->config);
	g_free(sim->config);
	g_free(sim->lines);
	g_free(sim->node);
	g_free(sim->levels);
	g_free(sim);
}

const char *gpio_sim_node(const struct gpio_sim *sim)
{
	return sim->node;
}

gboolean gpio_sim_level(const struct gpio_sim *sim, guint line)
{
	char level = 0;

	g_assert_cmpuint(line, <, sim->n);
	if (pread(sim->levels[line], &level, 1, 0) != 1)
		g_error("line %u of %s cannot be read: %s", line, sim->node, g_strerror(errno));
	return level == '1';
}

void gpio_sim_pull(const struct gpio_sim *sim, guint line, gboolean high)
{
	g_autofree char *folder = g_strdup_printf("%s/sim_gpio%u", sim->lines, line);

	g_assert_cmpuint(line, <, sim->n);
	put(folder, "pull", high ? "pull-up" : "pull-down");
}
