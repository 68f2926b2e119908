# Reference values of the estimate room, computed with R's own functions where there is one.
#
#   Rscript tests/reference/r/estimate.R     (from the root of the repository)
#
# Where R has no function (Newcombe, Mantel-Haenszel with Sato's variance, ratios' limits) the
# published formula stands here, and the script stops unless it gives the published example.
suppressPackageStartupMessages({ library(estimatr); library(survival); library(jsonlite) })
options(warn = 1, digits = 17)

cases <- list()
add <- function(kind, name, input, want) {
  cases[[length(cases) + 1]] <<- list(kind = unbox(kind), name = unbox(name), input = input, want = lapply(want, unbox))
}
one <- function(...) lapply(list(...), unbox)
same <- function(a, b, tolerance = 1e-9) stopifnot(isTRUE(all.equal(unname(a), unname(b), tolerance = tolerance)))

# --- Wilson's interval: prop.test without continuity correction -------------------------------
wilson <- function(x, n, level = 0.95) as.vector(suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int)
counts <- list(c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(0, 1), c(1, 1), c(20, 20), c(1, 2), c(85, 156), c(43, 156),
               c(3, 1e9), c(5e8 + 123, 1e9), c(0, 1e6), c(1e6, 1e6), c(999999, 1e6))
for (x in counts) for (level in c(0.95, 0.9, 0.999)) {
  w <- wilson(x[1], x[2], level)
  add("wilson", sprintf("%.0f of %.0f at %g", x[1], x[2], level), one(events = x[1], n = x[2], level = level),
      list(estimate = x[1] / x[2], lower = w[1], upper = w[2]))
}

# --- two counts -------------------------------------------------------------------------------
newcombe <- function(x1, n1, x0, n0, level = 0.95) {
  p1 <- x1 / n1; p0 <- x0 / n0; w1 <- wilson(x1, n1, level); w0 <- wilson(x0, n0, level)
  c(p1 - p0 - sqrt((p1 - w1[1])^2 + (w0[2] - p0)^2), p1 - p0 + sqrt((w1[2] - p1)^2 + (p0 - w0[1])^2))
}
# Newcombe RG (1998), Statistics in Medicine 17:873-890, table II, method 10.
published <- list(c(56, 70, 48, 80, 0.0524, 0.3339), c(9, 10, 3, 10, 0.1705, 0.8090), c(6, 7, 2, 7, 0.0582, 0.8062),
                  c(5, 56, 0, 29, -0.0381, 0.1926), c(0, 10, 0, 20, -0.1611, 0.2775), c(0, 10, 0, 10, -0.2775, 0.2775),
                  c(10, 10, 0, 20, 0.6791, 1.0000))
for (k in published) stopifnot(all(abs(newcombe(k[1], k[2], k[3], k[4]) - k[5:6]) < 6e-5))

