//! In: paths as Terraform sees them from the root module. Out: what the files hold, and which there are.
//! Never: reads outside the repository; what lies there is not known.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::Run::{Known, Never, Partial, Placed};
use super::super::{Answer, Context, Function, MOST_ITEMS, digest, read, row, unknown};
use crate::source::{self, FileId, Refusal};
use crate::value::{Kind, Reason, Value};

pub const FUNCTIONS: &[Function] = &[
    row("abspath", (1, 1), Placed(abspath), (r#"abspath("/a/../b")"#, r#""/b""#)),
    row("basename", (1, 1), Known(basename), (r#"basename("foo/bar/baz.txt")"#, r#""baz.txt""#)),
    row("dirname", (1, 1), Known(dirname), (r#"dirname("foo/bar/baz.txt")"#, r#""foo/bar""#)),
    row("file", (1, 1), Placed(file), ("", "")),
    row("filebase64", (1, 1), Placed(filebase64), ("", "")),
    row("filebase64sha256", (1, 1), Placed(filebase64sha256), ("", "")),
    row("filebase64sha512", (1, 1), Placed(filebase64sha512), ("", "")),
    row("fileexists", (1, 1), Placed(fileexists), ("", "")),
    row("filemd5", (1, 1), Placed(filemd5), ("", "")),
    row("fileset", (2, 2), Placed(fileset), ("", "")),
    row("filesha1", (1, 1), Placed(filesha1), ("", "")),
    row("filesha256", (1, 1), Placed(filesha256), ("", "")),
    row("filesha512", (1, 1), Placed(filesha512), ("", "")),
    row("pathexpand", (1, 1), Placed(pathexpand), (r#"pathexpand("a/b")"#, r#""a/b""#)),
    row("templatefile", (2, 2), Partial(templatefile), ("", "")),
    // A template that is itself computed is rare, and only files can be evaluated with their places.
    row("templatestring", (2, 2), Never(Reason::Function), ("", "")),
];

/// The text of a file, or the answer that stands for it: missing is refused as Terraform does, what this tool may not
/// or cannot read is not known.
enum Opened {
    Text(FileId),
    Answer(Value),
}

fn open(context: &Context, path: &Value) -> Result<Opened, String> {
    let written = read::text(path)?;
    let Some(path) = source::join(context.root_directory, &written) else {
        return Ok(Opened::Answer(unknown::limit(context)));
    };
    match context.sources.open(&path) {
        Ok(id) => Ok(Opened::Text(id)),
        Err(refusal @ (Refusal::Missing | Refusal::NotAFile)) => Err(format!("{written}: {refusal}")),
        Err(_) => Ok(Opened::Answer(unknown::limit(context))),
    }
}

fn with_text(context: &Context, arguments: &[Value], make: impl FnOnce(&str) -> String) -> Answer {
    Ok(match open(context, &arguments[0])? {
        Opened::Text(id) => Value::text(make(&context.sources.file(id).text)),
        Opened::Answer(value) => value,
    })
}

fn file(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, str::to_string)
}

fn filebase64(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| STANDARD.encode(text))
}

fn filebase64sha256(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| STANDARD.encode(digest::sha256(text.as_bytes())))
}

fn filebase64sha512(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| STANDARD.encode(digest::sha512(text.as_bytes())))
}

fn filemd5(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| digest::md5_hex(text.as_bytes()))
}

fn filesha1(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| digest::sha1_hex(text.as_bytes()))
}

fn filesha256(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| digest::hex(&digest::sha256(text.as_bytes())))
}

fn filesha512(context: &Context, arguments: &[Value]) -> Answer {
    with_text(context, arguments, |text| digest::hex(&digest::sha512(text.as_bytes())))
}

fn fileexists(context: &Context, arguments: &[Value]) -> Answer {
    let written = read::text(&arguments[0])?;
    let Some(path) = source::join(context.root_directory, &written) else { return Ok(unknown::limit(context)) };
    match context.sources.open(&path) {
        Ok(_) | Err(Refusal::NotUtf8(_) | Refusal::TooLarge(_)) => Ok(Value::bool(true)),
        Err(Refusal::Missing) => Ok(Value::bool(false)),
        Err(Refusal::NotAFile) => Err(format!("{written} is not a regular file")),
        Err(_) => Ok(unknown::limit(context)),
    }
}

fn fileset(context: &Context, arguments: &[Value]) -> Answer {
    let (directory, pattern) = (read::text(&arguments[0])?, read::text(&arguments[1])?);
    let Some(directory) = source::join(context.root_directory, &directory) else {
        return Ok(unknown::limit(context));
    };
    let glob = globset::GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(true).build();
    let glob = glob.map_err(|error| format!("this is no pattern of files: {error}"))?.compile_matcher();
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    let mut seen = 0_usize;
    while let Some(below) = waiting.pop() {
        let here = source::join(&directory, &below).unwrap_or_default();
        for entry in context.sources.list(&here).into_iter().flatten() {
            seen += 1;
            if seen > MOST_ITEMS || below.matches('/').count() > 32 {
                return Ok(unknown::limit(context));
            }
            let path = if below.is_empty() { entry.name } else { format!("{below}/{}", entry.name) };
            if entry.directory {
                waiting.push(path);
            } else if glob.is_match(&path) {
                found.push(Value::text(path));
            }
        }
    }
    read::set_of(found, None)
}

fn templatefile(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].first_hole().is_some() || arguments[1].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let names = read::fields(&arguments[1])?;
    // A name that is not listed may be in the part that is not known; the template would be refused without it.
    if matches!(&arguments[1].kind, Kind::Object { rest: Some(_), .. }) {
        return Ok(unknown::of(context, arguments));
    }
    match open(context, &arguments[0])? {
        Opened::Text(id) => Ok((context.template)(id, names)?.with_secret(unknown::is_secret(&arguments[1]))),
        Opened::Answer(value) => Ok(value),
    }
}

/// A path without `.`, `..` and repeated separators, as Go cleans it.
fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            ".." if absolute => {}
            segment => segments.push(segment),
        }
    }
    match (absolute, segments.is_empty()) {
        (true, _) => format!("/{}", segments.join("/")),
        (false, true) => ".".to_string(),
        (false, false) => segments.join("/"),
    }
}

fn abspath(context: &Context, arguments: &[Value]) -> Answer {
    let path = read::text(&arguments[0])?;
    // Where the repository lies on a machine is nobody's affair.
    if path.starts_with('/') { Ok(Value::text(clean(&path))) } else { Ok(unknown::unmodelled(context)) }
}

fn pathexpand(context: &Context, arguments: &[Value]) -> Answer {
    let path = read::text(&arguments[0])?;
    if path.starts_with('~') { Ok(unknown::unmodelled(context)) } else { Ok(Value::text(path)) }
}

fn basename(arguments: &[Value]) -> Answer {
    let path = read::text(&arguments[0])?;
    let trimmed = path.trim_end_matches('/');
    Ok(Value::text(match trimmed {
        "" if path.is_empty() => ".",
        "" => "/",
        trimmed => source::name_of(trimmed),
    }))
}

fn dirname(arguments: &[Value]) -> Answer {
    let path = read::text(&arguments[0])?;
    Ok(Value::text(clean(path.rfind('/').map_or("", |slash| &path[..=slash]))))
}
