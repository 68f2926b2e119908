//! Table 1: the arms at randomisation, over all regions and in each.

use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Cell, Question, regions};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::vocabulary::{Analysis, Method, ResultArm, Statistic};

use super::Source;
use super::table::{Section, Table};

/// Arms in the order of the columns.
const ARMS: [ResultArm; 3] = [ResultArm::Ips, ResultArm::Control, ResultArm::All];

/// The characteristics by arm; nothing where the results have none.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.tables;
    let regions = regions(source.results).into_iter();
    let tables: Vec<Table> = regions.filter_map(|region| table(source, region)).collect();
    (!tables.is_empty()).then(|| Section {
        id: "baseline",
        heading: text.baseline_heading.clone(),
        words: text.baseline_words.clone(),
        tables,
        ..Section::default()
    })
}

fn table(source: Source<'_>, region: &str) -> Option<Table> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.tables;
    let is_here = |row: &&crate::results::row::Row| {
        row.key.analysis == Analysis::Baseline && row.key.region == region
    };
    results.rows().iter().find(is_here)?;
    let has_p = results
        .rows()
        .iter()
        .any(|row| row.key.analysis == Analysis::Balance && row.key.statistic == Statistic::PValue);
    let mut columns = vec![text.characteristic.clone()];
    columns.extend(ARMS.map(|arm| names.result_arm(arm)));
    columns.push(text.smd.clone());
    if has_p {
        columns.push(names.texts.report.p.clone());
    }
    let mut notes = Notes::new(names);
    let mut writer = Writer { source, region, notes: &mut notes, has_p };
    let mut rows = Vec::new();
    for variable in covariates::baseline(results) {
        if variable.levels.is_empty() {
            rows.extend(writer.number(&variable.name));
        } else {
            rows.extend(writer.categories(&variable));
        }
    }
    let caption = fill(&text.baseline_caption, &[("region", &names.region(region))]);
    let footnotes = notes.lines();
    Some(Table { name: "baseline", caption, columns, rows, text_columns: 1, footnotes })
}

/// Writes the lines of a region.
struct Writer<'w, 'a> {
    source: Source<'a>,
    region: &'w str,
    notes: &'w mut Notes<'a>,
    has_p: bool,
}

impl Writer<'_, '_> {
    /// Mean and standard deviation, median and quartiles, missing.
    fn number(&mut self, name: &str) -> Vec<Vec<String>> {
        let names = self.source.names;
        let text = &names.texts.tables;
        let label = names.variable(name);
        let of = |template: &str| fill(template, &[("name", &label)]);
        let mean = ARMS.map(|arm| {
            let [mean, sd] = self.numbers(arm, name, [Statistic::Estimate, Statistic::StdDev]);
            joined(&text.with_sd, &[("mean", mean), ("sd", sd)])
        });
        let median = ARMS.map(|arm| {
            let statistics = [Statistic::Median, Statistic::QuartileOne, Statistic::QuartileThree];
            let [median, first, third] = self.numbers(arm, name, statistics);
            let values = [("median", median), ("quartile_1", first), ("quartile_3", third)];
            joined(&text.with_quartiles, &values)
        });
        let missing = ARMS.map(|arm| self.missing(arm, name, Method::Mean));
        let (smd, p) = (self.balance(name), self.p(name, Method::WelchT));
        vec![
            self.row(of(&text.mean_sd), mean, smd, p),
            self.row(of(&text.median_quartiles), median, String::new(), String::new()),
            self.row(text.missing.clone(), missing, String::new(), String::new()),
        ]
    }

