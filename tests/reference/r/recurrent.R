# Reference values for repeated events: mean cumulative functions, their influence, two-arm tests.
#
#   Rscript tests/reference/r/recurrent.R
#
# Without terminal exits the witness is survfit's cumulative hazard with robust standard errors.
# With them it is the formula of Ghosh and Lin, written out, and numerical derivatives of it with
# respect to each person's weight (Richardson's extrapolation).
source("tests/reference/r/reference.R"); source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(numDeriv) })
Z <- qnorm(0.975)

# One row a person: end, terminal, and a list of event days.
mean_count <- function(p, w, t, g = function(u) 1) {
  days <- sort(unique(c(unlist(p$events), p$end))); s <- 1; total <- 0
  for (u in days[days <= t]) {
    y <- sum(w * (p$end >= u)); if (y <= 0) next
    total <- total + g(u) * s * sum(w * vapply(p$events, function(e) sum(e == u), 0)) / y
    s <- s * (1 - sum(w * (p$end == u & p$terminal == 1)) / y)
  }
  total
}
derivatives <- function(p, w, t, g = function(u) 1) vapply(seq_along(w), function(i)
  grad(function(x) mean_count(p, replace(w, i, x), t, g), w[i], method.args = list(eps = 1e-3, r = 6)), 0)

at_times <- function(p, w, t) {
  est <- vapply(t, function(at) mean_count(p, w, at), 0)
  inf <- lapply(t, function(at) derivatives(p, w, at))
  se <- vapply(inf, function(l) sqrt(sum(w * l^2)), 0)
  list(times = I(t), estimate = I(est), std_error = I(se), lower = I(ifelse(est > 0, est * exp(-Z * se / est), NA)),
       upper = I(ifelse(est > 0, est * exp(Z * se / est), NA)), influence = lapply(inf, I))
}
by_survfit <- function(p, w, got) {
  i <- rep(seq_along(w), w); rows <- do.call(rbind, lapply(seq_along(i), function(k) {
    e <- p$events[[i[k]]]; stopifnot(!anyDuplicated(e)); end <- p$end[i[k]]; cut <- unique(c(e, end))
    data.frame(id = k, start = c(-1, head(cut, -1)), stop = cut, event = as.numeric(cut %in% e)) }))
  f <- survfit(Surv(start, stop, event) ~ 1, data = rows, id = id, cluster = id, robust = TRUE)
  k <- findInterval(got$times, f$time)
  if (any(k == 0)) stop("a time before the first")
  same(got$estimate, f$cumhaz[k], 1e-12); same(got$std_error, f$std.chaz[k], 1e-8)
  # survfit's digits where there are any, not those of numerical derivatives.
  got$std_error <- I(f$std.chaz[k]); got
}
LARGE <- 150
group <- function(p, w, t) {
  if (all(p$terminal == 0) && !any(vapply(p$events, anyDuplicated, 0L) > 0)) by_survfit(p, w, at_times(p, w, t)) else at_times(p, w, t)
}
case <- function(name, events, end, terminal, arm, times, weights = rep(1L, length(end))) {
  all <- list(events = events, end = end, terminal = terminal)
  of <- function(a) { k <- which(arm == a); list(p = list(events = events[k], end = end[k], terminal = terminal[k]), w = weights[k]) }
  arms <- list(intervention = of(1), control = of(0))
  values <- lapply(arms, function(x) group(x$p, x$w, times))
  d <- values$intervention$estimate - values$control$estimate
  se <- sqrt(values$intervention$std_error^2 + values$control$std_error^2)
  at_risk <- function(x, u) sum(x$w * (x$p$end >= u))
  g <- function(u) { n <- vapply(arms, at_risk, 0, u = u); if (sum(n) > 0) n[[1]] * n[[2]] / sum(n) else 0 }
  u <- diff(vapply(arms[2:1], function(x) mean_count(x$p, x$w, Inf, g), 0))
  v <- sum(vapply(arms, function(x) sum(x$w * derivatives(x$p, x$w, Inf, g)^2), 0))
  # The numerator is the score of Cox's model for all events, where nobody leaves for good.
  if (all(terminal == 0) && !any(vapply(events, anyDuplicated, 0L) > 0) && length(unlist(events)) > 0) {
    i <- rep(seq_along(end), weights); rows <- do.call(rbind, lapply(i, function(k) {
      cut <- unique(c(events[[k]], end[k])); data.frame(arm = arm[k], start = c(-1, head(cut, -1)), stop = cut, event = as.numeric(cut %in% events[[k]])) }))
    detail <- coxph.detail(coxph(Surv(start, stop, event) ~ arm, data = rows, init = 0, iter.max = 0, ties = "breslow"))
    same(u, sum(detail$score), 1e-10)
  }
  add("groups", name, list(offsets = I(c(0, cumsum(lengths(events)))), days = I(as.numeric(unlist(events))), ends = I(end), terminal = I(terminal), arm = I(arm), weights = I(weights)),
      list(intervention = values$intervention, control = values$control,
           difference = list(estimate = I(d), std_error = I(se), p_value = I(ifelse(se > 0, 2 * pnorm(-abs(d / se)), NA))),
           test = if (v > 0) list(excess = unbox(unname(u)), variance = unbox(v), z = unbox(unname(u / sqrt(v))))))
}

b <- read_sets()$bladder
people <- split(b, b$id); ends <- vapply(people, function(r) max(r$stop), 0); arms <- vapply(people, function(r) r$arm[1], 0)
events <- lapply(people, function(r) r$stop[r$event == 1])
names(ends) <- names(arms) <- names(events) <- NULL
case("bladder: recurrences by treatment", events, ends, rep(0, length(ends)), arms, c(6, 12, 24.5, 36, 48))
set.seed(7); w <- sample(0:3, length(ends), TRUE)
case("bladder with drawn weights", events, ends, rep(0, length(ends)), arms, c(6, 24, 36), w)
dead <- rbinom(length(ends), 1, 0.4)
case("bladder, some exits made terminal", events, ends, dead, arms, c(6, 12, 24, 36, 48))
case("bladder, terminal exits and weights", events, ends, dead, arms, c(6, 24, 36), w)
few <- list(c(0, 3), 3, numeric(0), c(2, 5, 5), c(0, 0, 4), 5, numeric(0), c(1, 3), 6, numeric(0), c(3, 6), 2)
case("day 0, two on a day, ties of event, exit and censoring", few, c(5, 3, 3, 5, 4, 6, 2, 3, 6, 3, 6, 6), c(0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0), rep(1:0, each = 6), c(0, 2, 3, 4.5, 5))
case("an arm without events", list(numeric(0), numeric(0), numeric(0), c(1, 3), 2, numeric(0)), c(4, 5, 6, 4, 6, 6), c(0, 1, 0, 0, 0, 1), rep(1:0, each = 3), c(1, 3, 6))
case("all of an arm leave for good", list(1, c(1, 2), 3, c(1, 3), 2, 4), c(2, 2, 3, 4, 4, 4), c(1, 1, 1, 0, 0, 0), rep(1:0, each = 3), c(1, 2, 3))
case("everyone followed to the end", list(1, c(1, 2), 3, c(1, 3), 2, numeric(0)), rep(5, 6), rep(0, 6), rep(1:0, each = 3), c(1, 2, 5))
write_reference("recurrent", c("survival", "numDeriv"), 1e-8, "numerical derivatives by Richardson's extrapolation have about ten digits; survfit's own numbers and the estimates agree to 1e-12", 1e-9)
