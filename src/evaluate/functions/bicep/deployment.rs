//! In: questions that only a deployment answers. Out: unknowns.
//! Never: guesses.

use super::super::Run::{Known, Never, Placed};
use super::super::{Answer, Context, Function, MANY, read, row, unknown};
use crate::value::{Reason, Value};

pub const FUNCTIONS: &[Function] = &[
    row("externalInput", (1, 2), Never(Reason::Input), ("", "")),
    row("fail", (1, 1), Known(fail), ("", "")),
    row("newGuid", (0, 0), Placed(new_guid), ("", "")),
    row("pickZones", (3, 5), Never(Reason::Data), ("", "")),
    row("providers", (1, 2), Never(Reason::Data), ("", "")),
    row("readCliArg", (1, 1), Never(Reason::Input), ("", "")),
    row("readEnvVar", (1, 2), Never(Reason::Input), ("", "")),
    row("readEnvironmentVariable", (1, 2), Never(Reason::Input), ("", "")),
    row("toLogicalZone", (3, 3), Never(Reason::Data), ("", "")),
    row("toLogicalZones", (3, 3), Never(Reason::Data), ("", "")),
    row("toPhysicalZone", (3, 3), Never(Reason::Data), ("", "")),
    row("toPhysicalZones", (3, 3), Never(Reason::Data), ("", "")),
    row("loadDirectoryFileInfo", (1, MANY), Never(Reason::Function), ("", "")),
    row("buildUri", (1, 1), Never(Reason::Function), ("", "")),
    row("parseUri", (1, 1), Never(Reason::Function), ("", "")),
];

fn fail(arguments: &[Value]) -> Answer {
    Err(read::text(&arguments[0])?)
}

fn new_guid(context: &Context, _: &[Value]) -> Answer {
    Ok(unknown::by_chance(context))
}
