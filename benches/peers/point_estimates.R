# The point estimates, tests and analytic intervals of `ips-eval run`, with R's packages.
#
#   Rscript point_estimates.R DIRECTORY > estimates.csv
#
# DIRECTORY holds participants.csv, employment.csv and case.json, as compare.py writes them.
# It is here to be timed, and to show that both programs did the same work: the rows have the
# names of results.csv. No resampling; written to be fast where R can be.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
  library(estimatr)
  library(jsonlite)
})

directory <- commandArgs(TRUE)[1]
case <- fromJSON(file.path(directory, "case.json"))
month_days <- 365.25 / 12
z975 <- qnorm(0.975)
horizon <- case$horizon_months
arms <- c("control", "ips")

read <- function(name) {
  read.csv(file.path(directory, name), na.strings = "", colClasses = c(participant_id = "character"))
}

# Outcomes -----------------------------------------------------------------------------------

people <- read("participants.csv")
people$z <- as.integer(people$arm == case$arm_ips)
people$region <- factor(people$region, levels = case$regions)
entry <- as.integer(as.Date(people$randomisation_date))
cutoff <- as.integer(as.Date(case$data_cutoff))
exit <- as.integer(as.Date(people$exit_date))
people$last <- pmin(cutoff, exit, na.rm = TRUE) - entry
people$competing <- !is.na(exit) & exit <= cutoff & people$exit_reason %in% case$competing
due <- function(day) cutoff - entry >= day
observed <- function(day) due(day) & (people$last >= day | people$competing)

spells <- read("employment.csv")
spells <- spells[spells$contract %in% case$contracts &
                 spells$hours_per_week >= case$min_hours_per_week, ]
who <- match(spells$participant_id, people$participant_id)
start <- as.integer(as.Date(spells$start_date)) - entry[who]
end <- as.integer(as.Date(spells$end_date)) - entry[who]
end <- pmin(ifelse(is.na(end), people$last[who], end), people$last[who])
kept <- start <= people$last[who]
jobs <- data.frame(who, start, end)[kept, ]
jobs <- jobs[order(jobs$who, jobs$start, jobs$end), ]
# Spells that overlap or abut are one job. Shifting each person's days far apart lets one running
# maximum do for everyone.
shift <- jobs$who * 1e6
reach <- cummax(jobs$end + shift)
opens <- c(TRUE, jobs$start[-1] + shift[-1] > reach[-nrow(jobs)] + 1)
job <- cumsum(opens)
jobs <- data.frame(who = jobs$who[opens], start = jobs$start[opens],
                   end = as.integer(tapply(reach, job, max) - shift[opens]))
first <- rep(NA_integer_, nrow(people))
later <- jobs[jobs$start >= 0, ]
first[rev(later$who)] <- rev(later$start)
people$event <- as.integer(!is.na(first))
people$day <- ifelse(is.na(first), people$last, first)
people$cause <- ifelse(people$event == 1, 1L, ifelse(people$competing, 2L, 0L))

# Rows ---------------------------------------------------------------------------------------

rows <- list()
emit <- function(analysis, outcome, region, arm, month, method, ...) {
  set <- if (outcome == "first_job" || analysis == "flow") "itt" else "itt_observed"
  key <- paste(analysis, outcome, set, region, arm, month, method, sep = ",")
  values <- c(...)
  rows[[length(rows) + 1]] <<- paste0(key, ",", names(values), ",", sprintf("%.17g", values))
}
limits <- function(estimate, error, map = identity) {
  c(ci_lower = map(estimate - z975 * error), ci_upper = map(estimate + z975 * error))
}
two_sided <- function(z) 2 * pnorm(-abs(z))

# First job by the horizon -------------------------------------------------------------------

horizon_day <- floor(horizon * month_days)
people$y <- ifelse(observed(horizon_day), as.integer(!is.na(first) & first <= horizon_day), NA)
emit("flow", "ever_employed", "all", "all", horizon, "count",
     randomised = nrow(people), not_due = sum(!due(horizon_day)),
     lost = sum(due(horizon_day) & is.na(people$y)), analysed = sum(!is.na(people$y)))
seen <- people[!is.na(people$y), ]

