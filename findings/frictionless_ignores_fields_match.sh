#!/usr/bin/env bash
# frictionless 5.18.1 (Python) takes a Table Schema with `fieldsMatch` and ignores it.
#
# Data Package 2.0 defines the property: with "subset" a table may have columns that the schema does
# not list, with "superset" it may lack some. A schema that says so is read without a warning, and
# the table is then judged as if it said "exact": an extra column in the middle is an extra label, and
# every cell behind it is compared with the wrong field. Whoever publishes a schema for tables that
# may carry further columns has to tell the validator so by an option of the call.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check frictionless==5.18.1
printf 'id,remark,score\n1,x,3\n2,y,4\n' > table.csv
cat > probe.py <<'PY'
from importlib.metadata import version
from frictionless import Detector, Resource, Schema

fields = [{"name": "id", "type": "integer"}, {"name": "score", "type": "integer"}]
print("frictionless", version("frictionless"))
seen = {}
for match in ("exact", "subset", "superset"):
    schema = Schema.from_descriptor({"fieldsMatch": match, "fields": fields})
    report = Resource(path="table.csv", schema=schema).validate()
    seen[match] = [row[0] for row in report.flatten(["type"])]
    print(f"{match:9}", "valid" if report.valid else seen[match])
assert seen["subset"] == seen["exact"] == seen["superset"] != [], "fieldsMatch is obeyed now"

# The option that does what "subset" would say: fields by name, further columns allowed.
schema = Schema.from_descriptor({"fields": fields})
synced = Resource(path="table.csv", schema=schema, detector=Detector(schema_sync=True)).validate()
print("schema_sync", "valid" if synced.valid else "not valid")
assert synced.valid, "schema_sync no longer allows further columns"
PY
venv/bin/python probe.py
