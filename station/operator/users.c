/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/users.h"
#include "station/operator/words.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/yaml.h"
#include "station/operator/tries.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_LINE "# Written by \"station users\"; comments are not kept."

enum { FILE_MAX = 1 << 20, PASSES_MAX = 8, MEMORY_MAX_KIB = 1 << 20 };

G_STATIC_ASSERT(USER_HASH_SIZE == crypto_pwhash_STRBYTES);

struct users {
	GPtrArray *list; /* struct user */
	gboolean comments;
	struct tries *tries;
};

/* --- the list --------------------------------------------------------------------------------- */

static void user_free(gpointer data)
{
	struct user *user = data;

	g_free(user->badge);
	g_free(user->name);
	g_free(user);
}

struct users *users_new(void)
{
	struct users *users = g_new0(struct users, 1);

	users->list = g_ptr_array_new_with_free_func(user_free);
	users->tries = tries_new();
	return users;
}

void users_free(struct users *users)
{
	if (!users)
		return;
	g_ptr_array_unref(users->list);
	tries_free(users->tries);
	g_free(users);
}

guint users_size(const struct users *users)
{
	return users->list->len;
}

const struct user *users_at(const struct users *users, guint i)
{
	return g_ptr_array_index(users->list, i);
}

static gboolean find(const struct users *users, const char *badge, guint *place)
{
	for (*place = 0; *place < users->list->len; (*place)++)
		if (strcmp(users_at(users, *place)->badge, badge) == 0)
			return TRUE;
	return FALSE;
}

const struct user *users_find(const struct users *users, const char *badge)
{
	guint place;

	return find(users, badge, &place) ? users_at(users, place) : NULL;
}

gboolean users_is_engineer(const struct user *user)
{
	return user && user->role == USER_ENGINEER;
}

static const char *const roles[] = {
	[USER_OPERATOR] = "operator",
	[USER_ENGINEER] = "engineer",
	NULL,
};

const char *user_role_name(enum user_role role)
{
	return roles[role];
}

gboolean users_had_comments(const struct users *users)
{
	return users->comments;
}

/* --- what a badge, a name, a PIN and a hash look like -------------------------------------------
 */

gboolean users_is_badge(const char *badge)
{
	if (!g_ascii_isalnum(*badge) || strlen(badge) > USER_BADGE_MAX)
		return FALSE;
	for (; *badge; badge++)
		if (!g_ascii_isalnum(*badge) && !strchr("._-", *badge))
			return FALSE;
	return TRUE;
}

static gboolean check_badge(const char *badge, GError **error)
{
	if (users_is_badge(badge))
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE,
	                  "\"%s\" is no badge: 1 to %d letters, digits, '.', '_' and '-'", badge,
	                  USER_BADGE_MAX);
	return FALSE;
}

/* Of any script, in one line: no blank but ' ' and nothing that controls. */
static gboolean is_words(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		return FALSE;
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (c != ' ' && (!g_unichar_isgraph(c) || g_unichar_isspace(c)))
			return FALSE;
	}
	return TRUE;
}

static gboolean check_name(const char *name, GError **error)
{
	gsize len = strlen(name);

	if (len && len <= USER_NAME_MAX && is_words(name) && *name != ' ' && name[len - 1] != ' ')
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE,
	                  "\"%s\" is no name: 1 to %d bytes in one line, no blank at an end", name,
	                  USER_NAME_MAX);
	return FALSE;
}

static gboolean check_pin(const char *pin, GError **error)
{
	gsize len = strlen(pin);

	if (len >= USER_PIN_MIN && len <= USER_PIN_MAX && is_words(pin))
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE, "a PIN has %d to %d characters", USER_PIN_MIN,
	                  USER_PIN_MAX);
	return FALSE;
}

/* The number behind "NAME=", between 1 and most. */
static gboolean take_setting(const char **text, const char *name, guint64 most)
{
	guint64 value;

	if (!g_str_has_prefix(*text, name) || !g_ascii_isdigit((*text)[strlen(name)]))
		return FALSE;
	value = g_ascii_strtoull(*text + strlen(name), (char **)text, 10);
	return value >= 1 && value <= most;
}

/* Null, or what is wrong. A file must not keep the station busy for hours. */
static const char *take_hash(const char *text, char hash[USER_HASH_SIZE])
{
	const char *rest = hash + strlen(crypto_pwhash_STRPREFIX);

	memset(hash, 0, USER_HASH_SIZE);
	if (g_strlcpy(hash, text, USER_HASH_SIZE) >= USER_HASH_SIZE ||
	    !g_str_has_prefix(hash, crypto_pwhash_STRPREFIX) ||
	    crypto_pwhash_str_needs_rehash(hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                                   crypto_pwhash_MEMLIMIT_INTERACTIVE) < 0)
		return "pin is no Argon2id hash as \"station users\" writes it";
	if (!take_setting(&rest, "v=19$m=", MEMORY_MAX_KIB) ||
	    !take_setting(&rest, ",t=", PASSES_MAX) || !take_setting(&rest, ",p=", 1))
		return "pin is a hash that takes too much memory or time";
	return NULL;
}

