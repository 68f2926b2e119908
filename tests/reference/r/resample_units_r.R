# Studentised intervals, exact distributions of proportions, adjusted p-values, bands from
# replicates; writes tests/reference/resample_units_r.json.
# Run from the top of the repository: Rscript tests/reference/r/resample_units_r.R
source("tests/reference/r/reference.R")
suppressPackageStartupMessages(library(boot))
set.seed(20180202, kind = "Mersenne-Twister", normal.kind = "Inversion",
         sample.kind = "Rejection")

# boot.ci's studentised limits, one level at a time, to see which one warns.
levels <- c(0.8, 0.9, 0.95, 0.99, 0.999)
limits <- function(b, t, v, level) {
  extreme <- FALSE
  ci <- withCallingHandlers(
    boot.ci(b, conf = level, type = "stud", t0 = b$t0[[1]], var.t0 = b$t0[[2]], t = t, var.t = v),
    warning = function(w) {
      if (grepl("extreme order statistics", conditionMessage(w))) extreme <<- TRUE
      invokeRestart("muffleWarning")
    })
  list(level = level, lower = ci$student[4], upper = ci$student[5], extreme = unbox(extreme))
}
studentised <- function(name, b, t = b$t[, 1], v = b$t[, 2]) {
  fine <- is.finite(t) & is.finite(v)
  add("studentised", name,
      list(t0 = b$t0[[1]], std_error = sqrt(b$t0[[2]]), t = t, std_errors = sqrt(v)),
      list(failed = sum(!fine), levels = lapply(levels, function(level) limits(b, t, v, level))))
}
with_variance <- function(d, i) {
  w <- tabulate(i, nrow(d))
  ratio <- sum(d$x * w) / sum(d$u * w)
  linear <- (d$x[i] - ratio * d$u[i]) / mean(d$u[i])
  c(ratio, sum(linear^2) / length(i)^2)
}
ratio <- boot(bigcity, with_variance, R = 999)
studentised("ratio of bigcity, R = 999", ratio)
hours <- aircondit$hours
average <- boot(hours, function(d, i) c(mean(d[i]), var(d[i]) / length(i)), R = 1000)
studentised("mean of aircondit, R = 1000", average)
missing <- average$t
missing[c(5, 300), 1] <- NA
missing[c(6, 300, 999), 2] <- NaN
studentised("mean of aircondit with failed replicates", average, missing[, 1], missing[, 2])

# p.adjust, ties and ends included.
for (p in list(c(0.01, 0.04, 0.03, 0.005, 0.2), c(0.5, 0.5, 0.01, 0.01, 1, 0), c(0.04),
               round(rbeta(40, 0.3, 2), 3), 10^-(1:12), c(0.2, 0.9, 0.95, 1))) {
  add("adjust", paste(length(p), "p-values"), list(p = I(p)),
      list(holm = I(p.adjust(p, "holm")), hochberg = I(p.adjust(p, "hochberg")),
           bh = I(p.adjust(p, "BH"))))
}

# Sums of binomials by strata, folded, and all pairs of two of them.
folded <- function(people, events) {
  out <- 1
  for (s in seq_along(people)) {
    one <- dbinom(0:people[s], people[s], events[s] / people[s])
    next_out <- numeric(length(out) + people[s])
    for (k in seq_along(one)) {
      at <- k - 1 + seq_along(out)
      next_out[at] <- next_out[at] + out * one[k]
    }
    out <- next_out
  }
  out
}
smallest <- function(values, p, level) {
  o <- order(values)
  values[o][which(cumsum(p[o]) >= level - 1e-12)[1]]
}
# BCa with acceleration a, z0 of the probability below the estimate.
bca <- function(values, p, estimate, a, level) {
  z0 <- qnorm(sum(p[values < estimate - 1e-9]))
  z <- qnorm(c((1 - level) / 2, (1 + level) / 2))
  at <- pnorm(z0 + (z0 + z) / (1 - a * (z0 + z)))
  c(smallest(values, p, at[1]), smallest(values, p, at[2]))
}
exact_case <- function(name, people_i, events_i, people_c, events_c, a) {
  n <- c(sum(people_i), sum(people_c))
  pi <- folded(people_i, events_i)
  pc <- folded(people_c, events_c)
  x <- seq_along(pi) - 1
  y <- seq_along(pc) - 1
  values <- as.vector(outer(x / n[1], y / n[2], `-`))
  p <- as.vector(outer(pi, pc))
  estimate <- sum(events_i) / n[1] - sum(events_c) / n[2]
  se <- sqrt(outer(x * (n[1] - x) / n[1]^3, y * (n[2] - y) / n[2]^3, `+`))
  own <- sqrt(sum(events_i) * (n[1] - sum(events_i)) / n[1]^3 +
              sum(events_c) * (n[2] - sum(events_c)) / n[2]^3)
  t <- (values - estimate) / as.vector(se)
  ok <- as.vector(se) > 0
  want <- list(
    pmf_i = I(pi), pmf_c = I(pc), estimate = estimate,
    std_error = sqrt(sum(p * (values - sum(p * values))^2)),
    levels = lapply(c(0.8, 0.9, 0.95, 0.99), function(level) {
      tail <- (1 - level) / 2
      perc <- c(smallest(values, p, tail), smallest(values, p, 1 - tail))
      q <- c(smallest(t[ok], p[ok] / sum(p[ok]), tail), smallest(t[ok], p[ok] / sum(p[ok]), 1 - tail))
      list(level = level, percentile = perc, basic = 2 * estimate - rev(perc),
           bca = bca(values, p, estimate, a, level), studentised = estimate - own * rev(q))
    }))
  add("exact", name, list(people_i = I(people_i), events_i = I(events_i), people_c = I(people_c),
                          events_c = I(events_c), acceleration = a), want)
}
exact_case("one stratum", 20, 9, 25, 4, 0.01)
exact_case("three regions", c(40, 23, 31), c(18, 12, 9), c(38, 25, 30), c(7, 6, 11), -0.02)
exact_case("nobody and everybody in some", c(8, 5, 12), c(0, 5, 7), c(9, 4, 10), c(3, 0, 10), 0.03)
exact_case("one event", 15, 1, 18, 3, 0.05)

