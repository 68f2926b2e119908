# Randomisation tests by enumeration, statistics of given draws, and inverted tests by brute force;
# writes tests/reference/randomisation.json. Run from the top of the repository, after
# tests/reference/python/randomisation.py: Rscript tests/reference/r/randomisation.R
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({
  library(coin)
  library(sandwich)
  library(survival)
})

# ---- Statistics under an assignment z (of everyone), by the packages' own functions. ----

# Outcomes that do not vary within the arms have no standard error.
unless_rounding <- function(se, y) if (se < 1e-10 * sd(y)) NaN else se
# Effect and HC2 standard error of z in lm(y ~ z + columns), of those observed.
by_lm <- function(z, d, formula) {
  fit <- lm(formula, data.frame(d, z = z)[d$seen, ])
  if (is.na(coef(fit)[["z"]])) return(c(NaN, NaN))
  # With a leverage of 1, HC2 is 0 / 0.
  if (any(hatvalues(fit) > 1 - 1e-9)) return(c(coef(fit)[["z"]], NaN))
  c(coef(fit)[["z"]], unless_rounding(suppressWarnings(sqrt(vcovHC(fit, type = "HC2")["z", "z"])), d$y[d$seen]))
}
by_survdiff <- function(z, d) {
  test <- survdiff(Surv(day, event) ~ z + strata(stratum), data.frame(d, z = z))
  of <- function(x) if (is.matrix(x)) sum(x[2, ]) else x[2]
  c(of(test$obs) - of(test$exp), test$var[2, 2])
}
# NaN where an arm was not followed until the horizon.
by_survfit <- function(z, d, horizon) {
  if (max(d$day[z == 1]) < horizon || max(d$day[z == 0]) < horizon) return(c(NaN, NaN))
  of <- function(arm) {
    table <- summary(survfit(Surv(day, event) ~ 1, d[z == arm, ]), rmean = horizon)$table
    c(table[["rmean"]], table[["se(rmean)"]])
  }
  c(of(1)[1] - of(0)[1], sqrt(of(1)[2]^2 + of(0)[2]^2))
}
balance <- function(z, d, S) {
  x <- as.matrix(d[c("x1", "x2")])
  t <- colSums((x - apply(x, 2, function(v) ave(v, d$group)))[z == 1, , drop = FALSE])
  as.numeric(t %*% solve(S, t))
}
# The arm last: where the others determine it, lm drops it and not one of them.
formulas <- list(means = y ~ z, strata = y ~ factor(stratum) + z, adjusted = y ~ factor(stratum) + x1 + x2 + z)

statistics <- function(z, d, horizon, S) {
  linear <- lapply(formulas, function(f) by_lm(z, d, f))
  names <- as.vector(rbind(names(formulas), paste0(names(formulas), "_t")))
  out <- setNames(as.vector(sapply(linear, function(b) c(b[1], b[1] / b[2]))), names)
  lr <- by_survdiff(z, d)
  rm <- by_survfit(z, d, horizon)
  c(out, log_rank = lr[1], log_rank_t = lr[1] / sqrt(lr[2]), rmst = rm[1], rmst_t = rm[1] / rm[2],
    balance = balance(z, d, S))
}

# ---- The same effects by matrices, fast enough to be refitted on shifted outcomes. ----

design_matrix <- function(d, formula) model.matrix(update(formula, . ~ . - z), data.frame(d, z = 0)[d$seen, ])
by_matrix <- function(z, y, X) {
  Q <- qr.Q(qr(cbind(X, z)))
  e <- y - Q %*% crossprod(Q, y)
  m <- z - X %*% qr.coef(qr(X), z)
  # Nothing of the arm is left beside the columns.
  if (sum(m^2) < 1e-10) return(c(NaN, NaN))
  h <- rowSums(Q^2)
  c(sum(m * y) / sum(m^2), if (any(h > 1 - 1e-9)) NaN else unless_rounding(sqrt(sum(m^2 * e^2 / (1 - h))) / sum(m^2), y))
}
# The one-sided p-values of a shift tau, everything refitted.
shift_p <- function(tau, d, X, Z, z0, exact, t) {
  y <- d$y[d$seen] - tau * z0[d$seen]
  stat <- function(z) { b <- by_matrix(z[d$seen], y, X); if (t) b[1] / b[2] else b[1] }
  got <- apply(Z, 1, stat)
  own <- stat(z0)
  tie <- 1e-13 * max(abs(own), median(abs(got), na.rm = TRUE))
  counts <- c(sum(is.na(got) | got >= own - tie), sum(is.na(got) | got <= own + tie))
  if (exact) counts / nrow(Z) else (counts + 1) / (nrow(Z) + 1)
}
# The outermost tau that is not rejected: of a fine grid far out, then by halving.
limit <- function(side, start, step, tail, p) {
  accepted <- function(tau) p(tau)[if (side < 0) 1 else 2] > tail
  grid <- start + side * step * seq(0, 12, by = 1 / 8)
  last <- max(which(vapply(grid, accepted, NA)))
  stopifnot(last < length(grid))
  inside <- grid[last]
  outside <- grid[last + 1]
  for (i in 1:45) { mid <- (inside + outside) / 2; if (accepted(mid)) inside <- mid else outside <- mid }
  inside
}
shift_limits <- function(d, formula, Z, z0, exact, t, level) {
  X <- design_matrix(d, formula)
  b <- by_matrix(z0[d$seen], d$y[d$seen], X)
  p <- function(tau) shift_p(tau, d, X, Z, z0, exact, t)
  vapply(c(-1, 1), function(side) limit(side, b[1], b[2], (1 - level) / 2, p), 0)
}

