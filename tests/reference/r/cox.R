# Cox regression: R's survival for fits, robust variances, influence and the test of proportional
# hazards; a numerical maximum of the penalised likelihood for Firth's penalty (coxphf is not in
# Debian: log-likelihood and information are read off coxph at fixed coefficients).
#
#   Rscript tests/reference/r/cox.R
#
# Frequency weights: R is given the participants written out. Its own `weights` are what this
# program calls sampling weights. cox.zph leaves weights out of its transforms, so it too sees the
# participants written out only. Residuals do not exist in R for exact ties; its cox.zph on an exact
# fit is not compared: the witness for it is the score test of a time-dependent covariate in the
# exact likelihood of the participants split at each event.
source("tests/reference/r/reference.R"); source("tests/reference/r/survival_sets_read.R")
suppressPackageStartupMessages({ library(survival); library(numDeriv) })
sets <- read_sets()
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
matrix_rows <- function(m) lapply(seq_len(nrow(m)), function(i) I(as.vector(m[i, ])))

# One regression in R: `d` has day, event, x1.., maybe entry, stratum, cluster.
formula_of <- function(d, p) as.formula(paste(
  if (is.null(d$entry)) "Surv(day, event) ~" else "Surv(entry, day, event) ~",
  paste0("x", seq_len(p), collapse = " + "), if (!is.null(d$stratum)) "+ strata(stratum)"))
fit_r <- function(d, p, ties, ...) {
  f <- formula_of(d, p); environment(f) <- environment()
  coxph(f, d, ties = ties, control = control, x = TRUE, model = TRUE, ...)
}
zph_of <- function(fit) sapply(c("km", "rank", "identity"), simplify = FALSE, function(transform) {
  z <- cox.zph(fit, transform, terms = FALSE)
  # Where a covariate is constant within a stratum cox.zph has NA, and scales by the other events
  # only; the formula of Grambsch and Therneau, all events, is the witness there.
  y <- as.matrix(z$y)
  if (anyNA(y)) { r <- as.matrix(residuals(fit, "schoenfeld")); y <- sweep(nrow(r) * r %*% vcov(fit), 2, coef(fit), "+")
    y <- y[order(as.numeric(rownames(r)), y[, 1]), , drop = FALSE] } else y <- y[order(z$time, y[, 1]), , drop = FALSE]
  o <- order(z$time)
  list(statistic = I(as.vector(z$table[, 1])), p_value = I(as.vector(z$table[, 3])),
       days = I(as.vector(z$time)[o]), scale = I(as.vector(z$x)[o]), values = matrix_rows(y))
})
summary_of <- function(fit) list(coefficients = I(as.vector(coef(fit))), covariance = I(as.vector(fit$var)), model_covariance = I(as.vector(if (is.null(fit$naive.var)) fit$var else fit$naive.var)),
  log_likelihood = I(fit$loglik), score = fit$score, robust_score = if (!is.null(fit$rscore)) fit$rscore, wald = as.vector(fit$wald.test), n_events = fit$nevent)

# All fits of one data set under one kind of weights.
one_case <- function(name, d, ties = c("efron", "breslow"), frequency = NULL, sampling = NULL, zph = TRUE) {
  p <- sum(grepl("^x[0-9]", names(d)))
  copies <- if (is.null(frequency)) seq_len(nrow(d)) else rep(seq_len(nrow(d)), frequency)
  e <- d[copies, ]
  first <- !duplicated(copies)
  fits <- sapply(ties, simplify = FALSE, function(method) {
    if (!is.null(sampling)) e$w <- sampling
    fit <- if (is.null(sampling)) fit_r(e, p, method) else fit_r(e, p, method, weights = e$w, cluster = seq_len(nrow(e)))
    out <- summary_of(fit)
    if (method != "exact") {
      residuals_of <- function(type) as.matrix(residuals(fit, type, weighted = FALSE))
      out$influence <- matrix_rows(residuals_of("dfbeta")[first, , drop = FALSE])
      out$score_residuals <- matrix_rows(residuals_of("score")[first, , drop = FALSE])
      dfbeta <- residuals_of("dfbeta") * (if (is.null(sampling)) 1 else sampling)
      out$robust <- I(as.vector(crossprod(dfbeta)))
      if (!is.null(d$cluster)) {
        clustered <- if (is.null(sampling)) fit_r(e, p, method, cluster = e$cluster) else fit_r(e, p, method, weights = e$w, cluster = e$cluster)
        out$clustered <- I(as.vector(clustered$var))
      }
      if (zph && is.null(sampling)) out$zph <- zph_of(fit)
    }
    out
  })
  input <- list(days = I(d$day), events = I(as.numeric(d$event)), columns = lapply(seq_len(p), function(k) I(d[[paste0("x", k)]])))
  if (!is.null(d$entry)) input$entries <- I(d$entry)
  if (!is.null(d$stratum)) input$strata <- I(d$stratum)
  if (!is.null(d$cluster)) input$clusters <- I(d$cluster)
  if (!is.null(frequency)) input$frequency <- I(frequency)
  if (!is.null(sampling)) input$sampling <- I(sampling)
  input$with_rows <- I(unique(copies) - 1)
  add("fit", name, input, fits)
  message(format(Sys.time(), "%X "), name)
}
frame <- function(s, day, event, columns, ...) {
  d <- data.frame(day = s[[day]], event = event, lapply(setNames(columns, paste0("x", seq_along(columns))), function(k) s[[k]]))
  extra <- list(...)
  for (k in names(extra)) d[[k]] <- extra[[k]]
  d
}
set.seed(20261122)
freq <- function(n) sample(0:3, n, TRUE)
samp <- function(n) round(runif(n, 0.3, 4), 3)

