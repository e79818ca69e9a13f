//! In: a private endpoint. Out: what it leads to, the zones that its name belongs into, and the ones that it is in.
//! Never: takes a service that it does not know for one without a name.
//!
//! Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns>.

use super::{End, Network, Place, Seen, Server, Step};
use crate::azure::{self, dns, paas, private_endpoint, virtual_network};
use crate::value::{Cidr, Hole, Kind, Pieces, Reach, Reference, Truth, Unknown, Value};

/// What a private endpoint leads to.
#[derive(Clone, Debug)]
pub struct Service<'n> {
    /// Its ARM type, where it is known.
    pub kind: Option<String>,
    /// It, where the code declares it.
    pub place: Option<Place<'n>>,
    /// The parts of it, where all are known.
    pub subresources: Option<Vec<String>>,
}

impl<'n> Service<'n> {
    /// Who it is, for a sentence.
    pub fn words(&self) -> String {
        match (&self.place, &self.kind) {
            (Some(place), _) => format!("{} `{}`", place.kind().noun, place.name()),
            (None, Some(kind)) => match azure::by_arm_name(kind) {
                Some(kind) => format!("the {}", kind.noun),
                None => "the service".into(),
            },
            (None, None) => "the service".into(),
        }
    }

    /// An official name leads to it: it has a zone, or its parts are called like those of a service that has.
    pub fn has_name(&self) -> bool {
        let known = |part: &String| {
            let mut parts = paas::ZONES.iter().flat_map(|row| row.subresources);
            parts.any(|known| known.eq_ignore_ascii_case(part))
        };
        let by_part = self.subresources.as_ref().is_some_and(|parts| !parts.is_empty() && parts.iter().all(known));
        self.zones().is_some() || self.kind.is_none() && by_part
    }

    /// The port that clients connect to; nothing where there are several, or where it is not known.
    pub fn port(&self) -> Option<u16> {
        let (kind, parts) = (self.kind.as_deref()?, self.subresources.as_deref()?);
        let of = |part: &String| {
            let rows = paas::PORTS.iter().filter(|(of, ..)| of.eq_ignore_ascii_case(kind));
            let mut rows = rows.filter(|(_, known, _)| known.iter().any(|known| known.eq_ignore_ascii_case(part)));
            rows.next().map(|(.., port)| *port)
        };
        match parts {
            [part] => of(part),
            _ => None,
        }
    }

    /// The zones that its name may be found in, `{}` for a region; nothing where that is not known.
    pub fn zones(&self) -> Option<Vec<&'static str>> {
        let kind = self.kind.as_deref()?;
        let rows: Vec<_> = paas::ZONES.iter().filter(|row| row.of.eq_ignore_ascii_case(kind)).collect();
        match self.subresources.as_deref() {
            Some([]) | None => match rows.as_slice() {
                [only] => Some(only.zones.to_vec()),
                _ => None,
            },
            Some(parts) => {
                let mut zones = Vec::new();
                for part in parts {
                    let named =
                        |row: &&&paas::Zones| row.subresources.iter().any(|known| known.eq_ignore_ascii_case(part));
                    zones.extend(rows.iter().find(named)?.zones);
                }
                Some(zones)
            }
        }
    }
}

/// Whether a zone's name is one that a pattern with `{}` for a word describes.
pub fn is_zone(pattern: &str, name: &str) -> bool {
    match pattern.split_once("{}") {
        None => pattern.eq_ignore_ascii_case(name),
        Some((before, after)) => {
            let Some(start) = name.get(..before.len()).filter(|start| start.eq_ignore_ascii_case(before)) else {
                return false;
            };
            let rest = &name[start.len()..];
            let word = rest.find('.').unwrap_or(rest.len());
            word > 0 && is_zone(after, &rest[word..])
        }
    }
}

