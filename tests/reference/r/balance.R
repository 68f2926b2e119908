# Table 1: summaries by arm, standardised differences, Welch's and Pearson's tests.
#
#   Rscript tests/reference/r/balance.R     (from the root of the repository)
#
# The standardised differences are the published formulas; the one of a categorical covariate is
# computed over all levels with the generalised inverse of MASS.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(MASS); library(survival); library(boot) })

numeric_case <- function(name, x1, x0) {
  both <- function(f) c(f(x1[!is.na(x1)]), f(x0[!is.na(x0)]))
  q <- function(p) both(function(x) quantile(x, p, type = 2, names = FALSE))
  t <- t.test(x1, x0)
  add("numeric", name, list(intervention = I(x1), control = I(x0)),
      list(n = I(both(length)), missing = I(c(sum(is.na(x1)), sum(is.na(x0)))), mean = I(both(mean)), std_dev = I(both(sd)), smallest = I(both(min)),
           lower_quartile = I(q(0.25)), median = I(q(0.5)), upper_quartile = I(q(0.75)), largest = I(both(max)),
           smd = unname(diff(rev(both(mean))) / sqrt(mean(both(var)))), t = unname(t$statistic), df = unname(t$parameter), p_value = t$p.value))
}
categorical_case <- function(name, c1, c0) {
  p1 <- c1 / sum(c1); p0 <- c0 / sum(c0); d <- p1 - p0
  s <- function(p) diag(p) - p %o% p
  whole <- sqrt(drop(d %*% ginv((s(p1) + s(p0)) / 2) %*% d))
  each <- d / sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2)
  seen <- c1 + c0 > 0
  # Two levels: the whole is each level's absolute value, Austin's formula.
  if (sum(seen) == 2) same(whole, abs(each[seen][1]))
  x <- suppressWarnings(chisq.test(rbind(c1, c0)[, seen], correct = FALSE))
  add("categorical", name, list(intervention = I(c1), control = I(c0)),
      list(each = I(each), whole = whole, statistic = unname(x$statistic), df = unname(x$parameter), p_value = x$p.value))
}
levels_of <- function(name, x, z) { x <- factor(x); categorical_case(name, as.vector(table(x[z == 1])), as.vector(table(x[z == 0]))) }

for (v in c("age", "prior_arrests", "days")) numeric_case(paste("rossi:", v), rossi[[v]][rossi$z == 1], rossi[[v]][rossi$z == 0])
for (v in c("race", "work_experience", "married", "education", "region")) levels_of(paste("rossi:", v), rossi[[v]], rossi$z)
numeric_case("lung: meal calories, missing", lung$meal.cal[lung$sex == 2], lung$meal.cal[lung$sex == 1])
numeric_case("lung: age", lung$age[lung$sex == 2], lung$age[lung$sex == 1])
levels_of("lung: ECOG", lung$ph.ecog, lung$sex - 1)
numeric_case("birthwt: mother's weight", birthwt$lwt[birthwt$smoke == 1], birthwt$lwt[birthwt$smoke == 0])
levels_of("birthwt: race", birthwt$race, birthwt$smoke); levels_of("birthwt: visits", birthwt$ftv, birthwt$smoke)
numeric_case("melanoma: thickness", melanoma$thickness[melanoma$sex == 1], melanoma$thickness[melanoma$sex == 0])
numeric_case("one arm constant", c(2, 2, 2), c(1, 5, 2, 9)); numeric_case("pairs", c(1, 2), c(4, 7)); numeric_case("far from zero", 1e9 + c(4, 7, 13, 16), 1e9 + c(1, 2, 9))
categorical_case("a level in one arm only", c(5, 0, 3), c(2, 4, 1)); categorical_case("a level in neither arm", c(5, 0, 3, 7), c(2, 0, 1, 9))
categorical_case("one shared level", c(1, 0, 30), c(0, 40, 1)); categorical_case("two levels", c(12, 3), c(9, 9)); categorical_case("nobody in one arm", c(9, 4), c(0, 11))
write_reference("balance", c("MASS", "survival", "boot"), 1e-11, "double precision on both sides; ginv's singular values cost up to four digits, chisq.test's p-values two", 1e-13)
