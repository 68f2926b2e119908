# Augmented inverse-probability weighting, cross-fitted: glm, or glmnet, per arm and fold.
#
#   Rscript tests/reference/r/aipw.R     (from the root of the repository)
#
# The folds are drawn here and handed over, as are the penalties that cross-validation chose, which
# the test compares too.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(glmnet); library(MASS) })

ones <- function(s, k) sapply(k[-1], function(g) as.numeric(s == g))
input <- function(y, z, s, x, folds) list(y = I(y), intervention = I(z), strata = I(as.numeric(s)), n_strata = max(s) + 1, x = I(as.vector(t(x))), columns = ncol(x), folds = I(folds), level = 0.95)
deal <- function(seed, z, s, k) { set.seed(seed); f <- integer(length(z)); for (g in split(seq_along(z), list(z, s))) f[g] <- sample(rep_len(sample(k), length(g))); f - 1L }
# Maximum of the likelihood under the documented prior, by optim and then Newton on its own Hessian.
ridge <- function(y, w, new) {
  m <- colMeans(w); d <- sqrt(colMeans(sweep(w, 2, m)^2)); keep <- d > 0; u <- cbind(1, sweep(sweep(w, 2, m), 2, d, "/")[, keep]); k <- qr(u); into <- sort(k$pivot[seq_len(k$rank)]); u <- u[, into]
  prior <- c(0, rep(0.16, ncol(u) - 1)); b <- numeric(ncol(u))
  b <- optim(b, function(b) -sum(y * (u %*% b) - log1p(exp(u %*% b))) + sum(prior * b^2) / 2, method = "BFGS", control = list(reltol = 1e-14, maxit = 1000))$par
  for (i in 1:20) { p <- plogis(drop(u %*% b)); b <- b + solve(crossprod(u * (p * (1 - p)), u) + diag(prior), drop(crossprod(u, y - p)) - prior * b) }
  plogis(drop(cbind(1, sweep(sweep(new, 2, m), 2, d, "/")[, keep])[, into] %*% b))
}
logistic <- function(y, s, x, new_s, new_x, folds) {
  k <- sort(unique(s)); w <- cbind(ones(s, k), x); new <- cbind(ones(new_s, k), new_x)
  if (length(unique(y)) == 1) return(list(m = rep(y[1], nrow(new_x)), separated = 0))
  f <- suppressWarnings(glm.fit(cbind(1, w), y, family = binomial(), control = glm.control(epsilon = 1e-10, maxit = 200)))
  if (max(abs(f$linear.predictors)) > 20) return(list(m = ridge(y, w, new), separated = 1))
  b <- f$coefficients; b[is.na(b)] <- 0; list(m = plogis(drop(cbind(1, new) %*% b)), separated = 0)
}
lasso <- function(y, s, x, new_s, new_x, folds) {
  k <- sort(unique(s)); w <- cbind(1, ones(s, k)); res <- function(v) lm.fit(w, v)$residuals; r <- res(y)
  own <- apply(x, 2, function(v) sqrt(mean(res(v)^2))); u <- sweep(apply(x, 2, res), 2, own, "/")
  path <- max(abs(colMeans(u * r))) * 0.001^((0:59) / 59)
  error <- rowSums(sapply(sort(unique(folds)), function(g) { f <- glmnet(u[folds != g, ], r[folds != g], intercept = FALSE, standardize = FALSE, lambda = path, thresh = 1e-16, maxit = 1e7)
    colSums((r[folds == g] - u[folds == g, ] %*% f$beta)^2) }))
  stopifnot(sort(error)[2] / min(error) > 1 + 1e-9); lambda <- path[which.min(error)]; free <- length(k) - 1; p <- ncol(x)
  f <- glmnet(cbind(if (free) w[, -1, drop = FALSE], sweep(x, 2, own, "/")), y, penalty.factor = c(rep(0, free), rep(1, p)), standardize = FALSE, lambda = lambda * c(8, 4, 2, 1) * p / (p + free), thresh = 1e-16, maxit = 1e7)
  b <- f$beta[, 4][free + 1:p]; on <- b != 0; v <- u[, on, drop = FALSE]
  if (any(on)) b[on] <- solve(crossprod(v), drop(crossprod(v, r)) - length(y) * lambda * sign(b[on])); b <- b / own; g <- lm.fit(w, y - drop(x %*% b))$coefficients
  m <- drop(cbind(1, ones(new_s, k)) %*% g) + drop(new_x %*% b)
  list(m = if (all(y %in% 0:1)) pmin(1, pmax(0, m)) else m, separated = 0)
}
aipw <- function(name, y, z, s, x, k, seed, models = c("logistic", "lasso")) for (model in models) {
  folds <- deal(seed, z, s, k); n <- length(y); m <- matrix(NA, n, 2); share <- rep(NA, n); separated <- 0
  for (f in unique(folds)) {
    o <- folds == f
    for (a in 0:1) { i <- !o & z == a; g <- get(model)(y[i], s[i], x[i, , drop = FALSE], s[o], x[o, , drop = FALSE], folds[i]); m[o, a + 1] <- g$m; separated <- separated + g$separated }
    share[o] <- tapply(z[!o], factor(s[!o], 0:max(s)), mean)[s[o] + 1]
  }
  psi <- m[, 2] - m[, 1] + z * (y - m[, 2]) / share - (1 - z) * (y - m[, 1]) / (1 - share)
  e <- mean(psi); se <- sd(psi) / sqrt(n)
  add(model, name, input(y, z, s, x, folds), list(estimate = e, std_error = se, lower = e - qnorm(0.975) * se, upper = e + qnorm(0.975) * se, p_value = 2 * pnorm(-abs(e / se)), influence = I(psi - e), separated = separated))
}
everyone <- with(rossi, cbind(age, black = race == "black", work_experience == "yes", married == "yes", prior_arrests, education) + 0)
aipw("rossi: worked", rossi$worked, rossi$z, rossi$s, everyone, 5, 1); aipw("rossi: arrested", as.numeric(rossi$exit_reason == "incarceration"), rossi$z, rossi$s, everyone, 10, 2); aipw("rossi: days", rossi$days, rossi$z, rossi$s, everyone, 5, 3, "lasso")
aipw("birthwt: low weight", birthwt$low, birthwt$smoke, birthwt$race - 1, with(birthwt, cbind(age, lwt, ptl, ht, ui, ftv)), 5, 4)
pima <- rbind(Pima.tr, Pima.te)[1:200, ]; aipw("Pima: diabetes, drawn arm", as.numeric(pima$type == "Yes"), as.numeric(seq_len(200) %% 2), as.integer(pima$age > 30), as.matrix(pima[, c("npreg", "glu", "bp", "bmi", "ped", "age")]), 4, 5)
# Separated: a covariate that tells the outcome, one that repeats another, one that is constant.
set.seed(6); n <- 80; z <- rep(0:1, 40); s <- rep(0:1, each = 40); v <- rnorm(n); y <- as.numeric(v + 0.1 * z > 0.3)
aipw("drawn: separated", y, z, s, cbind(v, rnorm(n)), 4, 7, "logistic"); y <- rbinom(n, 1, plogis(v)); aipw("drawn: collinear and constant", y, z, s, cbind(v, 2 * v - 1, 5), 4, 8, "logistic")
y[z == 0] <- 0; aipw("drawn: nobody in the control arm", y, z, s, cbind(v, v^2), 3, 9, "logistic")
write_reference("aipw", c("glmnet", "MASS"), 1e-7, "glm.fit and glmnet stop when deviance or objective no longer moves, which leaves predictions at 1e-8; a p-value multiplies the error by the statistic", 1e-8)
