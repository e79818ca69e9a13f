//! Prints findings of real code for a reader to judge, one by one.
//!
//! `cargo bench --bench sample -- [--seed N] [--count N] DIR…` analyses every directory below which Terraform or Bicep
//! lies, each `DIR` as one estate, draws findings at random, the same ones for the same seed, and prints each as the text
//! report does. Findings that speak of the run itself, undecided ones and those outside the default profile are left out.

use std::path::PathBuf;

use vnetlint::analysis::{Options, analyze};
use vnetlint::report::{Display, Format, render};
use vnetlint::rules::{Confidence, RULES, Verdict};
use vnetlint::source::{MAX_FILE_SIZE, Sources};

/// A generator whose numbers are the same everywhere: SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The number behind a flag.
fn flag(arguments: &mut Vec<String>, name: &str) -> Option<u64> {
    let at = arguments.iter().position(|argument| argument == name)?;
    let value = arguments.get(at + 1)?.parse().ok();
    arguments.drain(at..(at + 2).min(arguments.len()));
    value
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let seed = flag(&mut arguments, "--seed").unwrap_or(1);
    let count = flag(&mut arguments, "--count").unwrap_or(60) as usize;
    if arguments.is_empty() {
        println!("usage: cargo bench --bench sample -- [--seed N] [--count N] DIR...");
        return;
    }
    let mut analyses = Vec::new();
    let mut all = Vec::new();
    for (index, directory) in arguments.iter().enumerate() {
        let sources = Sources::below(&PathBuf::from(directory), MAX_FILE_SIZE);
        let options = Options { paths: vec![String::new()], max_instances: 4096, ..Options::default() };
        let mut analysis = analyze(sources, &options);
        let advice = |code: &str| RULES.iter().any(|rule| rule.code == code && rule.opt_in);
        analysis.findings.retain(|finding| {
            let of_a_rule = !finding.code.starts_with("VNL-") && !advice(finding.code);
            of_a_rule && finding.verdict == Verdict::Violation && finding.confidence >= Confidence::Medium
        });
        println!("{directory}: {} findings", analysis.findings.len());
        all.extend((0..analysis.findings.len()).map(|finding| (index, finding)));
        analyses.push(analysis);
    }
    let mut numbers = Numbers(seed);
    for drawn in 1..=count.min(all.len()) {
        let (index, finding) = all.swap_remove((numbers.next() % all.len() as u64) as usize);
        let analysis = &mut analyses[index];
        let kept = std::mem::take(&mut analysis.findings);
        analysis.findings = vec![kept[finding].clone()];
        let display = Display { rules: RULES.to_vec(), ..Display::default() };
        println!("\n--- {drawn}: {}\n{}", arguments[index], render(analysis, Format::Text, &display));
        analysis.findings = kept;
    }
}
