"""Anderson's (2008) summary index, by numpy, written from the paper.

Source: Anderson ML (2008), Journal of the American Statistical Association 103:1481-1495, the steps of
the summary index. Each outcome is turned so that more is better, less the control arm's mean, over its
standard deviation; the weight of an outcome is its row sum of the inverse covariance of these; the
index of a person is the weighted mean. Rescaling to mean 0 and standard deviation 1 in the control arm
is that of Stata's swindex with the controls as reference group (Schwab and others 2020, Stata Journal
20:952-964), not of the paper.

Missing data, the paper's rule in other words: an outcome that a person lacks is passed over when that
person's index is made, so that the weights are summed over the observed outcomes alone, above and below
the line; each element of the covariance is summed over those for whom both outcomes are there. All
values that are there are used, and none is imputed. Where the weights of a person's outcomes do not sum
to more than 0 the mean means nothing: no index (our rule, not the paper's).

Weights come from a linear system, not an inverse; pairwise covariances from numpy.cov of each pair. The
package icw-index, which its author compared with swindex, is held beside where nothing is missing: it
knows complete cases only, so that the rule above has no other witness than this script.
Run from the root of the repository: python tests/reference/python/inverse_covariance_index.py
"""
import importlib.metadata, json, platform
import numpy as np
from icw import icw_index


def index(y, arm, less):
    control = arm == 0
    z = np.empty_like(y)
    for k in range(y.shape[1]):
        own = y[control, k]
        own = own[~np.isnan(own)]
        z[:, k] = (y[:, k] - own.mean()) / own.std(ddof=1) * (-1 if less[k] else 1)
    n, k = z.shape
    sigma = np.empty((k, k))
    for i in range(k):
        for j in range(k):
            both = ~np.isnan(z[:, i]) & ~np.isnan(z[:, j])
            sigma[i, j] = np.cov(z[both, i], z[both, j])[0, 1]
    w = np.linalg.solve(sigma, np.ones(k))
    w /= w.sum()
    raw = np.full(n, np.nan)
    no_weight = 0
    for i in range(n):
        there = ~np.isnan(z[i])
        if not there.any():
            continue
        if w[there].sum() <= 1e-12:
            no_weight += 1
            continue
        raw[i] = (w[there] * z[i, there]).sum() / w[there].sum()
    own = raw[control]
    own = own[~np.isnan(own)]
    centre, scale = own.mean(), own.std(ddof=1)
    complete = int((~np.isnan(y).any(axis=1)).sum())
    if complete == n:
        turned = [np.where(less[j], -1, 1) * y[:, j] for j in range(k)]
        other = icw_index(turned, reference_mask=control)
        assert np.allclose(other, (raw - centre) / scale, rtol=0, atol=1e-9), np.abs(other - (raw - centre) / scale).max()
        print("icw-index agrees")
    return {"values": [None if np.isnan(x) else x for x in ((raw - centre) / scale)], "weights": w.tolist(), "n_complete": complete,
            "n_without_weight": no_weight, "centre": centre, "scale": scale}


cases = []


def add(name, y, arm, less):
    want = index(y, arm, less)
    columns = [[None if np.isnan(x) else float(x) for x in y[:, k]] for k in range(y.shape[1])]
    cases.append({"kind": "index", "name": name, "input": {"arm": "".join(str(int(a)) for a in arm), "less": [int(x) for x in less], "outcomes": columns}, "want": want})


def simulate(seed, n, loadings, missing, digits):
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, 2, n)
    f = rng.normal(size=n) + 0.4 * arm
    y = np.column_stack([10 * (k + 1) + 3 * (l * f + np.sqrt(max(0, 1 - l * l)) * rng.normal(size=n)) for k, l in enumerate(loadings)]).round(digits)
    y[rng.random(y.shape) < missing] = np.nan
    return y, arm


y, arm = simulate(1, 120, [0.8, 0.7, 0.5], 0, 2); add("complete", y, arm, [0, 0, 0])
y, arm = simulate(2, 120, [0.8, -0.7, 0.5, 0.1], 0, 1); add("complete, one turned", y, arm, [0, 1, 0, 0])
y, arm = simulate(3, 150, [0.8, 0.7, 0.5, -0.6], 0.2, 1); add("some missing", y, arm, [0, 0, 0, 1])
y, arm = simulate(4, 60, [0.6, 0.4], 0.4, 2); add("two outcomes, many missing", y, arm, [0, 0])
# An outcome that is nearly the sum of two others and has a negative weight.
y, arm = simulate(5, 80, [0.6, 0.6], 0.0, 2)
rng = np.random.default_rng(55)
y = np.column_stack([y, (y[:, 0] + y[:, 1] + rng.normal(size=80)).round(2)])
y[:6, :2] = np.nan; y[6:12, 0] = np.nan
add("a negative weight", y, arm, [0, 0, 0])
assert cases[-1]["want"]["n_without_weight"] > 0, cases[-1]["want"]["weights"]
y, arm = simulate(6, 90, [0.7, 0.5, 0.4], 0.1, 0); add("whole numbers, another unit", y * np.array([1, 1e4, 1e-4]), arm, [0, 0, 0])

json.dump({"generator": {"software": "Python", "versions": f"Python {platform.python_version()}, numpy {np.__version__}, icw-index {importlib.metadata.version('icw-index')}", "script": "tests/reference/python/inverse_covariance_index.py"},
           "tolerance": {"relative": 1e-10, "absolute": 1e-12, "why": "numpy's plain sums, and a linear system of a covariance with condition to 100"}, "cases": cases},
          open("tests/reference/inverse_covariance_index.json", "w"), separators=(",", ":"))
print(len(cases), "cases")
