//! In: texts. Out: the same texts, on their way to the one thread that may write.
//! Never: fails where nobody reads any more; it says so.

use std::sync::mpsc::Sender;

/// A piece of output.
pub enum Chunk {
    /// For standard output.
    Out(String),
    /// For standard error.
    Log(String),
}

/// Hands output to the thread that writes it.
pub struct Printer(Sender<Chunk>);

impl Printer {
    /// A printer into a channel.
    pub fn new(sender: Sender<Chunk>) -> Printer {
        Printer(sender)
    }

    /// Prints on standard output; whether anybody still reads it.
    pub fn out(&self, text: String) -> bool {
        self.0.send(Chunk::Out(text)).is_ok()
    }

    /// Prints on standard error.
    pub fn log(&self, text: &str) {
        // Without a reader there is nobody to tell.
        let _ = self.0.send(Chunk::Log(text.to_string()));
    }
}
