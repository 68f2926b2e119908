# Reference values of the weighted log-rank tests, of MaxCombo, and of the largest of correlated
# normal variables.
#
#   Rscript tests/reference/r/weighted_log_rank.R
#
# Fleming and Harrington's tests are the published formula, written out here. With gamma = 0 they
# are held against survdiff, with gamma > 0 their numerators against survMisc's comp on Klein and
# Moeschberger's kidney data, in this script.
source("tests/reference/r/reference.R"); source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(mvtnorm) })

# U and V of one stratum, for weights in the rows of `powers` (rho, gamma).
scores <- function(time, event, arm, powers) {
  u <- numeric(nrow(powers)); v <- matrix(0, nrow(powers), nrow(powers)); s <- 1
  for (t in sort(unique(time[event == 1]))) {
    n <- sum(time >= t); n1 <- sum(time >= t & arm == 1); d <- sum(time == t & event == 1)
    d1 <- sum(time == t & event == 1 & arm == 1)
    w <- s^powers[, 1] * (1 - s)^powers[, 2]
    u <- u + w * (d1 - d * n1 / n)
    if (n > 1) v <- v + outer(w, w) * d * n1 * (n - n1) * (n - d) / (n^2 * (n - 1))
    s <- s * (1 - d / n)
  }
  list(u = u, v = v)
}
over_strata <- function(time, event, arm, stratum, powers) {
  parts <- lapply(split(seq_along(time), stratum), function(i) scores(time[i], event[i], arm[i], powers))
  list(u = Reduce(`+`, lapply(parts, `[[`, "u")), v = Reduce(`+`, lapply(parts, `[[`, "v")))
}

# P(max |x| > z) by nested integrate over the faces of the body, in the dimensions that there are.
# Each face is a_k x > z with |a_j x| <= a_k x; given t = a_k x the rest lies in a polygon.
beyond <- function(z, v) {
  r <- cov2cor(v); e <- eigen(r, symmetric = TRUE); keep <- e$values > 1e-10
  a <- e$vectors[, keep, drop = FALSE] %*% diag(sqrt(e$values[keep]), sum(keep))
  a <- a / sqrt(rowSums(a^2))
  alike <- abs(a %*% t(a)) > 1 - 1e-12; alike[upper.tri(alike, TRUE)] <- FALSE
  a <- a[!apply(alike, 1, any), , drop = FALSE]
  if (ncol(a) == 1) return(2 * pnorm(-z))
  tight <- function(f, lo, hi) integrate(f, lo, hi, rel.tol = 1e-12, abs.tol = 0, subdivisions = 2000, stop.on.error = FALSE)$value
  total <- 0
  for (k in seq_len(nrow(a))) {
    rho <- as.vector(a[-k, , drop = FALSE] %*% a[k, ])
    basis <- qr.Q(qr(cbind(a[k, ], diag(ncol(a)))))[, -1, drop = FALSE]
    b <- a[-k, , drop = FALSE] %*% basis
    # Half-planes m w <= t h.
    m <- rbind(b, -b); h <- c(1 - rho, 1 + rho)
    q <- if (ncol(a) == 2) {
      hi <- min((h / m)[m > 0]); lo <- max((h / m)[m < 0])
      function(t) pnorm(t * hi) - pnorm(t * lo)
    } else {
      pairs <- t(combn(nrow(m), 2)); x <- apply(pairs, 1, function(p) {
        d <- m[p[1], 1] * m[p[2], 2] - m[p[1], 2] * m[p[2], 1]
        if (abs(d) < 1e-12) NA else (h[p[1]] * m[p[2], 2] - h[p[2]] * m[p[1], 2]) / d })
      ends <- function(w, t) {
        up <- m[, 2] > 0
        hi <- apply(sapply(which(up), function(i) (t * h[i] - m[i, 1] * w) / m[i, 2]), 1, min)
        lo <- apply(sapply(which(!up), function(i) (t * h[i] - m[i, 1] * w) / m[i, 2]), 1, max)
        list(lo = lo, hi = hi)
      }
      Vectorize(function(t) {
        cuts <- sort(unique(pmin(pmax(t * x[!is.na(x)], -9), 9)))
        sum(vapply(seq_len(length(cuts) - 1), function(i) {
          if (cuts[i + 1] - cuts[i] < 1e-12) return(0)
          g <- function(w) { l <- ends(w, t); dnorm(w) * ifelse(l$hi > l$lo, pnorm(l$hi) - pnorm(l$lo), 0) }
          if (all(g(seq(cuts[i], cuts[i + 1], length.out = 12)[2:11]) == 0)) 0 else tight(g, cuts[i], cuts[i + 1])
        }, 0))
      })
    }
    total <- total + 2 * tight(function(t) exp(dnorm(t, log = TRUE) - dnorm(z, log = TRUE)) * q(t), z, -z + sqrt(z^2 + 90) + z) * dnorm(z)
  }
  min(1, total)
}

