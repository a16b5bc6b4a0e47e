# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# A real terminal for tests: a program inside of tmux, which has a server of its own for each.
# Source it after lib.sh. Nothing waits for a time; screen_wait waits for text, with a deadline.

screen_socket=
screen_n=0

tmux_do()
{
	tmux -S "$screen_socket" -f /dev/null "$@"
}

# screen_start COLUMNS ROWS COMMAND...: in a terminal of type $SCREEN_TERM with the locale
# $SCREEN_LOCALE. What it shows stays when the command has ended.
screen_start()
{
	screen_kill
	screen_n=$((screen_n + 1))
	screen_socket=$dir/screen.$screen_n
	screen_columns=$1
	screen_rows=$2
	shift 2
	# tmux itself knows UTF-8 whatever the program is told
	LC_ALL=C.UTF-8 TERM=xterm-256color tmux_do -u new-session -d -x "$screen_columns" \
		-y "$screen_rows" cat \; set-option -g remain-on-exit on \; \
		set-option -g status off \; set-option -g escape-time 0 \; \
		set-option -g window-size manual >"$dir/tmux.log" 2>&1 &&
		tmux_do resize-window -x "$screen_columns" -y "$screen_rows" \; \
			respawn-pane -k "$(screen_quote env "TERM=${SCREEN_TERM:-xterm-256color}" \
			"LC_ALL=${SCREEN_LOCALE:-C.UTF-8}" "$@")"
}

# The words as one line for a shell
screen_quote()
{
	for word; do
		printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
	done
}

# The whole screen as text; with colours as escape sequences
screen_text()
{
	tmux_do capture-pane -p
}

screen_colours()
{
	tmux_do capture-pane -e -p
}

# screen_until SECONDS COMMAND...: until the command succeeds; shows the screen when it does not
screen_until()
{
	screen_end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		if [ "$(date +%s)" -ge "$screen_end" ]; then
			echo "not in time: $*"
			screen_text
			return 1
		fi
		sleep 0.02
	done
}

# Looks at the screen once
screen_has()
{
	screen_text 2>/dev/null | grep -qF -e "$1"
}

screen_lacks()
{
	! screen_has "$1"
}

# screen_wait TEXT [SECONDS]: until the text is on the screen
screen_wait()
{
	screen_until "${2:-30}" screen_has "$1"
}

screen_wait_gone()
{
	screen_until "${2:-30}" screen_lacks "$1"
}

# screen_type TEXT: as a scanner or quick fingers; keys by tmux's names (Enter, F1, C-c, PPage)
screen_type()
{
	tmux_do send-keys -l -- "$1"
}

screen_key()
{
	tmux_do send-keys "$@"
}

# screen_bytes HEX...: what another keyboard would send
screen_bytes()
{
	tmux_do send-keys -H "$@"
}

# In brackets, where the program asked for them
screen_paste()
{
	tmux_do set-buffer -- "$1" \; paste-buffer -p
}

screen_resize()
{
	tmux_do resize-window -x "$1" -y "$2"
}

# screen_tell FORMAT: what tmux knows of the terminal: '#{alternate_on}', '#{cursor_flag}'
screen_tell()
{
	tmux_do display-message -p "$1"
}

screen_tells()
{
	[ "$(screen_tell "$1")" = "$2" ]
}

# The terminal is gone, as when a connection breaks.
screen_kill()
{
	[ -n "$screen_socket" ] || return 0
	tmux_do kill-server 2>/dev/null
	screen_socket=
}

trap 'screen_kill; finish' EXIT
