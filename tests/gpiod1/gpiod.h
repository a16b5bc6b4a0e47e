/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_GPIOD1_GPIOD_H
#define TESTS_GPIOD1_GPIOD_H

#include <stdbool.h>
#include <time.h>

/*
 * What fixtures/pins_gpiod1.c uses of libgpiod 1, declared as that library does, so that the file
 * is compiled where another version is installed. Nothing stands behind it.
 */

#define GPIOD_LINE_BULK_MAX_LINES 64

enum {
	GPIOD_LINE_REQUEST_DIRECTION_AS_IS = 1,
	GPIOD_LINE_REQUEST_DIRECTION_INPUT,
	GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
	GPIOD_LINE_REQUEST_EVENT_FALLING_EDGE,
	GPIOD_LINE_REQUEST_EVENT_RISING_EDGE,
	GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
};

enum {
	GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN = 1UL << 0,
	GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE = 1UL << 3,
	GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN = 1UL << 4,
	GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP = 1UL << 5,
};

struct gpiod_chip;
struct gpiod_line;

struct gpiod_line_bulk {
	struct gpiod_line *lines[GPIOD_LINE_BULK_MAX_LINES];
	unsigned int num_lines;
};

struct gpiod_line_request_config {
	const char *consumer;
	int request_type;
	int flags;
};

struct gpiod_line_event {
	struct timespec ts;
	int event_type;
};

struct gpiod_chip *gpiod_chip_open(const char *path);
void gpiod_chip_close(struct gpiod_chip *chip);
const char *gpiod_chip_name(struct gpiod_chip *chip);
const char *gpiod_chip_label(struct gpiod_chip *chip);
unsigned int gpiod_chip_num_lines(struct gpiod_chip *chip);
struct gpiod_line *gpiod_chip_get_line(struct gpiod_chip *chip, unsigned int offset);
int gpiod_chip_get_lines(struct gpiod_chip *chip, unsigned int *offsets, unsigned int num_offsets,
                         struct gpiod_line_bulk *bulk);
struct gpiod_line *gpiod_chip_find_line(struct gpiod_chip *chip, const char *name);

unsigned int gpiod_line_offset(struct gpiod_line *line);
const char *gpiod_line_consumer(struct gpiod_line *line);
bool gpiod_line_is_used(struct gpiod_line *line);
int gpiod_line_request_bulk(struct gpiod_line_bulk *bulk,
                            const struct gpiod_line_request_config *config,
                            const int *default_vals);
void gpiod_line_release_bulk(struct gpiod_line_bulk *bulk);
int gpiod_line_get_value(struct gpiod_line *line);
int gpiod_line_get_value_bulk(struct gpiod_line_bulk *bulk, int *values);
int gpiod_line_set_value_bulk(struct gpiod_line_bulk *bulk, const int *values);
int gpiod_line_event_get_fd(struct gpiod_line *line);
int gpiod_line_event_read(struct gpiod_line *line, struct gpiod_line_event *event);

#endif
