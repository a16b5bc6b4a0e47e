/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/faults.h"

#include <string.h>

struct faults {
	GMutex lock;
	gint64 left[FAULT_KINDS]; /* occasions; -1 for ever */
};

static const char *const fault_names[FAULT_KINDS + 1] = {
	[FAULT_SILENT] = "silent",       [FAULT_DISCONNECT] = "disconnect",
	[FAULT_GARBAGE] = "garbage",     [FAULT_QUEUE_ERROR] = "queue-error",
	[FAULT_LATE] = "late",           [FAULT_SPLIT] = "split",
	[FAULT_TWICE] = "twice",         [FAULT_NACK] = "nack",
	[FAULT_INT_STUCK] = "int-stuck",
};

struct faults *faults_new(void)
{
	struct faults *faults = g_new0(struct faults, 1);
	g_mutex_init(&faults->lock);
	return faults;
}

void faults_free(struct faults *faults)
{
	if (!faults)
		return;
	g_mutex_clear(&faults->lock);
	g_free(faults);
}

gboolean faults_kind(const char *name, enum fault *kind)
{
	for (int i = 0; i < FAULT_KINDS; i++) {
		if (strcmp(fault_names[i], name) == 0) {
			*kind = (enum fault)i;
			return TRUE;
		}
	}
	return FALSE;
}

char *faults_names(void)
{
	return g_strjoinv(" ", (char **)fault_names);
}

void faults_arm(struct faults *faults, enum fault kind, guint count)
{
	g_mutex_lock(&faults->lock);
	faults->left[kind] = count == 0 ? -1 : (gint64)count;
	g_mutex_unlock(&faults->lock);
}

void faults_clear(struct faults *faults)
{
	g_mutex_lock(&faults->lock);
	for (int i = 0; i < FAULT_KINDS; i++)
		faults->left[i] = 0;
	g_mutex_unlock(&faults->lock);
}

gboolean faults_take(struct faults *faults, enum fault kind)
{
	if (!faults)
		return FALSE;
	g_mutex_lock(&faults->lock);
	gboolean armed = faults->left[kind] != 0;
	if (faults->left[kind] > 0)
		faults->left[kind]--;
	g_mutex_unlock(&faults->lock);
	return armed;
}
