# Bootstrap intervals of a whole trial, from R's boot on the same people.
#
#   Rscript tests/reference/r/bootstrap.R      (from the repository's root)
#
# Reads tests/fixtures/rossi, derives outcomes by itself, resamples within arm x region and writes
# tests/reference/bootstrap.json: standard errors, percentile and basic limits with their Monte
# Carlo errors over batches, and BCa limits with the acceleration for several strata,
# a = sum n_s^-3 sum l^3 / (6 (sum n_s^-2 sum l^2)^1.5), put into boot's own interval.
suppressPackageStartupMessages({ library(boot); library(survival); library(jsonlite) })
MONTH <- 365.25 / 12; H <- floor(9 * MONTH); R <- 40000
p <- read.csv("tests/fixtures/rossi/participants.csv", na.strings = "")
e <- read.csv("tests/fixtures/rossi/employment.csv", na.strings = "")
day <- function(x) as.integer(as.Date(x) - as.Date("2018-02-01"))
t0 <- day(p$randomisation_date); cutoff <- day("2019-01-31")
F <- pmin(cutoff, day(p$exit_date), na.rm = TRUE) - t0
competing <- !is.na(p$exit_date) & day(p$exit_date) <= cutoff & p$exit_reason == "incarceration"
start <- day(e$start_date) - t0[match(e$participant_id, p$participant_id)]
keep <- e$contract == "employment_contract" & e$hours_per_week >= 1 & start >= 0 & start <= F[match(e$participant_id, p$participant_id)]
first <- tapply(start[keep], e$participant_id[keep], min)[p$participant_id]
job <- as.vector(first)
stopifnot(all(cutoff - t0 >= H), all(F >= H | competing | !is.na(job)))
observed <- F >= H | competing
d <- data.frame(z = as.integer(p$arm == "ips"), s = as.integer(factor(p$region)), y = ifelse(observed, as.numeric(!is.na(job) & job <= H), NA),
                time = ifelse(is.na(job), F, job), cause = ifelse(!is.na(job), 1, ifelse(competing, 2, 0)))
strata <- 2 * d$s + d$z
rate <- function(w, arm) { k <- d$z == arm & !is.na(d$y); sum(w[k] * d$y[k]) / sum(w[k]) }
# Aalen-Johansen at H with case weights, as a product over the days.
incidence <- function(w, arm) {
  k <- d$z == arm & w > 0; time <- d$time[k]; cause <- d$cause[k]; w <- w[k]; S <- 1; inc <- 0
  for (t in sort(unique(time[cause > 0 & time <= 9 * MONTH]))) { n <- sum(w[time >= t]); d1 <- sum(w[time == t & cause == 1]); d2 <- sum(w[time == t & cause == 2]); inc <- inc + S * d1 / n; S <- S * (1 - (d1 + d2) / n) }
  inc
}
check <- summary(survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = d[d$z == 1, ]), times = 9 * MONTH)$pstate[2]
stopifnot(abs(incidence(rep(1, nrow(d)), 1) - check) < 1e-12)
statistics <- list(
  rate_ips = function(w) rate(w, 1), rate_control = function(w) rate(w, 0), rate_difference = function(w) rate(w, 1) - rate(w, 0),
  incidence_difference = function(w) incidence(w, 1) - incidence(w, 0))
one <- rep(1, nrow(d))
draw <- function(i) { set.seed(77000 + i); w <- numeric(nrow(d)); for (g in unique(strata)) { m <- which(strata == g); w[m] <- tabulate(sample.int(length(m), replace = TRUE), length(m)) }; w }
n_inc <- 4000   # the incidence is slow in R
n_of <- c(rate_ips = R, rate_control = R, rate_difference = R, incidence_difference = n_inc)
t <- lapply(names(statistics), function(x) numeric(n_of[[x]])); names(t) <- names(statistics)
for (i in seq_len(R)) { w <- draw(i); for (x in names(statistics)) if (i <= n_of[[x]]) t[[x]][i] <- statistics[[x]](w) }
cases <- lapply(names(statistics), function(x) {
  f <- statistics[[x]]; t0 <- f(one); eps <- 1e-6
  # Influence within strata by numerical derivative, as boot's empinf(type = "inf").
  l <- sapply(seq_along(one), function(i) { w <- one; w[i] <- w[i] + eps; (f(w) - t0) / eps })
  n <- ave(one, strata, FUN = length); l <- (l - ave(l, strata)) * n
  a <- sum(l^3 / n^3) / (6 * sum(l^2 / n^2)^1.5)
  limits <- function(t) {
    z <- qnorm(c(0.025, 0.975)); w <- qnorm(mean(t < t0 - 1e-12)); adj <- pnorm(w + (w + z) / (1 - a * (w + z)))
    q <- function(p) boot:::norm.inter(t, p)[, 2]
    perc <- q(c(0.025, 0.975)); c(sd(t), perc, 2 * t0 - rev(perc), q(adj))
  }
  batch <- matrix(t[[x]], ncol = 20); each <- apply(batch, 2, limits)
  v <- limits(t[[x]]); se <- apply(each, 1, sd) / sqrt(ncol(batch))
  list(name = x, estimate = t0, acceleration = a, replicates = length(t[[x]]), values = v, monte_carlo_errors = se)
})
exact <- function(x) if (is.list(x)) lapply(x, exact) else if (is.character(x)) unbox(x) else if (length(x) == 1) unbox(sprintf("%.17g", x)) else sprintf("%.17g", x)
file <- list(generator = list(software = "R", versions = paste0("R ", getRversion(), ", boot ", packageVersion("boot"), ", survival ", packageVersion("survival")), script = "tests/reference/r/bootstrap.R"),
  tolerance = list(relative = 1e-9, absolute = 1e-12, why = "estimates agree to rounding; accelerations to the error of a numerical derivative, for which the test allows 1e-4; limits within Monte Carlo error, which the test takes from both sides"),
  cases = cases)
json <- lapply(file, exact); json$tolerance$relative <- unbox(1e-9); json$tolerance$absolute <- unbox(1e-12)
writeLines(toJSON(json, auto_unbox = FALSE, pretty = TRUE), "tests/reference/bootstrap.json")
