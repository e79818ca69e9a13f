//! In: texts, and values to be written as such. Out: the other form, letter by letter as Terraform writes it.
//! Never: sees an unknown, except in the row that writes JSON around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::super::Run::{Known, Never, Partial, Placed};
use super::super::{
    Answer, Argument, Context, Function, LONGEST_TEXT, MOST_ITEMS, digest, json, read, row, unknown, yaml,
};
use crate::value::{Kind, ListShape, Piece, Pieces, Reason, SmolStr, Value};

pub const FUNCTIONS: &[Function] = &[
    row("base64decode", (1, 1), Known(base64decode), (r#"base64decode("SGVsbG8=")"#, r#""Hello""#)),
    row("base64encode", (1, 1), Known(base64encode), (r#"base64encode("Hello")"#, r#""SGVsbG8=""#)),
    row("base64gunzip", (1, 1), Placed(base64gunzip), ("", "")),
    // What a compressor makes is its own affair.
    row("base64gzip", (1, 1), Never(Reason::Function), ("", "")),
    row(
        "base64sha256",
        (1, 1),
        Known(base64sha256),
        (r#"base64sha256("test")"#, r#""n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=""#),
    ),
    row(
        "base64sha512",
        (1, 1),
        Known(base64sha512),
        (
            r#"base64sha512("test")"#,
            r#""7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==""#,
        ),
    ),
    row("bcrypt", (1, 2), Placed(by_chance), ("", "")),
    row("csvdecode", (1, 1), Known(csvdecode), (r#"csvdecode("a,b\n1,2")"#, r#"[{"a":"1","b":"2"}]"#)),
    row("jsondecode", (1, 1), Known(jsondecode), (r#"jsondecode("{\"hello\": \"world\"}")"#, r#"{"hello":"world"}"#)),
    row(
        "jsonencode",
        (1, 1),
        Partial(jsonencode),
        (r#"jsonencode({ b = "<x>", a = 1 })"#, r#""{\"a\":1,\"b\":\"\\u003cx\\u003e\"}""#),
    ),
    row("md5", (1, 1), Known(md5), (r#"md5("hello world")"#, r#""5eb63bbbe01eeed093cb22bb8f5acdc3""#)),
    row("rsadecrypt", (2, 2), Never(Reason::Function), ("", "")),
    row("sha1", (1, 1), Known(sha1), (r#"sha1("test")"#, r#""a94a8fe5ccb19ba61c4c0873d391e987982fbbd3""#)),
    row(
        "sha256",
        (1, 1),
        Known(sha256),
        (r#"sha256("test")"#, r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""#),
    ),
    row("sha512", (1, 1), Known(sha512), ("", "")),
    row(
        "textdecodebase64",
        (2, 2),
        Placed(textdecodebase64),
        (r#"textdecodebase64("dABlAHMAdAA=", "UTF-16LE")"#, r#""test""#),
    ),
    row(
        "textencodebase64",
        (2, 2),
        Placed(textencodebase64),
        (r#"textencodebase64("test", "UTF-16LE")"#, r#""dABlAHMAdAA=""#),
    ),
    row("urlencode", (1, 1), Known(urlencode), (r#"urlencode("a b&c")"#, r#""a+b%26c""#)),
    row("uuid", (0, 0), Placed(by_chance), ("", "")),
    row("uuidv5", (2, 2), Known(uuidv5), (r#"uuidv5("oid", "tada")"#, r#""61eeea26-5176-5288-87fc-232d6ed30d2f""#)),
    row("yamldecode", (1, 1), Placed(yamldecode), (r#"yamldecode("a: [1, yes]")"#, r#"{"a":[1,true]}"#)),
    row("yamlencode", (1, 1), Placed(yamlencode), (r#"yamlencode({ a = ["b", 1] })"#, r#""\"a\":\n- \"b\"\n- 1\n""#)),
];

fn base64decode(arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    let bytes = STANDARD.decode(text).map_err(|_| "this is not Base64".to_string())?;
    String::from_utf8(bytes).map(Value::text).map_err(|_| "what this Base64 holds is not UTF-8 text".to_string())
}

fn base64encode(arguments: &[Value]) -> Answer {
    Ok(Value::text(STANDARD.encode(read::text(&arguments[0])?)))
}

fn by_chance(context: &Context, _: &[Value]) -> Answer {
    Ok(unknown::by_chance(context))
}

/// What was compressed is seldom written in a program: it is not unpacked, only told from what is no gzip.
fn base64gunzip(context: &Context, arguments: &[Value]) -> Answer {
    let bytes = STANDARD.decode(read::text(&arguments[0])?).map_err(|_| "this is not Base64".to_string())?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Ok(unknown::unmodelled(context))
    } else {
        Err("this is not gzip".to_string())
    }
}

fn base64sha256(arguments: &[Value]) -> Answer {
    Ok(Value::text(STANDARD.encode(digest::sha256(read::text(&arguments[0])?.as_bytes()))))
}

fn base64sha512(arguments: &[Value]) -> Answer {
    Ok(Value::text(STANDARD.encode(digest::sha512(read::text(&arguments[0])?.as_bytes()))))
}

fn md5(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::md5_hex(read::text(&arguments[0])?.as_bytes())))
}

fn sha1(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::sha1_hex(read::text(&arguments[0])?.as_bytes())))
}

fn sha256(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::hex(&digest::sha256(read::text(&arguments[0])?.as_bytes()))))
}

fn sha512(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::hex(&digest::sha512(read::text(&arguments[0])?.as_bytes()))))
}

fn csvdecode(arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    if !quotes_stand_around_fields(&text) {
        return Err("this is not CSV: a quote stands inside a field".to_string());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    let refusal = |error: csv::Error| format!("this is not CSV: {error}");
    let headers = reader.headers().map_err(refusal)?.clone();
    if headers.is_empty() {
        return Err("this CSV has no header line".to_string());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(refusal)?;
        let cells = headers.iter().zip(&record).map(|(key, cell)| (SmolStr::new(key), Value::text(cell)));
        rows.push(Value::object(cells));
        if rows.len().saturating_mul(headers.len()) > MOST_ITEMS {
            return Err(format!("this CSV has more than {MOST_ITEMS} cells"));
        }
    }
    Ok(read::list_of(rows, ListShape::List))
}

/// Go's reader refuses a quote in a field that does not begin with one, where the crate takes it.
fn quotes_stand_around_fields(text: &str) -> bool {
    // Inside a quoted field a quote ends it or is doubled; both leave it closed where the field ends.
    let mut quoted = false;
    let mut at_start = true;
    let mut after_quote = false;
    for c in text.chars() {
        if quoted {
            match c {
                '"' => after_quote = !after_quote,
                ',' | '\n' if after_quote => (quoted, at_start, after_quote) = (false, true, false),
                '\r' => {}
                _ if after_quote => return false,
                _ => {}
            }
            continue;
        }
        match c {
            '"' if at_start => (quoted, after_quote) = (true, false),
            '"' => return false,
            _ => {}
        }
        at_start = matches!(c, ',' | '\n');
    }
    !quoted || after_quote
}

fn jsondecode(arguments: &[Value]) -> Answer {
    json::parse(&read::text(&arguments[0])?)
}

fn jsonencode(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    if value.first_hole().is_none() {
        return Ok(bounded(json::terraform(value))?.with_secret(unknown::is_secret(value)));
    }
    // Outside of quotes a hole is a whole value, so it keeps its own name; what is open is named by the call of it.
    let name = |part: &Value| match &part.kind {
        Kind::Reference(_) | Kind::Unknown(_) => part.hole().map_or(Piece::Literal("null".into()), Piece::Hole),
        _ => {
            let form = unknown::form("jsonencode", &[Argument::Value(part.clone())]);
            Piece::Hole(unknown::hole(&Context { source_form: &form, ..*context }, std::slice::from_ref(part)))
        }
    };
    let pieces = json::terraform_pieces(value, &name);
    Ok(Value::pieces(Pieces::of(pieces)).with_secret(unknown::is_secret(value)))
}

fn bounded(text: String) -> Answer {
    if text.len() > LONGEST_TEXT { Err("the result is too long".to_string()) } else { Ok(Value::text(text)) }
}

fn textencodebase64(context: &Context, arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    let units = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let bytes = match read::text(&arguments[1])?.to_ascii_uppercase().as_str() {
        "UTF-8" => text.into_bytes(),
        "UTF-16LE" => units(u16::to_le_bytes),
        "UTF-16BE" => units(u16::to_be_bytes),
        // Terraform knows every name of IANA's list; these three are what programs use.
        _ => return Ok(unknown::unmodelled(context)),
    };
    Ok(Value::text(STANDARD.encode(bytes)))
}

fn textdecodebase64(context: &Context, arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    let bytes = STANDARD.decode(text).map_err(|_| "this is not Base64".to_string())?;
    let units = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    let text = match read::text(&arguments[1])?.to_ascii_uppercase().as_str() {
        "UTF-8" => String::from_utf8(bytes).ok(),
        "UTF-16LE" => units(u16::from_le_bytes),
        "UTF-16BE" => units(u16::from_be_bytes),
        _ => return Ok(unknown::unmodelled(context)),
    };
    text.map(Value::text).ok_or_else(|| "what this Base64 holds is no text of this encoding".to_string())
}

/// What Go's `QueryEscape` leaves as it is: letters, digits and these four.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn urlencode(arguments: &[Value]) -> Answer {
    Ok(Value::text(utf8_percent_encode(&read::text(&arguments[0])?, QUERY).to_string().replace("%20", "+")))
}

fn uuidv5(arguments: &[Value]) -> Answer {
    let namespace = read::text(&arguments[0])?;
    let namespace = match namespace.as_str() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        text => Uuid::parse_str(text).map_err(|_| format!("{text:?} is no namespace of UUIDs"))?,
    };
    Ok(Value::text(digest::uuid_v5(namespace, &read::text(&arguments[1])?)))
}

fn yamldecode(context: &Context, arguments: &[Value]) -> Answer {
    match yaml::parse(&read::text(&arguments[0])?, yaml::Words::Terraform) {
        Ok(value) => Ok(value),
        Err(yaml::Failure::Refused(sentence)) => Err(sentence),
        Err(yaml::Failure::Unmodelled) => Ok(unknown::unmodelled(context)),
    }
}

fn yamlencode(context: &Context, arguments: &[Value]) -> Answer {
    match yaml::encode(&arguments[0]) {
        Some(text) => bounded(text),
        None => Ok(unknown::unmodelled(context)),
    }
}
