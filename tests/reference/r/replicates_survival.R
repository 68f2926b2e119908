# Reference values of replicates: curves, restricted means, Cox and Fine-Gray of rows written out.
#
#   Rscript tests/reference/r/replicates_survival.R        (from the root of the repository)
#
# Case weights are drawn here, with replacement within arm and stratum; R never sees them, but
# rep(rows, w). cause is 1, 2 or 0 (censored); days are one later in crr, which misreads day 0.
source("tests/reference/r/reference.R")
source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(cmprsk) })
set.seed(20261122, kind = "Mersenne-Twister", sample.kind = "Rejection")
sets <- read_sets()
lu <- sets$lung
frames <- list(
  lung = with(lu, data.frame(day = time, cause = ifelse(status == 1, 1 + (age %% 3 == 0), 0), arm, stratum = ph_ecog %/% 2, x1 = age, x2 = ph_karno)),
  veteran = with(sets$veteran, data.frame(day = time, cause = status, arm, stratum = cell_type, x1 = karno, x2 = age)),
  colon = with(sets$colon, data.frame(day = time, cause, arm, stratum = as.integer(extent > 2), x1 = age, x2 = node4)),
  # Many ties of every kind, from day 0 on.
  tied = data.frame(day = (1:60 * 7) %% 13, cause = c(1, 1, 0, 2, 1, 0)[1 + (1:60 %/% 2) %% 6], arm = (1:60 %/% 3) %% 2, stratum = 1:60 %% 2, x1 = (1:60 * 5) %% 7, x2 = (1:60 * 11) %% 9))
draws <- c(lung = 3, veteran = 2, colon = 2, tied = 5)
drawn <- function(d) {
  w <- integer(nrow(d))
  for (rows in split(seq_len(nrow(d)), list(d$arm, d$stratum), drop = TRUE)) {
    w[rows] <- tabulate(sample.int(length(rows), length(rows), replace = TRUE), length(rows))
  }
  w
}
half <- function(t) t[t == round(t * 2) / 2] # times that both programs read as one double

curves <- function(d) {
  last <- max(d$day)
  times <- sort(unique(round(c(0, 0.11, 0.3, 0.5, 0.72, 0.9, 1) * last * 2) / 2))
  fit <- survfit(Surv(day, cause == 1) ~ 1, d, timefix = FALSE)
  at <- summary(fit, times = times, extend = FALSE)
  # R refuses a horizon before the first day with anyone.
  horizons <- times[times > min(d$day)]
  means <- t(vapply(horizons, function(tau) summary(fit, rmean = tau)$table[c("rmean", "se(rmean)")], numeric(2)))
  ci <- cuminc(d$day, d$cause)
  points <- timepoints(ci, times)
  row <- which(rownames(points$est) == "1 1")
  incidence <- if (length(row)) list(estimate = I(unname(points$est[row, ])), variance = I(unname(points$var[row, ])))
  # Everybody has left by one cause: cuminc rounds.
  list(times = I(times), horizons = I(horizons), survival = I(at$surv), survival_se = I(ifelse(at$surv > 0, at$std.err, NA)),
       mean = I(unname(means[, 1])), mean_se = I(unname(means[, 2])), incidence = incidence, median = unname(quantile(fit, 0.5)$quantile))
}
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50)
cox <- function(d, formula) {
  f <- coxph(formula, d, ties = "efron", control = tight)
  list(estimate = unname(coef(f)[["arm"]]), std_error = sqrt(vcov(f)["arm", "arm"]))
}
models <- list(arm = Surv(day, cause == 1) ~ arm, arm_strata = Surv(day, cause == 1) ~ arm + strata(stratum),
               covariates = Surv(day, cause == 1) ~ arm + x1 + x2, covariates_strata = Surv(day, cause == 1) ~ arm + x1 + x2 + strata(stratum))
fine_gray <- function(d) {
  best <- NULL
  for (gtol in c(1e-13, 1e-12, 1e-11)) for (init in c(0, 0.1, -0.1, 0.3, -0.3)) {
    if (!is.null(best)) next
    f <- crr(d$day + 1, d$cause, cbind(arm = d$arm), failcode = 1, cencode = 0, init = init, gtol = gtol, maxiter = 200)
    if (f$converged) best <- list(estimate = unname(f$coef), std_error = sqrt(f$var[1, 1]))
  }
  stopifnot(!is.null(best))
  best
}
for (name in names(frames)) {
  d <- frames[[name]]
  add("frame", name, lapply(d, I), list())
  for (k in seq_len(draws[[name]])) {
    w <- drawn(d)
    e <- d[rep(seq_len(nrow(d)), w), ]
    want <- list(control = curves(e[e$arm == 0, ]), intervention = curves(e[e$arm == 1, ]), cox = lapply(models, function(m) cox(e, m)), fine_gray = fine_gray(e))
    add("replicate", name, list(weights = I(w)), want)
  }
  # The influence of the arm's coefficient with all weights 1, within strata and with covariates.
  f <- coxph(models$covariates_strata, d, ties = "efron", control = tight)
  add("influence", name, list(), list(cox = I(unname(residuals(f, type = "dfbeta")[, 1]))))
}
write_reference("replicates_survival", c("survival", "cmprsk"), 1e-10, "Double precision; Cox and crr iterate to the end. crr stops at a change of 1e-13 of its likelihood, a score of about 1e-7 at the worst: its coefficients and errors are held to 1e-8. Numbers near 0 differ by rounding.", absolute = 1e-12)
