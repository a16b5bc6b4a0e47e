#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The terminal under a program that does nothing else (tests/screen/show.c): looks, signs, wide
# characters, keys, sizes, and that it is given back whatever ends the program.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
show=${STATION_BUILD:?}/tests/screen/show

# widths COLUMNS: each line that ends in a frame ends at that column
widths()
{
	screen_text | python3 -c '
import sys, unicodedata
bad = 0
for line in sys.stdin.read().split("\n"):
    if line.endswith("│"):
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        if width != int(sys.argv[1]):
            print(width, line)
            bad = 1
sys.exit(bad)' "$1"
}

# colours SEQUENCE WORD: the word is shown so
colours()
{
	screen_colours | sed 's/\x1b/E/g' >"$dir/colours"
	grep -qE "$1$2" "$dir/colours" || {
		sed -n 2p "$dir/colours"
		return 1
	}
}

# key NAME WORDS: that key is seen as that
key()
{
	screen_key "$1"
	screen_wait "key $2 "
}

line()
{
	screen_type "$1"
	screen_key Enter
}

signal()
{
	kill "-$1" "$(screen_text | sed -n 's/.*pid \([0-9]*\) .*/\1/p')"
}

# --- what is shown --------------------------------------------------------------------------------

screen_start 80 24 "$show"
ok 'a UTF-8 terminal shows braille and colours' screen_wait 'size 80x24 signs 2 colours 1'
ok 'wide characters, dots and lines are shown' screen_wait '工位|测试通过|'
ok 'dots' screen_has '⣿⠁|▀█|✓'
ok 'PASS is white on blue' colours '44m' 'PASS'
ok 'FAIL is black on yellow' colours '30mE\[43m' 'FAIL'
ok 'ERROR is white on magenta' colours '45m' 'ERROR'

# --- what is typed --------------------------------------------------------------------------------

n=0
for pair in F1:F1 F2:F2 F3:F3 F4:F4 F5:F5 F6:F6 F7:F7 F8:F8 F9:F9 F10:F10 F11:F11 F12:F12 \
	Up:up Down:down Left:left Right:right PPage:page-up NPage:page-down Home:home End:end \
	Escape:U+110003 BSpace:U+110002 Tab:U+110001 Enter:U+110000 M-5:F5 M-0:F10 C-c:interrupt; do
	n=$((n + 1))
	ok "the key ${pair%%:*}" key "${pair%%:*}" "$n: ${pair#*:}"
done
screen_type SN-0001
screen_key Enter
ok 'a burst is a scan' screen_wait 'scanned "SN-0001"'
screen_paste 'a paste 工位'
ok 'a paste is a scan, wide characters and all' screen_wait 'scanned "a paste 工位"'
ok 'and what is behind them stands where it should' widths 80
screen_key C-z
ok 'Ctrl-Z stops nothing' key F7 "$((n + 8 + 13)): F7"

signal TERM
ok 'SIGTERM is an event' screen_wait ': interrupt'
signal TSTP
ok 'SIGTSTP is nothing' key F8 "$((n + 8 + 15)): F8"
printf 'rubbish' >"$(screen_tell '#{pane_tty}')"
ok 'rubbish' screen_wait rubbish
screen_key C-l
ok 'Ctrl-L puts the screen right' screen_wait_gone rubbish

# --- sizes ----------------------------------------------------------------------------------------

screen_resize 132 43
ok 'a larger window is used' screen_wait 'size 132x43'
ok 'to its edges' widths 132
screen_resize 60 20
ok 'a smaller one' screen_wait 'size 60x20'
for size in 1:1 7:3 200:60; do
	screen_resize "${size%:*}" "${size#*:}"
done
ok 'and tiny ones harm nothing' screen_wait 'size 200x60'
screen_resize 80 24
screen_wait 'size 80x24' >"$dir/log"
screen_type tick
screen_key Enter
ok 'a second of changes' screen_wait 'a tick is '
tick=$(screen_text | sed -n 's/.*a tick is \([0-9]*\) bytes.*/\1/p')
ok 'fits a serial line' test "$tick" -gt 20 -a "$tick" -lt 2048

# --- the end, whatever it is ----------------------------------------------------------------------

