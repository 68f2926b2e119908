//! What each method and each kind of inference is, in words: one source for the report and for
//! `ips-eval explain`, one file a language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::vocabulary::{Inference, Method};

/// A method, or a kind of inference, in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// Its name in tables.
    pub label: String,
    /// What it does, in a sentence, with its reference.
    pub sentence: String,
    /// The formula, and then what its symbols stand for.
    pub formula: String,
    /// Where it is published.
    pub source: Vec<String>,
    /// What R prints, or how it gives the same.
    pub r: String,
    /// The same of Stata.
    pub stata: String,
    /// The same of SAS.
    pub sas: String,
}

/// All of them in one language, by their word in the results.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanations {
    methods: BTreeMap<String, Explanation>,
    inference: BTreeMap<String, Explanation>,
}

/// A file of explanations is not as the program needs it.
#[derive(Debug, thiserror::Error)]
#[error("the explanations in language {language} cannot be read")]
pub struct ExplanationsError {
    language: &'static str,
    #[source]
    source: toml::de::Error,
}

impl Explanations {
    /// Reads those of a language, which are compiled in.
    ///
    /// # Errors
    ///
    /// [`ExplanationsError`] where the file has a key too many or lacks one. The program's tests
    /// read every language, so a released program does not meet it.
    pub fn new(language: Language) -> Result<Self, ExplanationsError> {
        let text = match language {
            Language::English => include_str!("en.toml"),
        };
        toml::from_str(text)
            .map_err(|source| ExplanationsError { language: language.code(), source })
    }

    /// Of a method.
    pub fn method(&self, method: Method) -> Option<&Explanation> {
        self.methods.get(method.as_str())
    }

    /// Of a kind of inference; the estimator's own has none, being part of the method.
    pub fn inference(&self, inference: Inference) -> Option<&Explanation> {
        self.inference.get(inference.as_str())
    }

    /// Of a method or a kind of inference, by its word in the results.
    pub fn of_word(&self, word: &str) -> Option<&Explanation> {
        self.methods.get(word).or_else(|| self.inference.get(word))
    }

    /// Every method and then every kind of inference, each group by its word.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Explanation)> {
        let words = self.methods.iter().chain(&self.inference);
        words.map(|(word, own)| (word.as_str(), own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_results_is_explained_and_no_other() {
        for &language in Language::ALL {
            let all = Explanations::new(language).expect("the file is right");
            let methods = Method::ALL.iter().map(|method| method.as_str());
            let inference = Inference::ALL.iter().filter(|own| **own != Inference::Analytic);
            let mut known: Vec<&str> = methods.chain(inference.map(|own| own.as_str())).collect();
            known.sort_unstable();
            let mut explained: Vec<&str> = all.all().map(|(word, _)| word).collect();
            explained.sort_unstable();
            assert_eq!(explained, known);
        }
    }

    #[test]
    fn nothing_is_left_unsaid() {
        for &language in Language::ALL {
            let all = Explanations::new(language).expect("the file is right");
            for (word, own) in all.all() {
                let texts = [&own.label, &own.sentence, &own.formula, &own.r, &own.stata, &own.sas];
                assert!(texts.iter().all(|text| !text.trim().is_empty()), "{word}");
                assert!(own.sentence.ends_with('.') && own.r.ends_with('.'), "{word}");
                assert!(own.stata.ends_with('.') && own.sas.ends_with('.'), "{word}");
                let has_year = |source: &String| source.contains("(1") || source.contains("(2");
                assert!(!own.source.is_empty() && own.source.iter().all(has_year), "{word}");
                let widest = own.formula.lines().map(|line| line.chars().count()).max();
                assert!(widest.is_some_and(|width| width <= 110), "{word}: {widest:?}");
            }
        }
    }
}
