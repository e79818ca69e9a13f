//! In: the source of a module or import as it is written. Out: the file that it names: in the repository, or where
//! `bicep restore` keeps what it downloads.
//! Never: fetches anything, or asks whether the file is there where the repository should have it.
//!
//! A downloaded module is a template, `main.json`, in a directory that is named after where it came from
//! (<https://github.com/Azure/bicep/blob/main/src/Bicep.Core/SourceGraph/Artifacts/BicepRegistryArtifact.cs>).

use crate::evaluate::{Library, Modules};
use crate::source::join;

/// Why a source names no file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Why, as the end of a sentence about the module.
    pub reason: &'static str,
    /// A registry has it, and it was not downloaded.
    pub elsewhere: bool,
}

impl Absent {
    /// It cannot be read, wherever it may be.
    pub const fn because(reason: &'static str) -> Absent {
        Absent { reason, elsewhere: false }
    }
}

/// Where Bicep keeps downloaded modules unless `bicepconfig.json` says otherwise.
const CACHE: &str = "~/.bicep";

/// The file that a source names, seen from `directory`.
pub fn located(library: &Library, directory: &str, source: &str) -> Result<String, Absent> {
    // A path of a file holds no colon: before it stands the kind of the source, and perhaps an alias.
    let Some((scheme, rest)) = source.split_once(':') else {
        return join(directory, source).ok_or(Absent::because("its source lies outside the repository root"));
    };
    if library.modules != Modules::Restored {
        return Err(Absent::because("nothing that was downloaded is read (--modules)"));
    }
    let config = library.bicep_config(directory);
    let (kind, alias) = scheme.split_once('/').map_or((scheme, None), |(kind, alias)| (kind, Some(alias)));
    let aliases = match kind {
        "br" => &config.registries,
        "ts" => &config.template_specs,
        _ => return Err(Absent::because("its source is not in this repository")),
    };
    let whole = match alias {
        Some(alias) => {
            let stands_for =
                aliases.get(alias).ok_or(Absent::because("no bicepconfig.json says what its alias stands for"))?;
            format!("{stands_for}/{rest}")
        }
        None => rest.to_string(),
    };
    let below = if kind == "br" { registry_directory(&whole) } else { template_spec_directory(&whole) };
    let below = below.ok_or(Absent::because("its source is not written as Bicep writes them"))?;
    let cache = match &config.cache {
        Some(cache) => {
            join(&config.directory, cache).filter(|_| !cache.starts_with('~')).or_else(|| library.sources.beside(cache))
        }
        None => library.sources.beside(CACHE),
    };
    let file =
        cache.map(|cache| format!("{cache}/{below}/main.json")).map(|file| file.trim_start_matches('/').to_string());
    file.filter(|file| library.sources.open(file).is_ok()).ok_or(Absent {
        reason: "its source is neither in this repository nor where `bicep restore` keeps it",
        elsewhere: true,
    })
}

/// The directory of `registry/path/of/module:tag` or `…@sha256:digest`; `None` where that is no reference.
fn registry_directory(reference: &str) -> Option<String> {
    let (registry, rest) = reference.split_once('/')?;
    let (path, version) = match rest.split_once('@') {
        Some((path, digest)) => (path, digest.strip_prefix("sha256:").map(|digits| format!("sha256#{digits}"))?),
        None => rest.split_once(':').map(|(path, tag)| (path, encoded(tag)))?,
    };
    let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let tag = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '$' | '#');
    let named = path.split('/').all(|segment| is_name(segment, name));
    let fits = is_name(registry, host) && named && is_name(&version, tag);
    let registry = registry.replace(':', "$").to_lowercase();
    fits.then(|| format!("br/{registry}/{}/{version}", path.replace('/', "$")))
}

/// A tag as the name of a directory: where a file system does not tell letters by their case, the number after `$`
/// does (<https://github.com/Azure/bicep/blob/main/src/Bicep.Core/Registry/Oci/TagEncoder.cs>).
fn encoded(tag: &str) -> String {
    let upper = tag.chars().take(128).enumerate().filter(|(_, c)| c.is_uppercase());
    let mask = upper.fold(0_u128, |mask, (at, _)| mask | 1 << at);
    if mask == 0 { format!("{tag}$") } else { format!("{tag}${mask:x}") }
}

/// The directory of `subscription/group/name:version`; `None` where that is no reference.
fn template_spec_directory(reference: &str) -> Option<String> {
    let (path, version) = reference.split_once(':')?;
    let segments: Vec<&str> = path.split('/').chain([version]).collect();
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '(' | ')');
    let fits = segments.len() == 4 && segments.iter().all(|segment| is_name(segment, letter));
    fits.then(|| format!("ts/{}", segments.join("/").to_lowercase()))
}

/// It names one thing and no way to another.
fn is_name(text: &str, letter: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text != "." && text != ".." && text.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::Limits;

    #[test]
    fn directories_are_named_as_bicep_names_them() {
        for (reference, directory) in [
            ("mcr.microsoft.com/bicep/avm/res/a:0.1.0", Some("br/mcr.microsoft.com/bicep$avm$res$a/0.1.0$")),
            ("Contoso.azurecr.io:5000/a:V1-Beta", Some("br/contoso.azurecr.io$5000/a/V1-Beta$9")),
            ("x.io/a@sha256:e207", Some("br/x.io/a/sha256#e207")),
            ("x.io/../../a:1", None),
            ("x.io/a:1/2", None),
            ("x.io/a", None),
            ("a:1", None),
        ] {
            assert_eq!(registry_directory(reference).as_deref(), directory, "{reference}");
        }
        let spec = "11111111-1111-1111-1111-111111111111/rg-Specs/Hub:V1";
        let directory = "ts/11111111-1111-1111-1111-111111111111/rg-specs/hub/v1";
        assert_eq!(template_spec_directory(spec).as_deref(), Some(directory));
        assert_eq!(template_spec_directory("a/../b:1"), None);
    }

    #[test]
    fn a_source_is_a_file_in_the_repository_or_what_was_downloaded() {
        let config = r#"{"cacheRootDirectory": "cache", "moduleAliases": {"br": {"own": {"registry": "x.io"}}}}"#;
        let there = "cache/br/x.io/a/1$/main.json";
        let sources = Sources::of_texts([("bicepconfig.json", config), (there, "{}")]);
        let library = Library::new(&sources, Limits::default());
        let ask =
            |library: &Library, source: &str| located(library, "infra/hub", source).map_err(|absent| absent.reason);
        assert_eq!(ask(&library, "../a.bicep").as_deref(), Ok("infra/a.bicep"));
        assert_eq!(ask(&library, "br/own:a:1").as_deref(), Ok(there));
        assert_eq!(ask(&library, "br:X.io/a:1").as_deref(), Ok(there));
        for (source, why) in [
            ("../../../a.bicep", "its source lies outside the repository root"),
            ("br/own:b:1", "its source is neither in this repository nor where `bicep restore` keeps it"),
            ("br/other:a:1", "no bicepconfig.json says what its alias stands for"),
            ("br:x.io/../a:1", "its source is not written as Bicep writes them"),
            ("https://x.io/a.json", "its source is not in this repository"),
        ] {
            assert_eq!(ask(&library, source), Err(why), "{source}");
        }
        let local = Library::new(&sources, Limits::default()).with_modules(Modules::Local);
        assert!(ask(&local, "a.bicep").is_ok() && ask(&local, "br/own:a:1").is_err());
    }
}
