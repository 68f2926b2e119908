# The lasso with arm and strata not penalised, and the effect of the arm cross-fitted on it.
#
#   Rscript tests/reference/r/lasso.R     (from the root of the repository)
#
# glmnet is given everything: arm and strata with penalty factor 0, covariates scaled to mean square
# 1 given arm and strata. It is not told that these can be partialled out first.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(glmnet); library(estimatr); library(MASS) })

dummies <- function(z, s) { k <- sort(unique(s)); cbind(z = z, sapply(k[-1], function(g) as.numeric(s == g))) }
# The covariates' coefficients at one penalty, in their own units.
lasso <- function(y, z, s, x, lambda) {
  w <- dummies(z, s); own <- apply(x, 2, function(v) sqrt(mean(resid(lm(v ~ w))^2))); free <- ncol(w); p <- ncol(x)
  # glmnet makes penalty factors sum to the number of columns, and stops by its own scale: hence a
  # short path of penalties that ends in the one wanted.
  f <- glmnet(cbind(w, sweep(x, 2, own, "/")), y, penalty.factor = c(rep(0, free), rep(1, p)), standardize = FALSE, lambda = lambda * c(8, 4, 2, 1) * p / (p + free), thresh = 1e-20, maxit = 1e7)
  b <- f$beta[, 4][free + 1:p]; chosen <- b != 0
  # Glmnet says which coefficients are not 0, and their signs; given these they solve a linear system.
  u <- sweep(apply(x, 2, function(v) resid(lm(v ~ w))), 2, own, "/"); v <- u[, chosen, drop = FALSE]
  polished <- if (!any(chosen)) numeric(0) else solve(crossprod(v), drop(crossprod(v, resid(lm(y ~ w)))) - length(y) * lambda * sign(b[chosen]))
  stopifnot(sign(polished) == sign(b[chosen])); b[chosen] <- polished; b <- b / own
  # The minimum, held against the conditions of Karush, Kuhn and Tucker.
  r <- resid(lm(y - drop(x %*% b) ~ w)); g <- abs(drop(crossprod(apply(x, 2, function(v) resid(lm(v ~ w))), r))) / own / length(y)
  stopifnot(all(g <= lambda * (1 + 1e-9)), all(abs(g[b != 0] - lambda) < 1e-9 * lambda))
  unname(b)
}
largest <- function(y, z, s, x) { w <- dummies(z, s); r <- resid(lm(y ~ w)); max(apply(x, 2, function(v) { u <- resid(lm(v ~ w)); abs(mean(u * r)) / sqrt(mean(u^2)) })) }
input <- function(y, z, s, x) list(y = I(y), intervention = I(z), strata = I(as.numeric(s)), n_strata = max(s) + 1, x = I(as.vector(t(x))), columns = ncol(x))
fixed <- function(name, y, z, s, x, shares = c(0.5, 0.1, 0.01)) for (share in shares) {
  lambda <- share * largest(y, z, s, x)
  add("fixed", sprintf("%s, %g of the largest", name, share), c(input(y, z, s, x), penalty = lambda), list(largest = largest(y, z, s, x), coefficients = I(lasso(y, z, s, x, lambda))))
}
# Cross-validation as documented: partialled out and standardised once, 60 penalties, least error.
validated <- function(y, z, s, x, folds) {
  w <- dummies(z, s); r <- resid(lm(y ~ w)); u <- apply(x, 2, function(v) { e <- resid(lm(v ~ w)); e / sqrt(mean(e^2)) })
  path <- largest(y, z, s, x) * 0.001^((0:59) / 59)
  error <- rowSums(sapply(sort(unique(folds)), function(k) {
    f <- glmnet(u[folds != k, ], r[folds != k], intercept = FALSE, standardize = FALSE, lambda = path, thresh = 1e-20, maxit = 1e7)
    colSums((r[folds == k] - u[folds == k, ] %*% f$beta)^2)
  }))
  stopifnot(sort(error)[2] / min(error) > 1 + 1e-9)
  path[which.min(error)]
}
deal <- function(seed, z, s, k) { set.seed(seed); f <- integer(length(z)); for (g in split(seq_along(z), list(z, s))) f[g] <- sample(rep_len(sample(k), length(g))); f - 1L }
crossed <- function(name, y, z, s, x, k, seed) {
  folds <- deal(seed, z, s, k); centred <- sweep(x, 2, colMeans(x)); rest <- y; penalties <- numeric(k); selected <- numeric(k)
  for (f in seq_len(k) - 1) {
    i <- folds != f; penalties[f + 1] <- validated(y[i], z[i], s[i], x[i, ], folds[i])
    b <- lasso(y[i], z[i], s[i], x[i, ], penalties[f + 1]); selected[f + 1] <- sum(b != 0); rest[!i] <- y[!i] - drop(centred[!i, ] %*% b)
  }
  m <- lm_robust(rest ~ dummies(z, s), se_type = "HC2")
  add("crossed", name, c(input(y, z, s, x), list(folds = I(folds), level = 0.95)),
      list(estimate = unname(coef(m)[2]), std_error = unname(m$std.error[2]), df = unname(m$df[2]), p_value = unname(m$p.value[2]), lower = unname(m$conf.low[2]), upper = unname(m$conf.high[2]),
           penalties = I(penalties), fewest = min(selected), most = max(selected)))
}
everyone <- with(rossi, cbind(age, black = race == "black", work_experience == "yes", married == "yes", prior_arrests, education, age^2, prior_arrests^2, age * prior_arrests) + 0)
fixed("rossi: days", rossi$days, rossi$z, rossi$s, everyone); fixed("rossi: worked", rossi$worked, rossi$z, rossi$s, everyone)
crossed("rossi: days", rossi$days, rossi$z, rossi$s, everyone, 5, 1); crossed("rossi: worked", rossi$worked, rossi$z, rossi$s, everyone, 10, 2)
weights <- with(birthwt, cbind(age, lwt, ptl, ht, ui, ftv, age^2, lwt^2, age * lwt)); fixed("birthwt: weight", birthwt$bwt, birthwt$smoke, birthwt$race - 1, weights); crossed("birthwt: weight", birthwt$bwt, birthwt$smoke, birthwt$race - 1, weights, 5, 3)
pima <- rbind(Pima.tr, Pima.te)[1:200, ]; measured <- as.matrix(pima[, c("npreg", "bp", "skin", "bmi", "ped", "age")]); pz <- as.numeric(seq_len(200) %% 2); crossed("Pima: glucose, drawn arm", pima$glu, pz, as.integer(pima$age > 30), measured, 4, 4)
# As many covariates as people, most of them noise, some nearly the same.
set.seed(8); n <- 60; x <- matrix(rnorm(n * 60), n); x[, 2] <- x[, 1] + 0.05 * x[, 2]; z <- rep(0:1, 30); s <- rep(0:2, each = 20)
fixed("drawn: wide", 3 * x[, 1] - 2 * x[, 5] + z + rnorm(n), z, s, x, c(0.5, 0.1))
write_reference("lasso", c("glmnet", "estimatr", "MASS"), 1e-9, "both sides solve the same linear system for the coefficients selected; near collinear covariates cost digits", 1e-10)
