# Writes distributions_r.json: the same distributions by R's own functions.
# Run from the root: Rscript tests/reference/r/distributions.R
#
# Left out because R itself is off there (distributions_mpmath.json has them): qt far in the tails,
# 1e-2 at p = 1e-300 on 1.5 degrees of freedom, 1e-10 still on 10, and infinite near 1 below 1.
#
# The JSON is written here, not by jsonlite, which keeps 15 digits whatever it is asked for: a
# rounded argument changes a far tail.
json <- function(x) {
  if (is.list(x)) return(paste0("[", paste(vapply(x, json, ""), collapse = ", "), "]"))
  paste0("[", paste(number(x), collapse = ", "), "]")
}
number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), sprintf('"%s"', x))

cases <- character()
put <- function(f, arguments, value) {
  if (value != 0 && abs(value) < 1e-305) return() # no longer 16 digits in a double
  cases[length(cases) + 1] <<- sprintf('  {"function": "%s", "arguments": %s, "value": %s}', f, json(arguments), number(value))
}

for (x in c(-37, -20.5, -8.1, -3, -1.96, -1, -0.5, -1e-5, 0, 1e-10, 0.3, 1, 1.645, 2.5758, 5, 9.5, 22, 37)) {
  put("normal_cdf", x, pnorm(x))
  put("normal_sf", x, pnorm(x, lower.tail = FALSE))
  put("normal_pdf", x, dnorm(x))
}
for (p in c(1e-300, 1e-100, 1e-20, 1e-10, 1e-4, 0.005, 0.025, 0.05, 0.3, 0.5, 0.6, 0.9, 0.95, 0.975, 0.995, 1 - 1e-10, 1 - 1.1102230246251565e-16))
  put("normal_quantile", p, qnorm(p))

for (df in c(0.5, 1, 2, 3, 4, 9, 17.5, 60, 500, 1e4, 3e5, 1e6, 1e9))
  for (k in c(-6, -2.5, -1, -0.3, 0, 0.4, 1, 2, 3.5, 7, 15, 30)) {
    x <- df + k * sqrt(2 * df)
    if (x <= 0) next
    put("chi_squared_sf", c(x, df), pchisq(x, df, lower.tail = FALSE))
    put("chi_squared_cdf", c(x, df), pchisq(x, df))
  }

for (df in c(0.3, 1, 1.5, 2, 3, 4.4, 8, 21, 75, 598, 1195, 1e4, 1e5, 1e7, 1e9))
  for (t in c(1e-5, 0.05, 0.5, 0.95, 1.3, 1.97, 2.6, 3.3, 5, 8, 14, 30)) {
    put("t_sf", c(t, df), pt(t, df, lower.tail = FALSE))
    put("t_cdf", c(t, df), pt(t, df))
  }
for (df in c(1, 1.5, 2, 3, 4.4, 8, 21, 75, 598, 1195, 1e4, 1e5, 1e7, 1e9))
  for (p in c(1e-6, 0.001, 0.005, 0.025, 0.05, 0.2, 0.4, 0.7, 0.95, 0.975, 0.995))
    put("t_quantile", c(p, df), qt(p, df))
for (p in c(0.025, 0.975)) put("t_quantile", c(p, Inf), qt(p, Inf))

for (n in c(5, 60, 1200)) for (p in c(0.004, 0.3, 0.5)) for (k in unique(floor(n * c(0, 0.02, 0.2, 0.3, 0.5, 0.8)))) {
  put("binomial_cdf", c(k, n, p), pbinom(k, n, p))
  put("binomial_sf", c(k, n, p), pbinom(k, n, p, lower.tail = FALSE))
}

set.seed(20180201)
tables <- list(c(3, 1, 1, 3), c(0, 5, 7, 3), c(8, 2, 1, 5), c(12, 30, 25, 17), c(0, 10, 0, 10), c(5, 0, 0, 5),
               c(120, 480, 90, 510), c(301, 299, 250, 350), c(2, 598, 9, 591), c(5000, 4000, 5200, 4100),
               c(10, 10, 10, 10), c(20, 10, 10, 20))
for (i in 1:60) tables[[length(tables) + 1]] <- as.numeric(rpois(4, rexp(4, 1 / sample(c(3, 15, 200), 1))))
for (t in tables) {
  m <- matrix(t, 2, byrow = TRUE); if (sum(m) == 0) next
  rows <- list(m[1, ], m[2, ])
  put("fisher_exact_two_sided", rows, fisher.test(m)$p.value)
  put("hypergeometric_pmf", rows, dhyper(m[1, 1], sum(m[1, ]), sum(m[2, ]), sum(m[, 1])))
}


for (v in list(c(4, 7, 13, 16) + 1e9, c(0.1, 0.2, 0.3, 0.7), rexp(200), rnorm(1000, 1e5)))
  { put("mean", v, mean(v)); put("sample_variance", v, var(v)) }

why <- "a tail of 1e-300 is exp(-690), and 690 is rounded to 1e-13; R itself is off by 3e-13 of mpmath there"
writeLines(c(
  "{",
  sprintf(' "generator": {"software": "R", "versions": "%s", "script": "tests/reference/r/distributions.R"},', R.version.string),
  sprintf(' "tolerance": {"relative": 1e-12, "absolute": 0, "why": "%s"},', why),
  ' "cases": [', paste(cases, collapse = ",\n"), " ]", "}"), "tests/reference/distributions_r.json")