    /// Count and share of each level, missing.
    fn categories(&mut self, variable: &Variable) -> Vec<Vec<String>> {
        let names = self.source.names;
        let text = &names.texts.tables;
        let label = names.variable(&variable.name);
        let heading = fill(&text.count_share, &[("name", &label)]);
        let blank = || std::array::from_fn(|_| String::new());
        let smd = self.balance(&variable.name);
        let p = self.p(&variable.name, Method::PearsonChiSquared);
        let mut rows = vec![self.row(heading, blank(), smd, p)];
        for level in &variable.levels {
            let cells = ARMS.map(|arm| self.count(arm, level));
            let label = fill(&text.level, &[("name", &names.level_of(level))]);
            let smd = self.balance(level);
            rows.push(self.row(label, cells, smd, String::new()));
        }
        let missing = ARMS.map(|arm| self.missing(arm, &variable.name, Method::Count));
        rows.push(self.row(text.missing.clone(), missing, String::new(), String::new()));
        rows
    }

    fn row(&self, label: String, cells: [String; 3], smd: String, p: String) -> Vec<String> {
        let mut row = vec![label];
        row.extend(cells);
        row.push(smd);
        if self.has_p {
            row.push(p);
        }
        row
    }

    fn place(&self, arm: ResultArm, level: &str) -> Place {
        let names = self.source.names;
        let what = format!("{}, {}", names.level_of(level), names.result_arm(arm));
        Place::new(names, self.region, &what)
    }

    fn numbers<const N: usize>(
        &mut self,
        arm: ResultArm,
        name: &str,
        statistics: [Statistic; N],
    ) -> [(String, bool); N] {
        let question = Question::baseline(self.region, arm, name, Method::Mean);
        let place = self.place(arm, name);
        let numbers = self.source.names.numbers();
        statistics.map(|statistic| {
            let cell = question.cell(self.source.results, statistic);
            let shown = self.notes.show(&cell, &place, |value| numbers.decimal(value, 1));
            (shown, cell.value().is_some())
        })
    }

    fn missing(&mut self, arm: ResultArm, name: &str, method: Method) -> String {
        let question = Question::baseline(self.region, arm, name, method);
        let cell = question.cell(self.source.results, Statistic::Missing);
        let numbers = self.source.names.numbers();
        let place = self.place(arm, name);
        self.notes.show(&cell, &place, |value| numbers.count(value))
    }

    fn count(&mut self, arm: ResultArm, level: &str) -> String {
        let numbers = self.source.names.numbers();
        let question = Question::baseline(self.region, arm, level, Method::Count);
        let place = self.place(arm, level);
        let mut show = |statistic, write: &dyn Fn(f64) -> String| {
            let cell = question.cell(self.source.results, statistic);
            (self.notes.show(&cell, &place, write), cell.value().is_some())
        };
        let count = show(Statistic::Events, &|value| numbers.count(value));
        let share = show(Statistic::Estimate, &|value| numbers.percent(value));
        let template = &self.source.names.texts.tables.with_share;
        joined(template, &[("count", count), ("share", share)])
    }

    fn balance(&mut self, level: &str) -> String {
        let question = Question::balance(self.region, level);
        let cell = question.cell(self.source.results, Statistic::Estimate);
        let place = self.place(ResultArm::Contrast, level);
        let numbers = self.source.names.numbers();
        self.notes.show(&cell, &place, |value| numbers.decimal(value, 2))
    }

    fn p(&mut self, name: &str, method: Method) -> String {
        let question = Question::first(self.source.results, |key| {
            key.analysis == Analysis::Balance
                && key.region == self.region
                && key.level == name
                && key.method == method
        });
        let Some(question) = question else { return String::new() };
        let cell = question.cell(self.source.results, Statistic::PValue);
        if cell == Cell::Absent {
            return String::new();
        }
        let place = self.place(ResultArm::Contrast, name);
        let numbers = self.source.names.numbers();
        self.notes.show(&cell, &place, |p| numbers.bare_p(p))
    }
}

/// Numbers in their template; where the first is missing, its symbol alone.
pub(super) fn joined(template: &str, values: &[(&str, (String, bool))]) -> String {
    if let Some((_, (symbol, false))) = values.first() {
        return symbol.clone();
    }
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, (text, _))| (*name, text.as_str())).collect();
    fill(template, &values)
}
