//! A trial's tables, drawn.

use crate::trial_folder::Files;

use super::draw::Draw;

/// A column of the participants table.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    cells: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Numbers,
    Texts,
    /// A number above 0 of everyone.
    Weights,
    /// A text of everyone.
    Groups,
}

/// What a plan must know of the tables.
pub(super) struct Trial {
    pub(super) regions: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) items: Vec<String>,
    pub(super) has_waves: bool,
    pub(super) has_benefits: bool,
    pub(super) has_allocation: bool,
    files: Files,
}

const ODD_NAMES: [&str; 14] = [
    "a b",
    "a_b",
    "A B",
    "été",
    "=1+1",
    "{month}",
    "<b>&\"",
    "sexe (1=h, 2=f)",
    "+",
    "年齢",
    "- ",
    "a=x",
    "a",
    "%s",
];

const ODD_LEVELS: [&str; 18] = [
    "x",
    "1",
    "1.0",
    "a=b",
    "all",
    "=HYPERLINK(1)",
    "@x",
    "{level}",
    "<i>",
    "é",
    "bl\u{b}ack",
    "\u{fffe}",
    "\u{1}",
    "'",
    "none",
    "NA",
    "ips-control",
    "|",
];

/// Numbers that are hard to compute with, and those that cannot be.
const EXTREMES: [&str; 10] = [
    "0",
    "-0",
    "1e-49",
    "-1e49",
    "1e49",
    "1e-40",
    "1e160",
    "8.98846567431158e307",
    "5e-324",
    "1e15",
];

