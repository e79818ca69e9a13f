//! In: a finding about what azapi deploys. Out: the same, its help in the language that it is written in.
//! Never: changes what is found.
//!
//! A body of azapi has ARM's words and Terraform's marks: `networkPolicy = "cilium"`, where Bicep has
//! `networkPolicy: 'cilium'`.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;

/// A field of an object, as Bicep writes it.
static FIELD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"([A-Za-z_]\w*): ").expect("a pattern"));

/// A text, as Bicep writes it.
static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"'([^']*)'").expect("a pattern"));

/// Puts the code in the help of a finding into Terraform's marks, where its subject is azapi's.
pub fn say(finding: &mut Finding) {
    if finding.subject.as_ref().is_some_and(|subject| subject.is_of_provider("azapi_")) {
        finding.help = finding.help.take().map(|help| in_terraform(&help));
    }
}

/// Every second piece between backticks is code.
fn in_terraform(help: &str) -> String {
    let pieces = help.split('`').enumerate().map(|(index, piece)| {
        let is_code = index % 2 == 1 && FIELD.find(piece).is_some_and(|field| piece[..field.start()].trim().len() < 2);
        match is_code {
            true => TEXT.replace_all(&FIELD.replace_all(piece, "$1 = "), "\"$1\"").into_owned(),
            false => piece.to_string(),
        }
    });
    pieces.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_texts_are_written_as_terraform_does() {
        for (bicep, terraform) in [
            ("write `networkPolicy: 'cilium'` there", "write `networkPolicy = \"cilium\"` there"),
            ("`fqdnTags: [ 'A', 'B' ]`", "`fqdnTags = [ \"A\", \"B\" ]`"),
            ("`{ name: 'x', properties: { a: true, … } }`", "`{ name = \"x\", properties = { a = true, … } }`"),
            ("set it: `a.b['c']`, see `vnet: 'x", "set it: `a.b['c']`, see `vnet = 'x"),
            ("the name: `privatelink.x`", "the name: `privatelink.x`"),
        ] {
            assert_eq!(in_terraform(bicep), terraform);
        }
    }
}
