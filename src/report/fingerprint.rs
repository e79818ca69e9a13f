//! In: findings and texts. Out: marks by which a finding is known again after its file has changed.
//! Never: lets a line number, a message or a value into its own mark.

use sha2::{Digest, Sha256};

use crate::analysis::Analysis;
use crate::rules::Finding;
use crate::value::Address;

/// The mark `vnetlint/v1`: rule, subject and objects, or the path of a finding without a subject.
///
/// An address stands below its root's path, so that it does not hang on which other roots a run has.
pub fn fingerprint(analysis: &Analysis, finding: &Finding) -> String {
    let subject = match &finding.subject {
        Some(address) => named(analysis, address),
        None => analysis.sources.path(finding.place.file),
    };
    let mut objects: Vec<String> = finding.objects.iter().map(|address| named(analysis, address)).collect();
    objects.sort();
    objects.dedup();
    let mut hash = Sha256::new();
    for part in ["vnetlint/v1", finding.code, &subject].into_iter().chain(objects.iter().map(String::as_str)) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn named(analysis: &Analysis, address: &Address) -> String {
    let root = analysis.roots.iter().find(|summary| summary.root.id == address.root());
    format!("{}\n{}", root.map_or("", |summary| &summary.root.path), address.text())
}

/// GitHub's own mark of each line of a text, the first line first.
///
/// A rolling hash over the 100 units of UTF-16 from the line's start on that are no blanks, and how often it was
/// seen before; it is what the upload action would work out
/// (<https://github.com/github/codeql-action/blob/main/src/fingerprints.ts>).
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut rolling = Rolling {
        window: [0; BLOCK],
        begins: [false; BLOCK],
        hash: 0,
        first: (0..BLOCK).fold(1u64, |power, _| power.wrapping_mul(FACTOR)),
        at: 0,
        seen: Default::default(),
        lines: Vec::new(),
    };
    let (mut at_start, mut after_return) = (true, false);
    // The end of the text is a unit of its own there, -1 as 16 bits.
    for unit in text.encode_utf16().chain([u16::MAX]) {
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || (after_return && unit == u16::from(b'\n')) {
            after_return = false;
            continue;
        }
        after_return = unit == u16::from(b'\r');
        let unit = if after_return { u16::from(b'\n') } else { unit };
        rolling.flush();
        if at_start {
            rolling.begins[rolling.at] = true;
        }
        at_start = unit == u16::from(b'\n');
        rolling.push(unit);
    }
    for _ in 0..BLOCK {
        rolling.flush();
        rolling.push(0);
    }
    rolling.lines
}

const BLOCK: usize = 100;
const FACTOR: u64 = 37;

struct Rolling {
    window: [u16; BLOCK],
    begins: [bool; BLOCK],
    hash: u64,
    first: u64,
    at: usize,
    seen: std::collections::BTreeMap<u64, usize>,
    lines: Vec<String>,
}

impl Rolling {
    /// Where a line began 100 units ago, its hash is complete.
    fn flush(&mut self) {
        if std::mem::take(&mut self.begins[self.at]) {
            let seen = self.seen.entry(self.hash).or_default();
            *seen += 1;
            self.lines.push(format!("{:x}:{seen}", self.hash));
        }
    }

    fn push(&mut self, unit: u16) {
        let leaving = std::mem::replace(&mut self.window[self.at], unit);
        self.hash = FACTOR
            .wrapping_mul(self.hash)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.first.wrapping_mul(u64::from(leaving)));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected hashes are those of codeql-action's own tests.
    #[test]
    fn the_hash_of_a_line_is_githubs() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let lines = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(line_hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"), lines);
        assert_eq!(line_hashes(" hello; \t\r\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"), lines);
    }

    #[test]
    fn a_repeated_line_is_counted() {
        let hashes = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(hashes[0], "a7f2ff13bc495cf2:1");
        assert_eq!(hashes[5], "a7f2ff13bc495cf2:6");
        assert_eq!(hashes[6], "a7f2ff1481e87703:1");
    }
}
