//! The query for editors: it fits the grammar, and colours every kind of thing that a file holds.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::{Parser, Query, QueryCursor, StreamingIterator, Tree};

const SAMPLE: &str = r#"import { cidr as range } from 'shared.bicep'
#disable-next-line no-unused-params
@description('Where: ${1}\n')
param location string = 'westeurope' // a comment

type size = 1 | 2?
func twice(x int) int => x * 2

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = if (twice(1) == 2) {
  name: 'vnet-${location}'
  properties: {
    resource: true
    subnets: [for (name, i) in names: {
      name: name
      id: empty(ids) ? null : ids[i].id
    }]
  }
}

module hub './hub.bicep' = {
  params: { sizes: map(sizes, item => item.value), text: '''many
lines''' }
}
"#;

/// What the sample has no place for.
const REST: &str = r#"using none
using 'main.bicep'
extends 'base.bicepparam'
import * as shared from 'shared.bicep'
extension kubernetes with { a: 1 } as k8s
extensionConfig k8s with { a: 1 }
test t 'main.bicep' = {}
assert a = vnet::sub.id != b
type t = { a: shared.kind }
param location = map(a, (x, y) => x)
@secure
param b bool
"#;

/// The query, and the tree of a text without errors.
fn queried(text: &str) -> (Query, Tree) {
    let language = tree_sitter_bicep::LANGUAGE.into();
    let query = Query::new(&language, tree_sitter_bicep::HIGHLIGHTS_QUERY).expect("a query that fits the grammar");
    let mut parser = Parser::new();
    parser.set_language(&language).expect("the parser fits the runtime");
    let tree = parser.parse(text, None).expect("nothing cancels it");
    assert!(!tree.root_node().has_error(), "{}", tree.root_node().to_sexp());
    (query, tree)
}

/// The captures of every text in the order of the file; where several patterns match, the last one counts.
fn captures(text: &str) -> Vec<(String, String)> {
    let (query, tree) = queried(text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found: BTreeMap<(usize, usize), (usize, String)> = BTreeMap::new();
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize].to_string();
            let range = capture.node.byte_range();
            let known = found.entry((range.start, range.end)).or_insert((matched.pattern_index, name.clone()));
            if known.0 <= matched.pattern_index {
                *known = (matched.pattern_index, name);
            }
        }
    }
    found.into_iter().map(|((start, end), (_, name))| (text[start..end].to_string(), name)).collect()
}

#[test]
fn what_stands_in_a_file_has_its_colour() {
    let found = captures(SAMPLE);
    let missing: Vec<_> = [
        ("import", "keyword.import"),
        ("#disable-next-line no-unused-params", "keyword.directive"),
        ("@", "attribute"),
        ("description", "attribute"),
        ("${", "punctuation.special"),
        (r"\n", "string.escape"),
        ("param", "keyword"),
        ("location", "variable.parameter"),
        ("string", "type.builtin"),
        ("'westeurope'", "string"),
        ("// a comment", "comment"),
        ("size", "type"),
        ("|", "operator"),
        ("twice", "function"),
        ("=>", "operator"),
        ("'Microsoft.Network/virtualNetworks@2024-05-01'", "string.special"),
        ("if", "keyword.conditional"),
        ("==", "operator"),
        ("name", "property"),
        ("resource", "property"),
        ("resource", "keyword"),
        ("true", "constant.builtin"),
        ("for", "keyword.repeat"),
        ("empty", "function"),
        ("?", "operator"),
        ("null", "constant.builtin"),
        ("ids", "variable"),
        ("'./hub.bicep'", "string.special.path"),
        ("item", "variable.parameter"),
        ("value", "property"),
        ("'''many\nlines'''", "string"),
        ("{", "punctuation.bracket"),
        (",", "punctuation.delimiter"),
        ("2", "number"),
    ]
    .into_iter()
    .filter(|(text, name)| !found.iter().any(|(found, capture)| found == text && capture == name))
    .collect();
    assert!(missing.is_empty(), "{missing:?} of {found:?}");
}

#[test]
fn every_pattern_is_of_use() {
    let text = format!("{SAMPLE}{REST}");
    let (query, tree) = queried(&text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut unused: BTreeSet<usize> = (0..query.pattern_count()).collect();
    while let Some(matched) = matches.next() {
        unused.remove(&matched.pattern_index);
    }
    let written = |pattern: usize| {
        let range = query.start_byte_for_pattern(pattern)..query.end_byte_for_pattern(pattern);
        tree_sitter_bicep::HIGHLIGHTS_QUERY[range].trim()
    };
    assert!(unused.is_empty(), "{:?}", unused.into_iter().map(written).collect::<Vec<_>>());
}
