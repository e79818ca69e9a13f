//! In: paths as programs write them. Out: paths from the root, with `/` and without `.` and `..`.
//! Never: asks the disk.

use std::path::{Component, Path};

/// `path` as seen from `directory`; `None` where it climbs above the root or is absolute.
pub fn join(directory: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.starts_with('\\') || path.get(1..2) == Some(":") {
        return None;
    }
    let mut segments: Vec<&str> = directory.split('/').filter(|s| !s.is_empty()).collect();
    for segment in path.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// The directory part of a path, `""` for what lies in the root.
pub fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The last segment of a path.
pub fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// What stands after the last dot of the last segment, `""` without a dot.
pub fn extension_of(path: &str) -> &str {
    name_of(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// A relative path of the operating system with `/`; `None` where it is not Unicode or not relative.
pub(super) fn of_os(path: &Path) -> Option<String> {
    let mut segments = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => segments.push(name.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_path_is_seen_from_its_file() {
        assert_eq!(join("infra/hub", "../modules/./vnet").as_deref(), Some("infra/modules/vnet"));
        assert_eq!(join("", "./a.bicep").as_deref(), Some("a.bicep"));
        assert_eq!(join("a", "../../b"), None);
        assert_eq!(join("a", "/etc/passwd"), None);
        assert_eq!(directory_of("a/b.tf"), "a");
        assert_eq!(extension_of("a.b/c"), "");
    }
}
