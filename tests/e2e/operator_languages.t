#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# The terminal in Chinese, on old terminals and without UTF-8.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

# aligned COLUMNS: no line is wider, and the clock of the first ends one column before the edge
aligned()
{
	screen_text | python3 -c '
import re, sys, unicodedata
def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
lines = sys.stdin.read().split("\n")
wide = [line for line in lines if width(line) > int(sys.argv[1])]
clock = re.search(r"^(.*\d\d:\d\d:\d\d)\s*$", lines[0])
print(wide, lines[0], clock and width(clock.group(1)))
sys.exit(bool(wide) or not clock or width(clock.group(1)) != int(sys.argv[1]) - 1)' "$1"
}

# ascii: nothing else is on the screen
ascii()
{
	screen_text >"$dir/text"
	! LC_ALL=C grep -n '[^ -~]' "$dir/text"
}

leave()
{
	screen_key F12
	screen_wait "$1" && screen_key Enter && operator_ended 0
}

ONE_CORNER=1 bench_start
operator_setup 'language: zh_CN'
lots Z1 A-1 A-2 A-3 A-4

operator_start 80 24
ok "the configuration's language" screen_wait '请扫描或输入工牌号'
ok "is aligned" aligned 80
operator_badge=工牌 operator_pin=密码
login >"$dir/log"
scan Z1
ok "lots" screen_wait '批次 Z1'
ok "what is wrong with a scan" screen_wait_scan B-1 '不在批次 Z1 中'
ok "aligned as well" aligned 80
scan A-1
ok "a verdict" screen_wait '产品合格' 60
ok "the verdict's screen is aligned" aligned 80
ok "the record is in English" is "$(stored 'SELECT verdict FROM runs')" PASS
screen_key F1
ok "help" screen_wait '作用'
ok "help is aligned" aligned 80
screen_key F1
screen_resize 132 43
ok "so is a larger window" screen_until 30 aligned 132
ok "closed" leave '关闭'
operator_badge='' operator_pin=''

# --- old terminals --------------------------------------------------------------------------------

for type in vt220 linux; do
	SCREEN_TERM=$type SCREEN_LOCALE=C
	operator_start 80 24 --language en
	ok "$type without UTF-8: the badge" screen_wait 'Scan your badge'
	login >"$dir/log"
	scan Z1
	screen_wait 'Lot Z1' >"$dir/log"
	ok "$type: nothing but ASCII" ascii
	case $type in
	vt220) scan A-2 ;;
	linux) scan A-3 ;;
	esac
	ok "$type: a verdict" screen_wait 'Unit passed' 60
	ok "$type: the sign of a PASS is ASCII" says_screen '+ Unit passed'
	ok "$type: nothing but ASCII then" ascii
	ok "$type: aligned" aligned 80
	scan CMD:QUIT
	screen_wait 'Close the terminal?' >"$dir/log"
	scan CMD:YES
	ok "$type: closed" operator_ended 0
done
SCREEN_TERM=xterm-256color SCREEN_LOCALE=C.UTF-8
operator_start 80 24 --language en --theme mono
ok "a language that is asked for wins" screen_wait 'Scan your badge'
screen_colours | sed 's/\x1b/E/g' >"$dir/text"
ok "the theme mono has no colour" says_not "$dir/text" '[34][0-7]m'
