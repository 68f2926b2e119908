//! Made-up rows of questionnaires and of the quality of jobs, beside those of `support`. Smooth
//! formulas again, not estimates.

use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_SMALL_CELL, Row};
use ips_eval::results::study::{StudyEstimand, StudyScore, StudyTitle};
use ips_eval::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};

use super::support;

pub(crate) const WAVES: [i32; 3] = [6, 12, 18];

/// A score whose higher values are better, and one whose lower values are.
pub(crate) const SCORES: [&str; 2] = ["who5", "fatigue"];

const ARMS: [ResultArm; 2] = [ResultArm::Ips, ResultArm::Control];

/// The planned trial with questionnaires.
pub(crate) fn whole() -> ResultSet {
    let base = support::belgian();
    let mut study = base.study.clone();
    study.wave_months = WAVES.to_vec();
    study.scores = vec![
        score(Outcome::Score, "who5", ("Well-being <WHO-5>", true)),
        score(Outcome::Score, "fatigue", ("Fatigue", false)),
        score(Outcome::JobScore, "satisfaction", ("Satisfaction with the job", true)),
        score(Outcome::Index, "both", ("Well-being and energy", true)),
    ];
    study.estimands = vec![estimand()];
    let mut made = Made { rows: base.rows().to_vec() };
    let regions: Vec<String> = study.regions.iter().cloned().chain([ALL_REGIONS.into()]).collect();
    for (at, region) in regions.iter().enumerate() {
        made.response(region, at as f64);
        made.scores(region, at as f64);
        made.jobs(region, at as f64);
    }
    made.overall();
    ResultSet::new(study, made.rows).expect("each key once")
}

/// Some of it masked, not estimable or missing.
pub(crate) fn with_gaps() -> ResultSet {
    let whole = whole();
    let rows = whole.rows().iter().filter(|row| {
        let key = &row.key;
        !(key.outcome == Outcome::Score && key.region == "wallonia" && key.month == Some(12))
    });
    let rows = rows.map(|row| {
        let mut row = row.clone();
        let key = &row.key;
        let is_score = matches!(key.outcome, Outcome::Score | Outcome::JobScore);
        if is_score && key.region == "brussels" || key.outcome == Outcome::WorkingNow {
            (row.value, row.note) = (None, MASKED_SMALL_CELL.to_owned());
        } else if key.outcome == Outcome::Answered && key.month == Some(12) {
            (row.value, row.note) = (None, "nobody was due".to_owned());
        }
        row
    });
    ResultSet::new(whole.study.clone(), rows.collect()).expect("keys are as they were")
}

fn score(outcome: Outcome, level: &str, (title, better): (&str, bool)) -> StudyScore {
    let own = || title.to_owned();
    StudyScore {
        outcome,
        level: level.to_owned(),
        instrument: if outcome == Outcome::Index { String::new() } else { level.to_owned() },
        title: StudyTitle { en: own(), fr: format!("{title} (fr)"), nl: format!("{title} (nl)") },
        range: (level == "who5").then_some((0.0, 100.0)),
        higher_is_better: better,
    }
}

fn estimand() -> StudyEstimand {
    StudyEstimand {
        id: "Fatigue at month 12".to_owned(),
        declared: true,
        role: Role::Secondary,
        outcome: Outcome::Score,
        level: "fatigue".to_owned(),
        methods: vec![Method::AncovaHc2],
        months: vec![12],
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        population: "everyone randomised".to_owned(),
        treatments: "being offered IPS against TAU".to_owned(),
        variable: "the score at the wave".to_owned(),
        intercurrent_events: Vec::new(),
        summary: "difference of means".to_owned(),
    }
}

struct Made {
    rows: Vec<Row>,
}

fn key(analysis: Analysis, outcome: Outcome, set: AnalysisSet, method: Method) -> Key {
    Key {
        analysis,
        outcome,
        analysis_set: set,
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        arm: ResultArm::Contrast,
        month: None,
        level: String::new(),
        method,
        inference: Inference::Analytic,
        statistic: Statistic::Estimate,
    }
}

