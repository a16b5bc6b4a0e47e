/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_cdb.h"

#include "base/bytes.h"
#include "bench/sim_module_vendor.h"

#include <math.h>
#include <string.h>

#define PAGE_CDB    0x9f
#define PAGE_EPL    0xa0
#define LPL_BYTES   120
#define EPL_BYTES   2048
#define STATUS_BYTE 37

#define HEADER_BYTES 32
#define LARGEST      (256 * 1024)
#define NACK_STORM_S 3.0

/* Status codes: busy, good, and what went wrong. */
enum {
	CDB_EXECUTING = 0x83,
	CDB_DONE = 0x01,
	CDB_UNKNOWN = 0x41,
	CDB_PARAMETER = 0x42,
	CDB_CHECK_CODE = 0x45,
	CDB_PASSWORD = 0x46,
	CDB_WRONG_STATE = 0x47,
	CDB_OTHER_PRODUCT = 0x60, /* of the command: the maker's */
	CDB_NOT_VERIFIED = 0x61,
};

enum {
	CMD_STATUS = 0x0000,
	CMD_PASSWORD = 0x0001,
	CMD_ABORT = 0x0004,
	CMD_MODULE_FEATURES = 0x0040,
	CMD_FIRMWARE_FEATURES = 0x0041,
	CMD_INFO = 0x0100,
	CMD_START = 0x0101,
	CMD_ABORT_DOWNLOAD = 0x0102,
	CMD_WRITE_LPL = 0x0103,
	CMD_WRITE_EPL = 0x0104,
	CMD_COMPLETE = 0x0107,
	CMD_COPY = 0x0108,
	CMD_RUN = 0x0109,
	CMD_COMMIT = 0x010a,
};

/* A command that has begun, as the host left it on the pages. */
struct request {
	const guint8 *lpl;
	guint lpl_len, epl_len;
	guint8 *reply; /* LPL_BYTES */
	guint reply_len;
};

static gboolean has_epl(const struct sim_module *module)
{
	return !module->model->osfp;
}

static gboolean in_background(const struct sim_module *module)
{
	return module->model->osfp;
}

gboolean sim_cdb_has_page(const struct sim_module *module, guint page)
{
	return page < PAGE_EPL || page > 0xaf || has_epl(module);
}

gsize sim_cdb_longest_write(const struct sim_module *module, guint page)
{
	return page >= PAGE_CDB && page <= 0xaf && has_epl(module) ? 128 : 8;
}

gboolean sim_cdb_answers(const struct sim_module *module)
{
	const struct module_cdb *cdb = &module->cdb;
	return (!cdb->busy || in_background(module)) && module->now_s >= cdb->nack_until_s;
}

/* --- the two images -------------------------------------------------------------------------- */

void sim_cdb_set_factory(struct module_firmware *firmware, const struct world_unit *unit)
{
	guint8 minor = world_unit_has(unit, WORLD_DEFECT_OLD_IMAGE) ? 2 : 4;
	firmware->images[0] = (struct firmware_image){TRUE, 1, minor, 0};
	firmware->images[1] = (struct firmware_image){TRUE, 1, (guint8)(minor - 1), 0};
	firmware->committed = 0;
}

static guint other(guint image)
{
	return 1 - image;
}

/* A committed image that is not whole is passed over. */
static guint boot_image(const struct module_firmware *firmware)
{
	guint image = firmware->committed;
	return firmware->images[image].valid ? image : other(image);
}

void sim_cdb_start(struct sim_module *module)
{
	struct module_cdb *cdb = &module->cdb;
	gboolean told = cdb->run_next && module->nv;
	guint next = cdb->next_image;
	if (cdb->download)
		g_byte_array_unref(cdb->download);
	struct cdb_spoil spoil = cdb->spoil;
	memset(cdb, 0, sizeof *cdb);
	cdb->spoil = spoil;
	cdb->until_s = cdb->restart_s = INFINITY;
	cdb->nack_until_s = -INFINITY;
	if (module->nv)
		cdb->running = told && module->nv->firmware.images[next].valid
		                       ? next
		                       : boot_image(&module->nv->firmware);
}

static void put_version(guint8 *at, const struct firmware_image *image)
{
	at[0] = image->valid ? image->major : 0xff;
	at[1] = image->valid ? image->minor : 0xff;
}

void sim_cdb_load(struct sim_module *module)
{
	const struct module_firmware *firmware = &module->nv->firmware;
	guint running = module->cdb.running;
	put_version(memory_at(&module->memory, MEMORY_LOWER, 39), &firmware->images[running]);
	put_version(memory_at(&module->memory, 0x01, 128), &firmware->images[other(running)]);
}

/* --- what commands do ------------------------------------------------------------------------ */

