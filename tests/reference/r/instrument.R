# Complier average effects: two-stage least squares with HC2, Anderson-Rubin sets, complier means.
#
#   Rscript tests/reference/r/instrument.R     (from the root of the repository)
#
# The Anderson-Rubin set is found from the p-value of lm_robust(y - b d ~ z + strata) alone: a grid
# for its shape, then uniroot for its ends.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({ library(estimatr); library(AER); library(sandwich) })

design <- function(s) if (length(unique(s)) > 1) " + factor(s)" else ""
robust <- function(formula, data, level) lm_robust(as.formula(formula), data, se_type = "HC2", alpha = 1 - level)
anderson_rubin <- function(data, rest, level) {
  accepted <- function(b) { data$r <- data$y - b * data$d; robust(paste("r ~ z", rest), data, level)$p.value["z"] - (1 - level) }
  scale <- sd(data$y) / abs(mean(data$d[data$z == 1]) - mean(data$d[data$z == 0]))
  centre <- coef(iv_robust(as.formula(paste("y ~ d", rest, "| z", rest)), data))["d"]
  grid <- centre + scale * c(-rev(10^seq(-2.5, 4, length.out = 140)), 0, 10^seq(-2.5, 4, length.out = 140))
  inside <- vapply(grid, accepted, 0) >= 0
  ends <- vapply(which(diff(inside) != 0), function(i) uniroot(accepted, grid[i + 0:1], tol = 1e-13 * scale)$root, 0)
  if (all(inside)) list(shape = "whole_line")
  else if (inside[1]) { stopifnot(length(ends) == 2); list(shape = "rays", below = ends[1], above = ends[2]) }
  else { stopifnot(length(ends) == 2); list(shape = "interval", below = ends[1], above = ends[2]) }
}
fitted_iv <- function(data, rest, level) {
  f <- iv_robust(as.formula(paste("y ~ d", rest, "| z", rest)), data, se_type = "HC2", alpha = 1 - level)
  a <- ivreg(as.formula(paste("y ~ d", rest, "| z", rest)), data = data)
  same(coef(a)["d"], coef(f)["d"], 1e-7)
  # HC0 of the same fit, so that sandwich vouches for the residuals and the bread.
  h0 <- iv_robust(as.formula(paste("y ~ d", rest, "| z", rest)), data, se_type = "HC0")
  same(sqrt(vcovHC(a, type = "HC0")["d", "d"]), h0$std.error["d"], 1e-7)
  list(estimate = unname(coef(f)["d"]), df = unname(f$df["d"]), std_error = unname(f$std.error["d"]), p_value = unname(f$p.value["d"]),
       lower = unname(f$conf.low["d"]), upper = unname(f$conf.high["d"]))
}
input <- function(data, level, y) list(y = I(y), d = I(as.numeric(data$d)), intervention = I(data$z), strata = I(as.numeric(data$s)), n_strata = max(data$s) + 1, level = level)
iv <- function(name, data, level = 0.95) {
  rest <- design(data$s)
  first <- robust(paste("d ~ z", rest), data, level); reduced <- robust(paste("y ~ z", rest), data, level)
  ar <- anderson_rubin(data, rest, level); shape <- ar$shape; ar$shape <- NULL
  want <- c(fitted_iv(data, rest, level), list(complier_share = unname(coef(first)["z"]), first_std_error = unname(first$std.error["z"]),
            f_statistic = unname((coef(first)["z"] / first$std.error["z"])^2), ar_p_value = unname(reduced$p.value["z"])), ar)
  want$ar_shape <- unbox(shape)
  add("complier_effect", name, input(data, level, data$y), want)
}
characteristic <- function(name, data, x, level = 0.95) {
  data$x <- x; data$y <- x * data$d
  if (length(unique(data$s)) == 1) {
    m <- function(v, k) mean(v[data$z == k])
    same(coef(iv_robust(y ~ d | z, data))["d"], (m(data$y, 1) - m(data$y, 0)) / (m(data$d, 1) - m(data$d, 0)))
  }
  always <- x[data$z == 0 & data$d == 1]; never <- x[data$z == 1 & data$d == 0]
  want <- c(fitted_iv(data, design(data$s), level), list(everyone = mean(x), always_n = length(always), never_n = length(never),
            always_mean = if (length(always)) mean(always) else NA, never_mean = if (length(never)) mean(never) else NA))
  add("complier_mean", name, input(data, level, x), want)
}

