//! The words that a results table may hold, each spelled once.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants are the words of one column of the results.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word of this column.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word as it stands in the results.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The variant that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        // Results are sorted by their text, so that the order does not follow the source.
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }
    };
}

words! {
    /// What kind of question a row answers.
    Analysis {
        /// Participant flow.
        Flow = "flow",
        /// A proportion in an arm.
        ArmRate = "arm_rate",
        /// A mean in an arm.
        ArmMean = "arm_mean",
        /// A contrast of the arms.
        Effect = "effect",
        /// A difference between effects.
        Interaction = "interaction",
        /// A survival probability.
        Survival = "survival",
        /// A median time.
        SurvivalMedian = "survival_median",
        /// A test of equal curves.
        SurvivalTest = "survival_test",
        /// Restricted mean time to a first job.
        Rmst = "rmst",
        /// A cumulative incidence with competing exits.
        CumulativeIncidence = "cumulative_incidence",
        /// A quantile in an arm.
        ArmQuantile = "arm_quantile",
        /// A contrast of quantiles.
        QuantileEffect = "quantile_effect",
        /// Characteristics at randomisation, by arm.
        Baseline = "baseline",
        /// Difference of the arms at randomisation.
        Balance = "balance",
        /// Share of those whose take-up follows the arm.
        ComplierShare = "complier_share",
        /// The effect among those whose take-up follows the arm.
        ComplierEffect = "complier_effect",
        /// Characteristics of those whose take-up follows the arm.
        ComplierMean = "complier_mean",
        /// An effect drawn towards the mean of all regions.
        ShrunkenEffect = "shrunken_effect",
        /// Participants, events and time at risk in an arm.
        TimeAtRisk = "time_at_risk",
        /// A quantile of a time.
        SurvivalQuantile = "survival_quantile",
        /// How long participants were followed.
        FollowUp = "follow_up",
        /// A ratio of hazards, of subdistribution hazards or of rates.
        HazardRatio = "hazard_ratio",
        /// A test of a ratio of hazards that does not change with time.
        ProportionalHazardsTest = "proportional_hazards_test",
        /// A ratio of hazards during a part of the follow-up.
        HazardRatioOverTime = "hazard_ratio_over_time",
        /// How well a model orders the times.
        Concordance = "concordance",
        /// Mean time since an event up to a month.
        TimeLost = "time_lost",
    }
}

words! {
    /// What was measured.
    Outcome {
        /// Any competitive job by the horizon.
        EverEmployed = "ever_employed",
        /// A competitive job on the day that ends a month.
        Employed = "employed",
        /// Days covered by competitive jobs.
        DaysEmployed = "days_employed",
        /// Time from randomisation to the first competitive job.
        FirstJob = "first_job",
        /// Days of the longest competitive job.
        LongestSpellDays = "longest_spell_days",
        /// Hours worked in competitive spells.
        HoursWorked = "hours_worked",
        /// Gross wages from competitive spells.
        WagesEur = "wages_eur",
        /// Benefit paid in a month.
        BenefitEur = "benefit_eur",
        /// Benefit of a month by the rule on authorised work.
        BenefitFormulaEur = "benefit_formula_eur",
        /// Benefit paid in a month less the rule's amount.
        BenefitAboveFormulaEur = "benefit_above_formula_eur",
        /// Benefits paid from randomisation to the horizon.
        BenefitTotalEur = "benefit_total_eur",
        /// Working in a competitive job while a benefit is paid.
        EmployedOnBenefit = "employed_on_benefit",
        /// A first meeting of the programme.
        TakeUp = "take_up",
        /// A characteristic at randomisation; `level` names it.
        Covariate = "covariate",
        /// Time to a competing exit without a job before.
        CompetingExit = "competing_exit",
        /// Starts of competitive jobs, the first one and others.
        JobStarts = "job_starts",
        /// Time from the start of the first competitive job to its end.
        JobRetention = "job_retention",
    }
}

words! {
    /// Who was analysed.
    AnalysisSet {
        /// Everyone randomised.
        Itt = "itt",
        /// Those observed at the month in question.
        IttObserved = "itt_observed",
        /// Those observed, with the plan's sampling weights.
        IttWeighted = "itt_weighted",
        /// Those who took the programme up, from then on.
        ProgrammeStarted = "programme_started",
        /// Those with a first job, from then on.
        WithFirstJob = "with_first_job",
    }
}

words! {
    /// Which arm, or which contrast.
    ResultArm {
        /// The intervention arm.
        Ips = "ips",
        /// The control arm.
        Control = "control",
        /// Both arms together.
        All = "all",
        /// Intervention minus, or over, control.
        Contrast = "ips-control",
    }
}

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
    }
}

