# The risk difference resampled within arms by the boot package: times each run.
#
#   Rscript bootstrap.R FILE REPLICATES RUNS PROCESSES perc|bca
#
# FILE is a CSV of arm (1 the intervention) and outcome. Reading it is not timed. The last argument
# is the type of interval.
suppressPackageStartupMessages(library(boot))
given <- commandArgs(TRUE)
d <- read.csv(given[1], colClasses = "integer")
replicates <- as.integer(given[2])
processes <- as.integer(given[4])
type <- given[5]
arm <- d$arm
outcome <- d$outcome
# How often each person was drawn, as the program under comparison has it: faster in R than to
# copy the rows that were drawn.
statistic <- function(data, weights) {
  sum(weights * outcome * arm) / sum(weights * arm) -
    sum(weights * outcome * (1 - arm)) / sum(weights * (1 - arm))
}
found <- NULL
elapsed <- function(work) system.time(found <<- work(), gcFirst = FALSE)[["elapsed"]]
seconds <- sapply(seq_len(as.integer(given[3])), function(run) elapsed(function() {
  set.seed(run)
  b <- boot(d, statistic, replicates, stype = "f", strata = arm,
            parallel = if (processes > 1) "multicore" else "no", ncpus = processes)
  ci <- boot.ci(b, type = type)
  limits <- if (type == "perc") ci$percent[4:5] else ci$bca[4:5]
  list(estimate = b$t0, error = sd(b$t), limits = limits)
}))
cat(sprintf(
  '{"seconds": [%s], "found": {"estimate": %.17g, "std_error": %.17g, "limits": [%.17g, %.17g]}}\n',
  paste(seconds, collapse = ", "), found$estimate, found$error, found$limits[1], found$limits[2]))
