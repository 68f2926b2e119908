# Reference values of the survival room: R's survival and cmprsk on public data sets and on small
# awkward cases.
#
#   Rscript tests/reference/r/survival.R > tests/reference/survival.json
#
# Endings are coded 0 censored, 1 event, 2 competing. Kaplan-Meier, quantiles, restricted means
# and log-rank tests count competing exits as censored.
suppressPackageStartupMessages({ library(survival); library(cmprsk); library(jsonlite) })
MONTH <- 365.25 / 12
LEVEL <- 0.95
Z <- qnorm(1 - (1 - LEVEL) / 2)

# Days before, on, between and at the end of the observed days, and two months.
times_of <- function(days) {
  d <- sort(unique(days)); last <- max(d)
  mid <- d[unique(ceiling(length(d) * c(0.1, 0.25, 0.5, 0.75, 0.9)))]
  t <- sort(unique(c(0, d[1] - 0.5, d[1], mid, mid + 0.5, MONTH * c(1, 12), last - 0.25, last)))
  t[t >= 0 & t <= last]
}

kaplan_meier <- function(days, ending, t) {
  f <- survfit(Surv(days, ending == 1) ~ 1, conf.type = "log-log", conf.int = LEVEL)
  s <- summary(f, times = t)
  p <- c(0.1, 0.25, 0.5 - c(1e-7, 2e-8, 1e-8, 0), 0.75, 0.9)
  # In small groups also the curve's own heights and its limits', where it is flat. Not where the
  # first day is without events and the curve ends at 0: there R closes a limit's last flat part.
  if (length(days) <= 12 && !(f$surv[1] == 1 && min(f$surv) == 0)) p <- c(p, 1 - f$surv, 1 - f$lower, 1 - f$upper)
  p <- unique(p[!is.na(p) & p > 0 & p < 1]); q <- quantile(f, p)
  list(survival = s$surv, std_error = s$std.err, lower = s$lower, upper = s$upper, n_at_risk = s$n.risk,
       curve = list(day = f$time, n_at_risk = f$n.risk, n_events = f$n.event, survival = f$surv,
                    std_error = f$surv * f$std.err, lower = f$lower, upper = f$upper),
       quantiles = list(p = p, estimate = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper)))
}

# R refuses a truncation before the first day; between that day and the last it answers.
restricted_mean <- function(days, ending) {
  f <- survfit(Surv(days, ending == 1) ~ 1)
  tau <- sort(unique(c(min(days), median(days), mean(range(days)) + 0.3, MONTH * 12, max(days))))
  tau <- tau[tau >= min(days) & tau <= max(days) & tau > 0]
  if (length(tau) == 0) return(NULL)
  x <- vapply(tau, function(at) summary(f, rmean = at)$table[c("rmean", "se(rmean)")], c(0, 0))
  list(tau = tau, estimate = x[1, ], std_error = x[2, ])
}

log_log <- function(p, se) {
  inside <- p > 0 & p < 1
  limit <- function(sign) ifelse(inside, p^exp(sign * Z * se / (p * log(p))), NA)
  list(lower = limit(-1), upper = limit(1)) # log(p) is negative
}

# cuminc refuses a group in which everyone is censored, and leaves out a cause that never occurs.
incidence <- function(days, ending, t) {
  if (all(ending == 0)) return(NULL)
  at <- timepoints(cuminc(days, ending), t)
  out <- lapply(1:2, function(cause) {
    row <- paste(1, cause)
    if (!row %in% rownames(at$est)) return(NULL)
    est <- unname(at$est[row, ]); se <- sqrt(unname(at$var[row, ])); k <- log_log(est, se)
    list(estimate = est, std_error = se, lower = k$lower, upper = k$upper)
  })
  setNames(out, c("event", "competing"))
}

# The multi-state survfit: its point estimates, the limits that it makes of its own standard
# errors, and each participant's influence.
multi_state <- function(days, ending, weights, t, with_influence) {
  f <- survfit(Surv(days, factor(ending, 0:2)) ~ 1, weights = weights, conf.type = "log-log", conf.int = LEVEL, influence = TRUE)
  # With influence, summary() warns of a mean time that is not asked for.
  s <- suppressWarnings(summary(f, times = t))
  out <- list(times = t, event = s$pstate[, 2], competing = s$pstate[, 3], std_error = s$std.err[, 2], lower = s$lower[, 2], upper = s$upper[, 2])
  if (with_influence) {
    # A few of the times: there is a number for every participant at each.
    out$influence_times <- t <- t[unique(c(seq(1, length(t), by = 4), length(t)))]
    # The first of R's influence columns is the start, before the first day.
    steps <- findInterval(t, f$time)
    u <- f$influence.pstate
    out$influence <- lapply(steps, function(k) unname(u[, k + 1, 2]))
  }
  out
}

