# Joint Wald tests that effects are equal at all levels, on the difference and the ratio scale.
#
#   Rscript tests/reference/r/heterogeneity.R     (from the root of the repository)
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(estimatr); library(metafor); library(MASS) })

wald <- function(b, v) { w <- drop(b %*% solve(v) %*% b); list(statistic = w, df = length(b), p_value = pchisq(w, length(b), lower.tail = FALSE)) }
difference <- function(name, y, z, l) {
  f <- lm_robust(y ~ z * factor(l), se_type = "HC2"); k <- grep("^z:", names(coef(f)))
  got <- wald(coef(f)[k], f$vcov[k, k, drop = FALSE])
  cell <- function(g, a) y[l == g & z == a]; groups <- sort(unique(l))
  q <- rma(yi = sapply(groups, function(g) mean(cell(g, 1)) - mean(cell(g, 0))), vi = sapply(groups, function(g) var(cell(g, 1)) / length(cell(g, 1)) + var(cell(g, 0)) / length(cell(g, 0))), method = "EE")
  same(q$QE, got$statistic, 1e-8)
  add("differences", name, list(y = I(y), intervention = I(z), strata = I(as.numeric(l)), n_strata = max(l) + 1), got)
}
ratio <- function(name, x1, n1, x0, n0) {
  k <- n1 + n0 > 0; e <- escalc("RR", ai = x1, n1i = n1, ci = x0, n2i = n0, add = 0, subset = k)
  q <- rma(yi, vi, data = e, method = "EE"); c1 <- cbind(-1, diag(nrow(e) - 1))
  got <- wald(drop(c1 %*% e$yi), c1 %*% diag(as.vector(e$vi)) %*% t(c1)); same(q$QE, got$statistic, 1e-8); same(q$QEp, got$p_value, 1e-7)
  # A log-binomial regression with its own information matrix; saturated, so that its start is its end.
  if (all(k) && all(x1 < n1) && all(x0 < n0)) {
    z <- rep(1:0, each = length(x1)); l <- factor(rep(seq_along(x1), 2)); x <- c(x1, x0); n <- c(n1, n0); m <- model.matrix(~ z * l)
    f <- glm(cbind(x, n - x) ~ m - 1, family = binomial("log"), start = solve(m, log(x / n))); i <- grep("z:", names(coef(f)))
    same(wald(coef(f)[i], vcov(f)[i, i, drop = FALSE])$statistic, got$statistic, 1e-5)
  }
  add("ratios", name, list(intervention_events = I(x1), intervention_n = I(n1), control_events = I(x0), control_n = I(n0)), got)
}
both <- function(name, y, z, l) {
  difference(name, y, z, l)
  count <- function(a, f) as.vector(tapply(y[z == a], factor(l[z == a], 0:max(l)), f)); ratio(name, count(1, sum), count(1, length), count(0, sum), count(0, length))
}
both("rossi: worked, by race", rossi$worked, rossi$z, as.integer(factor(rossi$race)) - 1)
both("rossi: worked, by region", rossi$worked, rossi$z, rossi$s)
difference("rossi: days, by schooling", rossi$days, rossi$z, pmin(rossi$education, 5) - 2)
both("birthwt: low weight by race", birthwt$low, birthwt$smoke, birthwt$race - 1)
pima <- rbind(Pima.tr, Pima.te); both("Pima: diabetes by age", as.numeric(pima$type == "Yes"), as.numeric(pima$glu > 120), as.integer(cut(pima$age, c(0, 25, 30, 40, 99))) - 1)
ratio("one event each", c(1, 1), c(9, 4), c(1, 1), c(2, 30)); ratio("everybody in one arm", c(5, 3, 2), c(5, 9, 7), c(4, 2, 6), c(8, 9, 7))
ratio("an empty level", c(5, 0, 2), c(9, 0, 7), c(4, 0, 6), c(8, 0, 7)); ratio("large counts", c(5e6, 3e6), c(1e7, 9e6), c(4e6, 2e6), c(8e6, 9e6))
set.seed(5); l <- rep(0:5, each = 40); z <- rep(0:1, 120); both("drawn: six levels", rbinom(240, 1, 0.2 + 0.1 * z + 0.05 * l), z, l)
write_reference("heterogeneity", c("estimatr", "metafor", "MASS"), 1e-11, "double precision on both sides; cancellation between effects costs digits of a small statistic", 1e-12)
