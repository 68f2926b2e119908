# Quantiles by arm with order-statistic limits, and their difference with limits recovered from them.
#
#   Rscript tests/reference/r/quantile_effect.R     (from the root of the repository)
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(MASS); library(survival) })

arm <- function(y, p, level) {
  a <- (1 - level) / 2; n <- length(y); l <- qbinom(a, n, p); u <- qbinom(1 - a, n, p) + 1; s <- sort(y)
  # The same ranks from the definition, by counting.
  b <- pbinom(0:n, n, p); stopifnot(l == max(c(0, which(b < a))), u == min(which(b >= 1 - a)))
  ok <- l >= 1 && u <= n
  list(estimate = quantile(y, p, type = 2, names = FALSE), lower = if (ok) s[l] else NA, upper = if (ok) s[u] else NA, l = if (ok) l else NA, u = if (ok) u else NA,
       coverage = if (ok) sum(dbinom(l:(u - 1), n, p)) else NA)
}
case <- function(name, y1, y0, probabilities = c(0.25, 0.5, 0.75), level = 0.95) for (p in probabilities) {
  q1 <- arm(y1, p, level); q0 <- arm(y0, p, level); d <- q1$estimate - q0$estimate
  want <- list(estimate = d, lower = d - sqrt((q1$estimate - q1$lower)^2 + (q0$upper - q0$estimate)^2), upper = d + sqrt((q1$upper - q1$estimate)^2 + (q0$estimate - q0$lower)^2))
  add("quantiles", sprintf("%s, %g at %g", name, p, level), list(intervention = I(y1), control = I(y0), probability = p, level = level), c(want, list(arms = list(q1, q0))))
}
case("rossi: days worked", rossi$days[rossi$z == 1], rossi$days[rossi$z == 0], c(0.1, 0.25, 0.5, 0.7, 0.75, 0.9)); case("rossi: days worked", rossi$days[rossi$z == 1], rossi$days[rossi$z == 0], 0.5, 0.8)
case("birthwt: weight", birthwt$bwt[birthwt$smoke == 1], birthwt$bwt[birthwt$smoke == 0]); case("veteran: days", veteran$time[veteran$trt == 2], veteran$time[veteran$trt == 1])
set.seed(3); half <- function(n) rbinom(n, 1, 0.5) * round(rexp(n, 1 / 90)); case("drawn: half at zero", half(150), half(140), c(0.25, 0.4, 0.5, 0.6, 0.75)); case("drawn: large", round(rexp(3000)), half(2000))
case("tiny", c(1, 2, 3), c(0, 0, 5, 7, 9, 9, 9)); case("eight and six", c(3, 1, 4, 1, 5, 9, 2, 6), c(2, 7, 1, 8, 2, 8), 0.5); case("zeros and a few", c(rep(0, 30), 5, 9), c(rep(0, 25), 1:10))
write_reference("quantile_effect", c("MASS", "survival"), 1e-12, "the same order statistics; only coverage and the recovered limits round", 1e-13)
