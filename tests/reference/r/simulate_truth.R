# The truth behind synthetic trials, summed day by day over R's exponential distribution.
#
#   Rscript tests/reference/r/simulate_truth.R > tests/reference/simulate_truth.json
#
# A first job would start on day floor(T1), a competing exit fall on floor(T2); a job on the day
# of the exit counts. Regions are mixed by their places.
library(jsonlite)

incidence <- function(job, competing, day) {
  starts <- diff(pexp(0:(day + 1), job))                        # P(floor(T1) = d)
  still_there <- pexp(0:day, competing, lower.tail = FALSE)     # P(floor(T2) >= d)
  sum(starts * still_there)
}
# Mean of min(floor(T1), tau) by its distribution, not by the area under a curve.
restricted_mean <- function(job, tau) {
  last <- floor(tau)
  before <- diff(pexp(0:(last + 1), job))
  sum(pmin(0:last, tau) * before) + tau * pexp(last + 1, job, lower.tail = FALSE)
}

designs <- list(
  list(name = "near the planned trial",
       region = c("a", "b", "c"), places = c(340, 200, 60),
       job_ips = c(0.00104, 0.00086, 0.00069), job_control = c(0.00066, 0.00056, 0.00045),
       competing_ips = rep(0.00005, 3), competing_control = rep(0.00005, 3)),
  list(name = "ties on a day are common",
       region = c("a", "b"), places = c(1, 2),
       job_ips = c(0.4, 0.2), job_control = c(0.1, 0.3),
       competing_ips = c(0.5, 0.1), competing_control = c(0.2, 0.7)),
  list(name = "no competing exits",
       region = "a", places = 10,
       job_ips = 0.003, job_control = 0.002, competing_ips = 0, competing_control = 0))

cases <- lapply(designs, function(d) {
  mixed <- function(values) sum(d$places * values) / sum(d$places)
  days <- c(0, 1, 30, 182, 365, 547, 913)
  rows <- lapply(days, function(day) {
    ips <- mapply(incidence, d$job_ips, d$competing_ips, day)
    control <- mapply(incidence, d$job_control, d$competing_control, day)
    list(day = day, ips_by_region = I(ips), control_by_region = I(control),
         ips = mixed(ips), control = mixed(control),
         difference = mixed(ips) - mixed(control), ratio = mixed(ips) / mixed(control))
  })
  taus <- c(5.25, 365.25 / 12 * c(6, 18, 30))
  means <- lapply(taus, function(tau) list(tau = tau,
    ips = mixed(sapply(d$job_ips, restricted_mean, tau)),
    control = mixed(sapply(d$job_control, restricted_mean, tau))))
  # I() keeps a list of one a list.
  for (column in setdiff(names(d), "name")) d[[column]] <- I(d[[column]])
  c(d, list(rows = rows, means = means))
})

out <- list(
  generator = list(software = "R", versions = paste("R", getRversion()),
                   script = "tests/reference/r/simulate_truth.R"),
  tolerance = list(relative = 1e-11, absolute = 0,
                   why = "R sums up to 914 differences of probabilities, each off by up to 1e-16 of 1, where one day's may be 4e-4; differences of arms lose a digit more"),
  cases = cases)
cat(toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE), "\n")
