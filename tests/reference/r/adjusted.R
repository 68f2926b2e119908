# Writes adjusted.json: effects adjusted for strata and covariates.
#
#   Rscript tests/reference/r/adjusted.R     (from the root of the repository)
#
# estimatr for HC0 to HC3, CR2 and lm_lin; sandwich and clubSandwich must say the same, or the script
# stops. The standardised logit is glm with the published formulas; where RobinCar2 is installed it
# must agree with them, or the script stops.
suppressPackageStartupMessages({ library(estimatr); library(sandwich); library(clubSandwich) })
options(warn = 1)
has_robincar <- requireNamespace("RobinCar2", quietly = TRUE)
cat("RobinCar2 is", if (has_robincar) "a witness too" else "not installed", "\n")

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), sprintf('"%s"', x))
list_json <- function(x) paste0("[", paste(x, collapse = ", "), "]")
fields <- function(x) paste0("{", paste0('"', names(x), '": ', number(unlist(x)), collapse = ", "), "}")
same <- function(a, b, tolerance) stopifnot(isTRUE(all.equal(unname(a), unname(b), tolerance = tolerance)))
cases <- character()

# --- linear -----------------------------------------------------------------------------------
row <- function(fit, z = qnorm(0.975)) {
  f <- summary(fit)$coefficients["z", ]
  list(estimate = f[[1]], std_error = f[[2]], p_value = f[[4]], lower = f[[5]], upper = f[[6]], df = f[[7]])
}
linear <- function(d, rhs, weights, clusters, lin) {
  want <- list()
  f <- as.formula(paste("y ~", paste(c("z", rhs), collapse = " + ")))
  # `w` is a column of d: estimatr looks its weights up there.
  lm_robust_w <- function(...) if (weights) lm_robust(f, d, weights = w, ...) else lm_robust(f, d, ...)
  plain <- if (weights) lm(f, d, weights = w) else lm(f, d)
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    want[[paste0("ols_", tolower(type))]] <- row(lm_robust_w(se_type = type))
    if (all(hatvalues(plain) < 1 - 1e-9))
      same(want[[paste0("ols_", tolower(type))]]$std_error, sqrt(vcovHC(plain, type)["z", "z"]), 1e-9)
  }
  if (!is.null(clusters)) {
    d$g <- clusters
    want$cr2 <- row(if (weights) lm_robust(f, d, weights = w, clusters = g, se_type = "CR2") else lm_robust(f, d, clusters = g, se_type = "CR2"))
    club <- coef_test(plain, vcovCR(plain, d$g, "CR2"), test = "Satterthwaite")["z", ]
    same(c(want$cr2$std_error, want$cr2$df), c(club$SE, club$df), 1e-8)
  }
  if (lin && length(rhs)) {
    g <- as.formula(paste("~", paste(rhs, collapse = " + ")))
    for (type in c("HC0", "HC1", "HC2", "HC3"))
      want[[paste0("lin_", tolower(type))]] <- row(if (weights) lm_lin(y ~ z, g, d, weights = w, se_type = type) else lm_lin(y ~ z, g, d, se_type = type))
  }
  want
}

