/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/login.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/engine/config.h"
#include "station/shell/site.h"
#include "station/store/query.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One more than a PIN may have, so that more is noticed. */
enum { PIN_SIZE = USER_PIN_MAX + 2 };

static const char *users_path(struct shell *shell)
{
	const struct config *config = shell_world(shell)->config;

	return config ? config->operator_policy->users_path : NULL;
}

/* --- what may be done ------------------------------------------------------------------------- */

gboolean login_may(struct shell *shell, enum command_right right)
{
	return right == COMMAND_LOOKS || !users_path(shell) || shell_login(shell)->is_engineer;
}

gboolean login_permits(struct shell *shell, enum command_right right, const char *what,
                       GError **error)
{
	const struct shell_login *login = shell_login(shell);

	if (login_may(shell, right))
		return TRUE;
	station_error_set(error, STATION_ERROR_AUTHORITY,
	                  "%s %s: it needs an engineer%s%s: login BADGE", what,
	                  command_right_name(right), *login->badge ? ", not " : "", login->name);
	return FALSE;
}

/* --- PINs ------------------------------------------------------------------------------------- */

/* The first line, into no buffer but that one. */
static gboolean read_first_line(int file, char *pin)
{
	gssize n;

	do
		n = read(file, pin, PIN_SIZE - 1);
	while (n < 0 && errno == EINTR);
	pin[MAX(n, 0)] = '\0';
	for (char *end = pin + strcspn(pin, "\r\n"); *end; end++)
		*end = '\0';
	return n >= 0;
}

static gboolean read_pin_file(const char *path, char *pin, GError **error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;
	gboolean done = FALSE;

	if (file < 0 || fstat(file, &about) != 0)
		station_error_set(error,
		                  errno == EACCES ? STATION_ERROR_AUTHORITY : STATION_ERROR_CONFIG,
		                  "%s: %s", path, g_strerror(errno));
	else if (!S_ISREG(about.st_mode))
		station_error_set(error, STATION_ERROR_CONFIG, "%s: not a file", path);
	else if (about.st_mode & (S_IRWXG | S_IRWXO))
		station_error_set(error, STATION_ERROR_AUTHORITY,
		                  "%s: others than its owner may use it: chmod 600 %s", path, path);
	else if (!(done = read_first_line(file, pin)))
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
	if (file >= 0)
		close(file);
	return done;
}

static gboolean get_pin(struct shell *shell, const char *path, char *pin, GError **error)
{
	const struct shell_world *world = shell_world(shell);

	if (path)
		return read_pin_file(path, pin, error);
	if (world->ask_pin)
		return world->ask_pin(pin, PIN_SIZE, shell_stop(shell), world->data, error);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "there is no terminal to ask for the PIN at: login BADGE FILE");
	return FALSE;
}

/* --- in and out ------------------------------------------------------------------------------- */

static gboolean write_log(struct shell *shell, const char *what, GError **error)
{
	struct store *store = shell_store(shell, error);

	return store &&
	       store_log_add(store, clock_unix_us(), shell_who(shell), what, "shell", error);
}

/* What is done to a unit from now on is told of whoever is there now. */
static void tell_site(struct shell *shell)
{
	struct hand *hand = shell_site(shell)->hand;

	if (hand)
		hand_set_who(hand, shell_who(shell));
}

static void forget(struct shell *shell)
{
	struct shell_login *login = shell_login(shell);

	memset(login->badge, 0, sizeof login->badge);
	memset(login->name, 0, sizeof login->name);
	login->is_engineer = FALSE;
	tell_site(shell);
}

static gboolean load_users(struct shell *shell, GError **error)
{
	struct shell_login *login = shell_login(shell);

	if (!users_path(shell)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "nobody has to log in: no configuration names a file of users "
		                  "(operator: users:)");
		return FALSE;
	}
	/* kept, since it counts the wrong PINs */
	if (!login->users)
		login->users = users_load(users_path(shell), error);
	return login->users != NULL;
}

gboolean login_begin(struct shell *shell, const char *badge, const char *pin_file, GError **error)
{
	struct shell_login *login = shell_login(shell);
	const struct user *user = NULL;
	char pin[PIN_SIZE] = "";
	gboolean done = load_users(shell, error) && get_pin(shell, pin_file, pin, error) &&
	                users_check(login->users, badge, pin, g_get_monotonic_time(), &user, error);

	/* when it did not come as far as the check */
	users_wipe(pin);
	if (!done || (*login->badge && !login_end(shell, error)))
		return FALSE;
	g_strlcpy(login->badge, user->badge, sizeof login->badge);
	g_strlcpy(login->name, user->name, sizeof login->name);
	login->is_engineer = users_is_engineer(user);
	tell_site(shell);
	if (write_log(shell, "login", error))
		return TRUE;
	forget(shell);
	return FALSE;
}

gboolean login_end(struct shell *shell, GError **error)
{
	struct hand *hand = shell_site(shell)->hand;

	if (hand && !hand_release(hand, error))
		return FALSE;
	gboolean told = write_log(shell, "logout", error);
	forget(shell);
	return told;
}

void login_clear(struct shell *shell)
{
	struct shell_login *login = shell_login(shell);

	if (*login->badge)
		write_log(shell, "logout", NULL);
	forget(shell);
	g_clear_pointer(&login->users, users_free);
}
