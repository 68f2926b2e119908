# Lin's regression by estimatr, or the standardised logit by glm: times the work, prints JSON.
#
#   Rscript adjusted.R lin|logit FILE RUNS
#
# FILE has the columns arm, outcome, stratum, age, months, group. Reading it is not timed.
arguments <- commandArgs(TRUE)
d <- read.csv(arguments[2])
d$stratum <- factor(d$stratum)
d$group <- factor(d$group)

lin <- function() {
  fit <- estimatr::lm_lin(outcome ~ arm, ~ stratum + age + months + group, d, se_type = "HC2")
  list(estimate = fit$coefficients[["arm"]], std_error = fit$std.error[["arm"]])
}
logit <- function() {
  fit <- glm(outcome ~ arm + stratum + age + months + group, binomial, d,
             control = glm.control(epsilon = 1e-14, maxit = 50))
  eta <- fit$linear.predictors - coef(fit)[["arm"]] * d$arm
  mu1 <- plogis(eta + coef(fit)[["arm"]])
  mu0 <- plogis(eta)
  difference <- mean(mu1 - mu0)
  share <- mean(d$arm)
  psi <- d$arm * (d$outcome - mu1) / share - (1 - d$arm) * (d$outcome - mu0) / (1 - share) +
    mu1 - mu0 - difference
  list(estimate = difference, std_error = sqrt(sum(psi^2)) / nrow(d))
}
work <- list(lin = lin, logit = logit)[[arguments[1]]]
seconds <- numeric()
for (run in seq_len(as.integer(arguments[3]))) {
  start <- proc.time()[["elapsed"]]
  found <- work()
  seconds[run] <- proc.time()[["elapsed"]] - start
}
cat(sprintf('{"seconds": [%s], "found": {"estimate": %.17g, "std_error": %.17g}}\n',
            paste(seconds, collapse = ", "), found$estimate, found$std_error))