/// Days since the first one on which anyone is randomised.
fn date(day: i64) -> String {
    let first = ips_eval::trial::date::Date::from_ymd(2018, 2, 1).expect("a date");
    first.plus_days(i32::try_from(day).expect("near")).expect("a date").to_string()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn csv(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let line = |cells: &[String]| {
        cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n"
    };
    let lines: String = std::iter::once(line(header)).chain(rows.iter().map(|r| line(r))).collect();
    lines.into_bytes()
}

/// A person's days.
struct Person {
    id: String,
    arm: &'static str,
    region: String,
    day: i64,
}

impl Trial {
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let n_regions = match draw.below(20) {
            0 => draw.between(30, 45),
            1 | 2 => draw.between(5, 12),
            3..=7 => 1,
            _ => draw.between(2, 3),
        };
        let regions: Vec<String> = (0..n_regions)
            .map(|at| {
                if draw.is(15) {
                    format!("{} {at}", draw.one(&ODD_NAMES))
                } else {
                    format!("region_{at}")
                }
            })
            .collect();
        let n = match draw.below(12) {
            0 => draw.between(1, 3),
            1..=6 => draw.between(4, 15),
            _ => draw.between(16, 45),
        };
        let one_arm = draw.is(6);
        let last_entry = draw.between(0, 400);
        let people: Vec<Person> = (0..n)
            .map(|at| Person {
                id: format!("P{at:03}"),
                arm: if one_arm || draw.is(50) { "IPS" } else { "TAU" },
                region: regions[draw.place(regions.len())].clone(),
                day: draw.between(0, last_entry),
            })
            .collect();
        let mut trial = Self {
            columns: columns(draw, people.len()),
            regions,
            items: Vec::new(),
            has_waves: draw.is(45),
            has_benefits: draw.is(25),
            has_allocation: draw.is(25),
            files: Files::new(),
        };
        trial.add_participants(draw, &people);
        trial.add_employment(draw, &people);
        trial.add_waves(draw, &people);
        trial.add_benefits(draw, &people);
        trial.add_allocation(draw, &people);
        trial
    }

    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }

    fn add_participants(&mut self, draw: &mut Draw, people: &[Person]) {
        let mut header: Vec<String> =
            ["participant_id", "arm", "region", "randomisation_date"].map(str::to_owned).to_vec();
        let has_start = draw.is(40);
        header.extend(["exit_date", "exit_reason"].map(str::to_owned));
        if has_start {
            header.push("programme_start_date".to_owned());
        }
        header.extend(self.columns.iter().map(|column| column.name.clone()));
        let exits = [0, 10, 60][draw.place(3)];
        let rows: Vec<Vec<String>> = people
            .iter()
            .enumerate()
            .map(|(at, person)| {
                let mut row = vec![
                    person.id.clone(),
                    person.arm.to_owned(),
                    person.region.clone(),
                    date(person.day),
                ];
                if draw.is(exits) {
                    row.push(date(person.day + draw.between(0, 500)));
                    row.push((*draw.one(&["death", "moved", "consent_withdrawn"])).to_owned());
                } else {
                    row.extend([String::new(), String::new()]);
                }
                if has_start {
                    let started = person.arm == "IPS" && draw.is(70) || draw.is(5);
                    let day = date(person.day + draw.between(0, 200));
                    row.push(if started { day } else { String::new() });
                }
                row.extend(self.columns.iter().map(|column| column.cells[at].clone()));
                row
            })
            .collect();
        self.files.insert("participants.csv".to_owned(), csv(&header, &rows));
    }

    fn add_employment(&mut self, draw: &mut Draw, people: &[Person]) {
        let header = [
            "participant_id",
            "start_date",
            "end_date",
            "contract",
            "hours_per_week",
            "monthly_wage_eur",
            "source",
        ];
        let workers = [0, 5, 50, 90, 100][draw.place(5)];
        let has_wages = draw.is(60);
        let mut rows = Vec::new();
        for person in people {
            let n = if draw.is(workers) { draw.between(1, 3) } else { 0 };
            for _ in 0..n {
                let start = person.day + draw.between(-100, 500);
                let end =
                    if draw.is(30) { String::new() } else { date(start + draw.between(0, 400)) };
                let contract = draw.one(&["employment_contract", "temporary_agency", "training"]);
                let hours = draw.one(&["0", "1", "12.5", "38", "60", "168"]);
                let wage = draw.one(&["", "0", "1500", "1500", "2100.55", "1e49"]);
                let source = draw.one(&["", "register", "questionnaire"]);
                rows.push(vec![
                    person.id.clone(),
                    date(start),
                    end,
                    (*contract).to_owned(),
                    (*hours).to_owned(),
                    if has_wages { (*wage).to_owned() } else { String::new() },
                    (*source).to_owned(),
                ]);
            }
        }
        self.files.insert("employment.csv".to_owned(), csv(&header.map(str::to_owned), &rows));
    }

    fn add_waves(&mut self, draw: &mut Draw, people: &[Person]) {
        if !self.has_waves {
            return;
        }
        let mut header: Vec<String> =
            ["participant_id", "wave", "response_date", "working_now"].map(str::to_owned).to_vec();
        self.items = (1..=5).map(|item| format!("who5_{item}")).collect();
        let more = if draw.is(5) { 80 } else { draw.between(0, 4) };
        self.items.extend((0..more).map(|item| format!("item_{item}")));
        header.extend(self.items.clone());
        let answering = [10, 60, 100][draw.place(3)];
        let constant = draw.is(15);
        let mut rows = Vec::new();
        for person in people {
            for wave in [0, 6, 12] {
                if !draw.is(answering) {
                    continue;
                }
                let day = person.day + i64::from(wave) * 30 + draw.between(-10, 40);
                let mut row = vec![
                    person.id.clone(),
                    wave.to_string(),
                    date(if wave == 0 { person.day - 3 } else { day }),
                    (*draw.one(&["", "yes", "no"])).to_owned(),
                ];
                for _ in &self.items {
                    let answer = if constant { 3 } else { draw.between(0, 5) };
                    row.push(if draw.is(10) { String::new() } else { answer.to_string() });
                }
                rows.push(row);
            }
        }
        self.files.insert("waves.csv".to_owned(), csv(&header, &rows));
    }

    fn add_benefits(&mut self, draw: &mut Draw, people: &[Person]) {
        if !self.has_benefits {
            return;
        }
        let header =
            ["participant_id", "month", "benefit_eur", "full_benefit_eur", "reference_hours"];
        let mut rows = Vec::new();
        for person in people {
            for month in 0..draw.between(0, 12) {
                let month = date(person.day + 31 * month)[..7].to_owned();
                let amount = draw.one(&["0", "1200.5", "900", "1e49"]);
                let full = draw.one(&["", "1500"]);
                let hours = draw.one(&["", "38"]);
                if rows.last().is_some_and(|last: &Vec<String>| {
                    last[..2] == [person.id.clone(), month.clone()]
                }) {
                    continue;
                }
                rows.push(vec![
                    person.id.clone(),
                    month,
                    (*amount).to_owned(),
                    (*full).to_owned(),
                    (*hours).to_owned(),
                ]);
            }
        }
        self.files.insert("benefits.csv".to_owned(), csv(&header.map(str::to_owned), &rows));
    }

    fn add_allocation(&mut self, draw: &mut Draw, people: &[Person]) {
        if !self.has_allocation {
            return;
        }
        let header = ["participant_id", "stratum", "sequence", "arm", "allocated_on", "block"];
        let rows: Vec<Vec<String>> = people
            .iter()
            .enumerate()
            .map(|(at, person)| {
                vec![
                    person.id.clone(),
                    person.region.clone(),
                    (at + 1).to_string(),
                    person.arm.to_owned(),
                    date(person.day),
                    format!("{}-{}", person.region, draw.between(0, 4)),
                ]
            })
            .collect();
        self.files.insert("allocation.csv".to_owned(), csv(&header.map(str::to_owned), &rows));
    }
}

