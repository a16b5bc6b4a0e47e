#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The screen that make bench-terminal reads: what curses sends, and text, end where they should,
# wherever the bytes are cut.
cd "${STATION_SRC:?}" || exit 1
. tests/scripts/tap.sh

# shows BYTES TEXT NAME: in Python's notation, on eight columns and three rows
shows()
{
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/speed python3 - "$1" "$2" <<'PY'
import ast, sys
from screen import Screen
data, text = (ast.literal_eval(word) for word in ("b'%s'" % sys.argv[1], "'%s'" % sys.argv[2]))
for size in range(1, len(data) + 1):
    screen = Screen(8, 3)
    for at in range(0, len(data), size):
        screen.feed(data[at:at + size])
    assert screen.text() == text, (size, screen.text())
    assert not screen.unknown, screen.unknown
PY
	ok $? "$3"
}

shows '\x1b[?1049h\x1b[H\x1b[0;1;7m\x1b[36mab\x1b(B\x1b[m\x1b[3;8Hz' 'ab\n\n       z' \
	'places and looks'
shows 'abcdefgh\x1b[1;3H\x1b[2X\x1b[7G\x1b[K' 'ab  ef\n\n' 'what is erased'
shows '\xe5\xb7\xa5\xe2\x94\x80\x1b[3Gx' '工x\n\n' 'characters of several bytes and columns'
shows 'abcdefgh\x08x' 'abcdefxh\n\n' 'back from the edge'
shows 'abcdefghi' 'abcdefgh\ni\n' 'over the edge'
shows 'a\x1b[4b\x1b[2;1Hb\x1b[1;1H\x1b[1L' '\naaaaa\nb' 'repeated, and lines put in'
shows '1\r\n2\r\n3\x1b[1;3r\x1b[3;1H\n4\x1b[r\x1b[1;1H\x1bM' '\n2\n3' 'scrolled both ways'
tap_done
