//! In: a graph. Out: the same as text, for reading and comparing.
//! Never: says where something is written, or what is not part of the network.

use std::fmt::Write;

use super::{End, Got, Network, Order, Place};
use crate::azure::{self, Field, LINKS};
use crate::value::{Address, Kind, Piece, Pieces, ResourceId, Unknown, Value};

impl Network {
    /// The graph as text: every node with its type, id, fields (defaults applied) and links, and the order among them.
    ///
    /// It is the same for the same graph, whatever language the graph was read from.
    pub fn dump(&self) -> String {
        let mut places: Vec<Place> = azure::types().flat_map(|kind| self.all(kind)).collect();
        places.sort_by_key(|place| (place.kind().name, place.address().clone()));
        let mut text = String::new();
        for place in &places {
            self.node(*place, &mut text);
        }
        text.push_str("order\n");
        let made = places.iter().filter(|place| place.is_made()).map(|place| place.declaration());
        let mut declarations: Vec<&Address> =
            made.chain(self.joined.iter().map(|joined| &joined.declaration)).collect();
        declarations.sort();
        declarations.dedup();
        for (index, first) in declarations.iter().enumerate() {
            for then in &declarations[index + 1..] {
                self.pair(first, then, &mut text);
            }
        }
        text
    }

    fn node(&self, place: Place, text: &mut String) {
        let made = if place.is_made() { "made" } else { "read" };
        line(text, &format!("{} {} ({made}, {:?})", place.kind().name, place.address(), place.exists()));
        line(text, &format!("  id {}", place.id().map_or("?".into(), shown_id)));
        if let Some(parent) = place.parent() {
            line(text, &format!("  in {}", parent.address()));
        }
        // What a link says is said by where it leads.
        let is_link = |field: &Field| LINKS.iter().any(|link| std::ptr::eq(link.field, field));
        for field in place.kind().fields.iter().copied().filter(|field| !is_link(field)) {
            if field.arm.contains("[]") {
                let (values, open) = place.get_all(field);
                let values = values.iter().map(shown);
                let open = open.filter(|_| place.is_made()).map(|unknown| format!("? {unknown}"));
                let values: Vec<String> = values.chain(open).collect();
                if !values.is_empty() {
                    line(text, &format!("  {} = [{}]", field.arm, values.join(", ")));
                }
                continue;
            }
            match place.get(field) {
                Got::Is(value) => line(text, &format!("  {} = {}", field.arm, shown(&value))),
                // Left out, with a default that cannot be said: the place itself says no more.
                Got::Unknown(unknown) if place.is_made() && is_own(place, &unknown) => {
                    line(text, &format!("  {} = ? left out", field.arm));
                }
                Got::Unknown(unknown) if place.is_made() => line(text, &format!("  {} = ? {unknown}", field.arm)),
                Got::Absent | Got::Unknown(_) => {}
            }
        }
        for joined in place.joined() {
            if !is_link(joined.field) {
                let (field, value) = (joined.field.arm, shown(&joined.value));
                line(text, &format!("  {field} = {value}, drawn by {} ({:?})", joined.declaration, joined.exists));
            }
        }
        for link in LINKS.iter().filter(|link| place.kind().fields.iter().any(|field| std::ptr::eq(*field, link.field)))
        {
            let mut steps: Vec<String> = place
                .follow(link)
                .iter()
                .map(|step| {
                    let end = match &step.end {
                        End::Place(end) => end.address().to_string(),
                        End::Outside(id) => format!("outside {id}"),
                        End::Unknown(unknown) => format!("? {unknown}"),
                    };
                    format!("  {} -> {end}, drawn by {} ({:?})", link.field.arm, step.drawn_by, step.exists)
                })
                .collect();
            steps.sort();
            steps.iter().for_each(|step| line(text, step));
        }
    }

    fn pair(&self, first: &Address, then: &Address, text: &mut String) {
        let word = match self.order(first, then) {
            Order::Before => "before",
            Order::After => "after",
            Order::Unknown => "?",
            Order::Race => return,
        };
        line(text, &format!("  {first} {word} {then}"));
    }
}

/// An unknown is named by the place that it is a field of.
fn is_own(place: Place, unknown: &Unknown) -> bool {
    unknown.name().strip_prefix(place.address().text()).is_some_and(|field| field.starts_with('.'))
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a text takes every line");
}

fn shown_id(id: &ResourceId) -> String {
    let part = |pieces: Option<&Pieces>| pieces.map_or("?".into(), shown_pieces);
    let names: Vec<String> = id.names.iter().map(shown_pieces).collect();
    let (subscription, group) = (part(id.subscription.as_ref()), part(id.resource_group.as_ref()));
    format!("{subscription} {group} {} {}", id.type_name, names.join("/"))
}

fn shown_pieces(pieces: &Pieces) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => text.to_string(),
        Piece::Hole(hole) => format!("${{{hole}}}"),
    };
    pieces.pieces().iter().map(piece).collect()
}

fn shown(value: &Value) -> String {
    if value.secret {
        return "(sensitive)".into();
    }
    match &value.kind {
        Kind::Null => "null".into(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::Text(pieces) => shown_pieces(pieces),
        Kind::List { items, rest, .. } => {
            let items: Vec<String> =
                items.iter().map(shown).chain(rest.iter().map(|rest| format!("…{rest}"))).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Object { fields, rest, .. } => {
            let fields = fields.iter().map(|(name, field)| format!("{name}: {}", shown(field)));
            let fields: Vec<String> = fields.chain(rest.iter().map(|rest| format!("…{rest}"))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Kind::OneOf { condition, values } => {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("one of {} by {condition}", values.join(" | "))
        }
        Kind::Reference(reference) => format!("<{reference}>"),
        Kind::Unknown(unknown) => format!("? {unknown}"),
    }
}