# All n^n resamples of two tiny arms with two strata each: days.
means <- function(x) {
  n <- length(x)
  rowSums(matrix(x[as.matrix(expand.grid(rep(list(seq_len(n)), n)))], ncol = n))
}
totals <- function(strata) Reduce(function(a, b) as.vector(outer(a, b, `+`)), lapply(strata, means))
tiny <- function(name, i, c) {
  ti <- totals(i)
  tc <- totals(c)
  n <- c(length(unlist(i)), length(unlist(c)))
  d <- as.vector(outer(ti * n[2], tc * n[1], `-`))   # in whole numbers
  estimate <- sum(unlist(i)) * n[2] - sum(unlist(c)) * n[1]
  all <- table(d)
  values <- as.numeric(names(all)) / prod(n)
  p <- as.vector(all) / length(d)
  add("enumerated", name, list(i = lapply(i, I), c = lapply(c, I)),
      list(values = I(values), cdf = I(cumsum(as.vector(all)) / length(d)),
           estimate = estimate / prod(n), std_error = sqrt(mean((d / prod(n) - mean(d / prod(n)))^2)),
           levels = lapply(c(0.8, 0.9, 0.95), function(level) list(
             level = level,
             percentile = c(smallest(values, p, (1 - level) / 2), smallest(values, p, (1 + level) / 2)),
             bca = bca(values, p, estimate / prod(n), 0.02, level)))))
}
tiny("days, two strata an arm", list(c(0, 0, 12, 30), c(3, 270)), list(c(1, 0, 7), c(0, 2, 9)))
tiny("days with a negative", list(c(-4, 10, 11, 0, 0)), list(c(5, 5, 6, 200)))
tiny("multiples of seven, unequal arms", list(c(0, 7, 21), c(14, 14)), list(c(7, 0, 0, 28)))

# A band: the quantile of the largest |t| over the replicates, by boot's rule for quantiles.
norm_quantile <- function(t, p) {
  t <- sort(t)
  r <- (length(t) + 1) * p
  k <- floor(r)
  at <- qnorm(c(p, k / (length(t) + 1), (k + 1) / (length(t) + 1)))
  t[k] + (t[k + 1] - t[k]) * (at[1] - at[2]) / (at[3] - at[2])
}
curve <- function(d, i) vapply(c(5, 20, 50, 100, 200), function(at) mean(d[i] > at), 0)
several <- boot(hours, curve, R = 799)
same(norm_quantile(several$t[, 2], 0.95),
     boot.ci(several, conf = 0.9, type = "perc", t = several$t[, 2], t0 = several$t0[2])$percent[5])
errors <- apply(several$t, 2, sd)
largest <- apply(abs(sweep(several$t, 2, several$t0)) %*% diag(1 / errors), 1, max)
given <- errors * c(1, 1.5, 0.5, 2, 1)
largest_given <- apply(abs(sweep(several$t, 2, several$t0)) %*% diag(1 / given), 1, max)
add("band", "survival of aircondit",
    list(t0 = several$t0, columns = lapply(1:5, function(k) several$t[, k]), given = given),
    list(std_errors = errors, levels = lapply(c(0.8, 0.9, 0.95), function(level) {
      z <- qnorm((1 + level) / 2)
      list(level = level, c = max(norm_quantile(largest, level), z),
           c_given = max(norm_quantile(largest_given, level), z))
    })))

# The acceleration by clusters of unequal size, in two strata: the skewness over six of all
# resamples of whole clusters, of a total, which is linear.
values <- list(list(c(1, 4), 2, c(0, 0, 9), 5), list(3, c(7, 1), c(2, 2)))
sums <- lapply(values, function(clusters) vapply(clusters, sum, 0))
total <- Reduce(function(a, b) as.vector(outer(a, b, `+`)), lapply(sums, means))
centred <- total - mean(total)
cluster <- rep(seq_len(7), lengths(unlist(values, recursive = FALSE)))
add("clusters", "all resamples of whole clusters",
    list(derivative = unlist(values), cluster = cluster, cell = ifelse(cluster <= 4, 1L, 2L)),
    list(acceleration = mean(centred^3) / mean(centred^2)^1.5 / 6))

write_reference("resample_units_r", "boot", 1e-10,
                "the same order statistics and interpolation, sums of probabilities in another order",
                absolute = 1e-12)
