//! In: paths below one repository root, or texts handed over. Out: texts with an identity, and where lines begin.
//! Never: knows what language a text is written in.
//!
//! This is the only module that touches the file system. It reads below its root, and beside it only where it was told
//! that it may.

mod file;
mod path;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use globset::GlobSet;

pub use file::{File, Place};
pub use path::{directory_of, extension_of, join, name_of};

/// Which text of a [`Sources`]; it means nothing in another one.
///
/// Numbers are given in the order of reading, which may differ from run to run: sort by path, never by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u32);

/// A stretch of bytes in one text, `start` included and `end` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text that holds it.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end` in bytes; offsets beyond 4 GiB cannot occur, since no such file is read.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let cut = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: cut(start), end: cut(end) }
    }

    /// The span as a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this span to the end of `other`, which lies in the same text.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start, end: other.end.max(self.start) }
    }

    /// The first byte's position as an empty span.
    pub fn head(self) -> Span {
        Span { file: self.file, start: self.start, end: self.start }
    }
}

/// Why a path could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is there.
    Missing,
    /// It is there, and it is a directory, a device or another thing that holds no text.
    NotAFile,
    /// The bytes are not UTF-8; the offset of the first bad byte.
    NotUtf8(usize),
    /// It is larger than the limit, which is given in bytes.
    TooLarge(u64),
    /// It lies outside the repository root.
    Outside,
    /// The operating system said no, in these words.
    Io(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Missing => write!(f, "there is no such file"),
            Refusal::NotAFile => write!(f, "this is not a regular file"),
            Refusal::NotUtf8(offset) => write!(f, "this is not UTF-8 text (byte {offset})"),
            Refusal::TooLarge(limit) => write!(f, "this is larger than {limit} bytes (--max-file-size)"),
            Refusal::Outside => write!(f, "this lies outside the repository root"),
            Refusal::Io(reason) => write!(f, "{reason}"),
        }
    }
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last segment of its path.
    pub name: String,
    /// It is a directory.
    pub directory: bool,
}

/// The texts of one run: a reader that stays below its root and remembers what it read.
///
/// Paths in and out are relative to the root, with `/` between segments and without `.` or `..`; `""` is the root.
pub struct Sources {
    root: Option<PathBuf>,
    max_file_size: u64,
    excluded: GlobSet,
    texts: RwLock<Texts>,
    reach: Option<Reach>,
    /// The directories outside the root that are read, by the beginning of the paths that lead into them.
    beside: RwLock<BTreeMap<String, PathBuf>>,
    /// What lies on disk below the directories that were walked: each is walked once.
    walked: RwLock<BTreeMap<String, Arc<Vec<String>>>>,
    /// Where the directories on disk really are: each is resolved once.
    resolved: RwLock<BTreeMap<PathBuf, Option<PathBuf>>>,
}

/// How far [`Sources::beside`] may go.
struct Reach {
    /// What `~` stands for.
    home: Option<PathBuf>,
}

#[derive(Default)]
struct Texts {
    files: Vec<Arc<File>>,
    by_path: BTreeMap<String, Result<FileId, Refusal>>,
}

