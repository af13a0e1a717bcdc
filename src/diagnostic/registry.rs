//! The stable codes of findings, each with a page that explains it.
//!
//! In: a code's name. Out: its severity and its page.
//! Owns the names: they never change meaning, and one that goes is never used again. Finds nothing itself.

use super::{Severity, nearest};

/// A kind of finding. Codes compare by name.
#[derive(Debug)]
pub struct Code {
    /// The name that users see in brackets and give to `accredit explain`.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The page in Markdown, with an example that triggers it.
    pub page: &'static str,
}

macro_rules! codes {
    ($($constant:ident $name:literal $severity:ident,)*) => {
        /// One constant a code.
        pub mod codes {
            use super::{Code, Severity};
            $(
                #[doc = concat!("`", $name, "`: see `pages/", $name, ".md`.")]
                pub static $constant: Code =
                    Code { name: $name, severity: Severity::$severity, page: include_str!(concat!("pages/", $name, ".md")) };
            )*
        }
        /// Every code, in the order of the stages that find it.
        pub static CODES: &[&Code] = &[$(&codes::$constant),*];
    };
}

codes! {
    FILE_TOO_LARGE "file-too-large" Error,
    NOT_TEXT "not-text" Error,
    TOO_DEEP "too-deep" Error,
    NOT_AN_ITEM "not-an-item" Error,
    SYNTAX "syntax" Error,
    UNCLOSED_TEXT "unclosed-text" Error,
    UNCLOSED_ITEM "unclosed-item" Error,
    MIXED_AND_OR "mixed-and-or" Error,
    REPEATED_CLAUSE "repeated-clause" Error,
    TOO_MANY "too-many" Error,
    DUPLICATE_NAME "duplicate-name" Error,
    UNKNOWN_NAME "unknown-name" Error,
    UNKNOWN_VALUE "unknown-value" Error,
    UNKNOWN_CODE "unknown-code" Error,
    RESERVED_WORD "reserved-word" Error,
    CIRCULAR_NAME "circular-name" Error,
    IMPOSSIBLE_VALUE "impossible-value" Error,
    WRONG_TYPE "wrong-type" Error,
    NOT_A_CONDITION "not-a-condition" Error,
    NOT_AN_OPERAND "not-an-operand" Error,
    CURRENCY_MISMATCH "currency-mismatch" Error,
    UNIT_MISMATCH "unit-mismatch" Error,
    WRONG_SUBJECT "wrong-subject" Error,
    MISSING_CLAUSE "missing-clause" Error,
    MISSING_CITATION "missing-citation" Error,
    MISSING_QUESTION "missing-question" Error,
    MISSING_REMEDY "missing-remedy" Error,
    MISSING_FIRST_DAY "missing-first-day" Error,
    MISPLACED_CLAUSE "misplaced-clause" Error,
    DATES_OUT_OF_ORDER "dates-out-of-order" Error,
    TIERS_OUT_OF_ORDER "tiers-out-of-order" Error,
    EDITIONS_OVERLAP "editions-overlap" Error,
    EDITION_LEFT_OUT "edition-left-out" Error,
    SEVERAL_OTHERWISE "several-otherwise" Error,
    OVERLAPPING_CLAUSES "overlapping-clauses" Error,
    UNCOVERED_CASE "uncovered-case" Error,
    NOT_ANALYSED "not-analysed" Warning,
    NEGATED_NEED "negated-need" Error,
    HARMFUL_REMEDY "harmful-remedy" Warning,
    REGION_CONTRADICTED "region-contradicted" Warning,
    MISSING_OFFERER "missing-offerer" Warning,
    MISSING_REGIONS "missing-regions" Warning,
    NEVER_MET "never-met" Warning,
    NEVER_FAILS "never-fails" Warning,
    NEVER_DECIDES "never-decides" Warning,
    NOT_NEVER "not-never" Warning,
    NOBODY_QUALIFIES "nobody-qualifies" Warning,
    TIER_OUT_OF_REACH "tier-out-of-reach" Warning,
    ASKED_FOR_NOTHING "asked-for-nothing" Warning,
    BARE_NUMBER "bare-number" Warning,
    STALE_SOURCE "stale-source" Warning,
    UNUSED_NAME "unused-name" Warning,
    DOCUMENT_TOO_LARGE "document-too-large" Error,
    DOCUMENT_SYNTAX "document-syntax" Error,
    DOCUMENT_TOO_DEEP "document-too-deep" Error,
    DOCUMENT_ALIAS "document-alias" Error,
    DOCUMENT_EMPTY "document-empty" Error,
    MISSING_DAY "missing-day" Error,
    UNKNOWN_FACT "unknown-fact" Error,
    DUPLICATE_KEY "duplicate-key" Error,
    WRONG_FORM "wrong-form" Error,
    MISSING_KEY "missing-key" Error,
    DUPLICATE_RECORD "duplicate-record" Error,
    CONTRADICTION "contradiction" Error,
    UNEQUAL_SUM "unequal-sum" Error,
    CASE_FAILED "case-failed" Error,
    TERMS_CHANGED "terms-changed" Warning,
}

/// The code of a name.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.name == name)
}

/// The code most like a name that is none.
pub fn nearest_code(name: &str) -> Option<&'static str> {
    nearest(name, CODES.iter().map(|code| code.name))
}
