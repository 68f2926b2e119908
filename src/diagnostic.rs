//! What is wrong with a plan or with data, where, and what to do about it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use serde::{Serialize, Serializer};

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run cannot go on.
    Error,
    /// The run goes on, and somebody should look.
    Warning,
    /// What the program does with something unusual.
    Note,
}

impl Severity {
    /// The word shown before a message.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Declares the codes: name, text, severity, meaning.
macro_rules! codes {
    ($($variant:ident = $code:literal, $severity:ident, $meaning:literal;)+) => {
        /// A kind of problem. The text of a code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// The stable text of the code.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)+ }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }

            /// What it means, as the beginning of a message: no capital, no full stop.
            pub fn message(self) -> &'static str {
                /// In the order of the codes.
                static MESSAGES: LazyLock<Vec<String>> =
                    LazyLock::new(|| Code::ALL.iter().map(|code| begun(code.meaning())).collect());
                &MESSAGES[self as usize]
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)+ }
            }
        }
    };
}

codes! {
    PlanSyntax = "plan::syntax", Error, "The plan is not valid TOML.";
    PlanUnknownKey = "plan::unknown-key", Error, "The plan has a key that the program does not know.";
    PlanMissingKey = "plan::missing-key", Error, "A key that every plan needs is not there.";
    PlanWrongType = "plan::wrong-type", Error, "A value of the plan is of the wrong type.";
    PlanWrongValue = "plan::wrong-value", Error, "A value of the plan is outside what is allowed.";
    PlanInconsistent = "plan::inconsistent", Error, "Two parts of the plan contradict each other.";
    PlanFileNotFound = "plan::file-not-found", Error, "A file that the plan names cannot be read.";
    PlanUnknownColumn = "plan::unknown-column", Error, "The plan names a column that the table does not have.";
    TableUnreadable = "table::unreadable", Error, "The file is not a table of a known format.";
    TableEmpty = "table::empty", Error, "The table has no header line, or no rows where some are needed.";
    TableEncoding = "table::encoding", Error, "The text is not UTF-8.";
    TableUnclosedQuote = "table::unclosed-quote", Error, "A quotation mark is opened and never closed.";
    TableRaggedRow = "table::ragged-row", Error, "A row has more or fewer cells than the header.";
    TableMissingColumn = "table::missing-column", Error, "A required column is not there.";
    TableDuplicateColumn = "table::duplicate-column", Error, "Two columns have the same name.";
    TableSimilarColumn = "table::similar-column", Warning, "An unknown column has nearly the name of a known one.";
    CellMissing = "cell::missing", Error, "A required cell is empty.";
    CellNotADate = "cell::not-a-date", Error, "The cell is not a date.";
    CellNotAMonth = "cell::not-a-month", Error, "The cell is not a calendar month.";
    CellNotANumber = "cell::not-a-number", Error, "The cell is not a number.";
    CellNotAWholeNumber = "cell::not-a-whole-number", Error, "The cell is not a whole number.";
    CellNotYesOrNo = "cell::not-yes-or-no", Error, "The cell is neither yes nor no.";
    CellOutOfRange = "cell::out-of-range", Error, "The number is outside the range of its column.";
    CellNotACode = "cell::not-a-code", Error, "The cell is not one of the column's codes.";
    CellUnknownArm = "cell::unknown-arm", Error, "The arm is not one of the plan's two.";
    CellUnknownRegion = "cell::unknown-region", Error, "The region is not in the plan's list.";
    CellSpaces = "cell::surrounding-spaces", Warning, "The cell begins or ends with spaces, which are ignored.";
    DuplicateParticipant = "record::duplicate-participant", Error, "Two rows are the same participant.";
    DuplicateRecord = "record::duplicate", Error, "Two rows share what must be unique.";
    OrphanRecord = "record::orphan", Error, "The row belongs to nobody in the participants table.";
    RandomisedAfterCutoff = "participant::after-cutoff", Error, "The randomisation is after the data cut-off.";
    ExitBeforeRandomisation = "exit::before-randomisation", Error, "The exit is before the randomisation.";
    ExitWithoutReason = "exit::without-reason", Error, "There is an exit date without a reason.";
    ExitWithoutDate = "exit::without-date", Error, "There is an exit reason without a date.";
    ExitAfterCutoff = "exit::after-cutoff", Warning, "The exit is after the data cut-off and is not used.";
    SpellEndsBeforeStart = "spell::ends-before-start", Error, "The spell ends before it starts.";
    SpellImplausibleHours = "spell::implausible-hours", Warning, "More than 60 hours a week.";
    SpellAfterCutoff = "spell::after-cutoff", Warning, "The spell starts after the data cut-off and is not used.";
    SpellAfterExit = "spell::after-exit", Note, "The spell starts after the participant's exit and is not used.";
    SpellBeforeRandomisation = "spell::before-randomisation", Note, "The spell began before randomisation: it is no first job.";
    SpellOverlap = "spell::overlap", Note, "The spell overlaps or abuts an earlier one: competitive spells are merged.";
    AllocationDisagrees = "allocation::disagrees", Error, "The randomisation list gives another arm.";
    AllocationStratumDisagrees = "allocation::stratum-disagrees", Error, "The randomisation list gives another stratum.";
    AllocationMissing = "allocation::missing", Error, "A randomised participant is not in the randomisation list.";
    StratumEmptyArm = "stratum::empty-arm", Warning, "A region has nobody in one arm.";
    StratumSmall = "stratum::small", Warning, "A region has fewer than 20 participants in one arm.";
    ProgrammeBeforeRandomisation = "participant::programme-before-randomisation", Warning, "The programme starts before the randomisation.";
    BenefitAfterCutoff = "benefit::after-cutoff", Warning, "The month ends after the data cut-off and its benefit is not used.";
    BenefitAboveFull = "benefit::above-full", Warning, "More was paid than would have been paid without work.";
    InstrumentInvalid = "instrument::invalid", Error, "An instrument file is wrong.";
    ValueSetInvalid = "instrument::value-set", Error, "A value set is wrong.";
    InstrumentMissingColumn = "instrument::missing-column", Error, "The waves table lacks an item of an instrument.";
    InstrumentNotAnAnswer = "instrument::not-an-answer", Error, "The cell is not one of the item's answers.";
    CorrectionNoMatch = "correction::no-match", Error, "A correction fits no row.";
    CorrectionAmbiguous = "correction::ambiguous", Error, "A correction fits several rows.";
    CorrectionStale = "correction::stale", Error, "The cell no longer holds what the correction replaces.";
    CorrectionIncomplete = "correction::incomplete", Error, "A correction does not say what to do.";
    CorrectionMade = "correction::made", Note, "A correction was made.";
    SurveyHiddenDate = "survey::hidden-date", Error, "The survey software has hidden the date of the answer.";
    SurveyUnfinished = "survey::unfinished", Note, "Questionnaires that were not submitted are not used.";
    TableCutOffText = "table::cut-off-text", Warning, "Texts fill the whole width of their column and may be cut off.";
    WaveRepeated = "wave::repeated-row", Warning, "The same answers are there twice, word for word, and count once.";
    WaveBeforeRandomisation = "wave::before-randomisation", Warning, "A follow-up questionnaire is dated before randomisation and is not used.";
    WaveBaselineLate = "wave::baseline-late", Warning, "A baseline questionnaire was answered after randomisation and is not used as baseline.";
    WaveAfterCutoff = "wave::after-cutoff", Warning, "The answer is dated after the data cut-off and is not used.";
    WaveAfterExit = "wave::after-exit", Note, "The answer is dated after the participant's exit and is not used.";
    WaveOutsideWindow = "wave::outside-window", Note, "The answer lies in no wave's window and is not used.";
    WaveOtherWindow = "wave::other-window", Warning, "The answer was so early or late that it counts for another wave than its own.";
    WaveOutOfOrder = "wave::out-of-order", Warning, "A later wave was answered before an earlier one.";
    WaveTwoAnswers = "wave::two-answers", Warning, "Two answers lie in one wave's window: the nearer one is used.";
    CovariateMixed = "covariate::mixed", Warning, "A covariate has both numbers and texts.";
    CovariateMissing = "covariate::missing-values", Note, "A covariate has missing values.";
}

