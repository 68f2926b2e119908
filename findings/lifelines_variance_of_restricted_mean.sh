#!/usr/bin/env bash
# lifelines 0.30.0: restricted_mean_survival_time(..., return_variance=True) returns the variance of
# the restricted time min(T, t), not that of the estimated mean.
#
# Of four people two have the event on days 1 and 2, two are censored later. The restricted mean to
# day 3 is 1 + 0.75 + 0.5 = 2.25. Var(min(T, 3)) = 0.25 * 1 + 0.25 * 4 + 0.5 * 9 - 2.25^2 = 0.6875,
# and that is what comes back. It does not shrink when everyone is taken a hundred times, as the
# squared standard error does (Greenwood's: the sum over event days of area beyond it squared,
# times d / (n (n - d))). Its square root beside the mean is no standard error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lifelines==0.30.0
cat > probe.py <<'PY'
from importlib.metadata import version
import warnings

from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

warnings.simplefilter("ignore")
print("lifelines", version("lifelines"))


def of(copies):
    days, events = [1, 2, 3, 4] * copies, [1, 1, 0, 0] * copies
    curve = KaplanMeierFitter().fit(days, events)
    mean, variance = restricted_mean_survival_time(curve, t=3, return_variance=True)
    n = 4 * copies
    at_risk, area = {1: n, 2: n - copies}, {1: 0.75 + 0.5, 2: 0.5}
    squared_error = sum(area[t] ** 2 * copies / (k * (k - copies)) for t, k in at_risk.items())
    print(f"{n:4} people: mean {mean:.4f}, 'variance' {variance:.4f}, squared standard error {squared_error:.6f}")
    return float(mean), float(variance), squared_error


one, hundred = of(1), of(100)
assert abs(one[0] - 2.25) < 1e-9 and abs(hundred[0] - 2.25) < 1e-9
assert abs(one[1] - 0.6875) < 1e-9 and abs(hundred[1] - 0.6875) < 1e-9, "it is another variance now"
assert hundred[2] < one[2] / 99
PY
venv/bin/python probe.py
