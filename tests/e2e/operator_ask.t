#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
# Questions of a plan to an operator: answered by arrows, by typing or by words, and
# kept in the record.
. "$(dirname "$0")/lib.sh"
. "$STATION_SRC/tests/e2e/screen.sh"
. "$STATION_SRC/tests/e2e/operator.sh"

bench_start
cat >"$dir/ask.yaml" <<'PLAN'
plan: questions
revision: "1"
types:
  400GBASE-DR4: {}
stage: final
corners:
  - {name: 25C 3.300V, case: 25 degC, supply: 3.3 V}
setup:
  - {step: power-up, on_fail: stop}
  - {step: identify, on_fail: stop}
main:
  - step: ask
    name: turn
    with: {question: "Turn the fibre by half a turn", answers: "done, cannot"}
  - {step: ask, name: look, with: {question: "What is printed on the shell?"}}
  - {step: module-power}
cleanup:
  - {step: power-down}
PLAN
sed -i "s|^    plan: .*|    plan: $dir/ask.yaml|" "$dir/station.yaml"
operator_setup
lots Q1 A-1 A-2
operator_start 80 24
hear
login >"$dir/log"
scan Q1
screen_wait 'Lot Q1, 2 units' >"$dir/log"

scan A-1
ok "the question is asked" screen_wait 'Turn the fibre by half a turn'
ok "for the unit at its site" screen_has 'Site 1, A-1'
ok "the first answer is chosen" screen_has '> done'
ok "a unit's bar code is no answer" refused A-2 'Answer first'
ok "a hot key neither" refused_key F12
screen_key Escape
ok "Esc leaves no question unanswered" screen_has 'Turn the fibre'
screen_key F8
ok "F8 asks whether to abort" screen_wait 'Abort?'
screen_key Escape
ok "not aborted, the question is back" screen_wait 'Turn the fibre by half a turn'
screen_key Down
ok "Down chooses the next answer" screen_wait '> cannot'
screen_key Up
screen_wait '> done' >"$dir/log"
screen_key Enter
ok "Enter gives it, and the next is asked" screen_wait 'What is printed on the shell?'
screen_key Enter
ok "nothing is no answer" screen_wait 'Type the answer, then Enter'
screen_type 'lot 7 q'
ok "what is typed is shown" screen_wait 'lot 7 q'
screen_key Enter
ok "the unit goes on to its end" screen_wait 'Enter: seen' 60
ok "with both answers and who gave them" record A-1 \
	'[(a["question"], a["answer"], a["who"]) for a in run["answers"]] == [
	("Turn the fibre by half a turn", "done", "Shift A"),
	("What is printed on the shell?", "lot 7 q", "Shift A")]'

screen_key Enter
scan A-2
screen_wait 'Turn the fibre' >"$dir/log"
scan DONE
ok "an answer may be a bar code, whatever its case" screen_wait 'What is printed'
screen_key F8
screen_wait 'Abort?' >"$dir/log"
screen_key Enter
ok "a unit that asks can be aborted" screen_wait 'Stopped: unit not judged'
ok "the question is gone" screen_lacks 'give this answer'
ok "its record has the answer" record A-2 'run["verdict"] == "ABORTED"' \
	'[a["answer"] for a in run["answers"]] == ["done"]'
ok "everything is off" is_safe
