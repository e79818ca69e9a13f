//! In: texts, and values to be written as such. Out: the other form, as ARM writes it.
//! Never: sees an unknown, except in the row that reads JSON around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

use super::super::Run::{Known, Partial, Placed};
use super::super::{Answer, Context, Function, MANY, digest, json, row, unknown};
use super::text::text;
use crate::value::{Kind, Value};

pub const FUNCTIONS: &[Function] = &[
    row("base64", (1, 1), Known(base64), ("base64('one, two, three')", r#""b25lLCB0d28sIHRocmVl""#)),
    row("base64ToJson", (1, 1), Placed(base64_to_json), ("base64ToJson('eyJhIjoxfQ==')", r#"{"a":1}"#)),
    row("base64ToString", (1, 1), Known(base64_to_string), ("base64ToString('b25l')", r#""one""#)),
    row("dataUri", (1, 1), Known(data_uri), ("dataUri('Hello')", r#""data:text/plain;charset=utf8;base64,SGVsbG8=""#)),
    row(
        "dataUriToString",
        (1, 1),
        Placed(data_uri_to_string),
        ("dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", r#""Hello, World!""#),
    ),
    row("guid", (1, MANY), Known(guid), ("guid('a', 'b')", r#""2d796349-8c7e-55ec-9624-54ece82ed031""#)),
    row("json", (1, 1), Partial(json_value), (r#"json('{"a": [1]}')"#, r#"{"a":[1]}"#)),
    row("uniqueString", (1, MANY), Known(unique_string), ("uniqueString('hello', 'world')", r#""a7wkljktk6wne""#)),
    row("uri", (2, 2), Placed(uri), ("uri('https://a.example/x/', 'y.json')", r#""https://a.example/x/y.json""#)),
    row("uriComponent", (1, 1), Known(uri_component), ("uriComponent('https://a b')", r#""https%3A%2F%2Fa%20b""#)),
    row(
        "uriComponentToString",
        (1, 1),
        Known(uri_component_to_string),
        ("uriComponentToString('https%3A%2F%2Fa%20b')", r#""https://a b""#),
    ),
];

/// The namespace of ARM's `guid`.
const ARM_NAMESPACE: Uuid = Uuid::from_u128(0x11fb06fb_712d_4ddd_98c7_e71bbd588830);

fn dashed(arguments: &[Value]) -> Result<String, String> {
    let texts: Result<Vec<String>, String> = arguments.iter().map(text).collect();
    Ok(texts?.join("-"))
}

fn guid(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::uuid_v5(ARM_NAMESPACE, &dashed(arguments)?)))
}

fn unique_string(arguments: &[Value]) -> Answer {
    Ok(Value::text(digest::unique_string(&dashed(arguments)?)))
}

fn base64(arguments: &[Value]) -> Answer {
    Ok(Value::text(STANDARD.encode(text(&arguments[0])?)))
}

fn decoded(encoded: &str) -> Result<String, String> {
    let bytes = STANDARD.decode(encoded).map_err(|_| "this is not Base64".to_string())?;
    String::from_utf8(bytes).map_err(|_| "what this Base64 holds is not UTF-8 text".to_string())
}

fn base64_to_string(arguments: &[Value]) -> Answer {
    decoded(&text(&arguments[0])?).map(Value::text)
}

fn base64_to_json(context: &Context, arguments: &[Value]) -> Answer {
    Ok(json::parse(&decoded(&text(&arguments[0])?)?).unwrap_or_else(|_| unknown::unmodelled(context)))
}

fn data_uri(arguments: &[Value]) -> Answer {
    Ok(Value::text(format!("data:text/plain;charset=utf8;base64,{}", STANDARD.encode(text(&arguments[0])?))))
}

fn data_uri_to_string(context: &Context, arguments: &[Value]) -> Answer {
    let text = text(&arguments[0])?;
    match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((kind, data)) if kind.is_empty() || kind.to_lowercase().contains("utf") || !kind.contains("charset") => {
            decoded(data).map(Value::text)
        }
        _ => Ok(unknown::unmodelled(context)),
    }
}

/// ARM's reader takes more than JSON, such as single quotes and comments.
fn json_value(context: &Context, arguments: &[Value]) -> Answer {
    match &arguments[0].kind {
        Kind::Text(pieces) if pieces.as_literal().is_none() => {
            Ok(json::json_with_holes(pieces, false).unwrap_or_else(|| unknown::of(context, arguments)))
        }
        Kind::Unknown(_) | Kind::Reference(_) => Ok(unknown::of(context, arguments)),
        _ => Ok(json::parse(&text(&arguments[0])?).unwrap_or_else(|_| unknown::unmodelled(context))),
    }
}

fn uri(context: &Context, arguments: &[Value]) -> Answer {
    let (base, relative) = (text(&arguments[0])?, text(&arguments[1])?);
    let plain = !relative.contains("..") && !relative.contains("//") && !relative.contains(['?', '#', ':', ' ']);
    let (Some((scheme, place)), true) = (base.split_once("://"), plain && !base.contains(['?', '#', ' '])) else {
        return Ok(unknown::unmodelled(context));
    };
    // What stands after the last slash of the base is replaced; a base without a path gets one.
    let directory = place.rfind('/').map_or_else(|| format!("{place}/"), |slash| place[..=slash].to_string());
    let relative = relative.trim_start_matches('/');
    Ok(Value::text(format!("{scheme}://{directory}{relative}")))
}

/// What .NET's `EscapeDataString` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn uri_component(arguments: &[Value]) -> Answer {
    Ok(Value::text(utf8_percent_encode(&text(&arguments[0])?, COMPONENT).to_string()))
}

fn uri_component_to_string(arguments: &[Value]) -> Answer {
    let text = text(&arguments[0])?;
    let decoded =
        percent_decode_str(&text).decode_utf8().map_err(|_| "what this holds is not UTF-8 text".to_string())?;
    Ok(Value::text(&*decoded))
}
