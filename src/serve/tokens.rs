//! Tokens: who may do what until when. Only their hashes are kept.
//!
//! In: the text of a tokens file, or the wish for a token. Out: who a token belongs to, or a fresh token and its line.
//! Owns the form of the file and how tokens are compared: in constant time. Never keeps, shows or logs a token.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::diagnostic::did_you_mean;
use crate::value::{Day, day_text, parse_day};

/// What somebody may do; who may do more may do all before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// Check accounts and read rules.
    Rep,
    /// See why rules on their way were refused, too.
    Editor,
    /// Read metrics, too.
    Admin,
}

impl Scope {
    /// Every scope, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Rep, Self::Editor, Self::Admin];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The scope of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// What every token begins with, so that one that got somewhere by mistake is found.
const PREFIX: &str = "accredit_";

/// One line of the file.
#[derive(Clone, Debug)]
struct Token {
    name: String,
    scope: Scope,
    /// The last day on which it is good.
    until: Day,
    hash: [u8; 32],
}

/// Who may do what.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    tokens: Vec<Token>,
}

/// Who a token belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// Somebody, with his scope.
    Good(String, Scope),
    /// Somebody whose token is no longer good.
    Expired,
    /// Nobody.
    Nobody,
}

impl Tokens {
    /// Reads a tokens file: a line a token with name, scope, last day and `sha256:` with the hash; `#` begins a comment.
    /// # Errors
    /// What is wrong, with its line. The line itself is not repeated: somebody may have put the token there.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut tokens: Vec<Token> = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            if words.is_empty() {
                continue;
            }
            let token = token(&words).map_err(|why| format!("line {number}: {why}"))?;
            if tokens.iter().any(|other| other.name == token.name) {
                return Err(format!("line {number}: the name `{}` stands twice", token.name));
            }
            tokens.push(token);
        }
        Ok(Self { tokens })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whose token this is on a day.
    pub fn of(&self, token: &str, today: Day) -> Known {
        self.of_hash(&hash(token), today)
    }

    /// Whose token has this hash on a day. Every hash is compared, each in constant time.
    pub fn of_hash(&self, hash: &[u8; 32], today: Day) -> Known {
        let mut found = Known::Nobody;
        for token in &self.tokens {
            if bool::from(token.hash.ct_eq(hash)) {
                found = match today <= token.until {
                    true => Known::Good(token.name.clone(), token.scope),
                    false => Known::Expired,
                };
            }
        }
        found
    }
}

fn token(words: &[&str]) -> Result<Token, String> {
    let [name, scope, until, hash] = words else {
        return Err(
            "write name, scope, last day and sha256:HASH, with spaces between; `accredit token new` prints such a line"
                .to_owned(),
        );
    };
    let scope = Scope::parse(scope).ok_or_else(|| {
        let words = Scope::ALL.map(Scope::word);
        did_you_mean(scope, words).unwrap_or_else(|| "the scope is rep, editor or admin".to_owned())
    })?;
    let until = parse_day(until).ok_or("the last day is written like 2027-03-01")?;
    let hash = hash.strip_prefix("sha256:").and_then(bytes).ok_or("the hash is sha256: and 64 digits of 0-9 and a-f")?;
    Ok(Token { name: checked(name)?.to_owned(), scope, until, hash })
}

/// A name that a token may have.
fn checked(name: &str) -> Result<&str, String> {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
    match !name.is_empty() && name.chars().count() <= 100 && name.chars().all(plain) {
        true => Ok(name),
        false => Err("a name is letters, digits and .-_@, at most 100 of them".to_owned()),
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The hash of a token. It has 256 random bits, so one round without salt is enough.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Bytes as digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 256 random bits as text.
/// # Errors
/// The system has no random numbers.
pub fn secret() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(hex(&bytes))
}

/// A fresh token, and the line of the file that lets it in.
/// # Errors
/// The name cannot be one, or the system has no random numbers.
pub fn mint(name: &str, scope: Scope, until: Day) -> Result<(String, String), String> {
    let name = checked(name)?;
    let token = format!("{PREFIX}{}", secret().map_err(|error| error.to_string())?);
    let line = format!("{name} {} {} sha256:{}", scope.word(), day_text(until), hex(&hash(&token)));
    Ok((token, line))
}

#[cfg(test)]
mod tests {
    use super::{Known, Scope, Tokens, mint};

    #[test]
    fn a_fresh_token_is_let_in_by_its_line_until_its_last_day_and_no_other_is() {
        let (token, line) = mint("ana", Scope::Editor, 100).unwrap();
        let (other, _) = mint("ben", Scope::Admin, 100).unwrap();
        assert!(!line.contains(token.trim_start_matches("accredit_")), "the line holds no token");
        let tokens = Tokens::read(&format!("# who may\n\n{line} # of sales\n")).unwrap();
        assert_eq!(tokens.len(), 1);
        assert_eq!(tokens.of(&token, 100), Known::Good("ana".to_owned(), Scope::Editor));
        assert_eq!(tokens.of(&token, 101), Known::Expired);
        assert_eq!(tokens.of(&other, 100), Known::Nobody);
        assert_eq!(tokens.of("", 100), Known::Nobody);
    }

    #[test]
    fn a_bad_line_is_named_and_never_repeated() {
        let (token, line) = mint("ana", Scope::Rep, 100).unwrap();
        let hash = line.rsplit(' ').next().unwrap();
        let bad = [
            (format!("ana rep 2027-01-01 {token}"), "line 1: the hash is"),
            (format!("ana rpe 2027-01-01 {hash}"), "line 1: did you mean `rep`?"),
            (format!("ana rep tomorrow {hash}"), "line 1: the last day is written"),
            (format!("a/b rep 2027-01-01 {hash}"), "line 1: a name is"),
            (token.clone(), "line 1: write name"),
            (format!("{line}\n{line}"), "line 2: the name `ana` stands twice"),
        ];
        for (text, want) in bad {
            let why = Tokens::read(&text).unwrap_err();
            assert!(why.starts_with(want), "{text}: {why}");
            assert!(!why.contains(&token), "{why}");
        }
        assert!(mint("", Scope::Rep, 100).is_err());
    }
}