arm_values <- function(days, ending, weights, with_influence) {
  if (length(days) == 0) return(NULL)
  w <- if (is.null(weights)) rep(1L, length(days)) else weights
  d <- rep(days, w); e <- rep(ending, w); t <- times_of(d)
  list(times = t, past = max(d) + c(0.25, 1, 100), kaplan_meier = kaplan_meier(d, e, t),
       restricted_mean = restricted_mean(d, e), incidence = incidence(d, e, t),
       multi_state = multi_state(days, ending, w, t, with_influence))
}

test_values <- function(days, ending, arm, stratum) {
  ask <- function(formula, rho) {
    s <- tryCatch(survdiff(formula, rho = rho), error = function(e) NULL)
    # A statistic of zero without variance is no statistic.
    if (is.null(s) || sum(abs(s$var)) == 0) return(NULL)
    list(statistic = unbox(s$chisq), p_value = unbox(pchisq(s$chisq, 1, lower.tail = FALSE)))
  }
  event <- ending == 1
  list(log_rank = ask(Surv(days, event) ~ arm, 0), peto_peto = ask(Surv(days, event) ~ arm, 1),
       log_rank_stratified = if (!is.null(stratum)) ask(Surv(days, event) ~ arm + strata(stratum), 0))
}

# Intervention less control at a time that both arms reach, of restricted means and of incidences.
difference_values <- function(intervention, control) {
  last <- min(max(intervention$d), max(control$d)); first <- max(min(intervention$d), min(control$d))
  t <- c(0.5, 0.9, 1) * last; t <- t[t >= first & t > 0]
  if (length(t) == 0) return(NULL)
  of <- function(est, se) {
    d <- est[1, ] - est[2, ]; s <- sqrt(se[1, ]^2 + se[2, ]^2)
    list(estimate = d, std_error = s, lower = d - Z * s, upper = d + Z * s, p_value = ifelse(s > 0, 2 * pnorm(-abs(d / s)), NA))
  }
  arms <- list(intervention, control)
  mean_of <- function(a, column) vapply(t, function(at) unname(summary(survfit(Surv(a$d, a$e == 1) ~ 1), rmean = at)$table[column]), 0)
  both <- function(f) do.call(rbind, lapply(arms, f))
  out <- list(times = t, restricted_mean = of(both(function(a) mean_of(a, "rmean")), both(function(a) mean_of(a, "se(rmean)"))))
  if (all(vapply(arms, function(a) any(a$e == 1), TRUE))) {
    of_cause <- function(a, part) unname(timepoints(cuminc(a$d, a$e), t)[[part]]["1 1", ])
    out$incidence <- of(both(function(a) of_cause(a, "est")), sqrt(both(function(a) of_cause(a, "var"))))
  }
  out
}

case <- function(name, days, ending, arm = rep(1L, length(days)), stratum = NULL, weights = NULL, influence = length(days) < 320) {
  days <- as.integer(days); ending <- as.integer(ending); arm <- as.integer(arm)
  stopifnot(!anyNA(days), !anyNA(ending), !anyNA(arm), all(ending %in% 0:2), all(arm %in% 0:1))
  of <- function(a) arm_values(days[arm == a], ending[arm == a], weights[arm == a], influence)
  w <- if (is.null(weights)) rep(1L, length(days)) else weights
  tests <- if (length(unique(arm)) == 2) test_values(rep(days, w), rep(ending, w), rep(arm, w), if (!is.null(stratum)) rep(stratum, w))
  expanded <- function(a) { k <- rep(which(arm == a), w[arm == a]); list(d = days[k], e = ending[k]) }
  differences <- if (length(unique(arm)) == 2) difference_values(expanded(1), expanded(0))
  list(name = name, days = I(days), endings = I(ending), arm = I(arm), stratum = if (!is.null(stratum)) I(as.integer(stratum)),
       weights = if (!is.null(weights)) I(as.integer(weights)), intervention = of(1), control = of(0), tests = tests, differences = differences)
}

complete <- function(d, columns) d[stats::complete.cases(d[, columns]), ]
lu <- complete(lung, c("time", "status", "sex", "ph.ecog"))
co <- colon[colon$etype == 2 & colon$rx != "Lev", ]
rec <- merge(colon[colon$etype == 1 & colon$rx != "Lev", ], co[, c("id", "time", "status")], by = "id", suffixes = c("", ".death"))
pb <- pbc[!is.na(pbc$trt), ]
mg <- mgus2; mg$months <- ifelse(mg$pstat == 1, mg$ptime, mg$futime); mg$cause <- ifelse(mg$pstat == 1, 1, 2 * mg$death)
ve <- veteran
set.seed(20180201)
drawn <- sample(0:3, nrow(ve), TRUE)

