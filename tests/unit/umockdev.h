/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_UMOCKDEV_H
#define TESTS_UNIT_UMOCKDEV_H

#include <gio/gio.h>

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

/*
 * umockdev: stands in for sysfs and device nodes and sends their requests to a handler. It has to
 * be loaded before all else, so the program starts itself again with it. It is opened at run time:
 * without it the program still builds, and skips.
 */

/* The public head of UMockdevIoctlData. */
struct ioctl_data {
	GObject parent;
	guint8 *data;
	gint data_len;
	gulong client_addr;
};

struct umockdev {
	gpointer (*testbed_new)(void);
	gboolean (*testbed_add_from_string)(gpointer bed, const char *text, GError **error);
	gboolean (*testbed_attach_ioctl)(gpointer bed, const char *node, gpointer base,
	                                 GError **error);
	gboolean (*testbed_detach_ioctl)(gpointer bed, const char *node, GError **error);
	void (*testbed_remove_device)(gpointer bed, const char *path);
	gint (*testbed_get_dev_fd)(gpointer bed, const char *node);
	gpointer (*ioctl_base_new)(void);
	gulong (*client_get_request)(gpointer client);
	struct ioctl_data *(*client_get_arg)(gpointer client);
	gint (*client_execute)(gpointer client, gint *os_error, GError **error);
	void (*client_complete)(gpointer client, glong result, gint os_error);
	struct ioctl_data *(*data_resolve)(struct ioctl_data *data, gsize offset, gsize len,
	                                   GError **error);
	gboolean (*data_set_ptr)(struct ioctl_data *data, gsize offset, struct ioctl_data *child);
};

static const char umockdev_preload[] = "libumockdev-preload.so.0";
static const char umockdev_library[] = "libumockdev.so.0";

static inline gpointer umockdev_symbol(gpointer lib, const char *name)
{
	g_autofree char *full = g_strconcat("umockdev_", name, NULL);
	gpointer found = dlsym(lib, full);
	if (!found)
		g_error("%s has no %s", umockdev_library, full);
	return found;
}

static inline void umockdev_load(struct umockdev *u)
{
	gpointer lib = dlopen(umockdev_library, RTLD_NOW);
	g_assert_nonnull(lib);
	u->testbed_new = umockdev_symbol(lib, "testbed_new");
	u->testbed_add_from_string = umockdev_symbol(lib, "testbed_add_from_string");
	u->testbed_attach_ioctl = umockdev_symbol(lib, "testbed_attach_ioctl");
	u->testbed_detach_ioctl = umockdev_symbol(lib, "testbed_detach_ioctl");
	u->testbed_remove_device = umockdev_symbol(lib, "testbed_remove_device");
	u->testbed_get_dev_fd = umockdev_symbol(lib, "testbed_get_dev_fd");
	u->ioctl_base_new = umockdev_symbol(lib, "ioctl_base_new");
	u->client_get_request = umockdev_symbol(lib, "ioctl_client_get_request");
	u->client_get_arg = umockdev_symbol(lib, "ioctl_client_get_arg");
	u->client_execute = umockdev_symbol(lib, "ioctl_client_execute");
	u->client_complete = umockdev_symbol(lib, "ioctl_client_complete");
	u->data_resolve = umockdev_symbol(lib, "ioctl_data_resolve");
	u->data_set_ptr = umockdev_symbol(lib, "ioctl_data_set_ptr");
}

/* TRUE, and `words` as the reason to skip, without umockdev. */
static inline gboolean umockdev_missing(const char *words)
{
	const char *loaded = g_getenv("LD_PRELOAD");
	if (loaded && strstr(loaded, umockdev_preload) && dlopen(umockdev_library, RTLD_NOW))
		return FALSE;
	g_test_skip(words);
	return TRUE;
}

/* Starts the program again with umockdev in front of the C library, once. */
static inline void umockdev_restart(char **argv)
{
	const char *loaded = g_getenv("LD_PRELOAD");
	if ((loaded && strstr(loaded, umockdev_preload)) || !dlopen(umockdev_library, RTLD_NOW))
		return;
	g_autofree char *both = g_strjoin(":", umockdev_preload, loaded, NULL);
	const char *asan = g_getenv("ASAN_OPTIONS");
	g_autofree char *options = g_strjoin(":", "verify_asan_link_order=0", asan, NULL);
	g_setenv("LD_PRELOAD", both, TRUE);
	g_setenv("ASAN_OPTIONS", options, TRUE);
	execv("/proc/self/exe", argv);
}

#endif
