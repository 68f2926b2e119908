# Hedges' g by metafor, and effects over a standard deviation by a regression on the divided outcome.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({library(metafor); library(estimatr)})
g <- function(name, y1, y0, level = 0.95) {
  fit <- escalc(measure = "SMD", m1i = mean(y1), sd1i = sd(y1), n1i = length(y1), m2i = mean(y0), sd2i = sd(y0), n2i = length(y0), vtype = "LS")
  z <- qnorm(1 - (1 - level) / 2); est <- as.numeric(fit$yi); se <- sqrt(as.numeric(fit$vi))
  m <- length(y1) + length(y0) - 2
  pooled <- sqrt(((length(y1) - 1) * var(y1) + (length(y0) - 1) * var(y0)) / m)
  add("hedges_g", name, list(level = level, intervention = I(y1), control = I(y0)),
      list(estimate = est, std_error = se, lower = est - z * se, upper = est + z * se, pooled_std_dev = pooled,
           uncorrected = (mean(y1) - mean(y0)) / pooled, correction = est / ((mean(y1) - mean(y0)) / pooled)))
}
set.seed(20181105)
round2 <- function(x) round(x, 2)
g("two and two", c(1, 2), c(0, 4))
g("small", round2(rnorm(5, 1)), round2(rnorm(9)))
g("far apart", round2(rnorm(30, 8)), round2(rnorm(40)), 0.9)
g("constant in one arm", rep(3, 12), round2(rnorm(15, 2)))
g("well-being, 0 to 100", 4 * rbinom(150, 25, 0.55), 4 * rbinom(160, 25, 0.5))
g("days", round(rexp(220, 1 / 60)), round(rexp(210, 1 / 45)), 0.99)

per <- function(name, y, z, s) {
  sd0 <- sd(y[z == 0])
  raw <- lm_robust(y ~ z + factor(s), se_type = "HC2"); over <- lm_robust(I(y / sd0) ~ z + factor(s), se_type = "HC2")
  add("per_standard_deviation", name, list(level = 0.95, estimate = raw$coefficients[["z"]], std_error = raw$std.error[["z"]], lower = raw$conf.low[["z"]], upper = raw$conf.high[["z"]], std_dev = sd0),
      list(estimate = over$coefficients[["z"]], std_error = over$std.error[["z"]], lower = over$conf.low[["z"]], upper = over$conf.high[["z"]]))
}
z <- rbinom(300, 1, 0.5); s <- sample(3, 300, TRUE)
per("well-being", 4 * rbinom(300, 25, 0.5 + 0.05 * z), z, s)
per("days", round(rexp(300, 1 / (50 + 20 * z))), z, s)
write_reference("standardised_effect", c("metafor", "estimatr", "jsonlite"), 1e-12, "what R keeps; lgamma to 1e-13 for a few hundred people", absolute = 1e-14)
