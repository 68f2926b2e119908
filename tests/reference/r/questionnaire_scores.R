# Answers to four instruments with missing items, and their scores, computed apart from the program.
#
# Writes tests/reference/questionnaire_scores.json:
#   generator, tolerance           as in every reference file
#   instruments                    one entry each, keyed by name:
#     rule                         the scoring rule in words
#     items, least, most           number of items, smallest and largest answer
#     answers                      1,000 strings, one a person, one character an item in item order;
#                                  "." is a missing answer (yes is "1", no is "0")
#     scores                       1,000 numbers, null where there is no score
#   instruments: "who5"        sum of five items (0-5) times 4, 0-100; no item may be missing
#                "mean6"       mean of six items (1-7) after items 2 and 5 are turned (8 - x); at most three
#                              missing; the missing take the mean of the person's own (turned) items
#                "count6"      number of yes among six, 0-6; at most one missing, then the mean of those answered times
#                              six, not rounded
#                "eq5d5l"      value of a profile of five levels (1-5), from an invented value set; no item may be
#                              missing
#   value_set                      decrements: five lists (items in order) of five numbers (levels 1-5);
#                                  extra: taken off once if any item is at level 4 or 5;
#                                  value = 1 - sum of decrements - extra
#                                  values: all 3,125, in increasing order of the profile read as a number
#                                  (11111, 11112, ..., 55555). Invented: no country's.
#   cases                          one line an instrument: n, n_scored, mean, sd of the scores
source("tests/reference/r/reference.R")
set.seed(20181108); n <- 1000
likert <- function(items, least, most, loading) {
  f <- rnorm(n)
  sapply(seq_len(items), function(i) pmin(most, pmax(least, round((least + most) / 2 + (most - least) / 4 * (loading * f + sqrt(1 - loading^2) * rnorm(n))))))
}
# Missing: a share of people leave each item out, some most of them, some all.
holes <- function(x) {
  x[matrix(runif(length(x)) < 0.04, nrow(x))] <- NA
  few <- sample(n, 150); for (i in few) x[i, sample(ncol(x), sample(ncol(x), 1))] <- NA
  x
}
text <- function(x) apply(x, 1, function(row) paste(ifelse(is.na(row), ".", row), collapse = ""))
instruments <- list()
put <- function(name, rule, x, least, most, score) {
  scores <- rep(NA_real_, n)
  for (i in seq_len(n)) scores[i] <- score(x[i, ])
  instruments[[name]] <<- list(rule = unbox(rule), items = unbox(ncol(x)), least = unbox(least), most = unbox(most), answers = text(x), scores = scores)
  add("scores", name, list(instrument = unbox(name)), list(n = n, n_scored = sum(!is.na(scores)), mean = mean(scores, na.rm = TRUE), sd = sd(scores, na.rm = TRUE)))
}
put("who5", "sum times 4; none missing", holes(likert(5, 0, 5, 0.75)), 0, 5, function(a) {
  if (any(is.na(a))) return(NA)
  4 * (a[1] + a[2] + a[3] + a[4] + a[5])
})
six <- likert(6, 1, 7, 0.6); six[, c(2, 5)] <- 8 - six[, c(2, 5)]
put("mean6", "items 2 and 5 turned (8 - x); at most 3 missing, person's mean; mean", holes(six), 1, 7, function(a) {
  a[2] <- 8 - a[2]; a[5] <- 8 - a[5]
  gaps <- which(is.na(a)); if (length(gaps) > 3) return(NA)
  for (g in gaps) a[g] <- sum(a[-gaps]) / (6 - length(gaps))
  sum(a) / 6
})
yes <- likert(6, -3, 3, 0.5) > 0
put("count6", "yes among six; at most 1 missing, mean times 6", holes(yes * 1), 0, 1, function(a) {
  gaps <- sum(is.na(a)); if (gaps > 1) return(NA)
  sum(a, na.rm = TRUE) * 6 / (6 - gaps)
})
decrements <- list(c(0, 0.031, 0.052, 0.147, 0.226), c(0, 0.027, 0.044, 0.118, 0.191), c(0, 0.029, 0.049, 0.133, 0.207),
                   c(0, 0.045, 0.071, 0.262, 0.381), c(0, 0.052, 0.116, 0.309, 0.402))
extra <- 0.017
value <- function(a) 1 - sum(mapply(function(d, level) d[level], decrements, a)) - extra * any(a >= 4)
profile <- likert(5, 1, 5, 0.7)
put("eq5d5l", "value of the profile in value_set; none missing", holes(profile), 1, 5, function(a) if (any(is.na(a))) NA else value(a))
all <- as.matrix(expand.grid(1:5, 1:5, 1:5, 1:5, 1:5))[, 5:1]
values <- apply(all, 1, value)
stopifnot(all[2, 5] == 2, length(values) == 3125)

short <- function(x) ifelse(is.na(x), "null", sprintf("%.15g", x))   # so that 0.948 is written as it is read
verbatim <- function(x) structure(paste0("[", paste(short(x), collapse = ","), "]"), class = "json")
for (k in names(instruments)) {
  instruments[[k]]$scores <- verbatim(instruments[[k]]$scores)
}
file <- list(generator = list(software = unbox("R"), versions = unbox(paste("R", getRversion(), ", jsonlite", packageVersion("jsonlite"))), script = unbox("tests/reference/r/questionnaire_scores.R")),
             tolerance = list(relative = 1e-14, absolute = 1e-14, why = unbox("scores are written with 15 digits, to keep the file small")),
             instruments = instruments, value_set = list(decrements = lapply(decrements, verbatim), extra = extra, values = verbatim(values)), cases = cases)
writeLines(toJSON(exact(file), json_verbatim = TRUE), "tests/reference/questionnaire_scores.json")
print(sapply(cases, function(c) unlist(c$want)))
