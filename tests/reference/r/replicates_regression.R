# Replicates of contrasts, regressions and standardised risks: rows written out as often as the
# case weights say, then lm, glm and sandwich. Writes tests/reference/replicates_regression.json.
# Run from the top of the repository: Rscript tests/reference/r/replicates_regression.R
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({
  library(sandwich)
  library(survival)
  library(estimatr)
})

# Mayo's trial in primary biliary cholangitis: those randomised, stage as stratum, death as the
# yes-or-no outcome, copper and triglycerides as amounts (missing for some), a take-up made of
# arm and age.
d <- subset(survival::pbc, !is.na(trt))
d <- data.frame(
  z = as.numeric(d$trt == 1), s = pmax(d$stage, 2) - 2, age = d$age, protime = log(d$protime),
  third = as.integer(cut(d$albumin, c(0, 3.3, 3.7, Inf))) - 1L, died = as.numeric(d$status == 2), copper = d$copper,
  trig = d$trig, bili = d$bili, hepato = ifelse(d$platelet < 120 | is.na(d$platelet), NA, d$hepato))
d$took <- as.numeric((d$z == 1 & d$age < 55) | (d$z == 0 & d$age < 36))
stopifnot(nrow(d) == 312, !anyNA(d[c("z", "s", "age", "protime", "third", "died", "bili")]),
          anyNA(d$copper), anyNA(d$trig), anyNA(d$hepato))

set.seed(20180201, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
draw <- function() {
  w <- integer(nrow(d))
  for (cell in split(seq_len(nrow(d)), list(d$z, d$s), drop = TRUE))
    w[cell] <- tabulate(match(cell[sample.int(length(cell), replace = TRUE)], cell), length(cell))
  w
}
weights <- c(list(rep(1L, nrow(d))), replicate(10, draw(), simplify = FALSE))

pair <- function(estimate, std_error) list(estimate = unname(estimate), std_error = unname(std_error))
hc2 <- function(fit, name) pair(coef(fit)[name], sqrt(vcovHC(fit, type = "HC2")[name, name]))

# A binary outcome: proportions and what two of them make, stratified and not.
binary <- function(y, z, s) {
  n1 <- sum(z == 1); n0 <- sum(z == 0); p1 <- mean(y[z == 1]); p0 <- mean(y[z == 0])
  x1 <- sum(y[z == 1]); x0 <- sum(y[z == 0])
  rate <- function(p, n) pair(p, sqrt(p * (1 - p) / n))
  mh <- {
    k <- sapply(split(data.frame(y, z), s), function(g) c(
      n1 = sum(g$z), n0 = sum(1 - g$z), p1 = mean(g$y[g$z == 1]), p0 = mean(g$y[g$z == 0])))
    n <- k["n1", ] + k["n0", ]; w <- k["n1", ] * k["n0", ] / n
    delta <- sum(w * (k["p1", ] - k["p0", ])) / sum(w)
    x1k <- k["n1", ] * k["p1", ]; x0k <- k["n0", ] * k["p0", ]
    # Sato's P and Q with counts, as SAS PROC FREQ documents them.
    P <- (k["n1", ]^2 * x0k - k["n0", ]^2 * x1k + k["n1", ] * k["n0", ] * (k["n0", ] - k["n1", ]) / 2) / n^2
    Q <- (x1k * (k["n0", ] - x0k) + x0k * (k["n1", ] - x1k)) / (2 * n)
    pair(delta, sqrt((delta * sum(P) + sum(Q)) / sum(w)^2))
  }
  list(rate1 = rate(p1, n1), rate0 = rate(p0, n0),
       risk_difference = pair(p1 - p0, sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)),
       log_risk_ratio = pair(log(p1 / p0), sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)),
       log_odds_ratio = pair(log(x1 * (n0 - x0) / (x0 * (n1 - x1))),
                             sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x0 + 1 / (n0 - x0))),
       mantel_haenszel = mh, arm_and_strata = hc2(lm(y ~ z + factor(s)), "z"))
}
amount <- function(y, z, s) list(
  mean1 = pair(mean(y[z == 1]), sd(y[z == 1]) / sqrt(sum(z))),
  mean0 = pair(mean(y[z == 0]), sd(y[z == 0]) / sqrt(sum(1 - z))),
  mean_difference = pair(mean(y[z == 1]) - mean(y[z == 0]),
                         sqrt(var(y[z == 1]) / sum(z) + var(y[z == 0]) / sum(1 - z))),
  arm_and_strata = hc2(lm(y ~ z + factor(s)), "z"))