lu <- frame(sets$lung, "time", sets$lung$status, c("arm", "age", "ph_ecog"))
lc <- transform(lu, cluster = sets$lung$institution); ls <- transform(lu, stratum = sets$lung$institution)
all_ties <- c("efron", "breslow", "exact")
one_case("lung", lc, all_ties)
one_case("lung by institution", ls, all_ties)
one_case("lung, frequency weights", lc, all_ties, frequency = freq(nrow(lu)))
one_case("lung by institution, frequency weights", ls, all_ties, frequency = freq(nrow(lu)))
one_case("lung, sampling weights", lc, sampling = samp(nrow(lu)))
one_case("lung by institution, sampling weights", ls, sampling = samp(nrow(lu)))
months <- transform(lu, day = ceiling(day / 60))
one_case("lung in two months", months)
one_case("lung in two months, frequency weights", months, frequency = freq(nrow(lu)))
one_case("lung in two months, sampling weights", months, sampling = samp(nrow(lu)))
one_case("lung in months, 60 people, exact", transform(lu, day = ceiling(day / 60))[1:60, ], "exact")
late <- transform(lu, entry = floor(day * ((seq_along(day) * 37) %% 80) / 100))
one_case("lung, delayed entry", late)
one_case("lung, delayed entry, exact", late[1:80, ], "exact")
one_case("lung, delayed entry, frequency weights", late, frequency = freq(nrow(lu)))
one_case("lung, delayed entry, by institution, sampling weights", transform(late, stratum = ls$stratum), sampling = samp(nrow(lu)))

ve <- frame(sets$veteran, "time", sets$veteran$status, c("arm", "karno", "diag_time", "age", "prior"), stratum = sets$veteran$cell_type)
one_case("veteran by cell type", ve, all_ties)
one_case("veteran", ve[, names(ve) != "stratum"], all_ties)
one_case("veteran, arm alone", ve[, c("day", "event", "x1")], all_ties)
co <- frame(sets$colon, "time", as.numeric(sets$colon$cause == 1), c("arm", "obstruct", "extent", "node4"))
one_case("colon, recurrence", co)
one_case("colon, recurrence, sampling weights", co, sampling = samp(nrow(co)))
bl <- frame(sets$bladder, "stop", sets$bladder$event, c("arm", "number", "size"), entry = sets$bladder$start, cluster = sets$bladder$id)
bl <- bl[bl$entry < bl$day, ]
one_case("bladder, Andersen and Gill", bl)
one_case("bladder by number of recurrence", transform(bl, stratum = sets$bladder$enum[sets$bladder$start < sets$bladder$stop]))
# Events on day 0, ties across event and censoring, a stratum without events.
tiny <- data.frame(day = c(0, 0, 0, 1, 1, 2, 2, 2, 3, 5, 5, 6), event = c(1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1), x1 = c(1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1))
one_case("day 0", tiny, all_ties)
one_case("day 0, a stratum without events", transform(rbind(tiny, data.frame(day = c(1, 4), event = 0, x1 = c(0, 1))), stratum = c(rep(1, 12), 9, 9)), all_ties)