impl<'n> Place<'n> {
    /// What a private endpoint leads to; nothing where it is not said here.
    pub fn service(self) -> Service<'n> {
        let (targets, _) = self.get_all(&private_endpoint::TARGETS);
        let (kind, place) = targets.first().map_or((None, None), |value| self.network.type_of(value, self));
        let (lists, open) = self.get_all(&private_endpoint::SUBRESOURCES);
        let mut subresources = open.is_none().then(Vec::new);
        for value in lists.iter().flat_map(|list| list.items().unwrap_or(std::slice::from_ref(list))) {
            match (value.as_text(), &mut subresources) {
                (Some(text), Some(known)) => known.push(text.to_string()),
                _ => subresources = None,
            }
        }
        if lists.iter().any(|list| list.items().is_none() || list.rest().is_some()) {
            subresources = None;
        }
        Service { kind, place, subresources }
    }

    /// The zones that a private endpoint's groups write its names into.
    pub fn endpoint_zones(self) -> Vec<Step<'n>> {
        let groups = self.children(&private_endpoint::ZONE_GROUP).into_iter();
        groups.flat_map(|group| group.follow(&private_endpoint::GROUP_TO_ZONE)).collect()
    }

    /// The VNet of a private endpoint.
    pub fn private_endpoint_vnet(self) -> Option<Place<'n>> {
        self.stands_in(&private_endpoint::ENDPOINT_TO_SUBNET)
    }

    /// The records that somebody wrote for a private endpoint: its address is theirs, or theirs lies in its subnet.
    pub fn own_records(self) -> Vec<Place<'n>> {
        let ranges: Vec<Cidr> = self
            .follow(&private_endpoint::ENDPOINT_TO_SUBNET)
            .iter()
            .filter_map(|step| step.end.place())
            .flat_map(|subnet| subnet.ranges(&virtual_network::PREFIXES).unwrap_or_default())
            .collect();
        let records = self.network.all(&dns::A_RECORD).into_iter();
        records
            .filter(|record| {
                let (values, open) = record.get_all(&dns::RECORD_ADDRESSES);
                let is = |reference: &Reference| self.is_meant_by(reference);
                open.is_some_and(|open| open.made_of().iter().any(is))
                    || values.iter().any(|value| is_made_of(value, &is) || in_ranges(value, &ranges))
            })
            .collect()
    }

    /// Why one of the records in the zones of `names` may be one that somebody wrote for a private endpoint.
    pub fn perhaps_own_record(self, names: &[&str]) -> Option<Unknown> {
        let subnets = self.follow(&private_endpoint::ENDPOINT_TO_SUBNET);
        let ranges = subnets.iter().find_map(|step| match &step.end {
            End::Place(subnet) => subnet.ranges(&virtual_network::PREFIXES).err(),
            End::Unknown(unknown) => Some(unknown.clone()),
            End::Outside(_) => step.unread("the ranges"),
        });
        let of_zone = |record: &Place| {
            let zone = record.id().and_then(|id| id.names.first()).and_then(|zone| zone.as_literal());
            zone.is_none_or(|zone| names.iter().any(|name| is_zone(name, zone)))
        };
        let of_another = |reference: &Reference| self.is_another_meant_by(reference);
        self.network.all(&dns::A_RECORD).into_iter().filter(of_zone).find_map(|record| {
            let (values, open) = record.get_all(&dns::RECORD_ADDRESSES);
            let values: Vec<_> = values.into_iter().filter(|value| !is_made_of(value, &of_another)).collect();
            let hole = values.iter().find_map(|value| value.first_hole().map(|hole| hole.unknown()));
            let is_written = values.iter().any(|value| value.first_hole().is_none());
            let open = open.filter(|open| !open.made_of().iter().any(of_another));
            open.or(hole).or_else(|| ranges.clone().filter(|_| is_written))
        })
    }

    /// Whether a reference is to this place.
    fn is_meant_by(self, reference: &Reference) -> bool {
        match self.network.by_address.get(&reference.address) {
            Some(index) => self.network.canonical(*index) == self.index,
            // One of several, and which of them is not known.
            None => reference.address.declaration() == *self.declaration(),
        }
    }

    /// Whether a reference is to a private endpoint that is not this one.
    fn is_another_meant_by(self, reference: &Reference) -> bool {
        let is_another = |index: &usize| {
            let index = self.network.canonical(*index);
            index != self.index && self.network.nodes[index].kind == &private_endpoint::PRIVATE_ENDPOINT
        };
        match self.network.by_address.get(&reference.address) {
            Some(index) => is_another(index),
            None => {
                let declared = self.network.by_declaration.get(&reference.address.declaration());
                declared.is_some_and(|declared| declared.iter().any(is_another))
            }
        }
    }

    /// Which VNets must be linked to a zone so that this VNet's machines find its names, now that all is made.
    pub fn resolves_in(self) -> Result<Vec<Place<'n>>, Option<Unknown>> {
        let settings = self.dns_settings();
        if settings.is_empty() && !self.is_made() {
            return Err(None);
        }
        let mut vnets = if settings.is_empty() { vec![self] } else { Vec::new() };
        for setting in settings {
            let servers = setting.servers.map_err(Some)?;
            match self.network.sees(servers.first().unwrap_or(&Server::Azure), self) {
                Seen::From(seen) => vnets.extend(seen),
                Seen::Never => {}
                Seen::Unknown(unknown) => return Err(unknown),
            }
        }
        Ok(vnets)
    }

    /// Whether a zone is linked to one of some VNets, and what would decide.
    pub fn is_linked_to_any(self, vnets: &[Place<'n>]) -> (Truth, Option<Unknown>) {
        let mut open = None;
        for (link, end) in self.zone_links() {
            match end {
                End::Place(vnet) if vnets.contains(&vnet) && link.exists() == Truth::Yes => return (Truth::Yes, None),
                End::Place(vnet) if vnets.contains(&vnet) => open = open.or(Some(link.decides().cloned())),
                End::Unknown(unknown) => open = open.or(Some(Some(unknown))),
                _ => {}
            }
        }
        match open.or_else(|| self.open_for(&dns::ZONE_LINK).map(Some)) {
            Some(unknown) => (Truth::Unknown, unknown),
            None => (Truth::No, None),
        }
    }
}

