//! In: a dumped graph. Out: its lines, free of what depends on how it was written.
//! Never: drops a node, a link or an order.
//!
//! What is ignored: addresses (a node is called by its id), the order of lines, how the id of a resource is spelled
//! where it is a field's value (Bicep's is a reference, a template's a text; a link says where it leads), and how a
//! loop over an unknown list names its items (a template counts them).
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};

/// The lines of a dump, comparable with those of another language, and how often each is there.
pub fn comparable(dump: &str) -> BTreeMap<String, usize> {
    let names = names(dump);
    let mut lines = BTreeMap::new();
    let mut node = String::new();
    for line in dump.lines() {
        let line = line_of(line, &names, &mut node);
        *lines.entry(line).or_insert(0) += 1;
    }
    lines
}

/// The lines that only one of two graphs has: `only in A: …`.
pub fn difference(a: (&str, &str), b: (&str, &str)) -> Vec<String> {
    let (left, right) = (comparable(a.1), comparable(b.1));
    let only = |name: &str, one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>| -> Vec<String> {
        let lines = one.iter().filter(|(line, count)| other.get(*line) != Some(*count));
        lines.map(|(line, count)| format!("only in {name} ({count}): {line}")).collect()
    };
    let mut lines = only(a.0, &left, &right);
    lines.extend(only(b.0, &right, &left));
    lines
}

/// What each node, and each declaration of nodes, is called: by type and id.
fn names(dump: &str) -> BTreeMap<String, String> {
    let mut nodes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut declarations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut lines = dump.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((_, address, _)) = head(line) else { continue };
        let id = lines.peek().and_then(|line| line.strip_prefix("  id ")).unwrap_or("?");
        let name = format!("<{}>", respelled(id));
        nodes.entry(address.into()).or_default().insert(name.clone());
        declarations.entry(without_keys(address)).or_default().insert(name);
    }
    for (address, ids) in declarations {
        nodes.entry(address).or_insert(ids);
    }
    nodes.into_iter().map(|(address, ids)| (address, ids.into_iter().collect::<Vec<_>>().join(" + "))).collect()
}

/// `Microsoft.Network/virtualNetworks hub (made, Yes)`.
fn head(line: &str) -> Option<(&str, &str, &str)> {
    let (kind, rest) = line.split_once(' ').filter(|_| line.starts_with("Microsoft."))?;
    let (address, how) = rest.rsplit_once(" (")?;
    Some((kind, address, how))
}

/// `agw[0].gateway` as `agw.gateway`.
fn without_keys(address: &str) -> String {
    let mut depth = 0;
    let outside = |c: char| {
        depth += i32::from(c == '[');
        let kept = depth == 0;
        depth -= i32::from(c == ']');
        kept.then_some(c)
    };
    address.chars().filter_map(outside).collect()
}

fn line_of(line: &str, names: &BTreeMap<String, String>, node: &mut String) -> String {
    let called = |address: &str| names.get(address).cloned().unwrap_or_else(|| format!("{address}?"));
    if let Some((kind, address, how)) = head(line) {
        *node = called(address);
        return format!("{kind} {node} ({how}");
    }
    let Some(said) = line.strip_prefix("  ") else {
        node.clear();
        return line.to_string();
    };
    if let Some(outer) = said.strip_prefix("in ") {
        return format!("{node} in {}", called(outer));
    }
    if let Some((link, rest)) = said.split_once(" -> ") {
        let (end, drawn) = rest.rsplit_once(", drawn by ").unwrap_or((rest, ""));
        let (by, exists) = drawn.rsplit_once(" (").unwrap_or((drawn, ""));
        let end = names.get(end).cloned().unwrap_or_else(|| respelled(end));
        return format!("{node} {link} -> {end}, drawn by {} ({exists}", called(by));
    }
    for (word, turned) in [(" before ", false), (" after ", true), (" ? ", false)] {
        if let Some((first, then)) = said.split_once(word).filter(|_| node.is_empty()) {
            let (mut first, mut then) = (called(first), called(then));
            if turned || word == " ? " && then < first {
                std::mem::swap(&mut first, &mut then);
            }
            let word = if word == " ? " { "?" } else { "before" };
            return format!("{first} {word} {then}");
        }
    }
    format!("{node} {}", respelled(said))
}

