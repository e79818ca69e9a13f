//! In: address ranges as both languages write them. Out: the subnets, hosts and masks that they make of them.
//! Never: compares ranges; `value::Cidr` does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A range as a number: its first address, how long its prefix is, and how many bits an address has.
#[derive(Clone, Copy)]
pub struct Range {
    first: u128,
    length: u8,
    bits: u8,
}

impl Range {
    /// The range that a text spells. Leading zeros are decimal, and host bits are cut off, as Terraform reads them;
    /// `::ffff:10.0.0.0/104` is a range of IPv4.
    pub fn parse(text: &str) -> Result<Range, String> {
        let refusal = || format!("{text:?} is no address range");
        let (address, length) = text.split_once('/').ok_or_else(refusal)?;
        let address = without_leading_zeros(address);
        if !length.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refusal());
        }
        let net: IpNet = format!("{address}/{length}").parse().map_err(|_| refusal())?;
        Ok(match net.trunc() {
            IpNet::V4(net) => Range { first: u128::from(u32::from(net.network())), length: net.prefix_len(), bits: 32 },
            IpNet::V6(net) => match net.network().to_ipv4_mapped() {
                Some(mapped) if net.prefix_len() >= 96 => {
                    Range { first: u128::from(u32::from(mapped)), length: net.prefix_len() - 96, bits: 32 }
                }
                _ => Range { first: u128::from(net.network()), length: net.prefix_len(), bits: 128 },
            },
        })
    }

    /// How long the prefix is.
    pub fn length(self) -> u8 {
        self.length
    }

    /// It is a range of IPv4.
    pub fn is_v4(self) -> bool {
        self.bits == 32
    }

    /// The first address.
    pub fn first(self) -> IpAddr {
        self.address(self.first)
    }

    /// The last address.
    pub fn last(self) -> IpAddr {
        self.address(self.first | self.host_bits())
    }

    /// The mask as an address.
    pub fn mask(self) -> IpAddr {
        let all = if self.is_v4() { u128::from(u32::MAX) } else { u128::MAX };
        self.address(all & !self.host_bits())
    }

    /// The address at `index`, counted from the end where it is negative; `None` where the range ends before.
    pub fn host(self, index: i64) -> Option<IpAddr> {
        let size = self.host_bits();
        let offset = u128::from(index.unsigned_abs());
        if index >= 0 {
            (offset <= size).then(|| self.address(self.first + offset))
        } else {
            (offset - 1 <= size).then(|| self.address((self.first | size) - (offset - 1)))
        }
    }

    /// The range at `index` among those with a prefix of `length`; `None` where there is no such range.
    pub fn subnet(self, length: u8, index: u128) -> Option<Range> {
        if length < self.length || length > self.bits {
            return None;
        }
        let grown = u32::from(length - self.length);
        let fits = grown >= 128 || index < (1 << grown);
        let shift = u32::from(self.bits - length);
        let offset = if shift >= 128 { 0 } else { index << shift };
        fits.then_some(Range { first: self.first | offset, length, bits: self.bits })
    }

    /// The next range with a prefix of `length` in `whole` after this one; the first one where `after` is `None`.
    pub fn next(whole: Range, after: Option<Range>, length: u8) -> Option<Range> {
        if length < whole.length || length > whole.bits {
            return None;
        }
        let Some(after) = after else { return Some(Range { length, ..whole }) };
        let start = (after.first | after.host_bits()).checked_add(1)?;
        let size = Range { length, ..whole }.host_bits();
        let first = start.checked_add(size)? & !size;
        let ends = whole.first | whole.host_bits();
        (first <= ends && ends - first >= size).then_some(Range { first, length, bits: whole.bits })
    }

    fn host_bits(self) -> u128 {
        let bits = u32::from(self.bits - self.length);
        if bits >= 128 { u128::MAX } else { (1 << bits) - 1 }
    }

    fn address(self, number: u128) -> IpAddr {
        if self.is_v4() {
            IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)))
        } else {
            IpAddr::V6(Ipv6Addr::from(number))
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first(), self.length)
    }
}

fn without_leading_zeros(address: &str) -> String {
    if address.contains(':') || address.split('.').any(|part| part.len() > 15) {
        return address.to_string();
    }
    let parts: Vec<&str> = address
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            rest => rest,
        })
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> Range {
        Range::parse(text).expect("a range")
    }

    #[test]
    fn ends_of_the_address_space_are_no_overflow() {
        assert_eq!(
            range("::/0").host(-1).map(|host| host.to_string()),
            Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".into())
        );
        assert_eq!(range("::/0").subnet(128, u128::MAX).map(|net| net.length()), Some(128));
        assert_eq!(range("0.0.0.0/0").last().to_string(), "255.255.255.255");
        assert!(Range::next(range("255.255.255.254/31"), Some(range("255.255.255.255/32")), 32).is_none());
    }

    proptest! {
        #[test]
        fn subnets_are_what_their_bits_say(first: u32, length in 0_u8..=32, more in 0_u8..=32, index: u32) {
            let whole = range(&format!("{}/{length}", Ipv4Addr::from(first)));
            let made = whole.subnet(length.saturating_add(more), u128::from(index));
            let fits = length + more <= 32 && u64::from(index) < (1_u64 << more);
            prop_assert_eq!(made.is_some(), fits);
            if let Some(made) = made {
                // Bit by bit: the prefix, then the index, then nothing.
                let bits = |number: u32, count: u8| (0..count).map(|bit| (number >> (31 - bit)) & 1).collect::<Vec<_>>();
                let IpAddr::V4(address) = made.first() else { panic!("IPv4 stays IPv4") };
                let address = u32::from(address);
                let mut expected = bits(first, length);
                expected.extend((0..more).map(|bit| (index >> (more - 1 - bit)) & 1));
                expected.resize(32, 0);
                prop_assert_eq!(bits(address, 32), expected);
            }
        }
    }
}
