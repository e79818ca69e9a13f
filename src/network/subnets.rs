//! In: a subnet. Out: everything that stands in it.
//! Never: counts what only speaks of the subnet: its route table, its rules.

use super::{Place, Step};
use crate::azure::{LINKS, TYPES, virtual_network};

/// Something that stands in a subnet.
#[derive(Clone, Debug)]
pub struct User<'n> {
    /// It.
    pub place: Place<'n>,
    /// The link that says so.
    pub step: Step<'n>,
}

impl<'n> Place<'n> {
    /// Everything that stands in a subnet, in the order of addresses of each type.
    pub fn users(self) -> Vec<User<'n>> {
        let mut users = Vec::new();
        for link in LINKS.iter().filter(|link| link.to == &virtual_network::SUBNET) {
            let has =
                |kind: &&&'static crate::azure::Type| kind.fields.iter().any(|own| std::ptr::eq(*own, link.field));
            for kind in TYPES.iter().filter(has) {
                for place in self.network.all(kind) {
                    let steps = place.follow(link).into_iter();
                    let here = steps.filter(|step| step.end.place() == Some(self));
                    users.extend(here.map(|step| User { place, step }));
                }
            }
        }
        users
    }
}
