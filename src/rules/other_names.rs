//! In: a finding that cannot be decided. Out: the same, saying so where what is only read may be what another root
//! makes under another name.
//! Never: takes two names for one thing itself.

use rustc_hash::FxHashMap;

use super::{Finding, Step, Verdict};
use crate::network::{Network, Place};
use crate::value::{Pieces, ResourceId, SmolStr};

/// What is made in an estate, by type and last name.
pub struct Made<'n> {
    network: &'n Network,
    by_name: FxHashMap<(&'static str, SmolStr), Vec<Place<'n>>>,
}

impl<'n> Made<'n> {
    /// What is made, looked through once for all that is found.
    pub fn of(network: &'n Network) -> Made<'n> {
        let mut by_name: FxHashMap<_, Vec<Place>> = FxHashMap::default();
        for place in crate::azure::types().flat_map(|kind| network.made(kind)) {
            if let Some(name) = last_name(place) {
                by_name.entry((place.kind().name, name)).or_default().push(place);
            }
        }
        Made { network, by_name }
    }

    /// Adds what is only read, what may be the same, and how to say so.
    ///
    /// A parameter file names `vnet-hub-spoke-00`, and the root that makes the network calls it `vnet-spoke-00`:
    ///
    /// ```toml
    /// [aliases]
    /// "root:cluster/main.bicep/vnet" = "root:network/main.bicep/vnet"
    /// ```
    pub fn say(&self, finding: &mut Finding) {
        if finding.verdict != Verdict::Undecided {
            return;
        }
        let read = finding.deciders.iter().find_map(|decider| self.network.read_by(&decider.unknown));
        let Some((read, other)) = read.and_then(|read| Some((read, self.candidate(read)?))) else { return };
        let (Some(read_id), Some(other_id)) = (read.id(), other.id()) else { return };
        let what = |id: &ResourceId| id.to_pieces().map_or_else(String::new, |text| text.to_string());
        let is_named = read_id.names.iter().all(|name| name.as_literal().is_some());
        let (reads, makes) = match is_named {
            true => ("nothing in this run makes", ", under another name"),
            false => ("this run does not say what is", ""),
        };
        finding.steps.push(Step { message: format!("{reads} `{}`", what(read_id)), span: read.span() });
        finding.steps.push(Step { message: format!("this makes `{}`{makes}", what(other_id)), span: other.span() });
        let (read, other) = match (outermost(read), outermost(other)) {
            (a, b) if a.kind() == b.kind() => (a, b),
            _ => (read, other),
        };
        finding.help = Some(format!(
            "where both are one, say so in `vnetlint.toml`, under `[aliases]`: `{} = {}`",
            quoted(&self.network.label(read.address())),
            quoted(&self.network.label(other.address()))
        ));
    }

    /// The one thing that another root makes and that may be what is read: of the same name in something of another
    /// name, or in nothing and of a name that is nearly the same.
    fn candidate(&self, read: Place<'n>) -> Option<Place<'n>> {
        let name = last_name(read)?;
        let elsewhere = |place: &&Place| place.root() != read.root();
        if read.parent().is_some() || read.id()?.names.len() > 1 {
            let alike = self.by_name.get(&(read.kind().name, name))?;
            let [only] = alike.iter().filter(elsewhere).collect::<Vec<_>>()[..] else { return None };
            return Some(*only);
        }
        let of_kind = self.by_name.iter().filter(|((kind, _), _)| *kind == read.kind().name);
        let near = of_kind.flat_map(|((_, other), places)| {
            let distance = strsim::damerau_levenshtein(other, &name);
            places.iter().filter(elsewhere).map(move |place| (distance, place))
        });
        let mut near: Vec<_> = near.filter(|(distance, _)| *distance <= name.len() / 3).collect();
        near.sort_by_key(|(distance, place)| (*distance, place.address().clone()));
        match near[..] {
            [(_, only)] => Some(*only),
            [(first, nearest), (second, _), ..] if first < second => Some(*nearest),
            _ => None,
        }
    }
}

/// What it lies in, and what that lies in: a subnet is called as it is in a VNet of another name.
fn outermost(place: Place) -> Place {
    place.parent().map_or(place, outermost)
}

/// A text of TOML: the key of an instance is in quotes of its own.
fn quoted(label: &str) -> String {
    let mark = if label.contains('"') { '\'' } else { '"' };
    format!("{mark}{label}{mark}")
}

fn last_name(place: Place) -> Option<SmolStr> {
    place.id().and_then(ResourceId::name).and_then(Pieces::as_literal).map(|name| name.to_lowercase().into())
}
