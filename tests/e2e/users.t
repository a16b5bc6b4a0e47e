#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Who may work at the station: the file is made and changed, and nobody sees a PIN.
. "$(dirname "$0")/lib.sh"

cat >"$dir/station.yaml" <<'END'
station: S
instruments: []
sites: []
products: []
operator: {users: users.yaml}
END
file=$dir/users.yaml

# users WORDS...: with standard input; the exit code in $code
users()
{
	station --config "$dir/station.yaml" users "$@" >"$dir/out" 2>"$dir/err"
	code=$?
}

# with_pin PIN WORDS...
with_pin()
{
	pin=$1
	shift
	printf '%s\n' "$pin" | {
		users "$@"
		exit $code
	}
	code=$?
}

users list </dev/null
ok "a file that is not there is told" is "$code" 3
ok "by name" grep -q "users.yaml" "$dir/err"
with_pin 1234 add 4711 --name 'Operator1'
ok "one is added" is "$code" 0
ok "the file is for owner and group" is "$(stat -c %a "$file")" 640
with_pin 'a long one' add E-1 --name 'Engineer "J" 12' --role engineer
ok "so is an engineer" is "$code" 0
users list </dev/null
ok "both are listed" is "$(tr -s ' ' <"$dir/out" | tr '\n' ';')" \
	'4711 operator Operator1;E-1 engineer Engineer "J" 12;'
ok "a PIN is kept as its hash" sh -c "! grep -q '1234\|a long' '$file'"
ok "of Argon2id" is "$(grep -c 'pin: "$argon2id$v=19$m=65536,t=2,p=1' "$file")" 2

cp -p "$file" "$dir/before"
with_pin 1234 add 4711 --name Again
ok "a badge twice is refused" is "$code" 2
with_pin 123 pin 4711
ok "a PIN that is too short is refused" is "$code" 2
ok "and not told" sh -c "! grep -q '123' '$dir/err'"
with_pin "$(printf '%065d' 0)" pin 4711
ok "so is one that is too long" is "$code" 2
users pin 4711 </dev/null
ok "and none" is "$code" 2
users remove nobody </dev/null
ok "a badge that is not there is told" is "$code" 2
users add 'A B' --name X </dev/null
ok "so is what is no badge" is "$code" 2
users add A </dev/null
ok "so is a missing name" is "$code" 2
users remove 4711 --role engineer </dev/null
ok "so is a word too many" is "$code" 2
ok "the file is as it was" cmp "$file" "$dir/before"

sed -i '1i # ours' "$file"
chmod 640 "$file"
with_pin 4321 pin 4711
ok "a PIN is changed" is "$code" 0
ok "comments that were lost are told" grep -q 'comments in .*users.yaml were not kept' "$dir/err"
ok "the hash is another" sh -c "! diff -q '$file' '$dir/before' >/dev/null"
with_pin 4321 pin 4711
ok "without comments nothing is told" is "$(cat "$dir/err")" ""
users remove E-1 </dev/null
ok "one is removed" is "$code" 0
chmod 644 "$file"
users list </dev/null
ok "a file that others may read is refused" is "$code" 3
ok "with what to do" grep -q 'chmod 640' "$dir/err"
chmod 640 "$file"

# --- on a terminal ------------------------------------------------------------------------------

# asked ANSWERS...: adds T-1, with prompts and answers
asked()
{
	timeout 60 python3 "$STATION_SRC/tests/e2e/ask_pin.py" \
		station --config "$dir/station.yaml" users add T-1 --name Tom -- "$@" \
		>"$dir/out" 2>"$dir/err"
	code=$?
}
asked 'PIN: ' 77665 'again: ' 77664
ok "two different PINs are refused" is "$code" 2
asked 'PIN: ' '^C'
ok "Ctrl-C ends it" is "$code" 130
asked 'PIN: ' 77665 'again: ' '^C'
ok "the second time too" is "$code" 130
ok "nobody was added" sh -c "! grep -q T-1 '$file'"
asked 'PIN: ' 77665 'again: ' 77665
ok "the same PIN twice is taken, and not shown" is "$code" 0
ok "somebody was added" grep -q T-1 "$file"

# --- the engineering shell ----------------------------------------------------------------------

# shell CODE WORDS...: what the shell exits with
shell()
{
	wanted=$1
	shift
	station --config "$dir/station.yaml" --shell "$@" >"$dir/out" 2>"$dir/err" </dev/null
	is "$?" "$wanted"
}
with_pin 'a long one' add E-1 --name 'Engineer 1' --role engineer
printf 'a long one\n' >"$dir/pin"
chmod 600 "$dir/pin"
ok "anyone may look" shell 0 -c whoami
ok "what does more is not authorised" shell 6 -c 'site product X'
ok "and says what to do" grep -q 'site product sets: it needs an engineer: login BADGE' "$dir/err"
ok "a wrong PIN is not" shell 6 --login 4711 --pin-file "$dir/pin" -c whoami
ok "and runs nothing" is "$(cat "$dir/out")" ''
ok "an engineer may" shell 0 --login E-1 --pin-file "$dir/pin" -c whoami
ok "all" grep -q 'Engineer 1.*engineer.*all' "$dir/out"
chmod 640 "$dir/pin"
ok "a PIN that others may read is refused" shell 6 --login E-1 --pin-file "$dir/pin" -c whoami
ok "a PIN for nobody is a wrong call" shell 2 --pin-file "$dir/pin"
timeout 60 python3 "$STATION_SRC/tests/e2e/ask_pin.py" station --config "$dir/station.yaml" \
	--shell -c 'login E-1; whoami' -- 'PIN: ' 'a long one' >"$dir/out"
ok "a PIN is asked for, and not shown" is "$?" 0
ok "and who it is told" grep -q 'Engineer 1' "$dir/out"
timeout 60 python3 "$STATION_SRC/tests/e2e/ask_pin.py" station --config "$dir/station.yaml" \
	--shell -c 'login E-1' -- 'PIN: ' '^C' >"$dir/out"
ok "Ctrl-C ends it" is "$?" 4

# --- before a shift -----------------------------------------------------------------------------

# checked CODE WORDS: what station check says
checked()
{
	station --config "$dir/station.yaml" check >"$dir/out" 2>"$dir/err"
	is "$?" "$1" && grep -q "$2" "$dir/out"
}
ok "station check looks at the file" checked 0 '^ok *users$'
chmod 644 "$file"
ok "and says what is wrong with it" checked 4 '^PROBLEM users: .*chmod 640'
chmod 640 "$file"
sed -i 's/^operator.*/operator: {users: users.yaml, label: label.zpl, labels: printed}/' \
	"$dir/station.yaml"
ok "the installed label is good" checked 0 '^ok *label$'
printf '^FD{serail}^FS\n' >"$dir/label.zpl"
ok "one beside the configuration comes first, and says its line" checked 4 \
	'^PROBLEM label: .*label.zpl: line 1: {serail} means nothing'

# --- without the right --------------------------------------------------------------------------

if [ "$(id -u)" != 0 ]; then
	chmod 500 "$dir"
	users remove T-1 </dev/null
	chmod 700 "$dir"
	ok "a folder that we may not write" is "$code" 6
	chmod 000 "$file"
	users list </dev/null
	chmod 640 "$file"
	ok "a file that we may not read" is "$code" 6
fi
sed -i '/^operator/d' "$dir/station.yaml"
users list </dev/null
ok "a configuration without users says so" is "$code" 3
ok "and what it lacks" grep -q 'operator: users:' "$dir/err"
