//! In: the paths of a run. Out: what was exported or saved elsewhere and lies among them.
//! Never: takes such a file for a deployment.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Options;
use crate::azure;
use crate::evaluate::{self, Evaluated, Outside, Root, Standing};
use crate::source::{FileId, Sources, extension_of};
use crate::syntax::{self, Dialect};
use crate::value::RootId;

/// The inventories and graphs below the paths, each as a root; their numbers are `first_free` and those after it.
pub fn read(sources: &Sources, options: &Options, first_free: u32) -> Vec<(Root, Evaluated)> {
    let found = files(sources, options);
    let root = |(number, (path, _, _)): (u32, &(String, FileId, Outside))| Root {
        id: RootId(number),
        path: path.clone(),
        dialect: Dialect::Bicep,
        environment: None,
        input_files: Vec::new(),
        example: None,
    };
    let roots = (first_free..).zip(&found).map(root);
    let read = |(root, (_, file, kind)): (Root, &(String, FileId, Outside))| {
        let wanted = |name: &str| azure::by_arm_name(name).is_some();
        let mut evaluated = evaluate::read_outside(sources, *file, &root, *kind, &wanted);
        if evaluated.standing != Standing::Saved {
            for resource in &mut evaluated.resources {
                if let Some(kind) = azure::by_arm_name(&resource.type_name) {
                    resource.body = azure::in_arm_shape(kind, &resource.body);
                }
            }
        }
        (root, evaluated)
    };
    roots.zip(&found).map(read).collect()
}

/// The files that are one.
fn files(sources: &Sources, options: &Options) -> Vec<(String, FileId, Outside)> {
    let is_json = |path: &str| extension_of(path) == "json" && !path.ends_with(".tf.json");
    let mut paths: Vec<String> = options.paths.iter().flat_map(|path| sources.find(path, &is_json)).collect();
    paths.extend(options.paths.iter().filter(|path| is_json(path)).cloned());
    paths.sort();
    paths.dedup();
    let looked_at: Vec<Option<(String, FileId, Outside)>> = paths
        .par_iter()
        .map(|path| {
            if syntax::arm::is_compiled(sources, path) {
                return None;
            }
            let file = sources.open(path).ok()?;
            let kind = evaluate::kind_of_outside(&sources.file(file).text)?;
            Some((path.clone(), file, kind))
        })
        .collect();
    looked_at.into_iter().flatten().collect()
}
