//! In: rules. Out: their pages and their list.
//! Never: says anything of a rule that its page does not say.

use serde::Serialize;

use super::json::pretty;
use crate::rules::Rule;

/// The page of one rule, under its code and name.
pub fn explain(rule: &Rule) -> String {
    let Rule { code, name, since, .. } = rule;
    let (level, confidence) = (rule.level.word(), rule.confidence.word());
    let advice = if rule.opt_in { ", only where it is selected" } else { "" };
    format!("{code} {name} ({level}, {confidence} confidence{advice}, since {since})\n\n{}\n", rule.page())
}

/// The list of rules, one a line.
pub fn rules_as_text(rules: &[&Rule]) -> String {
    let wide = |field: fn(&Rule) -> &str| rules.iter().map(|rule| field(rule).len()).max().unwrap_or_default();
    let (code, name) = (wide(|rule| rule.code), wide(|rule| rule.name));
    let line = |rule: &&Rule| {
        format!("{:code$}  {:7}  {:name$}  {}\n", rule.code, rule.level.word(), rule.name, rule.summary())
    };
    rules.iter().map(line).collect()
}

/// The list of rules as JSON.
pub fn rules_as_json(rules: &[&Rule]) -> String {
    #[derive(Serialize)]
    struct Row<'a> {
        code: &'a str,
        name: &'a str,
        level: &'a str,
        confidence: &'a str,
        opt_in: bool,
        since: &'a str,
        summary: &'a str,
        page: String,
    }
    let rows = rules.iter().map(|rule| Row {
        code: rule.code,
        name: rule.name,
        level: rule.level.word(),
        confidence: rule.confidence.word(),
        opt_in: rule.opt_in,
        since: rule.since,
        summary: rule.summary(),
        page: rule.page(),
    });
    pretty(&rows.collect::<Vec<_>>())
}