# --- standardised logit -----------------------------------------------------------------------
contrasts <- function(r, v) {
  z <- qnorm(0.975); put <- list(risk_intervention = r[1], risk_control = r[2], se_intervention = sqrt(v[1, 1]), se_control = sqrt(v[2, 2]))
  add <- function(name, est, grad, back) {
    s <- sqrt(drop(grad %*% v %*% grad))
    put[paste0(name, c("_estimate", "_std_error", "_lower", "_upper"))] <<- list(back(est), s, back(est - z * s), back(est + z * s))
  }
  add("difference", r[1] - r[2], c(1, -1), identity)
  add("risk_ratio", log(r[1] / r[2]), c(1 / r[1], -1 / r[2]), exp)
  o <- r / (1 - r); g <- 1 / (r * (1 - r)); add("odds_ratio", log(o[1] / o[2]), c(g[1], -g[2]), exp)
  put
}
logit <- function(d, rhs, weights) {
  f <- as.formula(paste("y ~", paste(c("z", rhs), collapse = " + ")))
  d$w <- if (weights) d$w / mean(d$w) else 1
  fit <- suppressWarnings(glm(f, binomial, d, weights = w, control = glm.control(epsilon = 1e-15, maxit = 100)))
  mu <- sapply(1:0, function(arm) { at <- d; at$z <- arm; predict(fit, at, type = "response") })
  n <- nrow(d); a <- cbind(d$z, 1 - d$z); s <- factor(d$s)
  pi <- colSums(a * d$w) / n
  overall <- sapply(1:2, function(k) a[, k] * (d$y - mu[, k]) / pi[k] + mu[, k])
  r <- colSums(d$w * mu) / n
  psi <- d$w * sweep(overall, 2, r)
  same(mean(d$w * overall[, 1]), r[1], 1e-9)   # the AIPW mean and the plug-in are one
  want <- list(logit_overall = contrasts(r, crossprod(psi) / n^2))
  ns <- matrix(sapply(1:2, function(k) tapply(a[, k] * d$w, s, sum)), ncol = 2); pis <- ns / rowSums(ns)
  both <- all(ns > 0)
  if (both) {
    term <- sapply(1:2, function(k) a[, k] * (d$y - mu[, k]) / pis[s, k] + mu[, k])
    rs <- colSums(d$w * term) / n
    want$logit_by_stratum <- contrasts(rs, crossprod(d$w * sweep(term, 2, rs)) / n^2)
  }
  if (weights) return(want)
  # Ye, Bannick, Yi, Shao (2023), Statistical Theory and Related Fields 7:159-163, eq. (2)-(4); the
  # reduction of Ye, Shao, Yi, Zhao (2023), JASA 118:2370-2382: E[R(Z) {diag(pi) - pi pi'} R(Z)].
  arm <- lapply(1:2, function(k) a[, k] == 1)
  v <- matrix(0, 2, 2)
  for (k in 1:2) for (l in 1:2) v[k, l] <- cov(d$y[arm[[k]]], mu[arm[[k]], l]) + cov(d$y[arm[[l]]], mu[arm[[l]], k]) - cov(mu[, k], mu[, l])
  for (k in 1:2) v[k, k] <- v[k, k] + var((d$y - mu[, k])[arm[[k]]]) / pi[k]
  omega <- diag(pi) - tcrossprod(pi); reduction <- matrix(0, 2, 2)
  for (h in levels(s)) {
    e <- sapply(1:2, function(k) mean((d$y - mu[, k])[arm[[k]] & s == h]) / pi[k])
    if (all(is.finite(e))) reduction <- reduction + mean(s == h) * diag(e) %*% omega %*% diag(e)
  }
  want$ye_overall <- contrasts(r, (v - reduction) / n)
  if (has_robincar && both) {
    x <- structure(list(residual = d$y - ifelse(d$z == 1, mu[, 1], mu[, 2]), estimate = r, predictions = mu, response = d$y,
      treatment = factor(d$z, c(1, 0)), group_idx = split(seq_len(n), s), schema = "pb"), class = "prediction_cf")
    robin <- RobinCar2::vcovG(x, decompose = FALSE)
    # With one stratum it takes no reduction, which is 0 here but for rounding.
    same(c(robin), c((v - reduction) / n), 1e-10)
  }
  if (both) {
    e <- sapply(1:2, function(k) tapply(ifelse(arm[[k]], d$y - mu[, k], NA), s, mean, na.rm = TRUE)); e <- matrix(e, ncol = 2)
    tilde <- sapply(1:2, function(k) a[, k] * (d$y - mu[, k] - e[s, k]) / pis[s, k] + mu[, k] + e[s, k])
    same(colMeans(tilde), rs, 1e-9)
    want$ye_by_stratum <- contrasts(rs, crossprod(sweep(tilde, 2, rs)) / n^2)
  }
  want
}

