//! In: the words of a command line. Out: what they ask for.
//! Never: does any of it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::analysis::config::FailOnWord;
use crate::evaluate::Modules;
use crate::report::Format;
use crate::rules::{Confidence, Level, Phase};
use crate::syntax::Dialect;

/// Reads Terraform and Bicep into one graph of an AKS network, and says what will break before anybody deploys it.
#[derive(Parser, Debug)]
#[command(name = "vnetlint", version, args_conflicts_with_subcommands = true, max_term_width = 120)]
pub struct Arguments {
    /// Without a command: `check`.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: Check,
}

impl Arguments {
    /// How many threads the work may be divided among; 0 for one a core.
    pub fn threads(&self) -> usize {
        match &self.command {
            None => self.check.limits.threads,
            Some(Command::Check(flags)) => flags.limits.threads,
            Some(Command::Resources(flags)) => flags.limits.threads,
            Some(Command::Roots(flags)) => flags.limits.threads,
            Some(Command::Console(flags)) => flags.limits.threads,
            Some(Command::Graph(flags)) => flags.limits.threads,
            Some(Command::Why(flags)) => flags.limits.threads,
            Some(Command::Explain { .. } | Command::Rules { .. } | Command::Schema { .. }) => 1,
        }
    }
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Analyse paths as one estate and report what is wrong (the default)
    Check(Check),
    /// Print the pages of rules
    Explain {
        /// Codes, as in VNL001
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<String>,
    },
    /// List the rules
    Rules {
        /// The form of the list
        #[arg(long, value_enum, default_value_t = Listing::Text)]
        format: Listing,
    },
    /// Print every resource as evaluated, with what stayed unknown
    Resources(Resources),
    /// Print which deployments were found, which input files bind to them, what stayed open
    Roots(Roots),
    /// Print the graph of an estate, for programs and as an input of another run
    Graph(Graph),
    /// Print what is known of a resource, each fact with its place; between two, the way
    Why(Why),
    /// Evaluate expressions in a root, one a line
    Console(Console),
    /// Print the JSON schema of a file
    Schema {
        /// Which file
        #[arg(value_enum)]
        of: Schema,
    },
}

/// Files that have a schema.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// vnetlint.toml.
    Config,
    /// What `graph --format json` writes.
    Graph,
}

/// `check`
#[derive(Args, Debug)]
pub struct Check {
    /// Files and directories; together they are one estate
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    /// Whether objects may already be in place: greenfield, existing [default: greenfield]
    #[arg(long, value_name = "PHASE", value_parser = phase, help_heading = "Values")]
    pub phase: Option<Phase>,
    /// Only these rules: codes or beginnings of codes
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// These rules too: codes or beginnings of codes, as of rules that only advise
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Rules")]
    pub extend_select: Vec<String>,
    /// Not these rules: codes or beginnings of codes; the longer of two that fit wins
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Only findings of at least this level
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "note", help_heading = "Rules")]
    pub min_level: Level,
    /// Only findings of at least this confidence: low, medium, high [default: medium]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence, help_heading = "Rules")]
    pub min_confidence: Option<Confidence>,
    /// Show what could not be decided, and what would decide it
    #[arg(long, help_heading = "Rules")]
    pub undecided: bool,
    /// Ends the text with how much of the network is known
    #[arg(long)]
    pub statistics: bool,
    /// What makes the exit code 1: error, warning, note, undecided, never [default: warning]
    #[arg(long, value_name = "LEVEL", value_enum, help_heading = "Result", hide_possible_values = true)]
    pub fail_on: Option<FailOn>,
    /// Findings do not change the exit code
    #[arg(long, help_heading = "Result")]
    pub exit_zero: bool,
    /// FORMAT[=PATH], repeatable: text, concise, json, sarif; without a path on standard output
    #[arg(long, value_name = "FORMAT[=PATH]", value_parser = output, default_value = "text",
          help_heading = "Output")]
    pub output: Vec<Output>,
    /// Colours in the text on standard output
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto, help_heading = "Output")]
    pub color: Colour,
    /// Only findings; not what was covered
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// What is read.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub struct Input {
    /// Which modules are read: none, those of the repository (local), or also what `terraform init` and
    /// `bicep restore` left on the disk (restored)
    #[arg(long, value_name = "WHICH", value_parser = modules, default_value = "restored")]
    pub modules: Modules,
}

