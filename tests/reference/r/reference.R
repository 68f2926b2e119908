# What the reference scripts of the estimators share: cases, and doubles with 17 digits.
# Each script sources this file; run them from the root of the repository.
suppressPackageStartupMessages(library(jsonlite))
options(warn = 1, digits = 17)

cases <- list()
add <- function(kind, name, input, want) {
  cases[[length(cases) + 1]] <<- list(kind = unbox(kind), name = unbox(name), input = input, want = want)
}
same <- function(a, b, tolerance = 1e-9) stopifnot(isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))

# jsonlite 1.8 stops at 15 significant digits whatever `digits` says; 17 give the same double back.
# Numbers of length 1 become plain numbers unless marked by I().
exact <- function(x) {
  if (is.list(x)) return(lapply(x, exact))
  if (is.logical(x)) x <- as.numeric(x)
  if (!is.numeric(x)) return(x)
  text <- ifelse(is.finite(x), sprintf("%.17g", as.numeric(x)), sprintf('"%s"', x))
  structure(if (length(x) == 1 && !inherits(x, "AsIs")) text else paste0("[", paste(text, collapse = ","), "]"), class = "json")
}
write_reference <- function(name, packages, relative, why, absolute = 0) {
  versions <- paste(c(paste("R", getRversion()), vapply(packages, function(p) paste(p, packageVersion(p)), "")), collapse = ", ")
  file <- list(generator = list(software = unbox("R"), versions = unbox(versions), script = unbox(sprintf("tests/reference/r/%s.R", name))),
               tolerance = list(relative = relative, absolute = absolute, why = unbox(why)), cases = cases)
  writeLines(toJSON(exact(file), json_verbatim = TRUE), sprintf("tests/reference/%s.json", name))
  cat(name, length(cases), "cases\n")
}

# The fixture of Rossi, Berk and Lenihan: arm, region as stratum, days worked in 270 days.
rossi <- local({
  people <- read.csv("tests/fixtures/rossi/participants.csv", stringsAsFactors = FALSE)
  spells <- read.csv("tests/fixtures/rossi/employment.csv", stringsAsFactors = FALSE)
  from <- as.numeric(as.Date(spells$start_date) - as.Date("2018-02-01"))
  to <- ifelse(spells$end_date == "", 364, as.numeric(as.Date(spells$end_date) - as.Date("2018-02-01")))
  days <- tapply(pmax(0, pmin(to, 270) - from + 1), factor(spells$participant_id, people$participant_id), sum)
  data.frame(people, z = as.numeric(people$arm == "ips"), s = as.integer(factor(people$region)) - 1L,
             days = ifelse(is.na(days), 0, days), worked = as.numeric(!is.na(days) & days > 0))
})
