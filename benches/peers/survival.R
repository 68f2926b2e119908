# Kaplan-Meier of both arms with log-log limits, and the log-rank test: times each run.
#
#   Rscript survival.R FILE RUNS
#
# FILE is a CSV of arm (1 the intervention), day and event. Reading it is not timed.
suppressPackageStartupMessages(library(survival))
given <- commandArgs(TRUE)
d <- read.csv(given[1], colClasses = "integer")
elapsed <- function(work) system.time(found <<- work(), gcFirst = FALSE)[["elapsed"]]
found <- NULL
seconds <- sapply(seq_len(as.integer(given[2])), function(run) elapsed(function() {
  fit <- survfit(Surv(day, event) ~ arm, data = d, conf.type = "log-log")
  test <- survdiff(Surv(day, event) ~ arm, data = d)
  list(fit = fit, test = test)
}))
lowest <- tapply(found$fit$surv, rep(0:1, found$fit$strata), min)
cat(sprintf(
  '{"seconds": [%s], "found": {"log_rank": %.17g, "lowest_intervention": %.17g, "lowest_control": %.17g}}\n',
  paste(seconds, collapse = ", "), found$test$chisq, lowest[["1"]], lowest[["0"]]))
