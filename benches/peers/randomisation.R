# The log-rank test by drawn assignments, by the package coin: times each run.
#
#   Rscript randomisation.R FILE DRAWS RUNS
#
# FILE is a CSV of arm (1 the intervention), day, ending (1 the event) and stratum, within which
# arms are exchanged. Reading it is not timed.
suppressPackageStartupMessages({ library(coin); library(survival) })
given <- commandArgs(TRUE)
d <- read.csv(given[1], colClasses = "integer")
d$event <- d$ending == 1
d$arm <- factor(d$arm, levels = c(1, 0))
d$stratum <- factor(d$stratum)
found <- NULL
elapsed <- function(work) system.time(found <<- work(), gcFirst = FALSE)[["elapsed"]]
seconds <- sapply(seq_len(as.integer(given[3])), function(run) elapsed(function() {
  set.seed(run)
  test <- logrank_test(Surv(day, event) ~ arm | stratum, d,
                       distribution = approximate(nresample = as.integer(given[2])))
  # coin's scores are expected less observed events.
  c(-statistic(test, "standardized"), pvalue(test))
}))
cat(sprintf('{"seconds": [%s], "found": {"estimate": %.17g, "p_value": %.17g}}\n',
            paste(seconds, collapse = ", "), found[1], found[2]))
