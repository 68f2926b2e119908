# Reference values of competing exits: Gray's test, Fine and Gray's regression, time lost by cause,
# simultaneous critical values; and of the concordance.
#
#   Rscript tests/reference/r/competing.R        (from the root of the repository)
#
# cause is 1, 2 or 0 (censored). A frame is a table by columns: numbers, or the name of a column of
# a set in survival_sets.json. Weights are frequencies: R sees everyone that often (`expand`).
source("tests/reference/r/reference.R")
source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(cmprsk); library(mvtnorm) })
sets <- read_sets()
frames <- list()
frame <- function(name, set = NULL, ...) {
  given <- list(...)
  frames[[name]] <<- as.data.frame(lapply(given, function(x) if (is.character(x)) sets[[set]][[x]] else x))
  text <- lapply(given, function(x) if (is.character(x)) unbox(x) else I(x))
  add("frame", name, if (is.null(set)) text else c(list(set = unbox(set)), text), list())
}
draw <- function(n) ((seq_len(n) * 7 + seq_len(n) %/% 5) %% 4) # weights 0 to 3 without a generator
lu <- sets$lung
frame("colon", "colon", day = "time", cause = "cause", arm = "arm", stratum = "extent", x1 = "age", x2 = "node4", weight = draw(nrow(sets$colon)))
frame("mgus2", "mgus2", day = "time", cause = "cause", arm = "arm", stratum = sets$mgus2$age %/% 5, x1 = "age", x2 = "hgb", weight = draw(nrow(sets$mgus2)))
frame("lung", "lung", day = "time", cause = ifelse(lu$status == 1, 1 + (lu$age %% 3 == 0), 0), arm = "arm", stratum = "institution", x1 = "age", x2 = "ph_ecog", weight = draw(nrow(lu)))
frame("veteran, one cause", "veteran", day = "time", cause = "status", arm = "arm", stratum = "cell_type", x1 = "karno", x2 = "age", weight = draw(nrow(sets$veteran)))
small <- function(name, day, cause, arm, stratum = rep(1:2, length.out = length(day)), x1 = (seq_along(day) * 5) %% 7, x2 = (seq_along(day) * 3) %% 5 - 1.5, weight = draw(length(day)))
  frame(name, NULL, day = day, cause = cause, arm = arm, stratum = stratum, x1 = x1, x2 = x2, weight = weight)
small("ties of every kind", c(3, 3, 3, 3, 3, 3, 5, 5, 5, 5, 7, 7, 7, 9, 9, 9, 9, 12, 12, 15), c(1, 2, 0, 1, 2, 0, 1, 1, 2, 0, 2, 1, 0, 1, 1, 0, 2, 1, 0, 0), rep(c(1, 1, 0, 0, 1), 4))
small("day 0", c(0, 0, 0, 0, 0, 1, 1, 2, 4, 4, 6, 8, 8, 10), c(1, 2, 0, 1, 2, 1, 2, 1, 0, 1, 2, 1, 1, 0), rep(0:1, 7))
small("an arm without events", c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), c(1, 2, 1, 2, 1, 0, 1, 2, 0, 2, 1, 0), rep(1:0, 6))
small("an arm without any exit", c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), c(1, 0, 2, 0, 1, 0, 1, 0, 0, 0), rep(1:0, 5))
small("a stratum without events", c(2, 4, 4, 6, 8, 8, 3, 5, 7, 9, 9, 11), c(1, 1, 2, 1, 0, 2, 0, 2, 0, 0, 2, 0), rep(0:1, 6), rep(1:2, each = 6))
small("a stratum with one arm", c(2, 4, 4, 6, 8, 8, 3, 5, 7, 9, 9, 11), c(1, 1, 2, 1, 0, 2, 1, 2, 0, 1, 2, 0), c(0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1), rep(1:2, each = 6))
small("last day censored", c(1, 1, 2, 3, 3, 5, 8, 8, 13, 13, 21, 21), c(1, 2, 2, 1, 0, 1, 2, 1, 1, 0, 0, 0), rep(c(1, 0, 0), 4))
small("last day all events", c(1, 1, 2, 3, 3, 5, 8, 8, 13, 13, 21, 21), c(1, 2, 2, 1, 0, 1, 2, 1, 1, 0, 1, 1), rep(c(1, 0, 0), 4))
small("one arm followed for less", c(1, 2, 3, 3, 4, 4, 2, 4, 6, 8, 10, 12, 12, 14), c(1, 2, 1, 2, 1, 2, 1, 2, 1, 0, 1, 2, 1, 0), rep(1:0, c(6, 8)))
small("few left on a day of two events", c(1:9, 20, 20, 3), c(rep(2, 9), 1, 1, 1), c(rep(0, 10), 1, 1))
small("no censoring", c(1, 2, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9), c(1, 2, 1, 1, 2, 2, 1, 2, 1, 1, 2, 1), rep(c(1, 0), 6))
small("no competing exits", c(1, 2, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9), c(1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1), rep(c(1, 0, 0, 1), 3))
small("all censored", c(3, 5, 5, 8), c(0, 0, 0, 0), c(1, 0, 1, 0))
small("eleven strata", rep(c(2, 5, 5, 7, 9, 9), 22)[1:66] + (1:66) %% 3, c(1, 2, 0, 1, 1, 2, 0)[1 + (1:66 * 4) %% 7], (1:66 %/% 2) %% 2, rep(1:11, 6))
expand <- function(d) d[rep(seq_len(nrow(d)), d$weight), ]
versions <- function(name) list(once = frames[[name]], weighted = expand(frames[[name]]))