impl Made {
    fn put(&mut self, key: &Key, unit: Unit, values: &[(Statistic, f64)]) {
        for &(statistic, value) in values {
            let unit = match statistic {
                Statistic::PValue => Unit::P,
                Statistic::N | Statistic::Events => Unit::Count,
                Statistic::TrimmedShare => Unit::Proportion,
                _ => unit,
            };
            let is_declared = key.level == "fatigue"
                && key.month == Some(12)
                && key.method == Method::AncovaHc2
                && key.region == ALL_REGIONS;
            let note = match key.method {
                Method::OlsChangeHc2 => {
                    format!("{} without a baseline value", 9.0 + value.abs().floor())
                }
                Method::LeeBounds if statistic == Statistic::TrimmedShare => {
                    "among those who would answer in either arm; trimmed: control".to_owned()
                }
                Method::OlsStrataHc2 if key.outcome == Outcome::Index => {
                    "weights: who5 0.55, fatigue 0.45".to_owned()
                }
                _ => String::new(),
            };
            self.rows.push(Row {
                key: Key { statistic, ..key.clone() },
                value: Some(value),
                unit,
                role: if is_declared { Role::Secondary } else { Role::Exploratory },
                note,
            });
        }
    }

    fn share(&mut self, key: &Key, (events, n): (f64, f64)) {
        let share = events / n;
        let values = [
            (Statistic::N, n),
            (Statistic::Events, events),
            (Statistic::Estimate, share),
            (Statistic::CiLower, (share - 0.04).max(0.0)),
            (Statistic::CiUpper, (share + 0.04).min(1.0)),
        ];
        self.put(key, Unit::Proportion, &values);
    }

    fn effect(&mut self, key: &Key, unit: Unit, (estimate, half): (f64, f64)) {
        let values = [
            (Statistic::Estimate, estimate),
            (Statistic::CiLower, estimate - half),
            (Statistic::CiUpper, estimate + half),
            (Statistic::PValue, 0.041),
        ];
        let has_p = !matches!(
            key.method,
            Method::HedgesG | Method::AncovaStandardised | Method::RiskDifferenceNewcombe
        );
        self.put(key, unit, &values[..if has_p { 4 } else { 3 }]);
    }

    fn response(&mut self, region: &str, at: f64) {
        for month in [0].into_iter().chain(WAVES) {
            let region = region.to_owned();
            let own = key(Analysis::ArmRate, Outcome::Answered, AnalysisSet::Itt, Method::Wilson);
            let own = Key { region, month: Some(month), ..own };
            for (arm, less) in ARMS.into_iter().zip([0.0, 11.0]) {
                let n = 200.0 + 10.0 * at;
                let events = 180.0 - 2.0 * f64::from(month) - less - 5.0 * at;
                self.share(&Key { arm, ..own.clone() }, (events, n));
            }
            let effect = Key { analysis: Analysis::Effect, ..own };
            let newcombe = Key { method: Method::RiskDifferenceNewcombe, ..effect.clone() };
            self.effect(&newcombe, Unit::Proportion, (0.055, 0.05));
            if effect.region == ALL_REGIONS {
                let ols = Key { method: Method::OlsStrataHc2, ..effect.clone() };
                self.effect(&ols, Unit::Proportion, (0.054, 0.05));
                let wald = Key { analysis: Analysis::Interaction, ..effect };
                let wald = Key { method: Method::WaldHc2, ..wald };
                self.put(&wald, Unit::None, &[(Statistic::PValue, 0.522)]);
            }
        }
    }

    fn scores(&mut self, region: &str, at: f64) {
        for (number, level) in SCORES.into_iter().enumerate() {
            let scale = if number == 0 { 1.0 } else { -0.1 };
            let own = key(Analysis::ArmMean, Outcome::Score, AnalysisSet::Answered, Method::Mean);
            let own = Key { region: region.to_owned(), level: level.to_owned(), ..own };
            for month in [0].into_iter().chain(WAVES) {
                for (arm, more) in ARMS.into_iter().zip([0.2, 0.0]) {
                    let mean = 45.0 + scale * (f64::from(month) * (0.1 + more) + at);
                    let values = [
                        (Statistic::N, 150.0 - f64::from(month)),
                        (Statistic::Estimate, mean),
                        (Statistic::StdDev, 20.25),
                        (Statistic::StdError, 1.65),
                        (Statistic::CiLower, mean - 3.25),
                        (Statistic::CiUpper, mean + 3.25),
                    ];
                    self.put(&Key { arm, month: Some(month), ..own.clone() }, Unit::Score, &values);
                }
            }
            for month in WAVES {
                let effect = Key { analysis: Analysis::Effect, month: Some(month), ..own.clone() };
                let size = scale * (0.2 * f64::from(month) + 0.1 * at);
                for (method, unit, size) in [
                    (Method::OlsStrataHc2, Unit::Score, size),
                    (Method::OlsChangeHc2, Unit::Score, 0.9 * size),
                    (Method::AncovaHc2, Unit::Score, 0.95 * size),
                    (Method::HedgesG, Unit::StdDevs, size / 10.0),
                    (Method::AncovaStandardised, Unit::StdDevs, size / 11.0),
                ] {
                    self.effect(&Key { method, ..effect.clone() }, unit, (size, 0.25));
                }
            }
        }
    }

