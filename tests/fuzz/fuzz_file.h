/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_FUZZ_FUZZ_FILE_H
#define TESTS_FUZZ_FUZZ_FILE_H

#include <glib.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* For loaders that want a file: one in memory that has this input and a path. */
struct fuzz_file {
	int fd;
	char path[32];
};

static inline struct fuzz_file fuzz_file_open(const uint8_t *data, size_t size)
{
	struct fuzz_file file = {.fd = memfd_create("input", MFD_CLOEXEC)};

	g_assert_cmpint(file.fd, >=, 0);
	while (size > 0) {
		ssize_t n = write(file.fd, data, size);
		g_assert_cmpint(n, >, 0);
		data += n;
		size -= (size_t)n;
	}
	g_snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
	return file;
}

static inline void fuzz_file_close(struct fuzz_file *file)
{
	close(file->fd);
}

#endif
