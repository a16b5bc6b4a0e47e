# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""check_json.py SCHEMA FILE: judges a document, or each of a list of them, by a schema."""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def refuse(word):
    raise ValueError(f"{word} is not JSON")


def once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError(f"a key is there twice: {[key for key, _ in pairs]}")
    return dict(pairs)


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    documents = json.load(file, parse_constant=refuse, object_pairs_hook=once)
checker = jsonschema.validators.validator_for(schema)
checker.check_schema(schema)
for document in documents if isinstance(documents, list) else [documents]:
    for error in checker(schema).iter_errors(document):
        place = "/".join(str(part) for part in error.absolute_path)
        sys.exit(f"{place}: {error.message[:300]}")
print("valid")
