//! The estimators, each spelled once.

use serde::{Deserialize, Serialize};

words! {
    /// The estimator.
    Method {
        /// A count of participants.
        Count = "count",
        /// A proportion with Wilson's score interval.
        Wilson = "wilson",
        /// A sample mean.
        Mean = "mean",
        /// An unadjusted risk difference, with resampled inference.
        RiskDifference = "risk_difference",
        /// Newcombe's hybrid score interval of a risk difference.
        RiskDifferenceNewcombe = "risk_difference_newcombe",
        /// Unpooled Wald interval of a risk difference.
        RiskDifferenceWald = "risk_difference_wald",
        /// Mantel-Haenszel risk difference over the strata.
        RiskDifferenceMantelHaenszel = "risk_difference_mantel_haenszel",
        /// Risk ratio, limits on the log scale.
        RiskRatio = "risk_ratio",
        /// Odds ratio, limits on the log scale.
        OddsRatio = "odds_ratio",
        /// Pearson's test without continuity correction.
        PearsonChiSquared = "pearson_chi_squared",
        /// Fisher's exact test, two-sided.
        FisherExact = "fisher_exact",
        /// Least squares on arm and strata with HC2 standard errors.
        OlsStrataHc2 = "ols_strata_hc2",
        /// Least squares on arm, strata and covariates with HC0 standard errors.
        OlsAdjustedHc0 = "ols_adjusted_hc0",
        /// Least squares on arm, strata and covariates with HC1 standard errors.
        OlsAdjustedHc1 = "ols_adjusted_hc1",
        /// Least squares on arm, strata and covariates with HC2 standard errors.
        OlsAdjustedHc2 = "ols_adjusted_hc2",
        /// Least squares on arm, strata and covariates with HC3 standard errors.
        OlsAdjustedHc3 = "ols_adjusted_hc3",
        /// Least squares on arm, strata and covariates with CR2 standard errors over clusters.
        OlsAdjustedCr2 = "ols_adjusted_cr2",
        /// Least squares of the arm interacted with centred strata and covariates, HC2.
        LinHc2 = "lin_hc2",
        /// Risk difference standardised over a logistic model.
        LogitStandardised = "logit_standardised",
        /// Risk ratio standardised over a logistic model.
        LogitStandardisedRiskRatio = "logit_standardised_risk_ratio",
        /// Odds ratio standardised over a logistic model.
        LogitStandardisedOddsRatio = "logit_standardised_odds_ratio",
        /// Adjustment for covariates that a lasso selects, cross-fitted.
        LassoCrossFitted = "lasso_cross_fitted",
        /// Augmented inverse-probability weighting, logistic outcome models, cross-fitted.
        AipwLogit = "aipw_logit",
        /// Augmented inverse-probability weighting, lasso outcome models, cross-fitted.
        AipwLasso = "aipw_lasso",
        /// Sample quantile with order-statistic limits.
        Quantile = "quantile",
        /// Two-stage least squares with the arm as instrument, HC2.
        TslsHc2 = "tsls_hc2",
        /// Anderson-Rubin confidence set.
        AndersonRubin = "anderson_rubin",
        /// Joint Wald test of equal log risk ratios.
        WaldLogRiskRatio = "wald_log_risk_ratio",
        /// Empirical Bayes shrinkage with Paule and Mandel's variance.
        EmpiricalBayes = "empirical_bayes",
        /// Standardised mean difference.
        StandardisedMeanDifference = "standardised_mean_difference",
        /// All covariates together under the randomisation (Hansen and Bowers).
        OmnibusBalance = "omnibus_balance",
        /// Welch's t test.
        WelchT = "welch_t",
        /// Joint Wald test with HC2 covariance.
        WaldHc2 = "wald_hc2",
        /// Kaplan-Meier, competing exits censored.
        KaplanMeier = "kaplan_meier",
        /// Restricted mean of the Kaplan-Meier curve, competing exits censored.
        RestrictedMean = "restricted_mean",
        /// Ratio of two restricted means, competing exits censored.
        RestrictedMeanRatio = "restricted_mean_ratio",
        /// Ratio of two restricted mean times lost, competing exits censored.
        RestrictedTimeLostRatio = "restricted_time_lost_ratio",
        /// Difference of restricted means averaged over the strata, competing exits censored.
        RestrictedMeanStratified = "restricted_mean_stratified",
        /// Difference of restricted means, adjusted through pseudo-observations.
        RestrictedMeanAdjusted = "restricted_mean_adjusted",
        /// Kaplan-Meier curve of the time followed.
        ReverseKaplanMeier = "reverse_kaplan_meier",
        /// Difference of two Kaplan-Meier curves at a month.
        SurvivalDifference = "survival_difference",
        /// Test of equal Kaplan-Meier curves at a month, on the log-log scale.
        MilestoneLogLog = "milestone_log_log",
        /// Log-rank test, competing exits censored.
        LogRank = "log_rank",
        /// Peto-Peto test, competing exits censored.
        PetoPeto = "peto_peto",
        /// Log-rank test over the strata, competing exits censored.
        LogRankStratified = "log_rank_stratified",
        /// Peto-Peto test over the strata, competing exits censored.
        PetoPetoStratified = "peto_peto_stratified",
        /// Fleming-Harrington test, competing exits censored; `level` has its weights.
        FlemingHarrington = "fleming_harrington",
        /// Fleming-Harrington test over the strata, competing exits censored.
        FlemingHarringtonStratified = "fleming_harrington_stratified",
        /// Largest of four Fleming-Harrington statistics, competing exits censored.
        MaxCombo = "max_combo",
        /// Largest of four Fleming-Harrington statistics over the strata.
        MaxComboStratified = "max_combo_stratified",
        /// Cox regression on the arm, ties by Efron, competing exits censored.
        CoxEfron = "cox_efron",
        /// Cox regression on the arm within strata, ties by Efron.
        CoxEfronStratified = "cox_efron_stratified",
        /// Cox regression on arm and covariates within strata, ties by Efron.
        CoxEfronAdjusted = "cox_efron_adjusted",
        /// Cox regression on the arm, ties by Breslow.
        CoxBreslow = "cox_breslow",
        /// Cox regression on the arm, exact discrete-time likelihood of ties.
        CoxExact = "cox_exact",
        /// Cox regression on the arm with Firth's penalty, ties by Efron.
        CoxFirth = "cox_firth",
        /// Likelihood-ratio test of a Cox regression; `level` names it.
        CoxLikelihoodRatio = "cox_likelihood_ratio",
        /// Wald test of a Cox regression; `level` names it.
        CoxWald = "cox_wald",
        /// Score test of a Cox regression; `level` names it.
        CoxScore = "cox_score",
        /// Means of scaled Schoenfeld residuals.
        Schoenfeld = "schoenfeld",
        /// Gray's test of equal cumulative incidences.
        Gray = "gray",
        /// Gray's test over the strata.
        GrayStratified = "gray_stratified",
        /// Fine and Gray's regression on the arm.
        FineGray = "fine_gray",
        /// Fine and Gray's regression on arm, strata and covariates.
        FineGrayAdjusted = "fine_gray_adjusted",
        /// Aalen-Johansen cumulative incidence.
        AalenJohansen = "aalen_johansen",
        /// Difference of Aalen-Johansen cumulative incidences.
        RiskDifferenceAalenJohansen = "risk_difference_aalen_johansen",
        /// Area under an Aalen-Johansen cumulative incidence.
        TimeLostAalenJohansen = "time_lost_aalen_johansen",
        /// Mean number of events up to a month.
        MeanCumulative = "mean_cumulative",
        /// Andersen and Gill's regression for repeated events, robust standard errors.
        AndersenGill = "andersen_gill",
        /// Change since the baseline by least squares on arm and strata, HC2.
        OlsChangeHc2 = "ols_change_hc2",
        /// Least squares on arm, strata and the baseline value, HC2 (analysis of covariance).
        AncovaHc2 = "ancova_hc2",
        /// The same, divided by the control arm's standard deviation at baseline.
        AncovaStandardised = "ancova_standardised",
        /// Standardised mean difference with Hedges' correction.
        HedgesG = "hedges_g",
        /// Cronbach's alpha with Feldt's interval.
        CronbachAlpha = "cronbach_alpha",
        /// McDonald's omega of a one-factor model.
        McdonaldOmega = "mcdonald_omega",
        /// Share with the lowest possible score.
        Floor = "floor",
        /// Share with the highest possible score.
        Ceiling = "ceiling",
        /// Share of pairs of reports that agree.
        PercentAgreement = "percent_agreement",
        /// Cohen's kappa.
        CohenKappa = "cohen_kappa",
        /// Lee's bounds.
        LeeBounds = "lee_bounds",
        /// Lee's bounds, tightened by region.
        LeeBoundsTightened = "lee_bounds_tightened",
        /// Turnbull's curve of times known between two answers.
        Turnbull = "turnbull",
        /// Proportional hazards of times known between two answers.
        IntervalCensoredPh = "interval_censored_ph",
    }
}