void users_wipe(char *pin)
{
	if (pin)
		sodium_memzero(pin, strlen(pin));
}

static gboolean ready(GError **error)
{
	if (sodium_init() >= 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "libsodium could not be started");
	return FALSE;
}

/* --- the file --------------------------------------------------------------------------------- */

static gboolean read_role(const struct yaml_node *map, enum user_role *role, GError **error)
{
	const char *text, *near;

	if (!yaml_string(map, "role", &text, error))
		return FALSE;
	for (int i = 0; roles[i]; i++)
		if (strcmp(roles[i], text) == 0) {
			*role = (enum user_role)i;
			return TRUE;
		}
	near = suggest_nearest(text, roles);
	yaml_error(yaml_find(map, "role"), error, "\"role: %s\": operator or engineer%s%s%s", text,
	           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return FALSE;
}

static void add(struct users *users, const char *badge, const char *name, enum user_role role,
                const char hash[USER_HASH_SIZE])
{
	struct user *user = g_new0(struct user, 1);

	user->badge = g_strdup(badge);
	user->name = g_strdup(name);
	user->role = role;
	memcpy(user->hash, hash, USER_HASH_SIZE);
	g_ptr_array_add(users->list, user);
}

static gboolean read_user(struct users *users, const struct yaml_node *map, GError **error)
{
	g_autoptr(GError) cause = NULL;
	const char *badge, *name, *pin, *wrong;
	char hash[USER_HASH_SIZE];
	enum user_role role;

	if (!yaml_string(map, "badge", &badge, error) || !yaml_string(map, "name", &name, error) ||
	    !read_role(map, &role, error) || !yaml_string(map, "pin", &pin, error) ||
	    !yaml_done(map, error))
		return FALSE;
	wrong = take_hash(pin, hash);
	if (wrong) {
		yaml_error(yaml_find(map, "pin"), error, "%s", wrong);
		return FALSE;
	}
	if (!check_badge(badge, &cause) || !check_name(name, &cause)) {
		yaml_error(map, error, "%s", cause->message);
		return FALSE;
	}
	if (users_find(users, badge)) {
		yaml_error(yaml_find(map, "badge"), error, "badge \"%s\" is there twice", badge);
		return FALSE;
	}
	add(users, badge, name, role, hash);
	return TRUE;
}

static gboolean read_list(struct users *users, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *list;

	if (!yaml_list(root, "users", &list, error))
		return FALSE;
	if (yaml_size(list) > USERS_MAX) {
		yaml_error(list, error, "users: %d at most", USERS_MAX);
		return FALSE;
	}
	for (guint i = 0; i < yaml_size(list); i++)
		if (!read_user(users, yaml_item(list, i), error))
			return FALSE;
	return yaml_done(root, error);
}

/* A line that is only a comment, or " #" outside of quotes as far as a line tells. */
static gboolean has_comments(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		const char *line = g_strchug(lines[i]);
		const char *quote = strrchr(line, '"');

		if (strcmp(line, FIRST_LINE) == 0)
			continue;
		if (*line == '#' || strstr(quote ? quote : line, " #"))
			return TRUE;
	}
	return FALSE;
}

/* The bytes of the file whose mode was looked at, a zero byte behind them. Null with error. */
static GString *read_file(const char *path, int fd, GError **error)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	char block[4096];
	struct stat info;
	gssize n;

	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: not a file", path);
		return NULL;
	}
	if (info.st_mode & (S_IRWXO | S_IWGRP)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: others may read or change it; \"chmod 640\" takes that away",
		                  path);
		return NULL;
	}
	while ((n = read(fd, block, sizeof block)) > 0 && bytes->len <= FILE_MAX)
		g_string_append_len(bytes, block, n);
	if (n < 0 || bytes->len > FILE_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", path,
		                  n < 0 ? g_strerror(errno) : "the file is too long");
		return NULL;
	}
	return g_steal_pointer(&bytes);
}