static guint32 be32(const guint8 *at)
{
	struct rd rd = rd_init(at, 4);
	return rd_be32(&rd);
}

static guint run_status(struct sim_module *module, struct request *request)
{
	request->reply[0] = 2;
	request->reply[1] = module->host_unlocked ? 0x01 : 0x00;
	request->reply_len = 2;
	return CDB_DONE;
}

static guint run_password(struct sim_module *module, struct request *request)
{
	if (request->lpl_len != 4)
		return CDB_PARAMETER;
	memcpy(memory_at(&module->memory, MEMORY_LOWER, 122), request->lpl, 4);
	sim_vendor_enter_password(module);
	return module->host_unlocked ? CDB_DONE : CDB_PASSWORD;
}

static guint run_features(struct sim_module *module, struct request *request)
{
	request->reply[2] = 0x13; /* commands 0000h, 0001h, 0004h */
	put_be16(request->reply + 34, 5000);
	request->reply_len = 36;
	return CDB_DONE;
}

static guint run_firmware_features(struct sim_module *module, struct request *request)
{
	guint8 *reply = request->reply;
	reply[1] = 0x03; /* abort and copy; durations in ms */
	reply[2] = HEADER_BYTES;
	reply[3] = 0xff;                        /* an erased byte */
	reply[4] = has_epl(module) ? 0xff : 14; /* 8 * (1 + n) bytes a block */
	reply[5] = has_epl(module) ? 0x11 : 0x01;
	put_be16(reply + 8, 3000);  /* start */
	put_be16(reply + 10, 500);  /* abort */
	put_be16(reply + 12, 300);  /* write */
	put_be16(reply + 14, 4500); /* complete */
	put_be16(reply + 16, 4500); /* copy */
	request->reply_len = 18;
	return CDB_DONE;
}

static guint run_info(struct sim_module *module, struct request *request)
{
	static const guint places[] = {138 - 136, 174 - 136};
	const struct module_firmware *firmware = &module->nv->firmware;
	for (guint i = 0; i < 2; i++) {
		const struct firmware_image *image = &firmware->images[i];
		guint bits = (module->cdb.running == i ? 1u : 0u) |
		             (firmware->committed == i ? 2u : 0u) | (image->valid ? 0u : 4u);
		guint8 *at = request->reply + places[i];
		request->reply[0] |= (guint8)(bits << (4 * i));
		request->reply[1] |= (guint8)(1u << i);
		put_version(at, image);
		put_be16(at + 2, image->build);
		if (image->valid)
			g_snprintf((char *)at + 4, 32, "virtual %c", 'A' + (int)i);
	}
	request->reply_len = 74;
	return CDB_DONE;
}

static gboolean is_header(const struct sim_module *module, const guint8 *header, guint32 size)
{
	return memcmp(header, "VBFW", 4) == 0 &&
	       bytes_crc16(header, 30) == (guint16)(header[30] << 8 | header[31]) &&
	       be32(header + 8) + HEADER_BYTES == size;
}

static gboolean is_for(const struct sim_module *module, const guint8 *header)
{
	const char *part = world_model_origin(module->model)->part_number;
	return strncmp((const char *)header + 14, part, 16) == 0;
}

/* What was in the other image is gone from here on. */
static guint run_start(struct sim_module *module, struct request *request)
{
	struct module_cdb *cdb = &module->cdb;
	const guint8 *header = request->lpl + 8;
	guint32 size = be32(request->lpl);
	if (request->lpl_len != 8 + HEADER_BYTES || size > LARGEST ||
	    !is_header(module, header, size))
		return CDB_PARAMETER;
	if (!is_for(module, header))
		return CDB_OTHER_PRODUCT;
	module->nv->firmware.images[other(cdb->running)].valid = FALSE;
	sim_cdb_load(module);
	memcpy(cdb->header, header, HEADER_BYTES);
	if (cdb->download)
		g_byte_array_unref(cdb->download);
	cdb->download = g_byte_array_new();
	return CDB_DONE;
}

static guint run_abort_download(struct sim_module *module, struct request *request)
{
	if (module->cdb.download)
		g_byte_array_unref(module->cdb.download);
	module->cdb.download = NULL;
	return CDB_DONE;
}

/* A block may be written again, but none may be left out. */
static guint take_block(struct sim_module *module, guint32 address, const guint8 *data, guint len)
{
	GByteArray *download = module->cdb.download;
	if (!download)
		return CDB_WRONG_STATE;
	if (len == 0 || address > download->len || address + len > be32(module->cdb.header + 8))
		return CDB_PARAMETER;
	if (address + len > download->len)
		g_byte_array_set_size(download, address + len);
	memcpy(download->data + address, data, len);
	return CDB_DONE;
}

