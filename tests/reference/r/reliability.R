# Cronbach's alpha by psych::alpha, its limits by psych::alpha.ci and the formula with qf; omega from
# factanal(factors = 1) and the formula. factanal stops early (its optimiser's tolerance is on the
# objective), so its estimate is taken on to the maximum by Newton's method on the profile of
# psi, with eigen(), which is a different parametrisation from the program's.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages(library(psych))

alpha_case <- function(name, x, level = 0.95) {
  fit <- suppressWarnings(suppressMessages(psych::alpha(as.data.frame(x), check.keys = FALSE, warnings = FALSE)))
  a <- fit$total$raw_alpha; n <- nrow(x); k <- ncol(x); tail <- (1 - level) / 2
  lower <- 1 - (1 - a) * qf(1 - tail, n - 1, (n - 1) * (k - 1)); upper <- 1 - (1 - a) * qf(tail, n - 1, (n - 1) * (k - 1))
  ci <- psych::alpha.ci(a, n.obs = n, n.var = k, p.val = 1 - level, digits = 15)
  same(c(ci$lower.ci, ci$upper.ci), c(lower, upper), 1e-9)
  add("alpha", name, list(level = level, items = lapply(seq_len(n), function(i) I(x[i, ]))), list(estimate = a, lower = lower, upper = upper))
}
# Profile objective of Joreskog (1967) in ln psi, its gradient by the largest eigenvector.
profile <- function(psi, R) {
  s <- 1 / sqrt(psi); e <- eigen(R * outer(s, s), symmetric = TRUE)
  lambda <- sqrt(psi) * e$vectors[, 1] * sqrt(max(e$values[1] - 1, 0))
  fitted <- tcrossprod(lambda) + diag(psi); inv <- solve(fitted)
  list(lambda = lambda, gradient = diag(inv %*% (fitted - R) %*% inv) * psi)
}
polish <- function(psi, R) {
  f <- function(t) profile(exp(t), R)$gradient
  t <- log(psi); h <- 1e-5
  for (step in 1:40) {
    J <- sapply(seq_along(t), function(j) { e <- replace(numeric(length(t)), j, h); (f(t + e) - f(t - e)) / (2 * h) })
    d <- solve(J, f(t)); t <- t - d
    if (max(abs(d)) < 1e-14) break
  }
  stopifnot(max(abs(d)) < 1e-12)
  exp(t)
}
omega_case <- function(name, x) {
  R <- cor(x); s <- apply(x, 2, sd)
  fa <- factanal(x, factors = 1, control = list(nstart = 5))
  psi <- polish(unname(fa$uniquenesses), R)
  same(psi, fa$uniquenesses, 1e-2)   # factanal's own precision; worst where loadings are small
  lambda <- profile(psi, R)$lambda; if (sum(lambda) < 0) lambda <- -lambda
  omega <- function(s) sum(s * lambda)^2 / (sum(s * lambda)^2 + sum(s^2 * psi))
  add("omega", name, list(items = lapply(seq_len(nrow(x)), function(i) I(x[i, ]))),
      list(estimate = omega(s), standardised = omega(1), loadings = I(lambda), uniquenesses = I(psi)))
}
set.seed(20181106)
draw <- function(n, loadings, least, most, spread = 1.4) {
  f <- rnorm(n)
  x <- sapply(loadings, function(l) pmin(most, pmax(least, round((least + most) / 2 + spread * (l * f + sqrt(1 - l^2) * rnorm(n))))))
  unname(x)
}
who5 <- draw(120, c(0.8, 0.75, 0.7, 0.6, 0.75), 0, 5)
six <- draw(90, c(0.75, 0.5, 0.6, 0.4, 0.7, 0.3), 1, 7); six[, 2] <- six[, 2] * 3
three <- draw(60, c(0.7, 0.75, 0.6), 1, 7)
yes <- unname((draw(150, c(0.8, 0.6, 0.7, 0.5, 0.6, 0.7), -20, 20, 5) > 1) * 1)
weak <- draw(200, c(0.5, 0.35, 0.4, 0.45), 0, 10, 2)
twelve <- draw(70, seq(0.4, 0.85, length.out = 12), 1, 5, 1)
negative <- six; negative[, 4] <- 8 - negative[, 4]
for (level in c(0.95, 0.9)) {
  alpha_case(paste("five items", level), who5, level); alpha_case(paste("two items", level), who5[1:20, 1:2], level)
}
alpha_case("items of different spread", six); alpha_case("yes and no", yes, 0.99); alpha_case("twelve items", twelve)
alpha_case("an item the other way round", negative[, c(1, 4)])
alpha_case("two people", who5[c(1, 7), 1:3]); alpha_case("far from 0", who5 * 1e-3 + 1e6)
omega_case("five items", who5); omega_case("items of different spread", six); omega_case("three items", three)
omega_case("yes and no", yes); omega_case("weak", weak); omega_case("twelve items", twelve); omega_case("an item the other way round", negative)
# Heywood: factanal ends at its bound.
f <- rnorm(40); heywood <- round(cbind(f, f + 0.15 * rnorm(40), f * 0.3 + rnorm(40), rnorm(40)), 3)
heywood <- unname(heywood)
fa <- factanal(heywood, factors = 1); stopifnot(any(fa$uniquenesses <= 0.005 + 1e-9))
add("heywood", "an item that is the factor", list(items = lapply(1:40, function(i) I(heywood[i, ]))), list(item = which.min(fa$uniquenesses) - 1))
# Quantiles of F.
for (d in list(c(1, 1), c(1, 3), c(119, 476), c(19, 19), c(2.5, 7.5), c(1e4, 3e4), c(300, 1)))
  add("fisher_f", paste(d, collapse = ", "), list(p = I(c(1e-6, 0.025, 0.3, 0.5, 0.75, 0.975, 0.9999)), d1 = d[1], d2 = d[2]),
      list(quantile = I(qf(c(1e-6, 0.025, 0.3, 0.5, 0.75, 0.975, 0.9999), d[1], d[2])),
           cdf = I(pf(c(0.01, 0.5, 1, 2, 40), d[1], d[2])), sf = I(pf(c(0.01, 0.5, 1, 2, 40), d[1], d[2], lower.tail = FALSE))))
write_reference("reliability", c("psych", "jsonlite"), 1e-10, "R's qf, and Newton's method with a numerical derivative", absolute = 1e-12)
