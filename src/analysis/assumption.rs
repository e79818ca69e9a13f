//! In: an `[[assume]]` of the configuration. Out: what it says, as a resource that is deployed.
//! Never: adds what is not said: an assumption settles its own fact and no other.

use super::config::{
    of_toml,
    written::{DeployedResource, DnsServers, Role, WrittenAssumption, ZoneLink},
};
use crate::evaluate::{Evaluated, Resource, Root, Site, Standing};
use crate::source::Span;
use crate::syntax::Dialect;
use crate::value::{Address, Hole, Origin, Piece, Pieces, Reason, ResourceId, RootId, SmolStr, Unknown, Value};

/// A fact outside the code.
#[derive(Clone, Debug)]
pub struct Assumption {
    fact: Fact,
    place: Span,
}

#[derive(Clone, Debug)]
enum Fact {
    ZoneLink(ZoneLink),
    DnsServers(DnsServers),
    Role(Role),
    Resource(DeployedResource, ResourceId),
}

impl Assumption {
    /// The fact that is written; `Err` says what is missing.
    pub(super) fn of(written: WrittenAssumption, place: Span) -> Result<Assumption, String> {
        if written.reason.trim().is_empty() {
            return Err("an assumption says why in `reason`".into());
        }
        let facts = [
            written.zone_link.map(Fact::ZoneLink),
            written.dns_servers.map(Fact::DnsServers),
            written.role.map(Fact::Role),
            written.resource.map(resource).transpose()?,
        ];
        let mut facts = facts.into_iter().flatten();
        match (facts.next(), facts.next()) {
            (Some(fact), None) => Ok(Assumption { fact, place }),
            (None, _) => {
                Err("an assumption is one of `zone-link`, `dns-servers`, `role` and `resource`; this one has none"
                    .into())
            }
            (Some(_), Some(_)) => Err("an assumption is one fact; write `[[assume]]` again for the other".into()),
        }
    }
}

fn resource(written: DeployedResource) -> Result<Fact, String> {
    match ResourceId::parse(&Pieces::literal(&written.id)) {
        Some(id) => Ok(Fact::Resource(written, id)),
        None => Err(format!("`{}` is no id of a resource: `/subscriptions/…/providers/…`", written.id)),
    }
}

/// The assumptions as what a deployment of their own has made.
pub fn evaluated(assumptions: &[Assumption], path: &str, id: RootId) -> (Root, Evaluated) {
    let root = Root {
        id,
        path: path.to_string(),
        dialect: Dialect::Bicep,
        environment: None,
        input_files: Vec::new(),
        example: None,
    };
    let resources = assumptions.iter().enumerate().map(|(index, assumption)| assumption.resource(index, id));
    let resources = resources.collect();
    (root, Evaluated { resources, standing: Standing::Assumed, ..Evaluated::default() })
}

impl Assumption {
    fn resource(&self, index: usize, root: RootId) -> Resource {
        let name = |text: &str| Value::text(text).with_origin(Origin::written(self.place));
        let own = name(&format!("assumed-{}", index + 1));
        let fields = |fields: Vec<(&str, Value)>| {
            let fields = fields.into_iter().map(|(name, value)| (SmolStr::new(name), value));
            Value::object(fields).with_origin(Origin::written(self.place))
        };
        let named = |type_name: &str, id: ResourceId, more: Option<Value>, properties: Value| {
            let names = id.names.iter().cloned().map(Value::pieces).chain(more).collect();
            let scope = Site { subscription: id.subscription, resource_group: id.resource_group };
            (type_name.to_string(), names, scope, fields(vec![("properties", properties)]))
        };
        const ZONE: &str = "Microsoft.Network/privateDnsZones";
        const VNET: &str = "Microsoft.Network/virtualNetworks";
        let (type_name, names, scope, body) = match &self.fact {
            Fact::ZoneLink(ZoneLink { zone, vnet }) => {
                let to = fields(vec![("id", self.reference(vnet, VNET, root))]);
                let links = format!("{ZONE}/virtualNetworkLinks");
                named(&links, id_of(zone, ZONE), Some(own), fields(vec![("virtualNetwork", to)]))
            }
            Fact::DnsServers(DnsServers { vnet, servers }) => {
                let servers = servers.iter().map(|server| name(server)).collect();
                let servers = Value::list(servers).with_origin(Origin::written(self.place));
                let options = fields(vec![("dnsServers", servers)]);
                named(VNET, id_of(vnet, VNET), None, fields(vec![("dhcpOptions", options)]))
            }
            Fact::Role(Role { principal, role, scope }) => {
                let properties = fields(vec![
                    ("principalId", name(principal)),
                    ("roleDefinitionId", name(role)),
                    ("scope", name(scope)),
                ]);
                let at = ResourceId::parse(&Pieces::literal(scope));
                let site = at.map(|id| Site { subscription: id.subscription, resource_group: id.resource_group });
                let body = fields(vec![("scope", name(scope)), ("properties", properties)]);
                ("Microsoft.Authorization/roleAssignments".into(), vec![own], site.unwrap_or_default(), body)
            }
            Fact::Resource(written, id) => {
                let origin = Origin::written(self.place);
                let properties = of_toml(&toml::Value::Table(written.properties.clone()), &origin);
                named(&id.type_name, id.clone(), None, properties)
            }
        };
        let address = Address::new(root, format!("assume[{index}]"));
        Resource::standing(address, SmolStr::new(type_name), names, scope, body, self.place)
    }

    /// The id of something that is named by its id, by `root:PATH/ADDRESS`, or by its name alone.
    fn reference(&self, text: &str, type_name: &str, root: RootId) -> Value {
        let value = match text.starts_with('/') || text.starts_with("root:") {
            true => Value::text(text),
            false => {
                let hole = |what: &str| {
                    let unknown = Unknown::new(root, format!("the {what} of {text}"), Reason::Data).at(self.place);
                    Piece::Hole(Hole::Unknown(unknown))
                };
                let literal = |text: &str| Piece::Literal(SmolStr::new(text));
                Value::pieces(Pieces::of([
                    literal("/subscriptions/"),
                    hole("subscription"),
                    literal("/resourceGroups/"),
                    hole("resource group"),
                    literal(&format!("/providers/{type_name}/{text}")),
                ]))
            }
        };
        value.with_origin(Origin::written(self.place))
    }
}

/// An id, or a name of which nobody said where it is.
fn id_of(text: &str, type_name: &str) -> ResourceId {
    ResourceId::parse(&Pieces::literal(text)).unwrap_or_else(|| ResourceId {
        subscription: None,
        resource_group: None,
        type_name: SmolStr::new(type_name.to_lowercase()),
        names: vec![Pieces::literal(text)],
    })
}
