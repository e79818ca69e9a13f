//! In: paths and flags. Out: the sources and options of a run, flags laid over the configuration.
//! Never: looks for a configuration outside the repository, or in the home directory.

use std::path::PathBuf;

use super::arguments::{Check, Configuration, Console, Graph, Input, Limits, Resources, Roots, Values, Why, size};
use super::paths::{Located, file_below, locate};
use super::printer::Printer;
use super::{Refused, Surroundings};
use crate::analysis::Options;
use crate::analysis::config::{self, Config, Text};
use crate::evaluate::{self, Inputs, Modules};
use crate::source::{MAX_FILE_SIZE, Sources, read_named};
use crate::syntax;

/// The most instances of one declaration, unless the user says otherwise.
const MAX_INSTANCES: usize = 4096;

/// The flags that commands share.
pub struct Flags<'a> {
    input: &'a Input,
    values: &'a Values,
    limits: &'a Limits,
    configuration: &'a Configuration,
}

macro_rules! have_flags {
    ($($command:ident)*) => { $(
        impl<'a> From<&'a $command> for Flags<'a> {
            fn from(flags: &'a $command) -> Flags<'a> {
                let $command { input, values, limits, configuration, .. } = flags;
                Flags { input, values, limits, configuration }
            }
        }
    )* };
}

have_flags! { Check Resources Roots Console Graph Why }

/// What a command looks at, and how.
pub struct Opened {
    /// The texts.
    pub sources: Sources,
    /// What the user asked for, in the configuration and by flags.
    pub options: Options,
}

/// Opens the paths of a command.
pub fn open(
    paths: &[PathBuf],
    flags: Flags,
    surroundings: &Surroundings,
    printer: &Printer,
) -> Result<Opened, Refused> {
    let Flags { input, values, limits, configuration } = flags;
    let located = locate(paths)?;
    let sources = Sources::below(&located.root, limits.max_file_size.unwrap_or(MAX_FILE_SIZE));
    let sources = match input.modules {
        Modules::Restored => sources.with_reach(surroundings.home.clone()),
        Modules::None | Modules::Local => sources,
    };
    let config = configured(&sources, &located, configuration, surroundings.home.as_deref())?;
    for note in &config.notes {
        printer.log(&format!("note: {note}\n"));
    }
    let said = config.limits.max_file_size.as_deref().map(size).transpose();
    let said = said.map_err(|reason| Refused(format!("limits.max-file-size: {reason}")))?;
    let mut excluded = config.exclude.clone();
    excluded.extend(configuration.exclude.iter().cloned());
    let excluded = config::globs(&excluded).map_err(|reason| Refused(format!("exclude: {reason}")))?;
    let sources = sources.bounded(limits.max_file_size.or(said).unwrap_or(MAX_FILE_SIZE), excluded);
    let options = options(&located, input, values, limits, config)?;
    readable(&sources, &located, paths)?;
    Ok(Opened { sources, options })
}

/// The configuration: the nearest file or the one that is named, then what flags say of single keys.
fn configured(
    sources: &Sources,
    located: &Located,
    flags: &Configuration,
    home: Option<&std::path::Path>,
) -> Result<Config, Refused> {
    let mut texts: Vec<Text> = Vec::new();
    let mut keys: Vec<Text> = Vec::new();
    let mut named = false;
    for (index, text) in flags.config.iter().enumerate() {
        let path = PathBuf::from(text);
        match text.split_once('=') {
            Some((key, value)) if !path.exists() => {
                let written = format!("{} = {}\n", key.trim(), in_toml(value.trim()));
                let file = sources.overlay(&format!("--config {}", index + 1), written);
                keys.push(Text { file, base: String::new() });
            }
            _ => {
                named = true;
                texts.push(file(sources, located, &path)?);
            }
        }
    }
    if !named && !flags.isolated {
        // A home directory may be a repository; what lies in it is no project's.
        let accepts = |directory: &str| home != Some(located.root.join(directory).as_path());
        texts.extend(config::nearest(sources, &common(&located.paths), &accepts));
    }
    texts.extend(keys);
    Config::read(sources, &texts).map_err(Refused)
}