# `given` are the covariates the program gets, `use` the terms that R is given: they differ where the
# program leaves something out, which `omissions` says as (covariate, level or -1, reason), and
# `merged` as (stratum, reason). Reasons differ by model, so each case says for which methods it is.
put <- function(name, y, z, s, given, use = names(given), binary = all(y %in% 0:1), weights = NULL, clusters = NULL,
                lin = TRUE, ols = TRUE, strata_term = nlevels(factor(s)) > 1, omissions = list(), merged = list(), n_strata = NULL, levels_of = list()) {
  s <- factor(s); d <- data.frame(y = as.numeric(y), z = as.integer(z), s = s); d$w <- if (is.null(weights)) 1 else weights
  for (v in names(given)) d[[v]] <- given[[v]]
  rhs <- c(if (strata_term) "s", use)
  want <- c(if (ols || lin) linear(d, rhs, !is.null(weights), clusters, lin), if (binary) logit(d, rhs, !is.null(weights)))
  if (!ols) want <- want[!grepl("^ols|^cr2", names(want))]
  covariates <- lapply(names(given), function(v) {
    x <- given[[v]]
    if (is.factor(x)) sprintf('{"codes": %s, "n_levels": %d}', list_json(as.integer(x) - 1L), nlevels(x))
    else sprintf('{"numeric": %s}', list_json(number(x)))
  })
  omission <- function(o) sprintf('[%d, %d, "%s"]', o[[1]], o[[2]], o[[3]])
  cases[length(cases) + 1] <<- paste0('  {"name": "', name, '", "y": ', list_json(number(d$y)), ', "arm": ', list_json(d$z),
    ',\n   "strata": ', list_json(as.integer(s) - 1L), ', "n_strata": ', if (is.null(n_strata)) nlevels(s) else n_strata,
    ',\n   "covariates": ', list_json(unlist(covariates)),
    if (!is.null(weights)) paste0(',\n   "weights": ', list_json(number(weights))),
    if (!is.null(clusters)) paste0(',\n   "clusters": ', list_json(as.integer(factor(clusters)) - 1L)),
    ',\n   "omissions": ', list_json(sapply(omissions, omission)),
    ', "merged": ', list_json(sapply(merged, function(m) sprintf('[%d, "%s"]', m[[1]], m[[2]]))),
    ',\n   "want": {', paste(sprintf('"%s": %s', names(want), sapply(want, fields)), collapse = ",\n    "), "}}")
  invisible(want)
}

# --- the fixtures ------------------------------------------------------------------------------
seen <- function(directory, cutoff, ips, contracts, competing, horizon, hours = 1) {
  read <- function(f) read.csv(file.path("tests/fixtures", directory, f), na.strings = "")
  p <- read("participants.csv"); j <- read("employment.csv")
  day <- function(x) as.integer(as.Date(x)); entry <- day(p$randomisation_date); exit <- day(p$exit_date)
  last <- pmin(day(cutoff), exit, na.rm = TRUE) - entry; at <- floor(horizon * 365.25 / 12)
  ok <- day(cutoff) - entry >= at & (last >= at | (!is.na(exit) & exit <= day(cutoff) & p$exit_reason %in% competing))
  j <- j[j$contract %in% contracts & j$hours_per_week >= hours, ]
  w <- match(j$participant_id, p$participant_id); from <- day(j$start_date) - entry[w]
  to <- pmin(day(j$end_date) - entry[w], last[w], na.rm = TRUE)
  first <- rep(Inf, nrow(p))
  for (i in seq_len(nrow(p))) {
    k <- which(w == i & from <= last[i]); k <- k[order(from[k], to[k])]; reach <- -Inf; open <- NA
    for (m in k) { if (from[m] > reach + 1) open <- from[m]; reach <- max(reach, to[m]); if (open >= 0) first[i] <- min(first[i], open) }
  }
  p$y <- as.integer(first <= at); p$z <- as.integer(p$arm == ips); p[ok, ]
}
expected <- function(directory, method, want) {
  e <- read.csv(file.path("tests/fixtures", directory, "expected.csv")); e <- e[e$method == method & e$outcome == "ever_employed", ]
  e <- setNames(e$value, e$statistic); same(c(e[["estimate"]], e[["std_error"]]), want, 1e-9)
}
rossi <- seen("rossi", "2019-01-31", "ips", "employment_contract", "incarceration", 9)
text <- function(x) factor(x, levels = unique(x))
w <- put("rossi", rossi$y, rossi$z, factor(rossi$region, c("not_on_parole", "on_parole")),
         list(age = rossi$age, prior = rossi$prior_arrests, work = text(rossi$work_experience), married = text(rossi$married)))
expected("rossi", "lin_hc2", c(w$lin_hc2$estimate, w$lin_hc2$std_error))
expected("rossi", "logit_standardised", c(w$logit_overall$difference_estimate, w$logit_overall$difference_std_error))
plan <- readLines("tests/fixtures/staggered/plan.toml")
quoted <- function(key) { x <- sub("^[^=]*=", "", grep(paste0("^", key, " *="), plan, value = TRUE)[1]); trimws(gsub('[]["]', "", strsplit(sub("#.*", "", x), ",")[[1]])) }
staggered <- seen("staggered", quoted("data_cutoff"), quoted("ips"), quoted("contracts"), quoted("competing"), 12, 13)
w <- put("staggered", staggered$y, staggered$z, factor(staggered$region, quoted("regions")),
         lapply(setNames(nm = quoted("covariates")), function(v) if (is.character(staggered[[v]])) text(staggered[[v]]) else staggered[[v]]))