/// Values of inputs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Values")]
pub struct Values {
    /// A value for an input, for every root that declares it
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    pub var: Vec<(String, String)>,
    /// A file of values for Terraform
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// A file of parameters for Bicep: for the root that it names itself, or for ROOT
    #[arg(long, value_name = "[ROOT=]FILE")]
    pub params: Vec<String>,
    /// Only the environment of this name
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Values for Terraform's inputs from the process's TF_VAR_ variables
    #[arg(long)]
    pub tf_env: bool,
    /// No built-in model stands for a registry's module whose source is not on disk
    #[arg(long)]
    pub no_models: bool,
}

/// What stands beside the code.
#[derive(Args, Debug)]
#[command(next_help_heading = "Config")]
pub struct Configuration {
    /// A configuration in place of the nearest vnetlint.toml, or one key of it; repeatable
    #[arg(long, value_name = "FILE|KEY=VALUE")]
    pub config: Vec<String>,
    /// No vnetlint.toml is looked for
    #[arg(long)]
    pub isolated: bool,
    /// Paths that are not looked into, from the root of the repository; repeatable
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

/// Bounds of the work.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Larger files are not read [default: 4MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_file_size: Option<u64>,
    /// The most instances of one declaration [default: 4096]
    #[arg(long, value_name = "COUNT")]
    pub max_instances: Option<usize>,
    /// How deep brackets may nest [default: 256]
    #[arg(long, value_name = "DEPTH")]
    pub max_depth: Option<usize>,
    /// How many threads; 0 for one a core
    #[arg(short = 'j', long = "jobs", value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

/// `resources`
#[derive(Args, Debug)]
pub struct Resources {
    /// Files and directories; together they are one estate
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Listing::Text)]
    pub output: Listing,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// `roots`
#[derive(Args, Debug)]
pub struct Roots {
    /// Files and directories; together they are one estate
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// `graph`
#[derive(Args, Debug)]
pub struct Graph {
    /// Files and directories; together they are one estate
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The form of the graph
    #[arg(long, value_enum)]
    pub format: GraphFormat,
    /// The file that it goes to; standard output without one
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// Forms of a graph.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    /// One object, which another run reads as an input.
    Json,
}

/// `why`
#[derive(Args, Debug)]
pub struct Why {
    /// A resource: its name, its address, its id, or root:PATH/ADDRESS
    #[arg(value_name = "NODE")]
    pub node: String,
    /// Another one: what lies between the two
    #[arg(value_name = "NODE")]
    pub other: Option<String>,
    /// Files and directories; together they are one estate
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub path: Vec<PathBuf>,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// `console`
#[derive(Args, Debug)]
pub struct Console {
    /// The directory or file whose names the expressions may use
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The language of the expressions: terraform or bicep
    #[arg(long, value_name = "DIALECT", value_parser = dialect)]
    pub dialect: Dialect,
    /// Lines are objects: {"id","expr"} in, {"id","value"}, {"id","unknown"} or {"id","error"} out
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub values: Values,
    #[command(flatten)]
    pub configuration: Configuration,
    #[command(flatten)]
    pub limits: Limits,
}

/// Text or JSON.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

/// When a text carries colours.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The least that makes the exit code 1.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Any finding.
    Note,
    /// Any finding, and what could not be decided.
    Undecided,
    /// Nothing.
    Never,
}

impl From<FailOnWord> for FailOn {
    fn from(word: FailOnWord) -> FailOn {
        match word {
            FailOnWord::Error => FailOn::Error,
            FailOnWord::Warning => FailOn::Warning,
            FailOnWord::Note => FailOn::Note,
            FailOnWord::Undecided => FailOn::Undecided,
            FailOnWord::Never => FailOn::Never,
        }
    }
}

/// One output of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its format.
    pub format: Format,
    /// The file that it goes to; standard output without one.
    pub path: Option<PathBuf>,
}