static guint run_write_lpl(struct sim_module *module, struct request *request)
{
	if (request->lpl_len < 5)
		return CDB_PARAMETER;
	return take_block(module, be32(request->lpl), request->lpl + 4, request->lpl_len - 4);
}

static guint run_write_epl(struct sim_module *module, struct request *request)
{
	guint8 data[EPL_BYTES];
	if (!has_epl(module) || request->lpl_len != 4 || request->epl_len > EPL_BYTES)
		return CDB_PARAMETER;
	for (guint i = 0; i < request->epl_len; i++)
		data[i] = *memory_at(&module->memory, PAGE_EPL + i / 128, 128 + i % 128);
	return take_block(module, be32(request->lpl), data, request->epl_len);
}

static guint run_complete(struct sim_module *module, struct request *request)
{
	struct module_cdb *cdb = &module->cdb;
	g_autoptr(GByteArray) whole = g_steal_pointer(&cdb->download);
	const guint8 *header = cdb->header;
	if (!whole)
		return CDB_WRONG_STATE;
	if (whole->len != be32(header + 8) ||
	    bytes_crc16(whole->data, whole->len) != (guint16)(header[12] << 8 | header[13]) ||
	    world_unit_has(module->unit, WORLD_DEFECT_BAD_FLASH))
		return CDB_NOT_VERIFIED;
	module->nv->firmware.images[other(cdb->running)] =
		(struct firmware_image){TRUE, header[4], header[5],
	                                (guint16)(header[6] << 8 | header[7])};
	sim_cdb_load(module);
	return CDB_DONE;
}

/* 136: 0xAB from A to B, 0xBA the other way. What runs is not written over. */
static guint run_copy(struct sim_module *module, struct request *request)
{
	struct module_firmware *firmware = &module->nv->firmware;
	guint from = request->lpl[0] == 0xba;
	if (request->lpl_len != 1 || (request->lpl[0] != 0xab && !from))
		return CDB_PARAMETER;
	if (other(from) == module->cdb.running || !firmware->images[from].valid)
		return CDB_WRONG_STATE;
	firmware->images[other(from)] = firmware->images[from];
	sim_cdb_load(module);
	return CDB_DONE;
}

static guint run_run(struct sim_module *module, struct request *request)
{
	struct module_cdb *cdb = &module->cdb;
	guint mode = request->lpl_len >= 2 ? request->lpl[1] : 0;
	guint next = mode < 2 ? other(cdb->running) : cdb->running;
	if (request->lpl_len != 4 || mode > 3)
		return CDB_PARAMETER;
	if (!module->nv->firmware.images[next].valid)
		return CDB_WRONG_STATE;
	cdb->next_image = next;
	cdb->restart_s = module->now_s + (request->lpl[2] << 8 | request->lpl[3]) * 1e-3;
	return CDB_DONE;
}

static guint run_commit(struct sim_module *module, struct request *request)
{
	module->nv->firmware.committed = (guint8)module->cdb.running;
	return CDB_DONE;
}

static guint run_nothing(struct sim_module *module, struct request *request)
{
	return CDB_DONE;
}

/* `erases`: what is written to is not whole from the moment on when the command begins. */
static const struct command {
	guint id;
	double time_s;
	gboolean wants_password, erases;
	guint (*run)(struct sim_module *module, struct request *request);
} commands[] = {
	{CMD_STATUS, 0.002, FALSE, FALSE, run_status},
	{CMD_PASSWORD, 0.002, FALSE, FALSE, run_password},
	{CMD_ABORT, 0.002, FALSE, FALSE, run_nothing},
	{CMD_MODULE_FEATURES, 0.005, FALSE, FALSE, run_features},
	{CMD_FIRMWARE_FEATURES, 0.005, FALSE, FALSE, run_firmware_features},
	{CMD_INFO, 0.005, FALSE, FALSE, run_info},
	{CMD_START, 1.2, TRUE, FALSE, run_start},
	{CMD_ABORT_DOWNLOAD, 0.05, TRUE, FALSE, run_abort_download},
	{CMD_WRITE_LPL, 0.01, TRUE, FALSE, run_write_lpl},
	{CMD_WRITE_EPL, 0.06, TRUE, FALSE, run_write_epl},
	{CMD_COMPLETE, 2.0, TRUE, FALSE, run_complete},
	{CMD_COPY, 3.0, TRUE, TRUE, run_copy},
	{CMD_RUN, 0.01, TRUE, FALSE, run_run},
	{CMD_COMMIT, 0.2, TRUE, FALSE, run_commit},
};

static const struct command *find_command(guint id)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		if (commands[i].id == id)
			return &commands[i];
	return NULL;
}

/* --- a command's way ------------------------------------------------------------------------- */

