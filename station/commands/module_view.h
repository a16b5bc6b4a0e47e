/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_MODULE_VIEW_H
#define STATION_COMMANDS_MODULE_VIEW_H

#include "fixtures/image_decode.h"
#include "fixtures/module_pages.h"
#include "station/shell/command.h"
#include "station/shell/site.h"
#include "station/shell/table.h"

/* What the commands on the module share: a deed on it, its memory as values, names in arguments. */

struct unit_call {
	struct shell *shell;
	const struct call *call;
	struct value *result;
	struct step_context *ctx;
	struct module *module;        /* null unless the work wants HAND_UNIT */
	const struct knob_map *knobs; /* null: the product is not known */
	const struct bounds *bounds;
};
typedef gboolean (*unit_deed)(struct unit_call *unit, GError **error);

struct unit_work {
	unit_deed deed;
	guint wants;    /* of enum hand_want */
	guint needs;    /* bits 1 << enum instrument_class */
	double limit_s; /* process time; 0: the usual */
};
/* shell_do of a command whose arguments are `call`. */
gboolean unit_do(struct shell *shell, const struct call *call, struct value *result,
                 const struct unit_work *work, GError **error);

/* The usual wants of a command that looks at the unit, and of one that does something to it. */
#define UNIT_LOOKS          (HAND_FIXTURE | HAND_UNIT)
#define UNIT_LOOKS_AT_KNOBS (UNIT_LOOKS | HAND_PRODUCT)
#define UNIT_TOUCHES        (HAND_FIXTURE | HAND_UNIT | HAND_TOUCH)

/* An argument that was given, else the default. */
guint unit_count(const struct unit_call *unit, guint argument, guint absent);
const char *unit_text(const struct unit_call *unit, guint argument, const char *absent);

/* The maker's pages are open afterwards; nothing is done where they are, or no map is known. */
gboolean unit_unlock(struct unit_call *unit, GError **error);
/* The same where the page of that address is the maker's. */
gboolean unit_unlock_for(struct unit_call *unit, guint32 address, GError **error);

/* --- memory as values ------------------------------------------------------------------------- */

/* Of the fields that are wanted; null with error. */
struct image_decoded *unit_decode(struct unit_call *unit, module_want want, gpointer data,
                                  GError **error);
/* In bank 0; null: not there. */
const struct image_field *unit_field(const struct image_decoded *decoded, const char *name);
/* Of a lane through all banks, 0: the field has none; FALSE: not there. */
gboolean unit_raw(const struct image_decoded *decoded, const char *name, guint lane, gint64 *raw);
/* As a number with unit where it is one, in dBm for optical power; else in words. */
struct value unit_value(const struct image_field *field, const struct image_value *value);
/* A number, or nothing where it is not finite; W becomes dBm. */
struct value unit_number(double number, const char *unit);
/* "1-4, 6" of lane bits; free with g_free. */
char *unit_lanes_text(guint32 bits);
/* In the knob's unit. */
struct value unit_knob_value(const struct knob *knob, double number);
/* Media lanes that the module has or, once it was brought up, uses: bits. */
guint32 unit_media_lanes(const struct module *module);

/* Cells of tables. */
void unit_add_text(struct table *table, const char *text); /* null, "": empty */
void unit_add_count(struct table *table, guint count);
void unit_add_lane(struct table *table, guint lane); /* 0: empty */

/* --- names in arguments ----------------------------------------------------------------------- */

/* A field of the CMIS tables, or bytes of a page. */
struct unit_target {
	const struct cmis_field *field; /* null: bytes */
	guint32 address;                /* of the first byte, bank 0 for a field */
};
/* "lane.tx_power", "11h:154", "1/11h:154" of bank 1, "lower:26", "00h:26" as well.
 * STATION_ERROR_CONFIG with the nearest name. */
gboolean unit_target(const struct unit_call *unit, const char *text, struct unit_target *target,
                     GError **error);
/* "19 50", "1950", "0x19 0x50"; null with STATION_ERROR_CONFIG. Free with g_byte_array_unref. */
GByteArray *unit_bytes(const char *text, GError **error);

/* STATION_ERROR_RANGE for a lane that the knob does not have; 0: none was given. */
gboolean unit_check_lane(const struct knob *knob, guint lane, GError **error);

/* complete of struct argument */
void complete_fields(struct shell *shell, GPtrArray *names);
void complete_pages(struct shell *shell, GPtrArray *names);
void complete_knobs(struct shell *shell, GPtrArray *names); /* of the product, when it is known */
void complete_pages_and_fields(struct shell *shell, GPtrArray *names);

#endif