wald <- function(x1, n1, x0, n0, level) {
  p <- c(x1 / n1, x0 / n0); se <- sqrt(sum(p * (1 - p) / c(n1, n0))); rd <- p[1] - p[2]; z <- qnorm(1 - (1 - level) / 2)
  k <- rd + c(-1, 1) * z * se
  # prop.test's interval is the same, cut at -1 and 1.
  same(pmin(1, pmax(-1, k)), as.vector(suppressWarnings(prop.test(c(x1, x0), c(n1, n0), conf.level = level, correct = FALSE))$conf.int), 1e-12)
  list(estimate = rd, std_error = se, lower = k[1], upper = k[2])
}
# Katz's and Woolf's limits, held against binomial regressions with log and logit link.
regression <- function(x1, n1, x0, n0, link, start = NULL) {
  f <- glm(cbind(c(x1, x0), c(n1 - x1, n0 - x0)) ~ c(1, 0), family = binomial(link), start = start, control = glm.control(epsilon = 1e-10, maxit = 200))
  summary(f)$coefficients[2, 1:2]
}
risk_ratio <- function(x1, n1, x0, n0, level) {
  if (x1 == 0 || x0 == 0) return(NULL)
  l <- log((x1 / n1) / (x0 / n0)); s <- sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0); z <- qnorm(1 - (1 - level) / 2)
  if (x1 < n1 && x0 < n0) same(c(l, s), regression(x1, n1, x0, n0, "log", c(log(x0 / n0), l)), 1e-6)
  list(estimate = exp(l), log_estimate = l, log_std_error = s, lower = exp(l - z * s), upper = exp(l + z * s))
}
odds_ratio <- function(x1, n1, x0, n0, level) {
  if (x1 == 0 || x0 == 0 || x1 == n1 || x0 == n0) return(NULL)
  l <- log(x1 * (n0 - x0) / (x0 * (n1 - x1))); s <- sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x0 + 1 / (n0 - x0)); z <- qnorm(1 - (1 - level) / 2)
  same(c(l, s), regression(x1, n1, x0, n0, "logit"), 1e-6)
  list(estimate = exp(l), log_estimate = l, log_std_error = s, lower = exp(l - z * s), upper = exp(l + z * s))
}
two_by_two <- function(name, x1, n1, x0, n0, level = 0.95) {
  input <- one(intervention_events = x1, intervention_n = n1, control_events = x0, control_n = n0, level = level)
  k <- newcombe(x1, n1, x0, n0, level)
  add("newcombe", name, input, list(estimate = x1 / n1 - x0 / n0, lower = k[1], upper = k[2]))
  add("wald", name, input, wald(x1, n1, x0, n0, level))
  r <- risk_ratio(x1, n1, x0, n0, level); if (!is.null(r)) add("risk_ratio", name, input, r)
  o <- odds_ratio(x1, n1, x0, n0, level); if (!is.null(o)) add("odds_ratio", name, input, o)
  m <- matrix(c(x1, n1 - x1, x0, n0 - x0), 2, byrow = TRUE)
  if (all(colSums(m) > 0)) {
    ct <- suppressWarnings(chisq.test(m, correct = FALSE))
    add("pearson_chi_squared", name, input, list(statistic = unname(ct$statistic), df = 1, p_value = ct$p.value))
    if (sum(m) < 1e6) add("fisher_exact", name, input, list(p_value = fisher.test(m)$p.value))
  }
}
for (k in c(published, list(c(10, 10, 0, 10)))) two_by_two(sprintf("Newcombe 1998: %g/%g and %g/%g", k[1], k[2], k[3], k[4]), k[1], k[2], k[3], k[4])
# Burns T et al. (2007), Lancet 370:1146-1152: 85 of 156 and 43 of 156 worked.
two_by_two("EQOLISE", 85, 156, 43, 156)
two_by_two("EQOLISE at 0.9", 85, 156, 43, 156, 0.9)
two_by_two("EQOLISE at 0.99", 85, 156, 43, 156, 0.99)
two_by_two("control ahead", 43, 156, 85, 156)
two_by_two("equal arms", 20, 50, 20, 50)
two_by_two("one person an arm", 1, 1, 0, 1)
two_by_two("one person against many", 1, 1, 30, 100)
two_by_two("everyone employed", 12, 12, 9, 9)
two_by_two("nobody employed", 0, 12, 0, 9)
two_by_two("all against some", 12, 12, 5, 9)
two_by_two("large", 510000, 1000000, 505000, 1000000)
two_by_two("large and rare", 30, 1e9, 10, 9e8)
two_by_two("far tail", 900, 1000, 300, 1000)
two_by_two("unequal arms", 7, 12, 420, 1900)

