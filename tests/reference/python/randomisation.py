"""Drawn assignments, from the documented rule alone.

Writes tests/reference/randomisation_draws.json. Uses only Python's standard library; the generator
is restated here once more, independently of src/mathematics/random.rs.

The rule, as documented in src/mathematics/resample/randomisation/design.rs:

- the stream is that of src/mathematics/random.rs with the purpose's tag 5 and the number of the draw;
- groups in increasing order of their numbers, members in the order of the data;
- in a group of n of whom k get the intervention, s = min(k, n - k); for i = 0 .. s - 1 the i-th
  member exchanges places with the one at i + below(n - i);
- where k <= n - k the first k members get the intervention, else all but the first s.
"""

import csv
import json
import pathlib
import platform
import struct

MASK = 0xFFFFFFFF
TAG = 5


def chacha8(key, counter, stream):
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key),
             counter & MASK, counter >> 32, stream & MASK, stream >> 32]
    x = state[:]

    def turn(word, by):
        return ((word << by) & MASK) | (word >> (32 - by))

    def quarter(a, b, c, d):
        x[a] = (x[a] + x[b]) & MASK
        x[d] = turn(x[d] ^ x[a], 16)
        x[c] = (x[c] + x[d]) & MASK
        x[b] = turn(x[b] ^ x[c], 12)
        x[a] = (x[a] + x[b]) & MASK
        x[d] = turn(x[d] ^ x[a], 8)
        x[c] = (x[c] + x[d]) & MASK
        x[b] = turn(x[b] ^ x[c], 7)

    for _ in range(4):
        for column in range(4):
            quarter(column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return [(a + b) & MASK for a, b in zip(x, state)]


def words(seed, stream):
    key = struct.pack("<QQ", seed, TAG) + bytes(16)
    counter = 0
    while True:
        yield from chacha8(key, counter, stream)
        counter += 1


def below(source, bound):
    while True:
        product = next(source) * bound
        if product & MASK >= (1 << 32) % bound:
            return product >> 32


def draw(seed, number, groups, treated):
    source = words(seed, number)
    out = []
    for group in sorted(set(groups)):
        members = [i for i, g in enumerate(groups) if g == group]
        n, k = len(members), sum(treated[i] for i in members)
        s = min(k, n - k)
        for i in range(s):
            j = i + below(source, n - i)
            members[i], members[j] = members[j], members[i]
        out += members[:k] if k <= n - k else members[s:]
    return out


def people():
    """Every fourth participant of the Rossi fixture, in blocks of six within the region."""
    folder = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "rossi"
    with open(folder / "participants.csv", newline="") as file:
        rows = list(csv.DictReader(file))[::4]
    regions = sorted({row["region"] for row in rows})
    seen, blocks = {}, []
    for row in rows:
        region = regions.index(row["region"])
        seen[region] = seen.get(region, -1) + 1
        blocks.append(100 * region + seen[region] // 6)
    return {
        "row": list(range(0, 4 * len(rows), 4)),
        "region": [regions.index(row["region"]) for row in rows],
        "block": blocks,
        "treated": [int(row["arm"] == "ips") for row in rows],
    }


def main():
    rossi = people()
    designs = {
        "one group": ([0] * 11, [1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1]),
        "mostly treated, gaps in the numbers": (
            [9, 2, 9, 9, 2, 70, 9, 2, 2, 70, 9], [1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0]),
        "a group of one arm and one of one": ([1, 1, 1, 4, 5, 5], [1, 1, 1, 0, 1, 0]),
        "rossi by region": (rossi["region"], rossi["treated"]),
        "rossi by block": (rossi["block"], rossi["treated"]),
    }
    cases = []
    for name, (groups, treated) in designs.items():
        for seed, first, n in ((20180201, 0, 50), (2**64 - 3, 2**40 + 5, 3)):
            draws = [draw(seed, first + r, groups, treated) for r in range(n)]
            cases.append({"kind": "draws", "name": name, "seed": seed, "first": first,
                          "groups": groups, "treated": treated, "draws": draws,
                          "rossi": rossi if name.startswith("rossi") else None})
    out = {
        "generator": {
            "software": "Python standard library",
            "versions": f"Python {platform.python_version()}",
            "script": "tests/reference/python/randomisation.py",
        },
        "tolerance": {"relative": 0, "absolute": 0, "why": "whole numbers"},
        "cases": cases,
    }
    path = pathlib.Path(__file__).resolve().parents[1] / "randomisation_draws.json"
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