# ---- Every assignment, groups in order, the last group fastest. ----

enumerate <- function(group, z0) {
  Z <- matrix(0, 1, length(group))
  for (g in sort(unique(group))) {
    members <- which(group == g)
    sets <- combn(length(members), sum(z0[members]))
    Z <- do.call(rbind, lapply(seq_len(nrow(Z)), function(r) t(apply(sets, 2, function(s) {
      z <- Z[r, ]; z[members[s]] <- 1; z }))))
  }
  Z
}
covariance <- function(Z, d) {
  x <- as.matrix(d[c("x1", "x2")])
  t <- Z %*% (x - apply(x, 2, function(v) ave(v, d$group)))
  crossprod(sweep(t, 2, colMeans(t))) / nrow(t)
}
# The same by the formula of Hansen and Bowers, for designs that cannot be enumerated.
covariance_formula <- function(d, z0) {
  x <- as.matrix(d[c("x1", "x2")])
  S <- matrix(0, 2, 2)
  for (g in unique(d$group)) {
    own <- d$group == g
    n <- sum(own); k <- sum(z0[own])
    if (n > 1) S <- S + k * (n - k) / n * cov(x[own, , drop = FALSE])
  }
  S
}
p_values <- function(values, own, exact) {
  tie <- 1e-11 * max(abs(own), median(abs(values), na.rm = TRUE))
  count <- function(more) sum(is.na(values) | more)
  counts <- c(count(abs(values) >= abs(own) - tie), count(values >= own - tie), count(values <= own + tie))
  if (exact) counts / length(values) else (counts + 1) / (length(values) + 1)
}
of_columns <- function(d, z0) list(group = I(d$group), treated = I(z0), stratum = I(d$stratum), y = I(d$y),
  seen = I(which(d$seen) - 1), x1 = I(d$x1), x2 = I(d$x2), day = I(d$day), event = I(d$event))

assess <- function(name, d, z0, Z, exact, horizon, level, formula, input) {
  S <- if (exact) covariance(Z, d) else covariance_formula(d, z0)
  same(S, covariance_formula(d, z0))
  all <- t(apply(Z, 1, statistics, d = d, horizon = horizon, S = S))
  own <- statistics(z0, d, horizon, S)
  X <- design_matrix(d, formula)
  same(by_matrix(z0[d$seen], d$y[d$seen], X), by_lm(z0, d, formula))
  columns <- lapply(setNames(nm = colnames(all)), function(k) list(
    observed = own[[k]], values = I(all[, k]), failed = sum(is.na(all[, k])),
    p = I(p_values(all[, k], own[[k]], exact))))
  add("randomisation", name,
      c(of_columns(d, z0), list(exact = exact, horizon = horizon, level = level,
        inverted = if ("x1" %in% all.vars(formula)) 2 else if ("stratum" %in% all.vars(formula)) 1 else 0), input),
      list(columns = columns, covariance = I(as.vector(S)), chi_squared = pchisq(own[["balance"]], 2, lower.tail = FALSE),
           shift = I(shift_limits(d, formula, Z, z0, exact, FALSE, level)),
           studentised = I(shift_limits(d, formula, Z, z0, exact, TRUE, level))))
}

