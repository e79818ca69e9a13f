//! In: findings, sorted by place. Out: what one line does to several resources, said once.
//! Never: puts together what differs in more than a name.

use crate::rules::Finding;

/// So many names are in a message.
const NAMED: usize = 3;

/// Says once what several findings of one rule say of one line and of different resources: a module that is called
/// several times, a loop, a default that many callers leave as it is. The first one stays, and names the others.
pub fn once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<(Finding, Vec<String>)> = Vec::new();
    for finding in findings {
        let alike = kept.iter_mut().rev().take_while(|(first, _)| first.place == finding.place);
        let alike = alike.filter_map(|(first, others)| Some((other_name(first, &finding)?, first, others))).last();
        match alike {
            Some((name, first, others)) => {
                if !others.contains(&name) {
                    others.push(name);
                }
                first.also.extend(finding.subject);
                for decider in finding.deciders {
                    if !first.deciders.iter().any(|known| known.unknown == decider.unknown) {
                        first.deciders.push(decider);
                    }
                }
            }
            None => kept.push((finding, Vec::new())),
        }
    }
    kept.into_iter().map(|(finding, others)| with_names(finding, &others)).collect()
}

/// The name that stands in a finding where the first one has another, if they differ in nothing else.
fn other_name(first: &Finding, finding: &Finding) -> Option<String> {
    let are_alike = first.code == finding.code
        && first.verdict == finding.verdict
        && (first.level, first.confidence) == (finding.level, finding.confidence)
        && first.environments == finding.environments
        && first.subject.is_some()
        && finding.subject.is_some()
        && first.subject != finding.subject;
    if !are_alike {
        return None;
    }
    // What stands between two of these marks is a name.
    let (a, b): (Vec<&str>, Vec<&str>) = (first.message.split('`').collect(), finding.message.split('`').collect());
    if a.len() != b.len() {
        return None;
    }
    let mut differ = a.iter().zip(&b).enumerate().filter(|(_, (a, b))| a != b);
    let (place, (one, other)) = differ.next()?;
    let alike = |(a, b): (&&str, &&str)| differs_alike((one, other), (a, b)) || differs_alike((a, b), (one, other));
    let only = place % 2 == 1 && differ.all(|(place, pair)| place % 2 == 1 && alike(pair));
    only.then(|| other.to_string())
}

/// What makes one name of another makes the other one of its own, as in `aks` and `module.blue.aks`, `id-aks` and
/// `module.blue.id-aks`.
fn differs_alike((one, other): (&str, &str), (a, b): (&str, &str)) -> bool {
    let before = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (one, other) = (&one[before..], &other[before..]);
    let after: usize =
        one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (gone, come) = (&one[..one.len() - after], &other[..other.len() - after]);
    let mut cuts = a.char_indices().map(|(cut, _)| cut).chain([a.len()]);
    cuts.any(|cut| {
        let (head, rest) = a.split_at(cut);
        let tail = b.strip_prefix(head).and_then(|b| b.strip_prefix(come));
        rest.strip_prefix(gone).is_some_and(|rest| tail == Some(rest))
    })
}

fn with_names(mut finding: Finding, others: &[String]) -> Finding {
    let quoted = |name: &String| format!("`{name}`");
    let names = match others {
        [] => return finding,
        [one] => quoted(one),
        [names @ .., last] if others.len() <= NAMED => {
            format!("{} and {}", names.iter().map(quoted).collect::<Vec<_>>().join(", "), quoted(last))
        }
        all => {
            let named: Vec<String> = all[..NAMED].iter().map(quoted).collect();
            format!("{} and {} more", named.join(", "), all.len() - NAMED)
        }
    };
    finding.message.push_str(&format!(" (so it is for {names})"));
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Level, Verdict};
    use crate::source::{FileId, Sources, Span};
    use crate::value::{Address, RootId};

    fn finding(file: FileId, place: usize, name: &str, message: &str) -> Finding {
        let mut finding = Finding::new("VNL001", "x", Level::Error, Span::new(file, place, place + 1), message.into());
        finding.subject = Some(Address::new(RootId(0), name));
        finding
    }

    #[test]
    fn one_line_is_blamed_once() {
        let sources = Sources::of_texts([("main.tf", "")]);
        let file = sources.open("main.tf").expect("a text");
        let of =
            |place, name: &str| finding(file, place, name, &format!("`{name}` has no `mode`, so `{name}` is flat"));
        let said =
            |findings: Vec<Finding>| once(findings).into_iter().map(|finding| finding.message).collect::<Vec<_>>();
        let many = ["a", "b", "c", "d", "e", "f"].map(|name| of(1, name)).to_vec();
        assert_eq!(said(many), ["`a` has no `mode`, so `a` is flat (so it is for `b`, `c`, `d` and 2 more)"]);
        assert_eq!(once(vec![of(1, "a"), of(1, "b")])[0].also, [Address::new(RootId(0), "b")]);
        assert_eq!(said(vec![of(1, "a"), of(2, "b")]).len(), 2);
        let other = finding(file, 1, "b", "`b` has no `plugin`, so `b` is flat");
        assert_eq!(said(vec![of(1, "a"), other]).len(), 2);
        let open = Finding { verdict: Verdict::Undecided, ..of(1, "b") };
        assert_eq!(said(vec![of(1, "a"), open]).len(), 2);
        let roles = |name: &str, id: &str| finding(file, 1, name, &format!("`{name}` waits for the role of `{id}`"));
        assert_eq!(
            said(vec![roles("aks", "id.aks"), roles("module.blue.aks", "module.blue.id.aks")]),
            ["`aks` waits for the role of `id.aks` (so it is for `module.blue.aks`)"]
        );
        assert_eq!(said(vec![roles("aks-green", "id-green"), roles("aks-blue", "id-blue")]).len(), 1);
        assert_eq!(said(vec![roles("aks-green", "id-green"), roles("aks-blue", "id-red")]).len(), 2);
        let sized = |name: &str, size: &str| finding(file, 1, name, &format!("`{name}` has {size} addresses"));
        assert_eq!(said(vec![sized("a", "11"), sized("b", "27")]).len(), 2);
    }
}