struct users *users_load(const char *path, GError **error)
{
	g_autoptr(users) users = users_new();
	g_autoptr(yaml_doc) doc = NULL;
	g_autoptr(GString) text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		station_error_set(error,
		                  errno == EACCES ? STATION_ERROR_AUTHORITY : STATION_ERROR_CONFIG,
		                  "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	text = read_file(path, fd, error);
	close(fd);
	doc = text && ready(error) ? yaml_load_text(text->str, (gssize)text->len, path, error)
	                           : NULL;
	if (!doc || !read_list(users, yaml_root(doc), error))
		return NULL;
	users->comments = has_comments(text->str);
	return g_steal_pointer(&users);
}

char *users_text(const struct users *users)
{
	GString *text = g_string_new(FIRST_LINE "\nusers:");

	if (!users->list->len)
		g_string_append(text, " []");
	g_string_append_c(text, '\n');
	for (guint i = 0; i < users->list->len; i++) {
		const struct user *user = users_at(users, i);
		/* names have no character that YAML would want another escape for */
		g_auto(GStrv) parts = g_strsplit(user->name, "\\", -1);
		g_autofree char *once = g_strjoinv("\\\\", parts);
		g_auto(GStrv) quotes = g_strsplit(once, "\"", -1);
		g_autofree char *name = g_strjoinv("\\\"", quotes);

		g_string_append_printf(text,
		                       "  - badge: \"%s\"\n    name: \"%s\"\n    role: %s\n"
		                       "    pin: \"%s\"\n",
		                       user->badge, name, roles[user->role], user->hash);
	}
	return g_string_free(text, FALSE);
}

/* --- changes ---------------------------------------------------------------------------------- */

static gboolean no_such_badge(const char *badge, GError **error)
{
	station_error_set(error, STATION_ERROR_RANGE, "nobody has the badge \"%s\"", badge);
	return FALSE;
}

/* The hash of a PIN that may be one; wipes it. */
static gboolean hash_pin(char *pin, char hash[USER_HASH_SIZE], GError **error)
{
	gboolean ok = check_pin(pin, error) && ready(error);

	if (ok && crypto_pwhash_str(hash, pin, strlen(pin), crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                            crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "there is not the memory to hash a PIN");
		ok = FALSE;
	}
	users_wipe(pin);
	return ok;
}

static gboolean may_add(const struct users *users, const char *badge, const char *name,
                        GError **error)
{
	if (!check_badge(badge, error) || !check_name(name, error))
		return FALSE;
	if (users_find(users, badge))
		station_error_set(error, STATION_ERROR_RANGE,
		                  "the badge \"%s\" is somebody's already", badge);
	else if (users->list->len >= USERS_MAX)
		station_error_set(error, STATION_ERROR_RANGE, "%d users at most", USERS_MAX);
	else
		return TRUE;
	return FALSE;
}

gboolean users_add(struct users *users, const char *badge, const char *name, enum user_role role,
                   char *pin, GError **error)
{
	char hash[USER_HASH_SIZE];

	if (!may_add(users, badge, name, error)) {
		users_wipe(pin);
		return FALSE;
	}
	if (!hash_pin(pin, hash, error))
		return FALSE;
	add(users, badge, name, role, hash);
	return TRUE;
}

gboolean users_set_pin(struct users *users, const char *badge, char *pin, GError **error)
{
	char hash[USER_HASH_SIZE];
	struct user *user;
	guint place;

	if (!find(users, badge, &place)) {
		users_wipe(pin);
		return no_such_badge(badge, error);
	}
	if (!hash_pin(pin, hash, error))
		return FALSE;
	user = g_ptr_array_index(users->list, place);
	memcpy(user->hash, hash, sizeof hash);
	return TRUE;
}

gboolean users_remove(struct users *users, const char *badge, GError **error)
{
	guint place;

	if (!find(users, badge, &place))
		return no_such_badge(badge, error);
	g_ptr_array_remove_index(users->list, place);
	return TRUE;
}

/* --- who is there ----------------------------------------------------------------------------- */

static gboolean begin_try(struct users *users, const char *badge, gboolean is_known, gint64 now_us,
                          GError **error)
{
	int wait_s = tries_begin(users->tries, badge, is_known, now_us);

	if (wait_s)
		station_error_set(error, STATION_ERROR_AUTHORITY,
		                  _("too many wrong PINs: wait %d s"), wait_s);
	return !wait_s;
}

gboolean users_check(struct users *users, const char *badge, char *pin, gint64 now_us,
                     const struct user **user, GError **error)
{
	/* nobody's: as hard to look at as those that "station users" makes */
	static const char nobodys[USER_HASH_SIZE] =
		"$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	const struct user *found = users_find(users, badge);
	gboolean right = FALSE;

	*user = NULL;
	if (ready(error) && begin_try(users, badge, found != NULL, now_us, error)) {
		right = crypto_pwhash_str_verify(found ? found->hash : nobodys, pin, strlen(pin)) ==
		                0 &&
		        found;
		if (!right)
			station_error_set(error, STATION_ERROR_AUTHORITY,
			                  _("badge or PIN is wrong"));
	}
	users_wipe(pin);
	if (right) {
		tries_forget(users->tries, badge);
		*user = found;
	}
	return right;
}
