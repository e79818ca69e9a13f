//! In: questions that only a deployment answers. Out: unknowns.
//! Never: guesses.

use super::super::Run::{Known, Never};
use super::super::{Answer, Function, MANY, read, row};
use crate::value::{Reason, Value};

pub const FUNCTIONS: &[Function] = &[
    row("externalInput", (1, 2), Never(Reason::Input), ("", "")),
    row("fail", (1, 1), Known(fail), ("", "")),
    row("newGuid", (0, 0), Never(Reason::Function), ("", "")),
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