complier <- function(g) {
  fit <- iv_robust(copper ~ took + factor(s) | z + factor(s), data = g, se_type = "HC2")
  pair(fit$coefficients["took"], fit$std.error["took"])
}

main <- function(y, g) hc2(lm(y ~ z + factor(s) + age + protime + factor(third), data = cbind(g, y = y)), "z")
lin <- function(y, g) {
  x <- model.matrix(~ factor(s) + age + protime + factor(third), data = g)[, -1]
  x <- sweep(x, 2, colMeans(x))
  hc2(lm(y ~ z * x, data = list(y = y, z = g$z, x = x)), "z")
}

standardised <- function(g, by_stratum) {
  fit <- glm(died ~ z + factor(s) + age + protime + factor(third), family = binomial, data = g,
             control = glm.control(epsilon = 1e-15, maxit = 100))
  n <- nrow(g)
  mu <- sapply(1:0, function(arm) predict(fit, transform(g, z = arm), type = "response"))
  own <- cbind(g$z, 1 - g$z)
  share <- if (by_stratum) ave(g$z, g$s) else rep(mean(g$z), n)
  term <- own * (g$died - mu) / cbind(share, 1 - share) + mu
  r <- if (by_stratum) colMeans(term) else colMeans(mu)
  V <- crossprod(sweep(term, 2, r)) / n^2
  delta <- function(estimate, a) pair(estimate, sqrt(drop(t(a) %*% V %*% a)))
  list(risk1 = delta(r[1], c(1, 0)), risk0 = delta(r[2], c(0, 1)),
       difference = delta(r[1] - r[2], c(1, -1)),
       log_risk_ratio = delta(log(r[1] / r[2]), c(1, -1) / r),
       log_odds_ratio = delta(qlogis(r[1]) - qlogis(r[2]), c(1, -1) / (r * (1 - r))))
}

for (at in seq_along(weights)) {
  w <- weights[[at]]
  g <- d[rep(seq_len(nrow(d)), w), ]
  of <- function(f, name) { h <- g[!is.na(g[[name]]), ]; f(h[[name]], h$z, h$s) }
  h <- g[!is.na(g$copper) & !is.na(g$trig), ]
  add("replicate", if (at == 1) "everyone once" else paste("draw", at - 1), list(weights = I(w)), list(
    died = binary(g$died, g$z, g$s), hepato = of(binary, "hepato"),
    bili = amount(g$bili, g$z, g$s), copper = of(amount, "copper"), trig = of(amount, "trig"),
    complier = complier(g[!is.na(g$copper), ]),
    main_copper = main(h$copper, h), main_trig = main(h$trig, h), main_died = main(h$died, h),
    lin_copper = lin(h$copper, h), lin_trig = lin(h$trig, h), lin_died = lin(h$died, h),
    overall = standardised(g, FALSE), by_stratum = standardised(g, TRUE)))
}
# estimatr's own Lin on everyone, as a check on the interactions written by hand.
h <- d[!is.na(d$copper) & !is.na(d$trig), ]
own <- lm_lin(copper ~ z, covariates = ~ factor(s) + age + protime + factor(third), data = h, se_type = "HC2")
same(c(own$coefficients["z"], own$std.error["z"]), unlist(cases[[1]]$want$lin_copper))

add("data", "pbc", list(z = d$z, s = d$s, age = d$age, protime = d$protime, third = d$third, died = d$died,
                        took = d$took, bili = d$bili, copper = d$copper, trig = d$trig, hepato = d$hepato), list())
write_reference("replicates_regression", c("survival", "sandwich", "estimatr"), 1e-10,
  paste("both solve in double precision, R by QR and here by Cholesky of centred columns;",
        "glm stops where the deviance changes by 1e-15"), absolute = 1e-13)
