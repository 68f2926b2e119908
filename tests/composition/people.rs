//! Who has which fact, from the tables, by section 2 of the contract: written anew, so that a set and
//! its analysis cannot be wrong together.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ips_eval::derive::agreement::{Comparison, compare};
use ips_eval::derive::outcomes::{ParticipantOutcomes, derive_outcomes};
use ips_eval::derive::waves::WaveOutcomes;
use ips_eval::plan::types::Plan;
use ips_eval::results::composition::{Fact, Origin, People, Quantity};
use ips_eval::results::vocabulary::Outcome;
use ips_eval::trial::baseline::BaselineValues;
use ips_eval::trial::dataset::TrialData;
use ips_eval::trial::date::Date;
use ips_eval::trial::time::month_end_day;

/// What the tables say of one person.
struct Person {
    day_0: Date,
    cutoff: i32,
    /// F.
    end: i32,
    /// Whether the exit that ended follow-up was competing.
    competing: bool,
    /// First and last day of each merged competitive job, in order.
    jobs: Vec<(i32, i32)>,
    took_up: Option<i32>,
}

/// Everyone, and what only the program's own reading of answers and amounts tells.
pub(super) struct Witness<'a> {
    plan: &'a Plan,
    data: &'a TrialData,
    people: Vec<Person>,
    outcomes: Vec<ParticipantOutcomes>,
    waves: WaveOutcomes,
    comparisons: BTreeMap<(usize, i32), Comparison>,
    /// Of whom each fact is true, and columns as texts, as far as they were asked for: thousands of
    /// sets share them.
    truths: RefCell<BTreeMap<Fact, Rc<[bool]>>>,
    texts: RefCell<BTreeMap<String, Rc<[Option<String>]>>>,
}

impl Person {
    fn new(plan: &Plan, data: &TrialData, at: usize) -> Self {
        let own = &data.participants[at];
        let day_0 = own.randomisation_date;
        let cutoff = plan.trial.data_cutoff.days_since(day_0);
        let exit = own.exit.as_ref().filter(|exit| exit.date <= plan.trial.data_cutoff);
        let end = exit.map_or(cutoff, |exit| exit.date.days_since(day_0));
        let competing = exit.is_some_and(|exit| plan.exits.competing.contains(&exit.reason));
        let rule = &plan.competitive_employment;
        let mut spells: Vec<(i32, i32)> = Vec::new();
        for spell in data.spells.iter().filter(|spell| spell.participant == at) {
            let start = spell.start.days_since(day_0);
            let last = spell.end.map_or(end, |day| day.days_since(day_0));
            let stop = last.min(end);
            let long = rule.min_days.is_none_or(|days| last - start + 1 >= days);
            let paid = rule
                .min_monthly_wage_eur
                .is_none_or(|least| spell.monthly_wage_eur.is_some_and(|wage| wage >= least));
            let counts = rule.contracts.contains(&spell.contract)
                && spell.hours_per_week >= rule.min_hours_per_week;
            if counts && long && paid && start <= end {
                spells.push((start, stop));
            }
        }
        spells.sort_unstable();
        let mut jobs: Vec<(i32, i32)> = Vec::new();
        for (start, stop) in spells {
            match jobs.last_mut() {
                Some(job) if start <= job.1 + 1 => job.1 = job.1.max(stop),
                _ => jobs.push((start, stop)),
            }
        }
        let took_up = own.programme_start.map(|day| day.days_since(day_0));
        let took_up = took_up.filter(|day| *day <= end);
        Self { day_0, cutoff, end, competing, jobs, took_up }
    }

    /// The earliest job with 0 ≤ start.
    fn first_job(&self) -> Option<(i32, i32)> {
        self.jobs.iter().copied().find(|job| job.0 >= 0)
    }

    /// Day on which the wait for a first job ended.
    fn wait_end(&self) -> i32 {
        self.first_job().map_or(self.end, |job| job.0)
    }

    /// Days since another origin, and whether the wait ended as it was waited for.
    fn wait(&self, origin: Origin) -> Option<(i32, bool)> {
        match origin {
            Origin::ProgrammeStart => {
                let start = self.took_up?.max(0);
                let days = self.wait_end() - start;
                (days > 0).then_some((days, self.first_job().is_some()))
            }
            // In the job until the first day without it; who is in it on the last day stays.
            Origin::FirstJob => {
                let (start, stop) = self.first_job()?;
                let left = stop < self.end;
                Some((if left { stop + 1 - start } else { self.end - start }, left))
            }
        }
    }

    fn covers(&self, day: i32) -> bool {
        self.jobs.iter().any(|job| job.0 <= day && day <= job.1)
    }
}