rates <- function(d, region) {
  put <- function(arm, method, ...) {
    analysis <- if (method == "wilson") "arm_rate" else "effect"
    emit(analysis, "ever_employed", region, arm, horizon, method, ...)
  }
  contrast <- function(method, ...) put("ips-control", method, ...)
  cells <- table(factor(d$z, 0:1), factor(d$y, 0:1))
  x <- cells[, 2]
  n <- rowSums(cells)
  p <- x / n
  wilson <- sapply(1:2, function(a) prop.test(x[a], n[a], correct = FALSE)$conf.int)
  for (a in 1:2) {
    put(arms[a], "wilson", n = n[[a]], events = x[[a]], estimate = p[[a]],
        ci_lower = wilson[1, a], ci_upper = wilson[2, a])
  }
  rd <- p[[2]] - p[[1]]
  below <- sqrt((p[[2]] - wilson[1, 2])^2 + (wilson[2, 1] - p[[1]])^2)
  above <- sqrt((wilson[2, 2] - p[[2]])^2 + (p[[1]] - wilson[1, 1])^2)
  contrast("risk_difference_newcombe", estimate = rd, ci_lower = rd - below, ci_upper = rd + above)
  error <- sqrt(sum(p * (1 - p) / n))
  contrast("risk_difference_wald", estimate = rd, std_error = error, limits(rd, error))
  ratio <- log(p[[2]] / p[[1]])
  contrast("risk_ratio", estimate = exp(ratio), limits(ratio, sqrt(sum(1 / x - 1 / n)), exp))
  odds <- log(x[[2]] / (n[[2]] - x[[2]])) - log(x[[1]] / (n[[1]] - x[[1]]))
  contrast("odds_ratio", estimate = exp(odds), limits(odds, sqrt(sum(1 / cells)), exp))
  pearson <- suppressWarnings(chisq.test(cells, correct = FALSE))
  contrast("pearson_chi_squared", statistic = unname(pearson$statistic), df = 1,
           p_value = pearson$p.value)
  contrast("fisher_exact", p_value = fisher.test(cells)$p.value)
}
scopes <- c("all", case$regions)
within <- function(d, scope) if (scope == "all") d else d[d$region == scope, ]
for (scope in scopes) rates(within(seen, scope), scope)

# Mantel-Haenszel over the regions, Sato's variance.
n1 <- tapply(seen$z, seen$region, sum)
n0 <- tapply(1 - seen$z, seen$region, sum)
x1 <- tapply(seen$z * seen$y, seen$region, sum)
x0 <- tapply((1 - seen$z) * seen$y, seen$region, sum)
n <- n1 + n0
weight <- sum(n1 * n0 / n)
rd <- sum((x1 * n0 - x0 * n1) / n) / weight
p_term <- sum((n1^2 * x0 - n0^2 * x1 + n1 * n0 * (n0 - n1) / 2) / n^2)
q_term <- sum((x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n))
error <- sqrt((rd * p_term + q_term) / weight^2)
emit("effect", "ever_employed", "all", "ips-control", horizon, "risk_difference_mantel_haenszel",
     estimate = rd, std_error = error, limits(rd, error))

regression <- function(formula, d, outcome, month) {
  fit <- lm_robust(formula, data = d, se_type = "HC2")
  emit("effect", outcome, "all", "ips-control", month, "ols_strata_hc2",
       estimate = fit$coefficients[["z"]], std_error = fit$std.error[["z"]],
       ci_lower = fit$conf.low[["z"]], ci_upper = fit$conf.high[["z"]],
       p_value = fit$p.value[["z"]], df = fit$df[["z"]])
}
regression(y ~ z + region, seen, "ever_employed", horizon)
fit <- lm_robust(y ~ z * region, data = seen, se_type = "HC2")
terms <- grep("^z:", names(coef(fit)))
wald <- drop(coef(fit)[terms] %*% solve(vcov(fit)[terms, terms], coef(fit)[terms]))
emit("interaction", "ever_employed", "all", "ips-control", horizon, "wald_hc2", statistic = wald,
     df = length(terms), p_value = pchisq(wald, length(terms), lower.tail = FALSE))

# Time to first job --------------------------------------------------------------------------

