#!/usr/bin/env python3
"""Writes the inputs from which fuzzing begins, from the fixtures: make_corpus.py [OUT_DIR]

Without OUT_DIR into `corpus/` beside this, where cargo-fuzz looks for them.
"""
import hashlib
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
OUT = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"

# The tables of `fixtures/good`, in the order of the data dictionary, as `tables.rs` numbers them.
TABLES = ["participants", "employment", "waves", "benefits", "allocation", "fidelity"]
LARGEST = 64 * 1024


def add(target, content):
    if len(content) <= LARGEST:
        place = OUT / target
        os.makedirs(place, exist_ok=True)
        (place / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


for path in sorted(FIXTURES.rglob("*")):
    if not path.is_file():
        continue
    content, ending = path.read_bytes(), path.suffix
    if path.name == "plan.toml":
        add("plan", content)
    if ending in (".dta", ".sav", ".xlsx"):
        add(ending[1:], content)
    if ending == ".zsav":
        add("sav", content)
    if ending == ".parquet":
        add("parquet_guard", content)
    if ending == ".csv":
        for number, table in enumerate(TABLES):
            if path.stem == table:
                add("tables", bytes([number]) + content)
for path in sorted((HERE.parent.parent / "data-schema" / "instruments").glob("*.toml")):
    add("instrument", path.read_bytes())
for place in sorted(OUT.iterdir()):
    print(f"{place.name}: {len(list(place.iterdir()))}")