# Gray's test. cuminc gives one row a cause: the row is taken by its name, never by its place.
for (name in names(frames)) for (w in c("once", "weighted")) {
  d <- versions(name)[[w]]
  for (cause in 1:2) for (rho in 0:1) for (stratified in 0:1) {
    tests <- if (length(unique(d$arm)) == 2 && any(d$cause == cause)) {
      if (stratified) cuminc(d$day, d$cause, d$arm, strata = d$stratum, rho = rho)$Tests else cuminc(d$day, d$cause, d$arm, rho = rho)$Tests
    }
    got <- if (!is.null(tests)) tests[as.character(cause), ]
    # The other way of coding the causes gives the same test.
    if (!is.null(got) && !stratified) same(got, cuminc(d$day, c(0, 2, 1)[d$cause + 1], d$arm, rho = rho)$Tests[as.character(3 - cause), ])
    # cuminc says -1 where the variance is 0.
    want <- if (!is.null(got) && is.finite(got[["stat"]]) && got[["stat"]] >= 0) list(statistic = got[["stat"]], p_value = got[["pv"]]) else list(statistic = unbox(NA))
    # Without competing exits the score is that of the log-rank test.
    if (rho == 0 && !any(d$cause == 3 - cause) && any(d$cause == cause)) {
      lr <- if (stratified) survdiff(Surv(day, cause > 0) ~ arm + strata(stratum), d) else survdiff(Surv(day, cause > 0) ~ arm, d)
      row <- if (is.matrix(lr$obs)) rowSums(lr$obs - lr$exp) else lr$obs - lr$exp
      want$log_rank_excess <- row[[2]]
      want$log_rank <- lr$chisq
    }
    add("gray", name, list(weights = unbox(w), cause = cause, rho = rho, stratified = stratified), want)
  }
}

