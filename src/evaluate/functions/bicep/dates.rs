//! In: points in time. Out: the same as numbers and texts.
//! Never: asks a clock.

use super::super::Run::{Known, Never, Placed};
use super::super::{Answer, Context, Function, dates, read, row, unknown};
use crate::value::{Reason, Value};

pub const FUNCTIONS: &[Function] = &[
    // Without a format it writes .NET's general one, which hangs on the culture of the machine.
    row("dateTimeAdd", (2, 3), Never(Reason::Function), ("", "")),
    row("dateTimeFromEpoch", (1, 1), Known(from_epoch), ("dateTimeFromEpoch(1683040573)", r#""2023-05-02T15:16:13Z""#)),
    row("dateTimeToEpoch", (1, 1), Placed(to_epoch), ("dateTimeToEpoch('2023-05-02T15:16:13Z')", "1683040573")),
    row("utcNow", (0, 1), Never(Reason::Function), ("", "")),
];

fn from_epoch(arguments: &[Value]) -> Answer {
    let seconds = read::whole(&arguments[0])?;
    let moment = dates::of_epoch(seconds).ok_or_else(|| format!("{seconds} lies beyond all calendars"))?;
    Ok(Value::text(dates::write(&moment)))
}

fn to_epoch(context: &Context, arguments: &[Value]) -> Answer {
    // .NET reads more forms than this one.
    let moment = dates::parse(&read::text(&arguments[0])?);
    Ok(moment.map_or_else(|_| unknown::unmodelled(context), |moment| Value::number(moment.timestamp())))
}
