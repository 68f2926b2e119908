# Reference values for brackets: Turnbull's estimate, its standard errors, proportional hazards.
#
#   Rscript tests/reference/r/interval_censored.R
#
# A bracket (after, by] has after = -1 from the start and by = Inf where censored. Estimates come
# from an EM algorithm run here to its end (Kuhn-Tucker conditions to 1e-9), standard errors from
# the Hessian of the likelihood in free masses. survfit's type "interval2" reads (left, right]
# as well; its own EM stops early, so it is held against these values to 1e-3 only.
source("tests/reference/r/reference.R"); source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(numDeriv) })
Z <- qnorm(0.975)

# Zones by their definition: every (start, end] without a start or end between.
zones_of <- function(after, by) {
  starts <- sort(unique(after)); ends <- sort(unique(by))
  z <- do.call(rbind, lapply(starts, function(l) { r <- ends[ends > l]; if (length(r)) c(l, min(r)) }))
  z[vapply(seq_len(nrow(z)), function(k) !any(starts > z[k, 1] & starts < z[k, 2]), TRUE), , drop = FALSE]
}
inside <- function(after, by, z) outer(seq_along(after), seq_len(nrow(z)), function(i, k) 1 * (after[i] <= z[k, 1] & z[k, 2] <= by[i]))

# EM with squared extrapolation (Varadhan and Roland 2008), kept where the likelihood grows.
npmle <- function(a, w) {
  n <- sum(w); p <- rep(1 / ncol(a), ncol(a))
  em <- function(p) p * as.vector(t(a) %*% (w / as.vector(a %*% p))) / n
  value <- function(p) { q <- as.vector(a %*% p); if (any(p < 0) || any(q <= 0)) -Inf else sum(w * log(q)) }
  for (i in 1:200000) {
    p1 <- em(p); p2 <- em(p1); r <- p1 - p; v <- p2 - p1 - r
    step <- if (sum(v^2) > 0) max(1, sqrt(sum(r^2) / sum(v^2))) else 1
    far <- p + 2 * step * r + step^2 * v; far[p2 < 1e-14] <- 0
    if (all(far >= 0) && abs(sum(far) - 1) < 0.5) { far <- em(far / sum(far)) } else far <- p2
    p <- if (value(far) >= value(p2)) far else p2
    p[p < 1e-14] <- 0; p <- p / sum(p)
    g <- as.vector(t(a) %*% (w / as.vector(a %*% p))) / n
    if (max(abs(g[p > 0] - 1)) < 1e-11 && max(g) < 1 + 1e-9) return(p)
  }
  stop("no convergence")
}
covariance <- function(a, w, p) { # of the positive masses, the largest determined by the others
  k <- which(p > 0); m <- length(k); if (m == 1) return(matrix(0, 1, 1))
  top <- which.max(p[k]); free <- k[-top]
  value <- function(x) sum(w * log(as.vector(a[, free, drop = FALSE] %*% x + a[, k[top]] * (1 - sum(x)))))
  # Numerical, with steps in proportion to the masses.
  h <- hessian(value, p[free], method.args = list(d = 0.02, r = 5))
  j <- matrix(0, m, m - 1); j[-top, ] <- diag(m - 1); j[top, ] <- -1
  j %*% solve(-h) %*% t(j)
}
turnbull <- function(after, by, w, times) {
  z <- zones_of(after, by); a <- inside(after, by, z); p <- npmle(a, w); v <- covariance(a, w, p); k <- which(p > 0)
  at <- lapply(times, function(t) {
    t <- floor(t); gone <- z[, 2] <= t; open <- z[, 1] < t & z[, 2] > t & p > 0
    s <- sum(p[!gone]); cc <- as.numeric(gone[k]); se <- sqrt(max(0, sum(cc * (v %*% cc))))
    if (s < 1e-12) se <- NA; if (sum(p[gone]) < 1e-12) { s <- 1; se <- 0 }
    limit <- function(sign) if (is.na(se) || s >= 1) NA else s^exp(sign * Z * se / (s * log(s)))
    c(s, se, limit(-1), limit(1), sum(p[!gone & !open])) })
  at <- do.call(rbind, at)
  list(zones = list(after = I(z[, 1]), by = I(z[, 2]), mass = I(p)), log_likelihood = unbox(sum(w * log(as.vector(a %*% p)))),
       times = I(times), survival = I(at[, 1]), std_error = I(at[, 2]), lower = I(at[, 3]), upper = I(at[, 4]), least = I(at[, 5]))
}
against_survfit <- function(after, by, w, got) {
  i <- rep(seq_along(after), w)
  f <- suppressWarnings(survfit(Surv(ifelse(after[i] < 0, NA, after[i]), ifelse(is.finite(by[i]), by[i], NA), type = "interval2") ~ 1))
  # Outside zones alone; survfit steps within them, and takes left-censored for -infinity.
  known <- got$least == got$survival & got$times >= 1
  s <- c(1, f$surv)[findInterval(got$times[known] + 1e-6, f$time) + 1]
  stopifnot(max(abs(s - got$survival[known])) < 1e-3)
}
curve <- function(name, after, by, times, w = rep(1L, length(after)), survfit = TRUE) {
  i <- w > 0; got <- turnbull(after[i], by[i], w[i], times)
  if (survfit) against_survfit(after[i], by[i], w[i], got)
  add("curve", name, list(after = I(after), by = I(by), weights = I(w)), got)
}

