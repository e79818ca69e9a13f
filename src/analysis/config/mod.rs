//! In: the texts of `vnetlint.toml` and of `--config`. Out: what they say, or the first mistake and where it stands.
//! Never: lets a key pass that it does not know, or takes a key in silence that nothing uses.

pub(super) mod written;

use std::collections::BTreeMap;

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use toml::Spanned;

use super::assumption::Assumption;
use crate::evaluate::{Bound, Cloud};
use crate::network::Alias;
use crate::rules::{Confidence, Level, Phase, Planned, RULES, Settings, World};
use crate::source::{FileId, Sources, Span, directory_of, join};
use crate::value::{Cidr, Origin, SmolStr, Value};

use written::{CloudWord, ConfidenceWord, Forwards, LinkOwner, PhaseWord, Policies, Policy, WorldWord};
pub use written::{FailOnWord, LevelWord, Written, WrittenLimits};

/// The name of the configuration's file.
pub const NAME: &str = "vnetlint.toml";

/// What the configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Only these rules.
    pub select: Vec<String>,
    /// These rules as well.
    pub extend_select: Vec<String>,
    /// Not these rules.
    pub ignore: Vec<String>,
    /// What makes the exit code 1.
    pub fail_on: Option<FailOnWord>,
    /// Only findings of at least this confidence.
    pub min_confidence: Option<Confidence>,
    /// Paths that are not looked into.
    pub exclude: Vec<String>,
    /// What rules may assume.
    pub settings: Settings,
    /// The cloud that everything is deployed to.
    pub cloud: Option<Cloud>,
    /// What single deployments are given.
    pub bound: Vec<Bound>,
    /// The order of roots.
    pub layers: Vec<Layer>,
    /// Two names for one thing.
    pub aliases: Vec<Alias>,
    /// Facts outside the code.
    pub assumptions: Vec<Assumption>,
    /// What is said of the levels of rules.
    pub levels: BTreeMap<String, LevelWord>,
    /// What is not reported in files.
    pub ignored_paths: Vec<IgnoredPath>,
    /// Bounds of the work.
    pub limits: WrittenLimits,
    /// What was read and is not used, for the user to know.
    pub notes: Vec<String>,
}

/// Roots that are deployed together, before those of the next layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Which roots: globs, from the root of the sources, each with its place.
    pub members: Vec<(GlobMatcher, Span)>,
}

/// Codes that are not reported in files.
#[derive(Clone, Debug)]
pub struct IgnoredPath {
    /// Which files.
    pub glob: GlobMatcher,
    /// Codes or beginnings of codes.
    pub codes: Vec<String>,
}

/// One text of configuration.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text among the sources.
    pub file: FileId,
    /// The folder that its paths are seen from.
    pub base: String,
}

/// The nearest configuration at or above a path; `accepts` says which folders may hold one.
pub fn nearest(sources: &Sources, path: &str, accepts: &dyn Fn(&str) -> bool) -> Option<Text> {
    let mut directory = if sources.is_directory(path) { path } else { directory_of(path) };
    loop {
        if accepts(directory)
            && let Some(file) = join(directory, NAME).and_then(|path| sources.open(&path).ok())
        {
            return Some(Text { file, base: directory.to_string() });
        }
        if directory.is_empty() {
            return None;
        }
        directory = directory_of(directory);
    }
}

/// The globs as one set; `Err` names the glob that is none.
pub fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(glob(pattern)?);
    }
    set.build().map_err(|reason| reason.to_string())
}

/// A glob of paths: `*` stays within a segment, and a directory means all that lies in it.
fn glob(pattern: &str) -> Result<Glob, String> {
    let pattern = pattern.trim_end_matches('/');
    let whole = if pattern.is_empty() { "**".to_string() } else { format!("{{{pattern},{pattern}/**}}") };
    let built = GlobBuilder::new(&whole).literal_separator(true).build();
    built.map_err(|reason| format!("`{pattern}` is no glob: {}", reason.kind()))
}

impl Config {
    /// What the texts say together; of a key that several hold, the last one counts.
    pub fn read(sources: &Sources, texts: &[Text]) -> Result<Config, String> {
        let mut config = Config::default();
        for text in texts {
            let written = parse(sources, text.file)?;
            Reader { sources, text, config: &mut config }.take(written)?;
        }
        Ok(config)
    }
}