/// A sentence without capital and full stop.
fn begun(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// File as the plan names it.
    #[serde(serialize_with = "text")]
    pub file: Arc<str>,
    /// Line of the file, counting the header as 1; the row number in a format without lines.
    pub line: Option<u64>,
    /// Column of a table, by the name it has in the file, or of a line of text, by number.
    #[serde(serialize_with = "text_if_any")]
    pub column: Option<Arc<str>>,
    /// Bytes of a text file that the problem concerns.
    #[serde(skip)]
    pub span: Option<Range<usize>>,
}

fn text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

#[expect(clippy::ref_option, reason = "as serde calls it")]
fn text_if_any<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

impl Place {
    /// A whole file.
    pub fn file(file: &str) -> Self {
        Self { file: file.into(), line: None, column: None, span: None }
    }

    /// A row of a table.
    pub fn row(file: &str, line: u64) -> Self {
        Self { line: Some(line), ..Self::file(file) }
    }

    /// A column of a table.
    pub fn column(file: &str, column: &str) -> Self {
        Self { column: Some(column.into()), ..Self::file(file) }
    }

    /// A cell of a table.
    pub fn cell(file: &str, line: u64, column: &str) -> Self {
        Self { line: Some(line), ..Self::column(file, column) }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match &self.column {
            Some(column) if self.span.is_some() => write!(f, ":{column}"),
            Some(column) => write!(f, ", column `{column}`"),
            None => Ok(()),
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What is wrong, then what was expected. Never holds a participant's value.
    pub message: Cow<'static, str>,
    /// What to do.
    pub remedy: Cow<'static, str>,
    /// The offending text, for those who ask to see participants' values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Diagnostic {
    /// A problem of that kind at that place.
    pub fn new(
        code: Code,
        place: Place,
        message: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (message, remedy) = (message.into(), remedy.into());
        Self { code, severity: code.severity(), place, message, remedy, value: None }
    }

    /// The same with the offending text, shown only on request.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// Problems in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn append(&mut self, mut other: Diagnostics) {
        self.0.append(&mut other.0);
    }

    /// Adds to the line of each that has one: what counted lines was a part of a file.
    pub fn move_down(&mut self, lines: u64) {
        for line in self.0.iter_mut().filter_map(|found| found.place.line.as_mut()) {
            *line += lines;
        }
    }

    /// Sorts by severity, then file and line.
    ///
    /// Places are put in order, not the problems themselves, which are much longer.
    pub fn sort(&mut self) {
        let mut files: Vec<&str> = Vec::new();
        let mut last: Option<&Arc<str>> = None;
        for found in &self.0 {
            let file = &found.place.file;
            if last.is_none_or(|last| !Arc::ptr_eq(last, file)) {
                if let Err(at) = files.binary_search(&&**file) {
                    files.insert(at, file);
                }
                last = Some(file);
            }
        }
        let key = |(at, found): (usize, &Diagnostic)| {
            let file = files.binary_search(&&*found.place.file).unwrap_or(files.len());
            (found.severity, file, found.place.line, found.code, at)
        };
        let mut keys: Vec<_> = self.0.par_iter().enumerate().map(key).collect();
        let column = |at: usize| self.0[at].place.column.as_deref();
        keys.par_sort_unstable_by(|a, b| {
            let by_place = (a.0, a.1, a.2, a.3).cmp(&(b.0, b.1, b.2, b.3));
            by_place.then_with(|| column(a.4).cmp(&column(b.4))).then(a.4.cmp(&b.4))
        });
        let mut unsorted: Vec<Option<Diagnostic>> =
            std::mem::take(&mut self.0).into_iter().map(Some).collect();
        self.0 = keys.into_iter().filter_map(|key| unsorted[key.4].take()).collect();
    }

    /// All of them.
    pub fn all(&self) -> &[Diagnostic] {
        &self.0
    }

    /// How many of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity == severity).count()
    }

    /// Whether the run cannot go on.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Drops participants' values.
    pub fn hide_values(&mut self) {
        for diagnostic in &mut self.0 {
            diagnostic.value = None;
        }
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

/// The known word nearest to `word`, where it is near enough to be a slip of the pen.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, best) = known.iter().map(|k| (edit_distance(word, k), *k)).min()?;
    (distance <= 1 + word.chars().count() / 5).then_some(best)
}

/// Least number of insertions, deletions and replacements of characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_recognised() {
        assert_eq!(nearest("exit_dat", &["exit_date", "exit_reason"]), Some("exit_date"));
        assert_eq!(nearest("age", &["exit_date", "site"]), None);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        codes.sort_unstable();
        let n = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), n);
    }
}
