//! vnetlint reads Terraform and Bicep, joins what they declare into one graph of an Azure estate's network as AKS
//! sees it, and says what will break before anybody deploys it.
//!
//! Files become sources, sources programs, programs resources, resources a network, the network findings, and
//! findings a report. The modules stand in that order; a module names those above it, never those below.
//!
//! * [`source`] reads texts below one root. It never knows a language.
//! * [`value`] holds values of which parts are not known. It never knows how values are written.
//! * [`syntax`] reads texts into one small language. It never knows what anything means.
//! * [`evaluate`] works out what a deployment declares. It never knows Azure.
//! * [`azure`] says everything in ARM's words. It never knows graphs.
//! * [`network`] joins resources into one graph with an order. It never knows rules or languages.
//! * [`rules`] say what is wrong. They never know how that is shown.
//! * [`analysis`] runs the steps in their order. It holds no knowledge of its own.
//! * [`report`] shows one analysis in one format. It changes and filters nothing.
//! * [`cli`] turns flags into options and an analysis into an exit code.

pub mod source;
pub mod value;
pub mod syntax;
pub mod evaluate;
pub mod azure;
pub mod network;
pub mod rules;
pub mod analysis;
pub mod report;
pub mod cli;