fn columns(draw: &mut Draw, n: usize) -> Vec<Column> {
    let mut names: Vec<String> = Vec::new();
    for at in 0..draw.between(0, 7) {
        let name =
            if draw.is(30) { (*draw.one(&ODD_NAMES)).trim().to_owned() } else { format!("c{at}") };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut all: Vec<Column> = names.into_iter().map(|name| column(draw, name, n)).collect();
    let weights = (0..n).map(|_| (*draw.one(&["1", "0.5", "3", "1e-3"])).to_owned()).collect();
    let kind = Kind::Weights;
    all.push(Column { name: "sampling_weight".to_owned(), kind, cells: weights });
    let n_groups = [1, 3, 25][draw.place(3)];
    let groups = (0..n).map(|_| format!("g{}", draw.below(n_groups))).collect();
    all.push(Column { name: "group".to_owned(), kind: Kind::Groups, cells: groups });
    all
}

fn column(draw: &mut Draw, name: String, n: usize) -> Column {
    let missing = [0, 0, 20, 100][draw.place(4)];
    let shape = draw.below(7);
    let levels: Vec<&str> = (0..=draw.below(4))
        .map(|_| *draw.one(&[&ODD_LEVELS[..]]).get(draw.place(ODD_LEVELS.len())).expect("a level"))
        .collect();
    let constant = draw.between(-3, 3);
    // The last two extremes are refused: rarely, since a refused trial shows nothing.
    let n_extremes = if draw.is(10) { EXTREMES.len() } else { 6 };
    let cell = |draw: &mut Draw, at: usize| match shape {
        0 => draw.between(18, 64).to_string(),
        1 => constant.to_string(),
        2 => EXTREMES[draw.place(n_extremes)].to_owned(),
        3 => format!("{}.{:03}", at, draw.below(1000)),
        4 => format!("own {at}"),
        _ => levels[draw.place(levels.len())].to_owned(),
    };
    let cells: Vec<String> =
        (0..n).map(|at| if draw.is(missing) { String::new() } else { cell(draw, at) }).collect();
    let is_number = |cell: &String| cell.is_empty() || cell.parse::<f64>().is_ok();
    let kind = if cells.iter().all(is_number) { Kind::Numbers } else { Kind::Texts };
    Column { name, kind, cells }
}
