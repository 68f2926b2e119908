# Published critical values of simultaneous bands, and km.ci's bands made of them.
#
#   Rscript tests/reference/r/survival_bands_r.R
#
# km.ci holds the tables C.3 (equal precision) and C.4 (Hall-Wellner) of Klein and Moeschberger
# (2003), printed with four decimals, and rounds a(from) and a(to) to the tables' steps of 0.02.
# - Hall-Wellner's are right to a few units of the last decimal, but for one: at 99%, 0.54 to 0.76
#   it prints 1.6194 between 1.51 and 1.53, where 1.5194 is meant; it is corrected below.
# - Equal precision's are no exact values: they are the roots of Miller and Siegmund's asymptotic
#   formula, as Nair (1984) gave it, to 1e-4 (checked below). It is off by up to 0.014 in wide
#   ranges, where the level stays within 0.4 points, and by 0.17 in narrow ones. The exact
#   probabilities are simulated below: paths of the process at 200 times, and between them the
#   known probability of crossing either boundary.
# So km.ci's bands have other critical values than the exact ones: of a band, what is compared is
# the shape. Its "log" bands (loghall, logep) are those on the log(-log) scale.
# Digits: tests/reference/python/bands.py.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(survival); library(km.ci) })
source("tests/reference/r/survival_sets_read.R")
sets <- read_sets()
package <- asNamespace("km.ci")
for (name in c("hall.90", "hall.95", "hall.99", "nair.90", "nair.95")) {
  values <- get(paste0("critical.value.", name), package)
  low <- as.numeric(sub("al", "", colnames(values))) / 100
  high <- 0.10 + 0.02 * (seq_len(nrow(values)) - 1)
  if (name == "hall.99") { at <- cbind(match(TRUE, abs(high - 0.76) < 1e-9), match(TRUE, abs(low - 0.54) < 1e-9)); stopifnot(values[at] == 1.6194); values[at] <- 1.5194 }
  at <- which(!is.na(values), arr.ind = TRUE); at <- at[seq(1, nrow(at), by = if (startsWith(name, "hall")) 3 else 10), ]
  level <- as.numeric(substr(name, 6, 7)) / 100; l <- low[at[, 2]]; h <- high[at[, 1]]; value <- values[at]
  if (startsWith(name, "nair")) {
    asymptotic <- mapply(function(l, h) uniroot(function(x) 4 * dnorm(x) / x + dnorm(x) * (x - 1 / x) * log(h * (1 - l) / (l * (1 - h))) - (1 - level), c(1.5, 5), tol = 1e-12)$root, l, h)
    stopifnot(abs(asymptotic - value) < 1e-4)
  }
  add(if (startsWith(name, "hall")) "hall_wellner" else "equal_precision", name, list(level = level, low = I(l), high = I(h)), list(value = I(value)))
}
set.seed(20180201)
simulate <- function(c, duration, n = 300000, steps = 200) {
  x <- rnorm(n); stays <- as.numeric(abs(x) <= c); d <- duration / steps
  for (i in seq_len(steps)) {
    y <- exp(-d) * x + sqrt(-expm1(-2 * d)) * rnorm(n)
    inside <- abs(y) <= c
    # Between two times a Brownian motion of variance 2 a unit of time, near enough.
    stays <- stays * inside * pmax(0, 1 - exp(-pmax(0, (c - x) * (c - y)) / d)) * pmax(0, 1 - exp(-pmax(0, (c + x) * (c + y)) / d))
    x <- y
  }
  mean(stays)
}
for (case in list(c(2.3553, 0.48, 0.52), c(2.4411, 0.36, 0.64), c(2.8, 0.1, 0.5), c(2.9, 0.04, 0.9), c(2, 0.2, 0.6))) {
  odds <- case[3] * (1 - case[2]) / (case[2] * (1 - case[3]))
  add("simulated", "process", list(c = case[1], duration = log(odds) / 2), list(value = simulate(case[1], log(odds) / 2)))
}
band <- function(name, days, event, method) {
  fit <- survfit(Surv(days, event) ~ 1)
  b <- km.ci(fit, method = method)
  # Points that km.ci does not clip.
  keep <- which(b$surv > 0 & b$surv < 1 & b$n.event > 0 & b$lower > 0 & b$upper < 1)
  add("band", name, list(method = unbox(method), days = I(days), events = I(event)), list(days = I(b$time[keep]), lower = I(b$lower[keep]), upper = I(b$upper[keep])))
}
for (method in c("hall-wellner", "loghall", "epband", "logep")) {
  band("lung", sets$lung$time, sets$lung$status, method)
  with(sets$veteran[sets$veteran$arm == 1, ], band("veteran, treated", time, status, method))
}
write_reference("survival_bands_r", c("survival", "km.ci"), 0, "tables printed with four decimals, the last of which is off by three in places; 300000 simulated paths have a standard error of 0.0005", 2e-3)
