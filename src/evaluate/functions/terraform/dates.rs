//! In: timestamps of RFC 3339. Out: the same moved, compared and formatted.
//! Never: asks a clock: what does is unknown.

use super::super::Run::{Known, Never};
use super::super::{Answer, Function, dates, read, row};
use crate::value::{Reason, Value};

pub const FUNCTIONS: &[Function] = &[
    row(
        "formatdate",
        (2, 2),
        Known(formatdate),
        (r#"formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")"#, r#""02 Jan 2018 23:12 UTC""#),
    ),
    row("plantimestamp", (0, 0), Never(Reason::Function), ("", "")),
    row("timeadd", (2, 2), Known(timeadd), (r#"timeadd("2017-11-22T00:00:00Z", "10m")"#, r#""2017-11-22T00:10:00Z""#)),
    row("timecmp", (2, 2), Known(timecmp), (r#"timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")"#, "-1")),
    row("timestamp", (0, 0), Never(Reason::Function), ("", "")),
];

fn moment(value: &Value) -> Result<dates::Moment, String> {
    dates::parse(&read::text(value)?)
}

fn formatdate(arguments: &[Value]) -> Answer {
    dates::format(&moment(&arguments[1])?, &read::text(&arguments[0])?).map(Value::text)
}

fn timeadd(arguments: &[Value]) -> Answer {
    let moved = dates::add(&moment(&arguments[0])?, &read::text(&arguments[1])?)?;
    Ok(Value::text(dates::write(&moved)))
}

fn timecmp(arguments: &[Value]) -> Answer {
    Ok(Value::number(moment(&arguments[0])?.cmp(&moment(&arguments[1])?) as i64))
}
