# Public data sets on which the survival room is compared with R, once for all its scripts.
#
#   Rscript tests/reference/r/survival_sets.R > tests/reference/survival_sets.json
#
# Only whole numbers and short decimals, so that every program reads the same doubles. Each set is
# a table without missing values; `arm` is 1 in the group that plays the intervention. Scripts read
# this file (`read_sets()` in r/survival_sets_read.R), tests read it through `golden::sets`.
suppressPackageStartupMessages({ library(survival); library(jsonlite) })
columns <- function(d) { d <- d[stats::complete.cases(d), ]; lapply(d, function(x) I(as.numeric(x))) }

lu <- lung
rec <- merge(colon[colon$etype == 1 & colon$rx != "Lev", ], colon[colon$etype == 2 & colon$rx != "Lev", c("id", "time", "status")], by = "id", suffixes = c("", ".death"))
sets <- list(
  # Strata by institution: 18 of them, some without events or with one arm only.
  lung = with(lu, columns(data.frame(time, status = status - 1, arm = sex - 1, age, ph_ecog = ph.ecog, ph_karno = ph.karno, institution = inst))),
  veteran = with(veteran, columns(data.frame(time, status, arm = trt - 1, cell_type = as.integer(celltype), karno, diag_time = diagtime, age, prior = prior / 10))),
  # Recurrence of colon cancer, death before it competing (cause 2).
  colon = with(rec, columns(data.frame(id, time, cause = ifelse(status == 1, 1, ifelse(status.death == 1 & time.death <= time, 2, 0)), arm = as.integer(rx == "Lev+5FU"), sex, age, obstruct, extent, node4))),
  # Recurrences of bladder cancer: intervals between visits with a tumour, several a person.
  bladder = with(bladder2, columns(data.frame(id, start, stop, event, arm = rx - 1, number, size, enum))),
  # Progression (cause 1) and death (2), months: many ties.
  mgus2 = with(mgus2, columns(data.frame(time = ifelse(pstat == 1, ptime, futime), cause = ifelse(pstat == 1, 1, 2 * death), arm = as.integer(sex == "M"), age, hgb))))
versions <- paste0("R ", getRversion(), ", survival ", packageVersion("survival"))
out <- list(generator = list(software = unbox("R package survival"), versions = unbox(versions), script = unbox("tests/reference/r/survival_sets.R")), sets = sets)
cat(toJSON(out, digits = 15), "\n", sep = "")
