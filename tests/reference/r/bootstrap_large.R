# boot's intervals at 100,000 replicates on two public data sets; writes
# tests/reference/bootstrap_large.json. From the root of the repository:
# Rscript tests/reference/r/bootstrap_large.R
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({
  library(boot)
  library(survival)
})
set.seed(20180202, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

level <- 0.95
BATCHES <- 20

# Kaplan-Meier's restricted mean of one arm under case weights, with Greenwood's variance. The
# days are sorted once.
restricted_mean <- function(days, event, tau) {
  order <- order(days)
  at <- sort(unique(days))
  first <- match(at, days[order])
  last <- length(days) + 1 - match(at, rev(days[order]))
  is_event <- event[order] == 1
  upto <- at <= tau
  widths <- diff(c(0, at[upto], tau))
  function(w) {
    w <- w[order]
    events <- cumsum(w * is_event)
    all <- c(0, cumsum(w))
    n <- (all[length(all)] - all[first])[upto]
    if (all[length(all)] - all[first[sum(at < tau) + 1]] <= 0) return(c(NA, NA))
    d <- diff(c(0, events[last]))[upto]
    use <- n > 0
    steps <- ifelse(use, (n - d) / n, 1)
    s <- cumprod(steps)
    area <- rev(cumsum(rev(s * widths[-1])))
    g <- ifelse(use & d < n, d / (n * (n - d)), 0)
    c(widths[1] + area[1], sum(area^2 * g))
  }
}

# Estimate and variance of the plain statistics under case weights that keep the size of each arm.
plain <- function(data) {
  one <- data$z == 1
  n1 <- sum(one)
  n0 <- sum(!one)
  mean1 <- restricted_mean(data$days[one], data$event[one], data$tau)
  mean0 <- restricted_mean(data$days[!one], data$event[!one], data$tau)
  y <- data$y
  a <- data$amount
  function(w) {
    w1 <- w[one]
    w0 <- w[!one]
    x1 <- sum(w1 * y[one]); x0 <- sum(w0 * y[!one])
    s1 <- sum(w1 * a[one]); s0 <- sum(w0 * a[!one])
    v1 <- sum(w1 * (a[one] - s1 / n1)^2) / (n1 - 1)
    v0 <- sum(w0 * (a[!one] - s0 / n0)^2) / (n0 - 1)
    r1 <- mean1(w1); r0 <- mean0(w0)
    # Whole numbers over a whole number: equal estimates are equal doubles.
    c((x1 * n0 - x0 * n1) / (n1 * n0), x1 * (n1 - x1) / n1^3 + x0 * (n0 - x0) / n0^3,
      (s1 * n0 - s0 * n1) / (n1 * n0), v1 / n1 + v0 / n0,
      r1[1] - r0[1], r1[2] + r0[2],
      log((x1 * n0) / (x0 * n1)), 1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
  }
}

# The difference of risks standardised over a logistic regression, and the variance of its
# efficient influence function (Ye and others 2023), the assignment's share being n1 / n.
standardised <- function(data) {
  X <- cbind(1, data$z, data$age, data$node4, data$obstruct)
  X1 <- X; X1[, 2] <- 1
  X0 <- X; X0[, 2] <- 0
  start <- NULL
  function(w) {
    use <- w > 0
    fit <- suppressWarnings(glm.fit(X[use, ], data$y[use], weights = w[use], family = binomial(), start = start,
                                    control = list(epsilon = 1e-13, maxit = 50)))
    if (is.null(start)) start <<- fit$coefficients
    p1 <- plogis(drop(X1 %*% fit$coefficients))
    p0 <- plogis(drop(X0 %*% fit$coefficients))
    n <- sum(w)
    r1 <- sum(w * p1) / n
    r0 <- sum(w * p0) / n
    share <- sum(w * data$z) / n
    psi <- p1 - r1 - (p0 - r0) + data$z / share * (data$y - p1) - (1 - data$z) / (1 - share) * (data$y - p0)
    c(r1 - r0, sum(w * psi^2) / n^2)
  }
}

# The formulas above are those of survfit and glm.
check <- function(data, statistic) {
  w <- tabulate(sample(length(data$z), replace = TRUE), length(data$z))
  for (arm in 0:1) {
    own <- data$z == arm
    rows <- rep(which(own), w[own])
    fit <- survfit(Surv(data$days[rows], data$event[rows]) ~ 1)
    want <- summary(fit, rmean = data$tau)$table
    got <- restricted_mean(data$days[own], data$event[own], data$tau)(w[own])
    same(c(got[1], sqrt(got[2])), want[c("rmean", "se(rmean)")], 1e-10)
  }
}

batches <- function(data, statistic, replicates) {
  n <- length(data$z)
  runs <- lapply(seq_len(BATCHES), function(k) {
    boot(seq_len(n), function(d, i) statistic(tabulate(i, n)), R = replicates / BATCHES, strata = factor(data$z))
  })
  all <- runs[[1]]
  all$t <- do.call(rbind, lapply(runs, `[[`, "t"))
  all$R <- nrow(all$t)
  list(all = all, runs = runs)
}

interval <- function(b, column, L) {
  value <- 2 * column - 1
  ci <- boot.ci(b, conf = level, type = c("perc", "basic", "stud", "bca"), t0 = b$t0[value], t = b$t[, value],
                var.t0 = b$t0[value + 1], var.t = b$t[, value + 1], L = L)
  list(limits = c(ci$percent[4:5], ci$basic[4:5], ci$student[4:5], ci$bca[4:5]), ranks = ci$bca[2:3])
}

# The acceleration that boot.ci has used: BCa's formula solved for it, from the ranks of the limits
# that it reports.
used_acceleration <- function(ranks, t, t0) {
  z0 <- qnorm(mean(t < t0))
  adjusted <- qnorm(ranks / (length(t) + 1))
  z <- qnorm(c((1 - level) / 2, (1 + level) / 2))
  a <- (1 - (z0 + z) / (adjusted - z0)) / (z0 + z)
  stopifnot(abs(diff(a)) < 1e-3)
  mean(a)
}

skewness <- function(t) mean((t - mean(t))^3) / mean((t - mean(t))^2)^1.5

# Every total of a resample of whole numbers and its probability, by adding one draw after the
# other; from it the skewness of a difference of means of two arms that are resampled apart.
central <- function(x) {
  p <- 1
  share <- table(x) / length(x)
  at <- as.integer(names(share))
  for (i in seq_along(x)) {
    longer <- numeric(length(p) + max(at))
    for (k in seq_along(at)) {
      to <- at[k] + seq_along(p)
      longer[to] <- longer[to] + share[k] * p
    }
    p <- longer
  }
  value <- seq_along(p) - 1
  stopifnot(abs(sum(p) - 1) < 1e-12)
  d <- (value - sum(p * value)) / length(x)
  c(sum(p * d^2), sum(p * d^3))
}
exact_skewness <- function(x, z) {
  one <- central(x[z == 1])
  zero <- central(x[z == 0])
  (one[2] - zero[2]) / (one[1] + zero[1])^1.5
}

describe <- function(name, runs, column, data, statistic) {
  n <- length(data$z)
  size <- ifelse(data$z == 1, sum(data$z == 1), sum(data$z == 0))
  # boot gives weights that sum to 1 over a stratum, or over all.
  one <- function(d, w) statistic(as.vector(w) * size / ave(as.vector(w), data$z, FUN = sum))[2 * column - 1]
  L <- empinf(data = seq_len(n), statistic = one, type = "inf", stype = "w", strata = factor(data$z))
  value <- 2 * column - 1
  all <- interval(runs$all, column, L)
  parts <- vapply(runs$runs, function(b) interval(b, column, L)$limits, numeric(8))
  errors <- apply(parts, 1, sd) / sqrt(BATCHES)
  limits <- function(at) list(lower = all$limits[at], upper = all$limits[at + 1],
                              lower_error = errors[at], upper_error = errors[at + 1])
  t <- runs$all$t[, value]
  t0 <- runs$all$t0[value]
  stopifnot(all(is.finite(runs$all$t[, value + 0:1])))
  whole <- switch(name, "risk difference" = data$y, "mean difference" = data$amount, NULL)
  skewnesses <- vapply(runs$runs, function(b) skewness(b$t[, value]), 0)
  found <- list(
    statistic = unbox(name), replicates = length(t), estimate = t0, std_error = sqrt(runs$all$t0[value + 1]),
    percentile = limits(1), basic = limits(3), studentised = limits(5), bca = limits(7),
    boot_acceleration = used_acceleration(all$ranks, t, t0),
    skewness_6 = skewness(t) / 6, skewness_6_error = sd(skewnesses) / 6 / sqrt(BATCHES),
    exact_skewness_6 = if (is.null(whole)) NA else exact_skewness(whole, data$z) / 6)
  cat(sprintf("%-24s a: boot %.5f, skewness/6 of its replicates %.5f +- %.5f, exact %.5f\n", name,
              found$boot_acceleration, found$skewness_6, found$skewness_6_error, found$exact_skewness_6))
  found
}

trial <- function(name, data, plain_replicates, adjusted_replicates = 0) {
  cat(name, "\n")
  check(data)
  statistic <- plain(data)
  runs <- batches(data, statistic, plain_replicates)
  names <- c("risk difference", "mean difference", "restricted mean difference", "log risk ratio")
  found <- lapply(seq_along(names), function(k) describe(names[k], runs, k, data, statistic))
  if (adjusted_replicates > 0) {
    statistic <- standardised(data)
    statistic(rep(1, length(data$z)))
    runs <- batches(data, statistic, adjusted_replicates)
    found <- c(found, list(describe("standardised logit", runs, 1, data, statistic)))
  }
  boots <- vapply(found[1:2], `[[`, 0, "boot_acceleration")
  exact <- vapply(found[1:2], `[[`, 0, "exact_skewness_6")
  if (sum(data$z) * 2 == length(data$z)) {
    same(boots, exact, 1e-2)
  } else {
    # Where arms differ in size boot.ci's acceleration is not that of the bootstrap it is given.
    stopifnot(abs(boots / exact - 1) > 0.1)
  }
  columns <- lapply(data, function(column) if (length(column) > 1) I(column) else column)
  add("trial", name, columns, found)
}

# Observed until day `days`; y is a death seen by `seen`.
with_deaths <- function(data, seen, tau) {
  data$y <- as.numeric(data$event == 1 & data$days <= seen)
  data$tau <- tau
  data
}
# So many of each arm, at random, in the order of the data.
some <- function(z, n1, n0) sort(c(sample(which(z == 1), n1), sample(which(z == 0), n0)))

v <- veteran[some(veteran$trt - 1, 68, 68), ]
lung <- with_deaths(list(z = v$trt - 1, amount = v$diagtime, days = v$time, event = v$status), 60, 180)

deaths <- subset(colon, etype == 2 & rx != "Lev" & !is.na(nodes))
of_colon <- function(rows) {
  d <- deaths[rows, ]
  with_deaths(list(z = as.numeric(d$rx == "Lev+5FU"), amount = d$nodes, days = d$time, event = d$status,
                   age = d$age, node4 = d$node4, obstruct = d$obstruct), 1461, 1826)
}
is_treated <- as.numeric(deaths$rx == "Lev+5FU")
replicates <- as.integer(Sys.getenv("REPLICATES", "100000"))
trial("veteran, 68 and 68", lung, replicates)
trial("colon, 220 and 220", of_colon(some(is_treated, 220, 220)), replicates, replicates / 5)
trial("colon, 60 and 300", of_colon(some(is_treated, 60, 300)), replicates)

write_reference("bootstrap_large", c("boot", "survival"), 1e-9, absolute = 1e-12,
  why = paste("estimates and standard errors: the same sums in another order. Limits have Monte Carlo errors, given beside them:",
              "over", BATCHES, "batches of replicates. boot_acceleration is solved from the ranks of boot.ci's limits, so that",
              "it is known to about 1e-3 of itself; exact_skewness_6 is a sum over all totals."))