cases <- list(
  case("lung: sex, strata by performance", lu$time, lu$status - 1, lu$sex - 1, pmin(lu$ph.ecog, 2)),
  case("veteran: treatment, strata by cell type", ve$time, ve$status, ve$trt - 1, as.integer(ve$celltype)),
  case("veteran with drawn weights", ve$time, ve$status, ve$trt - 1, as.integer(ve$celltype), drawn),
  case("colon: death", co$time, co$status, co$rx == "Lev+5FU", co$node4),
  case("colon: recurrence with death before it competing", rec$time, ifelse(rec$status == 1, 1, ifelse(rec$status.death == 1 & rec$time.death <= rec$time, 2, 0)), rec$rx == "Lev+5FU", rec$extent),
  case("pbc: transplant with death competing", pb$time, pb$status, pb$trt - 1, pb$stage),
  case("mgus2: malignancy with death competing, many ties", mg$months, mg$cause, mg$sex == "M"),
  case("aml: maintained or not", aml$time, aml$status, aml$x == "Maintained"),
  case("ties of event, competing and censoring, day 0", c(0, 0, 1, 2, 3, 3, 3, 5, 7, 0, 2, 2, 3, 4, 6, 6), c(1, 2, 0, 1, 2, 1, 0, 0, 1, 0, 1, 0, 1, 2, 1, 0), rep(1:0, c(9, 7)), c(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2)),
  case("last observation an event in one arm, censored in the other", c(2, 4, 6, 8, 1, 3, 5, 9), c(1, 1, 1, 1, 1, 0, 1, 0), rep(1:0, each = 4)),
  case("plateau at one half in the middle and at the end", c(2, 4, 6, 8, 2, 4, 6, 8), c(1, 1, 1, 1, 1, 1, 0, 0), rep(1:0, each = 4)),
  case("plateau at one half up to a censoring, then events", c(2, 4, 5, 6, 8, 10, 10, 12, 1, 1, 3, 9), c(1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0), rep(1:0, c(8, 4))),
  case("an arm without events", c(5, 6, 7, 8, 2, 4, 6, 9), c(0, 0, 0, 0, 1, 0, 1, 0), rep(1:0, each = 4)),
  case("an arm with competing exits alone", c(5, 6, 7, 8, 2, 4, 6, 9), c(2, 2, 0, 2, 1, 2, 1, 0), rep(1:0, each = 4)),
  case("everyone censored", c(2, 4, 6, 8, 3, 3), c(0, 0, 0, 0, 0, 0), c(1, 1, 1, 1, 0, 0)),
  case("censored before the first event, limits undefined in between", c(2, 4, 6, 8, 1, 1, 5, 9), c(0, 1, 1, 1, 0, 0, 1, 0), rep(1:0, each = 4)),
  case("one participant an arm, event and censoring", c(3, 3), c(1, 0), 1:0),
  case("one participant an arm, events on one day", c(3, 3), c(1, 1), 1:0),
  case("one participant, competing, on day 0", c(0, 4), c(2, 1), 1:0),
  case("both arms alike, statistic zero", c(1, 2, 4, 5, 1, 2, 4, 5), c(1, 1, 0, 1, 1, 1, 0, 1), rep(1:0, each = 4)),
  case("all events on one day", c(5, 5, 5, 5, 5), c(1, 1, 2, 1, 1), c(1, 1, 1, 0, 0)),
  case("all at risk leave by both causes on the last day", c(3, 3, 4, 4, 3, 4), c(1, 1, 2, 1, 2, 2), c(1, 1, 1, 1, 0, 0)),
  case("weights with zeros, small", c(0, 1, 2, 2, 3, 5, 1, 2, 4, 4, 6), c(1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1), rep(1:0, c(6, 5)), c(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2), c(2, 1, 3, 0, 1, 2, 1, 4, 2, 0, 1)),
  case("one arm only", c(1, 2, 3, 4, 5), c(1, 0, 2, 1, 0))
)

out <- list(
  generator = list(software = "R packages survival and cmprsk",
                   versions = paste0("R ", getRversion(), ", survival ", packageVersion("survival"), ", cmprsk ", packageVersion("cmprsk")),
                   script = "tests/reference/r/survival.R"),
  tolerance = list(relative = unbox(1e-11), absolute = unbox(1e-14),
                   why = "double arithmetic in another order; a difference of areas of thousands of days loses three digits; the absolute part is for values that are zero but for rounding in R"),
  level = unbox(LEVEL), cases = cases)
# jsonlite writes 15 digits at most: doubles go in as marked text of 17, and the marks come out.
exact <- function(x) {
  if (is.list(x)) return(lapply(x, exact))
  if (!is.double(x)) return(x)
  text <- ifelse(is.na(x), "NA", paste0("#", sprintf("%.17g", x)))
  if (inherits(x, "scalar")) unbox(text) else I(text)
}
json <- toJSON(exact(out), auto_unbox = TRUE, na = "string", null = "null")
cat(gsub('"#([^"]*)"', "\\1", json), "\n", sep = "")
