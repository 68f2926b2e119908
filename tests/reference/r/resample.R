# Bootstrap intervals and accelerations; writes tests/reference/resample.json.
# Run from the top of the repository: Rscript tests/reference/r/resample.R
suppressPackageStartupMessages({
  library(boot)
  library(jsonlite)
})

levels <- c(0.8, 0.9, 0.95, 0.99, 0.999)

# One type of interval at a time, to see which one warns that it used an extreme order statistic.
limits <- function(b, t, t0, L, level, type, part) {
  extreme <- FALSE
  ci <- withCallingHandlers(
    boot.ci(b, conf = level, type = type, t0 = t0, t = t, L = L),
    warning = function(w) {
      if (grepl("extreme order statistics", conditionMessage(w))) extreme <<- TRUE
      invokeRestart("muffleWarning")
    })
  list(lower = ci[[part]][4], upper = ci[[part]][5], extreme = extreme)
}

intervals <- function(name, b, L, t = b$t[, 1], t0 = b$t0[[1]]) {
  finite <- t[is.finite(t)]
  list(
    kind = "intervals", name = name, t0 = t0, t = t, L = L,
    std_error = sd(finite), bias = mean(finite) - t0, failed = sum(!is.finite(t)),
    levels = lapply(levels, function(level) list(
      level = level,
      percent = limits(b, t, t0, L, level, "perc", "percent"),
      basic = limits(b, t, t0, L, level, "basic", "basic"),
      bca = limits(b, t, t0, L, level, "bca", "bca"))))
}

set.seed(20180201, kind = "Mersenne-Twister", normal.kind = "Inversion",
         sample.kind = "Rejection")

ratio <- boot(bigcity, function(d, w) sum(d$x * w) / sum(d$u * w), R = 999, stype = "w")
ratio_L <- (bigcity$x - ratio$t0 * bigcity$u) / mean(bigcity$u)

hours <- aircondit$hours
average <- boot(hours, function(d, i) mean(d[i]), R = 1000)
average_L <- hours - mean(hours)

correlation <- boot(bigcity, function(d, i) cor(d$u[i], d$x[i]), R = 1999)
correlation_L <- empinf(correlation, type = "reg")

# 64 participants, so that a proportion is exact in binary and ties are ties.
dead <- as.numeric(survival::lung$status[1:64] == 2)
proportion <- boot(dead, function(d, i) mean(d[i]), R = 1999)
proportion_L <- dead - mean(dead)

missing <- average$t[, 1]
missing[c(5, 300, 301, 999)] <- c(NA, NaN, NA, NaN)  # boot.ci itself stops at Inf and -Inf

# boot's own formula for the acceleration, and the one for strata that are resampled separately:
# the third cumulant over the variance to the power 3/2, over 6, of a sum of stratum means.
boot_acceleration <- function(l) sum(l^3) / (6 * sum(l^2)^1.5)
stratified_acceleration <- function(l, s) {
  third <- 0
  second <- 0
  for (h in unique(s)) {
    d <- l[s == h] - mean(l[s == h])
    third <- third + mean(d^3) / length(d)^2
    second <- second + mean(d^2) / length(d)
  }
  third / (6 * second^1.5)
}

acceleration <- function(name, l, s, ...) list(
  kind = "acceleration", name = name, L = l, stratum = s,
  stratified = stratified_acceleration(l, s), boot = boot_acceleration(l), ...)

gravity_series <- as.integer(as.character(gravity$series))
gravity_L <- gravity$g - ave(gravity$g, gravity_series)

# All resamples of two small strata: the statistic is linear, so the skewness of its bootstrap
# distribution, over 6, is the acceleration, by no formula at all.
first <- aircondit$hours[1:4]
second <- aircondit7$hours[1:5]
means <- function(x) {
  n <- length(x)
  rowMeans(matrix(x[as.matrix(expand.grid(rep(list(seq_len(n)), n)))], ncol = n))
}
all_differences <- as.vector(outer(means(first), means(second), `-`))
centred <- all_differences - mean(all_differences)
enumerated <- mean(centred^3) / mean(centred^2)^1.5 / 6

# A difference of means over two arms and two regions, resampled within arm and region.
use <- gravity$series %in% c(1, 2, 7, 8)
g <- gravity$g[use]
series <- as.integer(as.character(gravity$series[use]))
arm <- ifelse(series %in% c(7, 8), 1, 0)
difference <- function(d, i) mean(d[i][arm == 1]) - mean(d[i][arm == 0])
by_stratum <- boot(g, difference, R = 20000, strata = factor(series))
by_stratum_ci <- boot.ci(by_stratum, conf = 0.95, type = "perc")$percent[4:5]

cases <- list(
  intervals("ratio of bigcity, R = 999", ratio, ratio_L),
  intervals("mean of aircondit, R = 1000", average, average_L),
  intervals("correlation of bigcity, R = 1999", correlation, correlation_L),
  intervals("a proportion with ties, R = 1999", proportion, proportion_L),
  intervals("mean of aircondit with failed replicates", average, average_L, t = missing),
  acceleration("one stratum", ratio_L, rep(1L, length(ratio_L))),
  acceleration("eight series of unequal size", gravity_L, gravity_series),
  acceleration("all resamples of two strata", c(first - mean(first), -(second - mean(second))),
               rep(1:2, c(4, 5)), enumerated = enumerated),
  list(kind = "stratified", y = g, arm = arm, stratum = series, replicates = by_stratum$R,
       estimate = by_stratum$t0, lower = by_stratum_ci[1], upper = by_stratum_ci[2],
       std_error = sd(by_stratum$t[, 1])))

# jsonlite stops at 15 significant digits; 17 are needed to read the same double back.
exact <- function(x) {
  if (is.list(x)) return(lapply(x, exact))
  if (is.double(x)) return(ifelse(is.finite(x), sprintf("%.17g", x), as.character(x)))
  x
}

json <- toJSON(exact(list(
  generator = list(
    software = "R, package boot",
    versions = paste0(R.version.string, "; boot ", packageVersion("boot"), "; survival ",
                      packageVersion("survival")),
    script = "tests/reference/r/resample.R"),
  tolerance = list(
    relative = 1e-10, absolute = 1e-12,
    why = paste("the same order statistics and interpolation; an absolute part for limits and",
                "biases near zero. The stratified case has Monte Carlo error of its own.")),
  cases = cases)), auto_unbox = TRUE, na = "string")
writeLines(gsub('"(-?[0-9][0-9.]*(e[-+]?[0-9]+)?)"', "\\1", json), "tests/reference/resample.json")
