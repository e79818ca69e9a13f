//! In: clusters, Helm releases, application gateways. Out: which controller writes to which gateway, and where a listener
//! sends what it hears.
//!
//! Never: reads a chart; it knows the names of the values that the Application Gateway Ingress Controller takes.
//!
//! Sources: <https://learn.microsoft.com/azure/application-gateway/ingress-controller-overview>,
//! <https://azure.github.io/application-gateway-kubernetes-ingress/>.

use super::{End, Got, Network, Order, Permission, Place};
use crate::azure::identity::{self, Role};
use crate::azure::{Type, application_gateway as gateway, cluster, kubernetes};
use crate::evaluate::functions::json_with_holes;
use crate::source::Span;
use crate::value::{Hole, Kind, Pieces, Reference, ResourceId, Segment, Truth, Unknown, Value};

/// An ingress controller that writes to an application gateway.
#[derive(Clone, Debug)]
pub struct Writer<'n> {
    /// What brings it: the cluster whose add-on it is, or the Helm release.
    pub by: Place<'n>,
    /// The cluster that it runs in, where that is known.
    pub cluster: Option<Place<'n>>,
    /// How it was brought there.
    pub controller: Controller,
    /// The gateway.
    pub gateway: End<'n>,
    /// Where that is written.
    pub span: Span,
    /// Whether it is there.
    pub there: Truth,
    /// What would decide that.
    pub decides: Option<Unknown>,
}

/// How an ingress controller comes into a cluster.
#[derive(Clone, Debug)]
pub enum Controller {
    /// As AKS's add-on.
    AddOn,
    /// By Helm.
    Helm {
        /// It leaves alone what it is told to.
        shares: Truth,
        /// The class of ingresses that it looks at, where that is written.
        class: Option<String>,
    },
}

/// Where a listener sends what it hears.
#[derive(Clone, Debug)]
pub enum Target<'n> {
    /// To a pool of machines.
    Pool(Option<Place<'n>>),
    /// To another address.
    Redirect(Option<Place<'n>>),
}

/// One way of a listener's requests.
#[derive(Clone, Debug)]
pub struct Way<'n> {
    /// The rule, path map or path rule that says so.
    pub by: Place<'n>,
    /// Where they go.
    pub target: Target<'n>,
}

impl Writer<'_> {
    /// It, for a sentence: `the add-on of `aks``, `Helm release `helm_release.agic``.
    pub fn words(&self) -> String {
        match self.controller {
            Controller::AddOn => format!("the add-on of `{}`", self.by.name()),
            Controller::Helm { .. } => format!("Helm release `{}`", self.by.name()),
        }
    }
}

impl Network {
    /// Every ingress controller that writes, or may write, to an application gateway, in the order of addresses.
    pub fn gateway_writers(&self) -> Vec<Writer<'_>> {
        let mut by = [self.made(&cluster::CLUSTER), self.made(&kubernetes::RELEASE)].concat();
        // Which of them is named first must not hang on the order of the text.
        by.sort_by(|a, b| a.address().cmp(b.address()));
        by.into_iter()
            .flat_map(|place| match place.kind() == &cluster::CLUSTER {
                true => place.add_on_writers(),
                false => Vec::from_iter(place.release_writer()),
            })
            .collect()
    }
}

