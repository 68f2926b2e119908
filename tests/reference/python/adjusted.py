#!/usr/bin/env python3
"""Writes adjusted_python.json: the cases of adjusted.json once more, by statsmodels and numpy.

    python3 tests/reference/python/adjusted.py     (from the root of the repository)

A second witness, which reads only the data of adjusted.json: statsmodels for HC0 to HC3 and the
logistic regression; Lin's regression and CR2 with Satterthwaite's degrees of freedom are the
formulas, with the n x n matrices that the program avoids. Cases in which something is left out are
not repeated. Needs numpy and statsmodels.
"""

import json
import sys
from pathlib import Path

import numpy as np
import statsmodels
import statsmodels.api as sm

HERE = Path("tests/reference")


def dummies(codes):
    codes = np.asarray(codes)
    return [(codes == level).astype(float) for level in np.unique(codes)[1:]]


def columns(case):
    found = dummies(case["strata"])
    for covariate in case["covariates"]:
        if "numeric" in covariate:
            x = np.array(covariate["numeric"], float)
            found.append((x - x.mean()) / x.std())
        else:
            found += dummies(covariate["codes"])
    return found


def linear(design, y, weights, column):
    root = np.sqrt(weights)
    fit = sm.OLS(y * root, design * root[:, None]).fit()
    want = {}
    for kind in ["HC0", "HC1", "HC2", "HC3"]:
        if kind in ("HC2", "HC3") and fit.get_influence().hat_matrix_diag.max() > 1 - 1e-9:
            continue
        want[kind.lower()] = {"estimate": fit.params[column],
                              "std_error": getattr(fit, f"{kind}_se")[column], "df": fit.df_resid}
    return want


def power(matrix):
    values, vectors = np.linalg.eigh(matrix)
    inverse = np.where(values > 1e-10, 1 / np.sqrt(np.where(values > 1e-10, values, 1)), 0)
    return (vectors * inverse) @ vectors.T


def cr2(design, y, weights, clusters, column):
    n = len(y)
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    keep = np.eye(n) - design @ bread @ (design * weights[:, None]).T
    residuals, clusters = keep @ y, np.asarray(clusters)
    scores, vectors = [], []
    for g in np.unique(clusters):
        own = clusters == g
        part = power(keep[own] @ keep[own].T) @ (weights[own, None] * design[own]) @ bread[:, column]
        scores.append(part @ residuals[own])
        vectors.append(keep[own].T @ part)
    p = np.array(vectors) @ np.array(vectors).T
    return {"estimate": (bread @ (design * weights[:, None]).T @ y)[column],
            "std_error": np.sqrt(np.sum(np.square(scores))), "df": np.trace(p) ** 2 / np.sum(p * p)}


def logit(design, y, z, weights):
    weights = weights / weights.mean()
    fit = sm.GLM(y, design, family=sm.families.Binomial(), freq_weights=weights).fit(maxiter=100, tol=1e-14)
    risks, influence = [], []
    for arm in (1.0, 0.0):
        at = design.copy()
        at[:, 1] = arm
        mu, own = fit.predict(at), z == arm
        share = weights[own].sum() / weights.sum()
        risks.append(np.average(mu, weights=weights))
        influence.append(weights * (own * (y - mu) / share + mu - risks[-1]))
    difference = influence[0] - influence[1]
    return {"risk_intervention": risks[0], "risk_control": risks[1],
            "difference_std_error": np.sqrt(np.sum(difference ** 2)) / len(y)}


def main():
    cases = []
    for case in json.loads((HERE / "adjusted.json").read_text())["cases"]:
        if case["omissions"] or case["merged"]:
            continue
        y, z = np.array(case["y"], float), np.array(case["arm"], float)
        weights = np.array(case.get("weights", np.ones(len(y))), float)
        terms = columns(case)
        main_effects = np.column_stack([np.ones(len(y)), z, *terms])
        want = {f"ols_{kind}": row for kind, row in linear(main_effects, y, weights, 1).items()}
        if terms and "lin_hc2" in case["want"]:
            centred = [x - np.average(x, weights=weights) for x in terms]
            design = np.column_stack([np.ones(len(y)), z, *centred, *[z * x for x in centred]])
            want |= {f"lin_{kind}": row for kind, row in linear(design, y, weights, 1).items()}
        if "clusters" in case:
            want["cr2"] = cr2(main_effects, y, weights, case["clusters"], 1)
        if "logit_overall" in case["want"]:
            want["logit_overall"] = logit(main_effects, y, z, weights)
        cases.append({"name": case["name"], "want": want})
    versions = f"Python {sys.version.split()[0]}, numpy {np.__version__}, statsmodels {statsmodels.__version__}"
    why = "normal equations and n x n matrices keep fewer digits than a factorization"
    out = {"generator": {"software": "Python", "versions": versions,
                         "script": "tests/reference/python/adjusted.py"},
           "tolerance": {"relative": 1e-10, "absolute": 1e-11, "why": why}, "cases": cases}
    (HERE / "adjusted_python.json").write_text(json.dumps(out, indent=1, default=float) + "\n")
    print(len(cases), "cases")


main()
