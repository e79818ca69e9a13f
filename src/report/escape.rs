//! In: texts that somebody else wrote. Out: texts that a terminal or a URI takes for nothing but themselves.
//! Never: shortens.

use std::borrow::Cow;

/// The text with every character written out that moves, hides or reorders others: `\u{1b}`, `\n`, `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends one character, written out where it acts on others.
pub fn push_visible(out: &mut String, c: char) {
    if acts(c) {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

/// A path as the relative reference of RFC 3986, in UTF-8.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        // A colon in the first segment would make it a scheme.
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' | b',' | b'=' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Control characters, and the format characters that hide or reorder: marks of direction, zero widths, tags
/// (<https://trojansource.codes>). The joiner of emoji is one of them; a person learns more from seeing it.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\nd"), "a\\u{1b}[31mb\\u{202e}c\\nd");
        assert_eq!(visible("Straße 日本 😀"), "Straße 日本 😀");
    }

    #[test]
    fn a_path_becomes_a_relative_reference() {
        assert_eq!(uri("a b/c#d/ä:x%.tf"), "a%20b/c%23d/%C3%A4%3Ax%25.tf");
        assert_eq!(uri("hub/dns.tf"), "hub/dns.tf");
    }
}