impl Network {
    /// The resource of a type whose attribute a value is: of `azurerm_public_ip.web.fqdn` the address.
    pub fn whose(&self, value: &Value, kind: &'static Type) -> Option<Place<'_>> {
        let reference = match &value.kind {
            Kind::Reference(reference) => reference.clone(),
            Kind::Text(pieces) => match pieces.only_hole()? {
                Hole::Reference(reference) => reference.clone(),
                Hole::Unknown(_) => return None,
            },
            _ => return None,
        };
        let index = self.canonical(*self.by_address.get(&reference.address)?);
        let place = Place { network: self, index };
        (place.kind() == kind).then_some(place)
    }
}

impl<'n> Place<'n> {
    fn add_on_writers(self) -> Vec<Writer<'n>> {
        let there = self.is_true(&cluster::GATEWAY_ADDON_ENABLED) & self.exists();
        if there == Truth::No {
            return Vec::new();
        }
        let decides = match self.get(&cluster::GATEWAY_ADDON_ENABLED) {
            Got::Unknown(unknown) => Some(unknown),
            got => got.unknown().or_else(|| self.decides().cloned()),
        };
        let steps = self.follow(&cluster::CLUSTER_TO_GATEWAY).into_iter();
        let writer = |step: super::Step<'n>| Writer {
            by: self,
            cluster: Some(self),
            controller: Controller::AddOn,
            gateway: step.end,
            span: step.span,
            there,
            decides: decides.clone(),
        };
        steps.map(writer).collect()
    }

    /// The ingress controller that a Helm release brings: its chart is `ingress-azure`.
    fn release_writer(self) -> Option<Writer<'n>> {
        let chart = self.text(&kubernetes::CHART).ok().flatten()?;
        if chart.trim_end_matches('/').rsplit('/').next() != Some("ingress-azure") {
            return None;
        }
        let (gateway, value) = self.gateway_of_release()?;
        let is_true = |path: &str| self.release_value(path).ask(Value::is_true);
        let class = ["kubernetes.ingressClassResource.name", "kubernetes.ingressClass"].into_iter();
        let class = class.filter_map(|path| match self.release_value(path) {
            Got::Is(value) => value.as_text().map(str::to_string),
            _ => None,
        });
        Some(Writer {
            by: self,
            cluster: self.cluster_inside(),
            controller: Controller::Helm {
                shares: is_true("appgw.shared") | is_true("kubernetes.multiClusterMode"),
                class: class.into_iter().next(),
            },
            gateway,
            span: self.inside(&value).or(value.origin.last()).unwrap_or(self.span()),
            there: self.exists(),
            decides: self.decides().cloned(),
        })
    }

    /// The gateway that a release of the controller is told of: by its id, or by its names.
    fn gateway_of_release(self) -> Option<(End<'n>, Value)> {
        let to = &gateway::APPLICATION_GATEWAY;
        match self.release_value("appgw.applicationGatewayID") {
            Got::Is(value) => return Some((self.network.resolve(&value, to, self.root())?, value)),
            Got::Unknown(unknown) => return Some((End::Unknown(unknown.clone()), Value::unknown(unknown))),
            Got::Absent => {}
        }
        let Got::Is(name) = self.release_value("appgw.name") else { return None };
        // The name of a gateway of the code is as good as its id.
        if let Kind::Reference(reference) = &name.kind
            && reference.field() == Some("name")
        {
            let id = Reference::new(reference.address.clone(), vec![Segment::Field("id".into())]);
            let id = Value::reference(id).with_origin(name.origin.clone());
            return Some((self.network.resolve(&id, to, self.root())?, name));
        }
        let part = |path: &str| match self.release_value(path) {
            Got::Is(value) => crate::azure::as_pieces(&value),
            _ => None,
        };
        let id = ResourceId {
            subscription: part("appgw.subscriptionId"),
            resource_group: part("appgw.resourceGroup"),
            type_name: to.name.to_lowercase().into(),
            names: vec![crate::azure::as_pieces(&name)?],
        };
        Some((self.network.resolve(&Value::pieces(id.to_pieces()?), to, self.root())?, name))
    }

    /// The cluster that a release or an object goes into: the only one that its provider, or it itself, waits for.
    pub fn cluster_inside(self) -> Option<Place<'n>> {
        let clusters = self.network.all(&cluster::CLUSTER).into_iter();
        let before = |cluster: &Place| {
            cluster.root() == self.root()
                && self.network.order(cluster.declaration(), self.declaration()) == Order::Before
        };
        let mut clusters = clusters.filter(before);
        match (clusters.next(), clusters.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Whether the identity of a cluster's ingress add-on may write a gateway: one of `roles`, on it or on something that
    /// holds it. The identity comes to life together with the cluster, so an assignment names it by the cluster.
    pub fn add_on_permission(self, target: Place<'n>, roles: &[Role]) -> Permission<'n> {
        let mut open: Option<Option<Unknown>> = None;
        for place in self.network.made(&identity::ROLE_ASSIGNMENT) {
            let whom = place.get(&identity::PRINCIPAL);
            let scope = place.get(&identity::SCOPE);
            let covers = match &scope {
                Got::Is(value) => value.ask(&|value| self.network.covers(value, target, place.root())),
                _ => Truth::Unknown,
            };
            let principal = whom.ask(|value| value.ask(&|value| self.is_add_on_identity(value)));
            let (enough, _) = place.assigns(roles);
            match principal & covers & enough & place.exists() {
                Truth::Yes => return Permission::Given(vec![place]),
                Truth::Unknown => {
                    let unknown = whom.unknown().or_else(|| scope.unknown()).or_else(|| place.decides().cloned());
                    open = open.or(Some(unknown));
                }
                Truth::No => {}
            }
        }
        let hidden = [self, target].into_iter().find_map(|place| place.hidden_from(&identity::ROLE_ASSIGNMENT));
        let hidden = hidden.map(|hidden| hidden.unknown).or_else(|| self.damage()).or_else(|| target.damage());
        match open.or(hidden.map(Some)) {
            Some(unknown) => Permission::Unknown(unknown, Vec::new()),
            None => Permission::Missing(None),
        }
    }

    /// Whether a value is the object id of the identity of a cluster's ingress add-on.
    fn is_add_on_identity(self, value: &Value) -> Truth {
        let Kind::Reference(reference) = &value.kind else {
            return if value.is_null() { Truth::No } else { Truth::Unknown };
        };
        let Some(place) = self.network.referred(reference) else { return Truth::Unknown };
        let text = reference.to_string().to_lowercase().replace('_', "");
        match place == self {
            true => Truth::from_known(text.contains("ingressapplicationgateway")),
            // AKS makes it in its own resource group, and code reads it there by its name.
            false if place.kind() == &identity::IDENTITY && !place.is_made() => {
                match place.id().and_then(ResourceId::name).map(Pieces::start) {
                    Some(name) if name.to_lowercase().starts_with("ingressapplicationgateway") => Truth::Yes,
                    _ => Truth::Unknown,
                }
            }
            false => Truth::No,
        }
    }

    /// What a release gives a value of its chart, named by its path: `set` wins over `values`.
    pub fn release_value(self, path: &str) -> Got {
        let mut open = None;
        match self.get(&kubernetes::SET) {
            Got::Is(set) => {
                let items = set.items().map_or_else(|| vec![set.clone()], <[Value]>::to_vec);
                for item in items.iter().rev() {
                    let field = |name: &str| item.fields().and_then(|fields| fields.get(name));
                    match field("name").map(|name| name.is(path)) {
                        Some(Truth::Yes) => {
                            return field("value").map_or(Got::Absent, |value| Got::Is(value.clone()));
                        }
                        Some(Truth::No) => {}
                        _ => open = open.or(item.first_hole().map(|hole| hole.unknown())),
                    }
                }
                open = open.or(set.rest().map(|rest| rest.unknown()));
            }
            Got::Unknown(unknown) => open = Some(unknown),
            Got::Absent => {}
        }
        // Helm writes a dot inside a key as `\.`.
        let unescaped = path.replace("\\.", "\0");
        let words: Vec<String> = unescaped.split('.').map(|word| word.replace('\0', ".")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Got::Is(values) = self.get(&kubernetes::VALUES) {
            for text in values.items().unwrap_or(std::slice::from_ref(&values)).iter().rev() {
                let Kind::Text(pieces) = &text.kind else {
                    open = open.or(text.hole().map(|hole| hole.unknown()));
                    continue;
                };
                let found = match pieces.start().trim_start().starts_with('{') {
                    true => json_with_holes(pieces, true).and_then(|value| at(&value, &words)),
                    false => in_yaml(pieces, &words),
                };
                if let Some(value) = found {
                    return Got::Is(value.with_origin(text.origin.clone()));
                }
            }
        }
        open.map_or(Got::Absent, Got::Unknown)
    }

    /// The public addresses that a gateway listens on, where they are declared here.
    pub fn public_addresses(self) -> Vec<Place<'n>> {
        self.follow(&gateway::GATEWAY_TO_PUBLIC_IP).into_iter().filter_map(|step| step.end.place()).collect()
    }

    /// The ingress controllers that write, or may write, to this gateway.
    pub fn writers(self) -> Vec<Writer<'n>> {
        let writers = self.network.gateway_writers().into_iter();
        writers.filter(|writer| writer.gateway.place() == Some(self)).collect()
    }

    /// The subnet that a gateway stands in.
    pub fn gateway_subnet(self) -> Option<Place<'n>> {
        self.follow(&gateway::GATEWAY_TO_SUBNET).into_iter().find_map(|step| step.end.place())
    }

    /// Whether a gateway listens on a public address.
    pub fn is_public(self) -> Truth {
        let (addresses, open) = self.get_all(&gateway::PUBLIC_ADDRESSES);
        let there = addresses.iter().map(|address| !address.is_absent().min(Truth::Unknown));
        let there = there.map(|there| if there == Truth::No { Truth::No } else { Truth::Yes });
        Truth::any(there) | if open.is_some() { Truth::Unknown } else { Truth::No }
    }

    /// The part of a gateway that another part names: by its id, in azurerm by its name.
    pub fn gateway_part(self, kind: &'static Type, named: &Value) -> Option<Place<'n>> {
        let name = match &named.kind {
            Kind::Text(pieces) => Value::pieces(pieces.split('/').pop()?),
            _ => named.clone(),
        };
        let same = |part: &Place| part.get(&gateway::NAME).ask(|own| own.same(&name)) == Truth::Yes;
        self.children(kind).into_iter().find(same)
    }

    /// Where a listener sends what it hears, and why there may be more.
    pub fn listener_ways(self) -> (Vec<Way<'n>>, Option<Unknown>) {
        let mut ways = Vec::new();
        let Some(whole) = self.parent() else { return (ways, None) };
        for rule in whole.children(&gateway::RULE) {
            let Got::Is(named) = rule.get(&gateway::LISTENER_OF_RULE) else { continue };
            if whole.gateway_part(&gateway::LISTENER, &named) != Some(self) {
                continue;
            }
            whole.add_ways(rule, &gateway::POOL_OF_RULE, &gateway::REDIRECT_OF_RULE, &mut ways);
            let Got::Is(map) = rule.get(&gateway::MAP_OF_RULE) else { continue };
            let Some(map) = whole.gateway_part(&gateway::PATH_MAP, &map) else { continue };
            whole.add_ways(map, &gateway::DEFAULT_POOL, &gateway::DEFAULT_REDIRECT, &mut ways);
            for path in map.children(&gateway::PATH_RULE) {
                whole.add_ways(path, &gateway::POOL_OF_RULE, &gateway::REDIRECT_OF_RULE, &mut ways);
            }
        }
        (ways, whole.open_for(&gateway::RULE))
    }

    fn add_ways(
        self,
        by: Place<'n>,
        pool: &crate::azure::Field,
        redirect: &crate::azure::Field,
        ways: &mut Vec<Way<'n>>,
    ) {
        if let Got::Is(named) = by.get(pool) {
            ways.push(Way { by, target: Target::Pool(self.gateway_part(&gateway::BACKEND_POOL, &named)) });
        }
        if let Got::Is(named) = by.get(redirect) {
            ways.push(Way { by, target: Target::Redirect(self.gateway_part(&gateway::REDIRECT, &named)) });
        }
    }

    /// Whether a redirect of a gateway leads to an encrypted listener or address.
    pub fn redirects_to_tls(self) -> Truth {
        let url = match self.get(&gateway::TARGET_URL) {
            Got::Is(url) => url.ask(&|url| match &url.kind {
                Kind::Text(pieces) if pieces.start().to_lowercase().starts_with("https://") => Truth::Yes,
                Kind::Text(pieces) if pieces.as_literal().is_some() => Truth::No,
                _ => Truth::Unknown,
            }),
            Got::Absent => Truth::No,
            Got::Unknown(_) => Truth::Unknown,
        };
        let listener = match self.get(&gateway::TARGET_LISTENER) {
            Got::Is(named) => {
                let target = self.parent().and_then(|whole| whole.gateway_part(&gateway::LISTENER, &named));
                target.map_or(Truth::Unknown, |listener| listener.is(&gateway::PROTOCOL, "Https"))
            }
            Got::Absent => Truth::No,
            Got::Unknown(_) => Truth::Unknown,
        };
        url | listener
    }

    /// Whether anything is in a backend pool.
    pub fn has_backends(self) -> Truth {
        let some = [&gateway::ADDRESSES, &gateway::HOSTS].map(|field| {
            let (values, open) = self.get_all(field);
            let filled = values.iter().map(|value| match &value.kind {
                Kind::List { items, rest, .. } if items.is_empty() => Truth::No | unknown_if(rest.is_some()),
                Kind::Unknown(_) | Kind::OneOf { .. } => Truth::Unknown,
                Kind::Null => Truth::No,
                _ => Truth::Yes,
            });
            Truth::any(filled) | unknown_if(open.is_some())
        });
        Truth::any(some)
    }

    /// Terraform leaves an attribute of this as it is once it has made it.
    pub fn ignores(self, attribute: &str) -> bool {
        self.node().ignored.iter().any(|ignored| ignored == "all" || ignored == attribute)
    }
}

