//! In: the path of a root. Out: which example or test of a repository it belongs to.
//! Never: looks into a file.

/// Folders below which each entry is an example, or a test, by itself: what Terraform's module structure
/// (<https://developer.hashicorp.com/terraform/language/modules/develop/structure>) and Azure Verified Modules
/// (<https://azure.github.io/Azure-Verified-Modules/specs/bcp/res/>) call them. `test` is not among them: that is as
/// often the name of an environment.
const FOLDERS: [&str; 6] = ["example", "examples", "sample", "samples", "tests", "e2e"];

/// The example that a root belongs to: the folder or file directly below `examples`, `samples` or `tests`, or a Bicep
/// file whose name ends with `.test.bicep`. `None` where the root is meant to be deployed, which one is that a user
/// names, or that lies in a folder that a user names.
pub fn example_of(root: &str, paths: &[String]) -> Option<String> {
    let named = paths.iter().filter_map(|path| Some((path.len(), below(root, path)?))).max()?;
    let rest = named.1;
    if rest.is_empty() {
        return None;
    }
    let before = root.len() - rest.len();
    let mut end = before;
    let mut example = None;
    let mut entries = rest.split('/').peekable();
    while let Some(entry) = entries.next() {
        end += entry.len();
        if FOLDERS.contains(&entry.to_ascii_lowercase().as_str()) {
            let next = entries.peek().map_or(0, |next| next.len() + 1);
            example = Some(root[..end + next].to_string());
        }
        end += 1;
    }
    example.or_else(|| root.to_ascii_lowercase().ends_with(".test.bicep").then(|| root.to_string()))
}

/// What a path is below another: empty where they are the same, `None` where it lies elsewhere.
pub fn below<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    match above {
        "" => Some(path),
        above => match path.strip_prefix(above)? {
            "" => Some(""),
            rest => rest.strip_prefix('/'),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_what_lies_below_a_folder_of_examples() {
        let of = |root: &str, path: &str| example_of(root, &[path.to_string()]);
        let example = |name: &str| Some(name.to_string());
        assert_eq!(of("examples/basic", ""), example("examples/basic"));
        assert_eq!(of("examples/staged/hub", ""), example("examples/staged"));
        assert_eq!(of("avm/a/tests/e2e/max/main.test.bicep", "avm"), example("avm/a/tests/e2e/max"));
        assert_eq!(of("Samples/main.bicep", ""), example("Samples/main.bicep"));
        assert_eq!(of("examples", ""), example("examples"));
        assert_eq!(of("part/main.test.bicep", "part"), example("part/main.test.bicep"));
        assert_eq!(of("environments/test/hub", ""), None);
        assert_eq!(of("my-examples/hub", ""), None);
    }

    #[test]
    fn what_a_user_names_is_meant() {
        let of = |root: &str, paths: &[&str]| {
            example_of(root, &paths.iter().map(|path| path.to_string()).collect::<Vec<String>>())
        };
        assert_eq!(of("examples/staged/hub", &["examples/staged"]), None);
        assert_eq!(of("examples/staged/hub", &["examples"]), None);
        assert_eq!(of("examples/staged/hub", &["", "examples/staged/hub"]), None);
        assert_eq!(of("a.test.bicep", &["a.test.bicep"]), None);
    }
}