    fn jobs(&mut self, region: &str, at: f64) {
        use Analysis::{ArmMean, ArmRate, Effect};
        for month in [6, 18] {
            let of = |analysis, outcome, set, method| Key {
                region: region.to_owned(),
                month: Some(month),
                ..key(analysis, outcome, set, method)
            };
            for (outcome, unit, mean) in [
                (Outcome::JobHours, Unit::Hours, 24.5),
                (Outcome::JobWageEur, Unit::EurPerMonth, 1446.0),
                (Outcome::JobTenureDays, Unit::Days, 104.5),
                (Outcome::JobScore, Unit::Score, 4.62),
            ] {
                let own = of(ArmMean, outcome, AnalysisSet::Employed, Method::Mean);
                let level = if outcome == Outcome::JobScore { "satisfaction" } else { "" };
                for arm in ARMS {
                    let values = [
                        (Statistic::N, 60.0 + at),
                        (Statistic::Estimate, mean),
                        (Statistic::StdDev, mean / 3.0),
                    ];
                    self.put(&Key { arm, level: level.to_owned(), ..own.clone() }, unit, &values);
                }
            }
            for (outcome, unit, mean) in [
                (Outcome::HoursOrZero, Unit::Hours, 6.6),
                (Outcome::WageOrZeroEur, Unit::EurPerMonth, 355.0),
            ] {
                let set = AnalysisSet::IttObserved;
                for arm in ARMS {
                    let own = Key { arm, ..of(ArmMean, outcome, set, Method::Mean) };
                    let values = [
                        (Statistic::N, 560.0),
                        (Statistic::Estimate, mean),
                        (Statistic::StdDev, 11.0),
                    ];
                    self.put(&own, unit, &values);
                }
                self.effect(&of(Effect, outcome, set, Method::OlsStrataHc2), unit, (2.5, 1.3));
            }
            let (good, set) = (Outcome::GoodJob, AnalysisSet::IttObserved);
            for arm in ARMS {
                self.share(&Key { arm, ..of(ArmRate, good, set, Method::Wilson) }, (84.0, 560.0));
            }
            let newcombe = of(Effect, good, set, Method::RiskDifferenceNewcombe);
            self.effect(&newcombe, Unit::Proportion, (0.05, 0.03));
            if region == ALL_REGIONS {
                let ols = of(Effect, good, set, Method::OlsStrataHc2);
                self.effect(&ols, Unit::Proportion, (0.051, 0.03));
            }
        }
    }

