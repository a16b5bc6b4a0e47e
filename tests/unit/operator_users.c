/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/users.h"

#include "base/error.h"
#include "station/operator/tries.h"
#include "station/operator/users_edit.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hashes that take no time: 8 KiB, one pass. */
#define HASH_1234                                                                                  \
	"$argon2id$v=19$m=8,t=1,p=1$rBElP6y2lr0eiF2iVX2gOQ$"                                       \
	"3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I"
#define HASH_2345                                                                                  \
	"$argon2id$v=19$m=8,t=1,p=1$2VMtfmJPhiotGJgKA6M/Sg$"                                       \
	"aoC817JUFX/D3eYMiHhAeNTXEhfQPCZczu5MbU7ypTU"
#define ANNA                                                                                       \
	"users:\n  - badge: \"4711\"\n    name: Operator1\n    role: operator\n    "               \
	"pin: " HASH_1234 "\n"
#define BOTH                                                                                       \
	ANNA "  - badge: E-1\n    name: \"\u674e\"\n    role: engineer\n    pin: " HASH_2345 "\n"

struct place {
	char *folder, *path;
};

static void place_init(struct place *p, const char *text)
{
	p->folder = g_dir_make_tmp("users-XXXXXX", NULL);
	p->path = g_build_filename(p->folder, "users.yaml", NULL);
	if (text)
		g_assert_true(g_file_set_contents(p->path, text, -1, NULL));
	if (text)
		g_assert_cmpint(g_chmod(p->path, 0640), ==, 0);
}

static void place_done(struct place *p)
{
	g_unlink(p->path);
	/* nothing else was left behind */
	g_assert_cmpint(g_rmdir(p->folder), ==, 0);
	g_free(p->folder);
	g_free(p->path);
}

static struct users *load(const char *text, GError **error)
{
	struct place p;
	struct users *users;

	place_init(&p, text);
	users = users_load(p.path, error);
	place_done(&p);
	return users;
}

static void test_load(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(users) users = load(BOTH, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(users_size(users), ==, 2);
	g_assert_cmpstr(users_at(users, 0)->name, ==, "Operator1");
	g_assert_cmpstr(users_find(users, "E-1")->name, ==, "\u674e");
	g_assert_true(users_is_engineer(users_find(users, "E-1")));
	g_assert_false(users_is_engineer(users_find(users, "4711")));
	g_assert_false(users_is_engineer(NULL));
	g_assert_null(users_find(users, "e-1"));
	g_assert_null(users_find(users, ""));
	g_assert_false(users_had_comments(users));
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", "nothing in it"},
		{"user: []\n", "users"},
		{"users: []\nother: 1\n", "yaml:2: key \"other\" is not known"},
		{ANNA "    pins: x\n", "yaml:6: key \"pins\" is not known"},
		{"users:\n  - badge: A\n    name: B\n    role: boss\n    pin: x\n",
	         "yaml:4: \"role: boss\": operator or engineer"},
		{"users:\n  - badge: A\n    name: B\n    role: enginer\n    pin: x\n",
	         "did you mean \"engineer\"?"},
		{"users:\n  - badge: A\n    name: B\n    role: operator\n    pin: 1234\n",
	         "yaml:5: pin is no Argon2id hash"},
		{"users:\n  - {badge: A B, name: B, role: operator, pin: \"" HASH_1234 "\"}\n",
	         "yaml:2: \"A B\" is no badge"},
		{"users:\n  - {badge: A, name: \" B\", role: operator, pin: \"" HASH_1234 "\"}\n",
	         "yaml:2: \" B\" is no name"},
		{"users:\n  - {badge: A, name: \"B\\tC\", role: operator, pin: \"" HASH_1234
	         "\"}\n",
	         "is no name"},
		{"users:\n  - {badge: A, name: \"B\\u2028C\", role: operator, pin: \"" HASH_1234
	         "\"}\n",
	         "is no name"},
		{"users:\n  - {badge: A, name: B, role: operator, pin: "
	         "\"$argon2i$v=19$m=8,t=1,p=1$rBElP6y2lr0eiF2iVX2gOQ$"
	         "3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I\"}\n",
	         "is no Argon2id hash"},
		{"users:\n  - {badge: A, name: B, role: operator, pin: "
	         "\"$argon2id$v=19$m=2097152,t=1,p=1$rBElP6y2lr0eiF2iVX2gOQ$"
	         "3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I\"}\n",
	         "too much memory or time"},
		{"users:\n  - {badge: A, name: B, role: operator, pin: "
	         "\"$argon2id$v=19$m=8,t=100000,p=1$rBElP6y2lr0eiF2iVX2gOQ$"
	         "3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I\"}\n",
	         "too much memory or time"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(load(rows[i].text, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, rows[i].says) || strstr(error->message, "3I70"))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        rows[i].says);
	}
}