expected("staggered", "lin_hc2", c(w$lin_hc2$estimate, w$lin_hc2$std_error))
expected("staggered", "logit_standardised", c(w$logit_overall$difference_estimate, w$logit_overall$difference_std_error))

# --- public data --------------------------------------------------------------------------------
# MASS::bacteria: 50 children seen up to five times; a cluster is a child. Weights are made up.
b <- MASS::bacteria; b$active <- as.integer(b$ap == "a")
put("bacteria, by child", b$y == "y", b$active, rep(1, nrow(b)), list(week = b$week, compliance = text(as.character(b$hilo))), clusters = b$ID, lin = FALSE)
put("bacteria, by child, weighted", b$y == "y", b$active, b$hilo, list(week = b$week), clusters = b$ID, weights = 1 + (b$week %% 5) + as.integer(b$ID) %% 3)
# MASS::birthwt: birth weight and smoking, within race; weights are made up.
a <- MASS::birthwt
put("birthwt, low", a$low, a$smoke, a$race, list(age = a$age, lwt = a$lwt, ht = factor(a$ht), visits = factor(pmin(a$ftv, 3))))
put("birthwt, low, weighted", a$low, a$smoke, a$race, list(age = a$age, ui = factor(a$ui)), weights = a$lwt / 100)
put("birthwt, grams, weighted", a$bwt, a$smoke, a$race, list(age = a$age, lwt = a$lwt, ui = factor(a$ui)), weights = 1 / (1 + a$ptl) + 0.01 * a$age)
# AER::STAR-like clusters of very different size: datasets::ChickWeight, diets 1 and 3, by chick and by day.
k <- datasets::ChickWeight; k <- k[k$Diet %in% c("1", "3"), ]
put("chicks, a cluster a chick", k$weight, k$Diet == "3", rep(1, nrow(k)), list(time = k$Time), clusters = as.character(k$Chick))
put("chicks, clusters cross the arms", k$weight, k$Diet == "3", rep(1, nrow(k)), list(time = k$Time), clusters = k$Time, weights = 1 + k$Time / 7)
# AER::CPS1985: wages, union membership in place of the arm, occupation as stratum.
data(CPS1985, package = "AER")
put("CPS1985", CPS1985$wage, CPS1985$union == "yes", CPS1985$sector, list(education = CPS1985$education, experience = CPS1985$experience,
    gender = CPS1985$gender, married = CPS1985$married), clusters = paste(CPS1985$occupation, CPS1985$region, CPS1985$ethnicity))

# --- published: Burns T et al. (2007), Lancet 370:1146-1152: 85 of 156 and 43 of 156 worked --------
put("EQOLISE", rep(c(1, 0, 1, 0), c(85, 71, 43, 113)), rep(1:0, each = 156), rep(1, 312), list(), use = NULL)

# --- hard cases ---------------------------------------------------------------------------------
set.seed(20180204)
n <- 160
h <- data.frame(z = rep(0:1, n / 2), s = rep(c("a", "b", "c", "c"), each = 2, length.out = n), age = round(rnorm(n, 40, 9)))
h$group <- factor(sample(c("p", "q", "r"), n, TRUE), c("p", "q", "empty", "r")); h$y <- rbinom(n, 1, plogis(-0.4 + 0.6 * h$z + 0.04 * (h$age - 40) + 0.5 * (h$group == "r")))
group <- list(group = h$group)
put("an empty level and an empty stratum", h$y, h$z, h$s, c(list(age = h$age), group), n_strata = 5)
put("collinear and constant", h$y, h$z, h$s, c(list(age = h$age, months = 12 * h$age + 3, same = rep(0.1, n), one = factor(rep(1, n)), arm = h$z, stratum = factor(h$s)), group),
    use = c("age", "group"), omissions = list(list(1, -1, "Collinear"), list(2, -1, "Constant"), list(3, -1, "Constant"), list(4, -1, "Collinear"),
                                              list(5, 1, "Collinear"), list(5, 2, "Collinear")))