# --- Mantel-Haenszel risk difference, Sato's variance ------------------------------------------
# Sato T (1989), Biometrics 45:1323-1324; the notation of SAS PROC FREQ, COMMONRISKDIFF.
mantel_haenszel <- function(x1, n1, x0, n0, level = 0.95) {
  use <- n1 > 0 & n0 > 0; x1 <- x1[use]; n1 <- n1[use]; x0 <- x0[use]; n0 <- n0[use]
  n <- n1 + n0; w <- n1 * n0 / n; d <- sum(w * (x1 / n1 - x0 / n0)) / sum(w)
  P <- (n1^2 * x0 - n0^2 * x1 + n1 * n0 * (n0 - n1) / 2) / n^2; Q <- (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n)
  se <- sqrt((d * sum(P) + sum(Q)) / sum(w)^2); z <- qnorm(1 - (1 - level) / 2)
  list(estimate = d, std_error = se, lower = d - z * se, upper = d + z * se, strata_used = sum(use), strata_without_both_arms = sum(!use))
}
# What SAS's COMMONRISKDIFF gives for these draws is printed in the tests of the R package tern
# (Apache-2.0), prop_diff_cmh(diff_se = "sato"): standard error 0.1081, 90% limits -0.3154 and 0.0400.
set.seed(2, kind = "Mersenne-Twister")
rsp <- sample(c(TRUE, FALSE), 100, TRUE); grp <- sample(c("Placebo", "Treatment"), 100, TRUE)
f1 <- sample(c("a", "b"), 100, TRUE); f2 <- sample(c("x", "y", "z"), 100, TRUE)
tab <- function(keep) tapply(keep, paste(f1, f2), sum)
sas <- list(x1 = tab(rsp & grp == "Treatment"), n1 = tab(grp == "Treatment"), x0 = tab(rsp & grp == "Placebo"), n0 = tab(grp == "Placebo"))
m <- do.call(mantel_haenszel, c(sas, level = 0.9))
stopifnot(all(abs(c(m$std_error, m$lower, m$upper) - c(0.1081, -0.3154, 0.0400)) < 6e-5))
stratified <- function(name, x1, n1, x0, n0, level = 0.95) {
  x1 <- as.vector(x1); n1 <- as.vector(n1); x0 <- as.vector(x0); n0 <- as.vector(n0)
  add("mantel_haenszel", name, list(intervention_events = x1, intervention_n = n1, control_events = x0, control_n = n0, level = unbox(level)),
      mantel_haenszel(x1, n1, x0, n0, level))
}
stratified("tern's draws, as in SAS", sas$x1, sas$n1, sas$x0, sas$n0, 0.9)
u <- UCBAdmissions
stratified("admission to Berkeley by department, women and men", u["Admitted", "Female", ], colSums(u[, "Female", ]), u["Admitted", "Male", ], colSums(u[, "Male", ]))
stratified("one stratum", 85, 156, 43, 156)
stratified("one stratum, unequal arms", 7, 12, 420, 1900)
stratified("very different sizes", c(1, 300, 2), c(2, 1000, 7), c(0, 200, 4), c(1, 900, 9))
stratified("an arm without people in a stratum", c(5, 3, 0), c(10, 8, 0), c(2, 0, 4), c(9, 0, 6))
stratified("an empty stratum", c(5, 0, 9), c(10, 0, 20), c(2, 0, 6), c(9, 0, 21))
set.seed(11)
n1 <- rpois(10, 20) + 1; n0 <- rpois(10, 12) + 1
stratified("ten strata", rbinom(10, n1, 0.5), n1, rbinom(10, n0, 0.35), n0, 0.99)
stratified("nobody employed but one", c(0, 1, 0), c(50, 5, 40), c(0, 0, 0), c(5, 5, 4))
stratified("large counts", c(5.1e8, 2e8), c(1e9, 6e8), c(5.0e8, 1e8), c(1e9, 5e8))