# Fine and Gray. crr stops short from some starting points: it starts from coxph on finegray's
# table, and must say that it has converged.
start <- function(d, cause, covariates) {
  d$t <- d$day + 1
  d$ending <- factor(ifelse(d$cause == cause, 1, ifelse(d$cause == 0, 0, 2)), 0:2)
  if (!any(d$ending == 2)) return(coef(coxph(as.formula(paste("Surv(t, cause ==", cause, ") ~", paste(covariates, collapse = "+"))), d, ties = "breslow", control = coxph.control(eps = 1e-13, iter.max = 50))))
  long <- finegray(as.formula(paste("Surv(t, ending) ~", paste(c("arm", covariates), collapse = "+"))), d, etype = "1")
  coef(coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", paste(covariates, collapse = "+"))), long, weights = fgwt, ties = "breslow", control = coxph.control(eps = 1e-13, iter.max = 50)))
}
monotone <- function(name, cause) (name == "an arm without events" && cause == 2) || name == "an arm without any exit" || name == "few left on a day of two events"
# With cengroup crr's variance is not used: on untied data it is neither the paper's with each
# group's own q and pi nor any other reading of it that was tried, and further from the sum of
# squares of the numerical derivatives by weights; coefficients and likelihoods agree.
models <- list(arm = "arm", three = c("arm", "x1", "x2"))
for (name in names(frames)) for (w in c("once", "weighted")) {
  d <- versions(name)[[w]]
  for (cause in 1:2) for (model in names(models)) for (groups in c("pooled", "arm", "stratum")) {
    x <- as.matrix(d[, models[[model]], drop = FALSE])
    if (!any(d$cause == cause)) next
    by_arm <- tapply(d$cause == cause, d$arm, sum)
    if (length(by_arm) < 2 || any(by_arm == 0)) next
    # Few people and many covariates are a monotone likelihood more often than not.
    if (model == "three" && nrow(d) < 50) next
    # A group must have someone at risk of censoring up to the last day, or crr extrapolates.
    if (groups == "stratum" && !(name %in% c("colon", "veteran, one cause"))) next
    if (groups == "arm" && name != "colon") next
    init <- suppressWarnings(start(d, cause, models[[model]]))
    if (max(abs(init)) > 8) next
    # crr misreads the censoring distribution where someone's day is 0 (adding 1 to all days changes
    # its answer, then no more): it gets days from 1.
    arguments <- list(d$day + 1, d$cause, x, failcode = cause, cencode = 0, init = init, gtol = 1e-10, maxiter = 200)
    if (groups != "pooled") arguments$cengroup <- d[[groups]]
    f <- NULL
    # gtol is in units of the log likelihood: 1e-13 is a score of about 1e-10.
    for (gtol in c(1e-13, 1e-12)) for (from in list(init, init * 0.99, init + 0.001, init * 0, init + 0.1, init - 0.1, init + 0.03)) {
      arguments$init <- from
      arguments$gtol <- gtol
      if (is.null(f) || !f$converged) f <- do.call(crr, arguments)
    }
    if (!f$converged) { cat("not converged:", name, w, cause, model, groups, "\n"); next }
    want <- list(coefficients = I(unname(f$coef)), covariance = I(as.vector(f$var)), inverse_information = I(as.vector(f$inf |> (\(m) if (is.null(m)) NA else m)())), log_likelihood = f$loglik, log_likelihood_null = f$loglik.null)
    if (groups == "pooled" && !any(d$cause == 3 - cause)) same(f$coef, init, 1e-8)
    # finegray takes those with an event out of the risk set of censoring on that day, crr does not:
    # they are one where no day has both.
    if (groups == "pooled" && name == "colon" && w == "once") same(f$coef, init, 1e-4)
    add("fine_gray", name, list(weights = unbox(w), cause = cause, columns = models[[model]], groups = unbox(groups)), want)
  }
}

# Time lost: area under the curve of each state; standard error from the influence of each person
# on it, as survfit's own residuals have it.
for (name in names(frames)) for (w in c("once", "weighted")) for (arm in 0:1) {
  d <- versions(name)[[w]]
  d <- d[d$arm == arm, ]
  if (length(unique(d$cause[d$cause > 0])) < 2) next
  d$ending <- factor(d$cause, 0:2)
  d$id <- seq_len(nrow(d))
  d$t <- d$day + (min(d$day) == 0) # survfit starts at day 0 otherwise: day 1, and τ one later
  shift <- d$t[1] - d$day[1]
  fit <- survfit(Surv(t, ending) ~ 1, d, id = id)
  last <- max(d$day)
  tau <- sort(unique(c(min(d$day) + 0.5, stats::median(d$day), 0.8 * last + 0.25, last)))
  tau <- tau[tau <= last & tau > min(d$day)]
  if (length(tau) == 0) next
  table <- lapply(tau, function(u) unname(summary(fit, rmean = u + shift)$table[, "rmean"]))
  resid <- residuals(fit, times = tau + shift, type = "auc")
  if (length(tau) == 1) resid <- array(resid, c(nrow(d), 1, 3))
  errors <- function(state) sapply(seq_along(tau), function(k) sqrt(sum(resid[, k, state]^2)))
  want <- list(event = list(estimate = I(sapply(table, `[`, 2)), std_error = I(errors(2))), competing = list(estimate = I(sapply(table, `[`, 3)), std_error = I(errors(3))), free = I(sapply(table, `[`, 1) - shift))
  if (w == "once" && nrow(d) < 60) want$influence <- list(event = lapply(seq_along(tau), function(k) I(unname(resid[, k, 2]))), competing = lapply(seq_along(tau), function(k) I(unname(resid[, k, 3]))))
  add("time_lost", name, list(weights = unbox(w), arm = arm, tau = I(tau)), want)
}

# Concordance, of a score and of a Cox model's own linear predictor.
ranked <- function(d) round(d$x1 / 10 - d$x2 / 3, 1)
conc <- function(formula, d, w = NULL) { d$w <- if (is.null(w)) rep(1, nrow(d)) else w; concordance(formula, d, weights = w, reverse = TRUE, timefix = FALSE) }
counts <- function(f) { k <- if (is.matrix(f$count)) colSums(f$count) else f$count; list(estimate = unname(f$concordance), std_error = sqrt(f$var), concordant = k[["concordant"]], discordant = k[["discordant"]], tied_score = k[["tied.x"]], tied_day = k[["tied.y"]], tied_both = k[["tied.xy"]]) }
for (name in names(frames)) {
  d <- frames[[name]]
  d$score <- ranked(d)
  if (!any(d$cause == 1)) next
  sampling <- 0.5 + (seq_len(nrow(d)) %% 5) / 4
  for (stratified in 0:1) for (w in c("once", "weighted", "sampling")) {
    e <- if (w == "weighted") expand(d) else d
    f <- conc(if (stratified) Surv(day, cause == 1) ~ score + strata(stratum) else Surv(day, cause == 1) ~ score, e, if (w == "sampling") sampling)
    add("concordance", name, list(weights = unbox(w), stratified = stratified, score = I(d$score), sampling = I(sampling)), counts(f))
  }
}
for (name in c("colon", "lung", "veteran, one cause")) {
  d <- frames[[name]]
  for (stratified in 0:1) {
    fit <- coxph(if (stratified) Surv(day, cause == 1) ~ arm + x1 + x2 + strata(stratum) else Surv(day, cause == 1) ~ arm + x1 + x2, d)
    score <- round(fit$linear.predictors, 9) # people with the same covariates have one score
    want <- list(estimate = fit$concordance[["concordance"]], std_error = fit$concordance[["std"]], concordant = fit$concordance[["concordant"]], discordant = fit$concordance[["discordant"]], tied_score = fit$concordance[["tied.x"]], tied_day = fit$concordance[["tied.y"]], tied_both = fit$concordance[["tied.xy"]])
    add("concordance", name, list(weights = unbox("once"), stratified = stratified, score = I(score)), want)
  }
}
# Delayed entry: the intervals of the bladder cancer trial.
b <- sets$bladder
f <- concordance(Surv(start, stop, event) ~ score, data.frame(b, score = b$number - b$size / 2), reverse = TRUE)
add("concordance_entry", "bladder", list(score = I(b$number - b$size / 2), stratified = 0), counts(f))
f <- concordance(Surv(start, stop, event) ~ score + strata(enum), data.frame(b, score = b$number - b$size / 2), reverse = TRUE)
add("concordance_entry", "bladder", list(score = I(b$number - b$size / 2), stratified = 1), counts(f))

# Critical values, by quasi Monte Carlo to about 1e-4; that of independent estimates is exact.
algorithm <- GenzBretz(maxpts = 50000, abseps = 2e-5, releps = 0)
set.seed(1)
between <- function(name, level, r) {
  inside <- function(c) as.numeric(pmvnorm(rep(-c, nrow(r)), rep(c, nrow(r)), corr = r, algorithm = algorithm))
  # qmvnorm asks for pmvnorm hundreds of times; where there are many estimates the secant does.
  c <- if (nrow(r) < 7) qmvnorm(level, tail = "both.tails", corr = r, algorithm = algorithm)$quantile else uniroot(function(c) inside(c) - level, c(1.6, 3.5), tol = 1e-4)$root
  stopifnot(abs(inside(c) - level) < 4e-4)
  add("sup_t", name, list(level = level, correlation = I(as.vector(r)), n = nrow(r)), list(value = c))
}
ar <- function(n, a) a^abs(outer(seq_len(n), seq_len(n), "-"))
for (level in c(0.9, 0.95, 0.99)) between("autoregressive", level, ar(6, 0.8))
between("brownian", 0.95, { t <- 1:24; sqrt(outer(t, t, pmin) / outer(t, t, pmax)) })
between("exchangeable", 0.95, 0.5 * diag(10) + 0.5)
between("negative", 0.95, 1.2 * diag(4) - 0.2)
fit <- survfit(Surv(day, factor(cause, 0:2)) ~ 1, frames$colon[frames$colon$arm == 1, ], id = seq_along(day))
influence <- residuals(fit, times = seq(180, 2520, 180), type = "pstate")[, , 2]
add("correlation", "colon", list(arm = 1, days = I(seq(180, 2520, 180))), list(correlation = I(as.vector(cov2cor(crossprod(influence)))), std_error = I(sqrt(colSums(influence^2)))))
between("colon's incidence", 0.95, cov2cor(crossprod(influence)))

write_reference("competing", c("survival", "cmprsk", "mvtnorm"), 1e-8, "Double precision; crr stops at a score of 1e-10, Cox's estimates at its own. Critical values are not held to this: see the test.", absolute = 1e-9)
