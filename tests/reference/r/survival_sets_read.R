# The data sets of tests/reference/survival_sets.json as data frames, for the scripts beside.
read_sets <- function() lapply(jsonlite::fromJSON("tests/reference/survival_sets.json")$sets, as.data.frame)