/// One text, parsed.
fn parse(sources: &Sources, file: FileId) -> Result<Written, String> {
    let text = sources.file(file);
    toml::from_str::<Written>(&text.text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("{}: {}", shown(sources, Span::new(file, at, at)), said(error.message()))
    })
}

/// `vnetlint.toml:3:1`.
fn shown(sources: &Sources, span: Span) -> String {
    let file = sources.file(span.file);
    let place = file.place(span.start as usize);
    format!("{}:{}:{}", file.path, place.line, place.column)
}

/// serde's words for what is not known, in the user's.
fn said(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let first = message.lines().next().unwrap_or_default().trim_end_matches('.');
    match quoted.split_first() {
        Some((key, known)) if message.starts_with("unknown field") => {
            format!("there is no key `{key}`{}", did_you_mean(key, known.iter().copied()))
        }
        Some((word, known)) if message.starts_with("unknown variant") => {
            format!("`{word}` is none of {}{}", known.join(", "), did_you_mean(word, known.iter().copied()))
        }
        _ => first.to_string(),
    }
}

/// `; did you mean VNL001?`, or nothing where nothing is near.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_uppercase(), &candidate.to_uppercase()), candidate));
    match near.min() {
        Some((distance, candidate)) if distance <= (word.len() / 3).max(1) => format!("; did you mean `{candidate}`?"),
        _ => String::new(),
    }
}

/// One text on its way into the configuration.
struct Reader<'a> {
    sources: &'a Sources,
    text: &'a Text,
    config: &'a mut Config,
}

