"""The adjusted difference under drawn assignments within strata, by numpy: times each run.

    python3 randomisation.py partition|permuted FILE DRAWS RUNS THREADS

FILE is a CSV of arm (1 the intervention), outcome, stratum and covariates. Reading it is not timed.
By the theorem of Frisch, Waugh and Lovell an assignment z has the coefficient z'My / z'Mz, and both
are sums over z: a batch of assignments is one product of matrices. Who gets the intervention is
drawn by `Generator.permuted`, or, which is faster, as those whose random keys are the smallest:
numpy partitions several keys at once where the processor can.
"""

import json
import os
import sys
import time

ways, file, draws, runs, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
# Threads are over batches: small products gain nothing from more.
for name in ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"]:
    os.environ[name] = "1"

from concurrent.futures import ThreadPoolExecutor  # noqa: E402

import numpy as np  # noqa: E402

BATCH = 250  # the fastest of 100 to 2,000: a batch stays in the cache


def by_permutation(rng, n, k):
    assigned = np.zeros((BATCH, n))
    assigned[:, :k] = 1
    while True:
        yield rng.permuted(assigned, axis=1, out=assigned)


def by_partition(rng, n, k):
    while True:
        keys = rng.integers(0, 2**32, size=(BATCH, n), dtype=np.uint32)
        last = np.partition(keys, k - 1, axis=1)[:, k - 1:k]
        assigned = keys <= last
        # Equal keys at the border: once in some 10,000 draws.
        for row in np.flatnonzero(np.count_nonzero(assigned, axis=1) != k):
            assigned[row] = rng.permutation(n) < k
        yield assigned.astype(float)


def effects(draw, seed, draws, strata, sums, fixed):
    """The coefficient in so many draws: strata have their rows of `sums`, My and the columns of Q."""
    rng = np.random.Generator(np.random.SFC64(seed))
    drawers = [draw(rng, len(rows), k) for rows, k in strata]
    parts = [np.ascontiguousarray(sums[rows]) for rows, _ in strata]
    values = np.empty(draws)
    for start in range(0, draws, BATCH):
        along = sum(next(drawer) @ part for drawer, part in zip(drawers, parts))
        effect = along[:, 0] / (fixed - np.einsum("ij,ij->i", along[:, 1:], along[:, 1:]))
        values[start:start + BATCH] = effect[:draws - start]
    return values


def test(seed, arm, outcome, stratum, covariates):
    names = np.unique(stratum)
    dummies = (stratum[:, None] == names).astype(float)
    within = dummies / np.sqrt(dummies.sum(axis=0))
    # Strata first: their part of z'Mz never changes.
    basis, _ = np.linalg.qr(covariates - within @ (within.T @ covariates))
    residual = outcome - within @ (within.T @ outcome)
    residual -= basis @ (basis.T @ residual)
    sums = np.column_stack([residual, basis])
    fixed = arm.sum() - np.sum((within.T @ arm)**2)
    along = arm @ sums
    estimate = along[0] / (fixed - along[1:] @ along[1:])
    members = [np.flatnonzero(stratum == name) for name in names]
    strata = [(rows, int(arm[rows].sum())) for rows in members]
    draw = {"permuted": by_permutation, "partition": by_partition}[ways]
    share = -(-draws // threads)
    jobs = [(draw, [seed, job], min(share, draws - job * share), strata, sums, fixed) for job in range(threads)]
    if threads == 1:
        values = effects(*jobs[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            values = np.concatenate(list(pool.map(lambda job: effects(*job), jobs)))
    extreme = np.count_nonzero(np.abs(values) >= abs(estimate) * (1 - 1e-12))
    return {"estimate": float(estimate), "p_value": (extreme + 1) / (draws + 1)}


table = np.loadtxt(file, delimiter=",", skiprows=1)
seconds = []
for run in range(runs):
    start = time.perf_counter()
    found = test(run, table[:, 0], table[:, 1], table[:, 2], table[:, 3:])
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds, "found": found}))