    /// What there is for all regions only.
    fn overall(&mut self) {
        let answered = AnalysisSet::Answered;
        for arm in ARMS {
            for level in ["language=fr", "language=nl", "mode=online"] {
                let own = key(Analysis::ArmRate, Outcome::Answered, answered, Method::Count);
                let own = Key { arm, subgroup: level.to_owned(), month: Some(6), ..own };
                let values =
                    [(Statistic::N, 200.0), (Statistic::Events, 86.0), (Statistic::Estimate, 0.43)];
                self.put(&own, Unit::Proportion, &values);
            }
        }
        for level in SCORES.into_iter().chain(["satisfaction"]) {
            for subgroup in ["", "language=fr"] {
                self.scale(level, subgroup);
            }
        }
        for month in WAVES {
            for level in SCORES {
                let own = key(Analysis::EffectBounds, Outcome::Score, answered, Method::LeeBounds);
                self.bounds(&Key { month: Some(month), level: level.to_owned(), ..own });
            }
            let own = key(
                Analysis::EffectBounds,
                Outcome::JobHours,
                AnalysisSet::Employed,
                Method::LeeBounds,
            );
            self.bounds(&Key { month: Some(month), ..own });
            let own = key(Analysis::Effect, Outcome::Index, answered, Method::OlsStrataHc2);
            let own = Key { month: Some(month), level: "both".to_owned(), ..own };
            self.effect(&own, Unit::StdDevs, (0.02 * f64::from(month), 0.13));
            let mean = Key { analysis: Analysis::ArmMean, method: Method::Mean, ..own };
            for arm in ARMS {
                let values =
                    [(Statistic::N, 140.0), (Statistic::Estimate, 0.17), (Statistic::StdDev, 1.04)];
                self.put(&Key { arm, ..mean.clone() }, Unit::StdDevs, &values);
                self.agreement(arm, month);
                let own = key(
                    Analysis::CumulativeIncidence,
                    Outcome::FirstJobReported,
                    answered,
                    Method::Turnbull,
                );
                self.share(&Key { arm, month: Some(month), ..own }, (33.0, 150.0));
            }
            let own = key(Analysis::Effect, Outcome::FirstJobReported, answered, Method::Turnbull);
            self.effect(&Key { month: Some(month), ..own }, Unit::Proportion, (0.081, 0.06));
        }
        let reported = Outcome::FirstJobReported;
        let own = key(Analysis::HazardRatio, reported, answered, Method::IntervalCensoredPh);
        self.effect(&own, Unit::Ratio, (1.154, 0.2));
    }

    fn scale(&mut self, level: &str, subgroup: &str) {
        let own = key(
            Analysis::Reliability,
            Outcome::Score,
            AnalysisSet::Answered,
            Method::CronbachAlpha,
        );
        let own = Key {
            arm: ResultArm::All,
            month: Some(6),
            level: level.to_owned(),
            subgroup: subgroup.to_owned(),
            ..own
        };
        let values = [
            (Statistic::N, 300.0),
            (Statistic::Estimate, 0.8975),
            (Statistic::CiLower, 0.88),
            (Statistic::CiUpper, 0.91),
        ];
        self.put(&own, Unit::None, &values);
        let omega = Key { method: Method::McdonaldOmega, ..own.clone() };
        self.put(&omega, Unit::None, &values[..2]);
        for method in [Method::Floor, Method::Ceiling] {
            let values =
                [(Statistic::N, 300.0), (Statistic::Events, 21.0), (Statistic::Estimate, 0.07)];
            self.put(&Key { method, ..own.clone() }, Unit::Proportion, &values);
        }
    }

    fn bounds(&mut self, own: &Key) {
        let values = [
            (Statistic::BoundLower, -0.75),
            (Statistic::BoundUpper, 6.48),
            (Statistic::CiLower, -4.13),
            (Statistic::CiUpper, 9.91),
            (Statistic::TrimmedShare, 0.0896),
        ];
        self.put(own, Unit::Score, &values);
        let tightened = Key { method: Method::LeeBoundsTightened, ..own.clone() };
        self.put(&tightened, Unit::Score, &values[..4]);
    }

    fn agreement(&mut self, arm: ResultArm, month: i32) {
        let of = |outcome, method| Key {
            arm,
            month: Some(month),
            ..key(Analysis::Agreement, outcome, AnalysisSet::Answered, method)
        };
        let values = [
            (Statistic::N, 140.0),
            (Statistic::BothYes, 33.0),
            (Statistic::RegisterOnly, 6.0),
            (Statistic::QuestionnaireOnly, 24.0),
            (Statistic::BothNo, 77.0),
        ];
        self.put(&of(Outcome::WorkingNow, Method::Count), Unit::Count, &values);
        let limits = |estimate: f64| {
            [
                (Statistic::Estimate, estimate),
                (Statistic::CiLower, estimate - 0.1),
                (Statistic::CiUpper, estimate + 0.1),
            ]
        };
        let percent = of(Outcome::WorkingNow, Method::PercentAgreement);
        self.put(&percent, Unit::Proportion, &limits(0.786));
        self.put(&of(Outcome::WorkingNow, Method::CohenKappa), Unit::None, &limits(0.53));
        let values = [(Statistic::N, 30.0), (Statistic::Events, 5.0), (Statistic::Median, 117.0)];
        self.put(&of(Outcome::DaysToAgreement, Method::Count), Unit::Days, &values);
    }
}
