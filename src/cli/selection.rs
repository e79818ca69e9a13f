//! In: codes and beginnings of codes. Out: which rules they mean.
//! Never: knows what a rule looks for.

use super::Refused;
use crate::analysis::config::did_you_mean;
use crate::rules::{RULES, Rule};

/// Codes that speak of the run itself; what a user selects among the rules does not hide them.
const OF_THE_RUN: [&str; 3] = ["VNL-P", "VNL-S", "VNL-N"];

/// Which codes a user wants to see.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Nothing but what is selected is wanted.
    only: bool,
    select: Vec<String>,
    ignore: Vec<String>,
}

impl Selection {
    /// The selection that `--select`, `--extend-select` and `--ignore` make among the known codes.
    pub fn new(select: &[String], extend: &[String], ignore: &[String], known: &[&str]) -> Result<Selection, Refused> {
        let read = |flag: &str, codes: &[String]| -> Result<Vec<String>, Refused> {
            codes.iter().map(|code| check(flag, code.trim(), known).map(|()| code.trim().to_string())).collect()
        };
        let (mut chosen, ignore) = (read("--select", select)?, read("--ignore", ignore)?);
        chosen.extend(read("--extend-select", extend)?);
        Ok(Selection { only: !select.is_empty(), select: chosen, ignore })
    }

    /// Whether findings of a code are wanted: the longest beginning that fits wins, of equal ones `--ignore`. Rules that
    /// are only advice are wanted where they are selected.
    pub fn wants(&self, code: &str) -> bool {
        let longest = |codes: &[String]| {
            codes.iter().filter(|prefix| code.starts_with(prefix.as_str())).map(|prefix| prefix.len()).max()
        };
        let of_the_run = OF_THE_RUN.iter().any(|prefix| code.starts_with(prefix));
        let opt_in = RULES.iter().any(|rule| rule.code == code && rule.opt_in);
        let everything = of_the_run || !(self.only || opt_in);
        let selected = longest(&self.select).or(everything.then_some(0));
        selected > longest(&self.ignore)
    }
}

/// The codes of all rules.
pub fn known() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.code).collect()
}

/// The rule that a user names by its code or its name.
pub fn rule(named: &str) -> Result<&'static Rule, Refused> {
    let found = RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(named) || rule.name == named);
    found.copied().ok_or_else(|| {
        let names = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
        Refused(format!("there is no rule `{named}`{}", did_you_mean(named, names)))
    })
}

fn check(flag: &str, code: &str, known: &[&str]) -> Result<(), Refused> {
    let begins = |whole: &&str| whole.starts_with(code);
    let of_the_run = OF_THE_RUN.iter().any(|prefix| {
        let number = code.strip_prefix(prefix);
        prefix.starts_with(code) || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if !code.is_empty() && (of_the_run || known.iter().any(begins)) {
        return Ok(());
    }
    let hint = did_you_mean(code, known.iter().copied().chain(OF_THE_RUN));
    Err(Refused(format!("{flag}: no code is or begins with `{code}`{hint}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(select: &[&str], ignore: &[&str]) -> Result<Selection, Refused> {
        let own = |codes: &[&str]| codes.iter().map(|code| code.to_string()).collect::<Vec<_>>();
        Selection::new(&own(select), &[], &own(ignore), &["VNL001", "VNL003", "VNL070"])
    }

    #[test]
    fn the_longer_of_two_beginnings_wins() {
        let chosen = selection(&["VNL0"], &["VNL070"]).expect("codes");
        assert!(chosen.wants("VNL001"));
        assert!(!chosen.wants("VNL070"));
        let chosen = selection(&["VNL070"], &["VNL0"]).expect("codes");
        assert!(chosen.wants("VNL070"));
        assert!(!chosen.wants("VNL001"));
        assert!(!selection(&["VNL001"], &["VNL001"]).expect("codes").wants("VNL001"));
    }

    #[test]
    fn what_speaks_of_the_run_is_hidden_by_ignoring_it_alone() {
        assert!(selection(&["VNL001"], &[]).expect("codes").wants("VNL-P001"));
        assert!(!selection(&[], &["VNL-P"]).expect("codes").wants("VNL-P001"));
        assert!(!selection(&[], &["VNL"]).expect("codes").wants("VNL-P001"));
    }

    #[test]
    fn an_unknown_code_is_refused_with_the_nearest() {
        let Refused(reason) = selection(&["VNL01"], &[]).expect_err("refused");
        assert_eq!(reason, "--select: no code is or begins with `VNL01`; did you mean `VNL001`?");
        assert!(selection(&["E501"], &[]).is_err());
        assert!(selection(&[""], &[]).is_err());
        assert!(selection(&["VNL-Q"], &[]).is_err());
    }
}
