# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
#
# The rules of tools/check-style. First comes the list of exceptions: rule, path, reason.

function bad(rule, why,   key)
{
	key = rule " " path
	if (key in allowed) {
		used[key] = 1
		return
	}
	print path ":" FNR ": " why
	n_bad++
}

function width(text,   i, w)
{
	for (i = w = 0; i < length(text); i++)
		w += substr(text, i + 1, 1) == "\t" ? 8 - w % 8 : 1
	# UTF-8: bytes after the first of a character take no column
	gsub(/[^\200-\277]/, "", text)
	return w - (length("\303\251") == 2 ? length(text) : 0)
}

# rows of tables stay on one line, however long
function check_width(line)
{
	if (length(line) > 60 && width(line) > 100)
		bad("line-length", width(line) " columns; 100 is the most")
}

function finish_file()
{
	if (path == "")
		return
	if (!spdx && kind != "text")
		bad("spdx", "the two SPDX lines are not on top")
	if (code && counted > 500)
		bad("file-length", counted " lines without tables; 500 is the most")
}

function start_file()
{
	finish_file()
	path = FILENAME
	home = path
	sub(/^tests\/refuse\/style\//, "", home)
	code = path ~ /\.[ch]$/
	kind = code ? "code" : "script"
	if (path ~ /^tests\/.*\.csv$|^tests\/data\/screens\/|\.(md|json|supp)$/ ||
	    path ~ /^(\.clang-.*|\.git.*|\.editorconfig|LICENSE|tools\/layers|docs\/pictures\/.*)$/)
		kind = "text"
	spdx = counted = in_function = in_table = in_comment = 0
	if (home ~ /(manager|helper|util|misc|common)/)
		bad("name", "a name that says nothing: manager, helper, util, misc, common")
}

# a line of C without strings, characters and comments
function bare(text,   start)
{
	gsub(/\\\\/, "", text)
	gsub(/\\["']/, "", text)
	gsub(/'[^']*'/, "0", text)
	gsub(/"[^"]*"/, "\"\"", text)
	if (in_comment) {
		if (!sub(/^.*\*\//, "", text))
			return ""
		in_comment = 0
	}
	gsub(/\/\*[^*]*(\*+[^*\/][^*]*)*\*+\//, " ", text)
	start = index(text, "/*")
	if (start) {
		in_comment = 1
		text = substr(text, 1, start - 1)
	}
	return text
}

function calls(text, names)
{
	return text ~ "(^|[^A-Za-z0-9_.>])(" names ")[ ]?\\("
}

function check_calls(c)
{
	if (calls(c, "malloc|calloc|realloc|free|strdup|strndup|alloca"))
		bad("memory", "memory comes from GLib: g_new, g_free, g_autofree")
	if (calls(c, "strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|strtok_r"))
		bad("banned", "a call that knows no end: use GLib's")
	if (calls(c, "atoi|atol|atof|strtod|strtof|strtol|strtoul|strtoull|g_strtod") ||
	    (home !~ /^tests\// && calls(c, "scanf|sscanf|fscanf")))
		bad("banned", "numbers are read by base/number.h or g_ascii_...")
	if (calls(c, "system|popen|tmpnam|mktemp"))
		bad("banned", "GLib starts processes and makes temporary files")
	if (home !~ /^tests\// && calls(c, "sleep|usleep|nanosleep|clock_nanosleep|g_usleep"))
		bad("sleep", "waits go through base/clock.h and have an end")
	if (home !~ /^(station\/front\/|station\/main\.c|bench\/main\.c|tests\/|tools\/)/ &&
	    (calls(c, "printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|putc|perror") ||
	     calls(c, "g_print|g_printerr")))
		bad("print", "only the faces print")
}

function check_state(c)
{
	if (c ~ /^[\t]*static / && c !~ /const/ && c !~ /\(/ &&
	    (c ~ /[=;]/ || c ~ /^[\t]*static (struct|union)( [a-z0-9_]+)? \{[ ]*$/))
		bad("state", "a variable that outlives its function")
	else if (c ~ /^[\t]*static const [^(]*\*[a-z_]+(\[|[ ]*[=;])/ && c !~ /\*const/)
		bad("state", "the pointer itself is not const")
	else if (c ~ /^[a-z][A-Za-z0-9_ *]*( |\*)[a-z0-9_]+(\[[^\]]*\])*( =.*|;)$/ &&
	    c !~ /^(static|extern|typedef|struct [a-z0-9_]+;|enum [a-z0-9_]+;|return|goto)/ &&
	    c !~ /const/ && !in_function && !depth)
		bad("state", "a variable at file scope")
}

function check_code(line, c)
{
	c = bare(line)
	if (c ~ /\/\//)
		bad("comment", "comments are /* ... */")
	if (c ~ /^[ ]*#[ ]*if 0/)
		bad("dead", "#if 0: dead code is not kept")
	# a name for g_autoptr is allowed, and one for a function that gives a struct
	if (c ~ /^typedef (struct|enum|union)/ && c !~ /^typedef struct [a-z0-9_]+ [a-z0-9_]+;/ &&
	    c !~ /^typedef (struct|enum) [a-z0-9_]+ \**[a-z0-9_]+\(/)
		bad("typedef", "structs and enums are not typedef'd")
	check_state(c)
	check_calls(c)

	# a table is static const data from the margin to its closing brace
	if (!in_function && c ~ /^(static )?const .*=[ ]*\{$/)
		in_table = 1
	if (!in_table) {
		counted++
		check_width(line)
	}
	if (in_table && c ~ /^\}/)
		in_table = 0

	if (c ~ /^\{/ && !in_table) {
		in_function = 1
		started = FNR
	}
	opened = gsub(/\{/, "{", c)
	closed = gsub(/\}/, "}", c)
	depth += opened - closed
	if (in_function && opened && depth > 5)
		bad("nesting", "more than four levels of nesting")
	if (c ~ /^\}/) {
		if (in_function && FNR - started - 1 >= 60)
			bad("function-length",
				"a function of " FNR - started - 1 " lines; under 60 wanted")
		in_function = depth = 0
	}
}

FILENAME == "tools/style-exceptions" && path == "" {
	if ($0 !~ /^#/ && NF >= 3) {
		allowed[$1 " " $2] = FNR
	}
	next
}
FNR == 1 { start_file() }
FNR <= 3 && /SPDX-License-Identifier: Apache-2\.0/ { license_line = FNR }
FNR <= 3 && /SPDX-FileCopyrightText: / && FNR == license_line + 1 { spdx = 1 }
{
	if (/\r$/)
		bad("space", "a carriage return")
	if (/[ \t]$/)
		bad("space", "space at the end of the line")
	if (path !~ /^(tools\/style\.awk|LICENSE)$/) {
		if (/(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)/)
			bad("unfinished", "work left to do is not written into the files")
		if (/(^|[^A-Za-z0-9_.])\/(work|root|home\/[a-z]+|tmp\/plan)\// || /\.\.\/shared/)
			bad("machine", "a path of one machine")
		if (/(^|[^A-Za-z_])(issue #?[0-9]+|AI (agent|tool|model))([^A-Za-z_]|$)/ ||
		    /[Ss]ubagent|language model|[Cc]laude|ChatGPT|[Cc]opilot/)
			bad("words", "the project speaks of itself alone")
	}
}
code { check_code($0) }
kind == "script" && path !~ /\.csv$/ && !/^ *- \{.*\}$/ { check_width($0) }
END {
	finish_file()
	for (key in allowed)
		if (whole && !(key in used)) {
			print "tools/style-exceptions:" allowed[key] ": not needed any more: " key
			n_bad++
		}
	exit n_bad > 0
}