# --- ordinary least squares with HC2: estimatr -------------------------------------------------
# `shift` is taken off the outcomes that R sees: the intercept takes it up, and R's own rounding of
# large outcomes stays out of the reference.
ols <- function(name, y, z, s, level = 0.95, interaction = TRUE, empty = 0, shift = 0) {
  s <- as.integer(factor(s)); d <- data.frame(y = as.numeric(y), z = z, s = factor(s))
  input <- list(y = d$y, intervention = as.integer(z), strata = s - 1L, n_strata = unbox(max(s) + empty), level = unbox(level))
  d$y <- d$y - shift
  r <- function(rhs) as.formula(paste("y ~ z", if (max(s) > 1) rhs))
  f <- summary(lm_robust(r("+ s"), data = d, se_type = "HC2", alpha = 1 - level))$coefficients["z", ]
  add("ols_arm_and_strata", name, input, list(estimate = f[[1]], std_error = f[[2]], p_value = f[[4]], lower = f[[5]], upper = f[[6]], df = f[[7]]))
  if (!interaction || max(s) < 2) return(invisible())
  it <- lm_robust(r("* s"), data = d, se_type = "HC2"); j <- grep("^z:", names(coef(it)))
  w <- drop(t(coef(it)[j]) %*% solve(vcov(it)[j, j], coef(it)[j]))
  add("arm_by_stratum_wald", name, input, list(statistic = w, df = length(j), p_value = pchisq(w, length(j), lower.tail = FALSE)))
}
ols("warpbreaks: breaks by wool, strata of tension", warpbreaks$breaks, as.integer(warpbreaks$wool == "B"), warpbreaks$tension)
ols("ToothGrowth: length by supplement, strata of dose", ToothGrowth$len, as.integer(ToothGrowth$supp == "OJ"), ToothGrowth$dose, 0.9)
ols("npk: yield by nitrogen, strata of block", npk$yield, as.integer(npk$N) - 1L, npk$block, 0.99)
ols("veteran: days by treatment, strata of cell type", veteran$time, veteran$trt - 1L, veteran$celltype)
ols("veteran: dead within 90 days", as.integer(veteran$time <= 90), veteran$trt - 1L, veteran$celltype)
ols("sleep: extra hours by drug, one stratum", sleep$extra, as.integer(sleep$group) - 1L, rep(1, 20))
drawn <- function(name, seed, sizes, prob = 0.5, binary = TRUE, ...) {
  set.seed(seed); s <- rep(seq_along(sizes), sizes); n <- length(s)
  z <- unlist(lapply(sizes, function(k) sample(rep(0:1, c(k - round(k * prob), round(k * prob))))))
  y <- if (binary) rbinom(n, 1, 0.25 + 0.2 * z + 0.03 * (s %% 4)) else round(250 * rexp(n) + 40 * z + 10 * s)
  o <- sample(n); ols(name, y[o], z[o], s[o], ...)
}
drawn("drawn: three regions", 21, c(120, 90, 30))
drawn("drawn: very different sizes", 22, c(400, 12, 6), binary = FALSE)
drawn("drawn: ten strata", 23, rep(16, 10), binary = FALSE)
drawn("drawn: one to three", 24, c(80, 60, 40), prob = 0.25)
drawn("drawn: days, two empty strata at the end", 25, c(40, 30), binary = FALSE, empty = 2)
drawn("drawn: strata of two", 26, rep(2, 25), binary = FALSE, interaction = FALSE)
# A stratum whose people are all in one arm takes its degrees of freedom and says nothing of the arm.
set.seed(27); y <- rnorm(30); ols("drawn: a stratum of one arm", y, rep(c(0, 1, 1), each = 10)[c(1:20, 21:30)], rep(c(1, 1, 2), each = 10), interaction = FALSE)
set.seed(28); y <- 1e6 + rnorm(40); ols("drawn: far from zero", y, rep(0:1, 20), rep(1:4, each = 10), shift = 1e6)
# One cell constant: the interaction can still be tested.
set.seed(29); z <- rep(0:1, 15); s <- rep(1:3, each = 10); y <- rbinom(30, 1, 0.5); y[s == 2] <- 1; y[1:2] <- 0:1
ols("drawn: everyone employed in one stratum", y, z, s)

# --- an arm's mean and standard deviation ------------------------------------------------------
mean_case <- function(name, y) add("arm_mean", name, list(y = as.numeric(y)), list(n = length(y), mean = mean(y), std_dev = if (length(y) > 1) sd(y) else NA))
mean_case("veteran: days", veteran$time); mean_case("far from zero", 1e9 + c(4, 7, 13, 16)); mean_case("one person", 3); mean_case("constant", rep(0.1, 7))

versions <- paste0("R ", getRversion(), ", estimatr ", packageVersion("estimatr"), ", survival ", packageVersion("survival"))
file <- list(generator = one(software = "R", versions = versions, script = "tests/reference/r/estimate.R"),
             tolerance = one(relative = 1e-12, absolute = 0, why = "both sides compute in double precision from the same counts or outcomes; the largest loss is in R's least squares and in p-values far in the tail"),
             cases = cases)
# jsonlite 1.8 stops at 15 significant digits whatever `digits` says; 17 give the same double back.
exact <- function(x) {
  if (is.list(x)) return(lapply(x, exact))
  if (!is.numeric(x)) return(x)
  text <- ifelse(is.finite(x), sprintf("%.17g", x), sprintf('"%s"', x))
  structure(if (inherits(x, "scalar")) text else paste0("[", paste(text, collapse = ","), "]"), class = "json")
}
writeLines(toJSON(exact(file), json_verbatim = TRUE), "tests/reference/estimate.json")
cat(length(cases), "cases\n")