# Angrist and Evans (1998): a third child after two of one sex, and weeks worked.
data(Fertility2)
fertility <- Fertility2[seq(1, nrow(Fertility2), 50), ]
fertility <- data.frame(y = fertility$work, z = as.numeric(fertility$gender1 == fertility$gender2), d = as.numeric(fertility$morekids == "yes"), x = fertility$age, s = as.integer(cut(fertility$age, c(0, 27, 31, 99))) - 1)
iv("fertility", fertility); iv("fertility at 80%", fertility, 0.8); characteristic("fertility: age", fertility, fertility$x)
iv("fertility, one stratum", transform(fertility, s = 0)); characteristic("fertility: age, one stratum", transform(fertility, s = 0), fertility$x)
# Rouse (1995): college distance as instrument of schooling, in the order of the file.
data(CollegeDistance)
college <- CollegeDistance[seq(1, nrow(CollegeDistance), 9), ]
college <- data.frame(y = college$score, z = as.numeric(college$distance < 1), d = as.numeric(college$education > 12), x = as.numeric(college$fcollege == "yes"), s = as.integer(college$region) - 1)
iv("college distance", college); iv("college distance at 99.9%", college, 0.999); characteristic("college distance: father at college", college, college$x)
# Rossi's trial with drawn take-up: strong, weak, one-sided.
for (k in 1:4) {
  set.seed(100 + k); u <- rnorm(nrow(rossi)); share <- list(c(0.7, 0.1), c(0.33, 0.3), c(0.6, 0), c(0.1, 0.15))[[k]]
  data <- data.frame(y = rossi$days, z = rossi$z, d = as.numeric(pnorm(u) < ifelse(rossi$z == 1, share[1], share[2])), s = rossi$s)
  iv(paste("rossi with drawn take-up", k), data); characteristic(paste("rossi: age", k), data, rossi$age); characteristic(paste("rossi: black", k), data, as.numeric(rossi$race == "black"))
}
# Small and awkward: a stratum of one arm, a person alone, far from 0, full compliance in one arm.
set.seed(7); n <- 34
small <- data.frame(z = c(rep(0:1, 16), 1, 1), s = c(rep(0:3, each = 8), 4, 4)); small$d <- as.numeric(runif(n) < 0.15 + 0.6 * small$z); small$y <- 1e6 + rnorm(n) + small$d
iv("small: a stratum of one arm, far from zero", small)
tiny <- data.frame(y = c(0, 0, 1, 3, 2, 5, 4, 1), z = rep(0:1, 4), d = c(0, 1, 0, 1, 0, 0, 0, 1), s = 0); iv("tiny", tiny); iv("tiny at 60%", tiny, 0.6)
set.seed(12); weak <- data.frame(z = rep(0:1, 20), s = rep(0:1, each = 20), y = rnorm(40)); weak$d <- as.numeric(runif(40) < 0.45 + 0.1 * weak$z); weak$y <- weak$y + 2 * weak$d; iv("weak", weak)
strong <- weak; strong$y <- strong$y + 4 * strong$z; iv("weak, and a strong reduced form", strong); iv("one stratum, likewise", transform(strong, s = 0), 0.9)
cat(table(vapply(Filter(function(x) x$kind == "complier_effect", cases), function(x) as.character(x$want$ar_shape), "")), "\n")
write_reference("instrument", c("estimatr", "AER", "sandwich"), 1e-9, "uniroot stops at 1e-13 of the outcome's scale and lm_robust loses digits where a p-value is flat in b; everything else agrees to 1e-11", 1e-10)
