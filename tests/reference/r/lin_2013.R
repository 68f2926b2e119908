# Table 2 of Lin (2013), on the data of Angrist, Lang and Oreopoulos that estimatr carries.
#
#   Rscript tests/reference/r/lin_2013.R     (from the root of the repository)
#
# Lin W (2013). Annals of Applied Statistics 7:295-318, doi:10.1214/12-AOAS583. Table 2: effect of
# services with money (SFSP) against services alone (SSP) on men's grades in the first year, standard
# errors by the sandwich of Huber and White (HC0). The printed numbers are quoted as estimatr's own
# test of that table quotes them (tests/testthat/test-replicate-lin2013.R); this script stops unless
# estimatr, with this data, rounds to each of them.
source("tests/reference/r/reference.R")
suppressPackageStartupMessages(library(estimatr))

people <- alo_star_men; stopifnot(nrow(people) == 157, people$sfsp + people$ssp == 1)
printed <- list(unadjusted = c(-0.036, 0.158), ols = c(-0.083, 0.146), lin = c(-0.081, 0.146))
fits <- list(unadjusted = lm_robust(GPA_year1 ~ sfsp, people, se_type = "HC0"),
             ols = lm_robust(GPA_year1 ~ sfsp + gpa0, people, se_type = "HC0"),
             lin = lm_lin(GPA_year1 ~ sfsp, ~ gpa0, people, se_type = "HC0"))
for (method in names(fits)) {
  f <- fits[[method]]; own <- c(f$coefficients[["sfsp"]], f$std.error[["sfsp"]]); stopifnot(round(own, 3) == printed[[method]])
  add(method, paste("Lin 2013, Table 2:", method), list(y = I(people$GPA_year1), intervention = I(people$sfsp), strata = I(numeric(157)), n_strata = 1, gpa0 = I(people$gpa0), level = 0.95),
      list(printed_estimate = printed[[method]][1], printed_std_error = printed[[method]][2], estimate = own[1], std_error = own[2]))
}
write_reference("lin_2013", "estimatr", 1e-11, "both sides solve the same least squares; printed numbers are compared as printed, to three decimals", 1e-13)
