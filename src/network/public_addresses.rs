//! In: a public address or prefix. Out: who uses it.
//! Never: takes one that nothing here uses for one that nobody uses.

use super::{Place, Step};
use crate::azure::{LINKS, TYPES};
use crate::value::Truth;

impl<'n> Place<'n> {
    /// Everything that has a link to this place, by the link that leads here.
    pub fn used_by(self) -> Vec<(Place<'n>, Step<'n>)> {
        let mut users: Vec<(Place, Step)> = Vec::new();
        for link in LINKS.iter().filter(|link| link.to == self.kind()) {
            let has = |kind: &&&crate::azure::Type| kind.fields.iter().any(|field| std::ptr::eq(*field, link.field));
            for kind in TYPES.iter().filter(has) {
                for user in self.network.all(kind) {
                    let here = |step: &Step| step.end.place() == Some(self) && step.exists == Truth::Yes;
                    users.extend(user.follow(link).into_iter().find(here).map(|step| (user, step)));
                }
            }
        }
        users
    }
}
