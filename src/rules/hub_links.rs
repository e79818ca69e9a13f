//! In: a private cluster. Out: the hubs of its VNet, and whether the cluster's zone is linked to them.
//! Never: asks for a link to a virtual hub: Azure has none.

use super::{Confidence, Finding, Rule};
use crate::azure::cluster;
use crate::network::{Hub, Network, Place, Seen, Server};
use crate::source::Span;
use crate::value::{Truth, Unknown};

/// A private cluster whose VNet has hubs.
pub struct Spoke<'n> {
    /// The cluster.
    pub cluster: Place<'n>,
    /// The VNet of its nodes.
    pub vnet: Place<'n>,
    /// Its hubs, all of one rank.
    pub hubs: Vec<Hub<'n>>,
}

/// Every private cluster with nodes in a VNet that has hubs.
pub fn spokes(network: &Network) -> Vec<Spoke<'_>> {
    let mut spokes = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is_true(&cluster::PRIVATE) != Truth::Yes {
            continue;
        }
        let Some(vnet) = cluster.node_vnet() else { continue };
        let hubs = vnet.hubs();
        if !hubs.is_empty() {
            spokes.push(Spoke { cluster, vnet, hubs });
        }
    }
    spokes
}

impl<'n> Spoke<'n> {
    /// The VNets in which the hubs' own machines resolve names: the hub itself, unless it has DNS servers elsewhere.
    pub fn resolving(&self, network: &'n Network, hub: &Hub<'n>) -> Result<Vec<Place<'n>>, Option<Unknown>> {
        for setting in hub.vnet.dns_settings() {
            let servers = match setting.servers {
                Ok(servers) => servers,
                // A VNet that is only read: what stands in it is asked for by its own name.
                Err(_) if !hub.vnet.is_made() => continue,
                Err(unknown) => return Err(Some(unknown)),
            };
            match servers.first() {
                None | Some(Server::Azure) => {}
                Some(first) => match network.sees(first, hub.vnet) {
                    Seen::From(vnets) => return Ok(vnets),
                    Seen::Never => return Ok(Vec::new()),
                    Seen::Unknown(unknown) => return Err(unknown),
                },
            }
        }
        Ok(vec![hub.vnet])
    }

    /// How sure it is that these are hubs.
    pub fn confidence(&self) -> Confidence {
        match self.hubs.first().map(|hub| hub.rank) {
            Some(1 | 2) => Confidence::High,
            // A firewall or gateway makes a hub of routing; that names are resolved there is a guess.
            _ => Confidence::Low,
        }
    }

    /// What cannot be told of the link of its zone to the hubs.
    pub fn open(&self, rule: &Rule, place: Span, unknown: Option<Unknown>, message: String, effect: &str) -> Finding {
        let mut finding = rule.finding(place, message).about(self.cluster).undecided(unknown, effect);
        finding.confidence = self.confidence();
        finding.objects = self.hubs.iter().map(|hub| hub.vnet.address().clone()).collect();
        let hub = self.hubs.first();
        finding.help = hub.map(|hub| format!("make sure that the zone is linked to `{}`", hub.vnet.name()));
        finding
    }
}