/// A configuration that a user names.
fn file(sources: &Sources, located: &Located, path: &std::path::Path) -> Result<Text, Refused> {
    if let Ok(below) = file_below(&located.root, path) {
        let opened = sources.open(&below);
        let file = opened.map_err(|refusal| Refused(format!("`{}` cannot be read: {refusal}", path.display())))?;
        let base = below.rsplit_once('/').map_or(String::new(), |(directory, _)| directory.to_string());
        return Ok(Text { file, base });
    }
    let text = read_named(path).map_err(|reason| match reason.kind() {
        std::io::ErrorKind::NotFound => {
            Refused(format!("--config: `{}` is neither a file nor KEY=VALUE", path.display()))
        }
        _ => Refused(format!("`{}` cannot be read: {reason}", path.display())),
    })?;
    Ok(Text { file: sources.overlay(&path.display().to_string(), text), base: String::new() })
}

/// A value as it is, where it is one; else as a text: `phase=existing` needs no quotes.
fn in_toml(value: &str) -> String {
    match toml::from_str::<toml::Table>(&format!("value = {value}")) {
        Ok(_) => value.to_string(),
        Err(_) => toml::Value::String(value.to_string()).to_string(),
    }
}

/// The directory that holds all paths.
fn common(paths: &[String]) -> String {
    let mut shared: Option<Vec<&str>> = None;
    for path in paths {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        shared = Some(match shared {
            None => segments,
            Some(shared) => shared.into_iter().zip(segments).take_while(|(a, b)| a == b).map(|(a, _)| a).collect(),
        });
    }
    shared.unwrap_or_default().join("/")
}

/// What the configuration and the flags say together.
fn options(
    located: &Located,
    input: &Input,
    values: &Values,
    limits: &Limits,
    config: Config,
) -> Result<Options, Refused> {
    let mut inputs = Inputs { variables: values.var.clone(), environment: values.env.clone(), ..Inputs::default() };
    if values.tf_env {
        let named = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?.strip_prefix("TF_VAR_")?.to_string();
            Some((name, value.into_string().ok()?))
        });
        inputs.surroundings = named.collect();
        inputs.surroundings.sort();
    }
    for file in &values.var_file {
        inputs.variable_files.push(file_below(&located.root, file)?);
    }
    for text in &values.params {
        inputs.parameter_files.push(parameters(located, text)?);
    }
    inputs.bound.clone_from(&config.bound);
    let max_depth = limits.max_depth.or(config.limits.max_depth).unwrap_or(syntax::Limits::default().max_depth);
    Ok(Options {
        paths: located.paths.clone(),
        inputs,
        settings: config.settings.clone(),
        limits: syntax::Limits { max_depth, ..syntax::Limits::default() },
        max_instances: limits.max_instances.or(config.limits.max_instances).unwrap_or(MAX_INSTANCES),
        threads: limits.threads,
        modules: input.modules,
        without_models: values.no_models,
        config,
    })
}

/// `FILE` or `ROOT=FILE`; a file whose own name holds `=` is that file.
fn parameters(located: &Located, text: &str) -> Result<(Option<String>, String), Refused> {
    let whole = file_below(&located.root, &PathBuf::from(text));
    match (whole, text.split_once('=')) {
        (Err(_), Some((root, file))) => {
            let root = file_below(&located.root, &PathBuf::from(root))?;
            Ok((Some(root), file_below(&located.root, &PathBuf::from(file))?))
        }
        (whole, _) => Ok((None, whole?)),
    }
}

/// A file that is named on the command line must be one that can be read.
fn readable(sources: &Sources, located: &Located, named: &[PathBuf]) -> Result<(), Refused> {
    for (path, named) in located.paths.iter().zip(named) {
        if sources.is_directory(path) {
            continue;
        }
        // What Azure holds makes a large list.
        let opened = sources.open_large(path, &|text| evaluate::kind_of_outside(text).is_some());
        opened.map_err(|refusal| Refused(format!("`{}` cannot be read: {refusal}", named.display())))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_needs_no_quotes() {
        assert_eq!(in_toml("existing"), "\"existing\"");
        assert_eq!(in_toml("['a']"), "['a']");
        assert_eq!(in_toml("true"), "true");
    }

    #[test]
    fn the_folder_of_several_paths_holds_them_all() {
        let of = |paths: &[&str]| common(&paths.iter().map(|path| path.to_string()).collect::<Vec<_>>());
        assert_eq!(of(&["a/hub", "a/spokes/web"]), "a");
        assert_eq!(of(&["a/hub"]), "a/hub");
        assert_eq!(of(&["a", "b"]), "");
    }
}
