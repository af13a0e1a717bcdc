//! The formatter.
/// Why.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {}
/// Formats.
pub fn format(text: &str) -> Result<String, FormatError> {
    Ok(text.to_owned())
}
