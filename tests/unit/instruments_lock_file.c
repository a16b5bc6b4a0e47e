/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/lock_file.h"

#include "base/error.h"
#include "instruments/address.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A folder of the test's own. */
static char *make_folder(void)
{
	char *folder = g_dir_make_tmp("lock-XXXXXX", NULL);

	g_assert_nonnull(folder);
	return folder;
}

static void drop_folder(char *folder)
{
	g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing is left behind */
	g_free(folder);
}

static void expect(gboolean failed, GError **error, enum station_error code, const char *part)
{
	g_assert_true(failed);
	g_assert_error(*error, STATION_ERROR, (int)code);
	if (!strstr((*error)->message, part))
		g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
	g_clear_error(error);
}

static void test_refusal(void)
{
	char *folder = make_folder();
	GError *error = NULL;
	struct lock_file *lock = lock_file_take(folder, "tcp:h:1", "line\n2", &error);
	g_autofree char *process = g_strdup_printf("process %d, ", (int)getpid());

	g_assert_no_error(error);
	g_autofree char *holder = lock_file_holder(folder, "tcp:h:1");
	g_assert_true(g_str_has_prefix(holder, "in use by station \"line?2\" (user "));
	g_assert_null(lock_file_holder(folder, "tcp:h:2"));
	/* what another wrote cannot play with the terminal */
	expect(!lock_file_take(folder, "tcp:h:1", "b", &error), &error, STATION_ERROR_REFUSED,
	       "in use by station \"line?2\" (user ");
	expect(!lock_file_take(folder, "tcp:h:1", "b", &error), &error, STATION_ERROR_REFUSED,
	       process);
	struct lock_file *other = lock_file_take(folder, "tcp:h:2", "b", &error);
	g_assert_no_error(error);
	lock_file_release(lock);
	lock = lock_file_take(folder, "tcp:h:1", "c", &error);
	g_assert_no_error(error);
	expect(!lock_file_take(folder, "tcp:h:1", "b", &error), &error, STATION_ERROR_REFUSED,
	       "station \"c\"");
	lock_file_release(other);
	lock_file_release(lock);
	lock_file_release(NULL);
	drop_folder(folder);
}

