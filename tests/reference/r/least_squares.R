# Writes least_squares_r.json and least_squares_hard_r.json: lm, HC2 by sandwich (estimatr where a leverage is 1) and a Wald test.
# Run from the root: Rscript tests/reference/r/least_squares.R
# then python3 tests/reference/python/least_squares.py, which reads the designs from them.
suppressPackageStartupMessages({ library(estimatr); library(sandwich) })

# jsonlite keeps 15 digits whatever it is asked for, so the JSON is written here.
number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), sprintf('"%s"', x))
vector_json <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")
matrix_json <- function(m) paste0("[", paste(apply(m, 1, vector_json), collapse = ", "), "]")

cases <- character()
put <- function(name, data, formula, tested) {
  model <- lm(formula, data)
  x <- model.matrix(model); y <- model.response(model.frame(model))
  robust <- suppressWarnings(lm_robust(formula, data, se_type = "HC2"))
  alone <- any(hatvalues(model) > 1 - 1e-9)
  # sandwich gives no number where a leverage is 1; estimatr drops badly scaled columns.
  hc2 <- if (alone) vcov(robust) else vcovHC(model, "HC2")
  cat(name, ": estimatr differs by", max(abs(diag(vcov(robust)) / diag(hc2) - 1)), "\n")
  b <- coef(model)[tested]
  wald <- drop(t(b) %*% solve(hc2[tested, tested], b))
  fields <- c(
    sprintf('"name": "%s"', name),
    sprintf('"x": %s', matrix_json(x)), sprintf('"y": %s', vector_json(y)),
    sprintf('"coefficients": %s', vector_json(coef(model))),
    sprintf('"residuals": %s', vector_json(residuals(model))),
    sprintf('"leverages": %s', vector_json(hatvalues(model))),
    sprintf('"inverse_gram": %s', matrix_json(summary(model)$cov.unscaled)),
    sprintf('"residual_variance": %s', number(sigma(model)^2)),
    sprintf('"residual_df": %d', model$df.residual),
    sprintf('"hc2": %s', matrix_json(hc2)),
    sprintf('"tested": %s', vector_json(tested - 1)), sprintf('"wald": %s', number(wald)))
  cases[length(cases) + 1] <<- paste0("  {", paste(fields, collapse = ",\n   "), "}")
}

set.seed(20180203)
n <- 90
trial <- data.frame(
  arm = rep(0:1, length.out = n), region = factor(sample(c("b", "f", "w"), n, TRUE, c(0.2, 0.5, 0.3))),
  age = round(runif(n, 18, 60)), wage = round(rlnorm(n, 7.5, 0.4), 2), rare = rnorm(n) * 1e-9)
trial$employed <- rbinom(n, 1, plogis(-0.5 + 0.8 * trial$arm))
trial$days <- round(rgamma(n, 1, 0.01) * (1 + trial$arm))
put("strata dummies", trial, employed ~ arm + region, 2)
put("interacted", trial, employed ~ arm * region, 5:6)
put("centred and interacted, as Lin", trial, days ~ arm * (I(age - mean(age)) + I((region == "f") - mean(region == "f"))), 2)
put("badly scaled", trial, days ~ arm + wage + I(wage^2) + rare + I(age * 1e7), 2:3)
trial$almost <- trial$age + 1e-3 * rnorm(n)
put("almost collinear", trial, days ~ arm + age + almost, 2:3)
put("longley", longley, Employed ~ GNP.deflator + GNP + Unemployed + Armed.Forces + Population + Year, 2:4)
lonely <- rbind(trial[1:24, ], transform(trial[25, ], region = "alone"))
put("a stratum of one", lonely, days ~ arm + region, 2)

write <- function(name, cases, tolerance, why) writeLines(c(
  "{",
  sprintf(' "generator": {"software": "R", "versions": "%s, estimatr %s, sandwich %s", "script": "tests/reference/r/least_squares.R"},',
          R.version.string, packageVersion("estimatr"), packageVersion("sandwich")),
  sprintf(' "tolerance": {"relative": %g, "absolute": %g, "why": "in units of the standard error; %s"},', tolerance, tolerance, why),
  ' "cases": [', paste(cases, collapse = ",\n"), " ]", "}"), sprintf("tests/reference/%s.json", name))
hard <- grepl('"name": "(almost collinear|longley)"', cases)
write("least_squares_r", cases[!hard], 1e-11, "R keeps twelve digits on these designs")
write("least_squares_hard_r", cases[hard], 1e-7,
      "R itself is off by 3e-8 on these almost collinear designs, as least_squares_exact.json shows")