words! {
    /// Where the uncertainty comes from; empty for the estimator's own formula.
    Inference {
        /// The estimator's own analytic inference.
        Analytic = "",
        /// Percentile bootstrap.
        BootstrapPercentile = "bootstrap_percentile",
        /// Basic bootstrap.
        BootstrapBasic = "bootstrap_basic",
        /// Bias-corrected and accelerated bootstrap.
        BootstrapBca = "bootstrap_bca",
        /// Studentised bootstrap.
        BootstrapStudentised = "bootstrap_studentised",
        /// The randomisation drawn again, statistic as it is.
        Randomisation = "randomisation",
        /// The randomisation drawn again, statistic over its standard error.
        RandomisationStudentised = "randomisation_studentised",
        /// Adjusted for a family by Holm.
        Holm = "holm",
        /// Adjusted for a family by Hochberg.
        Hochberg = "hochberg",
        /// Adjusted for a family by Benjamini and Hochberg.
        BenjaminiHochberg = "benjamini_hochberg",
        /// Adjusted for a family by Romano and Wolf.
        RomanoWolf = "romano_wolf",
        /// Adjusted for a family by Westfall and Young.
        WestfallYoung = "westfall_young",
        /// Variance for randomisation within strata (Ye and colleagues).
        StratifiedRandomisation = "stratified_randomisation",
        /// Variance that does not trust the model (Lin and Wei).
        Robust = "robust",
        /// The same, people of a cluster taken together.
        ClusterRobust = "cluster_robust",
        /// Simultaneous band of equal precision.
        BandEqualPrecision = "band_equal_precision",
        /// Simultaneous band of Hall and Wellner.
        BandHallWellner = "band_hall_wellner",
        /// Simultaneous band from the largest deviation over the months.
        BandSupT = "band_sup_t",
    }
}

impl Inference {
    /// Whether it is a variance of the estimator itself: no resampling, no band, no adjustment for
    /// a family.
    pub const fn is_of_the_estimator(self) -> bool {
        matches!(
            self,
            Inference::Analytic
                | Inference::StratifiedRandomisation
                | Inference::Robust
                | Inference::ClusterRobust
        )
    }

    /// Whether it is an interval from bootstrap replicates.
    pub const fn is_bootstrap(self) -> bool {
        matches!(
            self,
            Inference::BootstrapPercentile
                | Inference::BootstrapBasic
                | Inference::BootstrapBca
                | Inference::BootstrapStudentised
        )
    }

    /// Whether it is a test or interval from re-drawing the randomisation.
    pub const fn is_randomisation(self) -> bool {
        matches!(self, Inference::Randomisation | Inference::RandomisationStudentised)
    }

    /// Whether it is a p-value adjusted for a family.
    pub const fn is_of_a_family(self) -> bool {
        matches!(
            self,
            Inference::Holm
                | Inference::Hochberg
                | Inference::BenjaminiHochberg
                | Inference::RomanoWolf
                | Inference::WestfallYoung
        )
    }
}

words! {
    /// Which number of an analysis a row holds.
    Statistic {
        /// Everyone randomised.
        Randomised = "randomised",
        /// Not yet followed to the horizon at the cut-off.
        NotDue = "not_due",
        /// Due, but not observed.
        Lost = "lost",
        /// Due and observed.
        Analysed = "analysed",
        /// Participants.
        N = "n",
        /// Participants with the event.
        Events = "events",
        /// The estimate, in the row's unit.
        Estimate = "estimate",
        /// The estimate in days.
        EstimateDays = "estimate_days",
        /// Standard error of the estimate.
        StdError = "std_error",
        /// Standard deviation of the data.
        StdDev = "std_dev",
        /// Lower confidence limit.
        CiLower = "ci_lower",
        /// Upper confidence limit.
        CiUpper = "ci_upper",
        /// P-value, two-sided where there are two sides.
        PValue = "p_value",
        /// Degrees of freedom.
        Df = "df",
        /// Test statistic.
        TestStatistic = "statistic",
        /// Participants at risk.
        NAtRisk = "n_at_risk",
        /// Monte Carlo standard error of the statistic that `level` names.
        MonteCarloError = "monte_carlo_error",
        /// Replicates in which the estimate did not exist.
        FailedReplicates = "failed_replicates",
        /// Replicates, or times that the randomisation was drawn again.
        Replicates = "replicates",
        /// Acceleration constant of the bias-corrected interval.
        Acceleration = "acceleration",
        /// Participants without a value.
        Missing = "missing",
        /// First quartile of the data.
        QuartileOne = "quartile_1",
        /// Median of the data.
        Median = "median",
        /// Third quartile of the data.
        QuartileThree = "quartile_3",
        /// Clusters with a name of their own.
        Clusters = "clusters",
        /// Fewest columns selected in a fold.
        SelectedMin = "selected_min",
        /// Most columns selected in a fold.
        SelectedMax = "selected_max",
        /// Standard deviation of true effects between regions.
        BetweenStdDev = "between_std_dev",
        /// Logarithm of a ratio of hazards.
        LogHazardRatio = "log_hazard_ratio",
        /// Participants who left by a competing exit.
        CompetingExits = "competing_exits",
        /// Participants whose follow-up ended without the event.
        Censored = "censored",
        /// Days at risk of all participants together.
        PersonDays = "person_days",
        /// How many standard errors a simultaneous band is wide on either side.
        CriticalValue = "critical_value",
    }
}

words! {
    /// Unit of a value.
    Unit {
        /// No unit.
        None = "",
        /// Between 0 and 1, or a difference of two such.
        Proportion = "proportion",
        /// Days.
        Days = "days",
        /// A ratio.
        Ratio = "ratio",
        /// A count.
        Count = "count",
        /// A probability under the null hypothesis.
        P = "p",
        /// Months.
        Months = "months",
        /// Euro.
        Eur = "eur",
        /// Euro a month.
        EurPerMonth = "eur_per_month",
        /// Hours.
        Hours = "hours",
        /// Logarithm of a ratio.
        LogRatio = "log_ratio",
    }
}

words! {
    /// What the plan meant a number for.
    Role {
        /// The pre-specified main answer.
        Primary = "primary",
        /// Pre-specified support for it.
        Secondary = "secondary",
        /// Looked at without a prior claim.
        Exploratory = "exploratory",
        /// Describes the data.
        Descriptive = "descriptive",
    }
}
