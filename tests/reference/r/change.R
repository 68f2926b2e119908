# A questionnaire score at follow-up: level, change from baseline, and the level adjusted for the
# baseline, each by estimatr::lm_robust with strata and HC2. People without a baseline answer are
# left out of the last two, so that they are about the same people; the level is also given for
# everybody with a follow-up answer.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages(library(estimatr))
simulate <- function(name, n, regions, missing, slope, least, most, unit) {
  s <- sample(regions, n, TRUE) - 1L; z <- rbinom(n, 1, 0.5)
  whole <- function(x) unit * pmin(most, pmax(least, round(x)))
  before <- rnorm(n); b <- whole((least + most) / 2 + (most - least) / 6 * before)
  y <- whole((least + most) / 2 + (most - least) / 6 * (slope * before + 0.3 * z + 0.2 * s + sqrt(1 - slope^2) * rnorm(n)))
  b[runif(n) < missing] <- NA
  d <- data.frame(y, z, s = factor(s), b)
  there <- d[!is.na(d$b), ]
  row <- function(fit) list(estimate = fit$coefficients[["z"]], std_error = fit$std.error[["z"]], df = fit$df[["z"]], lower = fit$conf.low[["z"]], upper = fit$conf.high[["z"]], p_value = fit$p.value[["z"]])
  want <- list(level = row(lm_robust(y ~ z + s, d, se_type = "HC2")), change = row(lm_robust(I(y - b) ~ z + s, there, se_type = "HC2")),
               ancova = row(lm_robust(y ~ z + s + b, there, se_type = "HC2")))
  add("change", name, list(level = 0.95, y = I(y), baseline = I(b), intervention = I(z), strata = I(s), n_strata = regions), want)
}
set.seed(20181107)
simulate("well-being, 0 to 100", 260, 3, 0.15, 0.6, 0, 25, 4)
simulate("satisfaction, 1 to 7", 120, 4, 0.3, 0.3, 1, 7, 1)
simulate("participation, no missing", 80, 2, 0, 0.8, 0, 6, 1)
write_reference("change", c("estimatr", "jsonlite"), 1e-11, "what R keeps on these designs", absolute = 1e-13)
