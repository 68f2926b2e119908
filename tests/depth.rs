//! How much the suite draws: at every `cargo test` enough to see a variance that is halved, and more
//! with `IPS_EVAL_TESTS=long`.

use std::env::VarError;
use std::sync::LazyLock;

use proptest::prelude::ProptestConfig;

const VARIABLE: &str = "IPS_EVAL_TESTS";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    Quick,
    Long,
}

impl Depth {
    /// A word that is neither must not pass for the quick suite.
    fn named(word: Result<&str, &VarError>) -> Self {
        match word {
            Ok("quick") | Err(VarError::NotPresent) => Self::Quick,
            Ok("long") => Self::Long,
            other => panic!("{VARIABLE} is quick or long: {other:?}"),
        }
    }

    /// What was asked for.
    pub(crate) fn asked() -> Self {
        #[expect(clippy::disallowed_methods, reason = "how long the suite may take is asked here")]
        static ASKED: LazyLock<Depth> = LazyLock::new(|| {
            let word = std::env::var(VARIABLE);
            Depth::named(word.as_deref())
        });
        *ASKED
    }
}

/// The one or the other.
pub(crate) fn either<T>(quick: T, long: T) -> T {
    match Depth::asked() {
        Depth::Quick => quick,
        Depth::Long => long,
    }
}

/// So many cases of a property.
pub(crate) fn cases(quick: u32, long: u32) -> ProptestConfig {
    ProptestConfig::with_cases(either(quick, long))
}

#[test]
fn the_suite_is_quick_unless_it_is_asked_to_be_long() {
    assert_eq!(Depth::named(Err(&VarError::NotPresent)), Depth::Quick);
    assert_eq!(Depth::named(Ok("quick")), Depth::Quick);
    assert_eq!(Depth::named(Ok("long")), Depth::Long);
}

#[test]
#[should_panic(expected = "IPS_EVAL_TESTS is quick or long")]
fn another_word_is_refused() {
    Depth::named(Ok("full"));
}