# Eleven people in two groups of unequal size: 20 x 10 assignments.
set.seed(20180201, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
small <- data.frame(group = c(3, 3, 8, 3, 8, 8, 3, 3, 8, 3, 8), stratum = c(0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
  y = c(4.5, 2, 7, 1, 3, 8, 6, 6, 2, 9, 5.25), x1 = round(rnorm(11), 3), x2 = c(1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1),
  day = c(5, 9, 9, 3, 12, 2, 7, 12, 5, 12, 8), event = c(1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1), seen = TRUE)
z_small <- c(1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0)
Z_small <- enumerate(small$group, z_small)
stopifnot(nrow(Z_small) == 200, any(apply(Z_small, 1, function(z) all(z == z_small))))
assess("all 200 assignments of two groups", small, z_small, Z_small, TRUE, 9, 0.8, formulas$strata, list())
tied <- transform(small, y = c(1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0))
assess("all 200 assignments, a yes-or-no outcome, strata ignored", tied, z_small, Z_small, TRUE, 12, 0.7, formulas$means, list())
unseen <- transform(small, seen = seq_len(11) != 4)
assess("all 200 assignments, one not observed, adjusted", unseen, z_small, Z_small, TRUE, 9, 0.7, formulas$adjusted, list())

# Fifty draws by the documented rule on every fourth person of Rossi, Berk and Lenihan: days
# worked as the amount, days until the arrest as the time.
drawn <- fromJSON("tests/reference/randomisation_draws.json", simplifyVector = TRUE, simplifyDataFrame = FALSE)$cases
arrest <- as.numeric(as.Date(ifelse(rossi$exit_date == "", NA, rossi$exit_date)) - as.Date(rossi$randomisation_date))
of_rossi <- function(case, row) data.frame(group = case$groups, stratum = case$rossi$region, y = rossi$days[row],
  x1 = rossi$age[row], x2 = rossi$prior_arrests[row], day = ifelse(is.na(arrest[row]), 364, arrest[row]),
  event = as.numeric(!is.na(arrest[row])), seen = seq_along(row) %% 9 != 4)
for (case in drawn) if (!is.null(case$rossi) && length(case$draws) == 50 * sum(case$treated)) {
  row <- case$rossi$row + 1
  same(case$treated, rossi$z[row])
  d <- of_rossi(case, row)
  Z <- t(apply(case$draws, 1, function(treated) { z <- numeric(nrow(d)); z[treated + 1] <- 1; z }))
  by_region <- case$name == "rossi by region"
  assess(paste("fifty draws,", case$name), d, case$treated, Z, FALSE, 300, 0.8,
         if (by_region) formulas$strata else formulas$adjusted, list(seed = case$seed))
}

# Scores of the log-rank test: martingale residuals of coxph, mean and variance of their sum by
# coin, and its p-value from 200,000 permutations.
# Scores may ignore the strata within which arms are drawn: then their sum is not centred at 0.
scores_case <- function(name, data, stratum, of_scores = stratum) {
  d <- data.frame(day = data$time, event = data$status, z = as.numeric(data$trt == 2), stratum = factor(stratum), by = factor(of_scores))
  d$score <- NA
  for (s in levels(d$by)) {
    own <- d$by == s
    d$score[own] <- residuals(coxph(Surv(day, event) ~ 1, d[own, ], ties = "breslow"), "martingale")
  }
  d$arm <- factor(d$z, levels = c(1, 0))
  test <- if (nlevels(d$stratum) > 1) independence_test(score ~ arm | stratum, d, distribution = approximate(nresample = 200000))
    else independence_test(score ~ arm, d, distribution = approximate(nresample = 200000))
  diff <- by_survdiff(d$z, transform(d, stratum = by))
  same(sum(d$score[d$z == 1]), diff[1])
  add("scores", name, list(day = I(d$day), event = I(d$event), treated = I(d$z), stratum = I(as.integer(d$stratum) - 1), by = I(as.integer(d$by) - 1)),
      list(scores = I(d$score), excess = diff[1], hypergeometric = diff[2], expected = as.numeric(expectation(test)),
           variance = as.numeric(variance(test)), p = as.numeric(pvalue(test)), resamples = 200000))
}
scores_case("veteran", veteran, rep(1, nrow(veteran)))
scores_case("veteran by cell type", veteran, veteran$celltype)
scores_case("veteran drawn by cell type, scores of all", veteran, veteran$celltype, rep(1, nrow(veteran)))

# Attributable effects: every number of unknown events tried, with phyper.
compatible <- function(size, known_size, known, tail) {
  kept <- Filter(function(m) {
    above <- phyper(known - 1, m + known, size + known_size - m - known, known_size, lower.tail = FALSE)
    below <- phyper(known, m + known, size + known_size - m - known, known_size)
    above > tail && below > tail
  }, 0:size)
  stopifnot(diff(kept) == 1)
  range(kept)
}
attributable <- function(t1, n1, t0, n0, level) {
  tail <- (1 - level) / 4
  c(t1 - rev(compatible(n1, n0, t0, tail)), compatible(n0, n1, t1, tail) - t0)
}
tables <- rbind(expand.grid(t1 = 0:3, n1 = 3, t0 = 0:4, n0 = 4, level = 0.8),
                data.frame(t1 = c(8, 40, 0, 250), n1 = c(10, 100, 30, 600), t0 = c(3, 15, 9, 180), n0 = c(10, 100, 25, 590), level = c(0.95, 0.95, 0.95, 0.99)))
for (i in seq_len(nrow(tables))) {
  a <- unlist(tables[i, ])
  add("attributable", paste(a, collapse = " "), as.list(a), I(do.call(attributable, as.list(unname(a)))))
}

write_reference("randomisation", c("survival", "sandwich", "coin"), 1e-9,
  paste("Two routes to one number: refitting and sums; studentised log-rank and restricted means carry",
        "cancellation of either program. p-values are quotients of counts and exact; limits by halving."), absolute = 1e-10)