/// A value without what its language decides: the spelling of ids, and of the items of loops.
fn respelled(text: &str) -> String {
    let mut text = text.to_string();
    for (start, end) in [("<", ".id>"), ("${", ".id}")] {
        text = without_ids(&text, start, end);
    }
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("/subscriptions/") {
        kept.push_str(&rest[..at]);
        kept.push_str("(id)");
        rest = &rest[at..];
        rest = &rest[rest.find([',', ']', ' ']).unwrap_or(rest.len())..];
    }
    kept.push_str(rest);
    counted(&counted(&kept, "[place in range(0, length(", "))]", true), "range(0, length(", "))", false)
}

/// `<nodes.id>` and `${spoke.id}/subnets/nodes` as `(id)`.
fn without_ids(text: &str, start: &str, end: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(end) {
        let Some(from) = rest[..at].rfind(start) else { break };
        kept.push_str(&rest[..from]);
        kept.push_str("(id)");
        rest = &rest[at + end.len()..];
        if rest.starts_with('/') {
            rest = &rest[rest.find([',', ']', ' ']).unwrap_or(rest.len())..];
        }
    }
    kept + rest
}

/// `clusters[place in range(0, length(clusters))]` as `item of clusters`, and `range(0, length(x))` as `x`.
fn counted(text: &str, start: &str, end: &str, item: bool) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let inside = &rest[at + start.len()..];
        let Some(close) = inside.find(end) else { break };
        let list = &inside[..close];
        match rest[..at].strip_suffix(list).filter(|_| item) {
            Some(before) => kept.push_str(&format!("{before}item of {list}")),
            None => kept.push_str(&format!("{}{list}", &rest[..at])),
        }
        rest = &inside[close + end.len()..];
    }
    kept + rest
}

/// What a graph says that does not depend on Terraform or Bicep: of nodes whose names are known, by type and names.
pub struct Facts {
    /// Every such node that is made, and whether it is.
    pub nodes: BTreeMap<String, String>,
    /// Its fields; `None` where the value holds something that is not known, or an id.
    pub fields: BTreeMap<(String, String), Option<String>>,
    /// Where its links lead, if that is such a node too.
    pub links: BTreeSet<String>,
    /// `A before B`, of two such nodes.
    pub order: BTreeSet<(String, String)>,
}

/// The facts of a dump.
pub fn facts(dump: &str) -> Facts {
    let names = names(dump);
    // `<subscription group type names>` as `type names`.
    let short = |address: &str| {
        let id = names.get(address)?.strip_prefix('<')?.strip_suffix('>')?;
        let at = id.find("microsoft.")?;
        (!id[at..].contains("${") && !id[at..].contains('<')).then(|| id[at..].to_string())
    };
    let mut facts =
        Facts { nodes: BTreeMap::new(), fields: BTreeMap::new(), links: BTreeSet::new(), order: BTreeSet::new() };
    let mut node = None;
    let mut in_order = false;
    for line in dump.lines() {
        if let Some((_, address, how)) = head(line) {
            node = short(address).filter(|_| how.starts_with("made"));
            facts.nodes.extend(node.clone().map(|node| (node, how.to_string())));
            continue;
        }
        in_order |= line == "order";
        let said = line.trim_start();
        if in_order {
            for (word, turned) in [(" before ", false), (" after ", true)] {
                if let Some((first, then)) = said.split_once(word)
                    && let (Some(first), Some(then)) = (short(first), short(then))
                {
                    facts.order.insert(if turned { (then, first) } else { (first, then) });
                }
            }
            continue;
        }
        let Some(node) = &node else { continue };
        if let Some((link, rest)) = said.split_once(" -> ") {
            let end = rest.split_once(", drawn by ").and_then(|(end, _)| short(end));
            facts.links.extend(end.map(|end| format!("{node} {link} -> {end}")));
        } else if let Some((field, value)) = said.split_once(" = ") {
            let open = ["?", "${", "<", "/subscriptions/", "…", "drawn by"].iter().any(|mark| value.contains(mark));
            // One prefix is written as a text or as a list of one.
            let value = (!open).then(|| value.trim_matches(['[', ']']).to_string());
            facts.fields.insert((node.clone(), field.to_string()), value);
        }
    }
    facts
}
