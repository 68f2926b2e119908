# The bootstrap intervals of a difference of mean days, 30 people an arm, 30% with any days in both:
# coverage by code that shares nothing with ours. Prints percentile, BCa, studentised and normal.
# Rscript tests/coverage/resampled_days.R
set.seed(1)
people <- 30
replicates <- 999
trials <- 2500
z <- qnorm(c(0.025, 0.975))
draw <- function() rmultinom(replicates, people, rep(1 / people, people))
days <- function() rbinom(people, 1, 0.3) * ceiling(rexp(people, 1 / 200))
quantiles <- function(x, p) sort(x)[pmin(replicates, pmax(1, round((replicates + 1) * p)))]
holds <- function(limits) limits[1] <= 0 && 0 <= limits[2]
held <- t(replicate(trials, {
  y1 <- days(); y0 <- days()
  w1 <- draw(); w0 <- draw()
  m1 <- colSums(w1 * y1) / people
  m0 <- colSums(w0 * y0) / people
  v <- (colSums(w1 * y1^2) - people * m1^2 + colSums(w0 * y0^2) - people * m0^2) / (people - 1) / people
  t <- m1 - m0
  estimate <- mean(y1) - mean(y0)
  se <- sqrt((var(y1) + var(y0)) / people)
  l <- c(y1 - mean(y1), -(y0 - mean(y0)))
  a <- sum(l^3) / 6 / sum(l^2)^1.5
  z0 <- qnorm(mean(t < estimate - 1e-9))
  c(percentile = holds(quantiles(t, pnorm(z))),
    bca = holds(quantiles(t, pnorm(z0 + (z0 + z) / (1 - a * (z0 + z))))),
    studentised = holds(estimate - se * quantiles((t - estimate) / sqrt(v), pnorm(-z))),
    normal = holds(estimate + z * se))
}))
print(100 * colMeans(held))
