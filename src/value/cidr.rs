//! In: address ranges as texts. Out: ranges that can be compared and cut.
//! Never: accepts what Azure would not read as a range.

use std::net::IpAddr;

use ipnet::IpNet;

/// An IPv4 or IPv6 range. Host bits are cut off: `10.0.0.5/24` is `10.0.0.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr(IpNet);

impl Cidr {
    /// The range that a text such as `10.0.0.0/16` spells.
    pub fn parse(text: &str) -> Option<Cidr> {
        text.trim().parse::<IpNet>().ok().map(|net| Cidr(net.trunc()))
    }

    /// The range as the crate for addresses has it.
    pub fn net(self) -> IpNet {
        self.0
    }

    /// An address lies in the range.
    pub fn holds(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Every address of the other range lies in this one.
    pub fn covers(self, other: Cidr) -> bool {
        self.0.contains(&other.0)
    }

    /// It is a range of IPv4.
    pub fn is_v4(self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// How many bits its addresses have in common: 16 of `10.0.0.0/16`.
    pub fn length(self) -> u8 {
        self.0.prefix_len()
    }

    /// Two ranges share an address.
    pub fn overlaps(self, other: Cidr) -> bool {
        self.0.contains(&other.0.network()) || other.0.contains(&self.0.network())
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_when_they_share_an_address() {
        let cidr = |text| Cidr::parse(text).expect("a range");
        assert!(cidr("10.0.0.0/8").overlaps(cidr("10.1.0.0/16")));
        assert!(!cidr("10.0.0.0/24").overlaps(cidr("10.0.1.0/24")));
        assert!(!cidr("10.0.0.0/24").overlaps(cidr("fd00::/8")));
        assert_eq!(cidr("10.0.0.5/24").to_string(), "10.0.0.0/24");
        assert_eq!(Cidr::parse("10.0.0.0/33"), None);
    }
}