impl Reader<'_> {
    fn take(&mut self, written: Written) -> Result<(), String> {
        self.lists(&written);
        self.settings(&written)?;
        for pattern in written.exclude.iter().flatten() {
            let pattern = self.pattern(pattern)?;
            self.config.exclude.push(pattern);
        }
        if let Some(roots) = written.root {
            self.config.bound = roots.into_iter().map(|root| self.root(root)).collect::<Result<_, _>>()?;
        }
        if let Some(layers) = written.layers {
            self.config.layers = layers.iter().map(|members| self.layer(members)).collect::<Result<_, _>>()?;
        }
        if let Some(assumptions) = written.assume {
            let read = |written: Spanned<_>| {
                let span = self.span(&written);
                Assumption::of(written.into_inner(), span)
                    .map_err(|reason| format!("{}: {reason}", shown(self.sources, span)))
            };
            self.config.assumptions = assumptions.into_iter().map(read).collect::<Result<_, _>>()?;
        }
        for (name, other) in &written.aliases {
            let place = self.span(other);
            self.config.aliases.push(Alias { name: name.clone(), other: other.get_ref().clone(), place });
        }
        for (code, rule) in written.rule {
            self.rule(code, &rule)?;
        }
        for (pattern, codes) in &written.per_path_ignores {
            let glob = self.pattern(&Spanned::new(codes.span(), pattern.clone()))?;
            let glob = glob_of(&glob).map_err(|reason| self.wrong(codes.span().start, &reason))?;
            self.config.ignored_paths.push(IgnoredPath { glob, codes: codes.get_ref().clone() });
        }
        if let Some(limits) = written.limits {
            if limits.timeout.is_some() {
                self.note_unused(0, "limits.timeout", "a run has no timeout yet");
            }
            let known = &mut self.config.limits;
            known.max_file_size = limits.max_file_size.or(known.max_file_size.take());
            known.max_instances = limits.max_instances.or(known.max_instances);
            known.max_depth = limits.max_depth.or(known.max_depth);
        }
        if let Some(baseline) = &written.baseline {
            self.note_unused(baseline.span().start, "baseline", "baselines are compared with --baseline only");
        }
        Ok(())
    }

    fn lists(&mut self, written: &Written) {
        let lists = [
            (&mut self.config.select, &written.select),
            (&mut self.config.extend_select, &written.extend_select),
            (&mut self.config.ignore, &written.ignore),
        ];
        for (known, written) in lists {
            if let Some(codes) = written {
                known.clone_from(codes);
            }
        }
        self.config.fail_on = written.fail_on.or(self.config.fail_on);
        let confidence = written.min_confidence.map(|word| match word {
            ConfidenceWord::Low => Confidence::Low,
            ConfidenceWord::Medium => Confidence::Medium,
            ConfidenceWord::High => Confidence::High,
        });
        self.config.min_confidence = confidence.or(self.config.min_confidence);
    }

    fn settings(&mut self, written: &Written) -> Result<(), String> {
        self.config.cloud = written
            .cloud
            .map(|word| match word {
                CloudWord::Public => Cloud::Public,
                CloudWord::UsGovernment => Cloud::UsGovernment,
                CloudWord::China => Cloud::China,
            })
            .or(self.config.cloud);
        let mut settings = self.config.settings.clone();
        match written.phase {
            Some(PhaseWord::Greenfield) => settings.phase = Phase::Greenfield,
            Some(PhaseWord::Existing) => settings.phase = Phase::Existing,
            None => {}
        }
        match written.world {
            Some(WorldWord::Whole) => settings.world = World::Whole,
            Some(WorldWord::Partial) => settings.world = World::Partial,
            None => {}
        }
        if let Some(hubs) = &written.hub_vnets {
            settings.hub_vnets.clone_from(hubs);
        }
        if let Some(ranges) = &written.on_prem_ranges {
            settings.on_prem_ranges = ranges.iter().map(|range| self.range(range)).collect::<Result<_, _>>()?;
        }
        match &written.onprem_dns_forwards {
            Some(Forwards::All(all)) => settings.onprem_dns_forwards = *all,
            Some(Forwards::Zones(zones)) => settings.onprem_dns_forwards = !zones.is_empty(),
            None => {}
        }
        if let Some(plan) = &written.ip_plan {
            settings.ip_plan = self.ip_plan(plan)?;
        }
        settings.links_owned_by_vnet =
            written.links_owned_by.map_or(settings.links_owned_by_vnet, |owner| owner == LinkOwner::Vnet);
        match &written.policy_applies {
            Some(Policies::All(all)) => {
                settings.policy_applies = *all;
                settings.routes_by_policy = *all;
            }
            Some(Policies::Some(some)) => {
                settings.policy_applies = !some.is_empty();
                settings.routes_by_policy = some.contains(&Policy::Udr);
                settings.pe_dns_by_policy |= some.contains(&Policy::DnsZoneGroup);
            }
            None => {}
        }
        for (known, written) in [
            (&mut settings.hub_links_by_policy, written.hub_links_by_policy),
            (&mut settings.pe_dns_by_policy, written.pe_dns_by_policy),
            (&mut settings.require_private_api, written.require_private_api),
            (&mut settings.require_egress_inspection, written.require_egress_inspection),
        ] {
            *known = written.unwrap_or(*known);
        }
        self.config.settings = settings;
        Ok(())
    }

    fn range(&self, written: &Spanned<String>) -> Result<Cidr, String> {
        let text = written.get_ref();
        Cidr::parse(text).ok_or_else(|| {
            self.wrong(written.span().start, &format!("`{text}` is no range of addresses such as `10.0.0.0/8`"))
        })
    }

    /// Lines of a name and a range, in either order; a line without a range is a heading.
    fn ip_plan(&self, written: &Spanned<String>) -> Result<Vec<Planned>, String> {
        let path = self.path(written.get_ref(), written.span().start)?;
        let opened = self.sources.open(&path);
        let file = opened.map_err(|refusal| {
            self.wrong(written.span().start, &format!("the plan of addresses `{path}` cannot be read: {refusal}"))
        })?;
        let text = self.sources.file(file);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.text.as_bytes());
        let mut planned = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|reason| format!("`{path}` is no CSV: {reason}"))?;
            let Some((at, range)) =
                record.iter().enumerate().find_map(|(at, cell)| Some((at, Cidr::parse(cell.trim())?)))
            else {
                continue;
            };
            let name = record.iter().enumerate().find(|(other, cell)| *other != at && !cell.trim().is_empty());
            let name = name.map_or_else(|| range.to_string(), |(_, cell)| cell.trim().to_string());
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let length = text.text[start..].lines().next().map_or(0, str::len);
            planned.push(Planned { range, name, place: Span::new(file, start, start + length) });
        }
        if planned.is_empty() {
            let message =
                format!("the plan of addresses `{path}` holds no range: one a line, such as `team-a,10.4.0.0/16`");
            return Err(self.wrong(written.span().start, &message));
        }
        Ok(planned)
    }

    fn root(&self, written: Spanned<written::WrittenRoot>) -> Result<Bound, String> {
        let (start, place) = (written.span().start, self.span(&written));
        let written = written.into_inner();
        let path = self.path(&written.path, start)?;
        if self.sources.open(&path).is_err() && !self.sources.is_directory(&path) {
            return Err(self.wrong(start, &format!("there is no root `{path}`: `path` is a directory or a file")));
        }
        let read = |file: &String| {
            let path = self.path(file, start)?;
            let opened = self.sources.open(&path);
            opened.map_err(|refusal| self.wrong(start, &format!("`{path}` cannot be read: {refusal}")))?;
            Ok::<String, String>(path)
        };
        Ok(Bound {
            path,
            environment: written.env,
            variable_files: written.var_files.iter().map(read).collect::<Result<_, _>>()?,
            parameter_files: written.params.iter().map(read).collect::<Result<_, _>>()?,
            variables: written.vars.iter().map(|(name, value)| (SmolStr::new(name), self.value(value))).collect(),
            place,
        })
    }

    fn value(&self, written: &Spanned<toml::Value>) -> Value {
        of_toml(written.get_ref(), &Origin::written(self.span(written)))
    }

    fn layer(&self, members: &[Spanned<String>]) -> Result<Layer, String> {
        let member = |written: &Spanned<String>| {
            let pattern = self.pattern(written)?;
            let glob = glob_of(&pattern).map_err(|reason| self.wrong(written.span().start, &reason))?;
            Ok((glob, self.span(written)))
        };
        Ok(Layer { members: members.iter().map(member).collect::<Result<_, String>>()? })
    }

    fn rule(&mut self, code: String, written: &Spanned<written::WrittenRule>) -> Result<(), String> {
        let start = written.span().start;
        let Some(rule) = RULES.iter().find(|rule| rule.code == code || rule.name == code) else {
            let hint = did_you_mean(&code, RULES.iter().map(|rule| rule.code));
            return Err(self.wrong(start, &format!("there is no rule `{code}`{hint}")));
        };
        let written = written.get_ref();
        if let Some(option) = written.options.keys().next() {
            return Err(self.wrong(start, &format!("{} has no option `{option}`", rule.code)));
        }
        if written.ignorable == Some(false) {
            self.note_unused(start, "ignorable", "comments silence no finding yet");
        }
        if let Some(level) = written.level {
            self.config.levels.insert(rule.code.to_string(), level);
        }
        Ok(())
    }

    /// A path as it is written in this text, from the root of the sources.
    fn path(&self, written: &str, start: usize) -> Result<String, String> {
        join(&self.text.base, written)
            .ok_or_else(|| self.wrong(start, &format!("`{written}` lies outside the repository")))
    }

    /// A glob as it is written in this text, from the root of the sources.
    fn pattern(&self, written: &Spanned<String>) -> Result<String, String> {
        let pattern = self.path(written.get_ref(), written.span().start)?;
        match glob(&pattern) {
            Ok(_) => Ok(pattern),
            Err(reason) => Err(self.wrong(written.span().start, &reason)),
        }
    }

    fn span<T>(&self, written: &Spanned<T>) -> Span {
        Span::new(self.text.file, written.span().start, written.span().end)
    }

    fn wrong(&self, start: usize, message: &str) -> String {
        format!("{}: {message}", shown(self.sources, Span::new(self.text.file, start, start)))
    }

    fn note_unused(&mut self, start: usize, key: &str, why: &str) {
        let note = self.wrong(start, &format!("`{key}` is read and not used: {why}"));
        self.config.notes.push(note);
    }
}

