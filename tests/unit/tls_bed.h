/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_TLS_BED_H
#define TESTS_UNIT_TLS_BED_H

#include <gio/gio.h>

#include <stdlib.h>

/* The certificates of tests/data/tls, which the script there made. */

#ifdef __SANITIZE_ADDRESS__
/* TLS allocates much, and telling where each piece came from is what takes the time. */
const char *__asan_default_options(void);
__attribute__((weak)) const char *__asan_default_options(void)
{
	return "malloc_context_size=8";
}

static inline gboolean tls_thread_is_left(void)
{
	g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
	const char *task;
	gboolean found = FALSE;

	while (tasks && (task = g_dir_read_name(tasks))) {
		g_autofree char *path = g_build_filename("/proc/self/task", task, "comm", NULL);
		g_autofree char *name = NULL;
		found = found ||
		        (g_file_get_contents(path, &name, NULL, NULL) &&
		         g_str_has_prefix(name, "pool-") && !g_str_has_prefix(name, "pool-spawn"));
	}
	return found;
}

/*
 * GLib keeps the threads that shook hands for the next time. The leak sanitizer of gcc 12 dies of
 * what libraries that were loaded late keep for such a thread, and runs after this.
 */
static inline void tls_end_threads(void)
{
	for (int i = 0; i < 100 && tls_thread_is_left(); i++) {
		g_thread_pool_stop_unused_threads();
		g_usleep(50000);
	}
}

#else
static inline void tls_end_threads(void)
{
}
#endif

/* TRUE, and the test is skipped, where GIO has no TLS. */
static inline gboolean tls_missing(void)
{
	atexit(tls_end_threads);
	if (g_tls_backend_supports_tls(g_tls_backend_get_default()))
		return FALSE;
	g_test_skip("ENCRYPTED CONNECTIONS NOT TESTED: glib-networking is not installed");
	return TRUE;
}

static inline char *tls_path(const char *name)
{
	const char *folder = g_getenv("STATION_SRC");
	g_autofree char *file = g_strconcat(name, ".pem", NULL);
	g_autofree char *path =
		g_build_filename(folder ? folder : ".", "tests/data/tls", file, NULL);
	return g_canonicalize_filename(path, NULL);
}

/* With its key. */
static inline GTlsCertificate *tls_certificate(const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = tls_path(name);
	GTlsCertificate *certificate = g_tls_certificate_new_from_file(path, &error);
	g_assert_no_error(error);
	return certificate;
}

/* 64 digits. */
static inline char *tls_fingerprint(const char *name)
{
	g_autoptr(GTlsCertificate) certificate = tls_certificate(name);
	g_autoptr(GByteArray) der = NULL;
	g_object_get(certificate, "certificate", &der, NULL);
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
}

#endif
