"""Case weights of the bootstrap, from the definition of the generator alone.

Writes tests/reference/case_weights.json. Uses only Python's standard library, and the openssl
program as a witness of the cipher itself.

The rule, as documented in src/mathematics/random.rs and src/mathematics/resample/case_weights.rs:

- key, 32 bytes: the seed little-endian in bytes 0..8, the purpose's tag little-endian in bytes
  8..16 (bootstrap 1), zero in the rest;
- ChaCha with 8 rounds; words 12 and 13 of the state are a 64-bit block counter from 0, words 14
  and 15 the number of the stream, low word first;
- a bounded draw is Lemire's multiply-and-reject on 32-bit words;
- a draw in (0, 1) takes two words, low first, keeps the upper 52 bits and adds a half;
- strata in increasing order of their numbers; within a stratum of n, n draws below n; draw k adds
  one to the weight of the stratum's k-th participant in the order of the data.
"""

import json
import pathlib
import platform
import struct
import subprocess

MASK = 0xFFFFFFFF


def rotate(word, by):
    return ((word << by) | (word >> (32 - by))) & MASK


def quarter(s, a, b, c, d):
    for into, other, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[into] = (s[into] + s[other]) & MASK
        s[turned] = rotate(s[turned] ^ s[into], by)


def block(key, counter, stream, rounds):
    start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key))
    start += [counter & MASK, counter >> 32, stream & MASK, stream >> 32]
    s = list(start)
    for _ in range(rounds // 2):
        quarter(s, 0, 4, 8, 12), quarter(s, 1, 5, 9, 13)
        quarter(s, 2, 6, 10, 14), quarter(s, 3, 7, 11, 15)
        quarter(s, 0, 5, 10, 15), quarter(s, 1, 6, 11, 12)
        quarter(s, 2, 7, 8, 13), quarter(s, 3, 4, 9, 14)
    return [(x + y) & MASK for x, y in zip(s, start)]


def check_cipher_with_openssl():
    """With 20 rounds the block function must be openssl's ChaCha20."""
    key = bytes(range(7, 39))
    stream = (5 << 40) + 77
    iv = struct.pack("<QQ", 0, stream)
    out = subprocess.run(
        ["openssl", "enc", "-chacha20", "-K", key.hex(), "-iv", iv.hex()],
        input=bytes(192), capture_output=True, check=True,
    ).stdout
    own = b"".join(struct.pack("<16I", *block(key, c, stream, 20)) for c in range(3))
    assert own == out, "the block function is not ChaCha"
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True)
    return version.stdout.split("(")[0].strip()


class Stream:
    def __init__(self, seed, purpose, stream):
        self.key = struct.pack("<QQ", seed, purpose) + bytes(16)
        self.stream, self.counter, self.words = stream, 0, []

    def word(self):
        if not self.words:
            self.words = block(self.key, self.counter, self.stream, 8)
            self.counter += 1
        return self.words.pop(0)

    def below(self, bound):
        while True:
            product = self.word() * bound
            if (product & MASK) >= (1 << 32) % bound:
                return product >> 32

    def unit(self):
        low = self.word()
        high = self.word()
        return (((high << 32 | low) >> 12) + 0.5) / 2.0**52


def weights(seed, replicate, stratum):
    stream = Stream(seed, 1, replicate)
    out = [0] * len(stratum)
    for number in sorted(set(stratum)):
        members = [i for i, s in enumerate(stratum) if s == number]
        for _ in members:
            out[members[stream.below(len(members))]] += 1
    return out


def main():
    openssl = check_cipher_with_openssl()
    cases = []
    for seed, number in ((20180201, 0), (20180201, 1), (0, 0), (2**64 - 3, 2**40 + 5)):
        for bound in (1, 2, 7, 1000, 2**31, 3_000_000_000):
            stream = Stream(seed, 1, number)
            draws = [stream.below(bound) for _ in range(300)]
            cases.append({"kind": "below", "seed": seed, "stream": number, "bound": bound,
                          "draws": draws})
        stream = Stream(seed, 1, number)
        cases.append({"kind": "unit", "seed": seed, "stream": number,
                      "draws": [stream.unit() for _ in range(40)]})
    designs = {
        "one stratum": [0] * 12,
        "arm x region, interleaved": [(i * i + i // 3) % 6 for i in range(600)],
        "gaps in the numbers, not in order": [[9, 2, 4_000_000_000][i % 3 if i < 40 else 0]
                                              for i in range(60)],
        "a stratum of one": [3, 1, 1, 1, 3, 2],
    }
    for name, stratum in designs.items():
        for seed, replicate in ((20180201, 0), (20180201, 9_999), (1, 3)):
            cases.append({"kind": "weights", "name": name, "seed": seed, "replicate": replicate,
                          "stratum": stratum, "weights": weights(seed, replicate, stratum)})
    out = {
        "generator": {
            "software": "Python standard library; cipher checked against openssl",
            "versions": f"Python {platform.python_version()}, {openssl}",
            "script": "tests/reference/python/case_weights.py",
        },
        "tolerance": {"relative": 0, "absolute": 0, "why": "whole numbers and exact doubles"},
        "cases": cases,
    }
    path = pathlib.Path(__file__).resolve().parents[1] / "case_weights.json"
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