times <- case$months * month_days
curves <- function(d, region) {
  put <- function(analysis, arm, month, method, ...) {
    emit(analysis, "first_job", region, arm, month, method, ...)
  }
  followed <- tapply(d$day, d$z, max)
  for (a in 1:2) {
    fit <- survfit(Surv(day, event) ~ 1, data = d[d$z == a - 1, ], conf.type = "log-log")
    known <- times <= followed[a]
    s <- summary(fit, times = times[known])
    for (i in seq_along(s$time)) {
      put("survival", arms[a], case$months[known][i], "kaplan_meier", estimate = s$surv[i],
          std_error = s$std.err[i], ci_lower = s$lower[i], ci_upper = s$upper[i],
          n_at_risk = s$n.risk[i])
    }
    half <- quantile(fit, 0.5)
    put("survival_median", arms[a], "", "kaplan_meier", estimate_days = unname(half$quantile),
        ci_lower = unname(half$lower), ci_upper = unname(half$upper))
  }
  for (month in case$rmst_months[case$rmst_months * month_days <= min(followed)]) {
    fit <- survfit(Surv(day, event) ~ z, data = d)
    mean <- summary(fit, rmean = month * month_days)$table[, c("rmean", "se(rmean)")]
    for (a in 1:2) {
      put("rmst", arms[a], month, "restricted_mean", estimate_days = mean[a, 1],
          std_error = mean[a, 2])
    }
    difference <- mean[2, 1] - mean[1, 1]
    error <- sqrt(sum(mean[, 2]^2))
    put("rmst", "ips-control", month, "restricted_mean", estimate_days = difference,
        std_error = error, limits(difference, error), p_value = two_sided(difference / error))
  }
  for (rho in 0:1) {
    test <- survdiff(Surv(day, event) ~ z, data = d, rho = rho)
    put("survival_test", "ips-control", "", c("log_rank", "peto_peto")[rho + 1],
        statistic = test$chisq, df = 1, p_value = test$pvalue)
  }
  fit <- cuminc(d$day, d$cause, d$z)[c("0 1", "1 1")]
  known <- times <= min(followed)
  at <- timepoints(fit, times[known])
  for (i in which(known)) {
    f <- at$est[, i]
    v <- at$var[, i]
    for (a in 1:2) {
      put("cumulative_incidence", arms[a], case$months[i], "aalen_johansen", estimate = f[[a]],
          std_error = sqrt(v[[a]]))
    }
    error <- sqrt(sum(v))
    difference <- f[[2]] - f[[1]]
    put("effect", "ips-control", case$months[i], "risk_difference_aalen_johansen",
        estimate = difference, std_error = error, limits(difference, error),
        p_value = two_sided(difference / error))
  }
}
for (scope in scopes) curves(within(people, scope), scope)
test <- survdiff(Surv(day, event) ~ z + strata(region), data = people)
emit("survival_test", "first_job", "all", "ips-control", "", "log_rank_stratified",
     statistic = test$chisq, df = 1, p_value = test$pvalue)

# Employment at each month and days worked ---------------------------------------------------

for (month in case$months) {
  day <- floor(month * month_days)
  people$employed <- as.integer(seq_len(nrow(people)) %in% jobs$who[jobs$start <= day & jobs$end >= day])
  d <- people[observed(day), ]
  for (a in 1:2) {
    y <- d$employed[d$z == a - 1]
    emit("arm_rate", "employed", "all", arms[a], month, "mean", n = length(y), events = sum(y),
         estimate = mean(y))
  }
  regression(employed ~ z + region, d, "employed", month)
}
covered <- pmax(pmin(jobs$end, horizon_day) - pmax(jobs$start, 0) + 1, 0)
worked <- tapply(covered, factor(jobs$who, seq_len(nrow(people))), sum)
people$worked <- ifelse(is.na(worked), 0, worked)
seen <- people[!is.na(people$y), ]
for (a in 1:2) {
  y <- seen$worked[seen$z == a - 1]
  emit("arm_mean", "days_employed", "all", arms[a], horizon, "mean", n = length(y),
       estimate = mean(y), std_dev = sd(y))
}
regression(worked ~ z + region, seen, "days_employed", horizon)

cat("analysis,outcome,analysis_set,region,arm,month,method,statistic,value", unlist(rows), sep = "\n")
