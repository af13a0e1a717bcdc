//! What a browser sent with a form.
//!
//! In: names with values, in the order of the form. Out: values by name.
//! Owns line ends: a browser sends two signs for each. Never knows what a name means.

/// Names with values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of a form.
    pub(super) fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
    }

    /// The last value of a name: a button says more than what the page had.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, without blanks around it; nothing where it is empty.
    pub(super) fn said(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Every value of a name.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What follows `prefix` in the names that begin with it, each once, in order.
    pub(super) fn under<'f>(&'f self, prefix: &str) -> Vec<&'f str> {
        let mut found: Vec<&str> = Vec::new();
        for name in self.0.iter().filter_map(|(name, _)| name.strip_prefix(prefix)) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// The fields whose names begin with `prefix`, without it.
    pub(super) fn part(&self, prefix: &str) -> Self {
        let part = self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone())));
        Self(part.collect())
    }
}