impl Step<'_> {
    /// The name of the zone that a link leads to, as far as it is known.
    pub fn zone_name(&self) -> Option<Pieces> {
        match (&self.end, &self.value.kind) {
            (End::Place(zone), _) => zone.id()?.name().cloned(),
            (_, Kind::Text(pieces)) => pieces.split('/').pop(),
            _ => None,
        }
    }
}

impl Network {
    /// The ARM type that an id is of, and the place where the code declares it.
    fn type_of<'n>(&'n self, value: &Value, near: Place) -> (Option<String>, Option<Place<'n>>) {
        match &value.kind {
            Kind::Reference(reference) => {
                let index = self.by_address.get(&reference.address).copied();
                let index = index.or_else(|| self.only_template(reference));
                let place = index.map(|index| Place { network: self, index: self.canonical(index) });
                (place.map(|place| place.kind().name.to_string()), place)
            }
            Kind::Text(pieces) => match self.id_of_text(pieces, near.root()) {
                Some(id) => {
                    let kind = azure::by_arm_name(&id.type_name);
                    let end = kind.and_then(|kind| self.resolve(value, kind, near.root()));
                    (Some(id.type_name.to_string()), end.and_then(|end| end.place()))
                }
                None => (None, None),
            },
            _ => (None, None),
        }
    }
}

/// Whether a value is made of something that is referred to.
fn is_made_of(value: &Value, is: &dyn Fn(&Reference) -> bool) -> bool {
    let mut holes = Vec::new();
    value.holes(Reach { levels: 8, most: 64, candidates: true }, &mut holes);
    holes.iter().any(|hole| match hole {
        Hole::Reference(reference) => is(reference),
        Hole::Unknown(unknown) => unknown.made_of().iter().any(is),
    })
}

/// Whether a value holds an address that lies in one of some ranges.
fn in_ranges(value: &Value, ranges: &[Cidr]) -> bool {
    let items = value.items().unwrap_or(std::slice::from_ref(value));
    let addresses = items.iter().filter_map(|item| item.as_text()?.trim().parse().ok());
    addresses.into_iter().any(|address| ranges.iter().any(|range| range.holds(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_type_and_part() {
        let service = |kind: &str, part: &str| Service {
            kind: Some(kind.into()),
            place: None,
            subresources: Some(vec![part.to_string()]),
        };
        let zones = |kind: &str, part: &str| service(kind, part).zones().unwrap_or_default();
        assert_eq!(zones("microsoft.keyvault/vaults", "vault"), ["privatelink.vaultcore.azure.net"]);
        assert_eq!(zones("Microsoft.Storage/storageAccounts", "DFS"), ["privatelink.dfs.core.windows.net"]);
        assert_eq!(service("Microsoft.Storage/storageAccounts", "tape").zones(), None);
        assert_eq!(service("Microsoft.Unheard/of", "vault").zones(), None);
    }

    #[test]
    fn a_port_is_known_by_type_and_part() {
        let port = |kind: &str, part: &str| {
            let (kind, parts) = (Some(kind.into()), Some(vec![part.to_string()]));
            Service { kind, place: None, subresources: parts }.port()
        };
        assert_eq!(port("microsoft.keyvault/vaults", "Vault"), Some(443));
        assert_eq!(port("Microsoft.Storage/storageAccounts", "file"), Some(445));
        assert_eq!(port("Microsoft.ServiceBus/namespaces", "namespace"), None);
    }

    #[test]
    fn a_pattern_stands_for_one_word() {
        assert!(is_zone("privatelink.azurecr.io", "PrivateLink.azurecr.io"));
        assert!(!is_zone("privatelink.vaultcore.azure.net", "privatelink.vault.azure.net"));
        assert!(is_zone("privatelink.{}.azmk8s.io", "privatelink.westeurope.azmk8s.io"));
        assert!(!is_zone("privatelink.{}.azmk8s.io", "privatelink.west.europe.azmk8s.io"));
        assert!(is_zone("{}.privatelink.{}.azmk8s.io", "apps.privatelink.westeurope.azmk8s.io"));
        assert!(!is_zone("{}.privatelink.{}.azmk8s.io", "privatelink.westeurope.azmk8s.io"));
    }
}