/// Reads a file that the user names for the run itself, wherever it lies: a configuration.
pub fn read_named(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

/// Writes a report where the user asked for it; nothing else is ever written.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// How paths begin that lead into a directory which is named by an absolute path outside the root.
const OUTSIDE: &str = "<outside>";

/// The largest file that is read unless the user says otherwise: 4 MiB.
pub const MAX_FILE_SIZE: u64 = 4 * 1024 * 1024;

/// The largest export that is read where a user names it: 1 GiB.
const LARGEST: u64 = 1024 * 1024 * 1024;

impl Sources {
    /// A reader of the tree below `root`, which refuses files above `max_file_size` bytes.
    pub fn below(root: &Path, max_file_size: u64) -> Sources {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        Sources { root: Some(root), max_file_size, ..Sources::nowhere() }
    }

    /// The same reader, which [`Sources::beside`] may lead out of the root; `home` is what `~` stands for.
    pub fn with_reach(self, home: Option<PathBuf>) -> Sources {
        Sources { reach: Some(Reach { home }), ..self }
    }

    /// A reader of the given texts alone, by path; it touches no disk.
    pub fn of_texts<P: Into<String>, T: Into<String>>(texts: impl IntoIterator<Item = (P, T)>) -> Sources {
        let sources = Sources::nowhere();
        for (path, text) in texts {
            sources.overlay(&path.into(), text.into());
        }
        sources
    }

    fn nowhere() -> Sources {
        Sources {
            root: None,
            max_file_size: MAX_FILE_SIZE,
            excluded: GlobSet::empty(),
            texts: RwLock::default(),
            reach: None,
            beside: RwLock::default(),
            walked: RwLock::default(),
            resolved: RwLock::default(),
        }
    }

    /// The same reader with another limit of size, which walks past what `excluded` matches.
    pub fn bounded(self, max_file_size: u64, excluded: GlobSet) -> Sources {
        Sources { max_file_size, excluded, ..self }
    }

    /// Lays a text over what the disk has at `path`, as an editor's unsaved buffer does.
    pub fn overlay(&self, path: &str, text: String) -> FileId {
        let mut texts = self.texts.write().expect("no reader panics while it holds the lock");
        texts.add(path.to_string(), text)
    }

    /// A text that lies in no directory: nobody who lists, finds or opens paths meets it.
    pub fn apart(&self, name: &str, text: String) -> FileId {
        let mut texts = self.texts.write().expect("no reader panics while it holds the lock");
        texts.keep(name.to_string(), text)
    }

    /// The text at `path`, read once; every later call gives the same answer.
    pub fn open(&self, path: &str) -> Result<FileId, Refusal> {
        if let Some(known) = self.texts.read().expect("no reader panics while it holds the lock").by_path.get(path) {
            return known.clone();
        }
        let read = self.read(path, self.max_file_size);
        let mut texts = self.texts.write().expect("no reader panics while it holds the lock");
        if let Some(known) = texts.by_path.get(path) {
            return known.clone();
        }
        match read {
            Ok(text) => Ok(texts.add(path.to_string(), text)),
            Err(refusal) => {
                texts.by_path.insert(path.to_string(), Err(refusal.clone()));
                Err(refusal)
            }
        }
    }

    /// How the text at `path` begins: about `bytes` bytes of it, whole characters. What is read for
    /// this is not kept, so that a large file can be told by its head. `None` where it cannot be read.
    pub fn head(&self, path: &str, bytes: usize) -> Option<String> {
        use std::io::Read;
        if let Some(known) = self.texts.read().expect("no reader panics while it holds the lock").by_path.get(path) {
            let file = self.file(known.clone().ok()?);
            let ends = (bytes..file.text.len()).find(|end| file.text.is_char_boundary(*end));
            return Some(file.text[..ends.unwrap_or(file.text.len())].to_string());
        }
        let (file, _) = self.found(path).ok()?;
        let mut head = Vec::new();
        file.take(bytes as u64).read_to_end(&mut head).ok()?;
        let whole = match std::str::from_utf8(&head) {
            Ok(text) => text.len(),
            Err(cut) => cut.valid_up_to(),
        };
        head.truncate(whole);
        String::from_utf8(head).ok()
    }

    /// The text at `path`, which the user names and which `fits` accepts, however large; else as [`Sources::open`].
    pub fn open_large(&self, path: &str, fits: &dyn Fn(&str) -> bool) -> Result<FileId, Refusal> {
        let Err(Refusal::TooLarge(limit)) = self.open(path) else { return self.open(path) };
        let text = self.read(path, LARGEST)?;
        if !fits(&text) {
            return Err(Refusal::TooLarge(limit));
        }
        Ok(self.overlay(path, text))
    }

    /// An empty text that stands for a path that could not be read, so that a finding can point at it.
    pub fn stand_in(&self, path: &str) -> FileId {
        let mut texts = self.texts.write().expect("no reader panics while it holds the lock");
        if let Some(Ok(id)) = texts.by_path.get(path) {
            return *id;
        }
        let refusal = texts.by_path.get(path).cloned();
        let id = texts.add(path.to_string(), String::new());
        if let Some(refusal) = refusal {
            texts.by_path.insert(path.to_string(), refusal);
        }
        id
    }

    /// The entries of a directory, sorted by name; `None` where there is no such directory below the root.
    pub fn list(&self, directory: &str) -> Option<Vec<Entry>> {
        let mut entries: BTreeMap<String, bool> = BTreeMap::new();
        let mut found = directory.is_empty();
        {
            let texts = self.texts.read().expect("no reader panics while it holds the lock");
            let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
            let mut from = prefix.clone();
            while let Some((path, text)) = texts.by_path.range(from.clone()..).next() {
                let Some(rest) = path.strip_prefix(&prefix) else { break };
                let directory = rest.split_once('/').map(|(name, _)| name).filter(|_| text.is_ok());
                // What else lies in the same directory adds nothing: `0` is what comes after `/`.
                from = match directory {
                    Some(name) => format!("{prefix}{name}0"),
                    None => format!("{path}\0"),
                };
                if text.is_ok() {
                    found = true;
                    entries.insert(directory.unwrap_or(rest).to_string(), directory.is_some());
                }
            }
        }
        if let Some(on_disk) = self.on_disk(directory)
            && let Ok(read) = std::fs::read_dir(on_disk)
        {
            found = true;
            for entry in read.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let is_directory = |kind: std::fs::FileType| (!kind.is_symlink()).then(|| kind.is_dir());
                let directory = entry.file_type().ok().and_then(is_directory);
                let directory = directory.unwrap_or_else(|| entry.path().is_dir());
                entries.entry(name).or_insert(directory);
            }
        }
        found.then(|| entries.into_iter().map(|(name, directory)| Entry { name, directory }).collect())
    }

    /// All files below `directory` (or the file itself) whose path `wanted` accepts, sorted by path.
    ///
    /// Hidden entries and what `.gitignore` names are left out, symbolic links are not followed. A directory whose
    /// path is accepted is in the list too: reading it will say that it is not a file.
    pub fn find(&self, directory: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut found: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
        let below =
            |path: &str| directory.is_empty() || path == directory || path.starts_with(&format!("{directory}/"));
        let wanted = |path: &str| wanted(path) && (path == directory || !self.excluded.is_match(path));
        let hidden = |path: &str| {
            let inside = path.strip_prefix(directory).unwrap_or(path);
            inside.split('/').any(|segment| segment.starts_with('.'))
        };
        for (path, text) in &self.texts.read().expect("no reader panics while it holds the lock").by_path {
            if text.is_ok() && below(path) && !hidden(path) && wanted(path) {
                found.insert(path.clone());
            }
        }
        found.extend(self.walk(directory).iter().filter(|path| wanted(path)).cloned());
        found.into_iter().collect()
    }

    /// Everything on disk below a directory that Git does not ignore.
    fn walk(&self, directory: &str) -> Arc<Vec<String>> {
        if let Some(known) = self.walked.read().expect("no reader panics while it holds the lock").get(directory) {
            return Arc::clone(known);
        }
        let mut below = Vec::new();
        if let (Some(root), Some(start)) = (&self.root, self.on_disk(directory)) {
            let walk = ignore::WalkBuilder::new(&start).git_global(false).parents(true).follow_links(false).build();
            let paths = walk.flatten().filter_map(|entry| path::of_os(entry.path().strip_prefix(root).ok()?));
            below.extend(paths.filter(|path| !path.is_empty()));
        }
        let below = Arc::new(below);
        let mut walked = self.walked.write().expect("no writer panics while it holds the lock");
        Arc::clone(walked.entry(directory.to_string()).or_insert(below))
    }

    /// What stands at `path` when letters count the same in either case, where that is another name and the only one.
    ///
    /// Windows and macOS find a file that way, and others do not.
    pub fn in_another_case(&self, path: &str) -> Option<String> {
        let mut found = String::new();
        for segment in path.split('/') {
            let entries = self.list(&found)?;
            let mut alike = entries.into_iter().filter(|entry| entry.name.eq_ignore_ascii_case(segment));
            let (only, another) = (alike.next()?, alike.next());
            if another.is_some() {
                return None;
            }
            found = path::join(&found, &only.name)?;
        }
        (found != path).then_some(found)
    }

    /// Whether `path` is a directory below the root.
    pub fn is_directory(&self, path: &str) -> bool {
        if self.on_disk(path).is_some_and(|p| p.is_dir()) {
            return true;
        }
        let prefix = format!("{path}/");
        let texts = self.texts.read().expect("no reader panics while it holds the lock");
        path.is_empty() || texts.by_path.range(prefix.clone()..).next().is_some_and(|(p, _)| p.starts_with(&prefix))
    }

    /// The text behind an identity.
    pub fn file(&self, id: FileId) -> Arc<File> {
        let texts = self.texts.read().expect("no reader panics while it holds the lock");
        Arc::clone(&texts.files[id.0 as usize])
    }

    /// The text of a span; empty where the span does not lie on character borders of its text.
    pub fn text(&self, span: Span) -> String {
        self.file(span.file).text.get(span.range()).unwrap_or_default().to_string()
    }

    /// The root-relative path of a text.
    pub fn path(&self, id: FileId) -> String {
        self.file(id).path.clone()
    }

    /// How paths into `directory` begin, which is absolute or begins with `~`; `None` where nothing is there or it
    /// may not be read.
    ///
    /// What tools keep for all repositories, such as downloaded modules, lies outside the root. Paths into it say where
    /// it is only as far as `directory` does.
    pub fn beside(&self, directory: &str) -> Option<String> {
        let slashes = directory.replace('\\', "/");
        let home = || self.reach.as_ref().and_then(|reach| reach.home.as_ref());
        let (on_disk, begins) = match slashes.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            Some(rest) => (home()?.join(rest.trim_start_matches('/')), path::join("~", rest.trim_start_matches('/'))?),
            None => {
                let plain = slashes.replace(':', "");
                (PathBuf::from(directory), path::join(OUTSIDE, plain.trim_start_matches('/'))?)
            }
        };
        let real = on_disk.canonicalize().ok().filter(|real| on_disk.is_absolute() && real.is_dir())?;
        if let Some(relative) = self.root.as_ref().and_then(|root| real.strip_prefix(root).ok()) {
            return path::of_os(relative);
        }
        self.reach.as_ref()?;
        let mut beside = self.beside.write().expect("no reader panics while it holds the lock");
        beside.insert(begins.clone(), real);
        Some(begins)
    }

    /// Whether a path leads into a directory that [`Sources::beside`] found outside the root.
    pub fn is_beside(&self, path: &str) -> bool {
        let beside = self.beside.read().expect("no reader panics while it holds the lock");
        beside.keys().any(|begins| path.strip_prefix(begins.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The directory that a path is read below, and the path from there.
    fn base_of<'p>(&self, path: &'p str) -> Option<(PathBuf, &'p str)> {
        if path.starts_with(['~', '<']) {
            let beside = self.beside.read().expect("no reader panics while it holds the lock");
            for (begins, real) in beside.iter() {
                match path.strip_prefix(begins.as_str()).map(|rest| (rest, rest.strip_prefix('/'))) {
                    Some((_, Some(rest))) => return Some((real.clone(), rest)),
                    Some(("", None)) => return Some((real.clone(), "")),
                    _ => {}
                }
            }
        }
        Some((self.root.clone()?, path))
    }

    fn on_disk(&self, path: &str) -> Option<PathBuf> {
        let (base, path) = self.base_of(path)?;
        let joined = if path.is_empty() { base.clone() } else { base.join(path) };
        // A symbolic link may lead out of the root; what it names is not ours to read.
        let real = match (joined.parent(), joined.file_name()) {
            (Some(directory), Some(name)) if is_plain(path) && !joined.symlink_metadata().ok()?.is_symlink() => {
                self.resolve(directory)?.join(name)
            }
            _ => joined.canonicalize().ok()?,
        };
        real.starts_with(base).then_some(joined)
    }

    /// Where a directory really is.
    fn resolve(&self, directory: &Path) -> Option<PathBuf> {
        if let Some(known) = self.resolved.read().expect("no writer panics while it holds the lock").get(directory) {
            return known.clone();
        }
        let real = directory.canonicalize().ok();
        let mut resolved = self.resolved.write().expect("no reader panics while it holds the lock");
        resolved.entry(directory.to_path_buf()).or_insert(real).clone()
    }

    /// The file at `path`, and how long it is.
    fn found(&self, path: &str) -> Result<(std::fs::File, u64), Refusal> {
        let (base, below) = self.base_of(path).ok_or(Refusal::Missing)?;
        if path.split('/').any(|segment| segment == "..") {
            return Err(Refusal::Outside);
        }
        let joined = base.join(below);
        if std::fs::symlink_metadata(&joined).is_err() {
            return Err(Refusal::Missing);
        }
        let on_disk = self.on_disk(path).ok_or(Refusal::Outside)?;
        let described = std::fs::metadata(&on_disk).map_err(|_| Refusal::Missing)?;
        if !described.is_file() {
            return Err(Refusal::NotAFile);
        }
        let file = std::fs::File::open(&on_disk).map_err(|e| Refusal::Io(e.to_string()))?;
        Ok((file, described.len()))
    }

    fn read(&self, path: &str, limit: u64) -> Result<String, Refusal> {
        use std::io::Read;
        let (file, length) = self.found(path)?;
        if length > limit {
            return Err(Refusal::TooLarge(limit));
        }
        let mut bytes = Vec::with_capacity(length as usize);
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| Refusal::Io(e.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(Refusal::TooLarge(limit));
        }
        String::from_utf8(bytes).map_err(|e| Refusal::NotUtf8(e.utf8_error().valid_up_to()))
    }
}

/// Every segment of a path is a name.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

impl Texts {
    fn add(&mut self, path: String, text: String) -> FileId {
        let id = self.keep(path.clone(), text);
        self.by_path.insert(path, Ok(id));
        id
    }

    fn keep(&mut self, path: String, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files are read"));
        self.files.push(Arc::new(File::new(path, text)));
        id
    }
}

/// The file a report shows a span of is looked up by identity; the texts are not copied.
impl<'a> codespan_reporting::files::Files<'a> for Sources {
    type FileId = FileId;
    type Name = String;
    type Source = Arc<str>;

    fn name(&'a self, id: FileId) -> Result<String, codespan_reporting::files::Error> {
        Ok(self.path(id))
    }

    fn source(&'a self, id: FileId) -> Result<Arc<str>, codespan_reporting::files::Error> {
        Ok(Arc::clone(&self.file(id).text))
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, codespan_reporting::files::Error> {
        Ok(self.file(id).line_of(offset))
    }

    fn line_range(
        &'a self,
        id: FileId,
        line: usize,
    ) -> Result<std::ops::Range<usize>, codespan_reporting::files::Error> {
        let file = self.file(id);
        file.line_range(line).ok_or(codespan_reporting::files::Error::LineTooLarge { given: line, max: file.lines() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_climbs_out_is_refused() {
        let sources = Sources::below(Path::new("src"), MAX_FILE_SIZE);
        assert_eq!(sources.open("../Cargo.toml"), Err(Refusal::Outside));
        assert_eq!(sources.open("no-such-file.tf"), Err(Refusal::Missing));
        assert_eq!(sources.open("source"), Err(Refusal::NotAFile));
    }

    #[test]
    fn a_head_is_whole_characters_of_what_is_there_and_jailed_like_the_rest() {
        let sources = Sources::below(Path::new("src"), MAX_FILE_SIZE);
        assert_eq!(sources.head("main.rs", 5).as_deref(), Some("//! T"));
        assert_eq!(sources.head("../Cargo.toml", 5), None);
        assert_eq!(sources.head("main.rs", usize::MAX / 2).map(|head| head.lines().count() > 5), Some(true));
        sources.overlay("main.rs", "äöü".into());
        assert_eq!(sources.head("main.rs", 3).as_deref(), Some("äö"));
        assert_eq!(sources.head("main.rs", 99).as_deref(), Some("äöü"));
    }

    #[test]
    fn an_overlay_hides_what_the_disk_has() {
        let sources = Sources::below(Path::new("src"), MAX_FILE_SIZE);
        let id = sources.overlay("lib.rs", "hello".into());
        assert_eq!(sources.open("lib.rs"), Ok(id));
        assert_eq!(&*sources.file(id).text, "hello");
    }

    #[test]
    fn a_directory_of_texts_lists_its_entries() {
        let sources = Sources::of_texts([("a/b.tf", ""), ("a/c/d.tf", ""), ("e.tf", "")]);
        let names: Vec<_> = sources.list("a").into_iter().flatten().map(|e| (e.name, e.directory)).collect();
        assert_eq!(names, [("b.tf".to_string(), false), ("c".to_string(), true)]);
        assert_eq!(sources.list("x"), None);
        assert_eq!(sources.in_another_case("A/C/d.tf").as_deref(), Some("a/c/d.tf"));
        assert_eq!(sources.in_another_case("a/b.tf"), None);
        assert_eq!(sources.find("a", &|p| p.ends_with(".tf")), ["a/b.tf", "a/c/d.tf"]);
        // What `terraform init` leaves behind is nobody's root.
        sources.overlay("a/.terraform/modules/x/main.tf", String::new());
        assert_eq!(sources.find("a", &|p| p.ends_with(".tf")), ["a/b.tf", "a/c/d.tf"]);
        assert_eq!(sources.find("a/.terraform/modules/x", &|_| true), ["a/.terraform/modules/x/main.tf"]);
    }
}