# The test of proportional hazards with exact ties: θ in β + θ g(t), by splitting at each event.
local({
  d <- months[1:36, c("day", "event", "x1", "x3")]; names(d)[4] <- "x2"
  fit <- fit_r(d, 2, "exact")
  times <- sort(unique(d$day[d$event == 1]))
  long <- survSplit(Surv(day, event) ~ ., d, cut = times, start = "entry", end = "day", event = "event")
  long$g1 <- long$x1 * long$day; long$g2 <- long$x2 * long$day
  score <- function(extra) { f <- as.formula(paste("Surv(entry, day, event) ~ x1 + x2 +", extra)); n <- 2 + length(strsplit(extra, "\\+")[[1]])
    coxph(f, long, ties = "exact", init = c(coef(fit), rep(0, n - 2)), control = coxph.control(iter.max = 0))$score }
  # At zero iterations `score` is the test of the initial values, of which the first two are at the maximum.
  tests <- suppressWarnings(c(score("g1"), score("g2"), score("g1 + g2")))
  add("zph_exact", "lung in months, 36 people", list(days = I(d$day), events = I(d$event), columns = list(I(d$x1), I(d$x2))), list(statistic = I(tests)))
})

# Firth's penalty.
penalised <- function(d, p, ties) function(b) {
  f <- formula_of(d, p); environment(f) <- environment()
  fit <- tryCatch(suppressWarnings(coxph(f, d, ties = ties, init = b, control = coxph.control(iter.max = 0))), error = function(e) NULL)
  if (is.null(fit)) return(-1e6)
  fit$loglik[length(fit$loglik)] - 0.5 * log(det(fit$var))
}
maximise <- function(l, b) { # Newton with Richardson's derivatives
  b <- optim(b, function(b) -l(b), method = if (length(b) > 1) "Nelder-Mead" else "BFGS", control = list(reltol = 1e-12, parscale = rep(0.05, length(b))))$par
  for (i in 1:4) b <- b - solve(hessian(l, b), grad(l, b))
  as.vector(b)
}
firth_case <- function(name, d, ties = c("efron", "breslow"), frequency = NULL) {
  p <- sum(grepl("^x[0-9]", names(d)))
  e <- if (is.null(frequency)) d else d[rep(seq_len(nrow(d)), frequency), ]
  want <- sapply(ties, simplify = FALSE, function(method) {
    l <- penalised(e, p, method)
    b <- maximise(l, rep(0, p)); top <- l(b)
    profile <- function(v) if (p == 1) l(v) else optimize(function(r) l(c(v, r)), b[2] + c(-5, 5) / scale2, maximum = TRUE, tol = 1e-9)$objective
    scale2 <- if (p > 1) sd(e$x2) else 1
    q <- qchisq(0.95, 1)
    loss <- function(v) 2 * (top - profile(v)) - q
    se <- sqrt(-solve(hessian(l, b))[1, 1])
    end <- function(side) { far <- b[1] + side * se; while (loss(far) < 0) far <- far + side * se
      uniroot(loss, sort(c(b[1], far)), tol = 1e-11)$root }
    list(coefficients = I(b), log_likelihood = I(c(l(rep(0, p)), top)), lower = end(-1), upper = end(1), profile_test = 2 * (top - profile(0)))
  })
  input <- list(days = I(d$day), events = I(as.numeric(d$event)), columns = lapply(seq_len(p), function(k) I(d[[paste0("x", k)]])))
  if (!is.null(d$stratum)) input$strata <- I(d$stratum)
  if (!is.null(frequency)) input$frequency <- I(frequency)
  add("firth", name, input, want)
  message(format(Sys.time(), "%X "), name)
}
no_events <- transform(tiny, event = event * (1 - x1))
firth_case("an arm without events", no_events)
firth_case("an arm without events, weights", no_events, frequency = c(2, 1, 3, 0, 1, 2, 1, 1, 2, 1, 0, 3))
firth_case("lung, two covariates", transform(lu[1:80, c("day", "event", "x1", "x2")], day = ceiling(day / 30), x2 = x2 / 10))
separated <- transform(ve[1:70, c("day", "event", "x1", "x2", "stratum")], event = event * (1 - x1), x2 = x2 / 10)
firth_case("veteran by cell type, an arm without events", separated)

write_reference("cox", c("survival", "numDeriv"), 1e-8, "Newton's method in both, to a change of log-likelihood of 1e-14; sums in another order", absolute = 1e-9)