impl<'a> Witness<'a> {
    pub(super) fn new(plan: &'a Plan, data: &'a TrialData) -> Self {
        let n = data.participants.len();
        let outcomes = derive_outcomes(data, plan);
        let waves = WaveOutcomes::new(data, plan, &outcomes);
        let comparisons = match plan.data.waves {
            Some(_) => compare(data, plan, &waves),
            None => Vec::new(),
        };
        let comparisons =
            comparisons.into_iter().map(|one| ((one.participant, one.month), one)).collect();
        let people = (0..n).map(|at| Person::new(plan, data, at)).collect();
        let (truths, texts) = (RefCell::default(), RefCell::default());
        Self { plan, data, people, outcomes, waves, comparisons, truths, texts }
    }

    /// How many are in a set.
    pub(super) fn count(&self, set: &People) -> u64 {
        let parts: Vec<Vec<(Rc<[bool]>, bool)>> = set
            .parts()
            .iter()
            .map(|part| {
                part.literals().iter().map(|own| (self.truth(&own.fact), own.holds)).collect()
            })
            .collect();
        let is_in = |at: &usize| {
            parts.iter().any(|part| part.iter().all(|(truth, holds)| truth[*at] == *holds))
        };
        (0..self.people.len()).filter(is_in).count() as u64
    }

    fn truth(&self, fact: &Fact) -> Rc<[bool]> {
        if let Some(known) = self.truths.borrow().get(fact) {
            return Rc::clone(known);
        }
        let own: Rc<[bool]> = (0..self.people.len()).map(|at| self.has(at, fact)).collect();
        self.truths.borrow_mut().insert(fact.clone(), Rc::clone(&own));
        own
    }

    fn has(&self, at: usize, fact: &Fact) -> bool {
        let person = &self.people[at];
        let own = &self.data.participants[at];
        match fact {
            Fact::Arm(arm) => own.arm == *arm,
            Fact::Region(name) => self.plan.trial.regions[own.region] == *name,
            Fact::Stratum(name) => {
                let column = self.plan.analysis.strata.as_ref().expect("strata of their own");
                self.text(column, at).as_ref() == Some(name)
            }
            Fact::Known { variable } => self.text(variable, at).is_some(),
            Fact::Level { variable, level } => self.is_at(variable, level, at),
            Fact::Due { day } => person.cutoff >= *day,
            Fact::Followed { day } => person.end >= *day,
            Fact::CompetingExit { by } => person.competing && person.end <= *by,
            Fact::FirstJob { by } => person.first_job().is_some_and(|job| job.0 <= *by),
            Fact::JobStarts { at_least, by } => {
                let counts = |job: &&(i32, i32)| job.0 >= 0 && job.0 <= *by;
                person.jobs.iter().filter(counts).count() >= *at_least as usize
            }
            Fact::Employed { day } => person.covers(*day),
            Fact::TookUp { by } => person.took_up.is_some_and(|day| day <= *by),
            Fact::Begun(origin) => person.wait(*origin).is_some(),
            Fact::Ended { origin, by } => {
                person.wait(*origin).is_some_and(|(days, ended)| ended && days <= *by)
            }
            Fact::Waited { origin, day } => {
                person.wait(*origin).is_some_and(|(days, _)| days >= *day)
            }
            Fact::AtWorkOnDay0 => {
                let says = self
                    .waves
                    .answer(at, 0)
                    .and_then(|answer| self.data.questionnaires.answers[answer].working_now);
                says == Some(true) || person.jobs.iter().any(|job| job.0 < 0 && job.1 >= 0)
            }
            Fact::Answered { wave } => self.waves.answer(at, *wave).is_some(),
            Fact::AnswerWas { wave, what, value } => {
                let all = &self.data.questionnaires;
                let Some(answer) = self.waves.answer(at, *wave) else { return false };
                let (code, names) = match what.as_str() {
                    "language" => (all.answers[answer].language, &all.languages),
                    _ => (all.answers[answer].mode, &all.modes),
                };
                code.is_some_and(|code| names[code] == *value)
            }
            Fact::Measured(quantity) => self.value(quantity, at).is_some(),
            Fact::Positive(quantity) => self.value(quantity, at).is_some_and(|own| own > 0.0),
            Fact::Own { name, .. } => panic!("{name} says nothing that can be looked up"),
        }
    }

    fn text(&self, variable: &str, at: usize) -> Option<String> {
        if let Some(known) = self.texts.borrow().get(variable) {
            return known[at].clone();
        }
        let quarter = |person: &Person| {
            let day = person.day_0;
            Some(format!("{}-Q{}", day.year(), day.month().div_ceil(3)))
        };
        let own: Rc<[Option<String>]> = match (variable, self.data.baseline_texts(variable)) {
            (_, Some(texts)) => texts.into(),
            ("quarter_of_randomisation", None) => self.people.iter().map(quarter).collect(),
            ("covid_period", None) => {
                self.people.iter().map(|own| self.covid_period(own)).collect()
            }
            (other, None) => panic!("{other} is no column"),
        };
        self.texts.borrow_mut().insert(variable.to_owned(), Rc::clone(&own));
        own[at].clone()
    }

