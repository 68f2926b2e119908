"""Writes least_squares_exact.json: the fits of least_squares_r.json and least_squares_hard_r.json in exact rational arithmetic.

Run from the root, after the R script: python3 tests/reference/python/least_squares.py
"""

import json
import platform
from fractions import Fraction


def inverse(matrix):
    """By Gauss and Jordan, exactly."""
    p = len(matrix)
    rows = [list(row) + [Fraction(int(i == j)) for j in range(p)] for i, row in enumerate(matrix)]
    for i in range(p):
        pivot = next(k for k in range(i, p) if rows[k][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for k in range(p):
            if k != i and rows[k][i] != 0:
                factor = rows[k][i]
                rows[k] = [v - factor * w for v, w in zip(rows[k], rows[i])]
    return [row[p:] for row in rows]


def dot(a, b):
    return sum((v * w for v, w in zip(a, b)), Fraction(0))


def exact(case):
    x = [[Fraction(v) for v in row] for row in case["x"]]
    y = [Fraction(v) for v in case["y"]]
    p = len(x[0])
    columns = list(zip(*x))
    gram = inverse([[dot(columns[j], columns[k]) for k in range(p)] for j in range(p)])
    moves = [[dot(gram[j], row) for j in range(p)] for row in x]
    beta = [dot([m[j] for m in moves], y) for j in range(p)]
    residuals = [v - dot(row, beta) for row, v in zip(x, y)]
    leverages = [dot(row, m) for row, m in zip(x, moves)]
    # A leverage of 1 leaves nothing to estimate a variance from, and adds nothing.
    weights = [e * e / (1 - h) if h != 1 else Fraction(0) for e, h in zip(residuals, leverages)]
    hc2 = [[sum((w * m[j] * m[k] for w, m in zip(weights, moves)), Fraction(0)) for k in range(p)] for j in range(p)]
    tested = [int(j) for j in case["tested"]]
    block = inverse([[hc2[j][k] for k in tested] for j in tested])
    b = [beta[j] for j in tested]
    df = len(y) - p
    floats = lambda v: [floats(w) for w in v] if isinstance(v, list) else float(v)
    return {
        "name": case["name"], "x": case["x"], "y": case["y"],
        "coefficients": floats(beta), "residuals": floats(residuals), "leverages": floats(leverages),
        "inverse_gram": floats(gram), "residual_variance": float(dot(residuals, residuals) / df),
        "residual_df": df, "hc2": floats(hc2), "tested": tested,
        "wald": float(dot(b, [dot(row, b) for row in block])),
    }


cases = []
for name in ["least_squares_r", "least_squares_hard_r"]:
    with open(f"tests/reference/{name}.json") as f:
        cases += [exact(case) for case in json.load(f)["cases"]]
out = {
    "generator": {
        "software": "Python's fractions",
        "versions": f"Python {platform.python_version()}",
        "script": "tests/reference/python/least_squares.py",
    },
    "tolerance": {
        "relative": 2e-11,
        "absolute": 2e-11,
        "why": "in units of the standard error; the almost collinear designs have condition 1e5 and lose that",
    },
}
with open("tests/reference/least_squares_exact.json", "w") as f:
    f.write(json.dumps(out, indent=1)[:-2] + ',\n "cases": [\n')
    f.write(",\n".join("  " + json.dumps(c) for c in cases) + "\n ]\n}\n")