# Visits every `every` days, each missed with probability `miss`.
visited <- function(time, status, every, miss, last = max(time)) {
  out <- t(vapply(seq_along(time), function(i) {
    v <- seq(every, last, by = every); v <- v[runif(length(v)) >= miss]; if (status[i] == 0) v <- v[v <= time[i]]
    before <- v[v < time[i]]; from <- v[v >= time[i]]
    c(if (length(before)) max(before) else -1, if (status[i] == 1 && length(from)) min(from) else Inf) }, c(0, 0)))
  list(after = out[, 1], by = out[, 2])
}
sets <- read_sets(); lu <- sets$lung; ve <- sets$veteran; co <- sets$colon
set.seed(20250108)
l1 <- visited(lu$time, lu$status, 90, 0); l2 <- visited(lu$time, lu$status, 60, 0.4); v2 <- visited(ve$time, ve$status, 30, 0.3); c2 <- visited(co$time, co$cause == 1, 180, 0.25)
curve("lung: visits every 90 days", l1$after, l1$by, c(0, 50, 90, 180.5, 270, 360))
curve("lung: visits every 60 days, many missed", l2$after, l2$by, c(60, 120, 180, 240, 300, 360, 365, 480, 600))
curve("veteran: visits every 30 days, some missed", v2$after, v2$by, c(30, 60, 90, 120, 180, 240, 360))
curve("colon: visits every 180 days, some missed", c2$after, c2$by, c(180, 365, 720, 1080, 1800))
w <- sample(0:3, nrow(ve), TRUE)
curve("veteran, drawn weights", v2$after, v2$by, c(30, 60, 90, 120, 180), w)
curve("lung: visits of some, days of others", ifelse(seq_along(lu$time) %% 3 == 0, ifelse(lu$status == 1, lu$time - 1, lu$time), l2$after), ifelse(seq_along(lu$time) %% 3 == 0, ifelse(lu$status == 1, lu$time, Inf), l2$by), c(60, 180, 240, 360), survfit = FALSE)
curve("days known: Kaplan and Meier's curve", ve$time - ve$status, ifelse(ve$status == 1, ve$time, Inf), c(1, 50, 100, 182, 400), survfit = FALSE)
curve("day 0, overlaps, a flat zone", c(-1, -1, 0, 2, 3, 4, 7, -1, 5), c(0, 3, 5, 5, 9, 9, Inf, 9, 7), c(0, 1, 2, 3, 4, 5, 6, 7), survfit = FALSE)
curve("everyone censored", c(3, 5, 8), c(Inf, Inf, Inf), c(0, 3, 8), survfit = FALSE)
curve("the last bracket closed: the curve ends at 0", c(0, 0, 4, 4, 8, 8), c(4, 4, 8, 8, 12, 12), c(0, 2, 4, 8, 12), survfit = FALSE)
curve("masses at zero", c(0, 1, 2, 0, 3, 0, 1), c(2, 3, 4, 5, 6, 1, 6), c(1, 2, 3, 4, 6), survfit = FALSE)