static void test_twice(void)
{
	g_autofree char *text = g_strconcat(ANNA, strchr(ANNA, '\n') + 1, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(load(text, &error));
	g_assert_nonnull(strstr(error->message, "users.yaml:6: badge \"4711\" is there twice"));
}

/* Hashes are for the station's eyes only, and only the owner says who may work. */
static void test_mode(void)
{
	static const struct {
		int mode;
		gboolean good;
	} rows[] = {{0640, TRUE},  {0600, TRUE},  {0400, TRUE}, {0644, FALSE},
	            {0641, FALSE}, {0642, FALSE}, {0660, FALSE}};
	struct place p;

	place_init(&p, BOTH);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(users) users = NULL;

		g_assert_cmpint(g_chmod(p.path, rows[i].mode), ==, 0);
		users = users_load(p.path, &error);
		g_assert_cmpint(users != NULL, ==, rows[i].good);
		if (!rows[i].good)
			g_assert_nonnull(strstr(error->message, "chmod 640"));
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(users_load(p.folder, &error));
	g_assert_nonnull(strstr(error->message, "not a file"));
	g_clear_error(&error);
	place_done(&p);
	g_assert_null(users_load("/nonexistent/users.yaml", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

/* --- badge and PIN ---------------------------------------------------------------------------- */

#define S G_USEC_PER_SEC

/* The words of the refusal, or the name of who may work. Free with g_free. */
static char *try(struct users *users, const char *badge, const char *pin, gint64 now_us)
{
	g_autoptr(GError) error = NULL;
	const struct user *user = NULL;
	char copy[80] = "";

	g_strlcpy(copy, pin, sizeof copy);
	if (users_check(users, badge, copy, now_us, &user, &error)) {
		g_assert_no_error(error);
		g_assert_nonnull(user);
	} else {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_AUTHORITY);
		g_assert_null(user);
	}
	/* nothing is left of it */
	for (gsize i = 0; i < sizeof copy; i++)
		g_assert_cmpint(copy[i], ==, 0);
	return g_strdup(user ? user->name : error->message);
}

static void expect(struct users *users, const char *badge, const char *pin, gint64 now_us,
                   const char *says)
{
	g_autofree char *said = try(users, badge, pin, now_us);

	g_assert_cmpstr(said, ==, says);
}

static void test_check(void)
{
	g_autoptr(users) users = load(BOTH, NULL);

	expect(users, "4711", "1234", 0, "Operator1");
	expect(users, "E-1", "2345", 0, "\u674e");
	expect(users, "E-1", "1234", 0, "badge or PIN is wrong");
	expect(users, "4712", "1234", 0, "badge or PIN is wrong");
	expect(users, "4711", "", 0, "badge or PIN is wrong");
	expect(users, "4711", "12345", 0, "badge or PIN is wrong");
	/* the right one begins to count anew */
	expect(users, "4711", "1234", 0, "Operator1");
	expect(users, "4711", "1", 0, "badge or PIN is wrong");
	expect(users, "4711", "1", 0, "badge or PIN is wrong");
	expect(users, "4711", "1234", 0, "Operator1");
}

static void test_too_many(void)
{
	g_autoptr(users) users = load(BOTH, NULL);

	for (guint i = 0; i < TRIES_MAX; i++)
		expect(users, "4711", "9", 10 * S + i, "badge or PIN is wrong");
	expect(users, "4711", "1234", 10 * S + 3, "too many wrong PINs: wait 30 s");
	expect(users, "4711", "1234", 39 * S + 3, "too many wrong PINs: wait 1 s");
	/* others are not kept out */
	expect(users, "E-1", "2345", 11 * S, "\u674e");
	/* each further one counts at once, the right one ends it */
	expect(users, "4711", "9", 40 * S + 2, "badge or PIN is wrong");
	expect(users, "4711", "1234", 41 * S, "too many wrong PINs: wait 30 s");
	expect(users, "4711", "1234", 70 * S + 2, "Operator1");
	expect(users, "4711", "9", 70 * S + 3, "badge or PIN is wrong");
	expect(users, "4711", "1234", 70 * S + 4, "Operator1");
}

/* A badge that nobody has is refused in the same way. */
static void test_too_many_of_nobody(void)
{
	g_autoptr(users) users = load(BOTH, NULL);

	for (guint i = 0; i < TRIES_MAX; i++)
		expect(users, "nobody", "9", 0, "badge or PIN is wrong");
	expect(users, "nobody", "9", 1, "too many wrong PINs: wait 30 s");
}

/* Badge after badge fills no memory, and frees nobody whose badge is known. */
static void test_strangers(void)
{
	struct tries *tries = tries_new();

	for (guint i = 0; i < TRIES_MAX; i++)
		g_assert_cmpint(tries_begin(tries, "4711", TRUE, 1), ==, 0);
	for (guint i = 0; i < TRIES_MAX; i++)
		g_assert_cmpint(tries_begin(tries, "first", FALSE, 1), ==, 0);
	g_assert_cmpint(tries_begin(tries, "first", FALSE, 1), ==, TRIES_PAUSE_S);
	for (guint i = 0; i < 1000; i++) {
		g_autofree char *badge = g_strdup_printf("%u", i);
		g_assert_cmpint(tries_begin(tries, badge, FALSE, 1), ==, 0);
	}
	g_assert_cmpint(tries_begin(tries, "4711", TRUE, 1), ==, TRIES_PAUSE_S);
	g_assert_cmpint(tries_begin(tries, "first", FALSE, 1), ==, 0);
	tries_free(tries);
}

static gpointer try_wrong(gpointer users)
{
	for (guint i = 0; i < 20; i++) {
		g_autofree char *said = try(users, "4711", "9", 0);
		if (strcmp(said, "badge or PIN is wrong") == 0)
			return GUINT_TO_POINTER(i + 1);
	}
	return NULL;
}

/* Several terminals at once get no more tries than one. */
static void test_threads(void)
{
	g_autoptr(users) users = load(BOTH, NULL);
	GThread *threads[8];
	guint looked_at = 0;

	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("try", try_wrong, users);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		looked_at += g_thread_join(threads[i]) != NULL;
	g_assert_cmpuint(looked_at, ==, TRIES_MAX);
}

/* --- changes ---------------------------------------------------------------------------------- */

struct change {
	const char *badge, *name, *pin;
};

static gboolean add(struct users *users, gpointer data, GError **error)
{
	struct change *change = data;
	char pin[80];

	g_strlcpy(pin, change->pin, sizeof pin);
	return users_add(users, change->badge, change->name, USER_ENGINEER, pin, error);
}

static gboolean drop(struct users *users, gpointer data, GError **error)
{
	return users_remove(users, data, error);
}

static gboolean renew(struct users *users, gpointer data, GError **error)
{
	char pin[] = "8888";

	return users_set_pin(users, data, pin, error);
}

static void test_edit(void)
{
	struct change bert = {"B.7", "Bert \"\\\" \u00d8", "pin 1"};
	struct place p;
	struct stat info;
	GError *error = NULL;

	place_init(&p, NULL);
	g_assert_true(users_edit(p.path, add, &bert, &error));
	g_assert_no_error(error);
	g_assert_cmpint(stat(p.path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 07777, ==, 0640);
	struct change carl = {"C", "Carl", "4444"};
	g_assert_true(users_edit(p.path, add, &carl, &error));
	g_assert_true(users_edit(p.path, renew, (gpointer) "C", &error));
	g_assert_no_error(error);
	g_autoptr(users) users = users_load(p.path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(users_size(users), ==, 2);
	g_assert_false(users_had_comments(users));
	expect(users, "B.7", "pin 1", 0, bert.name);
	expect(users, "C", "8888", 0, "Carl");
	expect(users, "C", "4444", 0, "badge or PIN is wrong");
	g_assert_true(users_edit(p.path, drop, (gpointer) "B.7", &error));
	g_assert_true(users_edit(p.path, drop, (gpointer) "C", &error));
	g_autoptr(users) nobody = users_load(p.path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(users_size(nobody), ==, 0);
	place_done(&p);
}

/* What is refused leaves the file as it was, byte for byte. */
static void test_edit_refused(void)
{
	static const struct change bad[] = {
		{"4711", "Anna", "1234"}, {"A B", "Anna", "1234"},   {"", "Anna", "1234"},
		{"-A", "Anna", "1234"},   {"A", "", "1234"},         {"A", "An\nna", "1234"},
		{"A", "Anna", "123"},     {"A", "An\xffna", "1234"}, {"A", "Anna", "12\t34"},
		{"A\n", "Anna", "1234"},  {"A:B", "Anna", "1234"},
	};
	struct place p;
	GError *error = NULL;
	g_autofree char *text = NULL;

	place_init(&p, "# ours\n" BOTH);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_false(users_edit(p.path, add, (gpointer)&bad[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		/* a PIN is told to nobody */
		g_assert_null(strstr(error->message, "123"));
		g_clear_error(&error);
	}
	g_assert_false(users_edit(p.path, drop, (gpointer) "nobody", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	g_assert_false(users_edit(p.path, renew, (gpointer) "nobody", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	g_assert_true(g_file_get_contents(p.path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "# ours\n" BOTH);
	g_assert_cmpint(g_chmod(p.path, 0644), ==, 0);
	g_assert_false(users_edit(p.path, drop, (gpointer) "4711", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	place_done(&p);
	g_assert_false(users_edit("/nonexistent/users.yaml", drop, (gpointer) "4711", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
}

static void test_edit_link(void)
{
	struct place p;
	g_autofree char *link = NULL;
	g_autofree char *target = NULL;
	GError *error = NULL;

	place_init(&p, BOTH);
	link = g_build_filename(p.folder, "link.yaml", NULL);
	g_assert_cmpint(symlink("users.yaml", link), ==, 0);
	g_assert_true(users_edit(link, drop, (gpointer) "E-1", &error));
	g_assert_no_error(error);
	target = g_file_read_link(link, NULL);
	g_assert_cmpstr(target, ==, "users.yaml");
	g_autoptr(users) users = users_load(p.path, &error);
	g_assert_cmpuint(users_size(users), ==, 1);
	g_unlink(link);
	place_done(&p);
}

static void test_comments(void)
{
	static const struct {
		const char *text;
		gboolean comments;
	} rows[] = {
		{"users: [] # nobody\n", TRUE},
		{"users:\n  # of line 3\n  []\n", TRUE},
		{"users: []\n", FALSE},
		{"users:\n  - {badge: A, role: operator, pin: \"" HASH_1234
	         "\",\n     name: \"A # B\"}\n",
	         FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(users) users = load(rows[i].text, NULL);
		g_assert_nonnull(users);
		g_assert_cmpint(users_had_comments(users), ==, rows[i].comments);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/users/load", test_load);
	g_test_add_func("/users/refused", test_refused);
	g_test_add_func("/users/twice", test_twice);
	g_test_add_func("/users/mode", test_mode);
	g_test_add_func("/users/check", test_check);
	g_test_add_func("/users/too-many", test_too_many);
	g_test_add_func("/users/too-many-of-nobody", test_too_many_of_nobody);
	g_test_add_func("/users/strangers", test_strangers);
	g_test_add_func("/users/threads", test_threads);
	g_test_add_func("/users/edit", test_edit);
	g_test_add_func("/users/edit-refused", test_edit_refused);
	g_test_add_func("/users/edit-link", test_edit_link);
	g_test_add_func("/users/comments", test_comments);
	return g_test_run();
}