POWERS <- rbind(c(0, 0), c(0, 1), c(1, 0), c(1, 1), c(0.5, 2))
COMBO <- 1:4
test_values <- function(s, powers = POWERS) {
  if (all(s$u == 0) && all(s$v == 0)) return(NULL)
  v <- diag(s$v); z <- ifelse(v > 0, s$u / sqrt(v), NA)
  out <- list(excess = I(s$u), variance = I(v), z = I(z), p_value = I(pchisq(z^2, 1, lower.tail = FALSE)))
  if (all(v[COMBO] > 0)) {
    top <- max(abs(z[COMBO])); m <- s$v[COMBO, COMBO]
    out$max_combo <- list(statistic = unbox(top), p_value = unbox(if (top > 0) beyond(top, m) else 1))
    # pmvnorm's randomised rule has no more than these digits where the matrix is singular: with
    # colon below it gives 2.2e-5 +- 1e-6 by its own account, where 2.86e-5 is right (20 million
    # draws give 2.77e-5 +- 0.12e-5).
    set.seed(1)
    genz <- 1 - as.numeric(pmvnorm(rep(-top, 4), rep(top, 4), corr = cov2cor(m), algorithm = GenzBretz(maxpts = 2e5, abseps = 1e-6)))
    if (abs(out$max_combo$p_value - genz) > 2e-5) stop(sprintf("p %.10g, Genz %.10g", out$max_combo$p_value, genz))
  }
  out
}
# survdiff's own numbers, as far as it has them.
against_survdiff <- function(formula, got) for (rho in c(0, 1)) {
  s <- survdiff(formula, rho = rho); k <- which(POWERS[, 1] == rho & POWERS[, 2] == 0)
  O <- if (is.matrix(s$obs)) rowSums(s$obs) else s$obs; E <- if (is.matrix(s$exp)) rowSums(s$exp) else s$exp
  same(c(got$excess[k], got$variance[k]), c(O[2] - E[2], s$var[2, 2]), 1e-10)
}
case <- function(name, time, event, arm, stratum = rep(1, length(time)), weights = NULL) {
  i <- if (is.null(weights)) seq_along(time) else rep(seq_along(time), weights)
  one <- over_strata(time[i], event[i], arm[i], rep(1, length(i)), POWERS)
  many <- over_strata(time[i], event[i], arm[i], stratum[i], POWERS)
  want <- list(unstratified = test_values(one), stratified = test_values(many))
  if (!is.null(want$unstratified)) against_survdiff(Surv(time[i], event[i]) ~ arm[i], want$unstratified)
  if (!is.null(want$stratified) && length(unique(stratum[i])) > 1) against_survdiff(Surv(time[i], event[i]) ~ arm[i] + strata(stratum[i]), want$stratified)
  add("tests", name, list(days = I(time), events = I(event), arm = I(arm), stratum = I(as.integer(stratum)),
                          weights = if (!is.null(weights)) I(as.integer(weights))), want)
}