static guint8 check_code(const guint8 *data, guint len, guint sum)
{
	for (guint i = 0; i < len; i++)
		sum += data[i];
	return (guint8)~sum;
}

static guint8 *status_byte(struct sim_module *module)
{
	return memory_at(&module->memory, MEMORY_LOWER, STATUS_BYTE);
}

/* What is wrong with it before it begins, as a status; 0 when nothing is. */
static guint refusal(struct sim_module *module, const guint8 *page)
{
	const struct command *command = find_command((guint)page[0] << 8 | page[1]);
	guint lpl_len = page[4], sum = 0;
	for (guint i = 0; i < 5; i++)
		sum += page[i];
	if (lpl_len > LPL_BYTES || check_code(page + 8, lpl_len, sum) != page[5])
		return CDB_CHECK_CODE;
	if (!command)
		return CDB_UNKNOWN;
	return command->wants_password && !module->host_unlocked ? CDB_PASSWORD : 0;
}

/* TRUE when this is the occasion that somebody has asked to be spoilt. */
static gboolean take_spoil(struct sim_module *module, guint id)
{
	struct cdb_spoil *spoil = &module->cdb.spoil;
	if (spoil->kind == SIM_SPOIL_NONE || spoil->command != id)
		return FALSE;
	return --spoil->left == 0;
}

static void spoil_command(struct sim_module *module, const struct command *command)
{
	struct module_cdb *cdb = &module->cdb;
	switch (cdb->spoil.kind) {
	case SIM_SPOIL_NONE:
		break;
	case SIM_SPOIL_RESTART:
	case SIM_SPOIL_POWER:
		cdb->fatal = TRUE;
		cdb->until_s = module->now_s + command->time_s / 2;
		if (command->erases)
			module->nv->firmware.images[other(cdb->running)].valid = FALSE;
		break;
	case SIM_SPOIL_NACK:
		cdb->nack_until_s = module->now_s + NACK_STORM_S;
		break;
	case SIM_SPOIL_CHECK:
		cdb->refused = CDB_CHECK_CODE;
		break;
	case SIM_SPOIL_BUSY:
		cdb->until_s = INFINITY;
		break;
	}
}

void sim_cdb_trigger(struct sim_module *module)
{
	struct module_cdb *cdb = &module->cdb;
	guint8 *page = memory_at(&module->memory, PAGE_CDB, 128);
	const struct command *command = find_command((guint)page[0] << 8 | page[1]);
	if (cdb->busy)
		return;
	cdb->busy = TRUE;
	cdb->refused = refusal(module, page);
	cdb->until_s = module->now_s + (cdb->refused || !command ? 0.002 : command->time_s);
	*status_byte(module) = CDB_EXECUTING;
	if (cdb->refused || !command)
		return;
	if (command->id == CMD_WRITE_LPL || command->id == CMD_WRITE_EPL)
		if (world_unit_has(module->unit, WORLD_DEFECT_CDB_STUCK))
			cdb->until_s = INFINITY;
	if (take_spoil(module, command->id))
		spoil_command(module, command);
}

double sim_cdb_due_s(const struct sim_module *module)
{
	const struct module_cdb *cdb = &module->cdb;
	return MIN(cdb->busy ? cdb->until_s : INFINITY, cdb->restart_s);
}

static void execute(struct sim_module *module)
{
	guint8 *page = memory_at(&module->memory, PAGE_CDB, 128);
	const struct command *command = find_command((guint)page[0] << 8 | page[1]);
	guint8 lpl[LPL_BYTES], reply[LPL_BYTES] = {0};
	struct request request = {lpl, page[4], (guint)page[2] << 8 | page[3], reply, 0};
	guint status = module->cdb.refused;
	memcpy(lpl, page + 8, LPL_BYTES);
	if (!status)
		status = command->run(module, &request);
	page[6] = (guint8)request.reply_len;
	page[7] = check_code(reply, request.reply_len, 0);
	memcpy(page + 8, reply, LPL_BYTES);
	*status_byte(module) = (guint8)status;
	sim_state_raise(module, MEMORY_LOWER, 8, 0x40);
}

void sim_cdb_finish(struct sim_module *module)
{
	struct module_cdb *cdb = &module->cdb;
	if (cdb->restart_s <= module->now_s) {
		cdb->run_next = TRUE;
		sim_state_start(module);
		return;
	}
	if (!cdb->busy || cdb->until_s > module->now_s)
		return;
	cdb->busy = FALSE;
	cdb->until_s = INFINITY;
	if (!cdb->fatal) {
		execute(module);
		return;
	}
	if (cdb->spoil.kind == SIM_SPOIL_POWER)
		world_set_supply(module->world, module->site, 0, 0, FALSE);
	sim_state_start(module);
}