# Proportional hazards. Baseline: log increments in all zones but the last.
ph_value <- function(theta, x, a_from, a_to, w, last) {
  p <- ncol(x); beta <- theta[seq_len(p)]; inc <- exp(theta[-seq_len(p)]); cum <- c(0, cumsum(inc), Inf)
  e <- exp(as.vector(x %*% beta)); sum(w * log(exp(-cum[a_from] * e) - exp(-cum[a_to + 1] * e)))
}
ph <- function(after, by, x, w) {
  z <- zones_of(after, by); a <- inside(after, by, z); m <- nrow(z)
  from <- max.col(a, "first"); to <- max.col(a, "last")
  p0 <- npmle(a, w); keep <- seq_len(m - 1)
  fit <- function(x, start) {
    live <- rep(TRUE, m - 1); p <- ncol(x)
    theta_of <- function(t) { out <- rep(-Inf, p + m - 1); out[c(rep(TRUE, p), live)] <- t; out }
    f <- function(t) -ph_value(theta_of(t), x, from, to, w, m)
    t <- start
    repeat { # BFGS, then Newton with numerical derivatives; increments that run to zero are fixed there
      o <- optim(t, f, method = "BFGS", control = list(maxit = 5000, reltol = 1e-14)); t <- o$par
      gone <- t[-seq_len(p)] < -9; if (!any(gone)) break
      live[which(live)[gone]] <- FALSE; t <- t[c(rep(TRUE, p), !gone)]
    }
    for (i in 1:6) { h <- hessian(f, t); g <- grad(f, t); t <- t - solve(h, g) }
    stopifnot(max(abs(grad(f, t))) < 1e-6)
    # Kuhn and Tucker: no fixed increment would gain.
    for (k in which(!live)) { th <- theta_of(t); th[p + k] <- log(1e-7); stopifnot(ph_value(th, x, from, to, w, m) <= -f(t) + 1e-9) }
    list(t = t, live = live, h = hessian(f, t, method.args = list(d = 0.02, r = 5)), value = -f(t))
  }
  s <- rev(cumsum(rev(p0))); inc0 <- log(pmax(log(s[keep] / s[keep + 1]), 1e-5))
  full <- fit(x, c(rep(0, ncol(x)), inc0)); v <- solve(full$h)[seq_len(ncol(x)), seq_len(ncol(x)), drop = FALSE]
  null <- if (ncol(x) > 1) fit(x[, -1, drop = FALSE], c(rep(0, ncol(x) - 1), inc0))$value else sum(w * log(as.vector(a %*% p0)))
  inc <- rep(0, m - 1); inc[full$live] <- exp(full$t[-seq_len(ncol(x))])
  list(beta = full$t[seq_len(ncol(x))], covariance = v, log_likelihood = full$value, statistic = 2 * (full$value - null), baseline = cumsum(inc))
}
ph_case <- function(name, after, by, x, w = rep(1L, length(after)), grouped = FALSE) {
  i <- w > 0; x <- as.matrix(x); got <- ph(after[i], by[i], x[i, , drop = FALSE], w[i])
  if (grouped) { # the same by glm on person-visits, to all its digits
    z <- zones_of(after[i], by[i]); m <- nrow(z)
    pv <- do.call(rbind, lapply(which(i), function(j) { last <- if (is.finite(by[j])) which(z[, 2] == by[j]) else sum(z[, 2] <= after[j])
      if (last > 0) data.frame(j = j, k = seq_len(last), y = as.numeric(seq_len(last) == last & is.finite(by[j]))) }))
    pv <- pv[pv$k < m, ]; xx <- x[pv$j, , drop = FALSE]; ww <- w[pv$j]
    run <- function(xx) glm.fit(cbind(xx, model.matrix(~ factor(pv$k) - 1)), pv$y, weights = ww, family = binomial("cloglog"), control = list(epsilon = 1e-15, maxit = 100))
    full <- run(xx); p <- ncol(x); b <- full$coefficients
    same(b[seq_len(p)], got$beta, 1e-6)
    # glm's own covariance has Fisher's expected information; the observed one needs a Hessian.
    ll <- function(t) { eta <- as.vector(cbind(xx, model.matrix(~ factor(pv$k) - 1)) %*% t); q <- exp(-exp(eta)); sum(ww * ifelse(pv$y == 1, log1p(-q), -exp(eta))) }
    got <- list(beta = unname(b[seq_len(p)]), covariance = solve(-hessian(ll, unname(b), method.args = list(d = 0.02, r = 5)))[seq_len(p), seq_len(p), drop = FALSE],
                log_likelihood = ll(b), statistic = full$deviance * -1 + run(xx[, -1, drop = FALSE])$deviance, baseline = unname(cumsum(exp(b[-seq_len(p)]))))
  }
  add(if (grouped) "grouped" else "ph", name, list(after = I(after), by = I(by), x = lapply(seq_len(ncol(x)), function(j) I(x[, j])), weights = I(w)),
      list(beta = I(got$beta), covariance = I(as.vector(got$covariance)), log_likelihood = unbox(got$log_likelihood), statistic = unbox(got$statistic), baseline = I(got$baseline)))
}
ph_case("lung, all visits every 90 days", l1$after, l1$by, cbind(lu$arm, lu$age, lu$ph_ecog), grouped = TRUE)
v1 <- visited(ve$time, ve$status, 60, 0, 600)
ph_case("veteran, all visits every 60 days, weights", v1$after, v1$by, cbind(ve$arm, ve$karno), w, grouped = TRUE)
c1 <- visited(co$time, co$cause == 1, 365, 0)
ph_case("colon, visits every year, arm alone", c1$after, c1$by, cbind(co$arm), grouped = TRUE)
v3 <- visited(ve$time, ve$status, 60, 0.35, 600)
ph_case("veteran, visits missed", v3$after, v3$by, cbind(ve$arm, ve$karno))
l3 <- visited(lu$time, lu$status, 90, 0.3)
ph_case("lung, visits missed", l3$after, l3$by, cbind(lu$arm, lu$age))
c3 <- visited(co$time, co$cause == 1, 365, 0.3)
ph_case("colon, visits missed, weights", c3$after, c3$by, cbind(co$arm, co$node4), sample(0:2, nrow(co), TRUE))
ph_case("increments at zero", c(0, 1, 2, 0, 3, 0, 1, 0, 2, 3, 4, 6, 0, 5), c(2, 3, 4, 5, 6, 1, 6, 3, 6, Inf, Inf, Inf, 4, Inf), cbind(rep(0:1, 7)))
write_reference("interval_censored", c("survival", "numDeriv"), 2e-7, "an EM algorithm run to 1e-11; numerical Hessians; a curve without variance has NA", 1e-8)
