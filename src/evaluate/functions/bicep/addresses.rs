//! In: address ranges as texts. Out: subnets, hosts and properties as Bicep works them out.
//! Never: sees an unknown.

use super::super::Run::{Partial, Placed};
use super::super::addresses::Range;
use super::super::{Answer, Context, Function, read, row, unknown};
use crate::value::{SmolStr, Value};

pub const FUNCTIONS: &[Function] = &[
    row("cidrHost", (2, 2), Placed(host), ("cidrHost('10.144.3.0/24', 0)", r#""10.144.3.1""#)),
    row("cidrSubnet", (3, 3), Partial(subnet), ("cidrSubnet('10.144.0.0/20', 24, 1)", r#""10.144.1.0/24""#)),
    row(
        "parseCidr",
        (1, 1),
        Placed(parse),
        (
            "parseCidr('10.144.0.0/20')",
            r#"{"network":"10.144.0.0","netmask":"255.255.240.0","broadcast":"10.144.15.255","firstUsable":"10.144.0.1","lastUsable":"10.144.15.254","cidr":20}"#,
        ),
    ),
];

fn range(value: &Value) -> Result<Range, String> {
    Range::parse(&read::text(value)?)
}

/// Where the usable addresses begin and end is documented for ranges that have some.
fn has_usable(range: Range) -> bool {
    !range.is_v4() || range.length() <= 30
}

fn host(context: &Context, arguments: &[Value]) -> Answer {
    let range = range(&arguments[0])?;
    let index = read::whole(&arguments[1])?;
    if !has_usable(range) {
        return Ok(unknown::unmodelled(context));
    }
    // The first usable address has the index 0: in IPv4 it is the one after the network's own.
    let offset = index.checked_add(i64::from(range.is_v4()));
    let host = offset.filter(|_| index >= 0).and_then(|offset| range.host(offset));
    match host {
        Some(host) if !range.is_v4() || host != range.last() => Ok(Value::text(host.to_string())),
        _ => Err(format!("{range} has no usable address with the index {index}")),
    }
}

fn subnet(context: &Context, arguments: &[Value]) -> Answer {
    if arguments.iter().any(|argument| argument.first_hole().is_some()) {
        let length = arguments[1].as_number().and_then(|length| length.to_i64());
        let length = length.and_then(|length| u8::try_from(length).ok()).filter(|length| *length <= 128);
        return Ok(match length {
            Some(length) => unknown::of_length(context, arguments, length),
            None => unknown::of(context, arguments),
        });
    }
    let range = range(&arguments[0])?;
    let (length, index) = (read::whole(&arguments[1])?, read::whole(&arguments[2])?);
    let subnet = u8::try_from(length).ok().zip(u128::try_from(index).ok());
    let subnet = subnet.and_then(|(length, index)| range.subnet(length, index));
    let subnet = subnet.ok_or_else(|| format!("{range} has no subnet number {index} with a prefix of {length}"))?;
    Ok(Value::text(subnet.to_string()))
}

fn parse(context: &Context, arguments: &[Value]) -> Answer {
    let range = range(&arguments[0])?;
    if !has_usable(range) {
        return Ok(unknown::unmodelled(context));
    }
    let (first, last) = if range.is_v4() { (range.host(1), range.host(-2)) } else { (range.host(0), range.host(-1)) };
    let text = |address: Option<std::net::IpAddr>| address.map_or_else(Value::null, |a| Value::text(a.to_string()));
    let mut fields = vec![("network", text(Some(range.first()))), ("netmask", text(Some(range.mask())))];
    if range.is_v4() {
        fields.push(("broadcast", text(Some(range.last()))));
    }
    fields.push(("firstUsable", text(first)));
    fields.push(("lastUsable", text(last)));
    fields.push(("cidr", Value::number(i64::from(range.length()))));
    Ok(Value::object(fields.into_iter().map(|(key, value)| (SmolStr::new(key), value))))
}
