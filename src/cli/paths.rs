//! In: paths as a user gives them. Out: the root of the repository, and the same paths as seen from there.
//! Never: opens a file; it only asks where things are.

use std::path::{Path, PathBuf};

use super::Refused;

/// A repository and the paths in it that a user named.
#[derive(Debug)]
pub struct Located {
    /// The root of the repository: nothing above it is read.
    pub root: PathBuf,
    /// The paths as seen from the root, with `/`; `""` for the root itself.
    pub paths: Vec<String>,
}

/// Where `paths` are. Several repositories are one estate below the directory that holds them all.
pub fn locate(paths: &[PathBuf]) -> Result<Located, Refused> {
    let real: Vec<PathBuf> = paths.iter().map(|path| real(path)).collect::<Result<_, _>>()?;
    let working = std::env::current_dir().ok().and_then(|directory| directory.canonicalize().ok());
    let mut root: Option<PathBuf> = None;
    for path in &real {
        let own = root_of(path, working.as_deref());
        root = Some(match root {
            None => own,
            Some(root) => common(&root, &own)?,
        });
    }
    let root = root.ok_or_else(|| Refused("no path is given".into()))?;
    let paths = real.iter().map(|path| below(&root, path)).collect::<Result<_, _>>()?;
    Ok(Located { root, paths })
}

/// A file that a flag names, as seen from the root of the repository.
pub fn file_below(root: &Path, file: &Path) -> Result<String, Refused> {
    below(root, &real(file)?)
}

/// The nearest folder above `path` that holds `.git`; else the working directory if it contains `path`; else the
/// directory of `path` itself.
fn root_of(path: &Path, working: Option<&Path>) -> PathBuf {
    let own = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    if let Some(repository) = own.ancestors().find(|directory| directory.join(".git").exists()) {
        return repository.to_path_buf();
    }
    match working {
        Some(working) if path.starts_with(working) => working.to_path_buf(),
        _ => own.to_path_buf(),
    }
}

/// The directory that holds both; the root of a whole file system is nobody's repository.
fn common(a: &Path, b: &Path) -> Result<PathBuf, Refused> {
    let shared = a.ancestors().find(|directory| b.starts_with(directory));
    match shared {
        Some(shared) if shared.parent().is_some() || a == b => Ok(shared.to_path_buf()),
        _ => Err(Refused(format!("`{}` and `{}` lie in no common directory", a.display(), b.display()))),
    }
}

fn real(path: &Path) -> Result<PathBuf, Refused> {
    path.canonicalize().map_err(|reason| match reason.kind() {
        std::io::ErrorKind::NotFound => Refused(format!("there is no file or directory `{}`", path.display())),
        _ => Refused(format!("`{}` cannot be read: {reason}", path.display())),
    })
}

fn below(root: &Path, path: &Path) -> Result<String, Refused> {
    let Ok(relative) = path.strip_prefix(root) else {
        return Err(Refused(format!("`{}` lies outside the repository root `{}`", path.display(), root.display())));
    };
    let segments: Option<Vec<&str>> = relative.iter().map(|segment| segment.to_str()).collect();
    let segments = segments.ok_or_else(|| Refused(format!("`{}` is not Unicode", path.display())))?;
    Ok(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_repository() {
        let located = locate(&[PathBuf::from("src/cli"), PathBuf::from("Cargo.toml")]).expect("paths");
        assert_eq!(located.paths.len(), 2);
        assert!(located.paths[0].ends_with("src/cli"));
        assert!(located.root.is_absolute());
    }

    #[test]
    fn a_path_that_does_not_exist_is_refused() {
        let Refused(reason) = locate(&[PathBuf::from("no/such/path")]).expect_err("refused");
        assert_eq!(reason, "there is no file or directory `no/such/path`");
    }

    #[test]
    fn without_a_repository_the_working_directory_counts_where_it_holds_the_path() {
        let path = Path::new("/nowhere/estate/hub/main.tf");
        assert_eq!(root_of(path, Some(Path::new("/nowhere/estate"))), Path::new("/nowhere/estate"));
        assert_eq!(root_of(path, Some(Path::new("/elsewhere"))), Path::new("/nowhere/estate/hub"));
        assert_eq!(root_of(path, None), Path::new("/nowhere/estate/hub"));
    }

    #[test]
    fn two_repositories_share_the_directory_that_holds_them() {
        let both = common(Path::new("/estate/hub"), Path::new("/estate/spokes/data")).expect("a directory");
        assert_eq!(both, Path::new("/estate"));
        assert!(common(Path::new("/a/b"), Path::new("/c/d")).is_err());
    }
}
