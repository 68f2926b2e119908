//! What went into a run and what came out, by content.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The manifest of a results directory. It holds no time and no path of a machine, so that two
/// equal runs have equal manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Who may read the directory.
    pub classification: String,
    /// Program and version.
    pub program: Program,
    /// Short name of the trial.
    pub trial: String,
    /// The plan.
    pub plan: FileHash,
    /// Tables, in the order of the data dictionary.
    pub inputs: Vec<FileHash>,
    /// Seed of all draws.
    pub seed: u64,
    /// Bootstrap replicates.
    pub replicates: u64,
    /// Every other file of the directory, by name.
    pub outputs: Vec<FileHash>,
}

/// What an internal directory says of itself.
pub const INTERNAL: &str = "internal: full-precision results, which may show small cells; \
not for publication. Documents and figures mask cells of 1 to 4 people unless marked internal.";

/// What a directory with people's data says of itself.
pub const OF_PEOPLE: &str = "confidential: participants' data, one row a person or a \
questionnaire; keep it as safe as the tables that it is made of.";

/// Program and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// SHA-256 of the lock file that pins every dependency.
    pub dependencies_sha256: String,
}

impl Program {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dependencies_sha256: sha256(include_bytes!("../../Cargo.lock")),
        }
    }
}

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileHash {
    /// Name, relative to the plan for inputs and to the directory for outputs.
    pub file: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl FileHash {
    /// The hash of a file's bytes.
    pub fn of(file: &str, bytes: &[u8]) -> Self {
        Self { file: file.to_owned(), bytes: bytes.len() as u64, sha256: sha256(bytes) }
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(bytes);
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_are_sha_256() {
        // FIPS 180-4, the example "abc".
        assert_eq!(
            super::sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
