//! In: what a scan of a text meets. Out: how deeply its brackets and interpolations nest, and how high its trees get.
//! Never: parses; it is driven by a cheap scan that runs before any parser, so that none can exhaust the stack.

/// How deep a text may nest before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Brackets, braces, parentheses and interpolations inside each other (`--max-depth`).
    pub max_depth: usize,
    /// Operators, accesses and signs on the longest way from the root of an expression to a leaf, brackets on that way
    /// included: no tree that is read is higher than about this.
    pub max_chain: usize,
}

impl Default for Limits {
    /// Copying a tree of 1,500 levels fills a stack of 2 MB, which is what a thread has.
    fn default() -> Limits {
        Limits { max_depth: 256, max_chain: 1024 }
    }
}

impl Limits {
    /// Why a text of this nesting is refused; `None` where it is not.
    pub fn refuse(&self, nesting: Nesting) -> Option<String> {
        if nesting.depth > self.max_depth {
            return Some(format!("nested deeper than {} levels (--max-depth)", self.max_depth));
        }
        (nesting.height > self.max_chain)
            .then(|| format!("more than {} operators and accesses in one expression", self.max_chain))
    }
}

/// How deeply a text nests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nesting {
    /// The most brackets that are open at once.
    pub depth: usize,
    /// A bound on the height of the tree that the text is read into.
    pub height: usize,
}

/// Counts while a scan goes through a text: what it opens, closes, chains and separates.
///
/// ```tf
/// a = f(x.y, !b)[0] # Two levels of brackets; the highest way is `[0]`, `f(…)` and then `.y` or `!`.
/// ```
#[derive(Debug, Default)]
pub struct Gauge {
    levels: Vec<Level>,
    current: Level,
    /// How many of what is open are texts.
    texts: usize,
    depth: usize,
}

/// What is known of one open bracket.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// Links of the expression that is being scanned.
    chain: usize,
    /// The height of the highest bracket that closed within that expression.
    inside: usize,
    /// The height of the highest expression before it.
    highest: usize,
    /// It is no bracket, but a text that may hold interpolations.
    is_text: bool,
}

impl Level {
    fn height(self) -> usize {
        self.highest.max(self.chain + self.inside)
    }
}

impl Gauge {
    /// A bracket opens.
    pub fn open(&mut self) {
        self.levels.push(std::mem::take(&mut self.current));
        self.depth = self.depth.max(self.levels.len() - self.texts);
    }

    /// A text opens that may hold interpolations: the tree gets higher, and nests no deeper.
    pub fn open_text(&mut self) {
        self.texts += 1;
        self.levels.push(std::mem::replace(&mut self.current, Level { is_text: true, ..Level::default() }));
    }

    /// A bracket or a text closes.
    pub fn close(&mut self) {
        let Some(outer) = self.levels.pop() else { return };
        self.texts -= usize::from(self.current.is_text);
        let height = self.current.height() + 1;
        self.current = Level { inside: outer.inside.max(height), ..outer };
    }

    /// An operator, a sign or an access: the tree of this expression grows by one.
    pub fn link(&mut self) {
        self.current.chain += 1;
    }

    /// Another expression begins in the same bracket.
    pub fn separate(&mut self) {
        self.current = Level { highest: self.current.height(), is_text: self.current.is_text, ..Level::default() };
    }

    /// The most brackets that were open at once up to here.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// What was counted; brackets still open count as closed here. The gauge is as new.
    pub fn finish(&mut self) -> Nesting {
        while !self.levels.is_empty() {
            self.close();
        }
        let height = std::mem::take(&mut self.current).height();
        Nesting { depth: std::mem::take(&mut self.depth), height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens at `(`, or a text at `<`, closes at `)` and `>`, links at `.` and separates at `,`.
    fn nesting(text: &str) -> Nesting {
        let mut gauge = Gauge::default();
        for c in text.chars() {
            match c {
                '(' => gauge.open(),
                '<' => gauge.open_text(),
                ')' | '>' => gauge.close(),
                '.' => gauge.link(),
                ',' => gauge.separate(),
                _ => {}
            }
        }
        gauge.finish()
    }

    #[test]
    fn siblings_do_not_add_up_and_what_is_inside_does() {
        assert_eq!(nesting("a.b.c,d.e"), Nesting { depth: 0, height: 2 });
        assert_eq!(nesting("(a.b.c).d"), Nesting { depth: 1, height: 4 });
        assert_eq!(nesting("(a)(b)(c.d,e)"), Nesting { depth: 1, height: 2 });
        assert_eq!(nesting("((("), Nesting { depth: 3, height: 3 });
        assert_eq!(nesting(")))"), Nesting::default());
        assert_eq!(nesting("(<a,b>(<(c)>))"), Nesting { depth: 3, height: 4 });
    }

    #[test]
    fn what_is_refused_names_its_limit() {
        let limits = Limits { max_depth: 2, max_chain: 5 };
        assert_eq!(limits.refuse(nesting("((a))")), None);
        assert_eq!(limits.refuse(nesting("(((a)))")).as_deref(), Some("nested deeper than 2 levels (--max-depth)"));
        assert!(limits.refuse(nesting("a.b.c.d.e.f.g")).is_some());
    }
}
