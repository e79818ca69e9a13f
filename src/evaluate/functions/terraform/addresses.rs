//! In: address ranges as texts. Out: subnets, hosts and masks as Terraform works them out.
//! Never: guesses an address; of a range it may know the size alone.

use super::super::Run::{Known, Partial};
use super::super::addresses::Range;
use super::super::{Answer, Context, Function, MANY, read, row, unknown};
use crate::value::{ListShape, Value};

pub const FUNCTIONS: &[Function] = &[
    row("cidrhost", (2, 2), Known(host), (r#"cidrhost("10.12.112.0/20", 16)"#, r#""10.12.112.16""#)),
    row("cidrnetmask", (1, 1), Known(mask), (r#"cidrnetmask("172.16.0.0/12")"#, r#""255.240.0.0""#)),
    row("cidrsubnet", (3, 3), Partial(subnet), (r#"cidrsubnet("172.16.0.0/12", 4, 2)"#, r#""172.18.0.0/16""#)),
    row(
        "cidrsubnets",
        (1, MANY),
        Known(subnets),
        (r#"cidrsubnets("10.1.0.0/16", 4, 4, 8)"#, r#"["10.1.0.0/20","10.1.16.0/20","10.1.32.0/24"]"#),
    ),
];

fn range(value: &Value) -> Result<Range, String> {
    Range::parse(&read::text(value)?)
}

fn host(arguments: &[Value]) -> Answer {
    let range = range(&arguments[0])?;
    let index = read::whole(&arguments[1])?;
    let host = range.host(index).ok_or_else(|| format!("{range} has no host number {index}"))?;
    Ok(Value::text(host.to_string()))
}

fn mask(arguments: &[Value]) -> Answer {
    let range = range(&arguments[0])?;
    if !range.is_v4() {
        return Err("only a range of IPv4 has a netmask".to_string());
    }
    Ok(Value::text(range.mask().to_string()))
}

fn subnet(context: &Context, arguments: &[Value]) -> Answer {
    if arguments.iter().any(|argument| argument.first_hole().is_some()) {
        let bits = arguments[1].as_number().and_then(|bits| bits.to_i64()).and_then(|bits| u8::try_from(bits).ok());
        let length = unknown::length_of(&arguments[0]).zip(bits).and_then(|(length, bits)| length.checked_add(bits));
        return Ok(match length.filter(|length| *length <= 32) {
            Some(length) => unknown::of_length(context, arguments, length),
            None => unknown::of(context, arguments),
        });
    }
    let range = range(&arguments[0])?;
    let (bits, index) = (read::whole(&arguments[1])?, read::whole(&arguments[2])?);
    let length = longer(range, bits)?;
    let subnet = u128::try_from(index).ok().and_then(|index| range.subnet(length, index));
    let subnet =
        subnet.ok_or_else(|| format!("{range} has no subnet number {index} when its prefix grows by {bits}"))?;
    Ok(Value::text(subnet.to_string()))
}

fn longer(range: Range, bits: i64) -> Result<u8, String> {
    let length = u8::try_from(bits).ok().and_then(|bits| range.length().checked_add(bits));
    let most = if range.is_v4() { 32 } else { 128 };
    length.filter(|length| *length <= most).ok_or_else(|| format!("the prefix of {range} cannot grow by {bits}"))
}

fn subnets(arguments: &[Value]) -> Answer {
    let whole = range(&arguments[0])?;
    let mut made: Vec<Range> = Vec::new();
    for bits in &arguments[1..] {
        let bits = read::whole(bits)?;
        if !(1..=32).contains(&bits) {
            return Err(format!("a prefix grows by 1 to 32 bits here, not by {bits}"));
        }
        let next = Range::next(whole, made.last().copied(), longer(whole, bits)?);
        made.push(next.ok_or_else(|| format!("{whole} has not enough room for these subnets"))?);
    }
    Ok(read::list_of(made.iter().map(|range| Value::text(range.to_string())).collect(), ListShape::List))
}
