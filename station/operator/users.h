/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_USERS_H
#define STATION_OPERATOR_USERS_H

#include <glib.h>

/*
 * Who may work at the station: a YAML file that "station users" writes.
 *
 *   users:
 *     - badge: "4711"
 *       name: "Operator1"
 *       role: operator        # or engineer
 *       pin: "$argon2id$v=19$m=65536,t=2,p=1$..."
 *
 * A PIN is kept as its Argon2id hash (RFC 9106), in the form of libsodium's crypto_pwhash_str. PINs
 * and hashes are in no message. A PIN given to a function is wiped by it, whatever comes of it.
 */
enum { USERS_MAX = 1000, USER_BADGE_MAX = 32, USER_NAME_MAX = 64, USER_PIN_MIN = 4 };
enum { USER_PIN_MAX = 64 }; /* bytes, as the others */
enum { USER_HASH_SIZE = 128 };

enum user_role { USER_OPERATOR, USER_ENGINEER };

struct user {
	char *badge, *name;
	enum user_role role;
	char hash[USER_HASH_SIZE]; /* of the PIN */
};

struct users;
typedef struct users users; /* for g_autoptr(users) only */

/*
 * STATION_ERROR_CONFIG with file and line: unknown keys, a badge twice, a hash of another kind or
 * one that would take more than 1 GiB or 8 passes; without a line when others than the owner and
 * the group may read the file, or others than the owner write it. STATION_ERROR_AUTHORITY when we
 * may not read it.
 */
struct users *users_load(const char *path, GError **error);
/* Nobody yet. Free either with users_free. */
struct users *users_new(void);
void users_free(struct users *users); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(users, users_free)

/* In the order of the file; borrowed until somebody is added or removed. */
guint users_size(const struct users *users);
const struct user *users_at(const struct users *users, guint i);
/* Null when there is none. */
const struct user *users_find(const struct users *users, const char *badge);
gboolean users_is_engineer(const struct user *user); /* null is not */
/* "operator", "engineer". Static storage. */
const char *user_role_name(enum user_role role);
/* Whether the text as a file has comments, which users_text does not keep. */
gboolean users_had_comments(const struct users *users);

/*
 * Whether somebody with that badge and PIN may work; STATION_ERROR_AUTHORITY with words for the
 * screen when not. They are the same for a badge that nobody has and for a wrong PIN, and so is the
 * time it takes (0.1 to 0.2 s: not for the thread of the screen). After three wrong PINs in a row
 * for a badge, and after each further one, it is refused for half a minute, the right PIN too
 * (tries.h). now_us: a clock that is never set back. May be called from several threads at once.
 */
gboolean users_check(struct users *users, const char *badge, char *pin, gint64 now_us,
                     const struct user **user, GError **error);

/* For a PIN that goes to no function: overwrites it up to its zero byte; null is allowed. */
void users_wipe(char *pin);

/* Badges are letters, digits, '.', '_' and '-', the first of them a letter or digit. */
gboolean users_is_badge(const char *badge);

/* Changes of the list, not while another thread checks. STATION_ERROR_RANGE: what is no badge, name
 * or PIN; a badge that is there already, or is not there. */
gboolean users_add(struct users *users, const char *badge, const char *name, enum user_role role,
                   char *pin, GError **error);
gboolean users_set_pin(struct users *users, const char *badge, char *pin, GError **error);
gboolean users_remove(struct users *users, const char *badge, GError **error);

/* As users_load reads it. Free with g_free. */
char *users_text(const struct users *users);

#endif