fn output(text: &str) -> Result<Output, String> {
    let (format, path) = match text.split_once('=') {
        Some((_, "")) => return Err("there is no path after `=`".into()),
        Some((format, path)) => (format, Some(PathBuf::from(path))),
        None => (text, None),
    };
    let formats =
        [("text", Format::Text), ("concise", Format::Concise), ("json", Format::Json), ("sarif", Format::Sarif)];
    let format = one_of(format, &formats)?;
    Ok(Output { format, path })
}

fn level(text: &str) -> Result<Level, String> {
    let levels = [Level::Note, Level::Warning, Level::Error];
    one_of(text, &levels.map(|level| (level.word(), level)))
}

fn confidence(text: &str) -> Result<Confidence, String> {
    let confidences = [Confidence::Low, Confidence::Medium, Confidence::High];
    one_of(text, &confidences.map(|confidence| (confidence.word(), confidence)))
}

fn phase(text: &str) -> Result<Phase, String> {
    one_of(text, &[("greenfield", Phase::Greenfield), ("existing", Phase::Existing)])
}

fn modules(text: &str) -> Result<Modules, String> {
    one_of(text, &[("none", Modules::None), ("local", Modules::Local), ("restored", Modules::Restored)])
}

fn dialect(text: &str) -> Result<Dialect, String> {
    one_of(text, &[("terraform", Dialect::Terraform), ("bicep", Dialect::Bicep)])
}

fn one_of<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("it is one of {}", all.join(", "))
    })
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_string(), value.to_string())),
        _ => Err("a value is given as NAME=VALUE".into()),
    }
}

/// `4MiB`, `512KiB`, `1000`: bytes, or powers of 1024.
pub fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "K" | "KiB" => 1024,
        "M" | "MiB" => 1024 * 1024,
        "G" | "GiB" => 1024 * 1024 * 1024,
        _ => return Err("a size is a number with B, KiB, MiB or GiB".into()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(unit));
    // Offsets are 32 bits wide.
    match bytes {
        Some(bytes) if bytes <= u64::from(u32::MAX) => Ok(bytes),
        Some(_) => Err("files are read up to 4 GiB".into()),
        None => Err("a size is a number with B, KiB, MiB or GiB".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MAX_FILE_SIZE;

    #[test]
    fn the_flags_are_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_are_bytes_or_powers_of_1024() {
        assert_eq!(size("4MiB"), Ok(MAX_FILE_SIZE));
        assert_eq!(size("512K"), Ok(524_288));
        assert_eq!(size("10"), Ok(10));
        assert!(size("4 parsecs").is_err());
        assert!(size("").is_err());
        assert!(size("9999999999G").is_err());
    }

    #[test]
    fn paths_without_a_command_are_checked() {
        let parse = |words: &[&str]| Arguments::try_parse_from(words).expect("flags");
        assert_eq!(parse(&["vnetlint"]).check.paths, [PathBuf::from(".")]);
        assert_eq!(parse(&["vnetlint", "a", "b"]).check.paths, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(parse(&["vnetlint", "--select", "VNL0,VNL1", "a"]).check.select, ["VNL0", "VNL1"]);
        assert!(matches!(parse(&["vnetlint", "check", "a"]).command, Some(Command::Check(_))));
    }

    #[test]
    fn an_output_may_go_to_a_file() {
        assert_eq!(output("sarif=a=b.sarif").map(|o| o.path), Ok(Some(PathBuf::from("a=b.sarif"))));
        assert!(output("pdf").is_err());
        assert!(output("json=").is_err());
    }
}
