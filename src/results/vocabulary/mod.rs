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

mod methods;

pub use methods::Method;

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
        /// Bounds on an effect among those in whom an outcome would exist under either arm.
        EffectBounds = "effect_bounds",
        /// How well the items of an instrument hang together, and how often its ends are reached.
        Reliability = "reliability",
        /// How far questionnaires and the employment table agree.
        Agreement = "agreement",
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
        /// Time from randomisation to the first paid job that an answer tells of, competitive or
        /// not, of those who did not work on day 0.
        FirstJobReported = "first_job_reported",
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
        /// A questionnaire of a wave was answered.
        Answered = "answered",
        /// A score or an item of the questionnaires; `level` names it.
        Score = "score",
        /// An index of several such outcomes; `level` names it.
        Index = "index",
        /// Paid work on the day of the answer, by questionnaire and by employment table.
        WorkingNow = "working_now",
        /// Days from an answer to the nearest day on which the employment table says the same.
        DaysToAgreement = "days_to_agreement",
        /// Hours a week of those with a competitive job.
        JobHours = "job_hours",
        /// Gross wage a month of those with a competitive job.
        JobWageEur = "job_wage_eur",
        /// Days that those with a competitive job have been in it.
        JobTenureDays = "job_tenure_days",
        /// A score that only those with a job have, such as their satisfaction; `level` names it.
        JobScore = "job_score",
        /// Hours a week in competitive jobs, 0 without one.
        HoursOrZero = "hours_or_zero",
        /// Gross wage a month from competitive jobs, 0 without one.
        WageOrZeroEur = "wage_or_zero_eur",
        /// A competitive job that meets the plan's conditions of a good one.
        GoodJob = "good_job",
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
        /// Those who answered a questionnaire of the wave.
        Answered = "answered",
        /// Those in a competitive job at that month: not a randomised comparison.
        Employed = "employed",
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
        /// Lower bound of an effect.
        BoundLower = "bound_lower",
        /// Upper bound of an effect.
        BoundUpper = "bound_upper",
        /// Standard error of the lower bound.
        BoundLowerStdError = "bound_lower_std_error",
        /// Standard error of the upper bound.
        BoundUpperStdError = "bound_upper_std_error",
        /// Share of an arm's outcomes that is trimmed.
        TrimmedShare = "trimmed_share",
        /// Working by both reports.
        BothYes = "both_yes",
        /// Working by the employment table alone.
        RegisterOnly = "register_only",
        /// Working by the questionnaire alone.
        QuestionnaireOnly = "questionnaire_only",
        /// Working by neither report.
        BothNo = "both_no",
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
        /// Points of a score.
        Score = "score",
        /// Standard deviations.
        StdDevs = "standard_deviations",
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
