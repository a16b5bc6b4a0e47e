# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""read_junit.py FILE: what junitparser reads in it, a line for each suite, property and case."""
import sys

try:
    import junitparser
except ImportError:
    sys.exit(77)

for suite in junitparser.JUnitXml.fromfile(sys.argv[1]):
    print(f"suite {suite.name}: {suite.tests} tests, {suite.failures} failures, "
          f"{suite.errors} errors, {suite.skipped} skipped, {suite.time} s, {suite.timestamp}")
    for prop in suite.properties():
        print(f"property {prop.name}={prop.value}")
    for case in suite:
        words = f"case {case.classname} | {case.name}"
        if not case.result:
            print(f"{words} | passed")
        for result in case.result:
            print(f"{words} | {type(result).__name__} {result.type}: {result.message}")
    print("output " + (suite._elem.findtext("system-out") or ""))
