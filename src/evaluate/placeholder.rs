//! In: values of parameter files. Out: the same, unknown where something else is put in before they are used.
//! Never: guesses what is put in.
//!
//! Files of parameters are often templates themselves: `{{ .hub.name }}` of Go's and Helm's, `#{hubName}#` of the tasks
//! that replace tokens in pipelines, or `<hub-vnet-name>`, for which the reader is to write a name. No name, range or id
//! of Azure has such marks.

use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::Regex;

use crate::value::{Hole, Kind, Piece, Pieces, Reason, RootId, SmolStr, Unknown, Value};

/// What stands for something else: within a text, or as all of it.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{[^{}\r\n]*\}\}|#\{[^{}\r\n]*\}#|\A<[^<>\r\n]+>\z").expect("a pattern"));

/// A value with a hole for every placeholder in it.
pub fn open(root: RootId, value: Value) -> Value {
    opened(root, &value).unwrap_or(value)
}

/// `None` where there is none.
fn opened(root: RootId, value: &Value) -> Option<Value> {
    let kind = match &value.kind {
        Kind::Text(pieces) => {
            let text = pieces.as_literal()?;
            let mut at = 0;
            let mut opened: Vec<Piece> = Vec::new();
            for found in PLACEHOLDER.find_iter(text) {
                let unknown = Unknown::new(root, found.as_str(), Reason::Input);
                let unknown = value.origin.place().map_or(unknown.clone(), |place| unknown.at(place));
                opened.push(Piece::Literal(SmolStr::new(&text[at..found.start()])));
                opened.push(Piece::Hole(Hole::Unknown(unknown)));
                at = found.end();
            }
            if opened.is_empty() {
                return None;
            }
            opened.push(Piece::Literal(SmolStr::new(&text[at..])));
            Value::pieces(Pieces::of(opened)).kind
        }
        Kind::List { items, rest, shape } => {
            let opened: Vec<Option<Value>> = items.iter().map(|item| opened(root, item)).collect();
            if opened.iter().all(Option::is_none) {
                return None;
            }
            let items = items.iter().zip(opened).map(|(item, opened)| opened.unwrap_or_else(|| item.clone()));
            Kind::List { items: items.collect::<Vec<_>>().into(), rest: rest.clone(), shape: *shape }
        }
        Kind::Object { fields, rest, shape } => {
            let opened: Vec<Option<Value>> = fields.values().map(|field| opened(root, field)).collect();
            if opened.iter().all(Option::is_none) {
                return None;
            }
            let value = |((name, field), opened): ((&SmolStr, &Value), Option<Value>)| {
                (name.clone(), opened.unwrap_or_else(|| field.clone()))
            };
            let fields: IndexMap<SmolStr, Value> = fields.iter().zip(opened).map(value).collect();
            Kind::Object { fields: fields.into(), rest: rest.clone(), shape: *shape }
        }
        _ => return None,
    };
    Some(Value { kind, origin: value.origin.clone(), secret: value.secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Truth;

    #[test]
    fn what_is_put_in_later_is_not_known() {
        for (written, shown) in [
            ("plain", "plain"),
            ("{{ .hub.name }}", "${{{ .hub.name }}}"),
            ("vnet-{{ .a }}-{{ .b }}", "vnet-${{{ .a }}}-${{{ .b }}}"),
            ("#{hub}#-rt", "${#{hub}#}-rt"),
            ("<hub-vnet-name>", "${<hub-vnet-name>}"),
            ("a <b>", "a <b>"),
            ("<a><b/></a>", "<a><b/></a>"),
            ("{ {x} }", "{ {x} }"),
        ] {
            let value = open(RootId(0), Value::text(written));
            let text = match &value.kind {
                Kind::Text(pieces) => pieces.to_string(),
                Kind::Unknown(unknown) => format!("${{{unknown}}}"),
                other => panic!("{other:?}"),
            };
            assert_eq!(text, shown, "{written}");
        }
    }

    #[test]
    fn what_is_put_into_a_list_or_an_object_is_not_known() {
        let list = open(RootId(0), Value::list(vec![Value::text("a"), Value::text("<b>")]));
        let object = open(RootId(0), Value::object([(SmolStr::new("inner"), list)]));
        let inner = object.fields().and_then(|fields| fields.get("inner")).and_then(Value::items).expect("a list");
        assert!(inner[0].is("a") == Truth::Yes && inner[1].hole().is_some());
    }
}
