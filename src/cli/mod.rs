//! In: flags. Out: the output that they ask for, and an exit code.
//! Never: looks into a file; what is printed is printed here and nowhere else.

mod arguments;
mod check;
mod configured;
mod console;
mod graph;
mod inspect;
mod paths;
mod printer;
mod selection;

use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;

use clap::Parser;

use arguments::{Arguments, Command};
use printer::{Chunk, Printer};

/// The exit codes, the same for every format.
mod exit {
    /// Analysed, and nothing at or above `--fail-on`.
    pub const CLEAN: u8 = 0;
    /// Findings.
    pub const FINDINGS: u8 = 1;
    /// Flags, configuration or an explicit input that cannot be used.
    pub const USAGE: u8 = 2;
    /// Nothing to analyse.
    pub const NOTHING: u8 = 3;
    /// A limit was reached or a fault contained: something may be missing.
    pub const INCOMPLETE: u8 = 4;
}

/// Deep input must not exhaust the stack, whichever thread it is read on.
const STACK: usize = 256 * 1024 * 1024;

/// What the run is surrounded by.
pub struct Surroundings {
    /// Standard input.
    pub input: Box<dyn BufRead + Send>,
    /// Standard output is a terminal: reports may say how long they took.
    pub terminal: bool,
    /// Colours are welcome unless `--color` says otherwise.
    pub colour: bool,
    /// The user's own directory, in which Bicep keeps the modules that it downloads; without one they are not looked for.
    pub home: Option<PathBuf>,
}

impl Surroundings {
    /// Standard input, and an output that goes into a file or a pipe.
    pub fn plain() -> Surroundings {
        Surroundings { input: Box::new(BufReader::new(std::io::stdin())), terminal: false, colour: false, home: None }
    }
}

/// Why a run could not begin: a sentence without its full stop. The exit code is 2.
#[derive(Debug)]
pub struct Refused(pub String);

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let terminal = std::io::stdout().is_terminal();
    // <https://no-color.org>, and what terminals say that know no colours.
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let colour = terminal && !set("NO_COLOR") && !dumb;
    let surroundings = Surroundings { terminal, colour, home: std::env::home_dir(), ..Surroundings::plain() };
    let arguments = std::env::args_os();
    ExitCode::from(run_in(surroundings, arguments, &mut std::io::stdout().lock(), &mut std::io::stderr()))
}

/// Runs a command line and gives its exit code; the first argument is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    run_in(Surroundings::plain(), args, out, err)
}

/// As [`run`], with its surroundings.
pub fn run_in(
    surroundings: Surroundings,
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(said) => {
            let rendered = said.render();
            let text = if surroundings.colour { rendered.ansi().to_string() } else { rendered.to_string() };
            // `--help` and `--version` are answers; everything else is a mistake. A closed pipe takes either.
            let (written, code) = match said.use_stderr() {
                true => (err.write_all(text.as_bytes()), exit::USAGE),
                false => (out.write_all(text.as_bytes()), exit::CLEAN),
            };
            drop(written);
            return code;
        }
    };
    let (sender, receiver) = mpsc::channel();
    let printer = Printer::new(sender);
    std::thread::scope(|scope| {
        let work = move || on_deep_stacks(arguments, surroundings, &printer);
        let worker = match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work) {
            Ok(worker) => worker,
            Err(reason) => {
                let _ = writeln!(err, "error: no thread can be started: {reason}");
                return exit::INCOMPLETE;
            }
        };
        let written = print(receiver, out, err);
        let code = worker.join().unwrap_or(exit::INCOMPLETE);
        match written {
            Ok(()) => code,
            // Whoever reads a pipe may stop when he has seen enough.
            Err(reason) if reason.kind() == std::io::ErrorKind::BrokenPipe => exit::CLEAN,
            Err(reason) => {
                let _ = writeln!(err, "error: the output cannot be written: {reason}");
                exit::USAGE
            }
        }
    })
}

/// Writes what comes, until nothing more comes or nobody takes it.
fn print(receiver: mpsc::Receiver<Chunk>, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<()> {
    for chunk in receiver {
        match chunk {
            Chunk::Out(text) => out.write_all(text.as_bytes()).and_then(|()| out.flush())?,
            // A log that nobody reads is no reason to stop.
            Chunk::Log(text) => drop(err.write_all(text.as_bytes())),
        }
    }
    Ok(())
}

/// Runs the command so that it and every thread that it divides its work among has a deep stack.
fn on_deep_stacks(arguments: Arguments, surroundings: Surroundings, printer: &Printer) -> u8 {
    let threads = arguments.threads();
    let work = move || match command(arguments, surroundings, printer) {
        Ok(code) => code,
        Err(Refused(reason)) => {
            printer.log(&format!("error: {reason}\n"));
            exit::USAGE
        }
    };
    match rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn command(arguments: Arguments, surroundings: Surroundings, printer: &Printer) -> Result<u8, Refused> {
    match arguments.command {
        None => check::run(&arguments.check, &surroundings, printer),
        Some(Command::Check(flags)) => check::run(&flags, &surroundings, printer),
        Some(Command::Explain { codes }) => inspect::explain(&codes, printer),
        Some(Command::Rules { format }) => inspect::rules(format, printer),
        Some(Command::Resources(flags)) => inspect::resources(&flags, &surroundings, printer),
        Some(Command::Roots(flags)) => inspect::roots(&flags, &surroundings, printer),
        Some(Command::Console(flags)) => console::run(&flags, surroundings, printer),
        Some(Command::Graph(flags)) => graph::graph(&flags, &surroundings, printer),
        Some(Command::Why(flags)) => graph::why(&flags, &surroundings, printer),
        Some(Command::Schema { of }) => inspect::schema(of, printer),
    }
}