/* A process that is killed holds nothing; what it wrote stays and does not count. */
static void test_killed(void)
{
	char *folder = make_folder();
	GError *error = NULL;
	int ready[2];
	char byte;

	g_assert_cmpint(pipe(ready), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		struct lock_file *lock = lock_file_take(folder, "a", "child", NULL);
		if (lock && write(ready[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
	g_autofree char *process =
		g_strdup_printf("\"child\" (user %s, process %d,", g_get_user_name(), (int)child);
	expect(!lock_file_take(folder, "a", "b", &error), &error, STATION_ERROR_REFUSED, process);
	kill(child, SIGKILL);
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	g_autofree char *path = lock_file_path(folder, "a", ".lock");
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	g_assert_null(lock_file_holder(folder, "a"));
	struct lock_file *lock = lock_file_take(folder, "a", "b", &error);
	g_assert_no_error(error);
	lock_file_release(lock);
	close(ready[0]);
	close(ready[1]);
	drop_folder(folder);
}

/* What is in the file is not to be trusted. */
static void test_garbage(void)
{
	static const char *const texts[] =
		{"", "\xff\xfe", "[holder]\n", "[holder]\nsince=x\n",
	         "[holder]\nstation=\xff\x1b[2J\nsince=99999999999999\n"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		char *folder = make_folder();
		GError *error = NULL;
		struct lock_file *lock = lock_file_take(folder, "a", "me", &error);
		g_autofree char *path = lock_file_path(folder, "a", ".lock");
		FILE *file = g_fopen(path, "r+");

		g_assert_no_error(error);
		g_assert_cmpint(ftruncate(fileno(file), 0), ==, 0);
		fputs(texts[i], file);
		fclose(file);
		g_assert_null(lock_file_take(folder, "a", "b", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		g_assert_null(strchr(error->message, '\x1b'));
		g_clear_error(&error);
		lock_file_release(lock);
		drop_folder(folder);
	}
}

static void test_folder(void)
{
	char *folder = make_folder();
	g_autofree char *own = g_build_filename(folder, "locks", NULL);
	g_autofree char *link = g_build_filename(folder, "link", NULL);
	GError *error = NULL;

	g_setenv("STATION_LOCKDIR", own, TRUE);
	g_autofree char *found = lock_file_folder(&error);
	g_assert_no_error(error);
	g_assert_cmpstr(found, ==, own);
	g_assert_cmpint(symlink(own, link), ==, 0);
	g_setenv("STATION_LOCKDIR", link, TRUE);
	expect(!lock_file_folder(&error), &error, STATION_ERROR_STORAGE, link);
	g_setenv("STATION_LOCKDIR", "/nowhere/at/all", TRUE);
	expect(!lock_file_folder(&error), &error, STATION_ERROR_STORAGE, "/nowhere/at/all");
	expect(!lock_file_take("/nowhere/at/all", "a", "b", &error), &error, STATION_ERROR_STORAGE,
	       "/nowhere/at/all");
	g_unsetenv("STATION_LOCKDIR");
	g_unlink(link);
	g_rmdir(own);
	drop_folder(folder);
}

static void test_address(void)
{
	static const struct {
		const char *resource, *address;
		gboolean bus_lock;
	} rows[] = {
		{"TCPIP::Host.A::5025::SOCKET", "tcp:host.a:5025", FALSE},
		{"TCPIP0::localhost::5025::SOCKET", "tcp:127.0.0.1:5025", FALSE},
		{"trace:TCPIP::h::5025::SOCKET", "tcp:h:5025", FALSE},
		{"record:file=/x%3A:TCPIP::h::5025::SOCKET", "tcp:h:5025", FALSE},
		{"replay:file=/x:TCPIP::h::5025::SOCKET", NULL, FALSE},
		{"TCPIP::h::hislip0::INSTR", "hislip:h:4880:hislip0", TRUE},
		{"TCPIP::h::hislip1,5000::INSTR", "hislip:h:5000:hislip1", TRUE},
		{"TCPIP::h::gpib0,9::INSTR", "vxi11:h:0:gpib0,9", TRUE},
		{"TCPIP::h", "vxi11:h:0:inst0", TRUE},
		{"USB0::0x1AB1::0x0E11::DP8C1::INSTR", "usb:1ab1:0e11:DP8C1", FALSE},
		{"ASRL/dev/none::INSTR?baud=115200", "device:/dev/none", FALSE},
		{"PRLGX-TCPIP::h::GPIB::5::INSTR", "tcp:h:1234", FALSE},
		{"PRLGX-TCPIP::h::GPIB::6::INSTR", "tcp:h:1234", FALSE},
		{"PRLGX-ASRL/dev/none::GPIB::6::INSTR", "device:/dev/none", FALSE},
	};
	GError *error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *address = instrument_address(rows[i].resource, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(address, ==, rows[i].address);
		if (address)
			g_assert_cmpint(instrument_bus_has_lock(rows[i].resource), ==,
			                rows[i].bus_lock);
	}
	expect(!instrument_address("TCPIP", &error), &error, STATION_ERROR_CONFIG, "TCPIP");
}

/* Two names of one device are one address. */
static void test_device(void)
{
	char *folder = make_folder();
	g_autofree char *device = g_build_filename(folder, "ttyX", NULL);
	g_autofree char *link = g_build_filename(folder, "by-id", NULL);

	g_assert_true(g_file_set_contents(device, "", 0, NULL));
	g_assert_cmpint(symlink(device, link), ==, 0);
	g_autofree char *a = address_of_device(device);
	g_autofree char *b = address_of_device(link);
	g_assert_cmpstr(a, ==, b);
	g_unlink(link);
	g_unlink(device);
	drop_folder(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lock-file/refusal", test_refusal);
	g_test_add_func("/lock-file/killed", test_killed);
	g_test_add_func("/lock-file/garbage", test_garbage);
	g_test_add_func("/lock-file/folder", test_folder);
	g_test_add_func("/lock-file/address", test_address);
	g_test_add_func("/lock-file/device", test_device);
	return g_test_run();
}