    /// How the days from randomisation to the horizon lie to the plan's period.
    fn covid_period(&self, person: &Person) -> Option<String> {
        let period = self.plan.covid_period?;
        let last = month_end_day(self.plan.analysis.horizon_months);
        let (first_day, last_day) =
            (period.first_day.days_since(person.day_0), period.last_day.days_since(person.day_0));
        let word = match (last < first_day, last_day < 0, first_day <= 0 && last <= last_day) {
            (true, ..) => "before",
            (_, true, _) => "after",
            (.., true) => "during",
            _ => "partly",
        };
        Some(word.to_owned())
    }

    fn is_at(&self, variable: &str, level: &str, at: usize) -> bool {
        let Some(BaselineValues::Numbers(numbers)) = self.data.baseline_column(variable) else {
            return self.text(variable, at).as_deref() == Some(level);
        };
        let Some(number) = numbers[at] else { return false };
        let bound = |text: &str| text.trim().parse::<f64>().expect("a cut point");
        match (level.strip_prefix('<'), level.split_once(" to <"), level.strip_suffix('+')) {
            (Some(below), ..) => number < bound(below),
            (_, Some((from, below)), _) => bound(from) <= number && number < bound(below),
            (.., Some(from)) => bound(from) <= number,
            _ => (number - bound(level)).abs() < 1e-12,
        }
    }

    /// A quantity of a person, where it is known.
    fn value(&self, quantity: &Quantity, at: usize) -> Option<f64> {
        let own = &self.outcomes[at];
        let month = quantity.month.unwrap_or(0);
        let yes = |own: bool| f64::from(u8::from(own));
        match quantity.outcome {
            Outcome::DaysEmployed => own.days_employed(month).map(f64::from),
            Outcome::LongestSpellDays => own.longest_spell_days(month).map(f64::from),
            Outcome::HoursWorked => own.hours_worked(month),
            Outcome::WagesEur => own.wages_eur(month),
            Outcome::BenefitEur => own.benefit(month),
            Outcome::BenefitFormulaEur => own.benefit_formula(month),
            Outcome::BenefitTotalEur => own.benefit_total(month),
            Outcome::JobWageEur => own.work_at(month)??.monthly_wage_eur,
            Outcome::GoodJob => self.good_job(own, month),
            Outcome::FirstJobReported => self.waves.brackets[at].map(|own| yes(own.by.is_some())),
            Outcome::WorkingNow => {
                let one = self.comparisons.get(&(at, month))?;
                let says = quantity.level == "questionnaire";
                Some(yes(if says { one.in_questionnaire } else { one.in_register }))
            }
            Outcome::DaysToAgreement => {
                let one = self.comparisons.get(&(at, month))?;
                one.days_to_agreement.map(|days| yes(days <= 31))
            }
            Outcome::Score | Outcome::JobScore => self.score(quantity, at),
            other => panic!("{other} at {month} is not looked up"),
        }
    }

    fn good_job(&self, own: &ParticipantOutcomes, month: i32) -> Option<f64> {
        let rule = &self.plan.job_quality;
        let Some(work) = own.work_at(month)? else { return Some(0.0) };
        let enough = work.hours_per_week >= rule.min_hours_per_week.unwrap_or(0.0)
            && work.tenure_days >= rule.min_days.unwrap_or(0);
        match (enough, rule.min_monthly_wage_eur, work.monthly_wage_eur) {
            (false, ..) => Some(0.0),
            (true, None, _) => Some(1.0),
            (true, Some(least), Some(wage)) => Some(f64::from(u8::from(wage >= least))),
            (true, Some(_), None) => None,
        }
    }

    fn score(&self, quantity: &Quantity, at: usize) -> Option<f64> {
        let month = quantity.month?;
        let outcomes = self.plan.questionnaire_outcomes();
        if let Some(place) = outcomes.iter().position(|own| own.id == quantity.level) {
            return self.waves.value(place, at, month);
        }
        let (id, what) = quantity.level.split_once(": ").unwrap_or((&quantity.level, ""));
        let scale = self.plan.scales.iter().find(|own| own.id == id)?;
        let answer = self.waves.answer(at, month)?;
        let items = &self.data.questionnaires.items;
        let given: Vec<Option<f64>> = scale
            .items
            .iter()
            .filter_map(|item| items.column(&item.column))
            .map(|column| column.get(answer))
            .collect();
        if what == "every item" {
            return given.iter().all(Option::is_some).then_some(1.0);
        }
        let score = scale.score_of(&given)?;
        let (low, high) = scale.score_range();
        match what {
            "" => Some(score),
            "floor" => Some(f64::from(u8::from(score <= low + 1e-9))),
            _ => Some(f64::from(u8::from(score >= high - 1e-9))),
        }
    }
}
