//! Stub.

/// The graph.
pub struct Network;