fn unknown_if(open: bool) -> Truth {
    if open { Truth::Unknown } else { Truth::No }
}

/// What stands at a path of nested objects.
fn at(value: &Value, path: &[&str]) -> Option<Value> {
    match path {
        [] => (!value.is_null()).then(|| value.clone()),
        [word, path @ ..] => at(value.fields()?.get(*word)?, path),
    }
}

/// What stands at a path of nested maps in a YAML text that may have holes, where it is written in blocks.
fn in_yaml(text: &Pieces, path: &[&str]) -> Option<Value> {
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in text.split('\n') {
        let start = line.start();
        let indent = start.len() - start.trim_start().len();
        let Some((key, _)) = start.trim_start().split_once(':') else { continue };
        if key.starts_with(['#', '-']) {
            continue;
        }
        above.retain(|(known, _)| *known < indent);
        above.push((indent, key.trim().trim_matches(['"', '\'']).to_string()));
        if above.len() != path.len() || above.iter().zip(path).any(|((_, key), word)| key != word) {
            continue;
        }
        // A value that is cut off at a colon of its own is put together again: an id has none, a name neither.
        let value = Pieces::concat(line.split(':').get(1..)?).map_literals(|text| {
            let text = text.split(" #").next().unwrap_or(text);
            text.trim().trim_matches(['"', '\'']).to_string()
        });
        let empty = value.as_literal() == Some("");
        return (!empty).then(|| match value.as_literal() {
            Some("true") => Value::bool(true),
            Some("false") => Value::bool(false),
            _ => Value::pieces(value),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Address, Piece, RootId};

    #[test]
    fn a_path_of_a_yaml_text_is_found_with_its_holes() {
        let address = Address::new(RootId(0), "azurerm_application_gateway.main");
        let id = Reference::new(address, vec![Segment::Field("id".into())]);
        let text = Pieces::of([
            Piece::Literal("# one\nappgw:\n  shared: true # two\n  applicationGatewayID: \"".into()),
            Piece::Hole(Hole::Reference(id.clone())),
            Piece::Literal("\"\nrbac:\n  enabled: false\n".into()),
        ]);
        let found = |path: &[&str]| in_yaml(&text, path);
        assert_eq!(found(&["appgw", "shared"]).and_then(|value| value.as_bool()), Some(true));
        assert_eq!(found(&["rbac", "enabled"]).and_then(|value| value.as_bool()), Some(false));
        assert!(found(&["rbac", "shared"]).is_none());
        let gateway = found(&["appgw", "applicationGatewayID"]).expect("it is there");
        assert_eq!(gateway.same(&Value::reference(id)), Truth::Yes);
    }
}