put("wildly scaled", h$y, h$z, h$s, c(list(age = h$age), group), clusters = rep(1:40, each = 4))
cases[length(cases)] <- sub('\\{"numeric": \\[[^]]*\\]\\}', sprintf('{"numeric": %s}', list_json(number(1e9 + h$age * 1e7))), cases[length(cases)])
put("one stratum, no covariates", h$y, h$z, rep(1, n), list(), use = NULL)
put("strata only", h$y, h$z, h$s, list(), use = NULL)
# A level in the control arm only and one of two people: Lin and logit join them to the reference.
rare <- as.character(h$group); rare[h$z == 0][1:3] <- "control"; rare <- factor(rare, c("control", "p", "q", "r"))
h$joined <- factor(ifelse(rare == "control", "p", as.character(rare)), c("p", "q", "r"))
h$rare <- rare
one <- function(name, given, use, extra, omissions, ols, ...) {
  # R fits `extra`, the columns as they should be.
  d <- extra
  put(name, h$y, h$z, h$s, c(given, d), use = use, omissions = omissions, ols = ols, ...)
}
drop_extra <- function(keep) {   # takes the columns that only R needs out of the last case
  x <- cases[length(cases)]; m <- regexpr('"covariates": \\[.*\\],?\\n   "omissions"', x)
  part <- regmatches(x, m); pieces <- regmatches(part, gregexpr('\\{[^}]*\\}', part))[[1]]
  regmatches(x, m) <- paste0('"covariates": ', list_json(pieces[seq_len(keep)]), ',\n   "omissions"'); cases[length(cases)] <<- x
}
one("a level in one arm only", list(rare = h$rare), "joined", list(joined = h$joined), list(list(0, 0, "OneArmOnly")), FALSE); drop_extra(1)
put("a level in one arm only, main effects", h$y, h$z, h$s, list(rare = h$rare), lin = FALSE, binary = FALSE)
few <- as.character(h$group); few[c(1, 2, 4)] <- "few"; few <- factor(few, c("p", "q", "few", "r"))
h$few_joined <- factor(ifelse(few == "few", "p", as.character(few)), c("p", "q", "r"))
one("a sparse level, interacted", list(few = few), "few_joined", list(few_joined = h$few_joined), list(list(0, 2, "Sparse")), FALSE, binary = FALSE); drop_extra(1)
# A quantity that separates: Lin and least squares take it, the logit leaves it out.
h$sure <- ifelse(h$y == 1, 1, -1) * runif(n, 0.1, 3)
one("a separating covariate, logit", list(age = h$age, sure = h$sure), "age", list(), list(list(1, -1, "Separated")), FALSE, lin = FALSE)
h$level <- factor(ifelse(seq_len(n) %in% which(h$y == 1)[1:6], "sure", as.character(h$group)), c("sure", "p", "q", "r"))
h$level_joined <- factor(ifelse(h$level == "sure", "p", as.character(h$level)), c("p", "q", "r"))
one("a separating level, logit", list(level = h$level), "level_joined", list(level_joined = h$level_joined), list(list(0, 0, "Separated")), FALSE, lin = FALSE); drop_extra(1)
# People alone in their stratum: Lin joins them to the reference stratum, so does the logit if they are separated.
h$s <- ifelse(seq_len(n) == 7, "x", ifelse(seq_len(n) == 10, "y", h$s))
h$t <- ifelse(h$s %in% c("x", "y"), "a", h$s)
alone <- function(model, ...) {
  put(paste0("people alone in their stratum, ", model), h$y, h$z, h$t, list(age = h$age), ols = FALSE, merged = list(list(3, if (model == "Lin") "OneArmOnly" else "Separated"), list(4, if (model == "Lin") "OneArmOnly" else "Separated")), n_strata = 5, ...)
  x <- cases[length(cases)]; cases[length(cases)] <<- sub('"strata": \\[[^]]*\\]', paste0('"strata": ', list_json(as.integer(factor(h$s)) - 1L)), x)
}
alone("Lin", binary = FALSE)

writeLines(c(
  "{",
  sprintf(' "generator": {"software": "R", "versions": "%s, estimatr %s, sandwich %s, clubSandwich %s%s", "script": "tests/reference/r/adjusted.R"},',
          R.version.string, packageVersion("estimatr"), packageVersion("sandwich"), packageVersion("clubSandwich"),
          if (has_robincar) paste(", RobinCar2", packageVersion("RobinCar2")) else ""),
  ' "tolerance": {"relative": 1e-10, "absolute": 1e-12, "why": "what R keeps on these designs; p-values and limits inherit it"},',
  ' "cases": [', paste(cases, collapse = ",\n"), " ]", "}"), "tests/reference/adjusted.json")
cat(length(cases), "cases\n")