sets <- read_sets()
lu <- sets$lung; ve <- sets$veteran; co <- sets$colon
case("lung: sex, strata by institution", lu$time, lu$status, lu$arm, lu$institution)
case("veteran: strata by cell type", ve$time, ve$status, ve$arm, ve$cell_type)
case("colon: recurrence, strata by extent", co$time, as.numeric(co$cause == 1), co$arm, co$extent)
set.seed(20250107)
case("veteran with drawn weights", ve$time, ve$status, ve$arm, ve$cell_type, sample(0:3, nrow(ve), TRUE))
case("ties of event and censoring, day 0", c(0, 0, 1, 2, 3, 3, 3, 5, 7, 0, 2, 2, 3, 4, 6, 6), c(1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0), rep(1:0, c(9, 7)), c(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2))
case("an arm without events", c(5, 6, 7, 8, 2, 4, 6, 9), c(0, 0, 0, 0, 1, 0, 1, 0), rep(1:0, each = 4))
case("a stratum without events, one with one arm", c(5, 6, 7, 8, 2, 4, 6, 9, 1, 2, 3, 3), c(0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1), c(1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1), c(1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3))
case("last observation censored", c(2, 4, 6, 8, 1, 3, 5, 9), c(1, 1, 1, 1, 1, 0, 1, 0), rep(1:0, each = 4))
case("everyone censored", c(2, 4, 6, 8, 3, 3), c(0, 0, 0, 0, 0, 0), c(1, 1, 1, 1, 0, 0))
case("all events on one day: late weights have no variance", c(5, 5, 5, 5, 5, 7), c(1, 1, 0, 1, 1, 0), c(1, 1, 1, 0, 0, 0))
case("arms far apart", c(1:30, 31:60), rep(1, 60), rep(1:0, each = 30))

# survMisc on the kidney data of Klein and Moeschberger (time to infection by catheter placement).
# Its numerators are these; its variances are not: that of the log-rank test itself is 6.2368 there
# and 6.2106 in survdiff, whose this one is.
suppressPackageStartupMessages(library(survMisc)); data(kidney, package = "KMsurv")
for (pq in list(c(0, 1), c(1, 1), c(0.5, 2))) {
  tn <- ten(Surv(time, delta) ~ type, data = kidney); capture.output(comp(tn, p = pq[1], q = pq[2]), file = nullfile())
  theirs <- as.data.frame(attr(tn, "lrt")); row <- nrow(theirs)
  ours <- scores(kidney$time, kidney$delta, as.numeric(kidney$type == 2), rbind(pq))
  same(abs(ours$u), abs(theirs$Q[row]), 1e-10)
}
case("kidney catheters (Klein and Moeschberger)", kidney$time * 10, kidney$delta, as.numeric(kidney$type == 2))

# The largest of correlated normal variables.
largest <- function(name, v, z) {
  p <- vapply(z, beyond, 0, v = v)
  add("largest", name, list(covariance = I(as.vector(v)), z = I(z)), list(sf = I(p)))
  p
}
# By inclusion and exclusion, with TVPACK, which is exact to 1e-15 or so: three variables.
tvpack <- function(z, r) { total <- 0
  for (s in 0:7) { up <- ifelse(bitwAnd(s, c(1, 2, 4)) > 0, -z, z); sign <- (-1)^sum(up < 0)
    total <- total + sign * pmvnorm(upper = up, corr = r, algorithm = TVPACK(abseps = 1e-15)) }
  1 - as.numeric(total) }
three <- matrix(c(1, 0.5, 0.3, 0.5, 1, -0.6, 0.3, -0.6, 1), 3)
p <- largest("three variables", three, c(0.1, 0.7, 1.96, 3, 6, 12, 30))
same(p[1:4], vapply(c(0.1, 0.7, 1.96, 3), tvpack, 0, r = three), 1e-10)
close <- matrix(c(1, 0.999, 0.3, 0.999, 1, 0.32, 0.3, 0.32, 1), 3)
p <- largest("two nearly equal", close, c(0.1, 1.96, 3, 8))
same(p[1:3], vapply(c(0.1, 1.96, 3), tvpack, 0, r = close), 1e-9)
two <- matrix(c(4, 1.2, 1.2, 1), 2)
p <- largest("two variables", two, c(0.1, 1.96, 5, 20))
same(1 - p[1:2], vapply(c(0.1, 1.96), function(z) pmvnorm(c(-2 * z, -z), c(2 * z, z), sigma = two, algorithm = Miwa(steps = 4096)), 0), 1e-9)
largest("four in three dimensions", local({ a <- rbind(c(1, 0, 0), c(0.4, 1, 0), c(-0.3, 0.5, 1), c(1.1, 1.5, 1)); a %*% t(a) }), c(0.05, 1, 2.2, 4, 9, 25))
largest("five in two dimensions", local({ a <- rbind(c(1, 0), c(0.4, 1), c(-0.3, 0.5), c(-1, 1.5), c(2, 0.01)); a %*% t(a) }), c(0.05, 1, 2.2, 4, 9, 25))

write_reference("weighted_log_rank", c("survival", "mvtnorm", "survMisc"), 1e-9, "double arithmetic in another order; p-values by nested adaptive integration, asked for 1e-12 at each level", 1e-14)