# given_back WORDS: the shell has its screen and its cursor, and types what it is told
given_back()
{
	screen_wait "$1" && screen_until 30 screen_tells '#{alternate_on} #{cursor_flag}' '0 1' &&
		screen_wait_gone 'signs' || return 1
	screen_paste 'stty -g | cmp - before && echo the mode is $((40 + 2))'
	screen_key Enter
	screen_wait 'the mode is 42' && line clear && screen_wait_gone 'the mode is'
}

# ended HOW COMMAND...: begins the program in the shell, and ends it so
ended()
{
	screen_type "$show; echo status \$?"
	screen_key Enter
	screen_wait 'signs 2' || return 1
	ended_words=$1
	shift
	"$@" && given_back "$ended_words"
}

cat >"$dir/shell" <<END
cd '$dir'
unset ENV
PS1='prompt> ' exec sh -i
END
screen_start 80 24 sh "$dir/shell"
screen_wait 'prompt>' >"$dir/log"
line 'stty -g >before; clear'
ok 'given back at the end' ended 'status 0' line 'quit now'
ok 'given back by exit' ended 'status 7' line exit
ok 'given back by a crash, which says why' ended 'the reason of the crash' line crash
for signal in SEGV BUS FPE QUIT; do
	ok "given back by SIG$signal" ended status signal $signal
done
screen_type "$show; echo status \$?"
screen_key Enter
screen_wait 'signs 2' >"$dir/log"
signal STOP
screen_wait 'Stopped' >"$dir/log"
# the device is as the program left it: a line ends in a line feed
screen_type fg
screen_key C-j
ok 'taken again after a stop' screen_wait_gone 'Stopped'
ok 'keys too' key F9 '1: F9'

# --- a terminal that is gone ----------------------------------------------------------------------

screen_start 80 24 env "SHOW_END=$dir/end" "$show"
screen_wait 'signs 2' >"$dir/log"
screen_kill
ended_so()
{
	[ -s "$dir/end" ]
}
screen_until 30 ended_so
ok 'the program hears of it' is "$(cat "$dir/end")" hangup

ok 'a line that takes nothing holds nothing up' python3 "$STATION_SRC/tests/e2e/stalled.py" "$show"

# --- other terminals ------------------------------------------------------------------------------

SCREEN_TERM=vt220
screen_start 80 24 "$show"
ok 'a VT220 has letters and no colours' screen_wait 'size 80x24 signs 0 colours 0'
ok 'wide characters are as wide there' screen_wait '工位|测试通过|'
screen_bytes 1b 4f 50
ok 'PF1 is F1' screen_wait 'key 1: F1'
screen_bytes 1b 5b 31 37 7e
ok 'F6 is F6' screen_wait 'key 2: F6'
screen_key Escape 5
ok 'Escape and 5 are F5, which it lacks' screen_wait 'key 3: F5'
screen_type tick
screen_key Enter
ok 'and a second of changes fits' screen_wait 'a tick is '
SCREEN_TERM=linux
screen_start 80 24 "$show"
ok 'the console has blocks and colours' screen_wait 'size 80x24 signs 1 colours 1'
screen_bytes 1b 5b 5b 45
ok 'its F5 is F5' screen_wait 'key 1: F5'
SCREEN_TERM=xterm-256color SCREEN_LOCALE=C
screen_start 80 24 "$show"
ok 'without UTF-8 there are letters' screen_wait 'size 80x24 signs 0 colours 1'
ok 'and question marks, as wide' screen_wait '????|????????|'
screen_start 80 24 "$show" mono
screen_wait 'signs 0' >"$dir/log"
screen_colours | sed 's/\x1b/E/g' >"$dir/log"
ok 'the theme mono reverses' says "$dir/log" 'E\[1\(mE\[\|;\)7mFAIL'
ok 'and has no colour' says_not "$dir/log" '[34][0-7]m'

# --- none at all ----------------------------------------------------------------------------------

"$show" </dev/null >"$dir/out" 2>"$dir/err"
ok 'without a terminal it says what to do' says "$dir/err" 'standard input is no terminal.*--lot'
SCREEN_TERM=dumb
screen_start 80 24 "$show"
ok 'a terminal that cannot is told' screen_wait 'one that can (xterm-256color'

SCREEN_TERM=no-such
screen_start 80 24 "$show"
ok 'one that nobody knows, too' screen_wait 'install the descriptions'