fn glob_of(pattern: &str) -> Result<GlobMatcher, String> {
    glob(pattern).map(|glob| glob.compile_matcher())
}

/// A value of TOML; a date is its text.
pub(super) fn of_toml(value: &toml::Value, origin: &Origin) -> Value {
    let inside = |value: &toml::Value| of_toml(value, origin);
    let value = match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(number) => Value::number(*number),
        toml::Value::Float(number) => match crate::value::Number::parse(&number.to_string()) {
            Some(number) => Value::number(number),
            None => Value::text(number.to_string()),
        },
        toml::Value::Boolean(value) => Value::bool(*value),
        toml::Value::Datetime(date) => Value::text(date.to_string()),
        toml::Value::Array(items) => Value::list(items.iter().map(inside).collect()),
        toml::Value::Table(fields) => {
            Value::object(fields.iter().map(|(name, value)| (SmolStr::new(name), inside(value))))
        }
    };
    value.with_origin(origin.clone())
}

/// The level that a configuration's word means; `None` for `off`.
pub fn level(word: LevelWord) -> Option<Level> {
    match word {
        LevelWord::Off => None,
        LevelWord::Note => Some(Level::Note),
        LevelWord::Warning => Some(Level::Warning),
        LevelWord::Error => Some(Level::Error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[(&str, &str)]) -> Result<Config, String> {
        let sources = Sources::of_texts(texts.iter().copied());
        let text = nearest(&sources, "spokes/web", &|_| true).expect("a configuration");
        Config::read(&sources, &[text])
    }

    fn mistake(text: &str) -> String {
        read(&[("vnetlint.toml", text), ("spokes/web/main.tf", "")]).expect_err("a mistake")
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_the_nearest() {
        assert_eq!(
            mistake("ignore = []\nselct = []\n"),
            "vnetlint.toml:2:1: there is no key `selct`; did you mean `select`?"
        );
        assert_eq!(
            mistake("[[root]]\npath = 'spokes/web'\nparam = 'x'\n"),
            "vnetlint.toml:3:1: there is no key `param`; did you mean `params`?"
        );
        assert_eq!(
            mistake("phase = 'exsting'\n"),
            "vnetlint.toml:1:9: `exsting` is none of greenfield, existing; did you mean `existing`?"
        );
        assert!(mistake("select = 'VNL001'\n").starts_with("vnetlint.toml:1:10: invalid type"));
        assert!(mistake("select = [\n").starts_with("vnetlint.toml:"));
    }

    #[test]
    fn what_names_nothing_is_refused() {
        assert_eq!(
            mistake("[rule.VNL01]\nlevel = 'off'\n"),
            "vnetlint.toml:1:1: there is no rule `VNL01`; did you mean `VNL001`?"
        );
        assert_eq!(
            mistake("on_prem_ranges = ['10.0.0.0/40']\n"),
            "vnetlint.toml:1:19: `10.0.0.0/40` is no range of addresses such as `10.0.0.0/8`"
        );
        assert!(mistake("[[root]]\npath = 'nowhere'\n").contains("there is no root `nowhere`"));
        assert!(mistake("[[root]]\npath = '../x'\n").contains("lies outside the repository"));
        assert!(mistake("ip_plan = 'plan.csv'\n").contains("cannot be read: there is no such file"));
        assert!(mistake("exclude = ['a[']\n").contains("is no glob"));
        assert!(mistake("[rule.VNL001]\noptions = { deep = true }\n").contains("VNL001 has no option `deep`"));
    }

    #[test]
    fn the_nearest_file_counts_and_its_paths_begin_beside_it() {
        let texts = [
            ("vnetlint.toml", "phase = 'existing'\n"),
            ("spokes/vnetlint.toml", "exclude = ['old']\nip_plan = 'plan.csv'\nlayers = [['web']]\n"),
            ("spokes/plan.csv", "team,range\nteam-a,10.4.0.0/16\n"),
            ("spokes/web/main.tf", ""),
        ];
        let config = read(&texts).expect("a configuration");
        assert_eq!(config.settings.phase, Phase::Greenfield);
        assert_eq!(config.exclude, ["spokes/old"]);
        assert_eq!(config.settings.ip_plan.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>(), ["team-a"]);
        assert!(config.layers[0].members[0].0.is_match("spokes/web"));
        assert!(globs(&config.exclude).expect("globs").is_match("spokes/old/main.tf"));
    }

    #[test]
    fn a_later_text_counts_where_it_says_something() {
        let sources = Sources::of_texts([
            ("vnetlint.toml", "phase = 'existing'\nselect = ['VNL001']\n[rule.VNL003]\nlevel = 'off'\n"),
            ("flag.toml", "select = ['VNL07']\nrule.VNL070.level = 'note'"),
        ]);
        let text = |path: &str| Text { file: sources.open(path).expect("a text"), base: String::new() };
        let config = Config::read(&sources, &[text("vnetlint.toml"), text("flag.toml")]).expect("a configuration");
        assert_eq!(config.select, ["VNL07"]);
        assert_eq!(config.settings.phase, Phase::Existing);
        assert_eq!(config.levels.len(), 2);
    }

    #[test]
    fn what_is_not_used_is_said() {
        let config = read(&[
            ("vnetlint.toml", "baseline = 'b.json'\n[rule.VNL001]\nignorable = false\n"),
            ("spokes/web/main.tf", ""),
        ]);
        let notes = config.expect("a configuration").notes;
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("`baseline` is read and not used")), "{notes:?}");
    }
}
