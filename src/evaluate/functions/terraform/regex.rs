//! In: regular expressions and texts. Out: matches and replacements.
//! Never: takes more than a bounded expression: the engine works in linear time, as Terraform's does.

use regex::{Captures, Regex};

use super::super::Run::Placed;
use super::super::{Answer, Context, Function, LONGEST_TEXT, MOST_ITEMS, read, row, unknown};
use crate::value::{ListShape, SmolStr, Value};

pub const FUNCTIONS: &[Function] = &[
    row("regex", (2, 2), Placed(regex), (r#"regex("[a-z]+", "53453453.345345aaabbbccc23454")"#, r#""aaabbbccc""#)),
    row("regexall", (2, 2), Placed(regexall), (r#"regexall("[a-z]+", "1234abcd5678efgh9")"#, r#"["abcd","efgh"]"#)),
    row("replace", (3, 3), Placed(replace), (r#"replace("1 + 2 + 3", "+", "-")"#, r#""1 - 2 - 3""#)),
];

/// A regular expression; `None` for what Terraform's engine may read and this one does not.
fn compile(pattern: &str) -> Result<Option<Regex>, String> {
    match regex::RegexBuilder::new(pattern).size_limit(LONGEST_TEXT).build() {
        Ok(built) => Ok(Some(built)),
        Err(regex::Error::Syntax(_)) if !pattern.contains("\\Q") && !pattern.contains("\\C") => {
            Err(format!("{pattern:?} is no regular expression"))
        }
        Err(_) => Ok(None),
    }
}

/// One match: an object of named groups, a tuple of others, or the whole text without groups.
fn captured(pattern: &Regex, captures: &Captures) -> Answer {
    let group = |index: usize| captures.get(index).map_or_else(Value::null, |group| Value::text(group.as_str()));
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    if names.is_empty() {
        return Ok(group(0));
    }
    let named = names.iter().flatten().count();
    if named == 0 {
        return Ok(Value::list((1..=names.len()).map(group).collect()));
    }
    if named < names.len() {
        return Err("the groups of a regular expression all have names, or none has".to_string());
    }
    let fields = names.iter().enumerate();
    Ok(Value::object(fields.map(|(index, name)| (SmolStr::new(name.unwrap_or_default()), group(index + 1)))))
}

fn regex(context: &Context, arguments: &[Value]) -> Answer {
    let (pattern, text) = (compile(&read::text(&arguments[0])?)?, read::text(&arguments[1])?);
    let Some(pattern) = pattern else { return Ok(unknown::unmodelled(context)) };
    match pattern.captures(&text) {
        Some(captures) => captured(&pattern, &captures),
        None => Err("the regular expression does not match".to_string()),
    }
}

fn regexall(context: &Context, arguments: &[Value]) -> Answer {
    let (pattern, text) = (compile(&read::text(&arguments[0])?)?, read::text(&arguments[1])?);
    let Some(pattern) = pattern else { return Ok(unknown::unmodelled(context)) };
    let mut all = Vec::new();
    for captures in pattern.captures_iter(&text) {
        all.push(captured(&pattern, &captures)?);
        if all.len() > MOST_ITEMS {
            return Err(format!("the regular expression matches more than {MOST_ITEMS} times"));
        }
    }
    Ok(read::list_of(all, ListShape::List))
}

fn replace(context: &Context, arguments: &[Value]) -> Answer {
    let (text, part) = (read::text(&arguments[0])?, read::text(&arguments[1])?);
    let by = read::text(&arguments[2])?;
    let expression = part.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if by.len().saturating_mul(text.len() + 1) > LONGEST_TEXT.saturating_mul(16) {
        return Err("the result is too long".to_string());
    }
    Ok(Value::text(match expression {
        // Terraform takes what stands between slashes for a regular expression; `$1` in the replacement is a group.
        Some(expression) => match compile(expression)? {
            Some(expression) => expression.replace_all(&text, by.as_str()).into_owned(),
            None => return Ok(unknown::unmodelled(context)),
        },
        None => text.replace(&part, &by),
    }))
}
