# A standardised logit, a difference of restricted means or a Cox regression, resampled by boot:
# times each run.
#
#   Rscript bootstrap_models.R logit|logit_fit|rmst|cox|cox_fit FILE REPLICATES RUNS PROCESSES
#
# The `_fit` ones call what glm and coxph call, on a design made once: the same estimates without
# formula and model frame. FILE has arm, outcome, stratum, age, months, group, or arm (1 the
# intervention), day, ending (1 the event) and covariates. Reading it is not timed.
suppressPackageStartupMessages({ library(boot); library(survival) })
given <- commandArgs(TRUE)
d <- read.csv(given[2], colClasses = "integer")
replicates <- as.integer(given[3])
processes <- as.integer(given[5])
tau <- 540

# Drawn by index, as boot's manual has it: fitting with frequencies as weights was not faster.
statistics <- list(
  logit = function(data, drawn) {
    drawn <- data[drawn, ]
    fit <- glm(outcome ~ arm + stratum + age + months + group, binomial, drawn)
    one <- transform(drawn, arm = 1L)
    zero <- transform(drawn, arm = 0L)
    mean(predict(fit, one, type = "response")) - mean(predict(fit, zero, type = "response"))
  },
  logit_fit = function(data, drawn) {
    x <- design[drawn, ]
    fit <- glm.fit(x, data$outcome[drawn], family = binomial())
    eta <- fit$linear.predictors - fit$coefficients[["arm"]] * x[, "arm"]
    mean(plogis(eta + fit$coefficients[["arm"]])) - mean(plogis(eta))
  },
  rmst = function(data, drawn) {
    fit <- survfit(Surv(day, event) ~ arm, data[drawn, ], conf.type = "none")
    mean <- summary(fit, rmean = tau)$table[, "rmean"]
    mean[[2]] - mean[[1]]
  },
  cox = function(data, drawn) coef(coxph(formula, data[drawn, ]))[["arm"]],
  cox_fit = function(data, drawn) {
    coxph.fit(design[drawn, ], response[drawn, ], NULL, NULL, NULL, control, NULL, "efron",
              NULL)$coefficients[["arm"]]
  })
if (startsWith(given[1], "logit")) {
  d$stratum <- factor(d$stratum)
  d$group <- factor(d$group)
  design <- model.matrix(~ arm + stratum + age + months + group, d)
} else {
  covariates <- setdiff(names(d), c("day", "ending"))
  d$event <- d$ending == 1
  formula <- as.formula(paste("Surv(day, event) ~", paste(covariates, collapse = " + ")))
  design <- data.matrix(d[covariates]) + 0 # doubles, which coxph.fit wants
  response <- Surv(d$day, d$event)
  control <- coxph.control()
}
# Within arms; Cox regressions from everyone, as the crate survival has it.
strata <- if (startsWith(given[1], "cox")) rep(1, nrow(d)) else d$arm
found <- NULL
elapsed <- function(work) system.time(found <<- work(), gcFirst = FALSE)[["elapsed"]]
seconds <- sapply(seq_len(as.integer(given[4])), function(run) elapsed(function() {
  set.seed(run)
  b <- boot(d, statistics[[given[1]]], replicates, strata = strata,
            parallel = if (processes > 1) "multicore" else "no", ncpus = processes)
  list(estimate = b$t0, error = sd(b$t), limits = boot.ci(b, type = "perc")$percent[4:5])
}))
cat(sprintf(
  '{"seconds": [%s], "found": {"estimate": %.17g, "std_error": %.17g, "limits": [%.17g, %.17g]}}\n',
  paste(seconds, collapse = ", "), found$estimate, found$error, found$limits[1], found$limits[2]))
