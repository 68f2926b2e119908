# Agreement of two yes/no reports. The standard errors are computed here by the delta method: the
# gradient of kappa in the four cell probabilities (complex step, so without rounding of
# differences) against the multinomial covariance; for the test the cell probabilities are those of
# independent reports with the same margins. vcd::Kappa and psych::cohen.kappa are held beside.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages({library(vcd); library(psych)})

kappa_of <- function(p) {   # p: both, first only, second only, neither
  o <- p[1] + p[4]; e <- (p[1] + p[2]) * (p[1] + p[3]) + (p[3] + p[4]) * (p[2] + p[4])
  (o - e) / (1 - e)
}
delta <- function(p, n) {
  gradient <- sapply(1:4, function(i) { q <- as.complex(p); q[i] <- q[i] + 1e-30i; Im(kappa_of(q)) / 1e-30 })
  sqrt(sum(p * (gradient - sum(p * gradient))^2)) / sqrt(n)   # centred: a difference of two squares loses digits
}
one <- function(name, counts, level = 0.95) {
  n <- sum(counts); p <- counts / n
  margins <- c(p[1] + p[2], p[1] + p[3])
  independent <- c(margins[1] * margins[2], margins[1] * (1 - margins[2]), (1 - margins[1]) * margins[2], (1 - margins[1]) * (1 - margins[2]))
  k <- kappa_of(p); se <- delta(p, n); se0 <- delta(independent, n)
  z <- qnorm(1 - (1 - level) / 2)
  agreed <- counts[1] + counts[4]
  w <- suppressWarnings(prop.test(agreed, n, correct = FALSE, conf.level = level)$conf.int)
  table <- matrix(counts, 2, byrow = TRUE)
  v <- vcd::Kappa(table)$Unweighted
  same(v[["value"]], k)
  if (se > 1e-9) same(v[["ASE"]], se, 1e-8)
  if (se > 1e-9) same(suppressWarnings(psych::cohen.kappa(table))$var.kappa, se^2, 1e-7)
  add("agreement", name, list(level = level, counts = counts),
      list(observed = agreed / n, observed_lower = w[1], observed_upper = w[2],
           positive = 2 * counts[1] / (2 * counts[1] + counts[2] + counts[3]), negative = 2 * counts[4] / (2 * counts[4] + counts[2] + counts[3]),
           kappa = k, expected = sum(independent[c(1, 4)]), std_error = se, lower = k - z * se, upper = k + z * se,
           null_std_error = se0, p_value = 2 * pnorm(-abs(k / se0))))
}
one("balanced", c(20, 5, 10, 15))
one("many", c(412, 31, 57, 500))
one("hardly any yes", c(3, 7, 4, 986))
one("hardly any no, ninety per cent", c(940, 25, 30, 5), 0.9)
one("below chance", c(5, 30, 40, 8))
one("as by chance", c(4, 8, 12, 24))
one("one-sided disagreement", c(61, 0, 22, 117))
one("no common yes", c(0, 3, 5, 92))
one("four people", c(1, 1, 1, 1))
one("all agree", c(40, 0, 0, 60))
set.seed(20181104)
for (i in 1:6) {
  truth <- rbinom(300, 1, 0.35); wrong <- c(0.02, 0.05, 0.1, 0.2, 0.4, 0.5)[i]
  first <- ifelse(runif(300) < wrong, 1 - truth, truth); second <- ifelse(runif(300) < wrong / 2, 1 - truth, truth)
  one(sprintf("simulated, wrong in %g", wrong), c(sum(first & second), sum(first & !second), sum(!first & second), sum(!first & !second)), c(0.95, 0.99)[1 + i %% 2])
}
write_reference("agreement", c("vcd", "psych", "jsonlite"), 1e-11, "the program's closed variance of kappa subtracts, this one does not; the absolute part is for a kappa of 0", absolute = 1e-15)
