# Empirical Bayes shrinkage with Paule and Mandel's variance between groups.
#
#   Rscript tests/reference/r/shrinkage.R     (from the root of the repository)
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(metafor); library(boot) })

shrink <- function(name, y, s, level = 0.95) {
  # Estimates per smallest standard error, for rma's thresholds are absolute; scaled back after.
  u <- min(s); f <- rma(yi = y / u, sei = s / u, method = "PM", level = 100 * level, control = list(tol = 1e-15, maxiter = 1e5, tau2.max = 1e12))
  b <- blup(f)
  # A second solution of Paule and Mandel's equation, by uniroot on the published formula.
  q <- function(t) { w <- 1 / (s^2 + t); sum(w * (y - sum(w * y) / sum(w))^2) - (length(y) - 1) }
  tau <- if (q(0) <= 0) 0 else uniroot(q, c(0, 10 * (var(y) + u^2)), tol = 1e-15 * var(y))$root
  same(c(tau, 1), c(f$tau2 * u^2, 1), 1e-6)
  w <- 1 / (s^2 + tau); mu <- sum(w * y) / sum(w); own <- tau / (tau + s^2); e <- own * y + (1 - own) * mu; v <- sqrt(own * s^2 + (1 - own)^2 / sum(w)); z <- qnorm(1 - (1 - level) / 2)
  same(c(mu, f$se * u, e, v, e - z * v), c(coef(f) * u, f$se * u, b$pred * u, b$se * u, b$pi.lb * u), 1e-6); same(sqrt(1 / sum(w)), f$se * u, 1e-6)
  add("shrink", name, list(estimates = I(y), std_errors = I(s), level = level),
      list(mean = mu, mean_std_error = sqrt(1 / sum(w)), tau_squared = tau, q = f$QE, df = f$k - 1, p_value = f$QEp,
           estimate = I(e), std_error = I(v), lower = I(e - z * v), upper = I(e + z * v), own_weight = I(own)))
}
# Rubin (1981): coaching in eight schools.
shrink("eight schools", c(28, 8, -3, 7, -1, 1, 18, 12), c(15, 10, 16, 11, 9, 11, 10, 18))
# BCG vaccine against tuberculosis: log risk ratios of thirteen trials (Colditz and others 1994).
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg); shrink("BCG", as.vector(bcg$yi), sqrt(as.vector(bcg$vi))); shrink("BCG at 80%", as.vector(bcg$yi), sqrt(as.vector(bcg$vi)), 0.8)
# Differences of days worked by schooling in Rossi's trial.
cell <- function(g, a) rossi$days[rossi$education == g & rossi$z == a]
shrink("rossi: days by schooling", sapply(2:5, function(g) mean(cell(g, 1)) - mean(cell(g, 0))), sapply(2:5, function(g) sqrt(var(cell(g, 1)) / length(cell(g, 1)) + var(cell(g, 0)) / length(cell(g, 0)))))
shrink("two", c(0.1, 0.4), c(0.05, 0.1)); shrink("two that agree", c(0.1, 0.11), c(0.05, 0.1)); shrink("three regions", c(0.18, 0.05, 0.31), c(0.04, 0.06, 0.11))
shrink("far from zero", 1e5 + c(1, 5, 9, 2), c(1, 2, 1, 3)); shrink("very unequal errors", c(0, 1, 3, 2), c(0.001, 1, 10, 0.1)); shrink("far apart", c(0, 1000), c(1, 1))
write_reference("shrinkage", c("metafor"), 1e-9, "uniroot and rma stop when the variance between groups no longer moves by 1e-15 or so of the estimates' variance", 1e-10)
