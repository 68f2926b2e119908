# Cox regression with Efron's ties, or Fine and Gray's regression: times each run.
#
#   Rscript cox.R cox|fine_gray FILE RUNS
#
# FILE is a CSV of arm (1 the intervention), day, ending (1 the event, 2 a competing exit) and
# further covariates. Reading it is not timed. The tolerance is ours, so that both stop alike.
suppressPackageStartupMessages({ library(survival); library(cmprsk) })
given <- commandArgs(TRUE)
d <- read.csv(given[2], colClasses = "integer")
x <- setdiff(names(d), c("day", "ending"))
d$event <- d$ending == 1
work <- if (given[1] == "cox") {
  formula <- as.formula(paste("Surv(day, event) ~", paste(x, collapse = " + ")))
  function() { fit <- coxph(formula, data = d); c(coef(fit)[[1]], sqrt(vcov(fit)[1, 1])) }
} else {
  function() { fit <- crr(d$day, d$ending, as.matrix(d[x]), gtol = 1e-10); c(fit$coef[[1]], sqrt(fit$var[1, 1])) }
}
found <- NULL
seconds <- sapply(seq_len(as.integer(given[3])), function(run) system.time(found <<- work(), gcFirst = FALSE)[["elapsed"]])
cat(sprintf('{"seconds": [%s], "found": {"estimate": %.17g, "std_error": %.17g}}\n', paste(seconds, collapse = ", "), found[1], found[2]))
